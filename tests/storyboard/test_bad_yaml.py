"""What is said of text that is no YAML, or more YAML than a storyboard needs."""

# ruff: noqa: E501 - a message stands here as it is printed

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

CASES = {
    "text with a colon needs quotes": (
        """\
        shots:
          quay:
            prompt: Dawn: the boat
        """,
        """\
        board.yaml:3:17: text with a colon and a space needs quotes
              prompt: Dawn: the boat
                          ^
        """,
    ),
    "an indent must fit its neighbours": (
        """\
        shots:
          quay:
            prompt: Dawn
             camera: pan
        """,
        """\
        board.yaml:4:12: this line is indented differently from its neighbours
               camera: pan
                     ^
        """,
    ),
    "an indent must fit what is above": (
        """\
        shots:
          quay:
            prompt: Dawn
           image: a.png
        """,
        """\
        board.yaml:4:4: this does not fit here; check quotes and indentation
             image: a.png
             ^
        """,
    ),
    "a quote must be closed": (
        """\
        shots:
          quay:
            prompt: "Dawn
            image: a.png
        """,
        """\
        board.yaml:3:13: this quote is not closed
              prompt: "Dawn
                      ^
        """,
    ),
    "a quote inside a quote ends it": (
        """\
        shots:
          quay:
            prompt: 'It's dawn'
        """,
        """\
        board.yaml:3:17: this does not fit here; check quotes and indentation
              prompt: 'It's dawn'
                          ^
        """,
    ),
    "text behind a quote does not fit": (
        """\
        shots:
          quay:
            prompt: "Dawn" breaks
        """,
        """\
        board.yaml:3:20: this does not fit here; check quotes and indentation
              prompt: "Dawn" breaks
                             ^
        """,
    ),
    "a bracket must be closed": (
        """\
        shots:
          quay: {prompt: Dawn
          drift: {after: quay}
        """,
        """\
        board.yaml:2:9: this `{` is not closed, or a comma is missing after it
            quay: {prompt: Dawn
                  ^
        """,
    ),
    "a bracket at the end must be closed": (
        "shots:\n  quay: {after: [",
        """\
        board.yaml:2:18: a bracket is not closed
            quay: {after: [
                           ^
        """,
    ),
    "a stray bracket has no value before it": (
        """\
        shots:
          quay: ]
        """,
        """\
        board.yaml:2:9: a value is missing before `]`
            quay: ]
                  ^
        """,
    ),
    "a tab cannot indent": (
        """\
        shots:
        \tquay:
        """,
        """\
        board.yaml:2:1: a tab is not allowed here; use spaces
           quay:
          ^
        """,
    ),
    "a tab cannot indent a second line": (
        """\
        shots:
          quay:
            prompt: Dawn
        \timage: a.png
        """,
        """\
        board.yaml:4:1: a tab is not allowed here; use spaces
           image: a.png
          ^
        """,
    ),
    "a sign that YAML keeps needs quotes": (
        """\
        shots:
          quay:
            prompt: @dawn
        """,
        """\
        board.yaml:3:13: text that starts with `@` needs quotes
              prompt: @dawn
                      ^
        """,
    ),
    "an asterisk at the beginning needs quotes": (
        """\
        shots:
          quay: {image: a.png, prompt: "x"}
          drift:
            prompt: *** dawn
        """,
        """\
        board.yaml:4:13: text that starts with `*` needs quotes
              prompt: *** dawn
                      ^
        """,
    ),
    "a word in asterisks needs quotes": (
        """\
        shots:
          quay:
            image: a.png
            prompt: *dawn
        """,
        """\
        board.yaml:4:13: `*dawn` refers to nothing; text that starts with `*` needs quotes
              prompt: *dawn
                      ^
        """,
    ),
    "an ampersand at the beginning needs quotes": (
        """\
        shots:
          quay:
            prompt: && dawn
        """,
        """\
        board.yaml:3:13: text that starts with `&` needs quotes
              prompt: && dawn
                      ^
        """,
    ),
    "a word behind an ampersand is not lost": (
        """\
        shots:
          quay:
            image: a.png
            prompt: &Co is at the quay
        """,
        """\
        board.yaml:4:13: nothing refers to `&Co`; text that starts with `&` needs quotes
              prompt: &Co is at the quay
                      ^
        """,
    ),
    "an exclamation mark at the beginning needs quotes": (
        """\
        shots:
          quay:
            image: a.png
            prompt: !look dawn
        """,
        """\
        board.yaml:4:13: tags such as `!look` are not allowed; text that starts with `!` needs quotes
              prompt: !look dawn
                      ^
        """,
    ),
    "a tag that names a class is refused": (
        """\
        shots:
          quay:
            image: a.png
            prompt: !!python/object/apply:os.system [true]
        """,
        """\
        board.yaml:4:13: tags such as `!!python/object/apply:os.system` are not allowed; text that starts with `!` needs quotes
              prompt: !!python/object/apply:os.system [true]
                      ^
        board.yaml:4:13: `prompt` must be text
              prompt: !!python/object/apply:os.system [true]
                      ^
        """,
    ),
    "a percent sign at the beginning needs quotes": (
        """\
        %dawn
        shots: {}
        """,
        """\
        board.yaml:1:1: text that starts with `%` needs quotes
          %dawn
          ^
        """,
    ),
    "a dash at the beginning needs quotes": (
        """\
        shots:
          quay:
            prompt: - dawn
        """,
        """\
        board.yaml:3:13: text that starts with `- ` needs quotes
              prompt: - dawn
                      ^
        """,
    ),
    "text beside a block sign needs quotes": (
        """\
        shots:
          quay:
            prompt: > dawn
        """,
        """\
        board.yaml:3:13: text beside `|` or `>` needs quotes, or belongs on the lines below
              prompt: > dawn
                      ^
        """,
    ),
    "a line without a colon is no field": (
        """\
        shots:
          quay:
            prompt: Dawn
            camera
            image: a.png
        """,
        """\
        board.yaml:4:5: this line is no `key: value`; is the colon missing?
              camera
              ^
        """,
    ),
    "an unknown escape is explained": (
        """\
        shots:
          quay:
            image: "frames\\quay.png"
        """,
        """\
        board.yaml:3:19: this is not an escape sequence; write `\\\\` for a backslash, or use single quotes
              image: "frames\\quay.png"
                            ^
        """,
    ),
    "a second document is refused": (
        """\
        shots: {a: {image: a.png, prompt: x}}
        ---
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:2:1: a second document starts here; a file can have only one storyboard
          ---
          ^
        """,
    ),
    "nothing stands behind the end": (
        """\
        shots: {a: {image: a.png, prompt: x}}
        ...
        more
        """,
        """\
        board.yaml:3:1: nothing may follow the end of the storyboard
          more
          ^
        """,
    ),
    "an alias to nothing is refused": (
        """\
        shots: {a: *b}
        """,
        """\
        board.yaml:1:12: `*b` refers to nothing; text that starts with `*` needs quotes
          shots: {a: *b}
                     ^
        board.yaml:1:12: shot `a` must be a mapping of the shot's fields
          shots: {a: *b}
                     ^
        """,
    ),
    "an alias inside itself is refused": (
        """\
        shots: &all {a: *all}
        """,
        """\
        board.yaml:1:17: `*all` contains itself; text that starts with `*` needs quotes
          shots: &all {a: *all}
                          ^
        board.yaml:1:17: shot `a` must be a mapping of the shot's fields
          shots: &all {a: *all}
                          ^
        """,
    ),
    "a merge key is refused": (
        """\
        defaults: &d {camera: pan}
        shots:
          a:
            <<: *d
            image: a.png
            prompt: x
        """,
        """\
        board.yaml:4:5: `<<` is not supported; put shared fields under `defaults`
              <<: *d
              ^
        """,
    ),
    "a list is no key": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          [a, b]: x
        """,
        """\
        board.yaml:3:3: the key before a `:` must be a plain name
            [a, b]: x
            ^
        """,
    ),
    "a key is not empty": (
        """\
        shots:
          a: {image: a.png, prompt: x, "": x}
        """,
        """\
        board.yaml:2:32: the key before a `:` must be a plain name
            a: {image: a.png, prompt: x, "": x}
                                         ^
        """,
    ),
    "a duplicate shot is refused": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          a: {image: a.png, prompt: x}
        """,
        """\
        board.yaml:3:3: `a` is defined twice; the first time is on line 2
            a: {image: a.png, prompt: x}
            ^
        """,
    ),
    "a duplicate field is refused": (
        """\
        shots:
          a:
            image: a.png
            prompt: x
            prompt: y
        """,
        """\
        board.yaml:5:5: `prompt` is defined twice; the first time is on line 4
              prompt: y
              ^
        """,
    ),
    "a duplicate at the top is refused": (
        """\
        title: A
        shots: {a: {image: a.png, prompt: x}}
        title: B
        """,
        """\
        board.yaml:3:1: `title` is defined twice; the first time is on line 1
          title: B
          ^
        """,
    ),
    "an empty file has no shots": (
        "",
        """\
        board.yaml:1:1: the file is empty; a storyboard needs `shots`
        """,
    ),
    "a file of comments has no shots": (
        """\
        # the paper boat
        """,
        """\
        board.yaml:1:1: the file is empty; a storyboard needs `shots`
        """,
    ),
    "a storyboard is no list": (
        """\
        - quay
        - drift
        """,
        """\
        board.yaml:1:1: a storyboard is a mapping with `shots`
          - quay
          ^
        """,
    ),
    "a storyboard is no text": (
        """\
        The boat slips off the quay.
        """,
        """\
        board.yaml:1:1: a storyboard is a mapping with `shots`
          The boat slips off the quay.
          ^
        """,
    ),
}


@pytest.mark.parametrize(("text", "told_of_it"), CASES.values(), ids=CASES)
def test_each_mistake_is_told_in_its_own_words(
    text: str, told_of_it: str, told: Callable[[str], str]
) -> None:
    assert told(text) == dedent(told_of_it).rstrip("\n")
