"""What went wrong, translated once: from what the SDK raises to what became of the request.

The question that matters is whether something may have been made and billed. Nothing was, when the
request surely never arrived (no connection, no credentials) or was answered with a proper error.
Everything else is `Lost`: a connection that closed, hung or broke off after the request was sent,
an answer that cannot be read, an error page of something in between, and an expired deadline, which
by its definition "may be returned even if the operation has completed" (google.rpc.Code).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from google.auth import exceptions as auth
from google.genai.errors import APIError

from krafity_cli.engines.protocol import Busy, Failed, Filtered, Lost
from krafity_cli.engines.vertex.account import Account
from krafity_cli.engines.vertex.catalog import Model
from krafity_cli.engines.vertex.prompts import data
from krafity_cli.engines.vertex.safety import code_in, is_refusal
from krafity_cli.engines.vertex.service import http

MOST_WORDS = 500
"""Characters of a service's words that are shown and kept."""

_NEVER_SENT = (http.ConnectError, http.ConnectTimeout, http.PoolTimeout, http.ProxyError)
_NO_ADDRESS = (http.UnsupportedProtocol, http.InvalidURL)
_MAYBE_DONE = frozenset({499, 504})
_LOG_IN = (
    "run `gcloud auth application-default login`, or let GOOGLE_APPLICATION_CREDENTIALS name the "
    "file of a service account"
)


@dataclass(frozen=True)
class Asked:
    """What was asked of whom.

    A `cheap` request is rather made twice than given up; `note` is what may be wrong with one that
    is refused.
    """

    account: Account
    model: Model
    location: str
    cheap: bool = False
    note: str = ""


def outcome(error: Exception, asked: Asked) -> Filtered | Failed | Busy | Lost:
    """What became of a request that raised `error`."""
    if isinstance(error, APIError):
        return _answered(error, asked)
    if isinstance(error, auth.GoogleAuthError):
        return unauthorized(error)
    if isinstance(error, _NEVER_SENT):
        return Busy(f"Vertex AI cannot be reached: {words(error)}")
    if isinstance(error, _NO_ADDRESS):
        return Failed(
            f"the endpoint {asked.account.address} cannot be used",
            words(error),
            "set GOOGLE_VERTEX_BASE_URL to another, or unset it",
            everywhere=True,
        )
    if isinstance(error, http.TimeoutException):
        return Lost("Vertex AI did not answer in time")
    if isinstance(error, http.HTTPError):
        return Lost(f"the connection to Vertex AI broke: {words(error)}")
    return Lost(f"the answer of Vertex AI cannot be read: {words(error)}")


def unauthorized(error: auth.GoogleAuthError) -> Failed | Busy:
    """Credentials that are missing, not accepted, or could not be asked for a token."""
    if isinstance(error, auth.TransportError) or getattr(error, "retryable", False):
        return Busy(f"Google's token service cannot be reached: {words(error)}")
    if isinstance(error, auth.DefaultCredentialsError):
        what = "no usable Google credentials were found"
    else:
        what = "the Google credentials were not accepted"
    return Failed(what, words(error), _LOG_IN, everywhere=True)


def words(error: Exception) -> str:
    """What an error says, fit to be shown: one line, capped; its name where it says nothing."""
    message = error.message if isinstance(error, APIError) else None
    text = message if isinstance(message, str) else str(error.args[0] if error.args else error)
    return data(text, MOST_WORDS) or type(error).__name__


def again_in(error: APIError) -> float | None:
    """When the service wants to be asked again, in seconds: by header, else by `RetryInfo`."""
    asked = _header(error, "retry-after")
    if asked:
        if re.fullmatch(r"\d{1,6}", asked.strip()):
            return float(asked)
        return _until(asked)
    for detail in _details(error):
        delay = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)s", str(detail.get("retryDelay", "")))
        if delay:
            return float(delay[1])
    return None


