"""Text for people: harmless whatever a storyboard, a model or a file name puts into it."""

from __future__ import annotations

import signal
import sys
import unicodedata
from typing import TextIO

_SHOWN = {"\n", "\t"}
_HIDING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}
"""Needed to write Persian and to join emoji; they move nothing on a screen."""


def harmless(text: str) -> str:
    """The text with control, escape and direction characters made visible.

    A line that starts with `::` would be a command to a CI system, so it is set off.
    """
    shown = "".join(_visible(character) for character in text)
    return "\n".join(f" {line}" if line.startswith("::") else line for line in shown.split("\n"))


def say(text: str, stream: TextIO | None = None) -> None:
    """Print text for people; on stderr unless another stream is given."""
    target = stream or sys.stderr
    encoding = target.encoding or "utf-8"
    safe = harmless(text).encode(encoding, "backslashreplace").decode(encoding)
    target.write(safe + "\n")
    target.flush()


def agreed(question: str) -> bool:
    """Ask on the terminal; only a plain yes counts. Ctrl-C leaves, as anywhere else."""
    say(f"{question} [y/N]")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)


def _visible(character: str) -> str:
    if character in _SHOWN or character in _JOINERS:
        return character
    if unicodedata.category(character) in _HIDING:
        return f"\\u{ord(character):04x}" if ord(character) > 0xFF else f"\\x{ord(character):02x}"
    return character
