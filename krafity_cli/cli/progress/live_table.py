"""The live table: which shots are shown in how many lines, and how each line reads.

A few shots are all shown, in the storyboard's order. Of many only what matters now: what is being
made, what went wrong, what came last; the rest is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from krafity_cli.amounts import dollars
from krafity_cli.cli.output.console import one_line
from krafity_cli.cli.progress.eta import Forecast
from krafity_cli.cli.progress.state import WAITING, Row, Tally
from krafity_cli.errors import columns

Colour = Callable[[str, str], str]
"""Puts a text into a colour, or leaves it where none is wanted."""

_FINE = {"rendered", "reused"}
_ORDER = (
    "rendered", "reused", "failed", "filtered", "unknown", "pending", "held", "blocked", "running",
    WAITING,
)  # fmt: skip
_WIDEST = 100
_FRAME = 4
"""Lines that are no shots: the head, the counts, the bar, and one for the cursor's peace."""

_MOST_ROWS = 16


@dataclass(frozen=True)
class Columns:
    """How wide each column is; where there is little room the last ones are left out."""

    name: int
    step: int
    elapsed: int
    expected: int
    cost: int

    @classmethod
    def in_all(cls, width: int) -> Columns:
        """The columns that fit into so many, behind the sign."""
        step, elapsed, expected, cost = (17, 8, 9, 8) if width >= 64 else (12, 7, 0, 0)
        return cls(
            max(8, width - 2 - step - elapsed - expected - cost), step, elapsed, expected, cost
        )


@dataclass(frozen=True)
class Signs:
    """The signs a stream can write."""

    rendered: str = "✓"
    reused: str = "="
    trouble: str = "✗"
    done: str = "━"
    left: str = "╌"
    more: str = "…"

    @classmethod
    def of(cls, encoding: str | None) -> Signs:
        """Plain ones where the encoding has no others."""
        signs = cls()
        try:
            "".join(vars(signs).values()).encode(encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return cls("+", "=", "x", "#", "-", "~")
        return signs


class Table:
    """Draws a tally as lines of at most so many columns."""

    def __init__(self, tally: Tally, forecast: Forecast, signs: Signs, colour: Colour) -> None:
        self._tally = tally
        self._forecast = forecast
        self._signs = signs
        self._colour = colour

    def lines(self, now: float, began: float, room: tuple[int, int]) -> list[str]:
        """The whole picture at a moment; `began` is when the call did."""
        width = min(room[0] - 1, _WIDEST)
        shown, hidden = self._chosen(max(1, min(room[1] - _FRAME, _MOST_ROWS)))
        sizes = Columns.in_all(width)
        lines = [
            (self._cells(sizes, " ", "shot", "step", "elapsed", "expected", "cost"), "dim"),
            *(self._row(row, now, sizes) for row in shown),
            *([(f"  {self._signs.more} {hidden} more running", "dim")] * (hidden > 0)),
            (f"  {self._counts()}", "dim"),
        ]
        cut = [self._colour(self._cut(text, width), colour) for text, colour in lines]
        return [*cut, self._bar(now, began, width)][-max(1, room[1] - 1) :]

    def _chosen(self, most: int) -> tuple[list[Row], int]:
        """The rows to show, and how many that run are not among them."""
        rows = list(self._tally)
        if len(rows) <= most:
            return rows, 0
        running = self._tally.running()
        if len(running) >= most:
            return running[: most - 1], len(running) - most + 1
        settled = [row for row in rows if row.is_settled and not row.is_running]
        settled.sort(key=lambda row: (row.status in _FINE, -row.moved))
        troubles = [row for row in settled if row.status not in _FINE][: (most - len(running)) // 2]
        fine = [row for row in settled if row.status in _FINE]
        rest = [*troubles, *fine][: most - len(running)]
        return [*running, *rest], 0

    def _row(self, row: Row, now: float, sizes: Columns) -> tuple[str, str]:
        sign, colour = self._sign(row)
        step = row.step() if row.is_running else "" if row.status == WAITING else row.status
        if row.is_running:
            elapsed, expected = span(now - row.began(now)), self._expected(row)
        else:
            elapsed, expected = span(row.seconds) if row.seconds else "", ""
        cost = dollars(row.cost_usd) if row.cost_usd else ""
        return self._cells(sizes, sign, self._name(row), step, elapsed, expected, cost), colour

    def _cells(
        self,
        sizes: Columns,
        sign: str,
        name: str,
        step: str,
        elapsed: str,
        expected: str,
        cost: str,
    ) -> str:
        text = f"{sign} {self._fit(name, sizes.name - 1)} {self._fit(step, sizes.step - 1)} "
        for word, size in (
            (elapsed, sizes.elapsed),
            (expected, sizes.expected),
            (cost, sizes.cost),
        ):
            text += f"{word:>{size}}" if size else ""
        return text

    def _sign(self, row: Row) -> tuple[str, str]:
        if row.is_running:
            return ">", "bold"
        if row.status == WAITING:
            return " ", "dim"
        if row.status in _FINE:
            rendered = row.status == "rendered"
            return (self._signs.rendered, "green") if rendered else (self._signs.reused, "dim")
        return self._signs.trouble, "red"

    def _expected(self, row: Row) -> str:
        times = [self._forecast.expected(row.board, row.shot, what) for what in row.steps]
        known = [time for time in times if time is not None]
        return f"~{span(max(known))}" if known and max(known) >= 1 else ""

    def _name(self, row: Row) -> str:
        return row.shot if len(self._tally.boards) == 1 else f"{one_line(row.board)} {row.shot}"

    def _fit(self, text: str, room: int) -> str:
        """Padded to so many columns, or cut from the left: the end tells shots apart."""
        text = one_line(text)
        if columns(text) > room:
            while columns(text) > room - 1:
                text = text[1:]
            text = self._signs.more + text
        return text + " " * (room - columns(text))

    def _counts(self) -> str:
        found = self._tally.counts()
        return ", ".join(f"{found[word]} {word}" for word in _ORDER if found[word])

    def _cut(self, text: str, room: int) -> str:
        if columns(text) <= room:
            return text
        while columns(text) > room - 1:
            text = text[:-1]
        return text + self._signs.more

    def _bar(self, now: float, began: float, width: int) -> str:
        total = len(self._tally)
        done = sum(row.is_settled and not row.is_running for row in self._tally)
        words = "".join(self._said(done, total, now - began, self._forecast.left()))
        room = width - columns(words)
        if room < 4:
            return self._cut(words.strip(), width)
        full = room * done // total if total else 0
        signs = self._signs
        return self._colour(signs.done * full, "green") + signs.left * (room - full) + words

    def _said(self, done: int, total: int, seconds: float, left: float) -> Iterator[str]:
        yield f"  {done}/{total} shots  {span(seconds)}"
        if done == total:
            yield "  cutting films"
        elif left >= 1:
            yield f"  ~{span(left)} left"
        if self._tally.cost_usd:
            yield f"  {dollars(self._tally.cost_usd)}"


def span(seconds: float) -> str:
    """A time as a clock shows it: 0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
