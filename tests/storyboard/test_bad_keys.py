"""What is said of keys, and of fields that are empty or of another shape."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

CASES = {
    "an unknown key is compared": (
        """\
        shots:
          quay:
            image: a.png
            promt: The boat
        """,
        """\
        board.yaml:4:5: unknown key `promt`; did you mean `prompt`?
              promt: The boat
              ^
        """,
    ),
    "an unknown key at the top is compared": (
        """\
        titel: A
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:1: unknown key `titel`; did you mean `title`?
          titel: A
          ^
        """,
    ),
    "an unknown key that is like none is only named": (
        """\
        zzz: A
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:1: unknown key `zzz`
          zzz: A
          ^
        """,
    ),
    "a field of shots at the top is told its place": (
        """\
        duration: 6
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:1: unknown key `duration`; it belongs in a shot or in `defaults`
          duration: 6
          ^
        """,
    ),
    "a field of one shot is no default": (
        """\
        defaults: {prompt: x}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:12: `prompt` belongs in a shot, not in `defaults`
          defaults: {prompt: x}
                     ^
        """,
    ),
    "an unknown default is compared": (
        """\
        defaults: {durations: 4}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:12: unknown key `durations`; did you mean `duration`?
          defaults: {durations: 4}
                     ^
        """,
    ),
    "an unknown key of a context is compared": (
        """\
        context: {styles: ink}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:11: unknown key `styles`; did you mean `style`?
          context: {styles: ink}
                    ^
        """,
    ),
    "an unknown key of an entity is compared": (
        """\
        context:
          entities:
            - {id: boat, look: white, descripton: x}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:3:18: unknown key `look`
              - {id: boat, look: white, descripton: x}
                           ^
        board.yaml:3:31: unknown key `descripton`; did you mean `description`?
              - {id: boat, look: white, descripton: x}
                                        ^
        """,
    ),
    "an unknown role of models is compared": (
        """\
        defaults: {models: {vidio: veo}}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:21: unknown key `vidio`; did you mean `video`?
          defaults: {models: {vidio: veo}}
                              ^
        """,
    ),
    "an unknown key of a model is compared": (
        """\
        defaults: {models: {video: {use: veo, acept: [a]}}}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:39: unknown key `acept`; did you mean `accept`?
          defaults: {models: {video: {use: veo, acept: [a]}}}
                                                ^
        """,
    ),
    "reserved words are refused with that word": (
        """\
        shots:
          a:
            image: a.png
            prompt: x
            angle: low
            cast: [b]
            anchor: x
            hands_on: x
            sound: x
        """,
        """\
        board.yaml:5:5: `angle` is reserved for a future version
              angle: low
              ^
        board.yaml:6:5: `cast` is reserved for a future version
              cast: [b]
              ^
        board.yaml:7:5: `anchor` is reserved for a future version
              anchor: x
              ^
        board.yaml:8:5: `hands_on` is reserved for a future version
              hands_on: x
              ^
        board.yaml:9:5: `sound` is reserved for a future version
              sound: x
              ^
        """,
    ),
    "a reserved word is no default": (
        """\
        defaults: {sound: x}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:12: `sound` is reserved for a future version
          defaults: {sound: x}
                     ^
        """,
    ),
    "a reserved form of after is refused with that word": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          b: {after: {shot: a, by: wind}, prompt: x}
          c: {after: [{shot: a, by: wind}], prompt: x}
        """,
        """\
        board.yaml:3:14: `after: {shot, by}` is reserved for a future version
            b: {after: {shot: a, by: wind}, prompt: x}
                       ^
        board.yaml:4:15: `after: {shot, by}` is reserved for a future version
            c: {after: [{shot: a, by: wind}], prompt: x}
                        ^
        """,
    ),
    "a version that does not exist is refused": (
        """\
        version: 2
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:10: `version` must be 1, the only supported version,  not `2`
          version: 2
                   ^
        """,
    ),
    "a version in quotes is refused": (
        """\
        version: "1"
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:10: `version` must be 1, the only supported version,  not `1` in quotes
          version: "1"
                   ^
        """,
    ),
    "an empty prompt is refused": (
        """\
        shots:
          a:
            image: a.png
            prompt:
        """,
        """\
        board.yaml:4:5: `prompt` is empty; write a value or remove the key
              prompt:
              ^
        """,
    ),
    "blanks are no prompt": (
        """\
        shots:
          a:
            image: a.png
            prompt: '  '
        """,
        """\
        board.yaml:4:13: `prompt` is empty; write a value or remove the key
              prompt: '  '
                      ^
        """,
    ),
    "null is no prompt": (
        """\
        shots:
          a: {image: a.png, prompt: null}
        """,
        """\
        board.yaml:2:29: `prompt` is empty; write a value or remove the key
            a: {image: a.png, prompt: null}
                                      ^
        """,
    ),
    "an empty section is refused": (
        """\
        defaults:
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:1: `defaults` is empty; write a value or remove the key
          defaults:
          ^
        """,
    ),
    "an empty shot is refused": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          b:
        """,
        """\
        board.yaml:3:3: shot `b` is empty; write a value or remove the key
            b:
            ^
        """,
    ),
    "a shot that is a text is refused": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          b: The boat
        """,
        """\
        board.yaml:3:6: shot `b` must be a mapping of the shot's fields
            b: The boat
               ^
        """,
    ),
    "shots in a list are refused": (
        """\
        shots:
          - id: quay
            prompt: x
        """,
        """\
        board.yaml:2:3: `shots` must be a mapping: each shot's id, and under it the shot's fields
            - id: quay
            ^
        """,
    ),
    "no shots are refused": (
        """\
        title: x
        """,
        """\
        board.yaml:1:1: the storyboard has no shots; add them under `shots`
          title: x
          ^
        """,
    ),
    "an empty mapping of shots is refused": (
        """\
        shots: {}
        """,
        """\
        board.yaml:1:8: the storyboard has no shots; add them under `shots`
          shots: {}
                 ^
        """,
    ),
    "a misspelt section is not missed too": (
        """\
        shot: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:1: unknown key `shot`; did you mean `shots`?
          shot: {a: {image: a.png, prompt: x}}
          ^
        """,
    ),
}


@pytest.mark.parametrize(("text", "told_of_it"), CASES.values(), ids=CASES)
def test_each_mistake_is_told_in_its_own_words(
    text: str, told_of_it: str, told: Callable[[str], str]
) -> None:
    assert told(text) == dedent(told_of_it).rstrip("\n")
