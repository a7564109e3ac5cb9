"""Where requests may go: a table of URLs, and real listeners that must receive nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.cache import Cache
from krafity_cli.engines.gemini.account import Account as KeyAccount
from krafity_cli.engines.google.catalog import Catalog
from krafity_cli.engines.google.connection import Connections
from krafity_cli.engines.google.gate import Gate, NotAllowed, Server, is_metadata
from krafity_cli.engines.protocol import Done, Failed, Outcome
from krafity_cli.engines.setup import Setup
from krafity_cli.engines.vertex import Vertex
from krafity_cli.engines.vertex.account import Account, account_of
from krafity_cli.errors import Refused
from krafity_cli.orders.collect import Collector
from krafity_cli.orders.limits.retry import Deadline
from krafity_cli.orders.order import State
from krafity_cli.orders.store import OrderFiles
from krafity_cli.settings import Values
from tests.engines.vertex.scenes import START, VIDEO, picture, video
from tests.google.server import GoogleServer

TUNED = "projects/other/locations/us-central1/endpoints/9"
CLOUD = Account("film", bucket="gs://clips/here", own_models=frozenset({TUNED}))
OWN = Account("film", endpoint="http://127.0.0.1:8080/base", storage="http://127.0.0.1:9023")
KEY = KeyAccount("AIza-key")
GENERATE = "publishers/google/models/veo-3:generateContent"
REGION = "https://us-central1-aiplatform.googleapis.com/v1beta1/projects/film/locations/us-central1"

LET_THROUGH = [
    (CLOUD, f"{REGION}/{GENERATE}"),
    (CLOUD, f"{REGION}/publishers/google/models/veo-3:fetchPredictOperation"),
    (CLOUD, f"https://aiplatform.googleapis.com/v1/projects/film/locations/global/{GENERATE}"),
    (CLOUD, f"https://aiplatform.eu.rep.googleapis.com/v1/projects/film/locations/eu/{GENERATE}"),
    (CLOUD, "https://aiplatform.googleapis.com/v1/projects/film/locations/global/interactions"),
    (CLOUD, "https://us-east5-aiplatform.googleapis.com/v1beta1/publishers/google/models/veo-3"),
    (CLOUD, f"https://us-central1-aiplatform.googleapis.com/v1beta1/{TUNED}:generateContent"),
    (CLOUD, "https://storage.googleapis.com/storage/v1/b/clips/o/here%2F1.mp4?alt=media"),
    (OWN, f"http://127.0.0.1:8080/base/v1beta1/projects/film/locations/moon-1/{GENERATE}"),
    (KEY, "https://generativelanguage.googleapis.com/v1/models/gemini-3:generateContent"),
    (KEY, "https://generativelanguage.googleapis.com/v1beta/interactions/abc-1/cancel"),
    (KEY, "https://generativelanguage.googleapis.com/v1beta/files/x1:download?alt=media"),
]
REFUSED = [
    (CLOUD, f"https://evil.example/v1beta1/projects/film/locations/us-central1/{GENERATE}"),
    (CLOUD, f"http://us-central1-aiplatform.googleapis.com/v1/projects/film/{GENERATE}"),
    (CLOUD, f"{REGION.replace('.com', '.com.evil.example')}/{GENERATE}"),
    (CLOUD, f"{REGION.replace('.com', '.com:8443')}/{GENERATE}"),
    (CLOUD, f"{REGION.replace('https', 'http')}/{GENERATE}"),
    (CLOUD, f"{REGION.replace('us-central1-', 'us-east5-')}/{GENERATE}"),
    (CLOUD, f"{REGION.replace('/film/', '/other/')}/{GENERATE}"),
    (CLOUD, f"{REGION.replace('us-central1', 'evil.example/x')}/{GENERATE}"),
    (CLOUD, f"{REGION}/publishers/google/models/../../../secrets:read"),
    (CLOUD, f"{REGION}/publishers/google/models/a%2fb:generateContent"),
    (CLOUD, f"{REGION}/publishers/other/models/veo-3:generateContent"),
    (CLOUD, f"https://user:pass@evil.example/{GENERATE}"),
    (CLOUD, f"{REGION}/endpoints/9:generateContent"),
    (CLOUD, f"https://us-central1-aiplatform.googleapis.com/v1/{TUNED}0:generateContent"),
    (CLOUD, "https://storage.googleapis.com/storage/v1/b/strangers/o/1.mp4?alt=media"),
    (CLOUD, "https://storage.googleapis.com/storage/v1/b/clips/o?prefix=a"),
    (CLOUD, "https://secretmanager.googleapis.com/v1/projects/film/secrets"),
    (CLOUD, "http://169.254.169.254/computeMetadata/v1/"),
    (OWN, f"http://127.0.0.1:8081/base/v1beta1/projects/film/locations/us-central1/{GENERATE}"),
    (OWN, f"http://127.0.0.1:8080/v1beta1/projects/film/locations/us-central1/{GENERATE}"),
    (OWN, f"{REGION}/{GENERATE}"),
    (OWN, f"http://127.0.0.1:port/base/v1/projects/film/locations/us-central1/{GENERATE}"),
    (OWN, "http://127.0.0.1:9023/storage/v1/b/clips/o/1.mp4"),
    (KEY, "https://evil.example/v1beta/files/x1:download?alt=media"),
    (KEY, "https://generativelanguage.googleapis.com/v1beta/files/..:download"),
    (KEY, "https://generativelanguage.googleapis.com/v1beta/interactions/.."),
    (KEY, "https://generativelanguage.googleapis.com/v1beta/models/a/b:generateContent"),
    (KEY, "https://generativelanguage.googleapis.com/v1beta/tunedModels/a:generateContent"),
    (KEY, f"{REGION}/{GENERATE}"),
]


@pytest.mark.parametrize(("account", "url"), LET_THROUGH)
def test_what_an_account_uses_is_let_through(account: Any, url: str) -> None:
    gate = account.gate(["moon-1"]) if isinstance(account, Account) else account.gate()
    gate.check(url)


@pytest.mark.parametrize(("account", "url"), REFUSED)
def test_anything_else_is_refused(account: Any, url: str) -> None:
    with pytest.raises(NotAllowed):
        account.gate().check(url)


def test_a_refusal_never_shows_a_password() -> None:
    with pytest.raises(NotAllowed) as caught:
        CLOUD.gate().check("https://user:pass@evil.example/x?key=secret")
    said = "evil.example/x does not belong to the project film at aiplatform.googleapis.com"
    assert str(caught.value) == said


@pytest.mark.parametrize(
    "host",
    [
        *("169.254.169.254", "2852039166", "0xa9fea9fe", "metadata.google.internal.", "metadata"),
        *("fd00:ec2::254", "fe80::1%eth0", "::ffff:169.254.169.254", "100.100.100.200"),
    ],
)
def test_a_metadata_address_is_known_in_any_spelling(host: str) -> None:
    assert is_metadata(host)
    name = f"[{host}]" if ":" in host else host
    endpoint = {"GOOGLE_VERTEX_BASE_URL": f"http://{name}/"}
    with pytest.raises(Refused) as caught:
        account_of(Setup({"GOOGLE_CLOUD_PROJECT": "film", **endpoint}))
    assert "is a metadata address" in caught.value.what


class Listener:
    """Counts the connections it is offered; none is expected."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.received = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.received += 1
                connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A stranger's server."""
    found = Listener()
    yield found
    found.close()


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    """A server that gives out tokens."""
    with GoogleServer() as server:
        yield server


