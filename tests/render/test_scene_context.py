"""Which scene context a clip is ordered with: the author's words first, those nearest foremost."""

from __future__ import annotations

from typing import Any

import pytest

from krafity_cli.storyboard.context import Entity, SceneContext
from tests.render.stage import Stage, statuses

SEEN = SceneContext(
    style="seen style",
    environment="seen place",
    entities=(Entity("gull", "seen gull", "seen grey"), Entity("boat", "seen boat", "seen red")),
)


@pytest.fixture(autouse=True)
def picture(stage: Stage) -> None:
    stage.picture("root.png", 1)
    stage.engine.sees = dict.fromkeys(("root", "child", "second"), SEEN)


def ordered(stage: Stage, text: str) -> dict[str, dict[str, Any]]:
    """The context of each clip's request, by the first word of its prompt."""
    stage.write(text)
    run = stage.render()
    assert set(statuses(run).values()) <= {"rendered", "reused"}
    return {
        request.body["prompt"].split()[0]: request.body["context"]
        for request in stage.engine.requests
        if request.kind == "video"
    }


def entity(name: str, description: str = "", appearance: str = "") -> dict[str, str]:
    return {"id": name, "description": description, "appearance": appearance}


def test_the_storyboards_words_go_to_every_clip_verbatim(stage: Stage) -> None:
    found = ordered(
        stage,
        """
        context:
          style: ink & "wash"
          environment: a harbour
          entities: [{id: boat, description: paper, appearance: white}]
        shots:
          root: {image: root.png, prompt: root}
          loner: {image: root.png, context: none, prompt: loner}
        """,
    )
    assert found["root"] == found["loner"]
    assert found["root"]["style"] == 'ink & "wash"'
    assert found["root"]["environment"] == "a harbour"
    assert found["root"]["entities"] == [entity("boat", "paper", "white")]


def test_a_context_given_as_one_text_is_sent_as_that_text(stage: Stage) -> None:
    found = ordered(
        stage,
        "context: all of it in ink\nshots:\n  root: {image: root.png, prompt: root}\n",
    )
    assert found["root"]["text"] == "all of it in ink"


def test_a_shots_own_words_win_over_the_storyboards_key_by_key(stage: Stage) -> None:
    found = ordered(
        stage,
        """
        context: {style: ink, environment: a harbour}
        shots:
          root: {image: root.png, context: {environment: indoors}, prompt: root}
        """,
    )
    assert (found["root"]["style"], found["root"]["environment"]) == ("ink", "indoors")


def test_words_of_an_ancestor_win_over_the_storyboards_and_over_what_was_seen(
    stage: Stage,
) -> None:
    found = ordered(
        stage,
        """
        context: {environment: a harbour}
        shots:
          root: {image: root.png, context: {environment: under the lighthouse}, prompt: root}
          child: {after: root, prompt: child}
          leaf: {after: child, context: {style: oil}, prompt: leaf}
        """,
    )
    assert found["child"]["environment"] == "under the lighthouse"
    assert found["leaf"]["environment"] == "under the lighthouse"
    assert (found["child"]["style"], found["leaf"]["style"]) == ("seen style", "oil")


def test_words_come_down_along_first_parents_only(stage: Stage) -> None:
    found = ordered(
        stage,
        """
        shots:
          root: {image: root.png, context: {style: oil}, prompt: root}
          second: {image: root.png, context: {style: chalk, environment: a cave}, prompt: second}
          both: {after: [root, second], prompt: both}
        """,
    )
    assert (found["both"]["style"], found["both"]["environment"]) == ("oil", "seen place")


def test_what_was_seen_fills_only_what_the_author_left_open(stage: Stage) -> None:
    found = ordered(
        stage,
        """
        context: {style: ink, entities: [{id: boat, description: a paper boat}]}
        shots:
          root: {image: root.png, prompt: root}
          child: {after: root, prompt: child}
        """,
    )
    assert found["child"]["style"] == "ink"
    assert found["child"]["environment"] == "seen place"
    assert found["child"]["entities"] == [
        entity("boat", "a paper boat", "seen red"),
        entity("gull", "seen gull", "seen grey"),
    ]


