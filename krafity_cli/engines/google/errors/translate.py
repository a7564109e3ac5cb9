"""What went wrong, translated once: from what the SDK raises to what became of the request.

The question that matters is whether something may have been made and billed. Nothing was, when the
request surely never arrived (no connection, no credentials) or was answered with a proper error.
Everything else is `Lost`: a connection that closed, hung or broke off after the request was sent,
an answer that cannot be read, an error page of something in between, and an expired deadline, which
by its definition "may be returned even if the operation has completed" (google.rpc.Code).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from google.genai.errors import APIError

from krafity_cli.engines.google.catalog import Model
from krafity_cli.engines.google.connection import http
from krafity_cli.engines.google.errors.refusals import standing
from krafity_cli.engines.google.errors.safety import code_in, is_blocking, is_refusal, said_by
from krafity_cli.engines.google.gate import NotAllowed
from krafity_cli.engines.protocol import Busy, Failed, Filtered, Lost

_NEVER_SENT = (http.ConnectError, http.ConnectTimeout, http.PoolTimeout, http.ProxyError)
_NO_ADDRESS = (http.UnsupportedProtocol, http.InvalidURL)
_MAYBE_DONE = frozenset({499, 504})


@dataclass(frozen=True)
class Asked:
    """What was asked for.

    A `cheap` request is rather made twice than given up.
    """

    model: Model
    location: str = ""
    cheap: bool = False


class Troubles(ABC):
    """What errors mean at one of Google's services.

    `called` is the name people know the service by, `address` its endpoint fit to be shown,
    `variable` the setting that names another endpoint, and `charged` the project that pays, in
    words.
    """

    def __init__(self, called: str, address: str, variable: str, charged: str) -> None:
        self.called = called
        self.charged = charged
        self._address = address
        self._variable = variable

    def outcome(self, error: Exception, asked: Asked) -> Filtered | Failed | Busy | Lost:
        """What became of a request that raised `error`."""
        if isinstance(error, APIError):
            return self._answered(error, asked)
        if isinstance(error, NotAllowed):
            return Failed(
                "the request was not sent, because its destination does not belong to this account",
                words(error),
                "other servers, projects and buckets can be set in your own settings only",
                code="foreign-place",
            )
        if isinstance(error, _NEVER_SENT):
            return Busy(f"{self.called} cannot be reached: {words(error)}")
        if isinstance(error, _NO_ADDRESS):
            return Failed(
                f"the endpoint {self._address} cannot be used",
                words(error),
                f"set {self._variable} to another address, or unset it",
                everywhere=True,
                code="bad-endpoint",
            )
        if isinstance(error, http.TimeoutException):
            return Lost(f"{self.called} did not answer in time")
        if isinstance(error, http.HTTPError):
            return Lost(f"the connection to {self.called} broke: {words(error)}")
        return Lost(f"the answer of {self.called} cannot be read: {words(error)}")

    @abstractmethod
    def _forbidden(self, error: APIError, said: str) -> Failed:
        """A 401 or 403 that is no safety filter's."""

    @abstractmethod
    def _no_such_model(self, asked: Asked, said: str) -> Failed:
        """A 404."""

    def _refused(self, error: APIError, said: str) -> Failed:
        """Any other error that is the request's own fault."""
        return Failed(
            f"{self.called} refused the request ({error.code})", said, code="refused-request"
        )

    def _answered(self, error: APIError, asked: Asked) -> Filtered | Failed | Busy | Lost:
        """A request that was answered with an error."""
        said, code, word = words(error), error.code, word_in(error)
        if 400 <= code < 500:
            refused = standing(
                said, word, details(error), self.called, asked.model.name, self.payer(error)
            )
            if refused is not None:
                return refused
        if code == 429:
            return Busy(
                f"{self.called} limits the rate of requests: {said}", again_in(error), limited=True
            )
        if code in _MAYBE_DONE:
            return Lost(f"{self.called} timed out internally ({code}): {said}")
        if code in (408, 409) or code >= 500:
            if asked.cheap or code == 408 or _is_proper(error):
                return Busy(f"{self.called} answers {code}: {said}", again_in(error))
            return Lost(f"a proxy or gateway answered {code} instead of {self.called}: {said}")
        if code < 400:
            return self._moved(error)
        if code == 404:
            return self._no_such_model(asked, said)
        if is_refusal(said) or is_blocking(word):
            return Filtered(said, code_in(said) or (word if is_blocking(word) else ""))
        if code in (401, 403):
            return self._forbidden(error, said)
        return self._refused(error, said)

    def payer(self, error: APIError) -> str:
        """The project that was charged: as the answer names it, else as is known beforehand."""
        for detail in details(error):
            metadata = detail.get("metadata")
            consumer = metadata.get("consumer") if isinstance(metadata, Mapping) else None
            named = re.fullmatch(r"projects/([a-z][a-z0-9:.-]{0,99})", str(consumer))
            if named:
                return named[1]
        return self.charged

    def _moved(self, error: APIError) -> Failed | Lost:
        """Neither done nor an error: one that sends elsewhere, or that means nothing here."""
        if error.code < 300:
            return Lost(f"the answer of {self.called} cannot be read: it is {error.code}")
        return Failed(
            f"{self._address} answered {error.code} with a redirect",
            said_by(_header(error, "location")),
            f"set {self._variable} to the address it redirects to, or unset it",
            everywhere=True,
            code="redirected",
        )


def gone(model: Model, today: date | None = None) -> str:
    """Why a model may not be there (any more), as far as the table knows."""
    if model.retired:
        was = "was" if model.retired <= (today or datetime.now(UTC).date()) else "is to be"
        return f"it {was} shut down on {model.retired}"
    if model.deprecated:
        return f"it is deprecated since {model.deprecated} and may have been shut down"
    return "it may have been shut down"


def succeeded(model: Model) -> str:
    """The setting that puts a model's successor in its place; empty where none is known."""
    if model.successor is None:
        return ""
    role, use = model.role, model.successor
    return (
        f"models: {{{role}: {{use: {use}, accept: [{model.name}]}}}}"
        " (clips and answers of the old model remain valid)"
    )


def words(error: Exception) -> str:
    """What an error says, fit to be shown: one line, capped; its name where it says nothing."""
    message = error.message if isinstance(error, APIError) else None
    text = message if isinstance(message, str) else str(error.args[0] if error.args else error)
    return said_by(text) or type(error).__name__


def again_in(error: APIError) -> float | None:
    """When the service wants to be asked again, in seconds: by header, else by `RetryInfo`."""
    asked = _header(error, "retry-after")
    if asked:
        if re.fullmatch(r"\d{1,6}", asked.strip()):
            return float(asked)
        return _until(asked)
    for detail in details(error):
        delay = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)s", str(detail.get("retryDelay", "")))
        if delay:
            return float(delay[1])
    return None


def _is_proper(error: APIError) -> bool:
    """Whether the error has Google's own form, and so comes from the service itself."""
    body = error.details
    inner = body.get("error") if isinstance(body, Mapping) else None
    return isinstance(inner, Mapping) and isinstance(inner.get("code"), int | str)


def word_in(error: APIError) -> str:
    """The code of an error of Interactions, such as `payment_required`; empty for all others."""
    body = error.details
    inner = body.get("error") if isinstance(body, Mapping) else None
    code = inner.get("code") if isinstance(inner, Mapping) else None
    return code if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,60}", code) else ""


def _header(error: APIError, name: str) -> str:
    headers = getattr(error.response, "headers", None) or {}
    return str(headers.get(name, ""))


def details(error: APIError) -> list[Mapping[str, Any]]:
    """What a proper error has beside its words."""
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
