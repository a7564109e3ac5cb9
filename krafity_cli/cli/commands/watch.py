"""`krafity watch`: the storyboard is rendered with the animatic engine whenever it is saved.

Files are looked at three times a second. A change counts once two looks in a row agree, so that a
file half written is not read; what was saved while a render went on is rendered next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from krafity_cli.cli.commands.render import render_files
from krafity_cli.cli.inputs import Ask
from krafity_cli.cli.output.console import say
from krafity_cli.errors import Refused
from krafity_cli.storyboard.yaml.nodes import Listing, Node, Scalar, Table
from krafity_cli.storyboard.yaml.source import Findings, decoded, storyboard_bytes
from krafity_cli.storyboard.yaml.tree import grown

_PAUSE = 1 / 3
_LONGEST = 255
"""Characters of a text that may be the name of a file."""

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".mp4", ".mov", ".mkv", ".webm"})
"""What is waited for also while it is not there."""

Stamps = dict[Path, tuple[int, int, int] | None]
"""When each file was last written, how long it is, and which it is; nothing where it is gone."""


def watch_file(ask: Ask) -> int:
    """Render, wait for a change, render again, until a signal ends it."""
    file = ask.files[0]
    while True:
        before = stamps(file)
        code = render_files(ask)
        if code > 128:
            return code
        say(f"watching {file}; press Ctrl-C to stop")
        wait_for_change(file, before)


def wait_for_change(
    file: Path, before: Stamps, pause: Callable[[], None] = lambda: time.sleep(_PAUSE)
) -> None:
    """Return when something has changed since, and has come to rest."""
    now = stamps(file, before)
    while True:
        last = now
        pause()
        now = stamps(file, before)
        if now == last and now != before:
            return


def stamps(file: Path, known: Stamps | None = None) -> Stamps:
    """How the storyboard and the files it names stand; those `known` too while it has problems."""
    named = _named(file)
    paths = [*(known or ())] if named is None else [file, file.parent / "krafity.toml", *named]
    return {path: _stamp(path) for path in paths}


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _named(file: Path) -> list[Path] | None:
    """The files a storyboard names, or nothing where it cannot be read."""
    try:
        root = grown(Findings(decoded(storyboard_bytes(file), str(file))))
    except Refused:
        return None
    found = (file.parent / text for text in _texts(root) if len(text) <= _LONGEST)
    return [path for path in found if path.suffix.lower() in _SUFFIXES or _is_file(path)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _texts(root: Node | None) -> Iterator[str]:
    nodes: list[Node] = [root] if root else []
    while nodes:
        match nodes.pop():
            case Scalar(text=text):
                yield text
            case Listing(items=items):
                nodes += items
            case Table(entries=entries):
                nodes += [node for _, node in entries.values()]
