"""Whose key it is, and which engine `auto` takes for it; no network, no SDK."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.engines.gemini import engine, key_in
from krafity_cli.engines.gemini.account import Account, account_of
from krafity_cli.engines.registry import build, first_available, names
from krafity_cli.engines.setup import Setup
from krafity_cli.errors import Refused
from krafity_cli.settings import Values

KEY = {"GEMINI_API_KEY": "a-key"}


def _refused(environment: dict[str, str], **settings: Any) -> tuple[str, str, str]:
    with pytest.raises(Refused) as caught:
        engine(Setup(environment, Values.model_validate(settings)))
    return caught.value.what, caught.value.why, caught.value.hint


@pytest.mark.parametrize("environment", [{}, {"GEMINI_API_KEY": ""}, {"GEMINI_API_KEY": " "}])
def test_without_a_key_there_is_no_engine(environment: dict[str, str]) -> None:
    assert _refused(environment) == (
        "the engine `gemini` needs an API key",
        "neither GEMINI_API_KEY nor GOOGLE_API_KEY is set",
        "export GEMINI_API_KEY=YOUR-KEY (create one at aistudio.google.com), "
        "or choose --engine animatic",
    )


def test_a_key_is_all_that_is_needed() -> None:
    assert account_of(Setup(KEY)) == Account("a-key", "GEMINI_API_KEY")


def test_of_two_keys_google_api_key_wins_as_in_googles_own_libraries() -> None:
    both = {**KEY, "GOOGLE_API_KEY": "another"}
    assert key_in(both) == "GOOGLE_API_KEY"
    assert account_of(Setup(both)).key == "another"


def test_a_key_is_never_shown() -> None:
    assert "a-key" not in repr(account_of(Setup(KEY)))


def test_the_environment_and_the_users_settings_make_the_account() -> None:
    settings = {
        "endpoints": {"gemini": "https://gemini.example.com"},
        "labels": {"team": "film"},
        "gemini": {"waiting": True, "api_version": "v1beta"},
    }
    assert account_of(Setup(KEY, Values.model_validate(settings))) == Account(
        "a-key", "GEMINI_API_KEY", "https://gemini.example.com", {"team": "film"}, True, "v1beta"
    )


@pytest.mark.parametrize(
    ("told", "waiting"), [("1", True), ("yes", True), ("0", False), ("off", False), ("", False)]
)
def test_the_environment_wins_over_the_setting_whether_to_wait(told: str, waiting: bool) -> None:
    environment = {**KEY, "KRAFITY_GEMINI_WAITING": told}
    settings = {"gemini": {"waiting": not waiting}}
    assert account_of(Setup(environment, Values.model_validate(settings))).waiting is waiting


def test_a_variable_that_is_neither_yes_nor_no_is_refused() -> None:
    assert _refused({**KEY, "KRAFITY_GEMINI_WAITING": "maybe"}) == (
        "KRAFITY_GEMINI_WAITING must be 0 or 1, not `maybe`",
        "",
        "export KRAFITY_GEMINI_WAITING=1",
    )


def test_an_endpoint_that_is_no_address_is_refused_without_its_password() -> None:
    assert _refused({**KEY, "GOOGLE_GEMINI_BASE_URL": "me:secret@gemini.example.com"}) == (
        "the endpoint `gemini.example.com` is not a server address",
        "it must start with https:// (or http://) and contain a host name",
        "set GOOGLE_GEMINI_BASE_URL to one like https://gemini.example.com, or unset it",
    )


def test_a_custom_endpoint_is_part_of_the_identity_without_its_password() -> None:
    custom = {**KEY, "GOOGLE_GEMINI_BASE_URL": "https://me:secret@gemini.example.com/at/"}
    assert account_of(Setup(KEY)).identity == "gemini"
    assert account_of(Setup(custom)).identity == "gemini@gemini.example.com/at"


def test_the_engine_is_registered_by_its_name() -> None:
    found = build("gemini", Setup(KEY))
    assert "gemini" in names()
    assert (found.name, found.paid, found.remote, found.parallel) == ("gemini", True, True, 10)
    assert found.identity() == "gemini"


def test_auto_takes_vertex_then_gemini_then_the_animatic(tmp_path: Path) -> None:
    credentials = tmp_path / "key.json"
    credentials.touch()
    project = {"GOOGLE_CLOUD_PROJECT": "film-project", "HOME": "/nowhere", "NO_GCE_CHECK": "true"}
    signed_in = {**project, "GOOGLE_APPLICATION_CREDENTIALS": str(credentials)}
    but = "a Google Cloud project is set, but no Google credentials were found"
    assert first_available(Setup({**signed_in, **KEY})) == (
        "vertex",
        "a Google Cloud project is set and credentials are found",
    )
    assert first_available(Setup({**project, **KEY})) == ("gemini", f"{but}; GEMINI_API_KEY is set")
    assert first_available(Setup(KEY)) == ("gemini", "GEMINI_API_KEY is set")
    assert first_available(Setup({"GOOGLE_API_KEY": "k"})) == ("gemini", "GOOGLE_API_KEY is set")
    assert first_available(Setup(project)) == ("animatic", but)
    assert first_available(Setup({})) == ("animatic", "no paid engine is set up")


def test_wording_and_pricing_requests_imports_neither_the_sdk_nor_pictures() -> None:
    """The SDK takes 0.7 s to import: a plan must not wait for it."""
    code = (
        "import sys\n"
        "from krafity_cli.engines.protocol import Video\n"
        "from krafity_cli.engines.registry import build\n"
        "from krafity_cli.engines.setup import Setup\n"
        "engine = build('gemini', Setup({'GEMINI_API_KEY': 'k'}))\n"
        "clip = Video('1' * 64, 'Go.', 4, '16:9', '720p')\n"
        "engine.price(engine.request(clip, 'gemini-omni-1.2-flash'))\n"
        "heavy = {'google.genai', 'google.auth', 'numpy', 'PIL', 'cv2', 'httpx2'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
