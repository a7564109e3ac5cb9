"""`krafity doctor` asks everything an order would need, and spends nothing."""

from __future__ import annotations

from pathlib import Path

from krafity_cli.engines.protocol import Check, Checked
from krafity_cli.engines.vertex import Vertex
from tests.engines.vertex.conftest import Use
from tests.google.accounts import EMAIL
from tests.google.server import GoogleServer

PROJECT = Check("project", True, "film-project, at us-central1")
SIGNED_IN = Check("credentials", True, f"service account {EMAIL}, accepted by Google")


def checkup(use: Use) -> list[Check]:
    async def look(engine: Vertex) -> list[Check]:
        assert isinstance(engine, Checked)
        return list(await engine.checkup())

    return use(look)


def test_a_setup_that_is_alive_is_told_piece_by_piece(google: GoogleServer, use: Use) -> None:
    assert checkup(use) == [
        PROJECT,
        SIGNED_IN,
        Check("vision model", True, "gemini-3.5-flash-lite answers at global"),
        Check("image model", True, "gemini-nano-banana-2.1 answers at global"),
        Check("video model", True, "veo-3.1-fast-generate-001 answers at us-central1"),
    ]
    assert google.billed() == 0


def test_without_credentials_nothing_else_is_asked(google: GoogleServer, use: Use) -> None:
    key = Path(use.environment["GOOGLE_APPLICATION_CREDENTIALS"])
    key.unlink()
    assert checkup(use) == [
        PROJECT,
        Check(
            "credentials",
            False,
            f"no usable Google credentials were found: File {key} was not found.",
            "run `gcloud auth application-default login`, or let GOOGLE_APPLICATION_CREDENTIALS "
            "name the file of a service account",
        ),
    ]
    assert google.calls == []


def test_a_project_that_may_not_ends_the_questions(google: GoogleServer, use: Use) -> None:
    google.fault("model", "403", message="Denied.", reason="SERVICE_DISABLED")
    assert checkup(use) == [
        PROJECT,
        SIGNED_IN,
        Check(
            "vision model",
            False,
            "the project film-project may not use Vertex AI: Denied.",
            "run `gcloud services enable aiplatform.googleapis.com --project film-project`",
        ),
    ]


def test_a_model_that_is_gone_is_told_and_the_others_are_asked(
    google: GoogleServer, use: Use
) -> None:
    del google.world.manners.models["gemini-nano-banana-2.1"]
    checks = {check.name: check for check in checkup(use)}
    assert (checks["vision model"].ok, checks["video model"].ok) == (True, True)
    assert checks["image model"] == Check(
        "image model",
        False,
        "Vertex AI has no model gemini-nano-banana-2.1 at global: it is not served at that "
        "location, or it may have been shut down: models/gemini-nano-banana-2.1 is not found.",
        "set models: {image: {use: gemini-nano-banana-2.1, location: LOCATION}}, or another model",
    )
