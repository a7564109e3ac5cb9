"""Text for people: harmless whatever a storyboard, a model or a file name puts into it."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from typing import TextIO

from krafity_cli.cli.output.terminal import coloured
from krafity_cli.errors import KrafityError
from krafity_cli.masking import masked

_SHOWN = {"\n", "\t"}
_HIDING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}
"""Needed to write Persian and to join emoji; they move nothing on a screen."""

_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#\w*\[)", re.MULTILINE)
"""What CI systems take for a command in a log: `::error`, and `##[`, `##vso[`, `##teamcity[`."""


def harmless(text: str) -> str:
    """The text with secrets masked, and control, escape and direction characters made visible.

    So is the sign that would make a line, or a part of it, a command to a CI system: GitHub looks
    for `::` behind blanks too, so a blank before it would not do.
    """
    text = masked(text)
    shown = text if text.isprintable() else "".join(map(_visible, text))
    return _COMMAND.sub(lambda found: f"{found[1] or ''}{_escaped(found[0][-1])}", shown)


def one_line(text: str) -> str:
    """The text on one line, harmless: for a line of a log, a cell of a table."""
    return harmless(" ".join(text.split()))


def unbroken(text: str) -> str:
    """A line that stays one: no title and no name in it begins another that looks like ours."""
    return " ".join(text.splitlines())


def say(text: str, stream: TextIO | None = None, colour: str | None = None) -> None:
    """Print text for people; on stderr unless another stream is given."""
    target = stream or sys.stderr
    put(coloured(harmless(text), colour, target) + "\n", target)


def put(text: str, stream: TextIO | None = None) -> None:
    """Print what is harmless already: a document, coloured lines; on stdout unless told.

    A reader that went away (`| head`) ends nothing: what is made is worth more than its words.
    Raises `KrafityError` where stdout cannot take them.
    """
    target = stream or sys.stdout
    encoding = target.encoding or "utf-8"
    try:
        target.write(text.encode(encoding, "backslashreplace").decode(encoding))
        target.flush()
    except BrokenPipeError:
        hush(target)
    except OSError as error:
        hush(target)
        if target is sys.stdout:
            raise KrafityError(
                "the output cannot be written", error.strerror or "", code="unwritable"
            ) from error


def hush(stream: TextIO) -> None:
    """Send the rest of a stream nowhere, so that not even the interpreter's end complains."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _visible(character: str) -> str:
    if character in _SHOWN or character in _JOINERS:
        return character
    if unicodedata.category(character) in _HIDING:
        return _escaped(character)
    return character


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 1 << 8 else f"\\u{number:04x}"
