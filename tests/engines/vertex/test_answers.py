"""A vision model's answer is data from outside: brought into range, capped, stripped."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from krafity_cli.engines.google import answers
from krafity_cli.engines.protocol import Drawings, Mark
from krafity_cli.storyboard.context import Entity, SceneContext

WIDE = (1600, 900)


def drawings(*marks: dict[str, Any], directs: str = "Go.", drawn: bool = True) -> Drawings:
    text = json.dumps({"drawn": drawn, "directs": directs, "marks": marks})
    return Drawings.from_json(json.loads(answers.drawings(text, WIDE)))


def mark(**changes: Any) -> dict[str, Any]:
    return {"kind": "arrow", "words": "an arrow", "box_2d": [100, 200, 300, 400], **changes}


def scene(*entities: tuple[str, str, str], known: tuple[str, ...] = ()) -> SceneContext:
    names = ("id", "description", "appearance")
    form = {
        "style": "ink",
        "environment": "harbour",
        "entities": [dict(zip(names, entity, strict=True)) for entity in entities],
    }
    return SceneContext.from_json(json.loads(answers.scene(json.dumps(form), known)))


def test_places_become_parts_of_the_picture_across_before_down() -> None:
    assert drawings(mark()).marks == (Mark("arrow", "an arrow", (0.2, 0.1, 0.4, 0.3)),)


@pytest.mark.parametrize(
    ("tip", "direction"),
    [
        ([500, 900], 0.0),
        ([100, 500], 90.0),
        ([500, 100], 180.0),
        ([900, 500], 270.0),
        ([700, 600], 311.6),
    ],
)
def test_an_arrow_points_from_tail_to_tip_in_the_pictures_own_shape(
    tip: list[int], direction: float
) -> None:
    found = drawings(mark(tail=[500, 500], tip=tip)).marks[0]
    assert found.direction == direction


def test_an_arrows_strength_is_its_part_of_the_diagonal() -> None:
    corner = drawings(mark(tail=[0, 0], tip=[1000, 1000])).marks[0]
    side = drawings(mark(tail=[0, 0], tip=[1000, 0])).marks[0]
    assert (corner.strength, side.strength) == (1.0, 0.49)


@pytest.mark.parametrize(
    "ends", [{}, {"tail": [1, 2]}, {"tail": [5], "tip": [6, 7]}, {"tail": [5, 5], "tip": [5, 5]}]
)
def test_an_arrow_without_two_ends_has_no_direction(ends: dict[str, Any]) -> None:
    found = drawings(mark(**ends)).marks[0]
    assert (found.direction, found.strength) == (None, None)


def test_what_is_no_arrow_has_no_direction() -> None:
    found = drawings(mark(kind="circle", tail=[0, 0], tip=[9, 9])).marks[0]
    assert (found.kind, found.direction) == ("circle", None)


def test_numbers_out_of_range_are_brought_into_it() -> None:
    found = drawings(mark(box_2d=[1200, 900, -50, 100])).marks[0]
    assert found.box == (0.1, 0.0, 0.9, 1.0)
    assert drawings(mark(box_2d=[1, 2])).marks[0].box == (0.0, 0.0, 1.0, 1.0)


def test_texts_are_stripped_and_capped_and_so_are_marks() -> None:
    found = drawings(*[mark(words="\x1b[2J" + "w" * 500)] * 60, directs="d\x07" * 900)
    assert (len(found.marks), len(found.marks[0].words), len(found.directs)) == (40, 200, 600)
    assert found.marks[0].words.startswith("[2Jwww")


def test_nothing_drawn_directs_nothing_whatever_else_is_said() -> None:
    assert drawings(mark(), drawn=False) == Drawings(False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Invalid JSON: EOF while parsing a value at line 1 column 0"),
        ("[]", "Input should be an object"),
        ('{"drawn": true, "directs": ""}', "marks: Field required"),
        ('{"drawn": true, "directs": "", "marks": [{}]}', "marks.0.kind: Field required"),
    ],
)
def test_what_does_not_have_the_form_is_no_answer_and_is_told_where(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}"):
        answers.drawings(text, WIDE)


def test_a_scene_without_its_form_is_no_answer() -> None:
    with pytest.raises(ValueError, match=r"^style: Field required"):
        answers.scene("{}", ())


def test_known_entities_keep_their_ids_and_new_ones_get_one() -> None:
    found = scene(
        ("BOAT", "a boat", "white"),
        ("The Old Gull!", "a gull", "grey"),
        ("", "a Tall lamp", ""),
        ("boat", "again", "again"),
        ("!!", "??", ""),
        known=("Boat",),
    )
    assert found.entities == (
        Entity("Boat", "a boat", "white"),
        Entity("the-old-gull", "a gull", "grey"),
        Entity("a-tall-lamp", "a Tall lamp", ""),
    )


def test_a_scene_holds_eight_entities_and_1200_characters() -> None:
    many = scene(*[(f"thing-{i}", "d" * 300, "a" * 300) for i in range(12)])
    few = scene(*[(f"thing-{i}", "d", "a") for i in range(12)])
    assert [len(entity.description) for entity in many.entities] == [200, 200]
    assert len(few.entities) == 8


def test_answers_are_canonical_json() -> None:
    assert answers.scene('{"entities": [], "style": "é", "environment": ""}', ()) == (
        '{"entities":[],"environment":"","style":"é","text":""}'.encode()
    )


def test_the_forms_that_are_asked_for_stay_what_they_were() -> None:
    """A changed form is another question: raise its number in `requests` too."""
    assert list(answers.DrawingsForm.model_fields) == ["drawn", "directs", "marks"]
    assert list(answers.DrawnMark.model_fields) == ["kind", "words", "box_2d", "tail", "tip"]
    assert list(answers.SceneForm.model_fields) == ["style", "environment", "entities"]
    assert list(answers.SeenEntity.model_fields) == ["id", "description", "appearance"]
