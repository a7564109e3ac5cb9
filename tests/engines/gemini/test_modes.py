"""No order is sent in a way in which it could not be collected; the check is free."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from krafity_cli.engines.gemini import Gemini, modes
from krafity_cli.engines.gemini.modes import BACKGROUND, WAITS, WAITS_BY_ITSELF
from krafity_cli.engines.protocol import Answer, Busy, Failed, Mode, ModeEngine, Running, Stalled
from tests.engines.gemini.conftest import Use
from tests.engines.gemini.scenes import NAME, VIDEO, order, sent, submit
from tests.google.developer import AQ_KEY, KEY
from tests.google.interactions import TWO_CREDENTIALS
from tests.google.server import GoogleServer


@dataclass
class Memory:
    """What is kept between runs."""

    kept: dict[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def put(self, key: str, value: str) -> None:
        self.kept[key] = value


@pytest.fixture
def aq(use: Use) -> Use:
    """An engine with a key of today."""
    use.environment["GEMINI_API_KEY"] = AQ_KEY
    return use


def mode(use: Use, memory: Memory | None = None) -> Mode | Failed | Busy:
    async def ask(engine: Gemini) -> Mode | Failed | Busy:
        assert isinstance(engine, ModeEngine)
        return await engine.mode(VIDEO, memory)

    return use(ask)


def test_a_key_that_may_ask_orders_in_the_background(google: GoogleServer, use: Use) -> None:
    assert mode(use) == BACKGROUND
    assert (google.count("check"), google.billed()) == (1, 0)


def test_a_key_that_may_not_ask_waits_and_says_so(google: GoogleServer, aq: Use) -> None:
    assert mode(aq) == WAITS_BY_ITSELF
    assert WAITS_BY_ITSELF.note != ""
    assert (google.count("check"), google.billed()) == (1, 0)


def test_nobody_asks_where_the_user_says_that_orders_wait(google: GoogleServer, aq: Use) -> None:
    aq.environment["KRAFITY_GEMINI_WAITING"] = "1"
    assert mode(aq) == WAITS
    assert google.calls == []


def test_a_user_who_forbids_waiting_is_refused_before_anything_is_sent(
    google: GoogleServer, aq: Use
) -> None:
    aq.environment["KRAFITY_GEMINI_WAITING"] = "0"
    refused = Failed(
        "this key is not allowed to check on orders that run in the background, so orders would "
        "be billed but could not be collected",
        TWO_CREDENTIALS,
        "unset KRAFITY_GEMINI_WAITING, so that orders wait in their requests for the clips",
        everywhere=True,
        code="key-may-not-ask",
    )
    assert mode(aq) == refused
    assert aq(submit) == refused
    assert google.count("video") == 0


def test_fourteen_orders_at_once_are_fourteen_clips_after_one_check(
    google: GoogleServer, aq: Use
) -> None:
    async def all_at_once(engine: Gemini) -> list[Any]:
        return await asyncio.gather(*(submit(engine, seed=n) for n in range(14)))

    assert {type(each) for each in aq(all_at_once)} == {Answer}
    assert (google.count("check"), google.billed("video")) == (1, 14)


def test_a_key_that_is_refused_only_for_what_exists_loses_no_second_order(
    google: GoogleServer, aq: Use
) -> None:
    google.world.manners.aq_polls = "refused when known"

    async def two(engine: Gemini) -> list[Any]:
        first = await submit(engine)
        poll = await engine.poll(order(engine), NAME)
        return [first, poll, await engine.mode(VIDEO), await submit(engine, seed=2)]

    first, poll, then, second = aq(two)
    assert first == NAME
    assert isinstance(poll, Stalled)
    assert then == WAITS_BY_ITSELF
    assert isinstance(second, Answer)
    assert [call.body["background"] for call in sent(google)] == [True, False]


def test_a_key_that_was_answered_and_then_is_refused_is_given_time(
    google: GoogleServer, aq: Use
) -> None:
    google.world.manners.aq_polls = "answered"
    google.world.manners.polls = 9

    async def polls(engine: Gemini) -> list[Any]:
        await submit(engine)
        first = await engine.poll(order(engine), NAME)
        google.world.manners.aq_polls = "refused when known"
        return [first, await engine.poll(order(engine), NAME)]

    first, then = aq(polls)
    assert first == Running()
    assert isinstance(then, Stalled)
    assert (then.patience, then.answered) == (120.0, False)


@pytest.mark.parametrize("fault", ["close_after", "hang", "500", "503", "429"])
def test_a_check_that_is_not_answered_is_asked_again_and_nothing_is_sent(
    google: GoogleServer, use: Use, fault: str
) -> None:
    google.fault("check", fault)
    use.patience = {"poll": 0.3}

    async def twice(engine: Gemini) -> list[Any]:
        first = await submit(engine)
        use.patience = {}
        return [first, google.count("video"), await submit(engine)]

    first, sent_by_then, second = use(twice)
    assert isinstance(first, Busy)
    assert (sent_by_then, second) == (0, NAME)


def test_a_check_that_is_refused_for_another_reason_says_how_to_go_on(
    google: GoogleServer, use: Use
) -> None:
    google.fault("check", "says", answer="invalid_argument")
    assert use(submit) == Failed(
        "krafity could not find out whether this API key may collect orders",
        "Request contains an invalid argument.",
        "export KRAFITY_GEMINI_WAITING=1, so that orders wait in their requests for the clips",
        everywhere=True,
    )
    assert google.count("video") == 0


def test_a_key_that_is_not_valid_is_refused_by_the_check(google: GoogleServer, use: Use) -> None:
    use.environment["GEMINI_API_KEY"] = "another"
    refused = mode(use)
    assert isinstance(refused, Failed)
    assert refused.everywhere


def test_that_a_key_may_not_ask_is_remembered_for_a_day(
    google: GoogleServer, aq: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, day = Memory(), 86400.0
    monkeypatch.setattr(modes.time, "time", lambda: 1000.0)
    assert [mode(aq, memory), mode(aq, memory)] == [WAITS_BY_ITSELF] * 2
    assert google.count("check") == 1
    google.world.manners.aq_polls = "answered"
    monkeypatch.setattr(modes.time, "time", lambda: 1000.0 + day)
    assert mode(aq, memory) == BACKGROUND


def test_that_a_key_may_ask_is_found_out_by_each_run(google: GoogleServer, use: Use) -> None:
    """Nothing is made of a key, so another one could not be told from it."""
    memory = Memory()
    assert [mode(use, memory), mode(use, memory)] == [BACKGROUND] * 2
    assert (google.count("check"), memory.kept) == (2, {})


def test_what_is_remembered_holds_nothing_of_the_key(aq: Use) -> None:
    memory = Memory()
    mode(aq, memory)
    assert AQ_KEY.removeprefix("AQ.") not in str(memory.kept)
    (key,) = memory.kept
    assert key.endswith("GEMINI_API_KEY AQ")


def test_another_kind_of_key_is_asked_about_anew(google: GoogleServer, aq: Use) -> None:
    memory = Memory()
    assert mode(aq, memory) == WAITS_BY_ITSELF
    aq.environment["GEMINI_API_KEY"] = KEY
    assert mode(aq, memory) == BACKGROUND
