"""What is said of shots that are not complete, and of names that cannot be used."""

# ruff: noqa: E501 - a message stands here as it is printed

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

CASES = {
    "a shot needs a prompt": (
        """\
        shots:
          a: {image: a.png}
        """,
        """\
        board.yaml:2:3: shot `a` needs a `prompt`
            a: {image: a.png}
            ^
        """,
    ),
    "a root needs an image": (
        """\
        shots:
          a: {prompt: x}
        """,
        """\
        board.yaml:2:3: shot `a` has no `after`, so it needs an `image` or a `still`
            a: {prompt: x}
            ^
        """,
    ),
    "a shot after nothing is a root": (
        """\
        shots:
          a: {after: [], prompt: x}
        """,
        """\
        board.yaml:2:3: shot `a` has no `after`, so it needs an `image` or a `still`
            a: {after: [], prompt: x}
            ^
        """,
    ),
    "a bridge needs a start as well": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          b: {until: a, prompt: x}
        """,
        """\
        board.yaml:3:3: shot `b` has no `after`, so it needs an `image` or a `still`
            b: {until: a, prompt: x}
            ^
        """,
    ),
    "an id has no blanks": (
        """\
        shots:
          the quay: {image: a.png, prompt: x}
        """,
        """\
        board.yaml:2:3: `the quay` cannot be an id: it takes a-z, 0-9, `.`, `_` and `-`, and begins with a letter or digit
            the quay: {image: a.png, prompt: x}
            ^
        """,
    ),
    "an id begins with a letter or digit": (
        """\
        shots:
          -quay: {image: a.png, prompt: x}
        """,
        """\
        board.yaml:2:3: `-quay` cannot be an id: it takes a-z, 0-9, `.`, `_` and `-`, and begins with a letter or digit
            -quay: {image: a.png, prompt: x}
            ^
        """,
    ),
    "an id has no signs of other scripts": (
        """\
        shots:
          käi: {image: a.png, prompt: x}
        """,
        """\
        board.yaml:2:3: `käi` cannot be an id: it takes a-z, 0-9, `.`, `_` and `-`, and begins with a letter or digit
            käi: {image: a.png, prompt: x}
            ^
        """,
    ),
    "an id leads nowhere": (
        """\
        shots:
          ../quay: {image: a.png, prompt: x}
        """,
        """\
        board.yaml:2:3: `../quay` cannot be an id: it takes a-z, 0-9, `.`, `_` and `-`, and begins with a letter or digit
            ../quay: {image: a.png, prompt: x}
            ^
        """,
    ),
    "an id has at most 64 characters": (
        """\
        shots:
          qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq: {image: a.png, prompt: x}
        """,
        """\
        board.yaml:2:3: `qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq…` cannot be an id: it is longer than 64 characters
            qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq: {image: a.png, prompt: x}
            ^
        """,
    ),
    "an id does not end with a dot": (
        """\
        shots:
          quay.: {image: a.png, prompt: x}
        """,
        """\
        board.yaml:2:3: `quay.` cannot be an id: it ends with a dot
            quay.: {image: a.png, prompt: x}
            ^
        """,
    ),
    "an id is no device": (
        """\
        shots:
          CON: {image: a.png, prompt: x}
          nul.mp4: {image: a.png, prompt: x}
          com7: {image: a.png, prompt: x}
        """,
        """\
        board.yaml:2:3: `CON` cannot be an id: Windows keeps this name for a device
            CON: {image: a.png, prompt: x}
            ^
        board.yaml:3:3: `nul.mp4` cannot be an id: Windows keeps this name for a device
            nul.mp4: {image: a.png, prompt: x}
            ^
        board.yaml:4:3: `com7` cannot be an id: Windows keeps this name for a device
            com7: {image: a.png, prompt: x}
            ^
        """,
    ),
    "ids differ by more than case": (
        """\
        shots:
          Quay: {image: a.png, prompt: x}
          quay: {image: a.png, prompt: x}
        """,
        """\
        board.yaml:3:3: `quay` and `Quay` differ only in upper and lower case
            quay: {image: a.png, prompt: x}
            ^
        """,
    ),
    "a cut's name is an id": (
        """\
        shots: {a: {image: a.png, prompt: x}}
        cuts:
          my film: [a]
          aux: all
        """,
        """\
        board.yaml:3:3: `my film` cannot be an id: it takes a-z, 0-9, `.`, `_` and `-`, and begins with a letter or digit
            my film: [a]
            ^
        board.yaml:4:3: `aux` cannot be an id: Windows keeps this name for a device
            aux: all
            ^
        """,
    ),
    "cuts differ by more than case": (
        """\
        shots: {a: {image: a.png, prompt: x}}
        cuts: {Main: all, main: all}
        """,
        """\
        board.yaml:2:19: `main` and `Main` differ only in upper and lower case
          cuts: {Main: all, main: all}
                            ^
        """,
    ),
    "an entity's id is an id": (
        """\
        context:
          entities: [{id: the boat}, {id: boat}, {id: Boat}, {id: boat}]
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:2:19: `the boat` cannot be an id: it takes a-z, 0-9, `.`, `_` and `-`, and begins with a letter or digit
            entities: [{id: the boat}, {id: boat}, {id: Boat}, {id: boat}]
                            ^
        board.yaml:2:47: `Boat` and `boat` differ only in upper and lower case
            entities: [{id: the boat}, {id: boat}, {id: Boat}, {id: boat}]
                                                        ^
        board.yaml:2:59: `boat` is listed twice
            entities: [{id: the boat}, {id: boat}, {id: Boat}, {id: boat}]
                                                                    ^
        """,
    ),
    "a shot's entities count with the storyboard's": (
        """\
        context:
          entities: [{id: e0}, {id: e1}, {id: e2}, {id: e3}, {id: e4}, {id: e5}, {id: e6}]
        shots:
          a:
            image: a.png
            prompt: x
            context: {entities: [{id: e1}, {id: f1}, {id: f2}]}
        """,
        """\
        board.yaml:7:25: together with the storyboard's entities these are 9; at most 8
              context: {entities: [{id: e1}, {id: f1}, {id: f2}]}
                                  ^
        """,
    ),
}


@pytest.mark.parametrize(("text", "told_of_it"), CASES.values(), ids=CASES)
def test_each_mistake_is_told_in_its_own_words(
    text: str, told_of_it: str, told: Callable[[str], str]
) -> None:
    assert told(text) == dedent(told_of_it).rstrip("\n")
