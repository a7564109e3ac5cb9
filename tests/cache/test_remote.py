"""A remote cache gives what other machines made, verified, and its loss loses nothing here."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from krafity_cli.cache import FETCHED, Cache, Record, Remote, remote_at
from krafity_cli.cache.remote.locks import Leases
from krafity_cli.errors import Refused
from tests.pretend.store import Store

pytest.importorskip("obstore")

Digest = Callable[[str], str]
INTENT = "1" * 64


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """An S3 service on this machine."""
    running = Store()
    yield running
    running.stop()


@pytest.fixture(params=["file", "s3"])
def url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store
) -> str:
    """An empty remote cache."""
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    if request.param == "file":
        return f"file://{tmp_path / 'share'}"
    return f"s3://films/{tmp_path.name}"


@pytest.fixture
def machine(tmp_path: Path, url: str) -> Iterator[Callable[[str], Cache]]:
    """Opens the cache of a machine by its name."""
    opened: list[Cache] = []

    def open_it(name: str) -> Cache:
        opened.append(Cache.open(tmp_path / name, remote=remote_at(url, "a test", os.environ)))
        return opened[-1]

    yield open_it
    for cache in opened:
        cache.close()


Machine = Callable[[str], Cache]


def made(cache: Cache, digest: Digest) -> Record:
    """A clip, with an intent that leads to it."""
    record = cache.store(digest("quay"), "video", b"a clip", {"cost_usd": 0.4, "shot": "quay"})
    cache.link(INTENT, record.key, {"shot": "quay"})
    return record


def test_what_one_machine_made_another_finds(machine: Machine, digest: Digest) -> None:
    here = made(machine("one"), digest)
    two = machine("two")
    link = two.follow(INTENT)
    assert link is not None
    there = replace(here, about={**here.about, FETCHED: True})
    assert two.recall(link.to, "video") == there
    assert two.read(here.blob) == b"a clip"
    with Cache.open(two.path) as alone:
        assert alone.recall(here.key, "video") == there
        assert alone.follow(INTENT) == link


def test_what_is_not_there_is_not_there(machine: Machine, digest: Digest) -> None:
    one = machine("one")
    assert one.recall(digest("quay"), "video") is None
    assert one.follow(INTENT) is None
    assert one.told() == []


def test_a_damaged_clip_is_taken_back_from_it(machine: Machine, digest: Digest, url: str) -> None:
    one = machine("one")
    record = made(one, digest)
    one.recall(record.key, "video")
    path = one.blob_path(record.blob)
    path.chmod(0o600)
    path.write_bytes(b"A clip")
    assert one.sound(record.blob)
    assert one.read(record.blob) == b"a clip"
    assert one.told() == [f"video quay was damaged or missing in the cache; restored from {url}"]


@pytest.mark.parametrize("room", ["blobs", "records", "links"])
def test_what_is_not_whole_there_is_as_good_as_absent(
    machine: Machine, digest: Digest, url: str, room: str
) -> None:
    record = made(machine("one"), digest)
    name = {"blobs": record.blob, "records": f"{record.key}.json", "links": f"{INTENT}.json"}[room]
    remote = remote_at(url, "a test", os.environ)
    content = remote.get(f"{room}/{name[:2]}/{name}")
    assert content is not None
    remote.put(f"{room}/{name[:2]}/{name}", content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])
    two = machine("two")
    assert (two.follow(INTENT) is None) == (room == "links")
    assert (two.recall(record.key, "video") is None) == (room != "links")
    assert list((two.path / "blobs").rglob("?" * 64)) == ([] if room != "links" else [
        two.blob_path(record.blob)
    ])  # fmt: skip


def test_what_another_machine_made_meanwhile_is_found_under_the_claim(
    machine: Machine, digest: Digest
) -> None:
    one, two = machine("one"), machine("two")
    assert two.recall(digest("quay"), "video") is None
    record = made(one, digest)
    assert two.recall(digest("quay"), "video") is None

    async def claimed() -> Record | None:
        async with two.claim(record.key, everywhere=True):
            return two.recall(record.key, "video")

    found = asyncio.run(claimed())
    assert found is not None
    assert found.blob == record.blob


def test_two_machines_take_turns(url: str) -> None:
    held: list[str] = []

    async def work(name: str) -> None:
        async with Leases(remote_at(url, "a test", os.environ), _next).hold("order"):
            held.append(f"{name} in")
            await asyncio.sleep(0.01)
            held.append(f"{name} out")

    async def both() -> None:
        await asyncio.gather(*(work(name) for name in ("one", "two", "three")))

    asyncio.run(both())
    assert len(held) == 6
    assert [held[n + 1] for n in (0, 2, 4)] == [each.replace("in", "out") for each in held[::2]]


def test_a_lease_whose_holder_died_is_taken_over_after_its_term(url: str) -> None:
    now = 0.0

    async def wait(seconds: float) -> None:
        nonlocal now
        now += seconds
        await asyncio.sleep(0)

    async def run() -> float:
        dead = Leases(remote_at(url, "a test", os.environ))
        await dead._taken("leases/order", "dead")
        async with Leases(remote_at(url, "a test", os.environ), wait, lambda: now).hold("order"):
            return now

    assert asyncio.run(run()) == 61.0


def test_a_holder_that_gives_signs_of_life_is_waited_for(url: str) -> None:
    now = 0.0
    remote = remote_at(url, "a test", os.environ)
    beats = 0

    async def wait(seconds: float) -> None:
        nonlocal now, beats
        now += 50.0
        beats += 1
        state = b'{"released": true}' if beats == 5 else str(beats).encode()
        remote.put("leases/order/00000001", state)

    async def run() -> float:
        await Leases(remote)._taken("leases/order", "alive")
        async with Leases(remote_at(url, "a test", os.environ), wait, lambda: now).hold("order"):
            return now

    assert asyncio.run(run()) == 250.0


def test_a_number_is_given_once(url: str) -> None:
    remotes = [remote_at(url, "a test", os.environ) for _ in range(4)]

    async def rush() -> list[bool]:
        tries = (asyncio.to_thread(each.create, "leases/a/00000001", b"x") for each in remotes)
        return await asyncio.gather(*tries)

    assert sorted(asyncio.run(rush())) == [False, False, False, True]


def test_a_remote_that_is_down_is_told_once_and_asked_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digest: Digest
) -> None:
    store = Store()
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    with Cache.open(
        tmp_path / "one", remote=remote_at("s3://films/x", "a test", os.environ)
    ) as one:
        record = made(one, digest)
        store.stop()
        assert one.recall(digest("storm"), "video") is None
        assert one.recall(record.key, "video") == record
        again = one.store(digest("storm"), "video", b"a storm")
        assert one.read(again.blob) == b"a storm"
        (told,) = one.told()
        assert told.startswith("the remote cache s3://films/x cannot be reached (")
        assert told.endswith(
            "); this run uses the local cache only, so another machine may order the same clips"
        )
        assert one.told() == []

        async def claimed() -> bool:
            async with one.claim(record.key, everywhere=True):
                return True

        assert asyncio.run(claimed())


@pytest.mark.parametrize("url", ["share", "http://host/path", "ftp://host", "://", "/mnt/share"])
def test_other_places_are_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        remote_at(url, "KRAFITY_CACHE_REMOTE", {})
    assert refused.value.what == f"`{url}` (KRAFITY_CACHE_REMOTE) is not the URL of a remote cache"
    assert refused.value.hint == ("use file:///PATH, s3://BUCKET/PREFIX or gs://BUCKET/PREFIX")


def test_a_file_too_large_to_be_a_record_is_not_taken(url: str) -> None:
    remote: Remote = remote_at(url, "a test", os.environ)
    remote.put("records/large", os.urandom(1 << 19))
    assert remote.get("records/large") is None
    assert remote.is_up


async def _next(_: float) -> None:
    await asyncio.sleep(0.001)
