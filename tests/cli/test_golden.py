"""What every command prints at 80 columns, whole: for people and as JSON.

Times that were measured, digests, sizes and folders are made plain; nothing else is. After a change
that is meant, `GOLDEN=write pytest tests/cli/test_golden.py` writes the files anew: read the diff.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from krafity_cli import __version__
from krafity_cli.engines.protocol import Filtered
from tests.cli.commands import every_command
from tests.cli.shell import Krafity
from tests.render.stage import Stage

GOLDEN = Path(__file__).parent / "golden"
BOARD = """\
title: The Paper Boat
defaults: {duration: 4, annotated: false}
shots:
  quay: {image: quay.png, prompt: quay slips off, annotated: auto}
  drift: {after: quay, prompt: drift between moored hulls, take: 2}
  storm: {after: drift, prompt: storm closes in}
  home: {after: [drift, storm], image: home.png, prompt: home at last}
cuts: {main: [quay, drift, home]}
"""
BAD = """\
title: The Paper Boat
shots:
  quay: {image: gone.png, prompt: x, durtion: 6}
  drift: {after: quai, prompt: y}
  drift: {after: quay, prompt: z}
"""
WORDS = """\
title: From Words
defaults: {duration: 4}
shots:
  quay: {still: a quay at dawn, prompt: quay slips off}
  drift: {after: quay, prompt: drift between moored hulls}
  storm: {after: drift, still: "open sea, low angle", prompt: storm closes in}
"""
FREE = ("--engine", "scripted")
MEANS = ("analyze", "clean", "frame", "last_frame", "standin", "thumbnail")
ALL_BUT_CLIPS = tuple(word for kind in MEANS for word in ("--kind", kind))


def plain(text: str, folder: Path) -> str:
    """The text without what differs from run to run and from machine to machine."""
    text = text.replace(str(folder.parent), "TMP").replace(__version__, "VERSION")
    text = re.sub(r"\bin \d+\.\d s\b", "in # s", text)
    text = re.sub(r"\b\d+(\.\d)? (B|KiB|MiB|GiB)\b", "# B", text)
    text = re.sub(r'"bytes": \d+', '"bytes": "#"', text)
    text = re.sub(r"\b\d{19}\b", "NANOSECONDS", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z|\+00:00)?", "TIME", text)
    text = re.sub(r"\d{4}-\d\d-\d\d", "DATE", text)
    text = re.sub(r"(Python|ffmpeg version) [\w.+-]+", r"\1 #", text)
    text = "".join(map(_without_seconds, text.splitlines(keepends=True)))
    return _digests_by_number(text)


def _without_seconds(line: str) -> str:
    """Films last as long as they do; how long a run or a shot took is another time each time."""
    return line if '"cut"' in line else re.sub(r'"seconds": \d+\.\d+', '"seconds": "#"', line)


def _digests_by_number(text: str) -> str:
    """The same digest is the same number wherever it stands."""
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        short = found[0][:12]
        return f"DIGEST-{numbers.setdefault(short, len(numbers) + 1)}"

    return re.sub(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b", number, text)


@pytest.fixture(autouse=True)
def board(work: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    work.picture("quay.png", 1, drawn=True)
    work.picture("home.png", 2)
    work.write(BOARD)
    (work.folder / "bad.yaml").write_text(BAD)
    short = BOARD.replace("[quay, drift, home]", "[quay]")  # no film with stand-ins
    (work.folder / "short.yaml").write_text(short)


@pytest.fixture
def asserted(krafity: Krafity, work: Stage) -> Callable[..., None]:
    """Runs commands and compares all they said with a golden file."""

    def compare(name: str, *commands: tuple[str, ...]) -> None:
        said = "\n".join(_said(krafity, words) for words in commands)
        found = plain(said, work.folder)
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("GOLDEN") == "write":
            GOLDEN.mkdir(exist_ok=True)
            path.write_text(found, encoding="utf-8")
        assert found == path.read_text(encoding="utf-8")

    return compare


def test_every_command_has_a_golden_output() -> None:
    """`watch` never ends by itself: tests/cli/test_watch.py asserts what it prints."""
    written = "".join(path.read_text(encoding="utf-8") for path in GOLDEN.glob("*.txt"))
    commands = {" ".join(command) for command, _ in every_command()} - {"watch"}
    assert {one for one in commands if f"$ krafity {one}" not in written} == set()


def _said(krafity: Krafity, words: tuple[str, ...]) -> str:
    done = krafity(*words)
    err = "".join(f"| {line}\n" for line in done.err.splitlines())
    return f"$ krafity {' '.join(words)}\n{done.out}{err}exit {done.code}\n"


def both(*words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A command for people, and the same as JSON."""
    return words, (*words, "--json")


Asserted = Callable[..., None]


def test_render(asserted: Asserted) -> None:
    words = ("render", "board.yaml", *FREE, "--jobs", "1")
    asserted("render", words, words, (*words, "--json"))


def test_render_with_trouble(asserted: Asserted, work: Stage) -> None:
    work.engine.answer("video drift", Filtered("too stormy", "WET-1"))
    asserted("render-trouble", *both("render", "board.yaml", *FREE, "--jobs", "1"))


def test_render_refused(asserted: Asserted) -> None:
    asserted("render-refused", *both("render", "bad.yaml"), *both("render", "none.yaml"))


def test_render_of_several(asserted: Asserted, work: Stage) -> None:
    (work.folder / "two.yaml").write_text("shots:\n  one: {image: home.png, prompt: one}\n")
    words = ("render", "bad.yaml", "two.yaml", *FREE)
    asserted("render-several", words, (*words, "--json"))


