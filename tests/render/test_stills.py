"""Stills: frames drawn from words, shared between engines, of which an author may choose one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pytest

from krafity_cli.cache import Cache, Record
from krafity_cli.engines.animatic import Animatic
from krafity_cli.media.pictures.stills import pixel_digest
from krafity_cli.render.desk import FreeDesk
from krafity_cli.render.performer import Performer
from krafity_cli.render.reachable import reached
from krafity_cli.render.recipe import Recipe
from krafity_cli.render.report.results import Calls, Decision
from krafity_cli.render.run import Production, Run
from krafity_cli.render.scheduler import Places
from krafity_cli.render.types import Frame
from tests.render import clips
from tests.render.stage import NAME, Stage, reasons, statuses

NONE = dict(Calls().items())
ROOT = "root: {still: sea in a gale, prompt: root goes}"


def calls(**made: int) -> dict[str, int]:
    return NONE | made


def write(stage: Stage, *shots: str) -> None:
    stage.write("shots:\n" + "".join(f"  {shot}\n" for shot in shots))
    stage.engine.forget()


def made(stage: Stage, *shots: str) -> dict[str, dict[str, int]]:
    """The calls of each shot in a run, which are those of the plan before it."""
    write(stage, *shots)
    planned = {shot.id: dict(shot.calls.items()) for shot in stage.plan().shots}
    run = stage.render()
    assert set(statuses(run).values()) <= {"rendered", "reused"}
    found = {shot.id: dict(shot.calls.items()) for shot in run.shots}
    assert planned == found
    return found


@dataclass
class Chosen:
    """What an author chose, as the lock file says it."""

    pictures: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def still(self, shot_id: str, which: str) -> str | None:
        return self.pictures.get((shot_id, which))


@dataclass
class Choosing(Stage):
    """A stage on which stills may be chosen."""

    choices: Chosen = field(default_factory=Chosen)

    def production(self, cache: Cache, is_quick: bool = False) -> Production:
        return replace(super().production(cache, is_quick), choices=self.choices)

    def choose(self, picture: str, shot: str = "root", which: str = "start") -> None:
        self.choices = Chosen({**self.choices.pictures, (shot, which): picture})

    def variant(self, number: int) -> str:
        """The digest of a variant of the root's still, drawn now where it is not there."""
        with Cache.open(self.cache_folder) as cache:
            return asyncio.run(self._variant(cache, number))

    async def _variant(self, cache: Cache, number: int) -> str:
        production = self.production(cache)
        desk = FreeDesk(cache, self.engine, NAME)
        places, left = Places(1), dict[str, float]()
        performer = Performer(
            production.archive(), desk, production.shelf, places=places, remaining=left, watch=quiet
        )
        shot = production.board.shot("root")
        action = Recipe(production.board, performer).drawing(shot, "start")
        assert action is not None
        frame = await performer.variant(shot, replace(action, variant=number))
        assert isinstance(frame, Frame)
        return frame.digest


def quiet(event: object) -> None:
    """Nobody watches."""


def lose(stage: Stage, is_lost: Callable[[Record], bool]) -> None:
    """Remove answers from the cache."""
    with Cache.open(stage.cache_folder) as cache:
        for key in cache.records.digests():
            record = cache.records.get(key)
            if record and is_lost(record):
                cache.forget(key)


@pytest.fixture
def stage(stage: Stage) -> Choosing:
    return Choosing(stage.folder, stage.engine, stage.cache_folder)


def test_a_root_with_a_still_is_drawn_and_made(stage: Choosing) -> None:
    assert made(stage, ROOT)["root"] == calls(draw=1, video=1)


def test_a_drawn_picture_is_never_analyzed_nor_cleaned(stage: Choosing) -> None:
    shot = "root: {still: sea in a gale, prompt: root goes, annotated: true}"
    assert made(stage, shot)["root"] == calls(draw=1, video=1)


def test_improve_is_one_call_more(stage: Choosing) -> None:
    shot = "root: {still: sea in a gale, prompt: root goes, improve: more foam}"
    assert made(stage, shot)["root"] == calls(draw=1, improve=1, video=1)


def test_an_end_still_is_drawn_as_well(stage: Choosing) -> None:
    shot = "root: {still: sea in a gale, end_still: calm, prompt: root goes}"
    assert made(stage, shot)["root"] == calls(draw=2, video=1)


