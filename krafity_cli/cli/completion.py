"""What a shell completes where a shot is wanted: those of the storyboards named so far.

It is asked at every press of the tab key, so it reads as little as it can, and says nothing where
anything is wrong: problems are for `krafity validate`. Files are completed by the shell itself.

Shells evaluate what is completed (zsh does, quotes and all), so only names that are ids are
handed over, and none of a storyboard's other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_USUAL = Path("storyboard.yaml")
"""What is looked into where the command line names no storyboard yet."""


def shots(context: Any, incomplete: str) -> list[str]:
    """The shots that begin like this."""
    try:
        named = list(_named(context)) or [_USUAL]
        found = dict.fromkeys(shot for file in named for shot in _shots_in(file))
        return [shot for shot in found if shot.startswith(incomplete)]
    except Exception:  # a completion that fails would only disturb the prompt
        return []


def _named(context: Any) -> Iterator[Path]:
    """The storyboards on the command line.

    While an option still waits for its value, Typer has them among the words left over.
    """
    words = [*(context.params.get("files") or ()), context.params.get("file"), *context.args]
    for word in words:
        if word and Path(word).is_file():
            yield Path(word)


def _shots_in(file: Path) -> Iterator[str]:
    # Only where shots really are completed is a YAML reader worth its time.
    from krafity_cli.storyboard.ids import PATTERN
    from krafity_cli.storyboard.yaml.nodes import Table
    from krafity_cli.storyboard.yaml.source import Findings, decoded, storyboard_bytes
    from krafity_cli.storyboard.yaml.tree import grown

    root = grown(Findings(decoded(storyboard_bytes(file), str(file))))
    top = root.entries.get("shots") if isinstance(root, Table) else None
    if top is not None and isinstance(top[1], Table):
        yield from (name for name in top[1].entries if re.fullmatch(PATTERN, name))