def at_google(google: GoogleServer, folder: Path, **more: str) -> Vertex:
    """An engine without a custom endpoint, whose token service is on this machine."""
    environment = google.environment(folder)
    del environment["GOOGLE_VERTEX_BASE_URL"]
    setup = Setup(environment | more)
    return Vertex(account_of(setup), Catalog.of(setup))


def run(engine: Vertex, work: Any) -> Any:
    async def main() -> Any:
        try:
            return await work
        finally:
            await engine.aclose()

    return asyncio.run(main())


@pytest.mark.parametrize(
    "form", ["127.0.0.1:{}/x", "127.0.0.1:{}#", "127.0.0.1:{}?", "a@127.0.0.1:{}/"]
)
def test_a_location_sends_no_order_to_a_stranger(
    google: GoogleServer, listener: Listener, tmp_path: Path, form: str
) -> None:
    engine = at_google(google, tmp_path)
    request = replace(engine.request(video(), VIDEO), location=form.format(listener.port))
    outcome = run(engine, engine.submit(request, {START: picture()}))
    assert isinstance(outcome, Failed)
    assert listener.received == 0


@pytest.mark.parametrize(
    "model", ["projects/other/locations/us-central1/endpoints/9", "../../evil", "other/veo", "a?b"]
)
def test_a_model_that_is_a_path_is_sent_nowhere(
    google: GoogleServer, tmp_path: Path, model: str
) -> None:
    setup = Setup(google.environment(tmp_path))
    engine = Vertex(account_of(setup), Catalog.of(setup))
    outcome = run(engine, engine.submit(engine.request(video(), model), {START: picture()}))
    assert isinstance(outcome, Failed)
    assert outcome.what == (
        "the request was not sent, because its destination does not belong to this account"
    )
    assert google.calls == []


