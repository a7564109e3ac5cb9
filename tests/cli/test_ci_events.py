"""`--events FILE`: a line of JSON for each change of state, as docs/reference/events.md says."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from krafity_cli.cli.ci.event_log import EventLog
from krafity_cli.engines.protocol import Failed
from krafity_cli.render.report.accounts import Event
from tests.cli.shell import ROOT, Krafity
from tests.render.stage import Stage

BOARD = """\
title: The Boat
defaults: {duration: 4}
shots:
  quay: {image: quay.png, prompt: quay}
  drift: {after: quay, prompt: drift}
"""


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    work.picture("quay.png", 1, drawn=True)
    work.write(BOARD)


def events(krafity: Krafity, work: Stage, *words: str) -> list[dict[str, Any]]:
    krafity("render", *words, "--engine", "scripted", "--events", "events.jsonl")
    text = (work.folder / "events.jsonl").read_text(encoding="ascii")
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def brief(found: list[dict[str, Any]]) -> list[str]:
    return [
        " ".join(str(each[key]) for key in ("event", "shot", "step", "state") if key in each)
        for each in found
    ]


def test_every_change_is_a_line_in_the_order_it_happened(krafity: Krafity, work: Stage) -> None:
    found = brief(events(krafity, work, "board.yaml"))
    beside = {"step quay last_frame started", "step quay last_frame finished"}
    beside |= {"step quay context started", "step quay context finished"}
    assert [line for line in found if line not in beside] == [
        "run started",
        "step quay analyze started",
        "step quay analyze finished",
        "step quay clean started",
        "step quay clean finished",
        "step quay video started",
        "step quay video finished",
        "shot quay rendered",
        "step drift video started",
        "step drift video finished",
        "shot drift rendered",
        "step drift last_frame started",
        "step drift last_frame finished",
        "run done",
    ]
    assert beside <= set(found)


def test_the_second_time_there_is_little_to_say(krafity: Krafity, work: Stage) -> None:
    events(krafity, work, "board.yaml")
    found = events(krafity, work, "board.yaml")
    assert brief(found) == ["run started", "shot quay reused", "shot drift reused", "run done"]
    assert found[1] | {"time": ""} == {
        "schema": 1,
        "time": "",
        "storyboard": "board.yaml",
        "event": "shot",
        "state": "reused",
        "shot": "quay",
        "detail": "nothing changed",
        "seconds": 0.0,
        "cost_usd": 0.0,
    }


def test_failures_and_what_they_block_are_changes_too(krafity: Krafity, work: Stage) -> None:
    work.engine.answer("video quay", Failed("it slipped", "the quay is wet"))
    found = events(krafity, work, "board.yaml")
    assert brief(found)[-4:] == [
        "step quay video failed",
        "shot quay failed",
        "shot drift blocked",
        "run incomplete",
    ]
    assert [each["detail"] for each in found[-4:-1]] == [
        "it slipped; the quay is wet",
        "it slipped; the quay is wet",
        "blocked by quay",
    ]


def test_a_refused_storyboard_has_one_line(krafity: Krafity, work: Stage) -> None:
    (work.folder / "bad.yaml").write_text("shots: {}\n")
    found = events(krafity, work, "bad.yaml", "board.yaml")
    assert [(each["storyboard"], each["state"]) for each in found if each["event"] == "run"] == [
        ("bad.yaml", "refused"),
        ("board.yaml", "started"),
        ("board.yaml", "done"),
    ]


def test_the_reference_names_every_key_and_no_other(krafity: Krafity, work: Stage) -> None:
    found = events(krafity, work, "board.yaml")
    said = (ROOT / "docs/reference/events.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(\w+)` \|", said, re.MULTILINE))
    assert {key for each in found for key in each} == documented


def test_a_line_is_whole_whatever_it_holds() -> None:
    file = io.StringIO()
    log = EventLog(file, lambda: datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    log.event("a\nb.yaml", Event(1.0, "quay", "video", "failed", "\x1b[31m\x7f\u202e\n::error::"))
    assert file.getvalue() == (
        '{"schema": 1, "time": "2026-11-22T09:30:00.000Z", "storyboard": "a\\nb.yaml", '
        '"event": "step", "state": "failed", "shot": "quay", "step": "video", '
        '"detail": "\\u001b[31m\\u007f\\u202e\\n::error::", "seconds": 0.0, "cost_usd": 0.0}\n'
    )


def test_a_log_that_cannot_be_written_is_refused_before_anything_starts(
    krafity: Krafity, work: Stage
) -> None:
    done = krafity("render", "board.yaml", "--engine", "scripted", "--events", "none/e.jsonl")
    assert (done.code, work.engine.began) == (2, [])
    assert done.err == "error: none/e.jsonl cannot be written\n  why: No such file or directory\n"


def test_a_disk_that_fills_up_ends_the_log_and_not_the_render(
    krafity: Krafity, work: Stage
) -> None:
    (work.folder / "events.jsonl").symlink_to("/dev/full")
    done = krafity("render", "board.yaml", "--engine", "scripted", "--events", "events.jsonl")
    assert done.code == 0
    assert done.err.splitlines()[-1] == (
        "note: the event log is incomplete: No space left on device"
    )
