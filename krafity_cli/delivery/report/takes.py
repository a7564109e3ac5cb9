"""The takes of a shot: each performance is remembered, so that they can be seen side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from krafity_cli.cache import Record
from krafity_cli.delivery.report.source import Source
from krafity_cli.engines.protocol import digest_of
from krafity_cli.render.report.reports import ShotReport


@dataclass(frozen=True, slots=True)
class Take:
    """One performance of a shot; `path` is its clip, relative to the output folder.

    `other_words` says that it was made from other words or pictures than the take in use.
    """

    number: int
    path: str
    in_use: bool
    other_words: bool
    cost_usd: float
    seconds: float


def takes(source: Source, shot: ShotReport) -> tuple[Take, ...]:
    """The takes of a shot that are in the cache, the one in use among them; none of footage.

    The others' clips are put into `takes/`, because a page can only play what lies beside it.
    """
    current = source.cache.recall(shot.order, "video") if shot.order else None
    if current is None or shot.clip is None:
        return ()
    _remember(source, shot)
    found = [(shot.take, current), *_others(source, shot)]
    if len(found) == 1:
        return ()
    return tuple(_take(source, shot, number, record, current) for number, record in sorted(found))


def _others(source: Source, shot: ShotReport) -> Iterator[tuple[int, Record]]:
    """Every take below the one in use, and those above it as far as they go."""
    number, own = 1, shot.take
    while True:
        link = source.cache.follow(_link(source, shot.id, number)) if number != own else None
        record = source.cache.recall(link.to, "video") if link else None
        if record and source.cache.sound(record.blob):
            yield number, record
        elif number > own:
            return
        number += 1


def _take(source: Source, shot: ShotReport, number: int, record: Record, current: Record) -> Take:
    path = str(shot.clip)
    if record is not current:
        blob = source.cache.blob_path(record.blob)
        path = source.outputs.place(f"takes/{shot.id}.{number}.mp4", record.blob, lambda: blob)
    return Take(
        number,
        path,
        in_use=record is current,
        other_words=_words(record) != _words(current),
        cost_usd=float(record.about.get("cost_usd", 0.0)),
        seconds=float(record.about.get("seconds", 0.0)),
    )


def _words(record: Record) -> dict[str, Any]:
    parts: Mapping[str, Any] = record.about.get("parts") or {}
    return {name: part for name, part in parts.items() if name != "take"}


def _remember(source: Source, shot: ShotReport) -> None:
    link = _link(source, shot.id, shot.take)
    known = source.cache.follow(link)
    if shot.order and (known is None or known.to != shot.order):
        source.cache.link(link, shot.order, {"shot": shot.id, "take": shot.take})


def _link(source: Source, shot: str, number: int) -> str:
    where = f"{source.board.folder.name}/{source.board.name}"
    return digest_of({"take": [where, shot, source.report.engine, source.edition, number]})
