"""A server that echoes the key it was sent: none of what krafity writes or prints holds it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import Krafity
from tests.google.developer import KEY
from tests.google.server import GoogleServer
from tests.render.stage import Stage

BOARD = """\
defaults: {duration: 4, annotated: false}
shots:
  quay: {image: quay.png, prompt: quay}
  calm: {image: quay.png, prompt: calm}
  storm: {image: quay.png, prompt: storm}
"""


@pytest.fixture
def google(work: Stage) -> Iterator[GoogleServer]:
    """A Gemini API of our own."""
    work.picture("quay.png", 1)
    work.write(BOARD)
    with GoogleServer() as server:
        os.environ.update(server.key_environment() | {"KRAFITY_POLL_SCALE": "0.01"})
        yield server


def holding(folder: Path, secret: str) -> list[str]:
    """The files below a folder that hold it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if secret.encode() in path.read_bytes()]


def test_an_echoed_key_is_nowhere(krafity: Krafity, work: Stage, google: GoogleServer) -> None:
    said = f"You sent x-goog-api-key {KEY} to /v1beta/interactions?key={KEY}, and it is not liked."
    google.fault("video", "400", message=said)
    google.fault("video", "answer", status=502, value={"text": said})
    google.fault("video", "failed", message=said)
    words = ("--engine", "gemini", "--junit", "junit.xml", "--events", "events.jsonl", "--verbose")
    shown = krafity("render", "board.yaml", *words)
    assert shown.code == 1
    assert "and it is not liked." in shown.out + shown.err
    again = krafity("render", "board.yaml", *words, "--json")
    listed = krafity("ledger", "list", "--json")
    report = krafity("report", "board.yaml", "--json")
    for done in (shown, again, listed, report):
        assert KEY not in done.out + done.err
    assert holding(work.folder, KEY) == []
    assert holding(work.cache_folder, KEY) == []
    assert "junit.xml" in holding(work.folder, "it is not liked")
    assert "manifest.json" in holding(work.folder, "it is not liked")
