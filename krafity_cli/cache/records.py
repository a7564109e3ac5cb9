"""Records and links: the small sealed files that say what the blobs are. They are the truth.

A record says which blob answers a key; a link leads from one digest (an intent) to the key of a
record (an order). Each is a JSON file whose first field is the sha-256 of all that follows it, so
a flipped bit makes it absent instead of wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from krafity_cli.cache.atomic_file import NotWhole, read_dated
from krafity_cli.cache.blobs import is_digest
from krafity_cli.cache.facts import believed
from krafity_cli.cache.layout import Folder

SCHEMA = 1
LARGEST = 1 << 18
"""Bytes of the largest record or link that is written or read."""

is_kind = re.compile(r"[a-z_]{1,32}").fullmatch
_decode = json.JSONDecoder().decode
_SEAL = re.compile(rb'\{"check":"([0-9a-f]{64})",')


@dataclass(frozen=True, slots=True)
class Record:
    """One cached answer: the blob (sha-256) that answers a key, and what is known about it."""

    key: str
    kind: str
    blob: str
    size: int
    created: datetime
    about: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As it is written; `from_json` reads it back equal."""
        return {
            "schema": SCHEMA,
            "kind": self.kind,
            "key": self.key,
            "blob": self.blob,
            "size": self.size,
            "created": self.created.isoformat(),
            "about": dict(self.about),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Record:
        """The record written by `to_json`; raises `KeyError`, `TypeError` or `ValueError`."""
        _check(value, is_digest, "key", "blob")
        _check(value, is_kind, "kind")
        size, about = value["size"], value["about"]
        created = datetime.fromisoformat(value["created"])
        if type(size) is not int or size < 0 or created.tzinfo is None or type(about) is not dict:
            raise ValueError("not a record")
        return cls(value["key"], value["kind"], value["blob"], size, created, believed(about))


@dataclass(frozen=True, slots=True)
class Link:
    """A digest that leads to the key of a record."""

    link: str
    to: str
    about: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As it is written; `from_json` reads it back equal."""
        return {"schema": SCHEMA, "link": self.link, "to": self.to, "about": dict(self.about)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Link:
        """The link written by `to_json`; raises `KeyError`, `TypeError` or `ValueError`."""
        _check(value, is_digest, "link", "to")
        if type(value["about"]) is not dict:
            raise ValueError("not a link")
        return cls(value["link"], value["to"], believed(value["about"]))


def _check(value: Mapping[str, Any], rule: Callable[[str], object], *fields: str) -> None:
    if value["schema"] != SCHEMA:
        raise ValueError("another schema")
    for field in fields:
        if not rule(value[field]):
            raise ValueError(f"not a {field}")


T = TypeVar("T", bound=Record | Link)


class Drawer(Generic[T]):
    """Records or links: files that each lie under the digest they are about.

    `digest` is the field that repeats it, so that a renamed file answers nothing.
    """

    def __init__(
        self, folder: Folder, room: str, digest: str, parse: Callable[[Mapping[str, Any]], T]
    ) -> None:
        self._folder = folder
        self._room = room
        self._digest = digest
        self._parse = parse

    def get(self, key: str) -> T | None:
        """What is kept under a digest; a file that is not whole is absent, and set aside."""
        found = self.dated(key)
        return found[0] if found else None

    def dated(self, key: str) -> tuple[T, int] | None:
        """As `get`, and when the file was last written (nanoseconds since 1970)."""
        path = self._place(key)
        try:
            content, written = read_dated(path, LARGEST)
            value = unseal(content)
            if value[self._digest] != key:
                raise NotWhole(path)
            return self._parse(value), written
        except FileNotFoundError:
            return None
        except (KeyError, TypeError, ValueError):
            self._folder.set_aside(path)
            return None

    def taken(self, key: str, content: bytes) -> T | None:
        """What a file from elsewhere says of a digest; `None` for one krafity cannot have made."""
        try:
            value = unseal(content)
            if value[self._digest] != key or believed(value["about"]) != value["about"]:
                return None
            return self._parse(value)
        except (AttributeError, KeyError, TypeError, ValueError):
            return None

    def put(self, key: str, value: T) -> os.stat_result:
        """Keep a value, in place of what was there; it must have passed `check`."""
        path, content = self._place(key), seal(value.to_json())
        if Path(path).is_dir():
            self._folder.set_aside(path)
        with self._folder.draft() as draft:
            draft.write(content)
            return draft.keep(Path(path))

    def drop(self, key: str) -> None:
        """Remove what is kept under a digest."""
        with suppress(FileNotFoundError):
            Path(self._place(key)).unlink()

    def digests(self) -> set[str]:
        """The digests under which files lie, by listing alone."""
        return self._folder.digests(self._room, ".json")

    def stamp(self, key: str) -> int:
        """When the file was last written (nanoseconds), to notice that it was replaced."""
        try:
            return os.lstat(self._place(key)).st_mtime_ns
        except FileNotFoundError:
            return 0

    def touch(self, key: str, at: float) -> None:
        """Date a file (seconds since 1970), where that can be done."""
        with suppress(OSError):
            os.utime(self._place(key), (at, at), follow_symlinks=False)

    def _place(self, key: str) -> str:
        if not is_digest(key):
            raise ValueError(f"not a digest: {key!r}")
        return self._folder.place(self._room, f"{key}.json")


def check(value: Record | Link) -> None:
    """Raise `ValueError` or `TypeError` for what could not be read back as it is."""
    type(value).from_json(value.to_json())
    size = len(seal(value.to_json()))
    if size > LARGEST:
        raise ValueError(f"{size} bytes are too many for a record")


def records(folder: Folder) -> Drawer[Record]:
    """The records of a cache folder."""
    return Drawer(folder, "records", "key", Record.from_json)


def links(folder: Folder) -> Drawer[Link]:
    """The links of a cache folder."""
    return Drawer(folder, "links", "link", Link.from_json)


def seal(value: Mapping[str, Any]) -> bytes:
    """JSON on one line with its own checksum in front."""
    rest = json.dumps(value, separators=(",", ":"), allow_nan=False)[1:].encode() + b"\n"
    return b'{"check":"%s",' % hashlib.sha256(rest).hexdigest().encode() + rest


def unseal(content: bytes) -> dict[str, Any]:
    """The JSON that was sealed; raises `ValueError` when a single bit differs."""
    seal_found = _SEAL.match(content)
    if seal_found is None:
        raise ValueError("no seal")
    rest = content[seal_found.end() :]
    if hashlib.sha256(rest).hexdigest().encode() != seal_found[1]:
        raise ValueError("broken seal")
    try:
        value = _decode(content.decode("ascii"))
    except RecursionError:
        raise ValueError("too deep") from None
    if type(value) is not dict:
        raise ValueError("not an object")
    return value
