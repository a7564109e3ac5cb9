"""A problem shows its line and a caret that stands right, whatever the line holds."""

from __future__ import annotations

import pytest

from krafity_cli.errors import Place, Problem, Problems, columns, harmless


def shown(source: str, column: int) -> str:
    return str(Problem("rule", "wrong", place=Place(7, column, source), file="board.yaml"))


def test_a_problem_is_its_place_its_message_its_line_and_a_caret() -> None:
    assert shown("  promt: x", 3) == "board.yaml:7:3: wrong\n    promt: x\n    ^"


def test_a_problem_without_a_line_is_one_line() -> None:
    assert shown("", 1) == "board.yaml:7:1: wrong"


@pytest.mark.parametrize(
    ("source", "column", "line", "caret"),
    [
        ("a:\tb", 4, "a: b", "   ^"),
        ("a: \x1b[2Jb", 8, "a: \ufffd[2Jb", "       ^"),
        ("a: \u202eb", 5, "a: \ufffdb", "    ^"),
        ("a: 船が b", 7, "a: 船が b", "        ^"),
        ("a: e\u0301 b", 7, "a: e\u0301 b", "     ^"),
        ("a\u00a0b", 3, "a b", "  ^"),
    ],
)
def test_the_caret_stands_below_its_column(source: str, column: int, line: str, caret: str) -> None:
    assert shown(source, column).splitlines()[1:] == [f"  {line}", f"  {caret}"]


def test_a_long_line_is_cut_around_the_caret() -> None:
    source = "a" * 200 + "!" + "b" * 200

    _, line, caret = shown(source, 201).splitlines()

    assert line == "  …" + "a" * 50 + "!" + "b" * 49 + "…"
    assert line[len(caret) - 1] == "!"


@pytest.mark.parametrize(
    ("column", "line"),
    [(1, "  " + "x" * 100 + "…"), (300, "  …" + "x" * 100), (101, "  …" + "x" * 100 + "…")],
)
def test_a_long_line_is_shown_in_a_hundred_characters(column: int, line: str) -> None:
    assert shown("x" * 300, column).splitlines()[1] == line


def test_a_line_of_a_hundred_characters_is_shown_whole() -> None:
    assert shown("x" * 100, 100).splitlines()[1:] == ["  " + "x" * 100, "  " + " " * 99 + "^"]


def test_a_files_name_cannot_write_to_the_terminal() -> None:
    assert (
        str(Problem("rule", "wrong", place=Place(1, 1), file="\x1b[31m.yaml"))
        == "\ufffd[31m.yaml:1:1: wrong"
    )


def test_problems_are_told_one_below_the_other() -> None:
    words = {1: "one", 2: "two"}
    problems = Problems(
        [Problem("rule", word, place=Place(line, 1), file="b") for line, word in words.items()]
    )

    assert (str(problems), problems.what, problems.exit_code) == (
        "b:1:1: one\nb:2:1: two",
        "2 problems",
        2,
    )


def test_printable_text_is_left_alone() -> None:
    assert harmless("Über 船 𝄞") == "Über 船 𝄞"


def test_wide_signs_take_two_columns_and_accents_none() -> None:
    assert (columns("船"), columns("e\u0301"), columns("abc")) == (2, 1, 3)
