"""Whose Vertex AI it is: project, location, endpoint, credentials. No network is used here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from krafity_cli.engines.google.places import endpoint_of, labels_of, shown
from krafity_cli.engines.setup import Setup
from krafity_cli.errors import Refused

HOME_LOCATION = "us-central1"
"""Where regional models are asked when `GOOGLE_CLOUD_LOCATION` is not set."""

_GOOGLE_MACHINE = Path("/sys/class/dmi/id/product_name")
"""On Compute Engine it begins with `Google`; google-auth looks at the same file."""


@dataclass(frozen=True)
class Account:
    """What a call needs to know beside the request; nothing of it is in a digest but the endpoint.

    `endpoint` is a custom base URL, `credentials` the file `GOOGLE_APPLICATION_CREDENTIALS` names,
    `bucket` a `gs://` folder that clips are written to, `labels` are billing labels, `storage` the
    base URL of Cloud Storage.
    """

    project: str
    location: str = HOME_LOCATION
    endpoint: str | None = None
    credentials: str | None = None
    bucket: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    storage: str = "https://storage.googleapis.com"

    @property
    def identity(self) -> str:
        """`vertex`, or `vertex@HOST` for a custom endpoint, without a name or password in it."""
        return "vertex" if self.endpoint is None else f"vertex@{self.address}"

    @property
    def address(self) -> str:
        """Host and path of the endpoint, fit to be shown; Google's own without a custom one."""
        return "aiplatform.googleapis.com" if self.endpoint is None else shown(self.endpoint)


def account_of(setup: Setup) -> Account:
    """The account the environment names. Raises `Refused` without a project.

    The settings `endpoints` (`{vertex = URL}`), `bucket` and `labels` are the user's own.
    """
    environment, settings = setup.environment, setup.settings
    project = environment.get("GOOGLE_CLOUD_PROJECT")
    if not project:
        raise Refused(
            "the engine `vertex` needs a Google Cloud project",
            "GOOGLE_CLOUD_PROJECT is not set",
            "export GOOGLE_CLOUD_PROJECT=YOUR-PROJECT, or choose --engine animatic",
        )
    return Account(
        project=project,
        location=environment.get("GOOGLE_CLOUD_LOCATION") or HOME_LOCATION,
        endpoint=endpoint_of(setup, "vertex", "GOOGLE_VERTEX_BASE_URL"),
        credentials=environment.get("GOOGLE_APPLICATION_CREDENTIALS") or None,
        bucket=_bucket(settings.get("bucket")),
        labels=labels_of(setup),
        storage=_storage(environment.get("STORAGE_EMULATOR_HOST")),
    )


def available(setup: Setup) -> str | None:
    """Why this engine cannot be used here, as far as can be told without the network.

    `None`: a project is set, and credentials are found or this is a machine of Google's, which has
    its own.
    """
    environment = setup.environment
    if not environment.get("GOOGLE_CLOUD_PROJECT"):
        return "GOOGLE_CLOUD_PROJECT is not set"
    named = environment.get("GOOGLE_APPLICATION_CREDENTIALS")
    if named:
        there = Path(named).is_file()
        return (
            None if there else f"GOOGLE_APPLICATION_CREDENTIALS names {named}, which is not there"
        )
    if _well_known(environment).is_file() or _at_google(environment):
        return None
    return "no Google credentials were found"


def _well_known(environment: Mapping[str, str]) -> Path:
    """Where `gcloud auth application-default login` leaves credentials (Linux and macOS)."""
    configured = environment.get("CLOUDSDK_CONFIG")
    home = environment.get("HOME")
    folder = Path(configured) if configured else Path(home or "~").expanduser() / ".config/gcloud"
    return folder / "application_default_credentials.json"


def _at_google(environment: Mapping[str, str]) -> bool:
    if environment.get("NO_GCE_CHECK", "").lower() == "true":
        return False
    if environment.get("GCE_METADATA_HOST") or environment.get("K_SERVICE"):
        return True
    try:
        return _GOOGLE_MACHINE.read_text().startswith("Google")
    except (OSError, UnicodeDecodeError):
        return False


def _storage(host: str | None) -> str:
    """Google's own libraries take this variable with and without a scheme."""
    if not host:
        return Account.storage
    return host if "://" in host else f"http://{host}"


def _bucket(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.startswith("gs://"):
        raise Refused(
            f"`bucket` is `{value}`, no place in Cloud Storage", "", "write gs://BUCKET/FOLDER"
        )
    return value
