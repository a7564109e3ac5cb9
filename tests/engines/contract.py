"""What holds for every engine, whatever performs: one suite, run against each.

A test module subclasses `EngineContract` and says with `at_work` how an engine is set up.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from krafity_cli.engines.protocol import (
    KINDS,
    Action,
    Analyze,
    Answer,
    Clean,
    Done,
    Draw,
    Drawings,
    Engine,
    Failed,
    Improve,
    OrderEngine,
    ReadContext,
    Video,
)
from krafity_cli.media.containers.container import sniff
from krafity_cli.media.pictures.stills import decode, png
from krafity_cli.storyboard.context import Entity, SceneContext

AtWork = Callable[[], AbstractAsyncContextManager[Engine]]

PICTURE, REFERENCE, CLIP = "a" * 64, "b" * 64, "c" * 64
KNOWN = SceneContext(style="ink", entities=(Entity("boat", "a paper boat", "white"),))
DRAW = Draw("A paper boat on a crest, low angle.", "16:9", "720p", KNOWN)
ACTIONS: dict[str, Action] = {
    "analyze": Analyze(PICTURE),
    "clean": Clean(PICTURE),
    "draw": DRAW,
    "improve": Improve(PICTURE, "warmer light", (REFERENCE,)),
    "video": Video(PICTURE, "The boat drifts.", 4, "16:9", "720p", end=REFERENCE),
    "context": ReadContext(CLIP, "The boat drifts.", KNOWN),
}
INPUTS = {
    "analyze": {PICTURE},
    "clean": {PICTURE},
    "draw": set(),
    "improve": {PICTURE, REFERENCE},
    "video": {PICTURE, REFERENCE},
    "context": {CLIP},
}


def model_for(engine: Engine, action: Action) -> str:
    """The model the engine itself would take."""
    return engine.models(action.role)[0]


def materials(clip: bytes = b"") -> dict[str, bytes]:
    """A picture with a red arrow, a plain one, and a clip."""
    plain = np.full((180, 320, 3), 200, np.uint8)
    marked = plain.copy()
    marked[86:94, 80:240] = (255, 0, 0)
    for back in range(30):
        for row in (90 - back, 90 + back):
            marked[row - 3 : row + 4, 236 - back : 244 - back] = (255, 0, 0)
    return {PICTURE: png(marked), REFERENCE: png(plain), CLIP: clip}


async def clip_of(engine: Engine) -> bytes:
    """A clip made by this engine, in the way it makes clips."""
    request = engine.request(ACTIONS["video"], model_for(engine, ACTIONS["video"]))
    if not isinstance(engine, OrderEngine):
        answer = await engine.perform(request, materials())
    else:
        name = await engine.submit(request, materials())
        assert isinstance(name, str)
        done = await engine.poll(request, name)
        assert isinstance(done, Done)
        answer = await engine.fetch(request, name, done)
    assert isinstance(answer, Answer)
    return answer.content


class EngineContract:
    """The rules. `at_work` is a fixture that gives an engine as an async context manager."""

    @pytest.fixture
    def at_work(self) -> AtWork:
        """Where the engine under test comes from."""
        raise NotImplementedError

    def test_it_says_what_it_is(self, at_work: AtWork) -> None:
        async def look(engine: Engine) -> None:
            assert isinstance(engine, Engine)
            assert engine.parallel >= 1
            assert engine.identity().startswith(engine.name)
            for role in ("vision", "image", "video"):
                use, accept = engine.models(role)
                assert use not in accept

        _run(at_work, look)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_request_is_pure_and_json_and_names_its_inputs(
        self, at_work: AtWork, kind: str
    ) -> None:
        async def look(engine: Engine) -> None:
            action = ACTIONS[kind]
            request = engine.request(action, model_for(engine, action))
            again = engine.request(action, model_for(engine, action))
            assert (request.kind, set(request.inputs)) == (kind, INPUTS[kind])
            assert request.digest == again.digest
            assert json.loads(json.dumps(request.to_json())) == request.to_json()

        _run(at_work, look)

    @pytest.mark.parametrize("kind", KINDS)
    def test_another_model_is_another_order(self, at_work: AtWork, kind: str) -> None:
        async def look(engine: Engine) -> None:
            action = ACTIONS[kind]
            one = engine.request(action, model_for(engine, action))
            assert one.digest != engine.request(action, "another-model").digest

        _run(at_work, look)

    def test_what_it_says_it_can_it_does_not_refuse(self, at_work: AtWork) -> None:
        async def look(engine: Engine) -> None:
            action = ACTIONS["video"]
            model = model_for(engine, action)
            can = engine.capabilities(model)
            for resolution in can.resolutions:
                for shape in can.aspect_ratios:
                    for duration in can.durations_at.get(resolution, can.durations):
                        asked = Video(PICTURE, "Go.", duration, shape, resolution)
                        assert list(engine.refusals(asked, model)) == []

        _run(at_work, look)

    def test_what_it_cannot_it_refuses_by_the_name_of_the_field(self, at_work: AtWork) -> None:
        async def look(engine: Engine) -> None:
            asked = Video(PICTURE, "Go.", 999, "7:5", "8k")
            refused = engine.refusals(asked, model_for(engine, asked))
            fields = {refusal.field for refusal in refused}
            assert fields == {"duration", "aspect_ratio", "resolution"}
            assert all(refusal.message and refusal.code for refusal in refused)

        _run(at_work, look)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_price_is_known_and_nothing_is_free_that_is_paid(
        self, at_work: AtWork, kind: str
    ) -> None:
        async def look(engine: Engine) -> None:
            action = ACTIONS[kind]
            price = engine.price(engine.request(action, model_for(engine, action)))
            assert price is not None
            assert (price.usd > 0) == engine.paid

        _run(at_work, look)

    def test_an_analysis_is_drawings(self, at_work: AtWork) -> None:
        answer = self._performed(at_work, "analyze")
        assert Drawings.from_json(json.loads(answer.content)).drawn

    def test_a_cleaned_picture_is_a_png_of_the_same_size(self, at_work: AtWork) -> None:
        answer = self._performed(at_work, "clean")
        assert answer.content.startswith(b"\x89PNG")
        assert decode(answer.content).shape == (180, 320, 3)

    def test_an_improved_picture_is_a_png_of_the_same_shape(self, at_work: AtWork) -> None:
        answer = self._performed(at_work, "improve")
        height, width = decode(answer.content).shape[:2]
        assert answer.content.startswith(b"\x89PNG")
        assert abs(width / height / (16 / 9) - 1) < 0.02

    @pytest.mark.parametrize(("shape", "ratio"), [("16:9", 16 / 9), ("9:16", 9 / 16)])
    def test_a_drawn_picture_is_a_png_of_the_shape_asked_for(
        self, at_work: AtWork, shape: str, ratio: float
    ) -> None:
        async def look(engine: Engine) -> None:
            action = replace(DRAW, aspect_ratio=shape)
            answer = await engine.perform(engine.request(action, model_for(engine, action)), {})
            assert isinstance(answer, Answer), answer
            height, width = decode(answer.content).shape[:2]
            assert answer.content.startswith(b"\x89PNG")
            assert abs(width / height / ratio - 1) < 0.02

        _run(at_work, look)

    def test_other_words_context_or_shape_are_another_still(self, at_work: AtWork) -> None:
        async def look(engine: Engine) -> None:
            others = (
                replace(DRAW, words="A paper boat in a trough."),
                replace(DRAW, context=SceneContext(style="oil")),
                replace(DRAW, aspect_ratio="9:16"),
            )
            model = model_for(engine, DRAW)
            asked = [engine.request(action, model).digest for action in (DRAW, *others)]
            assert len(set(asked)) == len(asked)

        _run(at_work, look)

    def test_each_variant_of_a_still_is_an_order_of_its_own(self, at_work: AtWork) -> None:
        async def look(engine: Engine) -> None:
            model = model_for(engine, DRAW)
            if engine.capabilities(engine.models("video")[0]).stills:
                variants = [replace(DRAW, variant=n) for n in range(1, 9)]
                assert len({engine.request(each, model).digest for each in variants}) == 8

        _run(at_work, look)

    def test_a_clip_is_an_mp4_and_has_a_scene_context(self, at_work: AtWork) -> None:
        async def look(engine: Engine) -> None:
            clip = await clip_of(engine)
            assert sniff(clip[:64]) == "mov"
            action = ACTIONS["context"]
            request = engine.request(action, model_for(engine, action))
            answer = await engine.perform(request, materials(clip))
            assert isinstance(answer, Answer)
            found = SceneContext.from_json(json.loads(answer.content))
            assert len(found.entities) <= 8
            assert found.capped() == found

        _run(at_work, look)

    @pytest.mark.parametrize("kind", ["analyze", "clean", "improve"])
    def test_a_picture_that_cannot_be_read_is_a_failure_and_no_exception(
        self, at_work: AtWork, kind: str
    ) -> None:
        async def look(engine: Engine) -> None:
            action = ACTIONS[kind]
            request = engine.request(action, model_for(engine, action))
            broken = dict.fromkeys(request.inputs, b"no picture")
            outcome = await engine.perform(request, broken)
            assert isinstance(outcome, Failed)
            assert outcome.what

        _run(at_work, look)

    def _performed(self, at_work: AtWork, kind: str) -> Answer:
        async def look(engine: Engine) -> Answer:
            action = ACTIONS[kind]
            request = engine.request(action, model_for(engine, action))
            answer = await engine.perform(request, materials())
            assert isinstance(answer, Answer), answer
            return answer

        answer: Answer = _run(at_work, look)
        return answer


def _run(at_work: AtWork, look: Callable[[Engine], Any]) -> Any:
    async def main() -> Any:
        async with at_work() as engine:
            return await look(engine)

    return asyncio.run(main())
