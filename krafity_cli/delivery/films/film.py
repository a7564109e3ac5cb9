"""A cut becomes a film: its clips in sequence, no frame shown twice, none missing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from shutil import copyfile
from typing import Any

from krafity_cli.cache import CacheFailed
from krafity_cli.delivery.attempts import Attempts
from krafity_cli.delivery.films.credits import Credits, chapters, spoken
from krafity_cli.delivery.films.film_format import FilmFormat
from krafity_cli.delivery.films.finish import Finish
from krafity_cli.delivery.films.fonts import fonts_digest
from krafity_cli.delivery.films.pieces import Piece, segments
from krafity_cli.delivery.films.seams import Seams, seam
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.engines.protocol import digest_of
from krafity_cli.media.film.wrap import Subtitle, srt, wrap
from krafity_cli.render.report.reports import Film, FilmShot
from krafity_cli.storyboard.model import Cut

REVISION = 6
"""Raised when films come to be cut in another way; they are then cut anew."""

BURN_IN = 2
"""The same for films with burnt-in words."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """How many frames of a film each of its clips is, and the film's rate."""

    lengths: list[int]
    fps: Fraction


FormatOf = Callable[[Sequence[Piece]], FilmFormat]
"""The format of the film of some pieces."""


class FilmCutter:
    """Cuts the films of one run into one output folder."""

    def __init__(
        self,
        outputs: OutputFolder,
        seams: Seams,
        credits: Credits,
        format_of: FormatOf,
        finish: Finish,
        attempts: Attempts,
    ) -> None:
        self._outputs = outputs
        self._seams = seams
        self._credits = credits
        self._format_of = format_of
        self._finish = finish
        self._attempts = attempts

    async def film(self, cut: Cut, pieces: Mapping[str, Piece]) -> Film:
        """Join a cut's clips into `films/<cut>.mp4`, unless just that film is there already.

        Raises `MediaError` for clips that cannot be joined.
        """
        chosen = [pieces[shot] for shot in cut.shots]
        if self._finish.match_color:
            chosen = await _matched(chosen, self._seams)
        aim = self._format_of([pieces[shot] for shot in cut.shots])
        path, made_of = f"films/{cut.name}.mp4", self._made_of(cut, chosen, aim)
        if not self._outputs.holds(path, made_of):
            await self._write(path, made_of, cut, chosen, aim)
        about = self._outputs.about(path)
        frames, fps, lengths = int(about["frames"]), Fraction(about["fps"]), about["lengths"]
        return Film(
            cut=cut.name,
            path=path,
            frames=frames,
            seconds=float(frames / fps),
            width=aim.width,
            height=aim.height,
            shots=tuple(FilmShot(piece.shot.id, piece.standin) for piece in chosen),
            starts=tuple(accumulate([0, *lengths[:-1]])),
            seams=tuple(seam(*measured) for measured in about["seams"]),
            subtitles=self._subtitles(cut, chosen, lengths, fps),
            poster=await self._poster(cut, path, made_of, chosen),
        )

    def _made_of(self, cut: Cut, pieces: Sequence[Piece], aim: FilmFormat) -> str:
        made_of = self._essence(pieces, aim)
        return digest_of({**made_of, "credits": self._credits.essence(cut, pieces)})

    def _essence(self, pieces: Sequence[Piece], aim: FilmFormat) -> dict[str, Any]:
        """What a film's pictures and sound are made of."""
        clips = [
            [piece.digest, segment.drop_last]
            for piece, segment in zip(pieces, segments(pieces), strict=True)
        ]
        made_of: dict[str, Any] = {"film": REVISION, "clips": clips}
        made_of["format"] = [aim.width, aim.height, str(aim.fps)]
        if self._finish.music:
            made_of["music"] = self._finish.music.digest
        if self._finish.burn_in:
            made_of["burn_in"] = self._burn_in_of(pieces)
        return made_of

    def _burn_in_of(self, pieces: Sequence[Piece]) -> dict[str, Any]:
        """What is burnt in: the words, and the fonts that draw them."""
        spoken_words = [piece.shot.dialogue or "" for piece in pieces]
        words = [*_labels(pieces), *spoken_words]
        return {"revision": BURN_IN, "words": words, "fonts": fonts_digest("".join(words))}

    async def _picture(self, bare: Path, pieces: Sequence[Piece], aim: FilmFormat) -> Cuts:
        """Write a cut's clips to `bare`, burnt in where that is asked for.

        A burnt film is kept in the cache: it is by far the most work that a film can be.
        """
        if not self._finish.burn_in:
            return await self._joined(bare, pieces, aim)
        cache = self._seams.cache
        key = digest_of({"burnt": self._essence(pieces, aim)})
        record = cache.recall(key, "burnt")
        if record and cache.sound(record.blob) and isinstance(record.about.get("lengths"), list):
            copyfile(cache.checked_path(record.blob), bare)
            return Cuts(list(record.about["lengths"]), aim.fps)
        cuts = await self._joined(bare, pieces, aim)
        await _burnt(bare, pieces, cuts.lengths, spoken(pieces, cuts.lengths, cuts.fps), cuts.fps)
        with suppress(CacheFailed):  # a cache without room keeps nobody from the film
            cache.store(key, "burnt", bare, {"lengths": cuts.lengths})
        return cuts

    async def _joined(self, bare: Path, pieces: Sequence[Piece], aim: FilmFormat) -> Cuts:
        # Encoding needs numpy, and a film that is there already needs neither.
        from krafity_cli.media.film.join import join

        size, bed = (aim.width, aim.height), self._finish.music
        film = await join(segments(pieces), bare, size=size, fps=aim.fps, bed=bed)
        return Cuts(list(film.lengths), film.frames / film.seconds)

    async def _write(
        self, path: str, made_of: str, cut: Cut, pieces: Sequence[Piece], aim: FilmFormat
    ) -> None:
        seams = await self._seams.of(pieces)
        with self._outputs.workplace() as place:
            bare, whole = place / "bare.mp4", place / "film.mp4"
            film = await self._picture(bare, pieces, aim)
            words = spoken(pieces, film.lengths, film.fps)
            await wrap(
                bare,
                whole,
                self._credits.tags(cut, pieces),
                chapters(cut.shots, film.lengths, film.fps),
                words,
            )
            about = {
                "frames": sum(film.lengths),
                "fps": str(film.fps),
                "lengths": film.lengths,
                "seams": [list(astuple(each)) for each in seams],
            }
            self._outputs.adopt(path, made_of, whole, about)

    def _subtitles(
        self, cut: Cut, pieces: Sequence[Piece], lengths: Sequence[int], fps: Fraction
    ) -> str | None:
        """What is spoken, beside the film; a film that lost its dialogue keeps no old words."""
        path, words = f"films/{cut.name}.srt", spoken(pieces, lengths, fps)
        with self._attempts.at(path):
            if not words:
                self._outputs.drop(path)
                return None
            text = srt(words)
            made_of = digest_of(text)
            if not self._outputs.holds(path, made_of):
                self._outputs.text(path, text)
                self._outputs.note(path, made_of)
            return path
        return None

    async def _poster(
        self, cut: Cut, film: str, made_of: str, pieces: Sequence[Piece]
    ) -> str | None:
        if not self._finish.poster:
            return None
        # Brings Pillow, and is asked for rarely.
        from krafity_cli.delivery.sheets.poster import REVISION as LOOK
        from krafity_cli.delivery.sheets.poster import poster

        path, of = f"films/{cut.name}-poster.jpg", digest_of({"poster": LOOK, "film": made_of})
        with self._attempts.at(path):
            if not self._outputs.holds(path, of):
                title = self._credits.tags(cut, pieces)["title"]
                is_burnt = self._finish.burn_in
                plain = pieces[0].path if is_burnt else self._outputs.folder.path / film
                self._outputs.put(path, of, await poster(plain, title))
            return path
        return None


def _labels(pieces: Sequence[Piece]) -> list[str]:
    return [f"{piece.shot.id.upper()}  take {piece.shot.take}" for piece in pieces]


async def _matched(pieces: Sequence[Piece], seams: Seams) -> list[Piece]:
    # Brings numpy, and is asked for rarely.
    from krafity_cli.delivery.films.color_match import matched

    return await matched(pieces, seams)


async def _burnt(
    film: Path,
    pieces: Sequence[Piece],
    lengths: Sequence[int],
    words: Sequence[Subtitle],
    fps: Fraction,
) -> None:
    """Burn each shot's name, the timecode and what is spoken into a film, in its place."""
    # Brings numpy and Pillow, and is asked for rarely.
    from krafity_cli.media.overlays.burn_in import Burn, burn

    with tempfile.TemporaryDirectory(prefix="krafity-", dir=film.parent) as folder:
        out = Path(folder) / "burnt.mp4"
        await burn(film, Burn(tuple(_labels(pieces)), tuple(lengths), tuple(words)), fps, out)
        out.replace(film)
