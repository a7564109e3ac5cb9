"""After the order: asking how it stands, by its name alone, and getting the clip."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from krafity_cli.engines.protocol import (
    Answer,
    Busy,
    Done,
    Failed,
    Filtered,
    Gone,
    Outcome,
    Progress,
    Running,
    Stalled,
)
from krafity_cli.engines.vertex import Vertex
from krafity_cli.media.containers.container import sniff
from tests.engines.vertex.conftest import Use
from tests.engines.vertex.scenes import VIDEO, video
from tests.engines.vertex.test_submit import NAME, submit
from tests.google.server import GoogleServer
from tests.google.veo import WORDS


def poll(use: Use, operation: str = NAME) -> Progress:
    """Ask in a new process, as far as an engine can tell."""
    return use(lambda engine: engine.poll(engine.request(video(), VIDEO), operation))


def fetch(use: Use, done: Done) -> Outcome:
    return use(lambda engine: engine.fetch(engine.request(video(), VIDEO), NAME, done))


def ordered(google: GoogleServer, use: Use, fate: str = "", **options: Any) -> None:
    if fate:
        google.fault("video", fate, **options)
    assert use(submit) == NAME


def test_an_order_runs_and_is_then_done_with_its_clip(google: GoogleServer, use: Use) -> None:
    google.world.manners.polls = 2
    ordered(google, use)
    assert [poll(use), poll(use)] == [Running(), Running()]
    done = poll(use)
    assert isinstance(done, Done)
    assert sniff((done.result or b"")[:64]) == "mov"
    assert google.count("poll") == 3


def test_the_clip_costs_its_seconds(google: GoogleServer, use: Use) -> None:
    ordered(google, use)
    done = poll(use)
    assert isinstance(done, Done)
    answer = fetch(use, done)
    assert answer == Answer(
        done.result or b"", 0.32, "list price: 4 s of 720p without sound at $0.08 per second"
    )


def test_the_same_order_twice_gives_two_clips(google: GoogleServer, use: Use) -> None:
    ordered(google, use)
    second = use(submit)
    assert isinstance(second, str)
    assert second != NAME
    assert poll(use) != poll(use, second)


def test_more_orders_are_asked_after_at_once_than_a_pool_usually_holds(
    google: GoogleServer, use: Use
) -> None:
    """Each poll is answered when all have arrived: with the usual 100 connections none would be."""
    many = 110
    ordered(google, use)
    google.fault("poll", "meet", times=many, barrier=threading.Barrier(many))

    async def all_at_once(engine: Vertex) -> list[Progress]:
        request = engine.request(video(), VIDEO)
        return await asyncio.gather(*(engine.poll(request, NAME) for _ in range(many)))

    assert {type(progress) for progress in use(all_at_once)} == {Done}


def test_an_operation_lives_where_its_name_says(google: GoogleServer, use: Use) -> None:
    google.world.manners.models[VIDEO] = ("us-east5",)
    name = use(lambda engine: submit(engine, location="us-east5"))
    assert isinstance(name, str)
    assert isinstance(poll(use, name), Done)
    assert google.calls[-1].location == "us-east5"


def test_a_filtered_clip_has_the_filters_words_and_code(google: GoogleServer, use: Use) -> None:
    ordered(google, use, "filtered")
    assert poll(use) == Filtered(WORDS, "15236754")
    assert google.billed() == 0


def test_a_filter_that_gives_no_reason_is_a_filter_all_the_same(
    google: GoogleServer, use: Use
) -> None:
    ordered(google, use, "filtered", message="")
    assert poll(use) == Filtered("a safety filter blocked the clip and gave no reason")


def test_an_operation_that_ends_in_an_error_failed(google: GoogleServer, use: Use) -> None:
    ordered(google, use, "error", code=3, message="No such voice.")
    assert poll(use) == Failed(
        "Vertex AI could not make the clip (code 3)",
        "No such voice.",
        "nothing was billed; order it again with `--retry failed`",
    )


@pytest.mark.parametrize("code", [8, 13, 14])
def test_an_operation_that_the_service_broke_off_may_be_billed(
    google: GoogleServer, use: Use, code: int
) -> None:
    ordered(google, use, "error", code=code, message="Internal error, please retry.")
    assert poll(use) == Failed(
        f"Vertex AI could not make the clip (code {code})",
        "Internal error, please retry.; it may have been billed",
        "order it again with `--retry failed`",
    )


def test_a_poll_that_is_refused_says_nothing_of_the_order(google: GoogleServer, use: Use) -> None:
    ordered(google, use)
    google.fault("poll", "says", answer="invalid_argument")
    why = (
        "Vertex AI could not report the state of the order (400): "
        "Request contains an invalid argument."
    )
    assert poll(use) == Stalled(10.0, why)
    assert isinstance(poll(use), Done)


def test_a_model_that_is_gone_says_nothing_of_an_order_for_it(
    google: GoogleServer, use: Use
) -> None:
    ordered(google, use)
    google.world.manners.gone[VIDEO] = google.world.manners.today
    outcome = poll(use)
    assert isinstance(outcome, Failed)
    assert outcome.everywhere


def test_an_operation_that_ends_in_a_refusal_is_filtered(google: GoogleServer, use: Use) -> None:
    ordered(google, use, "refusal")
    assert poll(use) == Filtered(WORDS, "15236754")


def test_an_operation_that_ends_with_neither_clip_nor_reason_is_possibly_paid(
    google: GoogleServer, use: Use
) -> None:
    ordered(google, use, "nothing")
    assert poll(use) == Gone(
        "Vertex AI ended the operation with neither a clip nor a reason; it may have been billed"
    )


def test_an_operation_that_is_not_known_any_more_is_gone(google: GoogleServer, use: Use) -> None:
    ordered(google, use)
    google.fault("poll", "forgotten")
    gone = Gone(f"Vertex AI does not know this operation: Operation {NAME} was not found.")
    assert [poll(use), poll(use)] == [gone, gone]


def test_what_is_no_operation_is_gone_without_asking(google: GoogleServer, use: Use) -> None:
    assert poll(use, "op\x1b[2J") == Gone(
        "`op[2J` is not the name of an operation of this project on Vertex AI"
    )
    assert google.calls == []


@pytest.mark.parametrize(
    "fault",
    ["close_before", "close_after", "cut", "garbled", "hang", "500", "503", "504", "html"],
)
def test_a_bad_poll_says_nothing_of_the_order(google: GoogleServer, use: Use, fault: str) -> None:
    ordered(google, use)
    google.fault("poll", fault)
    use.patience = {"poll": 0.3}
    bad = poll(use)
    assert isinstance(bad, Stalled)
    assert (bad.again_in, bad.answered) == (10.0, False)
    use.patience = {}
    assert isinstance(poll(use), Done)
    assert (google.count("video"), google.count("poll")) == (1, 2)


def test_a_poll_waits_as_long_as_the_service_wishes(google: GoogleServer, use: Use) -> None:
    ordered(google, use)
    google.fault("poll", "429", retry_after=42)
    google.fault("poll", "503", retry_info="3s")
    wishes = [poll(use), poll(use)]
    assert [bad.again_in for bad in wishes if isinstance(bad, Stalled)] == [42.0, 3.0]


@pytest.mark.parametrize("status", ["401", "403"])
def test_a_poll_nobody_may_ask_fails_everywhere(
    google: GoogleServer, use: Use, status: str
) -> None:
    ordered(google, use)
    google.fault("poll", status)
    outcome = poll(use)
    assert isinstance(outcome, Failed)
    assert outcome.everywhere


def test_a_clip_in_a_bucket_is_fetched_with_the_same_credentials(
    google: GoogleServer, use: Use
) -> None:
    use.settings = {"bucket": "gs://film-bucket"}
    ordered(google, use, "gcs")
    done = poll(use)
    assert done == Done(None, "gs://film-bucket/1/sample_0.mp4")
    assert isinstance(done, Done)
    answer = fetch(use, done)
    assert isinstance(answer, Answer)
    assert (sniff(answer.content[:64]), answer.cost_usd) == ("mov", 0.32)
    assert google.calls[-1].kind == "download"


def test_a_clip_that_comes_damaged_out_of_a_bucket_is_fetched_again_later(
    google: GoogleServer, use: Use
) -> None:
    use.settings = {"bucket": "gs://film-bucket"}
    ordered(google, use, "gcs")
    done = poll(use)
    assert isinstance(done, Done)
    google.fault("download", "damaged")
    assert fetch(use, done) == Busy("gs://film-bucket/1/sample_0.mp4 arrived damaged")
    google.fault("download", "cut")
    broken = fetch(use, done)
    assert isinstance(broken, Busy)
    assert broken.why.startswith("gs://film-bucket/1/sample_0.mp4 cannot be fetched: ")
    assert isinstance(fetch(use, done), Answer)


def test_a_clip_that_is_not_in_its_bucket_says_what_is_needed(
    google: GoogleServer, use: Use
) -> None:
    use.settings = {"bucket": "gs://film-bucket"}
    failed = fetch(use, Done(None, "gs://film-bucket/7/none.mp4"))
    assert isinstance(failed, Failed)
    assert failed.what == "gs://film-bucket/7/none.mp4 cannot be fetched"
    assert failed.why.startswith("Cloud Storage answers 404: ")
    assert failed.hint == (
        "give the account the role roles/storage.objectViewer for the bucket, and run again"
    )


def test_a_clip_at_no_place_cannot_be_fetched(use: Use) -> None:
    assert fetch(use, Done()) == Failed(
        "the finished clip cannot be fetched", "its location is unknown", code="unfetchable-clip"
    )


def test_half_a_clip_is_handed_on_for_the_caller_to_judge(google: GoogleServer, use: Use) -> None:
    """Whether a clip is whole is decided once, for all engines, before it is kept."""
    ordered(google, use, "truncated")
    done = poll(use)
    assert isinstance(done, Done)
    assert sniff((done.result or b"")[:64]) == "mov"


def test_polling_the_past_does_not_need_the_request(google: GoogleServer, use: Use) -> None:
    ordered(google, use)

    async def other(engine: Vertex) -> Progress:
        return await engine.poll(engine.request(video(duration=8), VIDEO), NAME)

    assert isinstance(use(other), Done)
