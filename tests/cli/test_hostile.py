"""Whatever a storyboard, a file name or an answer puts into words does nothing on a terminal."""

from __future__ import annotations

import itertools
import unicodedata

import pytest

from krafity_cli.cli.output.console import harmless
from krafity_cli.engines.protocol import Failed
from tests.cli.shell import Done, Krafity
from tests.render.clips import clip
from tests.render.stage import Stage

HOSTILE = {
    "markup": "[red]loud[/red] [/nothing] [link=file:///etc/passwd]here[/link]",
    "escape": "\x1b[31mred\x1b]0;title\x07\x1b[2J",
    "c1": "\x9b31m \x85 \x90",
    "bidi": "\u202eevil\u2066 \u200f",
    "ci": "::error::boo ##[error]boo ##vso[task.setvariable] %0A::set-output",
    "lines": "one\n::error file=a::two\r\nthree\rfour\x0bfive\u2028six",
    "surrogate": "\ud800",
    "nul": "a\x00b\x7f",
}
COMMANDS = ("render", "plan", "validate", "graph")


def dangers(text: str) -> set[str]:
    """Characters that move the cursor, colour or hide something, but for line ends."""
    hiding = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return {c for c in text if unicodedata.category(c) in hiding and c != "\n"}


def commands(text: str) -> list[str]:
    """Lines that a CI system would take for a command."""
    return [line for line in text.split("\n") if line.lstrip().startswith("::") or "##[" in line]


def check(done: Done) -> None:
    assert dangers(done.out + done.err) == set()
    assert commands(done.out + done.err) == []


def quoted(text: str) -> str:
    """As a double-quoted YAML text, every unusual character escaped."""
    signs = (c if c.isalnum() or c in " []=/:#." else f"\\U{ord(c):08x}" for c in text)
    return '"' + "".join(signs) + '"'


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_harmless_leaves_no_danger_and_every_letter(text: str) -> None:
    found = harmless(text)
    assert dangers(found) == set()
    assert commands(found) == []
    letters = [c for c in text if c.isalnum()]
    kept = iter(found)
    assert all(letter in kept for letter in letters)  # in this order


def test_harmless_leaves_plain_words_alone() -> None:
    plain = "Привет, 世界: café [50 %]\n  ünter\twegs 👩‍🚀 می‌خواهم"
    assert harmless(plain) == plain


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_titles_prompts_and_notes_come_out_harmless(
    krafity: Krafity, work: Stage, text: str
) -> None:
    work.put("found.mp4", clip(4, 9, "footage"))
    words = quoted(text)
    work.write(
        f"title: {words}\n"
        "shots:\n"
        f"  here: {{clip: found.mp4, prompt: {words}, notes: {words}, dialogue: {words}}}\n"
    )
    for command in COMMANDS:
        engine = ("--engine", "scripted") if command in ("render", "plan") else ()
        done = krafity(command, "board.yaml", *engine)
        assert done.code in (0, 2)
        check(done)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "field", ["engine", "shots", "after", "image", "camera", "unknown", "context"]
)
def test_hostile_values_are_quoted_harmlessly_in_problems(
    krafity: Krafity, work: Stage, text: str, field: str
) -> None:
    words = quoted(text)
    shots = {
        "shots": f"shots: {words}\n",
        "engine": f"engine: {words}\nshots:\n  a: {{image: a.png}}\n",
        "unknown": f"shots:\n  a: {{{words}: 1}}\n",
    }
    work.write(shots.get(field, f"shots:\n  a: {{{field}: {words}, duration: {words}}}\n"))
    done = krafity("validate", "board.yaml")
    assert done.code == 2
    check(done)


def test_hostile_bytes_as_they_are_come_out_harmless(krafity: Krafity, work: Stage) -> None:
    raw = "\x1b[31m::error::\u202e[red]".encode() + b"\xff\xfe\x9b"
    (work.folder / "board.yaml").write_bytes(b"title: " + raw + b"\nshots: {}\n")
    done = krafity("validate", "board.yaml")
    assert done.code == 2
    check(done)


@pytest.mark.parametrize(
    "name",
    [
        "\x1b[31mred.yaml",
        "::error::boo.yaml",
        "\u202elmay.yaml",
        "[red]x[nothing].yaml",
        "a\nb.yaml",
    ],
)
def test_hostile_file_names_come_out_harmless(krafity: Krafity, work: Stage, name: str) -> None:
    work.put("found.mp4", clip(4, 9, "footage"))
    (work.folder / name).write_text("shots:\n  here: {clip: found.mp4}\n")
    for command, file in itertools.product(COMMANDS, (name, f"missing-{name}")):
        engine = ("--engine", "scripted") if command in ("render", "plan") else ()
        done = krafity(command, file, *engine)
        assert done.code == (2 if file != name else 0)
        check(done)


def test_a_line_end_in_a_title_or_a_file_name_begins_no_line(krafity: Krafity, work: Stage) -> None:
    """Else a storyboard could say in our name that nothing is spent."""
    work.put("found.mp4", clip(4, 9, "footage"))
    board = 'title: "Boat\\nPlan: all reused"\nshots:\n  here: {clip: found.mp4}\n'
    (work.folder / "a\nPlan: free.yaml").write_text(board)
    for command in ("render", "plan"):
        done = krafity(command, "a\nPlan: free.yaml", "--engine", "scripted")
        lines = (done.out + done.err).splitlines()
        assert [line for line in lines if line.startswith(("Plan: all", "Plan: free"))] == []


def test_hostile_words_of_a_service_come_out_harmless(krafity: Krafity, work: Stage) -> None:
    work.put("found.mp4", clip(4, 9, "footage"))
    work.picture("a.png", 1)
    work.write(
        "shots:\n  a: {image: a.png, prompt: a}\n  f: {clip: found.mp4}\ncuts: {main: [f]}\n"
    )
    work.engine.answer("video a", Failed(HOSTILE["markup"], HOSTILE["escape"], HOSTILE["ci"]))
    done = krafity("render", "board.yaml", "--engine", "scripted")
    assert done.code == 1
    check(done)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_documents_escape_what_could_do_harm(krafity: Krafity, work: Stage, text: str) -> None:
    work.put("found.mp4", clip(4, 9, "footage"))
    work.write(f"title: {quoted(text)}\nshots:\n  here: {{clip: found.mp4}}\n")
    for words in (("plan", "--engine", "scripted"), ("graph",), ("validate",)):
        done = krafity(*words, "board.yaml", "--json")
        assert done.code in (0, 2)
        assert done.out.isascii()
        check(done)
        assert done.document["schema"] == 1
