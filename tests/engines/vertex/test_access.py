"""Credentials and connections: what is told when Google cannot be asked at all."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from krafity_cli.engines.protocol import Busy, Failed
from tests.engines.vertex.conftest import Use
from tests.engines.vertex.scenes import VIDEO
from tests.engines.vertex.test_submit import NAME, submit
from tests.google.server import GoogleServer

LOG_IN = (
    "run `gcloud auth application-default login`, or let GOOGLE_APPLICATION_CREDENTIALS name the "
    "file of a service account"
)


def key(use: Use) -> Path:
    return Path(use.environment["GOOGLE_APPLICATION_CREDENTIALS"])


def test_credentials_that_are_not_there_fail_everywhere(google: GoogleServer, use: Use) -> None:
    key(use).unlink()
    assert use(submit) == Failed(
        "no usable Google credentials were found",
        f"File {key(use)} was not found.",
        LOG_IN,
        everywhere=True,
    )


@pytest.mark.parametrize("content", ["", "{", '{"type": "what"}', '{"type": "service_account"}'])
def test_a_file_that_holds_no_credentials_fails_everywhere(
    google: GoogleServer, use: Use, content: str
) -> None:
    key(use).write_text(content)
    outcome = use(submit)
    assert isinstance(outcome, Failed)
    assert (outcome.what, outcome.everywhere) == ("no usable Google credentials were found", True)
    assert google.calls == []


def test_a_file_that_cannot_be_opened_fails_everywhere(use: Use, tmp_path: Path) -> None:
    use.environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(tmp_path)
    outcome = use(submit)
    assert isinstance(outcome, Failed)
    assert (outcome.what, outcome.everywhere) == ("no usable Google credentials were found", True)


def test_a_key_that_is_none_fails_everywhere(use: Use) -> None:
    account = json.loads(key(use).read_text())
    key(use).write_text(json.dumps({**account, "private_key": "none"}))
    outcome = use(submit)
    assert isinstance(outcome, Failed)
    assert (outcome.what, outcome.everywhere) == ("no usable Google credentials were found", True)


def test_credentials_that_are_not_accepted_fail_everywhere(google: GoogleServer, use: Use) -> None:
    google.fault("token", "revoked")
    assert use(submit) == Failed(
        "the Google credentials were not accepted",
        "invalid_grant: Account has been disabled.",
        LOG_IN,
        everywhere=True,
    )
    assert google.calls == []


def test_a_token_that_is_not_accepted_fails_everywhere(google: GoogleServer, use: Use) -> None:
    google.fault("video", "401", message="Request had invalid authentication credentials.")
    assert use(submit) == Failed(
        "Vertex AI did not accept the credentials",
        "Request had invalid authentication credentials.",
        LOG_IN,
        everywhere=True,
        code="refused-credentials",
    )


def test_no_service_at_all_is_worth_asking_again(use: Use) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        use.environment["GOOGLE_VERTEX_BASE_URL"] = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert use(submit) == Busy("Vertex AI cannot be reached: All connection attempts failed")


def test_no_token_service_is_worth_asking_again(google: GoogleServer, use: Use) -> None:
    account = json.loads(key(use).read_text())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        token_uri = f"http://127.0.0.1:{taken.getsockname()[1]}/token"
        key(use).write_text(json.dumps({**account, "token_uri": token_uri}))
        outcome = use(submit)
    assert isinstance(outcome, Busy)
    assert outcome.why.startswith("Google's token service cannot be reached: ")
    assert google.calls == []


def test_an_endpoint_that_sends_elsewhere_is_not_followed(google: GoogleServer, use: Use) -> None:
    """Following would send a paid order a second time."""
    use.environment["GOOGLE_VERTEX_BASE_URL"] += "/moved"
    outcome = use(submit)
    assert outcome == Failed(
        f"127.0.0.1:{google.url.rpartition(':')[2]}/moved answered 307 with a redirect",
        google.url,
        "set GOOGLE_VERTEX_BASE_URL to the address it redirects to, or unset it",
        everywhere=True,
        code="redirected",
    )
    assert google.count("video") == 0


def test_an_endpoint_no_connection_can_be_made_to_fails_everywhere(use: Use) -> None:
    use.environment["GOOGLE_VERTEX_BASE_URL"] = "http://127.0.0.1:port"
    outcome = use(submit)
    assert isinstance(outcome, Failed)
    assert (outcome.what, outcome.everywhere) == (
        "the endpoint 127.0.0.1:port cannot be used",
        True,
    )


def test_an_api_key_in_the_environment_changes_nothing(
    google: GoogleServer, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a key the SDK goes into express mode, where Veo answers 400."""
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, "a-key")
    assert use(submit) == NAME


def test_the_sdks_own_environment_changes_nothing(
    google: GoogleServer, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "false")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "another-project")
    monkeypatch.setenv("GOOGLE_CLOUD_LOCATION", "europe-west4")
    assert use(submit) == NAME


def test_application_default_credentials_are_found_without_naming_a_file(
    google: GoogleServer, use: Use, tmp_path: Path
) -> None:
    key(use).rename(tmp_path / "application_default_credentials.json")
    del use.environment["GOOGLE_APPLICATION_CREDENTIALS"]
    use.environment["CLOUDSDK_CONFIG"] = str(tmp_path)
    assert use(submit) == NAME


def test_a_closed_engine_opens_again_when_it_is_asked(google: GoogleServer, use: Use) -> None:
    async def twice(engine: object) -> list[object]:
        from krafity_cli.engines.vertex import Vertex

        assert isinstance(engine, Vertex)
        first = await submit(engine)
        await engine.aclose()
        return [first, await submit(engine)]

    assert use(twice)[0] == NAME
    assert google.count("video") == 2
    assert {call.model for call in google.calls} == {VIDEO}
