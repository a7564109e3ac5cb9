"""What Vertex AI's refusals mean: projects, credentials, models and where they are served."""

from __future__ import annotations

from google.auth import exceptions as auth
from google.genai.errors import APIError

from krafity_cli.engines.google.errors.translate import (
    Asked,
    Troubles,
    details,
    gone,
    succeeded,
    words,
)
from krafity_cli.engines.protocol import Busy, Failed, Filtered, Lost
from krafity_cli.engines.vertex.account import Account

LOG_IN = (
    "run `gcloud auth application-default login`, or let GOOGLE_APPLICATION_CREDENTIALS name the "
    "file of a service account"
)


class VertexTroubles(Troubles):
    """What errors mean for an account at Vertex AI."""

    def __init__(self, account: Account) -> None:
        super().__init__("Vertex AI", account.address, "GOOGLE_VERTEX_BASE_URL", account.project)
        self._project = account.project

    def outcome(self, error: Exception, asked: Asked) -> Filtered | Failed | Busy | Lost:
        """What became of a request that raised `error`."""
        if isinstance(error, auth.GoogleAuthError):
            return unauthorized(error)
        return super().outcome(error, asked)

    def _forbidden(self, error: APIError, said: str) -> Failed:
        if error.code == 401:
            return Failed(
                "Vertex AI did not accept the credentials",
                said,
                LOG_IN,
                everywhere=True,
                code="refused-credentials",
            )
        reasons = {str(detail.get("reason")) for detail in details(error)}
        project = self.payer(error)
        what = f"the project {project} may not use Vertex AI"
        if "requires a quota project" in said:
            what = "the credentials contain no project for billing"
            hint = f"run `gcloud auth application-default set-quota-project {self._project}`"
        elif "SERVICE_DISABLED" in reasons:
            hint = f"run `gcloud services enable aiplatform.googleapis.com --project {project}`"
        elif "USER_PROJECT_DENIED" in reasons:
            what = f"the credentials may not bill the project {project}"
            hint = (
                f"give the account the role roles/serviceusage.serviceUsageConsumer in {project}, "
                f"or run `gcloud auth application-default set-quota-project {self._project}`"
            )
        else:
            project = self._project
            what = f"the project {project} may not use Vertex AI"
            hint = (
                f"check GOOGLE_CLOUD_PROJECT, and give the account the role roles/aiplatform.user "
                f"in {project}"
            )
        return Failed(what, said, hint, everywhere=True)

    def _no_such_model(self, asked: Asked, said: str) -> Failed:
        """Nearly always the wrong location, else a model that was shut down."""
        model, role = asked.model, asked.model.role
        known = [place for place in model.locations if place != asked.location]
        served = f"; it is known to be served at {', '.join(known)}" if known else ""
        settings = []
        if known:
            settings.append(f"models: {{{role}: {{use: {model.name}, location: {known[0]}}}}}")
        if model.successor:
            settings.append(succeeded(model))
        if not settings:
            settings.append(f"models: {{{role}: {{use: {model.name}, location: LOCATION}}}}")
            settings.append("another model")
        return Failed(
            f"Vertex AI has no model {model.name} at {asked.location}",
            f"it is not served at that location{served}, or {gone(model)}: {said}",
            f"set {', or '.join(settings)}",
            everywhere=True,
            no_such_model=True,
            code="no-such-model",
        )


def unauthorized(error: auth.GoogleAuthError) -> Failed | Busy:
    """Credentials that are missing, not accepted, or could not be asked for a token."""
    if isinstance(error, auth.TransportError) or getattr(error, "retryable", False):
        return Busy(f"Google's token service cannot be reached: {words(error)}")
    if isinstance(error, auth.DefaultCredentialsError):
        what = "no usable Google credentials were found"
    else:
        what = "the Google credentials were not accepted"
    return Failed(what, words(error), LOG_IN, everywhere=True)
