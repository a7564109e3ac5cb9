"""Whatever the bytes are: a storyboard, or problems with their places."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krafity_cli.errors import Problems
from krafity_cli.storyboard.model import Storyboard
from krafity_cli.storyboard.read import read_storyboard

from .boats import PAPER_BOAT
from .conftest import FOLDER, STEADY, Shelf

BOAT = PAPER_BOAT.encode()
PIECES = st.sampled_from(
    [b"[", b"]", b"{", b"}", b"'", b'"', b"#", b"%", b"\0", b"\xff", b": ", b"- ", b"? ", b"|\n"]
)
WORDS = st.sampled_from([b"&a ", b"*a", b"!x ", b"<<: *a", b"after: home", b"until: calm", b"null"])


def attempt(data: bytes) -> Storyboard | None:
    """The storyboard, or nothing when there are problems, which must be fit to be shown."""
    try:
        return read_storyboard(data, "board.yaml", FOLDER, Shelf())
    except Problems as problems:
        check(problems)
        return None


def check(problems: Problems) -> None:
    places = [problem.position for problem in problems.problems]
    assert places == sorted(places)
    assert places[0] >= (1, 1)
    assert all(re.fullmatch("[a-z0-9-]+", problem.code) for problem in problems.problems)
    assert "nput should" not in str(problems)
    assert all(line.isprintable() for line in str(problems).split("\n"))


@STEADY
@given(st.binary(max_size=200))
def test_random_bytes_are_no_storyboard(data: bytes) -> None:
    assert attempt(data) is None


@STEADY
@given(st.text(alphabet="abs:{}[]-&*!|>'\"#%@, \n\t?~", max_size=80))
def test_random_yaml_raises_nothing_but_problems(text: str) -> None:
    attempt(text.encode())
    attempt(f"shots: {{a: {{image: a.png, prompt: x}}}}\n{text}".encode())
    attempt(f"shots:\n  a:\n    image: a.png\n    prompt: {text}\n".encode())


@STEADY
@given(
    st.lists(
        st.tuples(st.integers(0, len(BOAT)), st.integers(0, 30), PIECES | WORDS),
        min_size=1,
        max_size=6,
    )
)
def test_a_mutated_storyboard_raises_nothing_but_problems(
    changes: list[tuple[int, int, bytes]],
) -> None:
    data = BOAT
    for start, length, piece in changes:
        data = data[:start] + piece + data[start + length :]

    attempt(data)


@STEADY
@given(st.integers(0, len(BOAT)))
def test_a_storyboard_that_was_cut_off_raises_nothing_but_problems(end: int) -> None:
    attempt(BOAT[:end])


def test_the_whole_storyboard_is_read() -> None:
    assert attempt(BOAT) is not None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_make_the_same_storyboard(end: str) -> None:
    assert attempt(PAPER_BOAT.replace("\n", end).encode()) == attempt(BOAT)