def test_a_child_with_context_none_gets_the_authors_top_words_and_its_own(stage: Stage) -> None:
    found = ordered(
        stage,
        """
        context: {style: ink}
        shots:
          root: {image: root.png, context: {environment: a cave}, prompt: root}
          child: {after: root, context: none, prompt: child}
        """,
    )
    assert found["child"]["style"] == "ink"
    assert found["child"]["environment"] == ""
    assert found["child"]["entities"] == []


def test_the_first_parent_is_inherited_whole_and_others_add_entities(stage: Stage) -> None:
    stage.engine.sees["root"] = SceneContext("", "here", (Entity("cat", "from the first"),))
    stage.engine.sees["second"] = SceneContext(
        "other style", "there", (Entity("dog", "from the second"), Entity("cat", "again", "black"))
    )
    found = ordered(
        stage,
        """
        shots:
          root: {image: root.png, prompt: root}
          second: {image: root.png, prompt: second}
          both: {after: [root, second], prompt: both}
        """,
    )
    assert (found["both"]["style"], found["both"]["environment"]) == ("", "here")
    assert found["both"]["entities"] == [
        entity("cat", "from the first", "black"),
        entity("dog", "from the second"),
    ]


def test_the_call_is_given_what_is_known_and_its_answer_wins_over_what_was_inherited(
    stage: Stage,
) -> None:
    stage.engine.sees["child"] = SceneContext("", "further out", (Entity("gull", "", "wet"),))
    found = ordered(
        stage,
        """
        context: {entities: [{id: boat, description: a paper boat}]}
        shots:
          root: {image: root.png, prompt: root}
          child: {after: root, prompt: child}
          leaf: {after: child, prompt: leaf}
        """,
    )
    asked = [
        request.body["known"] for request in stage.engine.requests if request.kind == "context"
    ]
    assert [each["entities"] for each in asked] == [
        [entity("boat", "a paper boat")],
        [entity("boat", "a paper boat", "seen red"), entity("gull", "seen gull", "seen grey")],
    ]
    assert found["leaf"]["environment"] == "further out"
    assert found["leaf"]["entities"] == [
        entity("boat", "a paper boat", "seen red"),
        entity("gull", "seen gull", "wet"),
    ]


def test_at_most_eight_entities_are_handed_on_and_the_oldest_go_first(stage: Stage) -> None:
    stage.engine.sees["root"] = SceneContext(entities=tuple(Entity(f"old{n}") for n in range(6)))
    stage.engine.sees["child"] = SceneContext(entities=tuple(Entity(f"new{n}") for n in range(4)))
    found = ordered(
        stage,
        """
        context: {entities: [{id: boat, description: a paper boat}]}
        shots:
          root: {image: root.png, prompt: root}
          child: {after: root, prompt: child}
          leaf: {after: child, prompt: leaf}
        """,
    )
    names = [each["id"] for each in found["leaf"]["entities"]]
    assert names == ["boat", "new0", "new1", "new2", "new3", "old0", "old1", "old2"]


def test_at_most_1200_characters_are_handed_on_and_the_authors_are_never_cut(stage: Stage) -> None:
    stage.engine.sees["root"] = SceneContext(
        style="s" * 900, environment="e" * 900, entities=(Entity("long", "d" * 900),)
    )
    found = ordered(
        stage,
        f"""
        context: {{environment: {"a" * 1000}}}
        shots:
          root: {{image: root.png, prompt: root}}
          child: {{after: root, prompt: child}}
        """,
    )
    assert found["child"] == {
        "text": "",
        "environment": "a" * 1000,
        "style": "s" * 200,
        "entities": [],
    } | {"entities": found["child"]["entities"]}
    assert found["child"]["entities"] == []


def test_a_lost_extract_is_worded_anew_and_what_was_handed_on_below_stays(stage: Stage) -> None:
    from krafity_cli.cache import Cache, every_record

    board = """
        shots:
          root: {image: root.png, prompt: root}
          child: {after: root, prompt: child}
          leaf: {after: child, prompt: leaf}
    """
    before = ordered(stage, board)["leaf"]
    with Cache.open(stage.cache_folder) as cache:
        (lost,) = [r for r in every_record(cache, ["context"]) if r.about["shot"] == "root"]
        cache.forget(lost.key)
    stage.engine.sees["root"] = SceneContext(style="worded anew")
    stage.engine.forget()
    found = ordered(stage, board.replace("prompt: leaf", "prompt: leaf again"))
    assert stage.engine.began == ["video leaf"]
    assert found["leaf"] == before
