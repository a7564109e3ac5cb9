"""Keys and connections: what is told when the Gemini API cannot be asked at all."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from krafity_cli.engines.gemini import Gemini
from krafity_cli.engines.protocol import Analyze, Answer, Busy, Failed
from tests.engines.gemini.conftest import Use
from tests.engines.gemini.scenes import NAME, submit
from tests.engines.vertex.scenes import PICTURE, VISION, drawn
from tests.google.server import GoogleServer

NEW_KEY = "create a new key at aistudio.google.com/apikey and set GEMINI_API_KEY"
NOT_ACCEPTED = Failed(
    "the Gemini API did not accept the API key",
    "API key not valid. Please pass a valid API key.",
    NEW_KEY,
    everywhere=True,
    code="refused-credentials",
)


async def analyze(engine: Gemini) -> Any:
    return await engine.perform(engine.request(Analyze(PICTURE), VISION), {PICTURE: drawn()})


def test_a_key_that_is_not_valid_fails_everywhere(google: GoogleServer, use: Use) -> None:
    use.environment["GEMINI_API_KEY"] = "another"
    assert use(submit) == NOT_ACCEPTED
    assert use(analyze) == NOT_ACCEPTED
    assert google.billed() == 0


def test_a_key_that_is_not_accepted_fails_everywhere(google: GoogleServer, use: Use) -> None:
    google.fault("video", "401", message="Denied.")
    assert use(submit) == Failed(
        "the Gemini API did not accept the API key",
        "Denied.",
        NEW_KEY,
        everywhere=True,
        code="refused-credentials",
    )


def test_a_key_that_may_not_use_the_api_is_told_what_to_do(google: GoogleServer, use: Use) -> None:
    google.fault("video", "403", message="Denied.")
    assert use(submit) == Failed(
        "the API key may not use the Gemini API",
        "Denied.",
        f"allow the key the Generative Language API, or {NEW_KEY}",
        everywhere=True,
        code="refused-credentials",
    )


def test_an_order_by_a_key_that_cannot_be_told_apart_fails_everywhere(
    google: GoogleServer, use: Use
) -> None:
    said = "Multiple authentication credentials received."
    google.fault("video", "400", message=said)
    assert use(submit) == Failed(
        "the Gemini API received conflicting credentials",
        said,
        NEW_KEY,
        everywhere=True,
        code="two-credentials",
    )
    assert google.count("video") == 1


def test_a_project_without_billing_is_told_so(google: GoogleServer, use: Use) -> None:
    google.fault("video", "400", message="Billing is not enabled.")
    assert use(submit) == Failed(
        "the Gemini API requires billing",
        "Billing is not enabled.",
        "enable billing for the key's project",
        everywhere=True,
        code="no-billing",
    )


def test_no_service_at_all_is_worth_asking_again(use: Use) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        use.environment["GOOGLE_GEMINI_BASE_URL"] = f"http://127.0.0.1:{taken.getsockname()[1]}"
        said = Busy("the Gemini API cannot be reached: All connection attempts failed")
        assert use(submit) == said
        assert use(analyze) == said


def test_an_endpoint_that_sends_elsewhere_is_not_followed(google: GoogleServer, use: Use) -> None:
    """Following would send a paid order a second time."""
    use.environment["GOOGLE_GEMINI_BASE_URL"] += "/moved"
    assert use(submit) == Failed(
        f"127.0.0.1:{google.url.rpartition(':')[2]}/moved answered 307 with a redirect",
        google.url,
        "set GOOGLE_GEMINI_BASE_URL to the address it redirects to, or unset it",
        everywhere=True,
        code="redirected",
    )
    assert google.count("video") == 0


def test_the_sdks_own_environment_changes_nothing(
    google: GoogleServer, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "another-project")
    monkeypatch.setenv("GOOGLE_CLOUD_LOCATION", "europe-west4")
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    assert use(submit) == NAME
    assert isinstance(use(analyze), Answer)


def test_labels_go_with_orders_only_as_the_api_takes_none_elsewhere(
    google: GoogleServer, use: Use
) -> None:
    use.settings = {"labels": {"team": "film"}}
    assert isinstance(use(analyze), Answer)
    assert "labels" not in google.calls[0].body


@pytest.mark.parametrize("fault", ["close_after", "cut", "hang", "429", "500", "503", "html"])
def test_a_still_is_asked_for_once(google: GoogleServer, use: Use, fault: str) -> None:
    google.fault("vision", fault)
    use.patience = {"analyze": 0.3}
    assert not isinstance(use(analyze), Answer)
    assert google.count("vision", "analyze") == 1


def test_a_closed_engine_opens_again_when_it_is_asked(google: GoogleServer, use: Use) -> None:
    async def twice(engine: Gemini) -> list[object]:
        first = await submit(engine)
        await engine.aclose()
        return [first, await submit(engine)]

    assert use(twice)[0] == NAME
    assert google.count("video") == 2
