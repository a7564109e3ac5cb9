"""After the order: asking how it stands, by its id alone, getting the clip, stopping it."""

from __future__ import annotations

from typing import Any

import pytest

from krafity_cli.engines.gemini import Gemini
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
from krafity_cli.media.containers.container import sniff
from tests.engines.gemini.conftest import Use
from tests.engines.gemini.scenes import NAME, order, submit
from tests.google.developer import AQ_KEY, KEY
from tests.google.interactions import TWO_CREDENTIALS, WORDS
from tests.google.server import GoogleServer

FILE = "https://generativelanguage.googleapis.com/v1beta/files/clip00000001:download?alt=media"
MISSED = (
    "it is running and will be billed, but this key is not allowed to check on it; run again with "
    "a key that is: "
)


def poll(use: Use, name: str = NAME) -> Progress:
    """Ask in a new process, as far as an engine can tell."""
    return use(lambda engine: engine.poll(order(engine), name))


def fetch(use: Use, done: Done, **changes: Any) -> Outcome:
    return use(lambda engine: engine.fetch(order(engine, **changes), NAME, done))


def ordered(google: GoogleServer, use: Use, fate: str = "", **options: Any) -> None:
    if fate:
        google.fault("video", fate, **options)
    assert use(submit) == NAME


def done(use: Use) -> Done:
    found = poll(use)
    assert isinstance(found, Done), found
    return found


def test_an_order_runs_and_is_then_done_with_its_clip(google: GoogleServer, use: Use) -> None:
    google.world.manners.polls = 2
    ordered(google, use)
    assert [poll(use), poll(use)] == [Running(), Running()]
    assert sniff((done(use).result or b"")[:64]) == "mov"
    assert google.count("poll") == 3


def test_the_clip_costs_what_its_tokens_cost(google: GoogleServer, use: Use) -> None:
    google.world.manners.thoughts = 700
    ordered(google, use)
    answer = fetch(use, done(use))
    assert isinstance(answer, Answer)
    assert answer.basis == "1132 tokens in, 700 out, 23168 of video"
    assert answer.cost_usd == pytest.approx(google.bill(), abs=1e-6)


def test_where_the_answer_names_no_tokens_the_list_price_is_booked(use: Use) -> None:
    answer = fetch(use, Done(b"clip"))
    assert isinstance(answer, Answer)
    assert (answer.cost_usd, answer.basis) == (
        0.278,
        "list price: 4 s of 720p with sound, which krafity removes, at $0.0695 per second",
    )


def test_a_refusal_in_words_costs_what_was_read_and_thought(google: GoogleServer, use: Use) -> None:
    google.world.manners.thoughts = 700
    google.fault("video", "words")
    ordered(google, use)
    found = poll(use)
    assert isinstance(found, Filtered)
    assert found.billed is not None
    assert 0 < found.billed.usd == pytest.approx(google.bill(), abs=1e-6)


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_an_order_that_is_waited_for_runs(google: GoogleServer, use: Use, status: str) -> None:
    ordered(google, use, "status", value=status)
    assert poll(use) == Running()


@pytest.mark.parametrize("status", ["requires_action", "requires_continuation", "idle", "dreaming"])
def test_a_status_in_which_nothing_comes_by_itself_is_told(
    google: GoogleServer, use: Use, status: str
) -> None:
    ordered(google, use, "status", value=status)
    why = f"the Gemini API says no more of it than `{status}`"
    assert poll(use) == Stalled(30.0, why, answered=True)


def test_a_poll_that_is_refused_says_nothing_of_the_order(google: GoogleServer, use: Use) -> None:
    ordered(google, use)
    google.fault("poll", "says", answer="invalid_argument")
    why = (
        "the Gemini API could not report the state of the order "
        "(400): Request contains an invalid argument."
    )
    assert poll(use) == Stalled(10.0, why)
    assert isinstance(poll(use), Done)


def test_a_page_that_is_not_there_says_nothing_of_the_order(google: GoogleServer, use: Use) -> None:
    ordered(google, use)
    google.fault("poll", "html", status=404)
    assert not isinstance(poll(use), Gone)
    assert isinstance(poll(use), Done)


def test_completed_without_its_clip_is_billed_and_no_refusal(
    google: GoogleServer, use: Use
) -> None:
    ordered(google, use, "without")
    assert poll(use) == Gone(
        "the Gemini API made the clip (23168 tokens of video), but did not send it; it is billed"
    )
    assert google.billed("video") == 1


