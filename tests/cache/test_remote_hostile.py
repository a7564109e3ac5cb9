"""A remote cache that lies, drips, floods or says nothing costs a bounded time and no belief."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.cache import Cache, Record, Remote, remote_at
from krafity_cli.cache.records import seal
from krafity_cli.cache.remote import store as remote_module
from krafity_cli.cache.remote.locks import Leases
from krafity_cli.cache.remote.place import PATIENCE, shown, stores_at
from krafity_cli.errors import Refused
from tests.pretend.hostile_store import Answer, Handler, HostileStore

pytest.importorskip("obstore")

Digest = Callable[[str], str]
Serve = Callable[[Answer], HostileStore]
SHORT = 0.4
"""Seconds these tests wait for an answer that never comes."""

CLIP = b"a clip"


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a store and lets clients find it."""
    with ExitStack() as running:

        def start(answer: Answer) -> HostileStore:
            store = HostileStore(answer)
            running.callback(store.stop)
            for name, value in store.environment.items():
                monkeypatch.setenv(name, value)
            return store

        yield start


def remote(patience: float = SHORT) -> Remote:
    url = "s3://films/boats"
    return Remote(stores_at(url, "a test", os.environ), url, patience)


def silent(request: Handler) -> None:
    request.wait()


def test_a_server_that_never_answers_is_waited_for_once(serve: Serve) -> None:
    store = serve(silent)
    one = remote()
    assert one.get("records/aa/x.json") is None
    assert [one.names("leases/x"), one.put("a", b"x"), one.create("b", b"x")] == [[], False, False]
    assert store.requests == ["GET /films/boats/records/aa/x.json"]
    (told,) = one.told()
    assert "s3://films/boats cannot be reached (no answer in 0 s)" in told
    assert "uses the local cache only" in told
    assert one.told() == []


def test_all_that_wait_for_a_silent_server_go_on_together(serve: Serve) -> None:
    both_ask = threading.Barrier(2)

    def answer(request: Handler) -> None:
        both_ask.wait()
        request.wait()

    serve(answer)
    one = remote(patience=60)
    late = threading.Thread(target=one.get, args=("late",))
    late.start()
    soon = threading.Thread(target=one.get, args=("soon",))
    soon.start()
    one.give_up("the first of them got no answer")
    late.join(10)
    soon.join(10)
    assert [late.is_alive(), soon.is_alive()] == [False, False]


def test_a_run_waits_ten_seconds_for_it() -> None:
    assert PATIENCE == 10.0
    assert Remote.__init__.__defaults__ == (PATIENCE,)


def test_a_listing_without_an_end_is_given_up(serve: Serve) -> None:
    pages = iter(range(10_000))

    def answer(request: Handler) -> None:
        page = next(pages)
        names = "".join(
            f"<Contents><Key>boats/leases/x/{page:05}{n:03}</Key><Size>1</Size>"
            "<LastModified>2026-11-22T12:00:00.000Z</LastModified></Contents>"
            for n in range(10)
        )
        more = (
            f"<IsTruncated>true</IsTruncated><NextContinuationToken>{page}</NextContinuationToken>"
        )
        request.reply(200, f"<ListBucketResult>{more}{names}</ListBucketResult>".encode())

    store = serve(answer)
    one = remote(patience=30)
    assert one.names("leases/x", most=50) == []
    assert "it lists more than 50 files in leases/x" in one.told()[0]
    assert len(store.requests) < 20


def test_a_listing_that_drips_is_given_up(serve: Serve) -> None:
    def answer(request: Handler) -> None:
        request.send_response(200)
        request.end_headers()
        while not request.holds.over.wait(0.01):
            request.wfile.write(b" ")

    serve(answer)
    one = remote()
    assert one.names("leases/x") == []
    assert not one.is_up


def test_a_small_file_that_says_it_is_huge_is_not_read(serve: Serve) -> None:
    serve(lambda request: request.head(200, 1 << 40))
    one = remote(patience=30)
    assert one.get("records/aa/x.json") is None
    assert one.is_up


def test_a_blob_larger_than_its_record_says_is_not_read(serve: Serve) -> None:
    serve(lambda request: request.head(200, 1 << 40))
    with pytest.raises(FileNotFoundError):
        list(remote(patience=30).chunks("blobs/aa/x", 6))


