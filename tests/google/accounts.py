"""The token service, and the file of a service account that it knows."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

from tests.google.wire import Fault, Query, Refusal, Reply, Route, always
from tests.google.world import PROJECT, Call, World

EMAIL = f"krafity@{PROJECT}.iam.gserviceaccount.com"
_AUDIENCE = "https://oauth2.googleapis.com/token"
"""google-auth always signs for this address, whatever the file says."""

REFRESH_TOKEN = "1//film-refresh-token"
SUBJECT_TOKEN = "film-subject-token"
_REFRESH = "refresh_token"
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def routes(world: World) -> list[Route]:
    """`POST /token`, acting for a service account, and what a metadata server tells."""

    def answer(query: Query, fault: Fault | None) -> Reply:
        form = parse_qs(query.body.decode())
        if fault and fault.name == "html":
            return fault.refused()
        if form.get("grant_type") in ([_REFRESH], [_EXCHANGE]):
            known = {"refresh_token": [REFRESH_TOKEN], "subject_token": [SUBJECT_TOKEN]}
            if not any(form.get(name) == value for name, value in known.items()):
                return _refused("invalid_grant", "Bad token.")
            return _token(world)
        if form.get("grant_type") != [_GRANT]:
            return _refused("unsupported_grant_type", "It is not known here.")
        try:
            read: Any = jwt.decode
            claims = read(form["assertion"][0], certs=_keys()[1], audience=_AUDIENCE)
        except (KeyError, ValueError) as error:
            return _refused("invalid_grant", f"Invalid JWT: {error}")
        if claims.get("iss") != EMAIL or "cloud-platform" not in claims.get("scope", ""):
            return _refused("invalid_grant", "Not a valid email or scope.")
        if fault and fault.name == "revoked":
            return _refused("invalid_grant", "Account has been disabled.")
        return _token(world)

    def impersonate(query: Query, fault: Fault | None) -> Reply:
        authorize(world, query.headers)
        token = json.loads(_token(world).body)["access_token"]
        return Reply.json({"accessToken": token, "expireTime": "2099-01-01T00:00:00Z"})

    def metadata(query: Query, fault: Fault | None) -> Reply:
        flavor = {"Metadata-Flavor": "Google"}
        if query.headers.get("metadata-flavor") != "Google":
            return Reply(b"", status=403)
        if "/token" in query.path:
            return replace(_token(world), headers=flavor)
        if "service-accounts" in query.path:
            return Reply.json({"email": EMAIL, "scopes": ["cloud-platform"]}, headers=flavor)
        return Reply(PROJECT.encode(), kind="application/text", headers=flavor)

    acting = re.compile(r"/v1/projects/-/serviceAccounts/[^/]+:generateAccessToken")
    machine = re.compile(r"/(?:computeMetadata/v1/(?:instance|project)/.*)?")
    return [
        Route("POST", re.compile("/token"), always("token"), answer),
        Route("POST", acting, always("token"), impersonate),
        Route("GET", machine, always("token"), metadata),
    ]


def _token(world: World) -> Reply:
    """A new token that is known from now on."""
    token = secrets.token_urlsafe(16)
    world.tokens.add(token)
    world.record(Call("token"))
    return Reply.json({"access_token": token, "expires_in": 3600, "token_type": "Bearer"})


def credentials(world: World, folder: Path) -> Path:
    """The file of a service account that this server knows, written into `folder`."""
    path = folder / "service-account.json"
    path.write_text(json.dumps(_account(f"{world.url}/token")))
    return path


def authorize(world: World, headers: Mapping[str, str]) -> None:
    """Refuse a request without a token of ours, or charged to a project that may not be."""
    if "x-goog-api-key" in headers:
        raise Refusal(401, "API keys are not supported by this API. Expected OAuth2 access token.")
    token = headers.get("authorization", "").removeprefix("Bearer ")
    if not token:
        raise Refusal(401, "Request is missing required authentication credential.")
    if token not in world.tokens:
        raise Refusal(401, "Request had invalid authentication credentials.")
    charged = headers.get("x-goog-user-project", PROJECT)
    if charged not in world.manners.quota_projects:
        raise Refusal(
            403,
            f"Caller does not have required permission to use project {charged}. Grant the caller "
            "the roles/serviceusage.serviceUsageConsumer role, or a custom role with the "
            "serviceusage.services.use permission.",
            [{"reason": "USER_PROJECT_DENIED", "metadata": {"consumer": f"projects/{charged}"}}],
        )


def _account(token_uri: str) -> dict[str, Any]:
    return {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "1",
        "private_key": _keys()[0],
        "client_email": EMAIL,
        "client_id": "1",
        "token_uri": token_uri,
    }


@cache
def _keys() -> tuple[str, str]:
    """A private key and its public one; made once in a process."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def _refused(error: str, description: str) -> Reply:
    return Reply.json({"error": error, "error_description": description}, status=400)