def test_an_error_of_the_service_itself_may_be_billed(google: GoogleServer, use: Use) -> None:
    ordered(google, use, "step", message="Internal error.", code=13)
    assert poll(use) == Failed(
        "the Gemini API could not make the clip (failed, 13)",
        "Internal error.; it may have been billed",
        "order it again with `--retry failed`",
    )


def test_completed_with_words_instead_of_a_clip_is_filtered(google: GoogleServer, use: Use) -> None:
    ordered(google, use, "words")
    assert poll(use) == Filtered(WORDS, "15236754")
    assert google.billed() == 0


def test_completed_with_neither_clip_nor_words_nor_usage_is_asked_after_and_then_possibly_paid(
    google: GoogleServer, use: Use
) -> None:
    """As one thread shows it: the clip lay in the bucket, and only what was sent came back."""
    ordered(google, use, "bare")
    stalled = poll(use)
    assert isinstance(stalled, Stalled)
    assert (stalled.answered, stalled.why) == (
        True,
        "the Gemini API says `completed`, and sends neither a clip nor a reason",
    )
    assert google.billed() == 1


def test_completed_without_a_word_after_it_thought_is_filtered(
    google: GoogleServer, use: Use
) -> None:
    ordered(google, use, "words", message="")
    assert poll(use) == Filtered("the model returned no clip and gave no reason")


@pytest.mark.parametrize("fate", ["errors", "step"])
def test_an_error_in_a_filters_words_is_filtered(google: GoogleServer, use: Use, fate: str) -> None:
    ordered(google, use, fate)
    assert poll(use) == Filtered(WORDS, "15236754")


def test_a_step_that_failed_in_an_interaction_that_completed_is_no_clip(
    google: GoogleServer, use: Use
) -> None:
    ordered(google, use, "step", status="completed", message="No such voice.", code=3)
    assert poll(use) == Failed(
        "the Gemini API could not make the clip (completed, 3)",
        "No such voice.",
        "order it again with `--retry failed`",
    )


def test_an_error_whose_code_is_a_filters_is_filtered(google: GoogleServer, use: Use) -> None:
    code = "https://ai.google.dev/errors/content_safety"
    ordered(google, use, "errors", code=code, message="Try another picture.")
    assert poll(use) == Filtered("Try another picture.", "content_safety")


def test_any_other_error_is_a_failure_with_its_words(google: GoogleServer, use: Use) -> None:
    ordered(google, use, "errors", code="unsupported", message="Try another.")
    assert poll(use) == Failed(
        "the Gemini API could not make the clip (failed, unsupported)",
        "Try another.",
        "order it again with `--retry failed`",
    )


@pytest.mark.parametrize("status", ["failed", "incomplete", "budget_exceeded"])
def test_an_end_without_a_word_is_a_failure(google: GoogleServer, use: Use, status: str) -> None:
    ordered(google, use, "status", value=status)
    assert poll(use) == Failed(
        f"the Gemini API could not make the clip ({status})",
        "it gave no reason",
        "order it again with `--retry failed`",
    )


def test_a_cancelled_order_failed(google: GoogleServer, use: Use) -> None:
    google.world.manners.polls = 1
    ordered(google, use)
    cancelled = Failed(
        "the order was cancelled", "", "order it again with `--retry failed`", code="cancelled"
    )

    async def stop(engine: Gemini) -> Progress:
        return await engine.cancel(order(engine), NAME)

    assert poll(use) == Running()
    assert [use(stop), poll(use)] == [cancelled, cancelled]
    assert google.count("cancel") == 1


def test_cancelling_what_is_not_known_is_told(google: GoogleServer, use: Use) -> None:
    assert use(lambda engine: engine.cancel(order(engine), "v1_none")) == Gone(
        "the Gemini API does not know this interaction: Invalid interaction name: v1_none"
    )


def test_nobody_cancels_unasked(google: GoogleServer, use: Use) -> None:
    google.world.manners.polls = 9
    ordered(google, use)
    poll(use)
    assert google.count("cancel") == 0


def test_an_interaction_that_is_not_known_any_more_is_gone(google: GoogleServer, use: Use) -> None:
    ordered(google, use)
    google.fault("poll", "forgotten")
    gone = Gone(f"the Gemini API does not know this interaction: Invalid interaction name: {NAME}")
    assert [poll(use), poll(use)] == [gone, gone]


def test_what_is_no_id_is_gone_without_asking(google: GoogleServer, use: Use) -> None:
    assert poll(use, "a/../b\x1b[2J") == Gone("`a/../b[2J` is not the id of an interaction")
    assert google.calls == []