def test_plan(asserted: Asserted) -> None:
    asserted(
        "plan",
        *both("plan", "board.yaml", *FREE),
        ("render", "short.yaml", *FREE, "--only", "quay", "--quiet"),
        ("plan", "board.yaml", *FREE, "--exit-code"),
    )


def test_plan_that_costs(asserted: Asserted, work: Stage) -> None:
    work.engine.paid = work.engine.remote = True
    work.engine.prices = {"video": 0.48, "analyze": 0.001, "clean": 0.039, "context": 0.001}
    asserted(
        "plan-paid",
        *both("plan", "board.yaml", *FREE),
        ("render", "board.yaml", *FREE, "--max-cost", "1"),
    )


def test_stills(asserted: Asserted, work: Stage) -> None:
    work.engine.prices["draw"] = 0.034
    work.put("words.yaml", WORDS.encode())
    words = ("stills", "words.yaml", *FREE, "--variants", "2", "--jobs", "1")
    asserted("stills", words, (*words, "--json"), ("stills", "words.yaml", "strom", *FREE))


def test_validate(asserted: Asserted) -> None:
    asserted("validate", *both("validate", "board.yaml"), *both("validate", "bad.yaml"))


@pytest.mark.parametrize("view", ["text", "mermaid", "dot", "json"])
def test_graph(asserted: Asserted, view: str) -> None:
    asserted(
        f"graph-{view}",
        ("render", "short.yaml", *FREE, "--only", "quay", "--quiet"),
        ("graph", "board.yaml", *FREE, "--format", view),
    )


def test_schema(asserted: Asserted) -> None:
    asserted("schema", ("schema",))


def test_init(asserted: Asserted, work: Stage) -> None:
    asserted("init", ("init", "film"), ("init", "film"), ("init", "other", "--json"))


def test_doctor(asserted: Asserted) -> None:
    asserted("doctor", *both("doctor", "--engine", "animatic"))


def test_cache(asserted: Asserted) -> None:
    asserted(
        "cache",
        *both("cache", "path"),
        ("render", "board.yaml", *FREE, "--quiet"),
        *both("cache", "verify"),
        ("cache", "prune", "--older-than", "1d"),
        ("cache", "prune", "--older-than", "1d", "--json"),
        ("cache", "clear", "--kind", "analyze", "--yes"),
        ("cache", "clear", "--yes", "--json"),
        ("cache", "clear"),
    )


def test_cache_stats(asserted: Asserted) -> None:
    asserted(
        "cache-stats",
        ("cache", "stats"),
        ("render", "short.yaml", *FREE, "--only", "quay", "--quiet"),
        ("cache", "clear", *ALL_BUT_CLIPS, "--yes"),
        *both("cache", "stats"),
    )


def test_export(asserted: Asserted) -> None:
    asserted(
        "export",
        ("export", "short.yaml", "--to", "edl"),
        ("render", "short.yaml", *FREE, "--only", "quay", "--quiet"),
        *both("export", "short.yaml", "--to", "edl"),
        ("export", "short.yaml", "--to", "otioz", "--out", "handoff/boat.otioz"),
        ("export", "short.yaml", "--to", "aaf"),
    )


def test_report(asserted: Asserted) -> None:
    asserted(
        "report",
        ("report", "board.yaml"),
        ("render", "board.yaml", *FREE, "--only", "quay", "--quiet"),
        *both("report", "board.yaml", "--sheet", "sheet.png"),
    )


def test_decisions(asserted: Asserted) -> None:
    asserted(
        "decisions",
        *both("approve", "board.yaml", "--all", *FREE),
        ("approve", "board.yaml", "quay", "--undo", *FREE),
        ("keep", "board.yaml", "drift", *FREE),
        ("render", "board.yaml", *FREE, "--jobs", "1", "--quiet"),
        *both("takes", "board.yaml", "drift", "storm", *FREE),
        *both("keep", "board.yaml", "drift", "--freeze", *FREE),
        ("retake", "board.yaml", "storm", "--patch", *FREE),
        *both("keep", "board.yaml", "--prune", *FREE),
        *both("keep", "board.yaml", "drift", "--undo", *FREE),
    )


def test_ledger(asserted: Asserted, work: Stage) -> None:
    work.engine.paid = work.engine.remote = True
    work.engine.prices = {"video": 0.48}
    work.engine.answer("video storm", Filtered("too stormy", "WET-1"))
    asserted(
        "ledger",
        *both("ledger", "list"),
        ("render", "board.yaml", *FREE, "--jobs", "1", "--quiet"),
        *both("ledger", "list"),
        ("ledger", "list", "--by", "storyboard"),
        ("ledger", "list", "--by", "model", "--json"),
        ("ledger", "list", "--csv"),
        *both("ledger", "resume"),
        *both("ledger", "cancel", "abcdef"),
        *both("ledger", "adopt", "no-such-file"),
        *both("ledger", "forget", "abcdef"),
    )


def test_version_and_usage(asserted: Asserted) -> None:
    asserted(
        "usage",
        ("--version",),
        ("rendr",),
        ("render",),
        ("render", "board.yaml", "--onyl", "quay"),
        ("render", "board.yaml", "--only", "quai"),
        ("render", "board.yaml", "--wait", "soon"),
        ("graph", "board.yaml", "--format", "png"),
    )


def test_no_line_for_people_is_wider_than_80_columns() -> None:
    for path in sorted(GOLDEN.glob("*.txt")):
        if path.stem == "schema":
            continue  # all of it is data
        for line in path.read_text(encoding="utf-8").splitlines():
            is_data = line.startswith(("$", "{", "  {", '"', "|   ")) or line.count(",") > 4
            assert is_data or len(line) <= 82, f"{path.name}: {line}"