def test_the_same_storyboard_again_calls_nothing(stage: Choosing) -> None:
    made(stage, ROOT)
    assert made(stage, ROOT) == {"root": NONE}


@pytest.mark.parametrize(
    "twin",
    [
        "twin: {still: sea in a gale, prompt: twin goes}",
        "twin: {still: '  sea in  a gale', prompt: twin goes}",
        "twin: {still: sea in a gale, prompt: twin goes, camera: pan left}",
    ],
)
def test_two_shots_with_the_same_still_draw_it_once_between_them(
    stage: Choosing, twin: str
) -> None:
    made(stage, ROOT, twin)
    assert stage.engine.calls == calls(draw=1, video=2)


def test_another_context_draws_another_picture(stage: Choosing) -> None:
    twin = "twin: {still: sea in a gale, prompt: twin goes, context: {style: oil}}"
    made(stage, ROOT, twin)
    assert stage.engine.calls == calls(draw=2, video=2)


def test_a_still_needs_no_clip_and_no_extract(stage: Choosing) -> None:
    """A hard cut: it is drawn from the author's words, and still inherits the context."""
    child = "child: {after: root, still: a calm bay, prompt: child goes}"
    write(stage, ROOT, child)
    run = stage.render()
    assert stage.engine.calls == calls(draw=2, video=2, context=1)
    drawn = [r for r in stage.engine.requests if r.kind == "draw"]
    assert [r.inputs for r in drawn] == [(), ()]
    video = stage.engine.requests[[r.kind for r in stage.engine.requests].index("context") + 1]
    assert video.body["context"]["entities"] != []
    assert video.body["chained"] is False
    assert statuses(run) == {"root": "rendered", "child": "rendered"}


def test_a_bridge_to_a_still_ends_on_it_before_any_clip(stage: Choosing) -> None:
    bridge = "bridge: {after: root, until: next, prompt: bridge goes}"
    after = "next: {after: bridge, still: a calm bay, prompt: next goes}"
    made(stage, ROOT, bridge, after)
    video = {r.body["prompt"].split()[0]: r for r in stage.engine.requests if r.kind == "video"}
    assert video["bridge"].body["end"] == video["next"].body["start"]


@pytest.mark.parametrize("lost", ["draw", "improve"])
def test_a_lost_still_buys_no_clip_again(stage: Choosing, lost: str) -> None:
    shots = (ROOT, "child: {after: root, prompt: child goes, improve: true}")
    made(stage, *shots)
    stage.engine.differ("draw", "improve")
    lose(stage, lambda record: record.kind == lost)
    assert made(stage, *shots) == {"root": NONE, "child": NONE}
    edited = (shots[0].replace("prompt: root", "prompt: rooted"), shots[1])
    assert made(stage, *edited)["root"]["draw"] == (1 if lost == "draw" else 0)


def test_new_words_for_the_clip_keep_the_still(stage: Choosing) -> None:
    made(stage, ROOT)
    assert made(stage, ROOT.replace("goes", "stays"))["root"] == calls(video=1)


def test_new_words_for_the_still_are_a_new_clip(stage: Choosing) -> None:
    made(stage, ROOT)
    write(stage, ROOT.replace("gale", "storm"))
    run = stage.render()
    assert stage.engine.calls == calls(draw=1, video=1)
    assert reasons(run) == {"root": "start frame changed"}


def test_a_greater_still_serves_a_smaller_clip_and_not_the_other_way(stage: Choosing) -> None:
    large = ROOT.replace("}", ", resolution: 1080p}")
    made(stage, large)
    assert made(stage, ROOT)["root"] == calls(video=1)
    other = ROOT.replace("gale", "storm")
    made(stage, other)
    assert made(stage, other.replace("}", ", resolution: 1080p}"))["root"] == calls(draw=1, video=1)


# Choices.


def test_the_second_of_three_is_one_order_and_the_first_again_none(stage: Choosing) -> None:
    made(stage, ROOT)
    first, second, third = (stage.variant(number) for number in (1, 2, 3))
    assert len({first, second, third}) == 3
    stage.choose(second)
    assert made(stage, ROOT)["root"] == calls(video=1)
    stage.choose(first)
    assert made(stage, ROOT)["root"] == NONE
    stage.choose(second)
    assert made(stage, ROOT)["root"] == NONE


def test_a_choice_counts_though_every_still_and_frame_is_lost(stage: Choosing) -> None:
    """The clip is known by the picture it was bought from, and the picture by its digest alone."""
    made(stage, ROOT)
    first = stage.variant(1)
    lose(stage, lambda record: record.kind != "video")
    stage.choose(first)
    assert made(stage, ROOT)["root"] == NONE


