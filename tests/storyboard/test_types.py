"""Every field with a value of every type: it holds, or it is a problem at its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from krafity_cli.errors import Problem, Problems
from krafity_cli.storyboard.fields import (
    ContextFields,
    DefaultFields,
    EntityFields,
    ModelFields,
    ModelsFields,
    ShotFields,
    StoryboardFields,
)
from krafity_cli.storyboard.model import Storyboard
from krafity_cli.storyboard.read import read_storyboard

from .conftest import FOLDER, Shelf

Read = Callable[[str], Storyboard]

VALUES = {
    "null": "null",
    "tilde": "~",
    "nothing": "",
    "empty text": '""',
    "true": "true",
    "false": "FALSE",
    "whole": "5",
    "below nothing": "-5",
    "hexadecimal": "0x1F",
    "octal": "0o17",
    "power": "1e3",
    "fraction": ".5",
    "infinity": ".inf",
    "no number": ".nan",
    "giant": "9" * 5000,
    "giant power": "1e999999999",
    "date": "2026-11-29",
    "time": "2026-11-29T12:00:00Z",
    "text": "some words",
    "path": "a.png",
    "long text": "x" * 50_000,
    "control character": '"\\x07"',
    "half a character": '"\\ud800"',
    "empty list": "[]",
    "list of numbers": "[5, 5]",
    "list of lists": "[[5]]",
    "list of tables": "[{a: 5}]",
    "list of nothing": "[~]",
    "long list": "[" + "a, " * 2000 + "a]",
    "empty table": "{}",
    "table": "{use: {use: 5}}",
    "deep table": "{a: " * 50 + "5" + "}" * 50,
    "list in a table": "{id: [1]}",
    "binary": "!!binary aGVsbG8=",
    "set": "!!set {a, b}",
    "python": "!!python/object/apply:os.system [true]",
    "tagged text": "!!str 5",
    "alias": "*unknown",
}

SHOT = "shots:\n  a:\n    prompt: x\n    image: a.png\n"
FIELDS = {
    **{f"{name}:": name for name in StoryboardFields.model_fields},
    **{f"defaults.{name}:": name for name in DefaultFields.model_fields},
    **{f"shot.{name}:": name for name in ShotFields.model_fields},
    **{f"context.{name}:": name for name in ContextFields.model_fields},
    **{f"entity.{name}:": name for name in EntityFields.model_fields},
    **{f"models.{name}:": name for name in ModelsFields.model_fields},
    **{f"model.{name}:": name for name in ModelFields.model_fields},
    "cuts.main:": "main",
    "shots.a:": "a",
}


def board(field: str, value: str) -> tuple[str, int]:
    """A storyboard that is right but for one field, and the line of that field."""
    owner, _, name = field.rstrip(":").rpartition(".")
    line = f"{name}: {value}\n"
    match owner:
        case "":
            text = line if name == "shots" else f"{line}{SHOT}"
            return text, 1
        case "defaults":
            return f"defaults:\n  {line}{SHOT}", 2
        case "shot":
            own = "".join(each + "\n" for each in SHOT.splitlines() if f" {name}:" not in each)
            return f"{own}    {line}", own.count("\n") + 1
        case "context":
            return f"context:\n  {line}{SHOT}", 2
        case "entity":
            first = "" if name == "id" else "id: boat\n      "
            return f"context:\n  entities:\n    - {first}{line}{SHOT}", 4 if first else 3
        case "models":
            return f"defaults:\n  models:\n    {line}{SHOT}", 3
        case "model":
            first = "" if name == "use" else "use: veo\n      "
            text = f"defaults:\n  models:\n    video:\n      {first}{line}{SHOT}"
            return text, 5 if first else 4
        case "cuts":
            return f"cuts:\n  {line}{SHOT}", 2
        case _:
            return f"shots:\n  {line}", 2


def problems_of(text: str) -> tuple[Problem, ...]:
    """What is wrong with a storyboard; nothing where it holds."""
    try:
        read_storyboard(text.encode(), "board.yaml", FOLDER, Shelf())
    except Problems as found:
        return found.problems
    return ()


@pytest.mark.parametrize("field", FIELDS)
def test_a_value_of_any_type_holds_or_is_a_problem_with_its_line(field: str) -> None:
    for kind, value in VALUES.items():
        text, line = board(field, value)
        found = problems_of(text)
        assert not found or line in {problem.position[0] for problem in found}, (kind, found)
        assert all(problem.message for problem in found)


@pytest.mark.parametrize("written", ["~", "null", "Null", "NULL", "", '""', "'  '"])
@pytest.mark.parametrize(
    "field",
    [
        field
        for field in FIELDS
        if field not in ("shot.after:", "shot.until:", "entity.id:", "shots:", "shots.a:")
    ],
)
def test_every_way_to_write_nothing_is_empty(field: str, written: str) -> None:
    text, line = board(field, written)
    with pytest.raises(Problems) as caught:
        read_storyboard(text.encode(), "board.yaml", FOLDER, Shelf())
    assert (line, "empty") in {(each.position[0], each.code) for each in caught.value.problems}


@pytest.mark.parametrize("field", ["shot.after:", "shot.until:", "entity.id:"])
def test_a_tilde_is_no_name(field: str) -> None:
    text, line = board(field, "~")
    with pytest.raises(Problems) as caught:
        read_storyboard(text.encode(), "board.yaml", FOLDER, Shelf())
    assert (line, "empty") in {(each.position[0], each.code) for each in caught.value.problems}


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0x1F", 31),
        ("0xff", 255),
        ("0o17", 15),
        ("1e3", 1000),
        ("1E+3", 1000),
        ("12.0", 12),
        ("+7", 7),
        ("-0", 0),
        ("4.", 4),
        ("25e-1", None),
        (".5", None),
        (".inf", None),
        ("-.Inf", None),
        (".nan", None),
        (".NaN", None),
        ("'7'", None),
        ("0b11", None),
        ("1_000", None),
        ("017", None),
        ("0x", None),
        ("1e", None),
        (".", None),
        ("٣", None),
    ],
)
def test_a_whole_number_may_be_written_in_every_way_of_the_core_schema(
    read: Read, written: str, number: int | None
) -> None:
    text = f"shots:\n  a:\n    image: a.png\n    prompt: x\n    seed: {written}\n"
    if number is not None:
        assert read(text).shots[0].seed == number
        return
    with pytest.raises(Problems) as caught:
        read(text)
    (problem,) = caught.value.problems
    assert (problem.position[0], problem.code) == (5, "wrong-kind")


@pytest.mark.parametrize("written", ["true", "True", "TRUE"])
@pytest.mark.parametrize("field", ["audio", "improve", "annotated"])
def test_true_may_be_written_in_every_way_of_the_core_schema(
    read: Read, field: str, written: str
) -> None:
    text = f"shots:\n  a: {{image: a.png, prompt: x, {field}: {written}}}\n"
    assert getattr(read(text).shots[0], field) is True
