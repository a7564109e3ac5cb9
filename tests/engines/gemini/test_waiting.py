"""Waiting mode: the order is answered when its clip is there."""

from __future__ import annotations

from typing import Any

import pytest

from krafity_cli.engines.gemini import Gemini
from krafity_cli.engines.protocol import Answer, Done, Failed, Filtered
from krafity_cli.media.containers.container import sniff
from tests.engines.gemini.conftest import Use
from tests.engines.gemini.scenes import NAME, order, submit
from tests.google.developer import AQ_KEY
from tests.google.interactions import WORDS
from tests.google.server import GoogleServer


@pytest.fixture(autouse=True)
def _waiting(use: Use) -> None:
    use.environment["KRAFITY_GEMINI_WAITING"] = "1"


def test_the_clip_comes_with_the_answer(google: GoogleServer, use: Use) -> None:
    answer = use(submit)
    assert isinstance(answer, Answer)
    assert sniff(answer.content[:64]) == "mov"
    assert answer.cost_usd == pytest.approx(google.bill(), abs=1e-6)
    (call,) = google.calls
    assert (call.body["background"], call.body["store"]) == (False, True)


def test_nobody_asks_after_it_so_a_key_that_may_not_does_not_matter(
    google: GoogleServer, use: Use
) -> None:
    use.environment["GEMINI_API_KEY"] = AQ_KEY
    assert isinstance(use(submit), Answer)
    assert google.count("poll") == 0


def test_a_clip_in_a_file_is_fetched_without_asking_for_the_interaction(
    google: GoogleServer, use: Use
) -> None:
    use.environment["GEMINI_API_KEY"] = AQ_KEY

    async def whole(engine: Gemini) -> Any:
        name = await submit(engine, resolution="4k")
        assert name == NAME
        request = order(engine, resolution="4k")
        done = await engine.poll(request, NAME)
        assert isinstance(done, Done)
        return await engine.fetch(request, NAME, done)

    assert isinstance(use(whole), Answer)
    assert [call.kind for call in google.calls] == ["video", "file", "download"]


def test_an_answer_that_still_runs_is_asked_after(google: GoogleServer, use: Use) -> None:
    google.fault("video", "answer", value={"id": NAME, "status": "in_progress"})
    assert use(submit) == NAME


@pytest.mark.parametrize("fate", ["words", "errors", "step", "refused"])
def test_a_refusal_comes_with_the_answer_in_each_of_its_shapes(
    google: GoogleServer, use: Use, fate: str
) -> None:
    google.fault("video", fate)
    assert use(submit) == Filtered(WORDS, "15236754")
    assert google.count("video") == 1


def test_a_failure_is_told_under_its_id_so_that_it_is_remembered(
    google: GoogleServer, use: Use
) -> None:
    google.fault("video", "errors", code="unsupported", message="Try another.")

    async def failed(engine: Gemini) -> Any:
        assert await submit(engine) == NAME
        return await engine.poll(order(engine), NAME)

    assert google.count("poll") == 0
    assert use(failed) == Failed(
        "the Gemini API could not make the clip (failed, unsupported)",
        "Try another.",
        "order it again with `--retry failed`",
    )


def test_an_answer_that_asks_to_go_on_is_not_continued_by_a_second_post(
    google: GoogleServer, use: Use
) -> None:
    value = {"id": NAME, "status": "requires_continuation", "continuation_token": "more"}
    google.fault("video", "answer", value=value)
    assert use(submit) == NAME
    assert google.count("video") == 1
