"""What the storyboard's tests share: files that are there without being there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import settings

from krafity_cli.errors import Problems
from krafity_cli.storyboard.model import Footage, Picture, Storyboard, Unusable
from krafity_cli.storyboard.read import read_storyboard

FOLDER = Path("/boards")

STEADY = settings(deadline=None, derandomize=True)
"""For properties: the same examples in every run, however slow the machine."""


class Shelf:
    """Knows `*.png` as pictures and `*.mp4` as footage; what begins with `no/` is not there."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def picture(self, path: str) -> Picture:
        return Picture(self._file(path, ".png", "a picture"), f"pixels of {path}")

    def footage(self, path: str) -> Footage:
        return Footage(self._file(path, ".mp4", "a video"), f"bytes of {path}")

    def _file(self, path: str, ending: str, kind: str) -> Path:
        self.asked.append(path)
        if path.startswith("no/"):
            raise Unusable("missing-file", f"there is no file `{path}`")
        if not path.endswith(ending):
            raise Unusable("wrong-file", f"`{path}` is not {kind}")
        return FOLDER / path


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def read(shelf: Shelf) -> Callable[[str | bytes], Storyboard]:
    """Reads a storyboard from its text, which may be indented."""

    def read(text: str | bytes) -> Storyboard:
        data = dedent(text).encode() if isinstance(text, str) else text
        return read_storyboard(data, "board.yaml", FOLDER, shelf)

    return read


@pytest.fixture
def told(read: Callable[[str | bytes], Storyboard]) -> Callable[[str | bytes], str]:
    """What is said of a storyboard with problems."""

    def told(text: str | bytes) -> str:
        with pytest.raises(Problems) as caught:
            read(text)
        return str(caught.value)

    return told


@pytest.fixture
def codes(read: Callable[[str | bytes], Storyboard]) -> Callable[[str | bytes], list[str]]:
    """The codes of a storyboard's problems."""

    def codes(text: str | bytes) -> list[str]:
        with pytest.raises(Problems) as caught:
            read(text)
        return [problem.code for problem in caught.value.problems]

    return codes
