"""Whose Vertex AI it is: project, location, endpoint, credentials. No network is used here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from krafity_cli.engines.google.endpoints import (
    endpoint_of,
    own_models,
    refuse_metadata,
    shown,
)
from krafity_cli.engines.google.gate import ID, VERSION, Gate, Regional, Server, one_of
from krafity_cli.engines.setup import Setup
from krafity_cli.errors import Refused
from krafity_cli.model_names import LOCATION, MODEL, is_label, is_model

HOME_LOCATION = "us-central1"
"""Where regional models are asked when `GOOGLE_CLOUD_LOCATION` is not set."""

_GOOGLE_MACHINE = Path("/sys/class/dmi/id/product_name")
"""On Compute Engine it begins with `Google`; google-auth looks at the same file."""


@dataclass(frozen=True)
class Account:
    """What a call needs to know beside the request; nothing of it is in a digest but the endpoint.

    `endpoint` is a custom base URL, `credentials` the file that holds them, `bucket` a `gs://`
    folder that clips are written to, `labels` are billing labels, `storage` the base URL of Cloud
    Storage. `has_metadata`: without a file, the machine's own credentials may be asked for.
    `own_models` are those the user named in full. `is_strict`: nothing is asked outside the part
    of the world that `location` lies in.
    """

    project: str
    location: str = HOME_LOCATION
    endpoint: str | None = None
    credentials: str | None = None
    bucket: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    storage: str = "https://storage.googleapis.com"
    has_metadata: bool = False
    own_models: frozenset[str] = frozenset()
    is_strict: bool = False

    @property
    def identity(self) -> str:
        """`vertex`, or `vertex@HOST` for a custom endpoint, without a name or password in it."""
        return "vertex" if self.endpoint is None else f"vertex@{self.address}"

    @property
    def address(self) -> str:
        """Host and path of the endpoint, fit to be shown; Google's own without a custom one."""
        return "aiplatform.googleapis.com" if self.endpoint is None else shown(self.endpoint)

    def gate(self, locations: Iterable[str] = ()) -> Gate:
        """Where its requests may go; `locations` are those the capability file knows."""
        place = f"(?P<location>{'|'.join([LOCATION, *map(re.escape, locations)])})"
        ours = f"projects/{re.escape(self.project)}/locations/{place}"
        paths = [
            f"{VERSION}{ours}/publishers/google/models/{MODEL}:[A-Za-z]+",
            f"{VERSION}{ours}/interactions(?:/{ID}(?:/cancel)?)?",
            f"{VERSION}publishers/google/models/{MODEL}",
        ]
        for name in sorted(self.own_models):
            prefix, slash, rest = name.partition("/locations/")
            location, _, last = rest.partition("/")
            named = f"{re.escape(prefix + slash)}(?P<location>{re.escape(location)})/"
            paths.append(f"{VERSION}{named}{re.escape(last)}(?::[A-Za-z]+)?")
        api = [
            Regional(path) if self.endpoint is None else Server(self.endpoint, path)
            for path in paths
        ]
        doors = [*api, *self._storage_doors()]
        whose = f"the project {self.project} at {self.address}"
        return Gate(whose, tuple(doors), self.own_models)

    def _storage_doors(self) -> list[Server]:
        """Objects of the account's own bucket, and of no other."""
        if self.bucket is None:
            return []
        bucket = one_of([self.bucket.removeprefix("gs://").partition("/")[0]])
        return [Server(self.storage, rf"/storage/v1/b/(?:{bucket})/o/[^/]+")]

    def leaves_home(self, location: str) -> bool:
        """Whether a location lies outside the part of the world that the account's lies in."""
        return self.location != "global" and _area(location) != _area(self.location)

    def as_named(self, operation: str) -> str:
        """An operation's name with the project as the user names it: Google may use its number."""
        return re.sub(r"^projects/[0-9]+/", f"projects/{self.project}/", operation)

    def is_own(self, operation: str, model: str) -> bool:
        """Whether an operation is one of this account, for an order of that model."""
        parent, _, last = operation.rpartition("/operations/")
        if re.fullmatch(ID, last) is None:
            return False
        if not is_model(model):
            return model in self.own_models and parent == model
        place = "".join(parent.split("/")[3:4])
        own = f"projects/{self.project}/locations/{place}/publishers/google/models/{model}"
        return is_label(place) and parent == own

    @property
    def elsewhere(self) -> str:
        """Host and project, where requests go anywhere but to this project at Google's own."""
        named = [] if self.endpoint is None else [self.address]
        if self.storage != Account.storage and self.bucket is not None:
            named.append(shown(self.storage))
        projects = {name.split("/")[1] for name in self.own_models if name.startswith("projects/")}
        named += [f"project {project}" for project in sorted(projects - {self.project})]
        return ", ".join([*named, f"project {self.project}"]) if named else ""


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
            code="no-credentials",
        )
    location = environment.get("GOOGLE_CLOUD_LOCATION") or HOME_LOCATION
    for variable, value, is_right in (
        ("GOOGLE_CLOUD_PROJECT", project, re.fullmatch(r"[A-Za-z0-9.:-]{1,100}", project)),
        ("GOOGLE_CLOUD_LOCATION", location, is_label(location)),
    ):
        if not is_right:
            name = variable.rpartition("_")[2].lower()
            raise Refused(
                f"{variable} is `{value}`, which is not a valid {name} of Google Cloud",
                "",
                "correct it",
                code="bad-value",
            )
    well_known = _well_known(environment)
    found = str(well_known) if well_known.is_file() else None
    credentials = environment.get("GOOGLE_APPLICATION_CREDENTIALS") or found
    return Account(
        project=project,
        location=location,
        endpoint=endpoint_of(setup, "vertex", "GOOGLE_VERTEX_BASE_URL"),
        credentials=credentials,
        bucket=settings.bucket,
        labels=settings.labels,
        storage=_storage(environment.get("STORAGE_EMULATOR_HOST")),
        has_metadata=credentials is None and _at_google(environment),
        own_models=own_models(setup),
        is_strict=settings.residency == "strict",
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
            None
            if there
            else f"GOOGLE_APPLICATION_CREDENTIALS points to {named}, which does not exist"
        )
    if _well_known(environment).is_file() or _at_google(environment):
        return None
    return "no Google credentials were found"


def _well_known(environment: Mapping[str, str]) -> Path:
    """Where `gcloud auth application-default login` leaves credentials (Linux and macOS)."""
    configured = environment.get("CLOUDSDK_CONFIG")
    home = environment.get("HOME") or os.path.expanduser("~")  # noqa: PTH111  (fails without one)
    folder = Path(configured) if configured else Path(home) / ".config/gcloud"
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


def _area(location: str) -> str:
    """The part of the world a location lies in: `eu` for `europe-west4` and `eu`."""
    area = location.partition("-")[0]
    return "eu" if area == "europe" else area


def _storage(host: str | None) -> str:
    """Google's own libraries take this variable with and without a scheme."""
    if not host:
        return Account.storage
    url = host if "://" in host else f"http://{host}"
    refuse_metadata(urlsplit(url).hostname or "", "the storage", "STORAGE_EMULATOR_HOST")
    return url
