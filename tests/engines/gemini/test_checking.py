"""`krafity doctor` asks everything an order would need, and spends nothing."""

from __future__ import annotations

from krafity_cli.engines.gemini import Gemini
from krafity_cli.engines.protocol import Check
from tests.engines.gemini.conftest import Use
from tests.google.developer import AQ_KEY
from tests.google.interactions import TWO_CREDENTIALS
from tests.google.server import GoogleServer


def checkup(use: Use) -> list[Check]:
    async def look(engine: Gemini) -> list[Check]:
        return list(await engine.checkup())

    return use(look)


def _key(google: GoogleServer) -> Check:
    return Check(
        "API key", True, f"GEMINI_API_KEY is set and is used for {google.url.partition('//')[2]}"
    )


def test_a_setup_that_is_alive_is_told_piece_by_piece(google: GoogleServer, use: Use) -> None:
    assert checkup(use) == [
        _key(google),
        Check("vision model", True, "gemini-3.5-flash-lite answers"),
        Check("image model", True, "gemini-nano-banana-2.1 answers"),
        Check("video model", True, "gemini-omni-1.2-flash answers"),
        Check("orders", True, "run in the background and are polled"),
    ]
    assert google.billed() == 0


def test_a_key_that_is_not_valid_ends_the_questions(google: GoogleServer, use: Use) -> None:
    use.environment["GEMINI_API_KEY"] = "another"
    assert checkup(use) == [
        _key(google),
        Check(
            "vision model",
            False,
            "the Gemini API did not accept the API key: API key not valid. Please pass a valid API "
            "key.",
            "create a new key at aistudio.google.com/apikey and set GEMINI_API_KEY",
        ),
    ]


def test_a_model_that_is_gone_is_told_and_the_others_are_asked(
    google: GoogleServer, use: Use
) -> None:
    del google.world.manners.models["gemini-nano-banana-2.1"]
    _, vision, image, video, _ = checkup(use)
    assert (vision.ok, video.ok) == (True, True)
    assert image == Check(
        "image model",
        False,
        "the Gemini API has no model gemini-nano-banana-2.1: it may have been shut down, or this "
        "API key has no access to it: models/gemini-nano-banana-2.1 is not found.",
        "set models: {image: OTHER}",
    )


def test_a_key_that_may_not_ask_after_orders_is_told_how_they_are_placed(
    google: GoogleServer, use: Use
) -> None:
    use.environment["GEMINI_API_KEY"] = AQ_KEY
    assert checkup(use)[-1] == Check(
        "orders",
        True,
        "this key is not allowed to check on orders that run in the background, so each order "
        "waits in its request for the clip",
    )
    use.environment["KRAFITY_GEMINI_WAITING"] = "0"
    assert checkup(use)[-1] == Check(
        "orders",
        False,
        "this key is not allowed to check on orders that run in the background, so orders would "
        f"be billed but could not be collected: {TWO_CREDENTIALS}",
        "unset KRAFITY_GEMINI_WAITING, so that orders wait in their requests for the clips",
    )
    use.environment["KRAFITY_GEMINI_WAITING"] = "1"
    assert checkup(use)[-1] == Check(
        "orders", True, "wait for their clips in the request (KRAFITY_GEMINI_WAITING)"
    )


def test_a_service_that_is_busy_is_worth_another_look(google: GoogleServer, use: Use) -> None:
    google.fault("model", "503", message="Try later.")
    assert checkup(use)[1] == Check(
        "vision model",
        False,
        "the Gemini API answers 503: Try later.",
        "try again later",
    )
