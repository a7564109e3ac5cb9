"""Real answers of Google: what each means, whether it ends the run, and what is never asked twice.

The answers stand in `tests/google/refusals.toml`; here is a line for each of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from krafity_cli.engines.google.errors.refusals import is_about_access
from krafity_cli.engines.google.errors.safety import is_refusal
from krafity_cli.engines.protocol import Busy, Failed, Filtered, Lost
from tests.cli.conftest import engine, krafity, site, stage, work
from tests.cli.shell import Krafity
from tests.google.server import GoogleServer
from tests.google.wire import refusals
from tests.render.clips import clip
from tests.render.stage import Stage

__all__ = ["engine", "krafity", "site", "stage", "work"]


class Line(NamedTuple):
    """What an answer means: the outcome, whether it stops the run, its exit code, if it is retried.

    `engine`: who gets it. `says` is a part of what is told.
    """

    engine: str
    outcome: type
    stops: bool
    code: int
    retried: bool
    says: str = ""


def ends(engine: str, says: str) -> Line:
    """Refused to all shots alike."""
    return Line(engine, Failed, True, 1, False, says)


def filters(engine: str) -> Line:
    """A safety filter's, of one shot alone."""
    return Line(engine, Filtered, False, 1, False)


def passes(engine: str) -> Line:
    """Worth asking again: a run that waits gets its clip."""
    return Line(engine, Busy, False, 0, True)


LINES = {
    "vpc_service_controls": ends("vertex", "VPC Service Controls block this request"),
    "organization_policy": ends("vertex", "an organization policy forbids"),
    "organization_policy_precondition": ends("vertex", "an organization policy forbids"),
    "quota_project_missing": ends("vertex", "set-quota-project film-project"),
    "quota_project_denied": ends("vertex", "may not bill the project charged-project"),
    "service_disabled": ends("vertex", "--project charged-project"),
    "billing_disabled": ends("vertex", "enable billing for film-project"),
    "no_permission": ends("vertex", "roles/aiplatform.user in film-project"),
    "token_expired": ends("vertex", "did not accept the credentials"),
    "key_invalid": ends("gemini", "create a new key"),
    "key_expired": ends("gemini", "create a new key"),
    "key_leaked": ends("gemini", "create a new key"),
    "key_service_blocked": ends("gemini", "the Generative Language API"),
    "project_denied": ends("gemini", "the API key may not use the Gemini API"),
    "two_credentials": ends("gemini", "received conflicting credentials"),
    "user_location": ends("gemini", "is not available in the country"),
    "billing_needed": ends("gemini", "enable billing for the key's project"),
    "per_minute": passes("gemini"),
    "per_day": ends("gemini", "the daily quota is used up"),
    "limit_zero": ends("gemini", "there is no quota for"),
    "credit_used_up": ends("gemini", "the prepaid credit is used up"),
    "payment_required": ends("gemini", "the prepaid credit is used up"),
    "quota_exceeded": ends("gemini", "the daily quota is used up"),
    "rate_limit_exceeded": passes("gemini"),
    "content_blocked": filters("gemini"),
    "personal_data": filters("gemini"),
    "spend_cap": ends("gemini", "the project has reached its spending cap"),
    "vertex_per_minute": passes("vertex"),
    "exhausted": passes("vertex"),
    "not_on_allow_list": ends("vertex", "only to projects on an allow list"),
    "overloaded": passes("gemini"),
    "internal": passes("gemini"),
    "deadline": Line("gemini", Lost, False, 1, False),
    "safety": filters("vertex"),
    "safety_people": filters("vertex"),
    "prohibited": filters("vertex"),
    "invalid_argument": Line("vertex", Failed, False, 1, False),
}
BOARD = """\
defaults: {duration: 4, annotated: false}
shots:
  quay: {image: quay.png, prompt: quay}
  calm: {image: quay.png, prompt: calm}
  here: {clip: found.mp4}
cuts: {main: [here]}
"""
END = [name for name, line in LINES.items() if not line.retried]


@pytest.fixture
def google(work: Stage, tmp_path: Path) -> Iterator[GoogleServer]:
    """A Google of our own, and a storyboard of two shots to order from it."""
    work.picture("quay.png", 1)
    work.put("found.mp4", clip(4, 9, "footage"))
    work.write(BOARD)
    with GoogleServer() as server:
        os.environ.update(server.environment(tmp_path) | server.key_environment())
        yield server


def test_every_real_answer_has_its_line() -> None:
    assert set(LINES) == set(refusals())
    assert len(LINES) >= 25


@pytest.mark.parametrize("name", END)
def test_what_cannot_pass_is_sent_once_and_ends_as_the_table_says(
    krafity: Krafity, work: Stage, google: GoogleServer, name: str
) -> None:
    line = LINES[name]
    google.fault("video", "says", times=10, answer=name)
    words = ("--engine", line.engine, "--jobs", "1", "--json")
    done = krafity("render", "board.yaml", *words)
    assert done.code == line.code
    shots = {shot["id"]: shot for shot in done.document["shots"]}
    status = {Failed: "failed", Filtered: "filtered", Lost: "unknown"}[line.outcome]
    assert shots["quay"]["status"] == status
    assert google.count("video") == (1 if line.stops else 2)
    assert google.billed("video") == 0
    assert line.says in done.err + str(shots["quay"])


@pytest.mark.parametrize("name", [name for name, line in LINES.items() if line.retried])
def test_what_passes_is_worth_asking_again(google: GoogleServer, name: str, tmp_path: Path) -> None:
    line = LINES[name]
    google.fault("video", "says", answer=name)
    outcome = submit(line.engine, tmp_path)
    assert isinstance(outcome, Busy)
    assert isinstance(submit(line.engine, tmp_path), str)


@pytest.mark.parametrize("name", ["vpc_service_controls", "per_minute", "limit_zero"])
def test_an_answer_inside_an_array_is_read_like_any_other(
    google: GoogleServer, name: str, tmp_path: Path
) -> None:
    line = LINES[name]
    google.fault("video", "says", times=2, answer=name, array=True)
    outcome = submit(line.engine, tmp_path)
    assert isinstance(outcome, line.outcome)
    if isinstance(outcome, Busy):
        assert (outcome.again_in, outcome.limited) == (17.3, True)


def test_an_administrators_policy_is_no_safety_filter() -> None:
    """`Request is prohibited by organization's policy` has a filter's words in it."""
    said = refusals()["vpc_service_controls"].message
    assert is_about_access(said)
    assert not is_refusal(said)


def submit(name: str, folder: Path) -> Any:
    """The outcome of one order, by an engine set up from the environment."""
    import asyncio

    from krafity_cli.engines.registry import build
    from krafity_cli.engines.setup import Setup
    from tests.engines.vertex.scenes import START, picture, video

    made: Any = build(name, Setup(dict(os.environ)))

    async def main() -> Any:
        try:
            request = made.request(video(), made.models("video")[0])
            return await made.submit(request, {START: picture()})
        finally:
            await made.aclose()

    return asyncio.run(main())