def _answered(error: APIError, asked: Asked) -> Filtered | Failed | Busy | Lost:
    """A request that was answered with an error."""
    said, code = words(error), error.code
    if code == 429:
        return Busy(f"Vertex AI wants fewer requests: {said}", again_in(error), limited=True)
    if code in _MAYBE_DONE:
        return Lost(f"Vertex AI gave up waiting for itself ({code}): {said}")
    if code == 408 or code >= 500:
        if asked.cheap or code == 408 or _is_proper(error):
            return Busy(f"Vertex AI answers {code}: {said}", again_in(error))
        return Lost(f"something on the way answers {code} instead of Vertex AI: {said}")
    if code < 400:
        return _moved(error, asked)
    if code in (401, 403):
        return _forbidden(error, asked)
    if code == 404:
        return _no_such_model(asked, said)
    if is_refusal(said):
        return Filtered(said, code_in(said))
    return Failed(f"Vertex AI refused the request ({code})", said, asked.note)


def _is_proper(error: APIError) -> bool:
    """Whether the error has Google's own form, and so comes from the service itself."""
    body = error.details
    inner = body.get("error") if isinstance(body, Mapping) else None
    return isinstance(inner, Mapping) and isinstance(inner.get("code"), int)


def _moved(error: APIError, asked: Asked) -> Failed | Lost:
    """Neither done nor an error: an answer that sends elsewhere, or one that means nothing here."""
    if error.code < 300:
        return Lost(f"the answer of Vertex AI cannot be read: it is {error.code}")
    return Failed(
        f"{asked.account.address} answers {error.code} and sends elsewhere",
        data(_header(error, "location"), MOST_WORDS),
        "set GOOGLE_VERTEX_BASE_URL to where it sends, or unset it",
        everywhere=True,
    )


def _forbidden(error: APIError, asked: Asked) -> Failed | Filtered:
    said, project = words(error), asked.account.project
    if is_refusal(said):
        return Filtered(said, code_in(said))
    if error.code == 401:
        return Failed("Vertex AI did not accept the credentials", said, _LOG_IN, everywhere=True)
    reasons = {str(detail.get("reason")) for detail in _details(error)}
    if "SERVICE_DISABLED" in reasons:
        hint = f"run `gcloud services enable aiplatform.googleapis.com --project {project}`"
    elif "BILLING_DISABLED" in reasons:
        hint = f"turn on billing for the project {project} in the Google Cloud console"
    else:
        hint = (
            f"check GOOGLE_CLOUD_PROJECT, and give the account the role roles/aiplatform.user in "
            f"{project}"
        )
    what = f"the project {project} may not use Vertex AI"
    return Failed(what, said, hint, everywhere=True)


def _no_such_model(asked: Asked, said: str) -> Failed:
    """A 404: nearly always the wrong location, else a model that was shut down."""
    model, role = asked.model, asked.model.role
    known = [place for place in model.locations if place != asked.location]
    served = f"; it is known to be served at {', '.join(known)}" if known else ""
    gone = f"it was shut down on {model.retired}" if model.retired else "it may have been shut down"
    settings = []
    if known:
        settings.append(f"models: {{{role}: {{use: {model.name}, location: {known[0]}}}}}")
    if model.successor:
        settings.append(
            f"models: {{{role}: {{use: {model.successor}, accept: [{model.name}]}}}}"
            " (clips and answers of the old one still count)"
        )
    if not settings:
        settings.append(f"models: {{{role}: {{use: {model.name}, location: LOCATION}}}}")
        settings.append("another model")
    return Failed(
        f"Vertex AI has no model {model.name} at {asked.location}",
        f"it is not served at that location{served}, or {gone}: {said}",
        f"set {', or '.join(settings)}",
        everywhere=True,
    )


def _header(error: APIError, name: str) -> str:
    headers = getattr(error.response, "headers", None) or {}
    return str(headers.get(name, ""))


def _details(error: APIError) -> list[Mapping[str, Any]]:
    body = error.details
    inner = body.get("error") if isinstance(body, Mapping) else None
    found = inner.get("details") if isinstance(inner, Mapping) else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _until(moment: str) -> float | None:
    """Seconds until an HTTP date; `None` for what is none."""
    try:
        then = parsedate_to_datetime(moment)
    except ValueError:
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())
