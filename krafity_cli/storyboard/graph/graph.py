"""The order of things: which shots a shot's clip waits for, and which wait for it.

A clip needs the clips of all its parents. A bridge (`until: OTHER`) needs only OTHER's start frame:
nothing where OTHER starts on a picture, words or footage of its own, otherwise the clip of OTHER's
first parent. So `a -> bridge (until: b) -> b` is no loop as long as b has its own picture.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from krafity_cli.storyboard.model import Storyboard


@dataclass(frozen=True)
class Graph:
    """Who comes after whom, by ids in file order, which breaks ties everywhere.

    `own` are the shots that start on a picture, words or footage of their own. Every id in
    `after` and `until` is one of `ids`.
    """

    ids: tuple[str, ...]
    after: Mapping[str, tuple[str, ...]]
    until: Mapping[str, str]
    own: frozenset[str]

    @classmethod
    def of(cls, storyboard: Storyboard) -> Graph:
        """The graph of a storyboard."""
        shots = storyboard.shots
        return cls(
            ids=tuple(shot.id for shot in shots),
            after={shot.id: shot.after for shot in shots},
            until={shot.id: shot.until for shot in shots if shot.until is not None},
            own=frozenset(shot.id for shot in shots if shot.starts_by_itself),
        )

    def parents(self, shot: str) -> tuple[str, ...]:
        """The shots it comes after; the first gives the frame."""
        return self.after.get(shot, ())

    def children(self, shot: str) -> tuple[str, ...]:
        """The shots that come after it, in file order."""
        return self._children.get(shot, ())

    def needs(self, shot: str) -> tuple[str, ...]:
        """The shots whose clips must be there before its own can be made."""
        return self._needs[shot]

    def feeds(self, shot: str) -> tuple[str, ...]:
        """The shots whose clips wait for its clip, in file order."""
        return self._feeds.get(shot, ())

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The shots that are nobody's parent, in file order."""
        return tuple(shot for shot in self.ids if not self.children(shot))

    def line(self, shot: str) -> tuple[str, ...]:
        """The shots from the root along first parents to this one."""
        back = [shot]
        while parents := self.parents(back[-1]):
            back.append(parents[0])
        return tuple(reversed(back))

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Every shot behind all it needs; shots in a loop, and behind one, are missing."""
        return tuple(self._ordered({shot: len(self.needs(shot)) for shot in self.ids}))

    def _ordered(self, waiting: dict[str, int]) -> Iterator[str]:
        """Shots as they become ready; `waiting` counts down and keeps those that never do."""
        ready = [rank for rank, shot in enumerate(self.ids) if waiting.get(shot) == 0]
        while ready:
            shot = self.ids[heapq.heappop(ready)]
            del waiting[shot]
            yield shot
            for waiter in self.feeds(shot):
                if waiter in waiting:
                    waiting[waiter] -= 1
                    if not waiting[waiter]:
                        heapq.heappush(ready, self._rank[waiter])

    def loops(self) -> Iterator[tuple[str, ...]]:
        """Loops in the order of their flow, the first shot again at the end: `a`, `b`, `a`.

        Each shot is in one loop at the most; a bridge's target stands between what its start
        frame depends on and the bridge.
        """
        waiting = {shot: len(self.needs(shot)) for shot in self.ids}
        for _ in self._ordered(waiting):
            pass
        while waiting:
            ring = self._ring(waiting)
            yield self._told(ring)
            for shot in ring:
                del waiting[shot]
            waiting = {s: sum(need in waiting for need in self.needs(s)) for s in waiting}
            for _ in self._ordered(waiting):
                pass

    def _ring(self, waiting: Mapping[str, int]) -> list[str]:
        """Shots of which each needs the one before it, and the first the last."""
        trail: dict[str, None] = {}
        shot = next(iter(waiting))
        while shot not in trail:
            trail[shot] = None
            shot = next(need for need in self.needs(shot) if need in waiting)
        walked = list(trail)
        ring = walked[walked.index(shot) :][::-1]
        first = min(range(len(ring)), key=lambda index: self._rank[ring[index]])
        return ring[first:] + ring[:first]

    def _told(self, ring: list[str]) -> tuple[str, ...]:
        told = [ring[0]]
        for before, shot in zip(ring, [*ring[1:], ring[0]], strict=True):
            if before not in self.parents(shot):
                told.append(self.until[shot])
            told.append(shot)
        return tuple(told)

    @cached_property
    def _rank(self) -> dict[str, int]:
        return {shot: rank for rank, shot in enumerate(self.ids)}

    @cached_property
    def _needs(self) -> dict[str, tuple[str, ...]]:
        return {shot: tuple(dict.fromkeys(self._clips_for(shot))) for shot in self.ids}

    def _clips_for(self, shot: str) -> Iterator[str]:
        yield from self.parents(shot)
        other = self.until.get(shot)
        if other is not None and other not in self.own:
            yield from self.parents(other)[:1]

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        return _turned((shot, self.parents(shot)) for shot in self.ids)

    @cached_property
    def _feeds(self) -> dict[str, tuple[str, ...]]:
        return _turned((shot, self.needs(shot)) for shot in self.ids)


def _turned(edges: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    turned: dict[str, list[str]] = {}
    for shot, before in edges:
        for other in before:
            turned.setdefault(other, []).append(shot)
    return {other: tuple(shots) for other, shots in turned.items()}