def test_an_order_that_a_key_may_not_ask_after_is_left_to_one_that_may(
    google: GoogleServer, use: Use
) -> None:
    ordered(google, use)
    use.environment["GEMINI_API_KEY"] = AQ_KEY
    assert poll(use) == Stalled(None, MISSED + TWO_CREDENTIALS, patience=0.0)
    use.environment["GEMINI_API_KEY"] = KEY
    assert isinstance(poll(use), Done)
    assert (google.count("video"), google.billed("video")) == (1, 1)


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


def test_a_poll_nobody_may_ask_fails_everywhere(google: GoogleServer, use: Use) -> None:
    ordered(google, use)
    use.environment["GEMINI_API_KEY"] = "another"
    outcome = poll(use)
    assert isinstance(outcome, Failed)
    assert outcome.everywhere


def test_a_clip_in_a_file_is_fetched_when_the_file_is_ready(google: GoogleServer, use: Use) -> None:
    google.world.manners.files_ready_after = 2
    ordered(google, use, "uri")
    assert [poll(use), poll(use)] == [Running(5.0), Running(5.0)]
    assert poll(use) == Done(None, FILE)
    answer = fetch(use, Done(None, FILE))
    assert isinstance(answer, Answer)
    assert (sniff(answer.content[:64]), answer.cost_usd) == ("mov", 0.278)
    assert google.count("file", "download") == 4


def test_a_clip_whose_file_is_gone_is_gone(google: GoogleServer, use: Use) -> None:
    ordered(google, use, "uri")
    google.fault("file", "expired")
    assert poll(use) == Gone(
        "its file is gone, files are kept for 48 hours: You do not have permission to access the "
        "File clip00000001 or it may not exist."
    )


def test_a_file_that_goes_between_poll_and_fetch_is_a_failure(
    google: GoogleServer, use: Use
) -> None:
    ordered(google, use, "uri")
    found = done(use)
    google.fault("download", "expired")
    assert fetch(use, found) == Failed(
        "the provider no longer has its file",
        "files are kept for 48 hours: You do not have permission to access the File clip00000001 "
        "or it may not exist.",
        code="clip-gone",
    )


def test_a_clip_whose_file_failed_was_made_and_billed(google: GoogleServer, use: Use) -> None:
    ordered(google, use, "uri")
    google.fault("file", "failed")
    assert poll(use) == Gone("the file of the finished clip failed: The file could not be written.")


@pytest.mark.parametrize("fault", ["close_after", "500", "429"])
def test_a_file_that_cannot_be_asked_after_is_asked_again(
    google: GoogleServer, use: Use, fault: str
) -> None:
    ordered(google, use, "uri")
    google.fault("file", fault)
    assert poll(use) == Running(10.0)
    assert poll(use) == Done(None, FILE)


@pytest.mark.parametrize("fault", ["cut", "close_after", "503"])
def test_a_download_that_breaks_is_tried_again_later(
    google: GoogleServer, use: Use, fault: str
) -> None:
    ordered(google, use, "uri")
    found = done(use)
    google.fault("download", fault)
    broken = fetch(use, found)
    assert isinstance(broken, Busy)
    assert broken.why.startswith("files/clip00000001 cannot be fetched: ")
    assert isinstance(fetch(use, found), Answer)


@pytest.mark.parametrize("place", ["https://elsewhere.example.com/clip.mp4", "gs://bucket/clip"])
def test_a_clip_at_a_place_we_do_not_know_is_not_fetched_with_the_key(
    google: GoogleServer, use: Use, place: str
) -> None:
    ordered(google, use, "elsewhere", value=place)
    assert poll(use) == Done(None, place)
    assert fetch(use, Done(None, place)) == Failed(
        "the finished clip cannot be fetched", f"its location is {place}", code="unfetchable-clip"
    )


def test_a_clip_that_is_no_base64_cannot_be_fetched(google: GoogleServer, use: Use) -> None:
    ordered(google, use, "spoilt")
    assert poll(use) == Done()
    assert fetch(use, Done()) == Failed(
        "the finished clip cannot be fetched", "its location is unknown", code="unfetchable-clip"
    )


def test_half_a_clip_is_handed_on_for_the_caller_to_judge(google: GoogleServer, use: Use) -> None:
    """Taking the sound off must not make a whole clip of the half that can be read."""
    ordered(google, use, "truncated")
    found = done(use)
    answer = fetch(use, found)
    assert isinstance(answer, Answer)
    assert answer.content == found.result


def test_the_same_order_twice_gives_two_clips(google: GoogleServer, use: Use) -> None:
    ordered(google, use)
    second = use(submit)
    assert isinstance(second, str)
    assert poll(use) != poll(use, second)
