"""The author's words that hold for a shot."""

from __future__ import annotations

from pathlib import Path

from krafity_cli.storyboard.authored import Authored, authored_context
from krafity_cli.storyboard.context import Entity, SceneContext
from krafity_cli.storyboard.model import Inheritance, Shot, Storyboard


def board(*shots: Shot) -> Storyboard:
    top = SceneContext("ink", "a harbour", (Entity("boat", "paper"), Entity("gull")))
    return Storyboard("board.yaml", Path("/boards"), "Board", None, top, shots, ())


def words(style: str = "", environment: str = "", *entities: Entity) -> SceneContext:
    return SceneContext(style, environment, entities)


TREE = board(
    Shot("root", context=words("oil")),
    Shot("child", after=("root", "other"), context=words("", "a cave", Entity("boat", "", "red"))),
    Shot("leaf", after=("child",), context=words("", "", Entity("cat"))),
    Shot("loner", after=("child",), inheritance=Inheritance.NONE, context=words("chalk")),
    Shot("below", after=("loner",)),
    Shot("other", context=words("pencil", "indoors")),
)


def test_words_come_down_along_first_parents() -> None:
    found = Authored(TREE)
    assert found.of(TREE.shot("leaf")) == words(
        "oil", "a cave", Entity("cat"), Entity("boat", "paper", "red"), Entity("gull")
    )


def test_a_shot_that_inherits_nothing_begins_anew_for_those_below_it() -> None:
    found = Authored(TREE)
    assert found.of(TREE.shot("below")) == found.of(TREE.shot("loner"))
    assert found.of(TREE.shot("below")).style == "chalk"
    assert found.of(TREE.shot("below")).environment == "a harbour"


def test_asked_of_all_shots_it_is_the_same_as_asked_of_each() -> None:
    for shots in (TREE.shots, tuple(reversed(TREE.shots))):
        found = Authored(TREE)
        assert [found.of(shot) for shot in shots] == [authored_context(TREE, s) for s in shots]


def test_a_line_of_many_shots_is_no_deeper_than_one() -> None:
    line = [Shot("s0", context=words("oil"))]
    line += [Shot(f"s{n}", after=(f"s{n - 1}",)) for n in range(1, 5000)]
    long = board(*line)
    assert Authored(long).of(long.shot("s4999")).style == "oil"
