"""Records and links: written as promised, and absent as soon as a bit differs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.cache import Cache, Link, Record
from krafity_cli.cache.records import LARGEST, seal, unseal

KEY = "ab" + "0" * 62
ORDER = "cd" + "1" * 62
CLIP = b"a clip"
BLOB = hashlib.sha256(CLIP).hexdigest()


@pytest.fixture
def record(cache: Cache) -> Record:
    """A record that was stored."""
    return cache.store(KEY, "video", CLIP, {"model": "veo", "seconds": 6, "words": "Ä \n"})


@pytest.fixture
def file(cache: Cache, record: Record) -> Path:
    """Its file, made writable."""
    path = cache.path / "records" / "ab" / f"{KEY}.json"
    path.chmod(0o600)
    return path


def set_aside(cache: Cache) -> list[str]:
    return [path.name.split(".")[0] for path in (cache.path / "damaged").iterdir()]


def test_a_record_is_one_small_file_that_says_everything(record: Record, file: Path) -> None:
    value = json.loads(file.read_bytes())
    check = value.pop("check")
    assert value == {
        "schema": 1,
        "kind": "video",
        "key": KEY,
        "blob": BLOB,
        "size": 6,
        "created": "2026-11-22T12:00:00+00:00",
        "about": {"model": "veo", "seconds": 6, "words": "Ä \n"},
    }
    sealed = file.read_bytes().removeprefix(f'{{"check":"{check}",'.encode())
    assert hashlib.sha256(sealed).hexdigest() == check


def test_a_record_is_recalled_as_it_was_stored(cache: Cache, record: Record) -> None:
    noon = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    about = {"model": "veo", "seconds": 6, "words": "Ä \n"}
    assert record == Record(KEY, "video", BLOB, 6, noon, about)
    assert cache.recall(KEY, "video") == record


def test_a_record_of_another_kind_is_no_answer(cache: Cache, record: Record) -> None:
    assert cache.recall(KEY, "clean") is None


def test_a_later_answer_takes_the_place_of_an_earlier_one(cache: Cache, record: Record) -> None:
    later = cache.store(KEY, "video", b"another clip")
    assert cache.recall(KEY, "video") == later
    assert cache.read(record.blob) == CLIP


def test_a_record_without_its_blob_is_no_answer(cache: Cache, record: Record) -> None:
    cache.blobs.drop(BLOB)
    assert cache.recall(KEY, "video") is None


def test_a_forgotten_record_leaves_its_blob(cache: Cache, record: Record) -> None:
    cache.forget(KEY)
    cache.forget(KEY)
    assert cache.recall(KEY, "video") is None
    assert cache.read(BLOB) == CLIP


def test_every_single_flipped_bit_breaks_the_seal(file: Path) -> None:
    content = file.read_bytes()
    for bit in range(len(content) * 8):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match=r"seal|ascii"):
            unseal(bytes(flipped))


def test_every_cut_breaks_the_seal(file: Path) -> None:
    content = file.read_bytes()
    for length in range(len(content)):
        with pytest.raises(ValueError, match="seal"):
            unseal(content[:length])


FORGED: dict[str, dict[str, Any]] = {
    "another schema": {"schema": 2},
    "a schema that is text": {"schema": "1"},
    "a path as its blob": {"blob": "../../../../etc/passwd"},
    "a blob in capitals": {"blob": "A" * 64},
    "a blob that is a number": {"blob": 7},
    "another key": {"key": ORDER},
    "a kind with an escape": {"kind": "\x1b[31mvideo"},
    "a size below nothing": {"size": -1},
    "a size that is true": {"size": True},
    "a day that is none": {"created": "2026-99-99T00:00:00+00:00"},
    "a time without a zone": {"created": "2026-11-22T12:00:00"},
    "words for about": {"about": "words"},
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_record_is_absent_and_set_aside(
    cache: Cache, record: Record, file: Path, forgery: str
) -> None:
    file.write_bytes(seal(record.to_json() | FORGED[forgery]))
    assert cache.recall(KEY, "video") is None
    assert set_aside(cache) == [KEY]
    assert not file.exists()
    assert cache.store(KEY, "video", CLIP, record.about) == record
    assert cache.recall(KEY, "video") == record


BROKEN = {
    "nothing": b"",
    "no JSON": b"\x00\xff" * 200,
    "JSON without a seal": b'{"schema": 1}',
    "a sealed list": b'{"check":"%s",' % hashlib.sha256(b"[]").hexdigest().encode() + b"[]",
    "too large": b" " * (LARGEST + 1),
    "too deep": seal({"about": 0}).replace(b"0", b"[" * 100_000),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_record_is_absent_and_set_aside(cache: Cache, file: Path, broken: str) -> None:
    file.write_bytes(BROKEN[broken])
    assert cache.recall(KEY, "video") is None
    assert set_aside(cache) == [KEY]


def test_a_record_nested_too_deep_for_the_parser_is_absent(cache: Cache, file: Path) -> None:
    rest = b'"schema":' + b"[" * 100_000 + b"\n"
    file.write_bytes(b'{"check":"%s",' % hashlib.sha256(rest).hexdigest().encode() + rest)
    assert cache.recall(KEY, "video") is None


def test_a_record_behind_a_symlink_is_absent(cache: Cache, file: Path, tmp_path: Path) -> None:
    file.rename(tmp_path / "outside.json")
    file.symlink_to(tmp_path / "outside.json")
    assert cache.recall(KEY, "video") is None
    assert set_aside(cache) == [KEY]
    assert (tmp_path / "outside.json").exists()


def test_a_folder_in_a_records_place_gives_way(cache: Cache, file: Path) -> None:
    file.unlink()
    file.mkdir()
    record = cache.store(KEY, "video", CLIP)
    assert cache.recall(KEY, "video") == record


def test_a_renamed_record_answers_nothing(cache: Cache, file: Path) -> None:
    (cache.path / "records" / "cd").mkdir()
    file.rename(cache.path / "records" / "cd" / f"{ORDER}.json")
    assert cache.recall(ORDER, "video") is None
    assert cache.recall(KEY, "video") is None


@pytest.mark.parametrize("kind", ["", "Video", "video\n", "a" * 33, "../video"])
def test_what_is_no_kind_is_not_stored(cache: Cache, kind: str) -> None:
    with pytest.raises(ValueError, match=r"^not a kind$"):
        cache.store(KEY, kind, CLIP)
    assert cache.blobs.digests() == set()


@pytest.mark.parametrize(
    "ask",
    [
        lambda cache: cache.recall("../../etc/passwd", "video"),
        lambda cache: cache.follow(KEY + "\n"),
        lambda cache: cache.forget(KEY[:63]),
        lambda cache: cache.store("", "video", CLIP),
        lambda cache: cache.link(KEY, "../" + KEY),
    ],
)
def test_what_is_no_digest_is_no_key(cache: Cache, ask: Callable[[Cache], object]) -> None:
    with pytest.raises(ValueError, match=r"^not a (digest|key|to)"):
        ask(cache)


def test_a_record_that_is_too_large_is_not_stored(cache: Cache) -> None:
    with pytest.raises(ValueError, match=r"^262480 bytes are too many for a record$"):
        cache.store(KEY, "video", CLIP, {"words": "w" * LARGEST})
    assert cache.recall(KEY, "video") is None
    assert cache.blobs.digests() == set()


def test_a_link_leads_to_a_key_and_can_be_led_elsewhere(cache: Cache) -> None:
    assert cache.follow(KEY) is None
    cache.link(KEY, ORDER, {"shot": "quay"})
    assert cache.follow(KEY) == Link(KEY, ORDER, {"shot": "quay"})
    cache.link(KEY, BLOB)
    assert cache.follow(KEY) == Link(KEY, BLOB, {})


def test_a_link_is_one_small_file(cache: Cache) -> None:
    cache.link(KEY, ORDER, {"shot": "quay"})
    value = json.loads((cache.path / "links" / "ab" / f"{KEY}.json").read_bytes())
    del value["check"]
    assert value == {"schema": 1, "link": KEY, "to": ORDER, "about": {"shot": "quay"}}


@pytest.mark.parametrize(
    "forged", [{"to": "/etc/passwd"}, {"link": ORDER}, {"schema": 0}, {"about": []}]
)
def test_a_forged_link_leads_nowhere(cache: Cache, forged: dict[str, Any]) -> None:
    cache.link(KEY, ORDER)
    path = cache.path / "links" / "ab" / f"{KEY}.json"
    path.chmod(0o600)
    path.write_bytes(seal(Link(KEY, ORDER, {}).to_json() | forged))
    assert cache.follow(KEY) is None
    assert set_aside(cache) == [KEY]


def test_sixty_answers_stay(cache: Cache, digest: Callable[[str], str]) -> None:
    clips = {digest(f"key {n}"): bytes([n]) * 70_000 for n in range(60)}
    for key, clip in clips.items():
        cache.store(key, "video", clip)
    records = {key: cache.recall(key, "video") for key in clips}
    assert {key: record and cache.read(record.blob) for key, record in records.items()} == clips


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cost_usd", "much"),
        ("cost_usd", -1),
        ("cost_usd", True),
        ("seconds", [1]),
        ("start", "/etc/passwd"),
        ("drawings", "none"),
        ("parts", []),
        ("model", {}),
        ("n", -5),
        ("pixels", 5),
    ],
)
def test_a_fact_of_a_wrong_type_is_not_believed(
    cache: Cache, record: Record, file: Path, name: str, value: object
) -> None:
    about = {**record.about, "later": ["left", "alone"]}
    file.write_bytes(seal(record.to_json() | {"about": {**about, name: value}}))
    found = cache.recall(KEY, "video")
    assert found is not None
    assert found.about == {key: kept for key, kept in about.items() if key != name}