def test_a_blob_that_drips_is_broken_off(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_module, "_PIECE", 1)

    def answer(request: Handler) -> None:
        request.head(200, 1 << 20)
        while not request.holds.over.wait(0.01):
            request.wfile.write(b" ")

    serve(answer)
    one = remote()
    with pytest.raises(OSError, match="was lost"):
        list(one.chunks("blobs/aa/x"))
    assert not one.is_up


def test_words_of_the_server_are_not_repeated(serve: Serve) -> None:
    def answer(request: Handler) -> None:
        echo = f"\x1b[31m{request.headers['Authorization']} token=hunter2"
        request.reply(403, echo.encode())

    serve(answer)
    one = remote()
    assert one.get("records/aa/x.json") is None
    (told,) = one.told()
    assert "(HTTP 403)" in told


SECRET = [
    "s3://key:hunter2@films/boats",
    "s3://films/boats?X-Amz-Signature=hunter2",
    "s3://films/boats#hunter2",
    "gs://hunter2@films/boats",
    "file://key:hunter2@host/boats",
    "https://key:hunter2@films/boats?sig=hunter2",
    "key:hunter2@films",
]


@pytest.mark.parametrize("url", SECRET)
def test_a_url_with_a_secret_in_it_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(Refused) as refused:
        remote_at(url, "KRAFITY_CACHE_REMOTE", {})
    error = refused.value
    assert "hunter2" not in f"{error.what} {error.why} {error.hint} {shown(url)}"


@pytest.mark.parametrize(
    ("answers", "hits"),
    [
        ({}, []),
        ({"AWS_METADATA_ENDPOINT": "metadata"}, ["PUT /latest/api/token"]),
    ],
)
def test_the_metadata_address_is_asked_only_where_the_environment_names_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, answers: dict[str, str], hits: list[str]
) -> None:
    metadata = HostileStore(lambda request: request.reply(404))
    store = serve(lambda request: request.reply(404))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    for name in answers:
        monkeypatch.setenv(name, metadata.address)
    try:
        one = remote(patience=30)
        assert one.get("records/aa/x.json") is None
        assert metadata.requests[:1] == hits
        assert bool(store.requests) == (not hits)
        assert all("Authorization" not in headers for headers in store.headers)
    finally:
        metadata.stop()


def test_nobody_is_asked_for_credentials_of_google_either() -> None:
    home = {"HOME": "/nonexistent"}
    assert stores_at("gs://films/boats", "a test", home).small.config["skip_signature"] == "true"


def test_a_redirection_leads_nowhere_else(serve: Serve) -> None:
    other = HostileStore(lambda request: request.reply(200, b"secret"))
    try:
        elsewhere = other.address.replace("127.0.0.1", "localhost") + "/latest/meta-data"
        serve(lambda request: request.reply(302, Location=elsewhere))
        assert remote(patience=30).get("records/aa/x.json") is None
        assert other.requests == []
    finally:
        other.stop()


