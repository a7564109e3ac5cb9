"""The remote cache: one that several machines share, behind the local one of each.

It holds the same files under the same names as a cache folder: an object store by its URL, asked
through `obstore` (an extra). Nothing is believed of it that the local cache would not believe of
its own files: records and links carry their checksum, blobs are named by theirs. When it cannot be
asked, it is not asked again in this run, and that is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from krafity_cli.errors import Refused

T = TypeVar("T")

SCHEMES = ("file", "gs", "s3")
LARGEST = 1 << 18
"""Bytes of the largest small file that is taken from there."""

_PATIENCE = {
    "retry_config": {"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
    # Plain HTTP only ever comes from an endpoint the user's own environment names.
    "client_options": {"connect_timeout": "5s", "timeout": "300s", "allow_http": True},
}
_PREFIX = "/"


class Remote:
    """One remote cache. Its methods never raise for what it does: they answer as if it were empty.

    They may be called from any thread, and block for as long as the network takes.
    """

    def __init__(self, store: Any, url: str) -> None:
        self.url = url
        self._store = store
        self._guard = Lock()
        self._trouble: str | None = None
        self._told = False

    @property
    def is_up(self) -> bool:
        """Whether it answered all that it was asked so far."""
        return self._trouble is None

    def get(self, name: str) -> bytes | None:
        """A small file; `None` where there is none."""
        return self._asked(lambda: self._small(name), None)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, piece by piece; raises `OSError` where they cannot be had."""
        if not self.is_up:
            return
        found = self._asked(lambda: self._store.get(name), None)
        if found is None:
            raise FileNotFoundError(name)
        try:
            for chunk in found.stream():
                yield bytes(chunk)
        except Exception as error:
            self._fail(error)
            raise OSError(f"{self.url} broke off") from error

    def put(self, name: str, content: bytes | Path) -> bool:
        """Write a file, in place of what was there; whether it is there now."""
        return self._asked(lambda: self._put(name, content), False)

    def put_once(self, name: str, content: Path) -> bool:
        """Write a file that never changes, unless it is there; whether it is there now."""
        return self._asked(lambda: self._has(name) or self._put(name, content), False)

    def create(self, name: str, content: bytes) -> bool:
        """Write a file that must not be there yet; whether this call made it."""
        return self._asked(lambda: self._create(name, content), False)

    def names(self, folder: str) -> list[str]:
        """The names of all files in a folder, without it, sorted."""
        return self._asked(lambda: self._names(folder), [])

    def remove(self, name: str) -> None:
        """Remove a file, where there is one."""
        self._asked(lambda: self._store.delete(name), None)

    def told(self) -> list[str]:
        """That it is out of reach, the first time this is asked since it is."""
        with self._guard:
            if self._trouble is None or self._told:
                return []
            self._told = True
            return [
                f"the remote cache {self.url} is out of reach ({self._trouble}); this run goes on "
                "with the local one alone, so another machine may order the same"
            ]

    def _small(self, name: str) -> bytes | None:
        found = self._store.get(name)
        return bytes(found.bytes()) if found.meta["size"] <= LARGEST else None

    def _put(self, name: str, content: bytes | Path) -> bool:
        self._store.put(name, content)
        return True

    def _has(self, name: str) -> bool:
        with suppress(FileNotFoundError):
            self._store.head(name)
            return True
        return False

    def _create(self, name: str, content: bytes) -> bool:
        from obstore.exceptions import AlreadyExistsError

        try:
            self._store.put(name, content, mode="create")
        except AlreadyExistsError:
            return False
        return True

    def _names(self, folder: str) -> list[str]:
        prefix = folder + _PREFIX
        found = (each["path"] for page in self._store.list(prefix) for each in page)
        # A store with a prefix of its own may or may not name it.
        return sorted(path.rsplit(prefix, 1)[-1] for path in found)

    def _asked(self, question: Callable[[], T], otherwise: T) -> T:
        if not self.is_up:
            return otherwise
        try:
            return question()
        except FileNotFoundError:
            return otherwise
        except Exception as error:  # whatever a store's client raises, the run goes on
            self._fail(error)
            return otherwise

    def _fail(self, error: Exception) -> None:
        with self._guard:
            words = " ".join(str(error).split())
            self._trouble = self._trouble or (words[:157] + "..." if len(words) > 160 else words)


def remote_at(url: str, origin: str) -> Remote:
    """The remote cache at a URL: `file:///...`, `s3://...` or `gs://...`. Raises `Refused`.

    Credentials and endpoints are those of the store's own environment variables.
    """
    scheme = url.partition("://")[0]
    if "://" not in url or scheme not in SCHEMES:
        raise Refused(
            f"`{url}` ({origin}) is no place for a remote cache",
            "",
            "name it file:///PATH, s3://BUCKET/PREFIX or gs://BUCKET/PREFIX",
        )
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise Refused(
            f"the remote cache {url} cannot be used", "obstore is not installed",
            'pip install "krafity[remote]"',
        ) from error  # fmt: skip
    options: dict[str, Any] = {"mkdir": True} if scheme == "file" else _PATIENCE
    try:
        return Remote(from_url(url, **options), url)
    except (BaseError, OSError, ValueError) as error:
        raise Refused(f"the remote cache {url} ({origin}) cannot be opened", str(error)) from error
