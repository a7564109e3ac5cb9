"""What is said of values that a field does not take."""

# ruff: noqa: E501 - a message stands here as it is printed

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

CASES = {
    "a list is no prompt": (
        """\
        shots:
          a: {image: a.png, prompt: [x]}
        """,
        """\
        board.yaml:2:29: `prompt` must be text
            a: {image: a.png, prompt: [x]}
                                      ^
        """,
    ),
    "a prompt has an end": (
        """\
        shots:
          a: {image: a.png, prompt: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}
        """,
        """\
        board.yaml:2:29: `prompt` has 4,001 characters; at most 4,000
            a: {image: a.png, prompt: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
                                      ^
        """,
    ),
    "an escape brings no control character": (
        """\
        shots:
          a: {image: a.png, prompt: "\\e[31mred"}
        """,
        """\
        board.yaml:2:29: `prompt` contains a control character (U+001B)
            a: {image: a.png, prompt: "\\e[31mred"}
                                      ^
        """,
    ),
    "a duration has no unit": (
        """\
        shots:
          a: {image: a.png, prompt: x, duration: 6s}
        """,
        """\
        board.yaml:2:42: `duration` must be a whole number from 1 to 60, not `6s`
            a: {image: a.png, prompt: x, duration: 6s}
                                                   ^
        """,
    ),
    "a duration is whole": (
        """\
        shots:
          a: {image: a.png, prompt: x, duration: 6.5}
        """,
        """\
        board.yaml:2:42: `duration` must be a whole number from 1 to 60, not `6.5`
            a: {image: a.png, prompt: x, duration: 6.5}
                                                   ^
        """,
    ),
    "a duration is not nothing": (
        """\
        shots:
          a: {image: a.png, prompt: x, duration: 0}
        """,
        """\
        board.yaml:2:42: `duration` must be a whole number from 1 to 60, not 0
            a: {image: a.png, prompt: x, duration: 0}
                                                   ^
        """,
    ),
    "a duration is at most a minute": (
        """\
        shots:
          a: {image: a.png, prompt: x, duration: 61}
        """,
        """\
        board.yaml:2:42: `duration` must be a whole number from 1 to 60, not 61
            a: {image: a.png, prompt: x, duration: 61}
                                                   ^
        """,
    ),
    "a duration stands without quotes": (
        """\
        shots:
          a: {image: a.png, prompt: x, duration: "6"}
        """,
        """\
        board.yaml:2:42: `duration` must be a whole number from 1 to 60, not `6` in quotes
            a: {image: a.png, prompt: x, duration: "6"}
                                                   ^
        """,
    ),
    "a number has no leading nought": (
        """\
        shots:
          a: {image: a.png, prompt: x, seed: 017}
        """,
        """\
        board.yaml:2:38: `seed` must be a whole number from 0 to 4294967295, not `017`
            a: {image: a.png, prompt: x, seed: 017}
                                               ^
        """,
    ),
    "a seed has 32 bits": (
        """\
        shots:
          a: {image: a.png, prompt: x, seed: 4294967296}
        """,
        """\
        board.yaml:2:38: `seed` must be a whole number from 0 to 4294967295, not 4294967296
            a: {image: a.png, prompt: x, seed: 4294967296}
                                               ^
        """,
    ),
    "a seed is not below nought": (
        """\
        shots:
          a: {image: a.png, prompt: x, seed: -1}
        """,
        """\
        board.yaml:2:38: `seed` must be a whole number from 0 to 4294967295, not -1
            a: {image: a.png, prompt: x, seed: -1}
                                               ^
        """,
    ),
    "a take is counted from 1": (
        """\
        shots:
          a: {image: a.png, prompt: x, take: 0}
        """,
        """\
        board.yaml:2:38: `take` must be a whole number from 1 to 9999, not 0
            a: {image: a.png, prompt: x, take: 0}
                                               ^
        """,
    ),
    "a shape is one of two": (
        """\
        shots:
          a: {image: a.png, prompt: x, aspect_ratio: 4:3}
        """,
        """\
        board.yaml:2:46: `aspect_ratio` must be 16:9 or 9:16, not `4:3`
            a: {image: a.png, prompt: x, aspect_ratio: 4:3}
                                                       ^
        """,
    ),
    "a resolution is one of three": (
        """\
        shots:
          a: {image: a.png, prompt: x, resolution: 1080}
        """,
        """\
        board.yaml:2:44: `resolution` must be 360p, 720p, 1080p or 4k, not `1080`; did you mean `1080p`?
            a: {image: a.png, prompt: x, resolution: 1080}
                                                     ^
        """,
    ),
    "people are allowed or not": (
        """\
        shots:
          a: {image: a.png, prompt: x, people: nobody}
        """,
        """\
        board.yaml:2:40: `people` must be allow or none, not `nobody`
            a: {image: a.png, prompt: x, people: nobody}
                                                 ^
        """,
    ),
    "a picture is cropped or padded": (
        """\
        shots:
          a: {image: a.png, prompt: x, fit: stretch}
        """,
        """\
        board.yaml:2:37: `fit` must be crop or pad, not `stretch`
            a: {image: a.png, prompt: x, fit: stretch}
                                              ^
        """,
    ),
    "audio is true or false": (
        """\
        shots:
          a: {image: a.png, prompt: x, audio: yes}
        """,
        """\
        board.yaml:2:39: `audio` must be true or false, not `yes`
            a: {image: a.png, prompt: x, audio: yes}
                                                ^
        """,
    ),
    "annotated is auto or true or false": (
        """\
        shots:
          a: {image: a.png, prompt: x, annotated: maybe}
        """,
        """\
        board.yaml:2:43: `annotated` must be auto, true or false, not `maybe`
            a: {image: a.png, prompt: x, annotated: maybe}
                                                    ^
        """,
    ),
    "yes is no instruction": (
        """\
        shots:
          a: {image: a.png, prompt: x, improve: yes}
        """,
        """\
        board.yaml:2:41: `improve` must be true, false or an instruction, not `yes`
            a: {image: a.png, prompt: x, improve: yes}
                                                  ^
        """,
    ),
    "true in quotes is no instruction": (
        """\
        shots:
          a: {image: a.png, prompt: x, improve: "true"}
        """,
        """\
        board.yaml:2:41: `improve` must be true, false or an instruction, not `true` in quotes
            a: {image: a.png, prompt: x, improve: "true"}
                                                  ^
        """,
    ),
    "references are at most three": (
        """\
        shots:
          a: {image: a.png, prompt: x, references: [a.png, b.png, c.png, d.png]}
        """,
        """\
        board.yaml:2:44: `references` has 4 entries; at most 3
            a: {image: a.png, prompt: x, references: [a.png, b.png, c.png, d.png]}
                                                     ^
        """,
    ),
    "references are a list": (
        """\
        shots:
          a: {image: a.png, prompt: x, references: b.png}
        """,
        """\
        board.yaml:2:44: `references` must be a list of pictures
            a: {image: a.png, prompt: x, references: b.png}
                                                     ^
        """,
    ),
    "a misspelt inherit is no context": (
        """\
        shots:
          a: {image: a.png, prompt: x}
          b: {after: a, prompt: x, context: inherits}
        """,
        """\
        board.yaml:3:37: `context` must be inherit, none, words or a mapping, not `inherits`; did you mean `inherit`?
            b: {after: a, prompt: x, context: inherits}
                                              ^
        """,
    ),
    "an entity needs an id": (
        """\
        context: {entities: [{description: a boat}]}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:22: an entity needs `id`
          context: {entities: [{description: a boat}]}
                               ^
        """,
    ),
    "an entity is a mapping": (
        """\
        context: {entities: [boat]}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:22: an entity must be a mapping with an `id`
          context: {entities: [boat]}
                               ^
        """,
    ),
    "entities are at most eight": (
        """\
        context:
          entities: [{id: e0}, {id: e1}, {id: e2}, {id: e3}, {id: e4}, {id: e5}, {id: e6}, {id: e7}, {id: e8}]
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:2:13: `entities` has 9 entries; at most 8
            entities: [{id: e0}, {id: e1}, {id: e2}, {id: e3}, {id: e4}, {id: e5}, {id: e6}, {id: e7}, {id: e8…
                      ^
        """,
    ),
    "a model needs its name": (
        """\
        defaults: {models: {video: {location: global}}}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:28: `video` needs `use`
          defaults: {models: {video: {location: global}}}
                                     ^
        """,
    ),
    "a location is one of Google's, never a host": (
        """\
        defaults: {models: {video: {use: veo, location: "evil.example:443/x"}}}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:49: `location` must be a location like us-central1, global, us or eu, not `evil.example:443/x`
          defaults: {models: {video: {use: veo, location: "evil.example:443/x"}}}
                                                          ^
        """,
    ),
    "a model is no resource of another project": (
        """\
        shots: {a: {image: a.png, prompt: x, models: {video: projects/other/locations/us/endpoints/9}}}
        """,
        """\
        board.yaml:1:54: `video` must be the bare name of a model, not `projects/other/locations/us/endpoints/9`; set tuned models and other projects in your own settings
          shots: {a: {image: a.png, prompt: x, models: {video: projects/other/locations/us/endpoints/9}}}
                                                               ^
        """,
    ),
    "an accepted model is no path": (
        """\
        defaults: {models: {video: {use: veo, accept: [old, ../secret]}}}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:53: `accept` must be the bare name of a model, not `../secret`; set tuned models and other projects in your own settings
          defaults: {models: {video: {use: veo, accept: [old, ../secret]}}}
                                                              ^
        """,
    ),
    "accepted models are a list": (
        """\
        defaults: {models: {video: {use: veo, accept: old}}}
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:47: `accept` must be a list of models
          defaults: {models: {video: {use: veo, accept: old}}}
                                                        ^
        """,
    ),
    "a cut is a list": (
        """\
        shots: {a: {image: a.png, prompt: x}}
        cuts: {main: a}
        """,
        """\
        board.yaml:2:14: cut `main` must be a list of shots, or all
          cuts: {main: a}
                       ^
        """,
    ),
    "a cut has shots": (
        """\
        shots: {a: {image: a.png, prompt: x}}
        cuts: {main: []}
        """,
        """\
        board.yaml:2:14: cut `main` has no shots; list some, or write all
          cuts: {main: []}
                       ^
        """,
    ),
    "an engine has a name": (
        """\
        engine: my engine
        shots: {a: {image: a.png, prompt: x}}
        """,
        """\
        board.yaml:1:9: `engine` must be the name of an engine, not `my engine`
          engine: my engine
                  ^
        """,
    ),
}


@pytest.mark.parametrize(("text", "told_of_it"), CASES.values(), ids=CASES)
def test_each_mistake_is_told_in_its_own_words(
    text: str, told_of_it: str, told: Callable[[str], str]
) -> None:
    assert told(text) == dedent(told_of_it).rstrip("\n")
