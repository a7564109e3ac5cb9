"""Each kind of credentials against a server of this machine: it orders, and `doctor` names it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.engines.protocol import Busy, Check, Failed
from tests.engines.vertex.conftest import Use
from tests.engines.vertex.test_checking import checkup
from tests.engines.vertex.test_submit import NAME, submit
from tests.google.accounts import EMAIL, REFRESH_TOKEN, SUBJECT_TOKEN
from tests.google.server import GoogleServer

USER = {
    "type": "authorized_user",
    "client_id": "film.apps.googleusercontent.com",
    "client_secret": "film-client-secret",
    "refresh_token": REFRESH_TOKEN,
}


@pytest.fixture(autouse=True)
def _google_is_here(google: GoogleServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """google-auth has these addresses written into it, whatever a file says."""
    at = google.url
    monkeypatch.setattr("google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT", f"{at}/token")
    acting = f"{at}/v1/projects/-/serviceAccounts/{{}}:generateAccessToken"
    monkeypatch.setattr("google.auth.iam._IAM_ENDPOINT", acting)
    host = at.removeprefix("http://")
    monkeypatch.setattr("google.auth.compute_engine._metadata._GCE_METADATA_HOST", host)
    monkeypatch.setenv("GCE_METADATA_IP", host)


def federated(google: GoogleServer, folder: Path, **more: Any) -> dict[str, Any]:
    """A file of workload identity federation whose token lies in a file, too."""
    subject = folder / "subject"
    subject.write_text(SUBJECT_TOKEN)
    pool = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x"
    return {
        "type": "external_account",
        "audience": pool,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{google.url}/token",
        "credential_source": {"file": str(subject)},
        **more,
    }


def of_a_user(google: GoogleServer, folder: Path) -> dict[str, Any]:
    return USER


def acting(google: GoogleServer, folder: Path) -> dict[str, Any]:
    url = f"{google.url}/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
    return {
        "type": "impersonated_service_account",
        "service_account_impersonation_url": url,
        "source_credentials": USER,
        "delegates": [],
    }


def use_file(use: Use, folder: Path, content: object) -> None:
    path = folder / "credentials.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    use.environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(path)


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (of_a_user, "login of a user"),
        (federated, "workload identity federation"),
        (acting, f"impersonated service account {EMAIL}"),
    ],
)
def test_a_file_of_each_kind_orders_and_is_named(
    google: GoogleServer,
    use: Use,
    tmp_path: Path,
    made: Callable[[GoogleServer, Path], dict[str, Any]],
    named: str,
) -> None:
    use_file(use, tmp_path, made(google, tmp_path))
    assert use(submit) == NAME
    assert Check("credentials", True, f"{named}, accepted by Google") in checkup(use)


def test_the_metadata_server_is_asked_where_the_environment_names_it(
    google: GoogleServer, use: Use
) -> None:
    del use.environment["GOOGLE_APPLICATION_CREDENTIALS"]
    use.environment["GCE_METADATA_HOST"] = google.url.removeprefix("http://")
    assert use(submit) == NAME
    (found,) = [check for check in checkup(use) if check.name == "credentials"]
    assert found.ok
    assert found.seen.startswith("metadata server of this machine")


def test_a_quota_project_is_charged_and_named(
    google: GoogleServer, use: Use, tmp_path: Path
) -> None:
    use_file(use, tmp_path, {**USER, "quota_project_id": "charged"})
    outcome = use(submit)
    assert isinstance(outcome, Failed)
    assert outcome.what == "the credentials may not bill the project charged"
    checks = checkup(use)
    named = "login of a user, accepted by Google, charged to charged"
    assert Check("credentials", True, named) in checks
    google.world.manners.quota_projects = (*google.world.manners.quota_projects, "charged")
    assert use(submit) == NAME


@pytest.mark.parametrize(
    "broken",
    [
        {"credential_source": {"file": "/nowhere/token"}},
        {"credential_source": {}},
        {"credential_source": {"file": "/dev/null", "format": {"type": "json"}}},
        {"token_url": "no address"},
        {"token_url": "http://127.0.0.1:1/token"},
        {"credential_source": "text"},
        {"credential_source": {"executable": {"command": "true"}}},
    ],
)
def test_a_federation_file_that_cannot_be_used_sends_nothing_and_says_so(
    google: GoogleServer, use: Use, tmp_path: Path, broken: dict[str, Any]
) -> None:
    """Never `Lost`: an order that surely was not sent is not `unknown`."""
    use_file(use, tmp_path, federated(google, tmp_path, **broken))
    assert isinstance(use(submit), Failed | Busy)
    assert google.calls == []


@pytest.mark.parametrize("fault", ["html", "garbled", "empty", "close_before", "cut"])
def test_a_token_service_that_answers_nonsense_sends_nothing(
    google: GoogleServer, use: Use, tmp_path: Path, fault: str
) -> None:
    use_file(use, tmp_path, federated(google, tmp_path))
    google.fault("token", fault, times=20)
    assert isinstance(use(submit), Failed | Busy)
    assert google.count("video") == 0
