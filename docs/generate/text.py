"""Markdown, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table, with an empty line after it."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def said(words: str) -> Iterator[str]:
    """A paragraph."""
    yield words
    yield ""


def code(word: str) -> str:
    """A word as it is typed; nothing stays nothing."""
    return f"`{word}`" if word else ""
