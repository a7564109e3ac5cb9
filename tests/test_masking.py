"""Secrets are masked by their value and by their shape, and nothing else is."""

from __future__ import annotations

import base64
import json
import random

import pytest

from krafity_cli import masking
from krafity_cli.cli.output.bug_report import write_log
from krafity_cli.cli.output.console import harmless
from krafity_cli.delivery.json_document import as_text
from krafity_cli.engines.google.errors.safety import said_by
from krafity_cli.engines.protocol import Answer, Busy, Failed, Filtered, Gone, Lost, Stalled
from krafity_cli.masking import masked, remember, remember_environment, remember_file

KEY = "AIzaSyA" + "b" * 32
"""Looks like a key, and is none."""


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test remembers ends with it."""
    monkeypatch.setattr(masking, "_values", set())
    masking._pattern.cache_clear()


SHAPES = {
    f"key {KEY} is not valid": "key *** is not valid",
    "key AQ.Ab8RN6JmTqIpAbCdEfGhIj was refused": "key *** was refused",
    "token ya29.a0AfH6SMBx-y_z0123456789 expired": "token *** expired",
    "Authorization: Bearer abc.DEF-123_456~789": "Authorization: Bearer ***",
    "authorization: basic dXNlcjpwYXNzd29yZA==": "authorization: basic ***",
    "x-goog-api-key: film-key-0001": "x-goog-api-key: ***",
    "https://h/o?X-Goog-Signature=00ff11&x=1": "https://h/o?X-Goog-Signature=***&x=1",
    "https://h/o?a=1&Signature=ab%2Bcd/=&b=2": "https://h/o?a=1&Signature=***&b=2",
    "https://h/o?sv=1&sig=ab%2Bcd": "https://h/o?sv=1&sig=***",
    "GET /v1/models?key=film-key-1 404": "GET /v1/models?key=*** 404",
    "https://h/o?X-Amz-Security-Token=IQoJb3&z": "https://h/o?X-Amz-Security-Token=***&z",
    "proxy http://me:pass@proxy:8080/ failed": "proxy http://***@proxy:8080/ failed",
    "AKIAIOSFODNN7EXAMPLE": "***",
    "hf_AbCdEfGhIjKlMnOpQrSt is revoked": "*** is revoked",
    '{"access_token": "0123456789abc", "n": 1}': '{"access_token": "***", "n": 1}',
    '{\\"refresh_token\\":\\"1-2-3-4-5-6\\"}': '{\\"refresh_token\\":\\"***\\"}',
    "-----BEGIN PRIVATE KEY-----\nMIIEv\nQ\n-----END PRIVATE KEY-----\nend": "***\nend",
    "assertion=eyJhbGciOiJ9.eyJpc3MiOiJr.c2lnbmF0dXJl": "assertion=***",
}
PLAIN = [
    "the bearer of bad news walks in",
    "a basic principle",
    "projects/film/locations/us-central1/publishers/google/models/veo-3.1/operations/0123456789",
    "https://storage.googleapis.com/storage/v1/b/clips/o/a.mp4?alt=media",
    "the key=C major scale",
    "12:30@noon, meet at http://example.com:8080/a@b",
    "sha256 " + "0123456789abcdef" * 4,
    "a turkey? key!",
    "short",
    "",
]


@pytest.mark.parametrize("text", SHAPES)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    assert masked(text) == SHAPES[text]


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert masked(text) == text


def test_pictures_in_base64_stay_whole() -> None:
    picture = base64.b64encode(random.Random(7).randbytes(3_000_000)).decode()
    page = f'<img src="data:image/png;base64,{picture}">'
    assert masked(page) == page


def test_a_secret_of_this_process_is_masked_by_its_value_in_any_spelling() -> None:
    remember("film/key+with=signs", "  ", "short", None)
    assert masked("it said film/key+with=signs, short") == "it said ***, short"
    assert masked("/o/film%2Fkey%2Bwith%3Dsigns?") == "/o/***?"


def test_the_environment_and_a_credentials_file_are_remembered() -> None:
    remember_environment(
        {
            "FILM_API_KEY": "no-shape-at-all",
            "PATH": "/usr/local/bin",
            "PROXY": "http://me:pa55word@p",
        }
    )
    remember_file(
        {
            "type": "impersonated_service_account",
            "source_credentials": {
                "refresh_token": "source-refresh",
                "client_secret": "source-secret",
            },
            "private_key": "-----BEGIN PRIVATE KEY-----\nbase64base64\n-----END PRIVATE KEY-----\n",
            "client_email": "film@example.com",
        }
    )
    said = "no-shape-at-all pa55word source-refresh source-secret base64base64 film@example.com"
    assert masked(said + " /usr/local/bin") == "*** *** *** *** *** film@example.com /usr/local/bin"


def test_no_outcome_of_an_engine_holds_a_secret() -> None:
    """Whoever wrote the engine: ledger, manifest, report and every message are made of these."""
    outcomes = (Filtered(KEY, KEY), Failed(KEY, KEY, KEY), Busy(KEY), Lost(KEY), Gone(KEY))
    for outcome in (*outcomes, Stalled(None, KEY)):
        assert KEY not in repr(outcome)


def test_an_answer_in_words_that_echoes_a_secret_is_kept_without_it() -> None:
    """It goes into the cache, the scene context and the next request."""
    remember("no-shape-at-all")
    told = {"environment": f"a quay, {KEY}", "entities": [{"id": "no-shape-at-all"}]}
    answer = Answer(json.dumps(told).encode())
    assert json.loads(answer.content) == {"environment": "a quay, ***", "entities": [{"id": "***"}]}
    picture = b"\x89PNG" + KEY.encode() + b"\xff"
    assert Answer(picture).content == picture
    assert Answer(b"{" + picture).content == b"{" + picture


def test_a_secret_that_is_parted_by_what_is_not_shown_is_masked() -> None:
    assert said_by("key " + "\u200b".join(KEY) + " is bad") == "key *** is bad"
    assert said_by("x" * 400 + " " + "\u200b".join(KEY), 420) == "x" * 400 + " ***"


def test_nothing_goes_out_with_a_secret_in_it() -> None:
    remember("no-shape-at-all")
    said = f"{KEY} no-shape-at-all"
    assert harmless(said) == "*** ***"
    document = as_text({"error": said, "runs": [{"why": said}]})
    assert json.loads(document) == {"error": "*** ***", "runs": [{"why": "*** ***"}]}
    log, text = write_log(ValueError(said))
    assert log is not None
    assert "ValueError: *** ***" in text
    assert log.read_text() == text
    log.unlink()
