"""What the last runs found and made: a line per run in `runs.log`, so that savings can be told.

Only told, never decided by: a line that is lost or cut short is a run that is not counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from krafity_cli.cache.atomic_file import NotWhole, read_small
from krafity_cli.cache.cache import Cache
from krafity_cli.cache.locks import gate
from krafity_cli.cache.records import seal, unseal

LAST = 10
"""How many runs are shown one by one."""

FOLDED = 1 << 18
"""Bytes after which the older lines are folded into one that holds their sums."""

_LARGEST = 1 << 22


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run found and made. `hits` are clips found, `misses` clips made; money in USD.

    `saved_usd` is what the clips found had cost when they were bought, `when` an ISO 8601 time.
    """

    when: str
    storyboard: str
    hits: int
    misses: int
    saved_usd: float
    spent_usd: float
    runs: int = 1

    def to_json(self) -> dict[str, Any]:
        """As it is written."""
        return asdict(self)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            other.when,
            "",
            self.hits + other.hits,
            self.misses + other.misses,
            round(self.saved_usd + other.saved_usd, 4),
            round(self.spent_usd + other.spent_usd, 4),
            self.runs + other.runs,
        )


NONE = Tally("", "", 0, 0, 0.0, 0.0, 0)


def note_run(cache: Cache, tally: Tally) -> None:
    """Write down what a run found and made; where that cannot be done, it is not."""
    if cache.folder.readonly:
        return
    path = f"{cache.path}/runs.log"
    with suppress(OSError), gate(cache.folder, "runs"):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(seal(tally.to_json()))
            size = file.tell()
        if size > FOLDED:
            _fold(cache)


def runs(cache: Cache) -> list[Tally]:
    """The runs that are known, oldest first; the first may stand for many (see `Tally.runs`)."""
    return list(_read(cache))


def in_all(tallies: list[Tally]) -> Tally:
    """The sums of several runs."""
    return sum(tallies, NONE)


def _fold(cache: Cache) -> None:
    """Keep the last runs as they are, and one line for all before them."""
    tallies = runs(cache)
    kept = [in_all(tallies[:-LAST]), *tallies[-LAST:]]
    with cache.folder.draft() as draft:
        for tally in kept:
            draft.write(seal(tally.to_json()))
        draft.keep(cache.path / "runs.log")
    (cache.path / "runs.log").chmod(0o600)


def _read(cache: Cache) -> Iterator[Tally]:
    try:
        lines = read_small(f"{cache.path}/runs.log", _LARGEST).splitlines(keepends=True)
    except (OSError, NotWhole):
        return
    for line in lines:
        with suppress(ValueError, TypeError, KeyError):
            value = unseal(line)
            del value["check"]
            yield Tally(**value)
