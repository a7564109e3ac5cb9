"""Whose Vertex AI it is, and whether it can be used here; no network, no SDK."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.engines.registry import build, first_available, names
from krafity_cli.engines.setup import Setup
from krafity_cli.engines.vertex import account, available, engine
from krafity_cli.engines.vertex.account import Account, account_of
from krafity_cli.errors import Refused
from krafity_cli.settings import Values

PROJECT = {"GOOGLE_CLOUD_PROJECT": "film-project"}


@pytest.fixture(autouse=True)
def _not_at_google(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(account, "_GOOGLE_MACHINE", tmp_path / "product_name")


def _refused(environment: dict[str, str], **settings: Any) -> tuple[str, str, str]:
    with pytest.raises(Refused) as caught:
        engine(Setup(environment, Values.model_validate(settings)))
    return caught.value.what, caught.value.why, caught.value.hint


def test_without_a_project_there_is_no_engine() -> None:
    assert _refused({}) == (
        "the engine `vertex` needs a Google Cloud project",
        "GOOGLE_CLOUD_PROJECT is not set",
        "export GOOGLE_CLOUD_PROJECT=YOUR-PROJECT, or choose --engine animatic",
    )


def test_the_environment_and_the_users_settings_make_the_account() -> None:
    found = account_of(
        Setup(
            {
                **PROJECT,
                "GOOGLE_CLOUD_LOCATION": "europe-west4",
                "GOOGLE_APPLICATION_CREDENTIALS": "/key.json",
            },
            Values(
                endpoints={"vertex": "https://vertex.example.com"},
                bucket="gs://clips/here",
                labels={"team": "film"},
            ),
        )
    )
    assert found == Account(
        "film-project",
        "europe-west4",
        "https://vertex.example.com",
        "/key.json",
        "gs://clips/here",
        {"team": "film"},
    )


def test_what_nobody_set_has_its_default() -> None:
    assert account_of(Setup(PROJECT)) == Account("film-project", "us-central1")


def test_the_environment_wins_over_the_endpoint_in_the_settings() -> None:
    found = account_of(
        Setup(
            {**PROJECT, "GOOGLE_VERTEX_BASE_URL": "http://127.0.0.1:9"},
            Values(endpoints={"vertex": "https://vertex.example.com"}),
        )
    )
    assert found.endpoint == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("host", "storage"),
    [
        ("", "https://storage.googleapis.com"),
        ("localhost:9023", "http://localhost:9023"),
        ("https://storage.example.com", "https://storage.example.com"),
    ],
)
def test_cloud_storage_can_be_another_one(host: str, storage: str) -> None:
    assert account_of(Setup({**PROJECT, "STORAGE_EMULATOR_HOST": host})).storage == storage


def test_an_endpoint_that_is_no_address_is_refused_without_its_password() -> None:
    assert _refused({**PROJECT, "GOOGLE_VERTEX_BASE_URL": "me:secret@vertex.example.com"}) == (
        "the endpoint `vertex.example.com` is not a server address",
        "it must start with https:// (or http://) and contain a host name",
        "set GOOGLE_VERTEX_BASE_URL to one like https://vertex.example.com, or unset it",
    )


def test_the_engine_is_registered_by_its_name() -> None:
    found = build("vertex", Setup(PROJECT))
    assert "vertex" in names()
    assert (found.name, found.paid, found.remote, found.parallel) == ("vertex", True, True, 10)
    assert found.identity() == "vertex"


def test_available_says_what_is_missing() -> None:
    assert available(Setup({})) == "GOOGLE_CLOUD_PROJECT is not set"
    assert available(Setup({**PROJECT, "HOME": "/nowhere"})) == "no Google credentials were found"
    named = {**PROJECT, "GOOGLE_APPLICATION_CREDENTIALS": "/nowhere/key.json"}
    assert available(Setup(named)) == (
        "GOOGLE_APPLICATION_CREDENTIALS points to /nowhere/key.json, which does not exist"
    )


def test_available_where_credentials_lie(tmp_path: Path) -> None:
    key = tmp_path / "application_default_credentials.json"
    key.touch()
    assert available(Setup({**PROJECT, "GOOGLE_APPLICATION_CREDENTIALS": str(key)})) is None
    assert available(Setup({**PROJECT, "CLOUDSDK_CONFIG": str(tmp_path)})) is None
    home = tmp_path / ".config" / "gcloud"
    home.mkdir(parents=True)
    key.rename(home / key.name)
    assert available(Setup({**PROJECT, "HOME": str(tmp_path)})) is None


def test_available_on_a_machine_of_google(tmp_path: Path) -> None:
    there = {**PROJECT, "HOME": "/nowhere"}
    assert available(Setup({**there, "K_SERVICE": "film"})) is None
    (tmp_path / "product_name").write_text("Google Compute Engine\n")
    assert available(Setup(there)) is None
    without = available(Setup({**there, "NO_GCE_CHECK": "true"}))
    assert without == "no Google credentials were found"


def test_auto_takes_vertex_when_a_project_is_set_and_credentials_are_found(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    key.touch()
    assert first_available(Setup({})) == ("animatic", "no paid engine is set up")
    assert first_available(Setup({**PROJECT, "HOME": "/nowhere"})) == (
        "animatic",
        "a Google Cloud project is set, but no Google credentials were found",
    )
    ready = {**PROJECT, "GOOGLE_APPLICATION_CREDENTIALS": str(key)}
    assert first_available(Setup(ready)) == (
        "vertex",
        "a Google Cloud project is set and credentials are found",
    )


def test_wording_and_pricing_requests_imports_neither_the_sdk_nor_pictures() -> None:
    """The SDK takes 0.7 s to import: a plan must not wait for it."""
    code = (
        "import sys\n"
        "from krafity_cli.engines.protocol import Video\n"
        "from krafity_cli.engines.registry import build\n"
        "from krafity_cli.engines.setup import Setup\n"
        "engine = build('vertex', Setup({'GOOGLE_CLOUD_PROJECT': 'p'}))\n"
        "clip = Video('1' * 64, 'Go.', 4, '16:9', '720p')\n"
        "engine.price(engine.request(clip, 'veo-3.1-fast-generate-001'))\n"
        "heavy = {'google.genai', 'google.auth', 'numpy', 'PIL', 'cv2', 'httpx2'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
