"""What the Gemini API's refusals mean, and the errors of Interactions in the form of all others."""

from __future__ import annotations

from google.genai import _interactions as raised
from google.genai.errors import APIError

from krafity_cli.engines.gemini.account import VERSION, Account
from krafity_cli.engines.google.errors.translate import Asked, Troubles, details, gone, succeeded
from krafity_cli.engines.protocol import Busy, Failed, Filtered, Lost

_NEW_KEY = "create a new key at aistudio.google.com/apikey and set"

MISSED = (
    "it is running and will be billed, but this key is not allowed to check on it; run again with "
    "a key that is"
)


class GeminiTroubles(Troubles):
    """What errors mean for a key of the Gemini API."""

    def __init__(self, account: Account) -> None:
        charged = "the key's project"
        super().__init__("the Gemini API", account.address, "GOOGLE_GEMINI_BASE_URL", charged)
        self._variable_of_key = account.variable
        self._version = account.version

    def outcome(self, error: Exception, asked: Asked) -> Filtered | Failed | Busy | Lost:
        """What became of a request that raised `error`."""
        return super().outcome(plain(error), asked)

    def _forbidden(self, error: APIError, said: str) -> Failed:
        if error.code == 401:
            return self._not_accepted(said)
        return Failed(
            "the API key may not use the Gemini API",
            said,
            f"allow the key the Generative Language API, or {_NEW_KEY} {self._variable_of_key}",
            everywhere=True,
            code="refused-credentials",
        )

    def _no_such_model(self, asked: Asked, said: str) -> Failed:
        model = asked.model
        setting = succeeded(model) or f"models: {{{model.role}: OTHER}}"
        return Failed(
            f"the Gemini API has no model {model.name}",
            f"{gone(model)}, or this API key has no access to it: {said}",
            f"set {setting}",
            everywhere=True,
            no_such_model=True,
            code="no-such-model",
        )

    def _refused(self, error: APIError, said: str) -> Failed:
        reasons = {str(detail.get("reason")) for detail in details(error)}
        if "API_KEY_INVALID" in reasons or "api key not valid" in said.lower():
            return self._not_accepted(said)
        if is_two_credentials(error):
            what = "the Gemini API received conflicting credentials"
            hint = f"{_NEW_KEY} {self._variable_of_key}"
            return Failed(what, said, hint, everywhere=True, code="two-credentials")
        if self._version != VERSION and said.lower().startswith("unknown parameter"):
            what = f"the Gemini API refused the request ({error.code})"
            hint = f"API version {self._version} does not support this request; set "
            setting = f'[gemini] api_version = "{VERSION}"'
            return Failed(what, said, f"{hint}{setting}", everywhere=True, code="refused-request")
        return super()._refused(error, said)

    def _not_accepted(self, said: str) -> Failed:
        return Failed(
            "the Gemini API did not accept the API key",
            said,
            f"{_NEW_KEY} {self._variable_of_key}",
            everywhere=True,
            code="refused-credentials",
        )


def is_two_credentials(error: Exception) -> bool:
    """Whether it is the answer some keys get whenever they ask for an interaction."""
    found = plain(error)
    said = str(found.message) if isinstance(found, APIError) else ""
    return "multiple authentication credentials" in said.lower()


def plain(error: Exception) -> Exception:
    """An error of Interactions as what it is elsewhere: an `APIError`, or the transport's own."""
    if isinstance(error, raised.APIStatusError):
        body = error.body
        if isinstance(body, list) and len(body) == 1:
            body = body[0]
        if not isinstance(body, dict):
            body = {"message": str(body)}
        return APIError(int(error.status_code or 0), body, error.response)
    if isinstance(error, raised.APIConnectionError) and isinstance(error.__cause__, Exception):
        return error.__cause__
    if isinstance(error, raised.APIError) and error.status_code is not None:
        answer = getattr(error.__cause__, "raw_response", None)
        return APIError(int(error.status_code), {"message": error.message}, answer)
    return error
