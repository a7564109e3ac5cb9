"""Lines at the foot of a terminal change in place: nothing is erased first, nothing scrolls."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

import pytest

from krafity_cli.cli.painter import Painter
from tests.cli.screen import Watched


@dataclass
class Paper:
    """A painter on a screen that a test can look at and resize."""

    view: Watched = field(default_factory=Watched)
    size: tuple[int, int] = (80, 24)
    stream: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        self.painter = Painter(self.stream, lambda: self.size)

    def paint(self, *lines: str) -> str:
        """Paint lines; answers what was written."""
        self.painter.paint(lines)
        return self._shown()

    def close(self) -> str:
        self.painter.close()
        return self._shown()

    def resize(self, columns: int) -> None:
        self.size = (columns, 24)
        self.view.screen.resize(24, columns)

    def _shown(self) -> str:
        written = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        self.view.feed(written)
        return written


def test_lines_stand_where_the_cursor_was() -> None:
    paper = Paper()
    paper.view.feed("$ krafity\r\n")
    paper.paint("one", "two")
    assert paper.view.lines == ["$ krafity", "one", "two"]
    assert not paper.view.has_cursor


def test_only_what_changed_is_written_again() -> None:
    paper = Paper()
    paper.paint("one", "two", "three")
    written = paper.paint("one", "2", "three")
    assert paper.view.lines == ["one", "2", "three"]
    assert "one" not in written
    assert "three" not in written
    assert paper.paint("one", "2", "three") == ""


def test_nothing_is_erased_before_it_is_written_over() -> None:
    paper = Paper()
    written = paper.paint("a", "b") + paper.paint("c", "d") + paper.paint("e", "f")
    assert "\x1b[2J" not in written
    assert "\x1b[J" not in written
    assert "\x1b[2K" not in written
    assert not re.search(r"\x1b\[K[a-f]", written)


def test_each_picture_comes_in_one_piece() -> None:
    written = Paper().paint("a", "b")
    assert written.startswith("\x1b[?2026h")
    assert written.endswith("\x1b[?2026l")


def test_a_block_grows_and_never_shrinks() -> None:
    paper = Paper()
    paper.paint("one")
    paper.paint("one", "two", "three")
    assert paper.view.lines == ["one", "two", "three"]
    paper.paint("1")
    assert paper.view.lines == ["1"]
    paper.paint("1", "2", "3", "4")
    assert paper.view.lines == ["1", "2", "3", "4"]


def test_a_shorter_line_leaves_nothing_of_the_longer_one() -> None:
    paper = Paper()
    paper.paint("a long line")
    paper.paint("short")
    assert paper.view.lines == ["short"]


def test_at_the_foot_of_the_screen_it_makes_room_once() -> None:
    paper = Paper()
    paper.view.feed("\r\n" * 23)
    paper.paint("one", "two", "three")
    assert (paper.view.lines[-3:], paper.view.scrolled) == (["one", "two", "three"], 2)
    for number in range(50):
        paper.paint("one", str(number), "three")
    assert (paper.view.lines[-3:], paper.view.scrolled) == (["one", "49", "three"], 2)


def test_it_leaves_the_terminal_as_it_was_found() -> None:
    paper = Paper()
    paper.view.feed("$ krafity\r\n")
    paper.paint("one", "two")
    paper.close()
    paper.view.feed("done\r\n")
    assert paper.view.lines == ["$ krafity", "done"]
    assert paper.view.has_cursor
    assert paper.close() == ""


def test_where_nothing_was_painted_nothing_is_put_away() -> None:
    assert Paper().close() == ""


@pytest.mark.parametrize("columns", [120, 81, 80])
def test_a_wider_terminal_shows_the_same(columns: int) -> None:
    paper = Paper()
    paper.paint("a" * 79, "b")
    paper.resize(columns)
    paper.paint("a" * 79, "c")
    assert paper.view.lines == ["a" * 79, "c"]


def test_a_narrower_terminal_that_folds_lines_is_painted_anew() -> None:
    paper = Paper()
    paper.view.feed("$\r\n")
    paper.paint("a" * 60, "b")
    # What terminals that fold make of it: 60 columns take two lines of 40.
    paper.view.feed("\x1b[2;1H" + "a" * 40 + "\r\n" + "a" * 20 + "\r\nb\r")
    paper.resize(40)
    paper.paint("a" * 39, "c")
    assert paper.view.lines == ["$", "a" * 39, "c"]
    paper.close()
    assert paper.view.lines == ["$"]


def test_a_sign_the_encoding_does_not_have_is_replaced() -> None:
    raw = io.BytesIO()
    painter = Painter(io.TextIOWrapper(raw, encoding="ascii"), lambda: (80, 24))
    painter.paint(["caf\xe9"])
    assert b"caf?" in raw.getvalue()


def test_a_terminal_that_went_away_ends_nothing() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

    painter = Painter(Gone(), lambda: (80, 24))
    painter.paint(["one"])
    painter.close()
