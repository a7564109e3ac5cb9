"""Scene context: the author's words win key by key, and what is handed on stays short."""

from __future__ import annotations

import json

import pytest

from krafity_cli.storyboard.context import (
    MOST_CHARACTERS,
    MOST_ENTITIES,
    Entity,
    SceneContext,
    inherit,
)

BOAT = Entity("boat", "a folded paper boat", "white")
GULL = Entity("gull", "a gull", "grey")


def named(*names: str) -> tuple[Entity, ...]:
    return tuple(Entity(name) for name in names)


def size(context: SceneContext) -> int:
    words = [context.style, context.environment, context.text]
    for entity in context.entities:
        words += [entity.id, entity.description, entity.appearance]
    return sum(map(len, words))


def test_words_win_key_by_key() -> None:
    mine = SceneContext(environment="under the lighthouse", entities=(GULL,))
    below = SceneContext(style="ink", environment="a harbour", entities=(BOAT,), text="at dawn")

    assert mine.over(below) == SceneContext(
        style="ink",
        environment="under the lighthouse",
        entities=(GULL, BOAT),
        text="at dawn",
    )


def test_an_entity_keeps_its_own_words_and_takes_what_it_left_open() -> None:
    mine = SceneContext(entities=(Entity("boat", description="a paper boat"),))
    below = SceneContext(entities=(GULL, Entity("boat", "a ship", "red stripe")))

    assert mine.over(below).entities == (Entity("boat", "a paper boat", "red stripe"), GULL)


def test_nothing_laid_over_something_is_that() -> None:
    below = SceneContext("ink", "harbour", (BOAT,), "dawn")

    assert SceneContext().over(below) == below
    assert below.over(SceneContext()) == below


def test_the_first_parent_gives_all_and_the_others_add_entities() -> None:
    first = SceneContext(style="ink", entities=(BOAT,))
    second = SceneContext(style="oil", environment="sea", entities=(GULL, Entity("boat", "a ship")))
    third = SceneContext(text="night", entities=named("moon"))

    assert inherit([first, second, third]) == SceneContext(
        style="ink", entities=(BOAT, GULL, Entity("moon"))
    )


def test_without_parents_nothing_is_inherited() -> None:
    assert inherit([]) == SceneContext()


def test_what_is_short_enough_is_left_alone() -> None:
    context = SceneContext("i" * 400, "h" * 400, named("a", "b"), "t" * 398)

    assert size(context) == MOST_CHARACTERS
    assert context.capped() == context


def test_the_oldest_of_more_than_eight_entities_go_first() -> None:
    context = SceneContext(entities=named(*"abcdefghijk"))

    assert context.capped().entities == named(*"abcdefgh")
    assert len(context.capped().entities) == MOST_ENTITIES


def test_the_authors_entities_stay_however_old_they_are() -> None:
    context = SceneContext(entities=named(*"abcdefghijk"))
    authored = SceneContext(entities=named("k", "i"))

    assert context.capped(authored).entities == named(*"abcdefik")


def test_the_oldest_entities_make_room_for_1200_characters() -> None:
    long = tuple(Entity(name, "x" * 399) for name in "abcd")

    assert SceneContext(entities=long).capped().entities == long[:3]
    assert SceneContext(entities=long).capped(SceneContext(entities=long[3:])).entities == (
        *long[:2],
        long[3],
    )


def test_what_was_added_to_the_authors_entities_goes_before_other_words() -> None:
    authored = SceneContext(entities=(Entity("boat", "d" * 596),))
    added = SceneContext(environment="e" * 600, entities=(Entity("boat", "d" * 596, "a" * 9),))

    assert added.capped(authored) == SceneContext(environment="e" * 600, entities=authored.entities)


def test_a_models_environment_and_style_are_cut_at_the_end() -> None:
    context = SceneContext(style="s" * 700, environment="e" * 700)

    assert context.capped() == SceneContext(style="s" * 700, environment="e" * 500)
    assert SceneContext(style="s" * 1300, environment="e" * 700).capped() == SceneContext(
        style="s" * 1200
    )


def test_the_authors_words_are_never_shortened() -> None:
    authored = SceneContext("s" * 700, "e" * 700, tuple(Entity(n, "d" * 100) for n in "abc"), "t")

    assert authored.capped(authored) == authored
    assert authored.over(SceneContext(entities=named("gull"))).capped(authored) == authored


def test_a_context_comes_back_from_json_as_it_was() -> None:
    context = SceneContext("ink", "harbour", (BOAT, GULL), "dawn")

    assert SceneContext.from_json(json.loads(json.dumps(context.to_json()))) == context
    assert SceneContext.from_json(SceneContext().to_json()) == SceneContext()


def test_every_key_is_written_even_if_it_is_empty() -> None:
    assert SceneContext(entities=(Entity("boat"),)).to_json() == {
        "text": "",
        "style": "",
        "environment": "",
        "entities": [{"id": "boat", "description": "", "appearance": ""}],
    }


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ({}, KeyError),
        ({"style": None, "environment": "", "entities": []}, TypeError),
        ({"style": "", "environment": 3, "entities": []}, TypeError),
        ({"style": "", "environment": "", "entities": None}, TypeError),
        ({"style": "", "environment": "", "entities": ["boat"]}, TypeError),
        ({"style": "", "environment": "", "entities": [{"id": "boat"}]}, KeyError),
        ({"style": "", "environment": "", "entities": [], "text": []}, TypeError),
        ([], TypeError),
    ],
)
def test_json_of_another_shape_is_no_context(value: dict[str, object], error: type) -> None:
    with pytest.raises(error):
        SceneContext.from_json(value)


def test_an_empty_context_is_false() -> None:
    assert not SceneContext()
    assert SceneContext(entities=named("boat"))
    assert SceneContext(text="dawn")