def test_a_redirect_is_checked_like_any_request(listener: Listener, google: GoogleServer) -> None:
    """Even a client that follows redirects does not follow one to a stranger."""
    google.world.url = f"http://127.0.0.1:{listener.port}/v1/models/x"  # where `/moved` sends
    gate = Gate("this account", (Server(google.url, r"/moved/.*"),))

    async def main() -> None:
        connections = Connections(gate, {})
        try:
            await connections.pool().post(f"{google.url}/moved/x", follow_redirects=True)
        finally:
            await connections.aclose()

    with pytest.raises(NotAllowed):
        asyncio.run(main())
    assert listener.received == 0


def test_a_clip_in_a_strangers_bucket_is_not_fetched(google: GoogleServer, tmp_path: Path) -> None:
    setup = Setup(google.environment(tmp_path), Values(bucket="gs://film-bucket/clips"))
    engine = Vertex(account_of(setup), Catalog.of(setup))
    request = engine.request(video(), VIDEO)
    outcome: Outcome = run(engine, engine.fetch(request, "", Done(None, "gs://strangers/1.mp4")))
    assert outcome == Failed(
        "gs://strangers/1.mp4 was not fetched",
        "it is not in the bucket of your settings",
        "if this bucket is yours, set `bucket` to gs://strangers/... in your own settings",
        everywhere=True,
        code="foreign-place",
    )
    assert google.calls == []


MODEL = f"publishers/google/models/{VIDEO}"
FORGED = [
    f"projects/other/locations/us-central1/{MODEL}/operations/1",
    "projects/film-project/locations/us-central1/publishers/google/models/veo-9/operations/1",
    f"projects/film-project/locations/127.0.0.1:9#/{MODEL}/operations/1",
    f"projects/film-project/locations/us-central1/x/../{MODEL}/operations/1",
    f"projects/film-project/locations/us-central1/{MODEL}/operations/..",
    f"projects/film-project/locations/us-central1/{MODEL}/operations/1/cancel",
    f"projects/film-project/locations/us-central1/{MODEL}/operations/1?x",
    f"https://evil.example/projects/film-project/locations/us-central1/{MODEL}/operations/1",
    "operations/1",
    "",
]


@pytest.mark.parametrize("operation", FORGED)
def test_an_order_file_never_makes_another_accounts_operation_be_asked_for(
    google: GoogleServer, tmp_path: Path, operation: str
) -> None:
    """Its file may have come with a merged cache: it stays as it is, and nothing is sent."""
    setup = Setup(google.environment(tmp_path))
    engine = Vertex(account_of(setup), Catalog.of(setup))
    cache = Cache.open(tmp_path / "cache")
    files = OrderFiles(tmp_path / "cache" / "orders")
    about = {"engine": "vertex", "identity": engine.identity(), "storyboard": "b", "shot": "a"}
    order = files.new(engine.request(video(), VIDEO), **about)
    order = files.advance(order, State.SUBMITTED, operation=operation)
    collector = Collector(cache, engine, files, Deadline(None, lambda: 0.0))
    assert not collector.knows(order)
    assert run(engine, engine.poll(order.sent(), operation)) is not None
    assert google.calls == []
    assert [each.state for each in files.of(order.order)] == [State.SUBMITTED]
    cache.close()


def test_an_own_operation_is_asked_for_wherever_it_was_sent(
    google: GoogleServer, tmp_path: Path
) -> None:
    engine = at_google(google, tmp_path)
    request = engine.request(video(), VIDEO)
    for place in ("us-central1", "europe-west4", "global"):
        own = f"projects/film-project/locations/{place}/{MODEL}/operations/1-a_b"
        assert engine.why_foreign(request, own) == ""


def test_a_projects_number_in_an_answer_is_the_project_that_was_asked() -> None:
    numbered = f"projects/123456/locations/us-central1/{MODEL}/operations/1"
    assert CLOUD.as_named(numbered) == (f"projects/film/locations/us-central1/{MODEL}/operations/1")


def test_without_credentials_no_metadata_address_is_asked(
    listener: Listener, google: GoogleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """google-auth by itself asks one whenever it finds no file."""
    from google.auth.compute_engine import _metadata as metadata

    here = f"127.0.0.1:{listener.port}"
    monkeypatch.setattr(metadata, "_GCE_METADATA_HOST", here)
    monkeypatch.setenv("GCE_METADATA_IP", here)
    monkeypatch.setattr("krafity_cli.engines.vertex.account._GOOGLE_MACHINE", tmp_path / "none")
    engine = at_google(google, tmp_path, GOOGLE_APPLICATION_CREDENTIALS="")
    outcome = run(engine, engine.submit(engine.request(video(), VIDEO), {START: picture()}))
    assert isinstance(outcome, Failed)
    assert outcome.what == "no usable Google credentials were found"
    assert listener.received == 0
