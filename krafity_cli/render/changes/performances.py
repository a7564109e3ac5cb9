"""The takes of a shot: every performance that was ordered for it, under whatever words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from krafity_cli.cache import Record, every_record
from krafity_cli.orders.ledger import state_of
from krafity_cli.orders.order import Order, State
from krafity_cli.render.lookup import Archive
from krafity_cli.render.types import Clip
from krafity_cli.storyboard.model import Shot

DELIVERED = State.DELIVERED.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """One performance of a shot. `n` numbers all of them, oldest first; `take` is the author's.

    `clip` is `None` until it is delivered; `seconds` and `usd` are what was bought, `when` is in
    UTC. `patch` says that it was made to end like another one.
    """

    n: int = 0
    take: int
    when: str
    clip: str | None
    order: str | None
    seconds: float
    usd: float
    state: str
    is_patch: bool


class Performances:
    """Every performance that the cache and its orders know of, found by shot."""

    def __init__(self, archive: Archive, orders: Iterable[Order]) -> None:
        self._archive = archive
        name, engine = archive.board.name, archive.engine.name
        self._records: dict[str, list[Record]] = {}
        for record in every_record(archive.cache, ("video",)):
            if record.about.get("storyboard") == name and record.about.get("engine") == engine:
                self._records.setdefault(str(record.about.get("shot")), []).append(record)
        self._orders: dict[str, list[Order]] = {}
        for order in orders:
            is_own = order.storyboard == name and order.engine == engine
            if is_own and order.kind == "video" and state_of(order) != DELIVERED:
                self._orders.setdefault(order.shot, []).append(order)

    def of(self, shot: Shot, also: Sequence[Clip] = ()) -> list[Performance]:
        """The performances of a shot, oldest first; `also` are clips that surely are its own."""
        found = {each.clip: each for each in self._delivered(shot, also)}
        known = {each.order for each in found.values()}
        waiting = (
            _ordered(order)
            for order in self._orders.get(shot.id, ())
            if order.order not in known and self._is_of_edition(shot, order.about)
        )
        in_time = sorted(
            (*found.values(), *waiting), key=lambda each: (each.when, each.take, each.order or "")
        )
        return [replace(each, n=number) for number, each in enumerate(in_time, 1)]

    def _delivered(self, shot: Shot, also: Sequence[Clip]) -> Iterator[Performance]:
        for record in self._records.get(shot.id, ()):
            if self._is_of_edition(shot, record.about) and self._archive.cache.blobs.there(
                record.blob
            ):
                yield _recorded(record)
        for clip in also:
            if own := self._archive.video(clip.digest, clip.order):
                yield _recorded(own)

    def _is_of_edition(self, shot: Shot, about: Mapping[str, Any]) -> bool:
        """Whether it is not known to be of the other edition: quick and full clips live apart."""
        histories = about.get("histories")
        other = self._archive.other_edition(shot)
        return not (isinstance(histories, list) and other in histories)


def _recorded(record: Record) -> Performance:
    about = record.about
    return Performance(
        take=_take(about),
        when=record.created.isoformat(timespec="seconds"),
        clip=record.blob,
        order=record.key,
        seconds=_number(about.get("duration")),
        usd=_number(about.get("cost_usd")),
        state=DELIVERED,
        is_patch=_is_patch(about),
    )


def _ordered(order: Order) -> Performance:
    return Performance(
        take=_take(order.about),
        when=order.created,
        clip=None,
        order=order.order,
        seconds=order.seconds,
        usd=order.owed_usd,
        state=state_of(order),
        is_patch=_is_patch(order.about),
    )


def _take(about: Mapping[str, Any]) -> int:
    parts = about.get("parts")
    take = parts.get("take") if isinstance(parts, Mapping) else None
    return take if isinstance(take, int) and take > 0 else 1


def _is_patch(about: Mapping[str, Any]) -> bool:
    parts = about.get("parts")
    return isinstance(parts, Mapping) and "patch" in parts


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