class Shelf:
    """A store that holds what a test lays into it."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def __call__(self, request: Handler) -> None:
        if request.is_listing():
            request.reply(
                200, b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
            )
            return
        content = self.files.get(request.path.removeprefix("/films/boats/"))
        request.reply(404 if content is None else 200, content or b"")


class Clips:
    """Knows the one clip there is."""

    def shares(self, kind: str) -> bool:
        return kind == "video"

    def fits(self, record: Record, path: Path) -> bool:
        return path.read_bytes() == CLIP


def record(digest: Digest, about: dict[str, Any], content: bytes = CLIP, **forged: Any) -> bytes:
    value = {
        "schema": 1,
        "kind": "video",
        "key": digest("quay"),
        "blob": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "created": "2026-11-22T12:00:00+00:00",
        "about": about,
    }
    return seal(value | forged)


JUNK: dict[str, dict[str, Any]] = {
    "bytes that are no clip": {"content": b"<html>not found</html>"},
    "another size": {"size": 5},
    "a size beyond all bounds": {"size": 1 << 62},
    "another kind": {"kind": "analyze"},
    "no time": {"created": "yesterday"},
    "an amount that is words": {"about": {"cost_usd": "abc"}},
    "an amount below nothing": {"about": {"cost_usd": -5}},
    "an amount beyond all bounds": {"about": {"cost_usd": 1e300}},
    "seconds that are a list": {"about": {"seconds": [1]}},
    "drawings that are words": {"about": {"drawings": "none"}},
    "drawings without marks": {"about": {"drawings": {"drawn": True}}},
    "a start frame that is a path": {"about": {"start": "/etc/passwd"}},
    "a model that is a table": {"about": {"model": {}}},
    "parts that are a list": {"about": {"parts": []}},
    "parents that are words": {"about": {"parts": {"parents": "abc"}}},
    "about that is a list": {"about": []},
}


@pytest.mark.parametrize("junk", JUNK)
def test_a_record_that_points_to_junk_is_a_miss(
    serve: Serve, tmp_path: Path, digest: Digest, junk: str
) -> None:
    shelf = Shelf()
    store = serve(shelf)
    what = {"about": {"cost_usd": 0.4}, **JUNK[junk]}
    content, about = what.pop("content", CLIP), what.pop("about")
    key = digest("quay")
    sealed = record(digest, about, content, **what)
    blob = hashlib.sha256(content).hexdigest()
    shelf.files[f"records/{key[:2]}/{key}.json"] = sealed
    shelf.files[f"blobs/{blob[:2]}/{blob}"] = content
    with Cache.open(tmp_path / "cache", remote=remote(30), judge=Clips()) as cache:
        assert cache.recall(key, "video") is None
        assert cache.recall(key, "video") is None
        assert not cache.records.digests()
        assert not cache.blobs.digests()
        assert cache.told() == []
    asked = [line for line in store.requests if "/records/" in line]
    assert len(asked) == 1


def test_a_record_that_is_sound_is_taken_and_marked(
    serve: Serve, tmp_path: Path, digest: Digest
) -> None:
    shelf = Shelf()
    serve(shelf)
    key = digest("quay")
    blob = hashlib.sha256(CLIP).hexdigest()
    shelf.files[f"records/{key[:2]}/{key}.json"] = record(digest, {"fetched": False})
    shelf.files[f"blobs/{blob[:2]}/{blob}"] = CLIP
    with Cache.open(tmp_path / "cache", remote=remote(30), judge=Clips()) as cache:
        found = cache.recall(key, "video")
        assert found is not None
        assert found.about == {"fetched": True}


def test_kinds_that_are_made_again_for_nothing_are_neither_asked_for_nor_sent(
    serve: Serve, tmp_path: Path, digest: Digest
) -> None:
    store = serve(Shelf())
    with Cache.open(tmp_path / "cache", remote=remote(30), judge=Clips()) as cache:
        assert cache.recall(digest("small"), "thumbnail") is None
        cache.store(digest("small"), "thumbnail", b"small")
    assert store.requests == []


def test_where_copies_lie_stays_on_this_machine(
    serve: Serve, tmp_path: Path, digest: Digest
) -> None:
    store = serve(Shelf())
    with Cache.open(tmp_path / "cache", remote=remote(30)) as cache:
        made = cache.store(digest("quay"), "video", CLIP)
        before = len(store.requests)
        cache.note_copy(made.blob, made.key, tmp_path / "quay.mp4")
        assert len(store.requests) == before


def test_a_store_that_never_gives_a_lease_is_given_up(serve: Serve) -> None:
    def answer(request: Handler) -> None:
        if request.command == "PUT":
            request.reply(412)
        else:
            Shelf()(request)

    serve(answer)
    one = remote(30)

    async def hold() -> bool:
        async with Leases(one, _next).hold("order"):
            return one.is_up

    assert asyncio.run(hold()) is False
    assert "it neither grants a lease nor shows who holds it" in one.told()[0]


@pytest.mark.parametrize("name", ["9" * 5000, "٣٣٣٣٣٣٣٣", "1", "-0000001"])
def test_a_lease_of_another_name_is_none(serve: Serve, name: str) -> None:
    def answer(request: Handler) -> None:
        listed = (
            "<ListBucketResult><IsTruncated>false</IsTruncated><Contents>"
            f"<Key>boats/leases/order/{name}</Key><Size>1</Size>"
            "<LastModified>2026-11-22T12:00:00.000Z</LastModified></Contents></ListBucketResult>"
        )
        request.reply(200, listed.encode() if request.is_listing() else b"")

    store = serve(answer)

    async def hold() -> None:
        async with Leases(remote(30), _next).hold("order"):
            pass

    asyncio.run(hold())
    assert "PUT /films/boats/leases/order/00000001" in store.requests


async def _next(_: float) -> None:
    await asyncio.sleep(0)
