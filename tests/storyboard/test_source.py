"""Bytes become text, or are refused with the place of the first that are none."""

from __future__ import annotations

import pytest

from krafity_cli.errors import Place, Problem, Problems
from krafity_cli.storyboard.yaml.source import MOST_BYTES, Findings, Source, decoded


def refused(data: bytes) -> str:
    with pytest.raises(Problems) as caught:
        decoded(data, "board.yaml")
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_marked_utf_16_are_read(encoding: str) -> None:
    assert decoded("title: Über 𝄞\n".encode(encoding), "b").text == "title: Über 𝄞\n"


def test_another_encoding_is_refused_at_its_first_byte() -> None:
    assert refused("title: x\nnotes: Über\n".encode("latin-1")) == (
        "board.yaml:2:8: this is not UTF-8 text; save the file as UTF-8\n"
        "  notes: \ufffdber\n"
        "         ^"
    )


def test_half_a_utf_16_character_is_refused() -> None:
    assert refused(b"\xff\xfea\x00b") == (
        "board.yaml:1:2: this is not UTF-16 text; save the file as UTF-8\n  a\ufffd\n   ^"
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"a: \x00b", "board.yaml:1:4: a control character (U+0000)"),
        (b"a: b\r\nc: \x1b[31m", "board.yaml:2:4: a control character (U+001B)"),
        ("a: \x9b".encode(), "board.yaml:1:4: a control character (U+009B)"),
        ("\ufeffa: \ufffe".encode(), "board.yaml:1:4: a control character (U+FFFE)"),
    ],
)
def test_a_control_character_is_refused_at_its_place(data: bytes, told: str) -> None:
    assert refused(data).splitlines()[0] == f"{told} is not allowed in a storyboard"


def test_a_control_character_is_not_passed_on_to_the_terminal() -> None:
    assert refused(b"a: \x1b[31m").splitlines()[1:] == ["  a: \ufffd[31m", "     ^"]


def test_four_mebibytes_are_the_most() -> None:
    assert decoded(b" " * MOST_BYTES, "b").text == " " * MOST_BYTES
    assert refused(b" " * (MOST_BYTES + 700_000)) == (
        "board.yaml:1:1: the file has 4.7 MiB; at most 4 MiB"
    )


def test_lines_are_those_of_an_editor() -> None:
    source = Source.of("a: b\r\nc: d\re: f\u2028g\x85h\n", "b")

    assert source.lines == ("a: b", "c: d", "e: f g h", "")


def test_what_lies_behind_the_text_is_its_last_column() -> None:
    source = Source.of("a: b\nc: [\n", "b")

    assert source.place(2, 0) == Place(2, 5, "c: [")
    assert source.place(7, 3) == Place(2, 5, "c: [")
    assert Source.of("", "b").place(0, 0) == Place(1, 1, "")


def test_problems_are_sorted_by_place_and_told_once() -> None:
    findings = Findings(Source.of("", "b"))
    for line, column in ((3, 1), (1, 9), (1, 2), (3, 1)):
        findings.add(Place(line, column), "rule", f"{line}:{column}")

    assert [problem.message for problem in findings.problems().problems] == ["1:2", "1:9", "3:1"]


def test_an_absurd_number_of_problems_is_counted() -> None:
    findings = Findings(Source.of("", "b"))
    for line in range(3500):
        findings.add(Place(line + 1, 1), "rule", "wrong")

    problems = findings.problems().problems

    assert len(problems) == 1001
    assert problems[-1] == Problem(
        "too-many-problems", "and 2,500 more problems", place=Place(1000, 1), file="b"
    )
