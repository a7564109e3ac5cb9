"""What is said of shots that do not go together, and of files."""

# ruff: noqa: E501 - a message stands here as it is printed

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

CASES = {
    "an unknown parent is compared": (
        """\
        shots:
          quay: {image: a.png, prompt: x}
          drift: {after: quey, prompt: x}
        """,
        """\
        board.yaml:3:18: there is no shot `quey`; did you mean `quay`?
            drift: {after: quey, prompt: x}
                           ^
        """,
    ),
    "an unknown parent in a list has its own place": (
        """\
        shots:
          quay: {image: a.png, prompt: x}
          drift: {after: [quay, Quai], prompt: x}
        """,
        """\
        board.yaml:3:25: there is no shot `Quai`; did you mean `quay`?
            drift: {after: [quay, Quai], prompt: x}
                                  ^
        """,
    ),
    "an unknown target of a bridge is compared": (
        """\
        shots:
          quay: {image: a.png, prompt: x}
          b: {after: quay, until: quays, prompt: x}
        """,
        """\
        board.yaml:3:27: there is no shot `quays`; did you mean `quay`?
            b: {after: quay, until: quays, prompt: x}
                                    ^
        """,
    ),
    "an unknown shot of a cut is compared": (
        """\
        shots:
          quay: {image: a.png, prompt: x}
        cuts:
          main:
            - quay
            - quais
        """,
        """\
        board.yaml:6:7: there is no shot `quais`; did you mean `quay`?
              - quais
                ^
        """,
    ),
    "a shot is not its own parent": (
        """\
        shots:
          a: {after: a, prompt: x}
        """,
        """\
        board.yaml:2:14: shot `a` cannot come after itself
            a: {after: a, prompt: x}
                       ^
        """,
    ),
    "a shot does not end on itself": (
        """\
        shots:
          a: {image: a.png, until: a, prompt: x}
        """,
        """\
        board.yaml:2:28: shot `a` cannot end on its own start frame
            a: {image: a.png, until: a, prompt: x}
                                     ^
        """,
    ),
    "a parent is named once": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          b: {after: [a, a], prompt: x}
        """,
        """\
        board.yaml:3:18: `a` is listed twice
            b: {after: [a, a], prompt: x}
                           ^
        """,
    ),
    "a loop is named": (
        """\
        shots:
          a: {after: b, prompt: x}
          b: {after: a, prompt: x}
        """,
        """\
        board.yaml:2:14: these shots depend on each other: a -> b -> a
            a: {after: b, prompt: x}
                       ^
        """,
    ),
    "a loop is named without what hangs on it": (
        """\
        shots:
          z: {after: a, prompt: x}
          a: {after: c, prompt: x}
          b: {after: a, prompt: x}
          c: {image: a.png, after: [b], prompt: x}
        """,
        """\
        board.yaml:3:14: these shots depend on each other: a -> b -> c -> a
            a: {after: c, prompt: x}
                       ^
        """,
    ),
    "every loop is named": (
        """\
        shots:
          a: {after: b, prompt: x}
          b: {after: a, prompt: x}
          c: {after: d, prompt: x}
          d: {after: c, prompt: x}
        """,
        """\
        board.yaml:2:14: these shots depend on each other: a -> b -> a
            a: {after: b, prompt: x}
                       ^
        board.yaml:4:14: these shots depend on each other: c -> d -> c
            c: {after: d, prompt: x}
                       ^
        """,
    ),
    "a bridge to its own child is a loop": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          bridge: {after: a, until: b, prompt: x}
          b: {after: bridge, prompt: x}
        """,
        """\
        board.yaml:3:29: these shots depend on each other: bridge -> b -> bridge; give `b` an `image` or a `still` of its own
            bridge: {after: a, until: b, prompt: x}
                                      ^
        """,
    ),
    "a bridge to a descendant is a loop": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          bridge: {after: a, until: c, prompt: x}
          b: {after: bridge, prompt: x}
          c: {after: b, prompt: x}
        """,
        """\
        board.yaml:3:29: these shots depend on each other: bridge -> b -> c -> bridge; give `c` an `image` or a `still` of its own
            bridge: {after: a, until: c, prompt: x}
                                      ^
        """,
    ),
    "a long loop is told in short": (
        """\
        shots:
          s0: {after: s19, prompt: x}
          s1: {after: s0, prompt: x}
          s2: {after: s1, prompt: x}
          s3: {after: s2, prompt: x}
          s4: {after: s3, prompt: x}
          s5: {after: s4, prompt: x}
          s6: {after: s5, prompt: x}
          s7: {after: s6, prompt: x}
          s8: {after: s7, prompt: x}
          s9: {after: s8, prompt: x}
          s10: {after: s9, prompt: x}
          s11: {after: s10, prompt: x}
          s12: {after: s11, prompt: x}
          s13: {after: s12, prompt: x}
          s14: {after: s13, prompt: x}
          s15: {after: s14, prompt: x}
          s16: {after: s15, prompt: x}
          s17: {after: s16, prompt: x}
          s18: {after: s17, prompt: x}
          s19: {after: s18, prompt: x}
        """,
        """\
        board.yaml:2:15: these shots depend on each other: s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> s7 -> s8 -> s9 -> 9 more -> s19 -> s0
            s0: {after: s19, prompt: x}
                        ^
        """,
    ),
    "a shot has one end": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          b: {after: a, prompt: x, until: a, end_image: b.png}
        """,
        """\
        board.yaml:3:35: `until` and `end_image` both set what the shot ends on; keep one
            b: {after: a, prompt: x, until: a, end_image: b.png}
                                            ^
        """,
    ),
    "a shot has one start": (
        """\
        shots:
          a: {image: a.png, still: a boat at sea, prompt: x}
        """,
        """\
        board.yaml:2:28: `still` and `image` both set what the shot starts on; keep one
            a: {image: a.png, still: a boat at sea, prompt: x}
                                     ^
        """,
    ),
    "three ends are two too many": (
        """\
        shots:
          a: {still: a boat at sea, prompt: x}
          b: {after: a, prompt: x, until: a, end_image: b.png, end_still: a calm bay}
        """,
        """\
        board.yaml:3:35: `until`, `end_image` and `end_still` all set what the shot ends on; keep one
            b: {after: a, prompt: x, until: a, end_image: b.png, end_still: a calm bay}
                                            ^
        """,
    ),
    "a misspelt still is compared, and is the start that was meant": (
        """\
        shots:
          a: {stil: a boat at sea, prompt: x}
        """,
        """\
        board.yaml:2:7: unknown key `stil`; did you mean `still`?
            a: {stil: a boat at sea, prompt: x}
                ^
        """,
    ),
    "a still belongs in a shot": (
        """\
        defaults: {still: a boat at sea}
        shots:
          a: {image: a.png, prompt: x}
        """,
        """\
        board.yaml:1:12: `still` belongs in a shot, not in `defaults`
          defaults: {still: a boat at sea}
                     ^
        """,
    ),
    "no still is drawn beside footage": (
        """\
        shots:
          a: {clip: a.mp4, still: a boat at sea}
        """,
        """\
        board.yaml:2:27: `still` has no effect beside `clip`, because the shot is not rendered
            a: {clip: a.mp4, still: a boat at sea}
                                    ^
        """,
    ),
    "nothing is made beside footage": (
        """\
        shots:
          a: {clip: a.mp4, prompt: x, image: a.png, duration: 4, improve: true, take: 2}
        """,
        """\
        board.yaml:2:38: `image` has no effect beside `clip`, because the shot is not rendered
            a: {clip: a.mp4, prompt: x, image: a.png, duration: 4, improve: true, take: 2}
                                               ^
        board.yaml:2:55: `duration` has no effect beside `clip`, because the shot is not rendered
            a: {clip: a.mp4, prompt: x, image: a.png, duration: 4, improve: true, take: 2}
                                                                ^
        board.yaml:2:67: `improve` has no effect beside `clip`, because the shot is not rendered
            a: {clip: a.mp4, prompt: x, image: a.png, duration: 4, improve: true, take: 2}
                                                                            ^
        board.yaml:2:79: `take` has no effect beside `clip`, because the shot is not rendered
            a: {clip: a.mp4, prompt: x, image: a.png, duration: 4, improve: true, take: 2}
                                                                                        ^
        """,
    ),
    "seed and take stay within the seeds": (
        """\
        shots:
          a: {image: a.png, prompt: x, seed: 4294967295, take: 2}
        """,
        """\
        board.yaml:2:38: `seed` plus `take` exceeds the largest seed, 4294967295
            a: {image: a.png, prompt: x, seed: 4294967295, take: 2}
                                               ^
        """,
    ),
    "a missing picture is told where it is named": (
        """\
        shots:
          a:
            image: no/a.png
            prompt: x
            references: [b.png, no/c.png]
            end_image: a.mp4
          b: {clip: a.png}
        """,
        """\
        board.yaml:3:12: there is no file `no/a.png`
              image: no/a.png
                     ^
        board.yaml:5:25: there is no file `no/c.png`
              references: [b.png, no/c.png]
                                  ^
        board.yaml:6:16: `a.mp4` is not a picture
              end_image: a.mp4
                         ^
        board.yaml:7:13: `a.png` is not a video
            b: {clip: a.png}
                      ^
        """,
    ),
    "a missing picture is told wherever it is named": (
        """\
        shots:
          a: {image: no/a.png, prompt: x}
          b: {image: no/a.png, prompt: x}
        """,
        """\
        board.yaml:2:14: there is no file `no/a.png`
            a: {image: no/a.png, prompt: x}
                       ^
        board.yaml:3:14: there is no file `no/a.png`
            b: {image: no/a.png, prompt: x}
                       ^
        """,
    ),
    "all problems are told at once and in order": (
        """\
        version: 3
        shots:
          a: {promt: x, image: no/a.png}
          a: {after: b}
          b: {after: [a, c], duration: x}
          b.: {prompt: x, after: a, angle: low}
        cuts: {main: [a, d]}
        """,
        """\
        board.yaml:1:10: `version` must be 1, the only supported version,  not `3`
          version: 3
                   ^
        board.yaml:3:7: unknown key `promt`; did you mean `prompt`?
            a: {promt: x, image: no/a.png}
                ^
        board.yaml:3:24: there is no file `no/a.png`
            a: {promt: x, image: no/a.png}
                                 ^
        board.yaml:4:3: `a` is defined twice; the first time is on line 3
            a: {after: b}
            ^
        board.yaml:5:3: shot `b` needs a `prompt`
            b: {after: [a, c], duration: x}
            ^
        board.yaml:5:18: there is no shot `c`
            b: {after: [a, c], duration: x}
                           ^
        board.yaml:5:32: `duration` must be a whole number from 1 to 60, not `x`
            b: {after: [a, c], duration: x}
                                         ^
        board.yaml:6:3: `b.` cannot be an id: it ends with a dot
            b.: {prompt: x, after: a, angle: low}
            ^
        board.yaml:6:29: `angle` is reserved for a future version
            b.: {prompt: x, after: a, angle: low}
                                      ^
        board.yaml:7:18: there is no shot `d`
          cuts: {main: [a, d]}
                           ^
        """,
    ),
}


@pytest.mark.parametrize(("text", "told_of_it"), CASES.values(), ids=CASES)
def test_each_mistake_is_told_in_its_own_words(
    text: str, told_of_it: str, told: Callable[[str], str]
) -> None:
    assert told(text) == dedent(told_of_it).rstrip("\n")