def test_a_chosen_still_is_the_reason(stage: Choosing) -> None:
    made(stage, ROOT)
    stage.choose(stage.variant(2))
    write(stage, ROOT)
    assert reasons(stage.render()) == {"root": "still changed"}


def test_a_chosen_still_that_is_nowhere_holds_its_shot_and_what_follows(stage: Choosing) -> None:
    stage.choose("f" * 64)
    write(stage, ROOT, "child: {after: root, prompt: child goes}", "free: {still: b, prompt: f}")
    planned = {shot.id: shot.decision for shot in stage.plan().shots}
    assert planned == {
        "root": Decision.HOLD,
        "child": Decision.BLOCKED,
        "free": Decision.RENDER,
    }
    run = stage.render()
    assert statuses(run) == {"root": "held", "child": "blocked", "free": "rendered"}
    assert stage.engine.calls == calls(draw=1, video=1)


def test_a_chosen_still_is_taken_from_beside_the_storyboard(stage: Choosing) -> None:
    picture = stage.put("board.stills/root.start.3.png", clips.picture(clips.colour(9)))
    stage.choose(pixel_digest(picture.read_bytes()))
    assert made(stage, ROOT)["root"] == calls(video=1)
    video = stage.engine.requests[-1]
    assert video.body["start"] == pixel_digest(picture.read_bytes())
    other = ROOT.replace("root", "other")
    write(stage, other)
    stage.choices = Chosen({("other", "start"): pixel_digest(picture.read_bytes())})
    assert statuses(stage.render()) == {"other": "held"}


def test_a_clip_that_is_there_needs_no_still(stage: Choosing) -> None:
    made(stage, ROOT)
    picture = stage.variant(2)
    stage.choose(picture)
    made(stage, ROOT)
    lose(stage, lambda record: record.about.get("pixels") == picture)
    assert made(stage, ROOT) == {"root": NONE}


def test_choices_never_alter_the_intent_of_other_shots(stage: Choosing) -> None:
    """Only a shot that has a still can have one chosen."""
    stage.picture("plain.png", 1)
    shots = ("root: {image: plain.png, prompt: r}", "child: {after: root, prompt: c}")
    write(stage, *shots)
    before = intents(stage.render())
    stage.choose("f" * 64)
    stage.choose("f" * 64, "child", "end")
    assert intents(stage.render()) == before


def intents(run: Run) -> dict[str, str | None]:
    return {shot.id: shot.intent for shot in run.shots}


def test_pruning_keeps_every_variant_and_the_chosen_one(stage: Choosing) -> None:
    made(stage, ROOT)
    pictures = {stage.variant(number) for number in (1, 2)}
    stage.choose(stage.variant(3))
    write(stage, ROOT)
    with Cache.open(stage.cache_folder) as cache:
        kept = asyncio.run(reached(stage.production(cache)))
        records = filter(None, map(cache.records.get, cache.records.digests()))
        drawn = [record for record in records if record.kind == "draw"]
    assert {str(record.about["pixels"]) for record in drawn} == {*pictures, stage.variant(3)}
    assert all({record.key, record.blob} <= kept for record in drawn)


# The animatic over real stills.


def with_animatic(stage: Choosing) -> Choosing:
    return Choosing(stage.folder, Animatic(), stage.cache_folder)  # type: ignore[arg-type]


def test_the_animatic_moves_over_a_card_until_there_is_a_still(stage: Choosing) -> None:
    animatic = with_animatic(stage)
    shot = ROOT.replace("}", ", duration: 4, resolution: 360p}")
    write(stage, shot)
    on_card = intents(animatic.render())
    assert intents(animatic.render()) == on_card
    with Cache.open(stage.cache_folder) as cache:
        records = filter(None, map(cache.records.get, cache.records.digests()))
        card = next(record for record in records if record.kind == "draw")
        assert stage.production(cache).archive().picture(str(card.about["pixels"])) is None
    first = stage.variant(1)
    moved = animatic.render()
    assert statuses(moved) == {"root": "rendered"}
    assert intents(moved) != on_card
    second = stage.variant(2)
    animatic.choose(second)
    again = animatic.render()
    assert statuses(again) == {"root": "rendered"}
    animatic.choose(first)
    assert intents(animatic.render()) == intents(moved)
