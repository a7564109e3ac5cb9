"""The graph to look at, in 80 columns and for other programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from krafity_cli.errors import columns
from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.graph.views import FORMATS, draw
from krafity_cli.storyboard.model import Shot, Storyboard

from .boats import PAPER_BOAT

Read = Callable[[str], Storyboard]


def board(*shots: Shot, title: str = "Boat") -> Storyboard:
    return Storyboard("boat.yaml", Path(), title, None, SceneContext(), shots, ())


def test_the_paper_boat_as_text(read: Read) -> None:
    assert draw(read(PAPER_BOAT), "text") == (
        "The Paper Boat: 5 shots, 30 s\n"
        "\n"
        "quay · 6 s · The boat slips off the quay and drifts out.\n"
        "↓ drift · 6 s · It rocks between moored hulls.\n"
        "├─ storm · 6 s · ends on a picture · Wind takes it; waves close over the bow.\n"
        "└─ calm · 6 s · take 2 · The fog lifts.\n"
        "   ↓ home · 6 s · own picture · also after storm · The lighthouse turns above t…\n"
        "\n"
        "cut main: quay, drift, calm, home"
    )


def test_text_shows_states_footage_bridges_and_further_parents(read: Read) -> None:
    made = read("""\
        title: Sea
        shots:
          sea: {clip: sea.mp4}
          a: {image: a.png, prompt: x}
          b: {after: a, prompt: x, until: sea, duration: 8}
          all: {after: [b, a, sea, c, d], prompt: x}
          c: {after: sea, prompt: x}
          d: {after: sea, prompt: x}
        """)

    assert draw(made, "text", {"sea": "reused", "b": "held"}) == (
        "Sea: 6 shots, 32 s\n"
        "\n"
        "sea [reused] · footage\n"
        "├─ c · 6 s · x\n"
        "└─ d · 6 s · x\n"
        "a · 6 s · x\n"
        "↓ b [held] · 8 s · until sea · x\n"
        "↓ all · 6 s · also after a, sea, c and 1 more · x\n"
        "\n"
        "cut all: a, b, all"
    )


def test_a_deep_tree_goes_on_further_down() -> None:
    shots, parent = [Shot("r", prompt="x")], "r"
    for n in range(15):
        shots += [Shot(f"m{n}", after=(parent,)), Shot(f"s{n}", after=(parent,))]
        parent = f"m{n}"

    lines = draw(board(*shots)).splitlines()

    assert lines[15:19] == [
        "│  " * 12 + "├─ m12 · 6 s",
        "│  " * 13 + "├─ m13 · further down",
        "│  " * 13 + "└─ s13 · 6 s",
        "│  " * 12 + "└─ s12 · 6 s",
    ]
    assert lines[-3:] == ["m13 · 6 s · after m12", "├─ m14 · 6 s", "└─ s14 · 6 s"]
    assert max(map(columns, lines)) <= 80


def test_a_chain_of_thousands_stays_on_one_level() -> None:
    shots = [Shot(f"s{n}", after=(f"s{n - 1}",) if n else ()) for n in range(3000)]

    lines = draw(board(*shots)).splitlines()

    assert lines[-1] == "↓ s2999 · 6 s"
    assert len(lines) == 3002


def test_a_prompt_ends_at_the_eightieth_column_whatever_its_signs() -> None:
    wide = draw(board(Shot("a", prompt="船が" * 60))).splitlines()[2]
    plain = draw(board(Shot("a", prompt="ab " * 60))).splitlines()[2]
    long = draw(board(Shot("a" * 64, prompt="The boat drifts."))).splitlines()[2]

    assert (wide, columns(wide)) == ("a · 6 s · " + "船が" * 17 + "…", 79)
    assert (plain, columns(plain)) == ("a · 6 s · " + "ab " * 22 + "ab…", 79)
    assert long == "a" * 64 + " · 6 s"


def test_words_cannot_write_to_the_terminal() -> None:
    made = board(Shot("a", prompt="\x1b[31mred\nline"), title="\u202ex")

    assert draw(made, "text", {"a": "\x1b"}).splitlines()[:3] == [
        "\ufffdx: 1 shot, 6 s",
        "",
        "a [\ufffd] · 6 s · \ufffd[31mred line",
    ]


def test_the_paper_boat_for_mermaid(read: Read) -> None:
    assert draw(read(PAPER_BOAT), "mermaid", {"quay": "reused"}) == dedent("""\
        ---
        title: "The Paper Boat"
        ---
        flowchart LR
          s0["quay · 6 s · reused<br/>The boat slips off the quay and drifts …"]
          s1["drift · 6 s<br/>It rocks between moored hulls."]
          s2["storm · 6 s<br/>Wind takes it#59; waves close over the bow."]
          s3["calm · 6 s<br/>The fog lifts."]
          s4["home · 6 s<br/>The lighthouse turns above the boat."]
          s0 --> s1
          s1 --> s2
          s1 --> s3
          s3 -. context .-> s4
          s2 -. context .-> s4""")


def test_mermaid_sees_no_sign_of_its_own_in_a_prompt() -> None:
    made = board(Shot("end", prompt='"]; click <b> `x` #35;'), title='a"\nb: c')

    assert draw(made, "mermaid").splitlines()[1:5] == [
        'title: "a\\" b: c"',
        "---",
        "flowchart LR",
        '  s0["end · 6 s<br/>#34;#93;#59; click #60;b#62; #96;x#96; #35;35#59;"]',
    ]


def test_the_paper_boat_for_graphviz(read: Read) -> None:
    made = read("""\
        title: Sea
        shots:
          a: {image: a.png, prompt: The "sea" \\ rocks}
          b: {after: a, prompt: y}
          c: {after: [b, a], until: a, prompt: z}
        """)

    assert draw(made, "dot", {"b": "held"}) == dedent("""\
        digraph storyboard {
          rankdir=LR;
          node [shape=box];
          label="Sea";
          "a" [label="a · 6 s\\nThe \\"sea\\" \\\\ rocks"];
          "b" [label="b · 6 s · held\\ny"];
          "c" [label="c · 6 s\\nz"];
          "a" -> "b";
          "b" -> "c";
          "a" -> "c" [style=dashed label="context"];
          "c" -> "a" [style=dotted label="until"];
        }""")


def test_the_graph_as_json(read: Read) -> None:
    made = read("""\
        shots:
          sea: {clip: sea.mp4}
          a: {image: a.png, prompt: Ü}
          b: {after: [sea, a], until: a, prompt: y, take: 2}
        """)

    document: dict[str, Any] = json.loads(draw(made, "json", {"b": "render"}))

    assert document == {
        "schema": 1,
        "storyboard": "board.yaml",
        "title": "board",
        "shots": [
            {
                "id": "sea",
                "after": [],
                "until": None,
                "start": "clip",
                "prompt": None,
                "duration": None,
                "take": 1,
                "state": None,
            },
            {
                "id": "a",
                "after": [],
                "until": None,
                "start": "image",
                "prompt": "Ü",
                "duration": 6,
                "take": 1,
                "state": None,
            },
            {
                "id": "b",
                "after": ["sea", "a"],
                "until": "a",
                "start": "frame",
                "prompt": "y",
                "duration": 6,
                "take": 2,
                "state": "render",
            },
        ],
        "edges": [
            {"from": "sea", "to": "b", "kind": "frame"},
            {"from": "a", "to": "b", "kind": "context"},
            {"from": "b", "to": "a", "kind": "until"},
        ],
        "cuts": [{"cut": "b", "shots": ["sea", "b"]}],
    }


def test_there_are_four_formats() -> None:
    assert FORMATS == ("text", "mermaid", "dot", "json")
    with pytest.raises(ValueError, match="no format: svg"):
        draw(board(), "svg")  # type: ignore[arg-type]
