"""The real command line, taken apart: which commands there are, and whether words parse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import typer

from krafity_cli.cli.app import app

Command = Any
"""Typer uses Click or a copy of its own, by its version, so there is no one class to name."""

_HELP = ("-h", "--help")
_ANSWERED_AT_ONCE = ("--version",)


def root() -> Command:
    """`krafity` itself."""
    return typer.main.get_command(app)


def every_command() -> Iterator[tuple[tuple[str, ...], Command]]:
    """Every command with the words that call it: `render`, `cache stats`, ..."""
    yield from _below(root(), ())


def refusal_of(words: Sequence[str]) -> str:
    """What the parser says against `krafity WORDS...`; nothing where it takes them.

    Nothing is run, and no help shown.
    """
    plain = [word for word in words if word not in (*_HELP, *_ANSWERED_AT_ONCE)]
    try:
        _parse(root(), "krafity", plain, is_for_help=len(plain) < len(words))
    except Exception as error:
        if hasattr(error, "format_message"):
            return str(error.format_message())
        raise
    return ""


def _parse(command: Command, name: str, words: list[str], *, is_for_help: bool) -> None:
    inner = getattr(command, "commands", None)
    if inner and is_for_help and not words:
        return
    context = command.make_context(name, words, resilient_parsing=is_for_help and not inner)
    if inner:
        found, each, rest = command.resolve_command(context, _left(context))
        _parse(each, found, rest, is_for_help=is_for_help)


def _left(context: Any) -> list[str]:
    """The words a group leaves to its command; Click kept them in one place and another."""
    kept = vars(context)
    first = kept.get("_protected_args") or kept.get("protected_args") or ()
    return [*first, *context.args]


def _below(command: Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Command]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield words, command
        return
    for name, each in inner.items():
        yield from _below(each, (*words, name))
