"""From a run's outputs to what the page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from krafity_cli.amounts import dollars
from krafity_cli.cache import FETCHED, Record
from krafity_cli.delivery.films.finish import Limits
from krafity_cli.delivery.films.pieces import continues
from krafity_cli.delivery.films.seams import over
from krafity_cli.delivery.report import speech
from krafity_cli.delivery.report.runs import run_view
from krafity_cli.delivery.report.scenes import Scenes
from krafity_cli.delivery.report.source import Source
from krafity_cli.delivery.report.takes import Take
from krafity_cli.delivery.report.thumbnails import LARGE, SMALL, Thumbnail, Thumbnails
from krafity_cli.delivery.report.timeline import timeline
from krafity_cli.delivery.report.view import (
    Cell,
    Drawn,
    FilmView,
    MarkView,
    Page,
    SeamView,
    ShotView,
    Still,
)
from krafity_cli.engines.protocol import Mark
from krafity_cli.media.input_files import MOST_PICTURE_BYTES
from krafity_cli.orders.store import OrderFiles
from krafity_cli.render.report.reports import Film, RunReport, Seam, ShotReport, StandIn
from krafity_cli.render.report.results import Status
from krafity_cli.storyboard.model import Shot, Storyboard


def gather(source: Source, performed: Mapping[str, tuple[Take, ...]]) -> Page:
    """Everything the page shows; `performed` are the takes by shot.

    Takes a while where pictures are new, and may be called in any thread.
    """
    board, report = source.board, source.report
    reported = {shot.id: shot for shot in report.shots}
    seams = _seams(report)
    maker = _Shots(source, reported, seams, performed)
    shots = {shot.id: maker.view(number, shot) for number, shot in enumerate(board.shots, 1)}
    return Page(
        title=board.title,
        storyboard=board.name,
        engine=report.engine,
        status=report.status,
        figures=tuple(_figures(report, shots, maker.saved_seconds)),
        troubles=tuple(shot for shot in shots.values() if not shot.delivered and shot.error),
        films=tuple(_films(board, report, shots, seams)),
        shots=tuple(shots.values()),
        run=run_view(timeline(board, source.bars)),
    )


class _Shots:
    """Makes the views of the shots, one after the other."""

    def __init__(
        self,
        source: Source,
        reported: Mapping[str, ShotReport],
        seams: Mapping[str, Sequence[SeamView]],
        performed: Mapping[str, tuple[Take, ...]],
    ) -> None:
        self._source = source
        self._takes = performed
        self._reported = reported
        self._seams = [seam for found in seams.values() for seam in found]
        self._scenes = Scenes(source)
        self._thumbnails = Thumbnails(source.cache, source.shelf)
        self._orders = OrderFiles(source.cache.path / "orders")
        self.saved_seconds = 0.0

    def view(self, number: int, shot: Shot) -> ShotView:
        """One shot as the page shows it."""
        told = self._reported.get(shot.id) or _missing(shot)
        record = self._record(told)
        if record and told.status is Status.REUSED and not record.about.get(FETCHED):
            self.saved_seconds += float(record.about.get("seconds", 0.0))
        first, last = self._still(told.first_frame), self._still(told.last_frame)
        if first.small is None and first.path is None:
            first = self._stand_in(shot, told.standin)
        return ShotView(
            id=shot.id,
            number=number,
            status=told.status,
            reason=told.reason,
            error=_error(told),
            facts=tuple(_facts(shot, told)),
            prompt=shot.prompt or "",
            camera=shot.camera or "",
            dialogue=shot.dialogue or "",
            notes=shot.notes or "",
            sent=self._sent(told),
            first=first,
            last=last,
            drawn=self._drawn(shot, told),
            clip=told.clip,
            standin=told.standin.path if told.standin else None,
            portrait=first.large.portrait if first.large else shot.aspect_ratio == "9:16",
            scene=self._scenes.of(shot),
            takes=self._takes.get(shot.id, ()),
            record=tuple(_provenance(told, record)),
            made=_made(told, record),
            seams=tuple(dict.fromkeys(s for s in self._seams if s.after == shot.id)),
        )

    def _record(self, told: ShotReport) -> Record | None:
        return self._source.cache.recall(told.order, "video") if told.order else None

    def _still(self, path: str | None) -> Still:
        if path is None:
            return Still(None, None, None)
        try:
            data = self._source.outputs.folder.read(path, MOST_PICTURE_BYTES)
        except OSError:
            return Still(None, None, path)
        small, large = (self._thumbnails.of_still(data, side) for side in (SMALL, LARGE))
        return Still(small, large, path)

    def _stand_in(self, shot: Shot, standin: StandIn | None) -> Still:
        """What a shot without a clip would start on: its picture, or its parent's last frame.

        Where the parent has none either, what its stand-in starts on.
        """
        if shot.image is not None:
            sizes = [self._thumbnails.of_picture(shot.image, side) for side in (SMALL, LARGE)]
            return Still(sizes[0], sizes[1], None)
        parent = None if shot.starts_by_itself else self._reported.get(shot.after[0])
        still = self._still(parent.last_frame if parent else None)
        if still.small is None and standin:
            still = self._still(standin.first_frame)
        return Still(still.small, still.large, None)

    def _drawn(self, shot: Shot, told: ShotReport) -> Drawn | None:
        drawings = told.drawings
        if shot.image is None or not drawings or not drawings.drawn:
            return None
        picture = self._thumbnails.of_picture(shot.image, LARGE)
        marks = _marks(drawings.marks, picture) if picture else ()
        return Drawn(picture, drawings.directs, tuple(marks))

    def _sent(self, told: ShotReport) -> str:
        """The words that were sent for the clip, as its order kept them; empty where none did."""
        orders = self._orders.of(told.order) if told.order else []
        body = orders[-1].request.get("body") if orders else None
        prompt = body.get("prompt") if isinstance(body, Mapping) else None
        return prompt if isinstance(prompt, str) else ""


def _missing(shot: Shot) -> ShotReport:
    """What is known of a shot that came into the storyboard after the last render."""
    return ShotReport(
        id=shot.id,
        status=Status.SKIPPED,
        reason="not rendered yet",
        duration=shot.duration,
        take=shot.take,
    )


def _marks(marks: Sequence[Mark], picture: Thumbnail) -> Iterator[MarkView]:
    for number, mark in enumerate(marks, 1):
        left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in mark.box)
        yield MarkView(
            number,
            mark.kind,
            mark.words,
            x=round(left * picture.width, 1),
            y=round(top * picture.height, 1),
            width=round((right - left) * picture.width, 1),
            height=round((bottom - top) * picture.height, 1),
        )


def _facts(shot: Shot, told: ShotReport) -> Iterator[str]:
    yield f"{told.duration:g} s" if shot.clip is None else "footage"
    yield f"take {told.take}"
    yield shot.aspect_ratio
    yield shot.resolution
    if shot.seed is not None:
        yield f"seed {shot.seed}"
    if shot.after:
        yield f"after {', '.join(shot.after)}"
    if shot.until:
        yield f"until {shot.until}"


def _error(told: ShotReport) -> str:
    return told.error or (f"blocked by {told.blocked_by}" if told.blocked_by else "")


def _made(told: ShotReport, record: Record | None) -> str:
    """What the clip took when it was made: seconds and USD."""
    if record is None:
        return ""
    about = record.about
    parts = [f"made in {speech.took(float(about.get('seconds', 0.0)))}"]
    cost = float(about.get("cost_usd", 0.0))
    if not cost:
        return f"{parts[0]}, free"
    parts.append(f"for {dollars(cost)}")
    if told.status is Status.RENDERED and told.cost_usd > cost:
        parts.append(f"({dollars(told.cost_usd)} with all it needed)")
    return " ".join(parts)


def _provenance(told: ShotReport, record: Record | None) -> Iterator[tuple[str, str]]:
    if record is not None:
        yield "engine", str(record.about.get("engine", ""))
        yield "model", str(record.about.get("model", ""))
        yield "made", record.created.strftime("%Y-%m-%d %H:%M UTC")
        if record.about.get("basis"):
            yield "price", str(record.about["basis"])
    calls = [f"{count} {kind}" for kind, count in told.calls.items() if count]
    yield "calls in this run", ", ".join(calls) or "none"
    for name, digest in (
        ("clip digest", told.clip_digest),
        ("intent", told.intent),
        ("order", told.order),
    ):
        if digest:
            yield name, digest


def _figures(
    report: RunReport, shots: Mapping[str, ShotView], saved_seconds: float
) -> Iterator[tuple[str, str]]:
    made = [shot for shot in shots.values() if shot.delivered]
    whole = len(made) == len(shots)
    yield "shots", f"{len(shots)}" if whole else f"{len(made)} of {len(shots)}"
    for film in report.films[:1]:
        yield f"film “{film.cut}”", speech.length(film.seconds)
    yield "spent in this run", dollars(report.cost_usd)
    yield "the clips have cost", dollars(report.film_cost_usd)
    yield "saved by the cache", _saved(report.saved_usd, saved_seconds)
    yield "calls in this run", str(report.calls.total)


def _saved(usd: float, seconds: float) -> str:
    time = speech.took(seconds)
    return f"{dollars(usd)}, {time}" if usd else time


def _seams(report: RunReport) -> dict[str, list[SeamView]]:
    return {film.cut: [_seam(seam) for seam in film.seams] for film in report.films}


def _seam(found: Seam) -> SeamView:
    return SeamView(
        found.before,
        found.after,
        f"{found.difference:.1f} %",
        f"{found.colour:.1f}",
        "" if found.loudness is None else f"{found.loudness:+.1f} LU",
        bool(over(found, Limits())),
    )


def _films(
    board: Storyboard,
    report: RunReport,
    shots: Mapping[str, ShotView],
    seams: Mapping[str, Sequence[SeamView]],
) -> Iterator[FilmView]:
    films = {film.cut: film for film in report.films}
    for cut in board.cuts:
        film = films.get(cut.name)
        if film and film.ids == list(cut.shots):
            yield _film(board, film, shots, seams[cut.name])
        else:
            cells = tuple(
                Cell(shots[shot], 0.0, "", joined, standin=not shots[shot].delivered)
                for shot, joined in zip(cut.shots, continues(board, cut.shots), strict=True)
            )
            yield FilmView(cut.name, None, "", "no film yet", cells)


def _film(
    board: Storyboard,
    film: Film,
    shots: Mapping[str, ShotView],
    seams: Sequence[SeamView],
) -> FilmView:
    rate = film.frames / film.seconds
    cells = tuple(
        Cell(shots[shot.id], start / rate, speech.timecode(start / rate), joined, shot.standin)
        for shot, start, joined in zip(
            film.shots, film.starts, continues(board, film.ids), strict=True
        )
    )
    facts = [speech.count(len(film.shots), "shot"), speech.count(film.frames, "frame")]
    if film.standins:
        facts.append(f"{film.standins} stand-in{'s' * (film.standins != 1)}")
    length = speech.length(film.seconds)
    return FilmView(film.cut, film.path, length, " · ".join(facts), cells, tuple(seams))
