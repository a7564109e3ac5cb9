"""A bug of ours ends with 3 and a log file; it never shows a traceback, and it loses nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.shell import Krafity
from tests.render.clips import clip
from tests.render.stage import Stage


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    work.picture("a.png", 1)
    work.picture("b.png", 2)
    work.write(
        "shots:\n  a: {image: a.png, duration: 4, prompt: a}\n"
        "  b: {image: b.png, duration: 4, prompt: b}\n"
    )


def log_of(err: str) -> Path:
    found = re.search(r"^  why: the details are in (.+)$", err, re.MULTILINE)
    assert found
    return Path(found[1])


def test_a_bug_is_three_lines_a_log_and_exit_code_3(krafity: Krafity, work: Stage) -> None:
    work.engine.break_at("video a", ZeroDivisionError("the script divides by zero"))
    done = krafity("render", "board.yaml", "--engine", "scripted")
    log = log_of(done.err)
    assert done.code == 3
    assert done.err.splitlines()[-3:] == [
        "error: a bug in krafity: ZeroDivisionError: the script divides by zero",
        f"  why: the details are in {log}",
        "  hint: please report it with that file; everything made is kept in the cache",
    ]
    text = log.read_text()
    log.unlink()
    assert text.startswith("krafity ")
    assert re.search(r"^python      \d", text, re.MULTILINE)
    assert re.search(r"^typer       \d", text, re.MULTILINE)
    assert f"\nledger      no orders in '{work.cache_folder}'\n" in text
    assert "\narguments   'render' 'board.yaml' '--engine' 'scripted'\n" in text
    assert "Traceback (most recent call last):" in text
    assert "ZeroDivisionError: the script divides by zero" in text


def test_what_was_made_before_a_bug_is_kept(krafity: Krafity, work: Stage) -> None:
    work.engine.break_at("video b", ZeroDivisionError())
    done = krafity("render", "board.yaml", "--engine", "scripted", "--jobs", "1")
    log_of(done.err).unlink()
    work.engine.answer("video b", None)
    work.engine.forget()
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 0
    assert "analyze a.png" not in work.engine.began


@pytest.mark.parametrize(
    "words",
    [
        ["rendr"],
        ["render"],
        ["render", "board.yaml", "--job", "3"],
        ["render", "board.yaml", "--jobs", "three"],
        ["render", "board.yaml", "--max-cost", "-1"],
        ["cache", "clea"],
        ["plan", "--nothing"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_ends_with_2_and_says_where_help_is(
    krafity: Krafity, words: list[str]
) -> None:
    done = krafity(*words)
    assert done.code == 2
    assert done.out == ""
    assert "--help" in done.err


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"[", b"shots: *boo", b"a: &x [*x]", b"- - -", b"\xff\xfe"]
)
def test_no_storyboard_is_bad_enough_for_a_traceback(
    krafity: Krafity, work: Stage, content: bytes
) -> None:
    (work.folder / "board.yaml").write_bytes(content)
    for command in ("render", "plan", "validate", "graph"):
        assert krafity(command, "board.yaml").code == 2


def test_footage_that_is_cut_short_is_refused_at_its_line_before_anything_is_made(
    krafity: Krafity, work: Stage
) -> None:
    whole = clip(4, 3, "footage")
    work.put("cut.mp4", whole[: len(whole) // 2])
    work.write(
        "shots:\n  cut: {clip: cut.mp4}\n  a: {image: a.png, duration: 4, prompt: a}\n"
        "cuts: {main: [a]}\n"
    )
    for command in (("render", "--engine", "scripted", "--json"), ("validate", "--json")):
        done = krafity(command[0], "board.yaml", *command[1:])
        assert done.code == 2
        (problem,) = done.document["problems"]
        assert (problem["code"], problem["line"]) == ("unreadable-footage", 2)
    assert not work.engine.began
