"""Text grows into a tree within bounds, with libyaml and without it."""

from __future__ import annotations

import pytest
import yaml

from krafity_cli.storyboard.yaml.nodes import Listing, Node, Scalar, Table
from krafity_cli.storyboard.yaml.source import Findings, Source
from krafity_cli.storyboard.yaml.tree import PARSER, grown

PARSERS = pytest.mark.parametrize("parser", [PARSER, yaml.SafeLoader], ids=["libyaml", "pure"])


def grow(text: str, parser: type = PARSER) -> tuple[Node | None, list[str]]:
    findings = Findings(Source.of(text, "board.yaml"))
    node = grown(findings, parser)
    problems = findings.problems().problems if findings else ()
    return node, [f"{p.position[0]}:{p.position[1]} {p.code}: {p.message}" for p in problems]


@PARSERS
def test_nodes_know_where_they_begin(parser: type) -> None:
    node, problems = grow("a: {b: 'x'}\nc:\n  - y\n", parser)

    assert problems == []
    assert node == Table(
        0,
        0,
        {
            "a": (
                Scalar(0, 0, "a"),
                Table(0, 3, {"b": (Scalar(0, 4, "b"), Scalar(0, 7, "x", False))}),
            ),
            "c": (Scalar(1, 0, "c"), Listing(2, 2, [Scalar(2, 4, "y")])),
        },
    )


@PARSERS
def test_an_alias_is_the_node_it_names(parser: type) -> None:
    node, problems = grow("- &a {b: c}\n- *a\n", parser)

    assert problems == []
    assert isinstance(node, Listing)
    assert node.items[1] is node.items[0]


@PARSERS
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a: b, c}", "b, c"),
        ("{a: b, c, d e}", "b, c, d e"),
        ("{a: b,\n  c }", "b, c"),
        ("{a: b , c # not: this\n}", None),
        ("{a: b, c: }", None),
        ("{a: 'b', c}", None),
        ("{a: b, 'c'}", None),
        ("{a: &x b, c: *x, d}", None),
        ("{a: [b], c}", None),
        ("{a: b, c: [d], e}", None),
        ("{a, b}", None),
    ],
)
def test_a_comma_in_braces_does_not_cut_unquoted_text(
    parser: type, text: str, value: str | None
) -> None:
    node, _ = grow(text, parser)

    assert isinstance(node, Table)
    first = node.entries["a"][1]
    assert (len(node.entries) == 1) is (value is not None)
    assert value is None or (isinstance(first, Scalar) and first.text == value)


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
DEEP_ALIASES = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 99))
BOMBS = {
    "brackets": ("[" * 100_000, "1:65 too-deep: nested deeper than 64 levels"),
    "braces": ("{a: " * 100_000, "1:257 too-deep: nested deeper than 64 levels"),
    "dashes": ("- " * 100_000, "1:129 too-deep: nested deeper than 64 levels"),
    "questions": ("? " * 100_000, "1:129 too-deep: nested deeper than 64 levels"),
    "indents": (
        "\n".join(" " * n + "a:" for n in range(999)),
        "65:65 too-deep: nested deeper than 64 levels",
    ),
    "laughs": (LAUGHS, "6:16 too-many-values: more than 250,000 keys and values in one file"),
    "deep aliases": (DEEP_ALIASES, "64:12 too-deep: nested deeper than 64 levels"),
    "many values": (
        "[" + "a," * 300_000,
        "1:500000 too-many-values: more than 250,000 keys and values in one file",
    ),
    "many anchors": (
        "".join(f"- &a{n} x\n" for n in range(1001)),
        "1001:3 too-many-values: more than 1,000 anchors in one file",
    ),
}


@pytest.mark.parametrize(("text", "told"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_ends_where_it_leaves_the_bounds(text: str, told: str) -> None:
    node, problems = grow(text)

    # libyaml from 0.2.6 on stops at a bracket further on.
    assert (node, problems[-1].replace("1:1001", "1:65")) == (None, told)


@pytest.mark.parametrize("name", ["brackets", "braces", "dashes", "laughs", "deep aliases"])
def test_the_pure_parser_ends_bombs_as_well(name: str) -> None:
    node, problems = grow(BOMBS[name][0], yaml.SafeLoader)

    assert node is None
    assert problems[-1].split(" ", 1)[1] == BOMBS[name][1].split(" ", 1)[1]


def test_sixty_four_levels_are_allowed() -> None:
    node, problems = grow("[" * 64 + "]" * 64)

    assert (type(node), problems) == (Listing, [])


@PARSERS
def test_a_huge_scalar_is_one_node(parser: type) -> None:
    node, problems = grow("x" * 1_000_000, parser)

    assert (node, problems) == (Scalar(0, 0, "x" * 1_000_000), [])


def test_an_anchor_may_be_used_before_it_is_named_anew() -> None:
    node, problems = grow("[&a x, *a, &a y, *a]")

    assert isinstance(node, Listing)
    assert [item.text for item in node.items if isinstance(item, Scalar)] == ["x", "x", "y", "y"]
    assert problems == []


def test_an_endless_text_of_commas_is_not_put_together() -> None:
    node, problems = grow("{a: b" + ", c" * 20_000 + "}")

    assert isinstance(node, Table)
    text = node.entries["a"][1]
    assert isinstance(text, Scalar)
    assert len(text.text) < 20_100
    assert problems[0].endswith("duplicate-key: `c` is defined twice; the first time is on line 1")
