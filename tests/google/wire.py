"""What goes over the wire: queries, replies, Google's form of an error, and faults."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(frozen=True)
class Query:
    """One request: `found` are the named parts of its path."""

    method: str
    path: str
    found: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; anything else is refused."""
        try:
            value = json.loads(self.body)
        except ValueError:
            raise Refusal(400, "Invalid JSON payload received.") from None
        if not isinstance(value, dict):
            raise Refusal(400, "Invalid JSON payload received. Root is no object.")
        return value


@dataclass(frozen=True)
class Reply:
    """One answer. `made` says that something was made and is billed; `seconds` of video."""

    body: bytes
    status: int = 200
    kind: str = "application/json; charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    made: bool = False
    seconds: int = 0

    @classmethod
    def json(cls, value: Any, **more: Any) -> Reply:
        """An answer in JSON."""
        return cls(json.dumps(value).encode(), **more)


Form = Literal["object", "array", "words"]
"""How an error is written: `{"error": {...}}`, `[{"error": {...}}]`, or with a word as its code."""

WORD = {
    400: "invalid_request",
    401: "authentication",
    402: "payment_required",
    403: "permission_denied",
    404: "not_found",
    429: "rate_limit_exceeded",
    500: "api_error",
    503: "service_unavailable",
    504: "deadline_exceeded",
}
"""The codes of Interactions, by status."""


class Refusal(Exception):
    """An error answer, in one of Google's forms; `word` is its code at Interactions."""

    def __init__(
        self,
        status: int,
        message: str,
        details: list[dict[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        state: str = "",
        word: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.state = state or STATUS[status]
        self.word = word or WORD.get(status, self.state.lower())
        self.message = message
        self.details = details or []
        self.headers = headers or {}

    def reply(self, form: Form = "object") -> Reply:
        """The error as it is sent."""
        error: dict[str, Any] = {
            "code": self.status,
            "message": self.message,
            "status": self.state,
        }
        if form == "words":
            error = {"code": self.word, "message": self.message}
        if self.details:
            error["details"] = self.details
        value: Any = {"error": error}
        value = [value] if form == "array" else value
        return Reply.json(value, status=self.status, headers=self.headers)


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong on order.

    Instead of an answer, before anything is made: a status (`429`, `503`, ...; with `retry_after`
    for the header, `retry_info` for the detail, `message`, `reason`), `says` (the `answer` of that
    name in `refusals.toml`), both also inside an `array`; `html` (an error page of something in
    between, with `status`), `close_before` (closed before the body is read).

    After all was made, and billed: `close_after`, `hang`, `cut` (half of the answer), `garbled`
    (no JSON), `empty` (`{}`), `answer` (any `value` as JSON, with any `status`).

    `meet` goes on when all of a `barrier` have arrived.

    What an API does with the others is written there.
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_status(self) -> bool:
        """Whether it is an error answer instead of any work."""
        return self.name.isdigit() or self.name in ("html", "says")

    def refused(self, form: Form = "object") -> Reply:
        """The error answer."""
        if self.name == "html":
            page = b"<html><body><h1>Bad Gateway</h1></body></html>"
            return Reply(page, status=int(self.options.get("status", 502)), kind="text/html")
        if self.name == "says":
            return refusals()[self.options["answer"]].reply("array" if self.is_array else form)
        details, headers = [], {}
        if "retry_info" in self.options:
            kind = "type.googleapis.com/google.rpc.RetryInfo"
            details.append({"@type": kind, "retryDelay": self.options["retry_info"]})
        if "reason" in self.options:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            details.append({"@type": kind, "reason": self.options["reason"]})
        if "retry_after" in self.options:
            headers["Retry-After"] = str(self.options["retry_after"])
        message = self.options.get("message", f"{STATUS[int(self.name)].capitalize()} on order.")
        refusal = Refusal(int(self.name), message, details, headers)
        return refusal.reply("array" if self.is_array else form)

    @property
    def is_array(self) -> bool:
        """Whether its error comes inside an array."""
        return bool(self.options.get("array"))


@cache
def refusals() -> Mapping[str, Refusal]:
    """Real answers by name, from `refusals.toml`."""
    table = tomllib.loads(Path(__file__).with_name("refusals.toml").read_text())
    return {name: Refusal(**answer) for name, answer in table.items()}


Answer = Callable[[Query, Fault | None], Reply]


@dataclass(frozen=True)
class Route:
    """Where a path leads. `kind` is known before the body is read, `exactly` after.

    `form` is that of its errors.
    """

    method: str
    pattern: re.Pattern[str]
    kind: Callable[[Mapping[str, str]], str]
    answer: Answer
    exactly: Callable[[Query], str] | None = None
    form: Form = "object"


def always(kind: str) -> Callable[[Mapping[str, str]], str]:
    """The same kind, whatever the path says."""
    return lambda found: kind
