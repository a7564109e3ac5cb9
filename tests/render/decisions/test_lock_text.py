"""A lock file as text: sorted, one fact a line, and every problem with its line."""

from __future__ import annotations

import pytest

from krafity_cli.errors import Problems
from krafity_cli.render.decisions.lock import (
    EMPTY,
    Approval,
    ChosenStill,
    ChosenStills,
    Decided,
    Keep,
    NamedClip,
    Patch,
)
from krafity_cli.render.decisions.text import lock_in, text_of

A, B = "a" * 64, "b" * 64
WHOLE = (
    EMPTY.with_shot("final", "storm", Decided(take=3, approved=Approval(A, B)))
    .with_shot("final", "calm", Decided(kept=Keep(clip=A, order=B, usd=0.48, frozen=NamedClip(B))))
    .with_shot("animatic-quick", "null", Decided(patch=Patch(base=NamedClip(A, B), intent=B)))
    .with_stills("storm", ChosenStills(start=ChosenStill(A, B), end=ChosenStill(B)))
)
TEXT = f"""\
# Decisions an author made: approve, keep, retake. krafity writes this file; commit it.
version: 1
animatic-quick:
  null:
    patch:
      base:
        clip: {A}
        order: {B}
      intent: {B}
final:
  calm:
    kept:
      clip: {A}
      frozen:
        clip: {B}
      order: {B}
      usd: 0.48
  storm:
    approved:
      start: {A}
      words: {B}
    take: 3
stills:
  storm:
    end:
      picture: {B}
    start:
      order: {B}
      picture: {A}
"""


def test_a_lock_is_sorted_with_one_fact_a_line() -> None:
    assert text_of(WHOLE) == TEXT


def test_what_is_written_is_read_back_equal() -> None:
    assert lock_in(text_of(WHOLE).encode(), "x") == WHOLE
    assert lock_in(b"", "x") == EMPTY


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("version: 2\nfuture: {}\n", (1, 10), "newer-lock"),
        ("final: {}\n", (1, 1), "bad-version"),
        ("version: one\n", (1, 1), "bad-version"),
        ("- version\n", (1, 1), "wrong-kind"),
        ("version: 1\nfinla: {}\n", (2, 1), "unknown-key"),
        ("version: 1\nfinal:\n  a:\n    path: /etc/passwd\n", (4, 5), "unknown-key"),
        ("version: 1\nfinal:\n  a:\n    kept:\n      clip: ../clip\n", (5, 13), "bad-decision"),
        ("version: 1\nfinal:\n  ../a:\n    take: 2\n", (4, 5), "bad-decision"),
        ("version: 1\nfinal:\n  a:\n    take: 0\n", (4, 11), "bad-decision"),
        ("version: 1\nfinal:\n  a:\n    take: 2\n    take: 3\n", (5, 5), "duplicate-key"),
        ("version: 1\nfinal: [a]\n", (2, 8), "bad-decision"),
        ("version: 1\nfinal: &a {}\nquick: *b\n", (2, 8), "unused-anchor"),
        ("version: 1\n<<<<<<< ours\nfinal: {}\n=======\n", (2, 1), "merge-conflict"),
        ("version: 1\nfinal: !!python/name:os {}\n", (2, 8), "tag"),
        ("version: 1\nfinal: " + "[" * 99, (2, 71), "too-deep"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(
    text: str, place: tuple[int, int], code: str
) -> None:
    with pytest.raises(Problems) as refused:
        lock_in(text.encode(), "board.lock.yaml")
    first = refused.value.problems[0]
    assert (first.file, first.position, first.code) == ("board.lock.yaml", place, code)
