"""Both parsers complain in their own words; authors read the same sentence."""

from __future__ import annotations

import pytest
import yaml

from krafity_cli.storyboard.yaml.source import Findings, Source
from krafity_cli.storyboard.yaml.tree import PARSER, grown

from .test_bad_yaml import CASES


def sentences(text: str, parser: type) -> list[str]:
    findings = Findings(Source.of(text, "board.yaml"))
    grown(findings, parser)
    return (
        [f"{p.position[0]}: {p.message}" for p in findings.problems().problems] if findings else []
    )


@pytest.mark.parametrize("name", [name for name in CASES if "escape" not in name])
def test_the_pure_parser_tells_the_same(name: str) -> None:
    text = CASES[name][0]

    assert sentences(text, yaml.SafeLoader) == sentences(text, PARSER)


@pytest.mark.parametrize("parser", [PARSER, yaml.SafeLoader], ids=["libyaml", "pure"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            'a: "\\x4"',
            "1: this is not an escape sequence; write `\\\\` for a backslash, or use single quotes",
        ),
        (
            'a: "\\q"',
            "1: this is not an escape sequence; write `\\\\` for a backslash, or use single quotes",
        ),
        ("a: [b", "1: this `[` is not closed, or a comma is missing after it"),
        ("%YAML 3.0\n---\na: b", "1: text that starts with `%` needs quotes"),
        ("a: `b`", "1: text that starts with ``` needs quotes"),
        ("a: !x!y b", "1: text that starts with `!` needs quotes"),
        ("a: b\n- c", "2: this does not fit here; check quotes and indentation"),
    ],
)
def test_a_sentence_says_what_to_write_instead(parser: type, text: str, sentence: str) -> None:
    assert sentences(text, parser) == [sentence]


def test_a_complaint_without_a_sentence_is_passed_on() -> None:
    assert sentences("%TAG ! a\n%TAG ! b\n--- x", PARSER) == [
        "2: this is not YAML: found duplicate %TAG directive"
    ]
