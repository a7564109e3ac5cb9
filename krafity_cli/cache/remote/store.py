"""The remote cache: one that several machines share, behind the local one of each.

It holds the same files under the same names as a cache folder: an object store by its URL, asked
through `obstore` (an extra). Nothing is believed of it that the local cache would not believe of
its own files: records and links carry their checksum, blobs are named by theirs. What it answers
is bounded in size and in time. When it cannot be asked, it is not asked again in this run, and
that is told once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from krafity_cli.cache.remote.place import PATIENCE, Stores, in_words, stores_at

T = TypeVar("T")

LARGEST = 1 << 18
"""Bytes of the largest small file that is taken from there."""

LARGEST_BLOB = 1 << 30
"""Bytes of the largest blob that is taken from there."""

MOST_NAMES = 10_000
"""Files of one folder that are listed at most."""

SLOWEST = 1 << 16
"""Bytes a second below which a transfer counts as no answer."""

_PIECE = 1 << 16
_PREFIX = "/"


class TooMuch(Exception):
    """The remote cache answered more than any answer of krafity's own holds."""


class _Down(Exception):
    """Another question found out that it cannot be asked."""


class Remote:
    """One remote cache. Its methods never raise for what it does: they answer as if it were empty.

    They may be called from any thread. Each blocks for at most `patience` seconds without an
    answer; then all that wait go on together, so a silent server costs that time once.
    """

    def __init__(self, stores: Stores, url: str, patience: float = PATIENCE) -> None:
        self.url = url
        self._stores = stores
        self._patience = patience
        self._trouble: Future[str] = Future()
        self._told = False

    @property
    def is_up(self) -> bool:
        """Whether it answered all that it was asked so far."""
        return not self._trouble.done()

    def get(self, name: str) -> bytes | None:
        """A small file; `None` where there is none, or one too large to be small."""
        return self._asked(lambda: self._small(name), None)

    def chunks(self, name: str, most: int = LARGEST_BLOB) -> Iterator[bytes]:
        """The bytes of a file, piece by piece; raises `OSError` where they cannot be had.

        A file of more than `most` bytes is none.
        """
        if not self.is_up:
            return
        stream = self._asked(lambda: self._stream(name, most), None)
        if stream is None:
            raise FileNotFoundError(name)
        began, taken = time.monotonic(), 0
        try:
            while (piece := self._within(self._patience, lambda: next(stream, None))) is not None:
                taken += len(piece)
                late = time.monotonic() - began - self._patience
                if taken > most:
                    raise TooMuch(f"it sent more than the {most:,} bytes of a file")
                if late > taken / SLOWEST:
                    raise TimeoutError(f"it sent {taken:,} bytes in {self._patience + late:.0f} s")
                yield piece
        except Exception as error:
            self._fail(error)
            raise OSError(f"the connection to {self.url} was lost") from error

    def put(self, name: str, content: bytes | Path) -> bool:
        """Write a file, in place of what was there; whether it is there now."""
        if isinstance(content, bytes):
            return self._asked(lambda: self._put(name, content), False)
        seconds = self._patience + content.stat().st_size / SLOWEST
        return self._asked(lambda: self._put(name, content), False, seconds)

    def put_once(self, name: str, content: Path) -> bool:
        """Write a file that never changes, unless it is there; whether it is there now."""
        return self._asked(lambda: self._has(name), False) or self.put(name, content)

    def create(self, name: str, content: bytes) -> bool:
        """Write a file that must not be there yet; whether this call made it."""
        return self._asked(lambda: self._create(name, content), False)

    def names(self, folder: str, most: int = MOST_NAMES) -> list[str]:
        """The names of all files in a folder, without it, sorted; more than `most` is nonsense."""
        return self._asked(lambda: self._names(folder, most), [])

    def remove(self, name: str) -> None:
        """Remove a file, where there is one."""
        self._asked(lambda: self._stores.small.delete(name), None)

    def give_up(self, why: str) -> None:
        """Ask it no more in this run: what it answers makes no sense."""
        self._fail(TooMuch(why))

    def told(self) -> list[str]:
        """That it is out of reach, the first time this is asked since it is."""
        if self.is_up or self._told:
            return []
        self._told = True
        return [
            f"the remote cache {self.url} cannot be reached ({self._trouble.result()}); this run "
            "uses the local cache only, so another machine may order the same clips"
        ]

    def _small(self, name: str) -> bytes | None:
        found = self._stores.small.get(name)
        return bytes(found.bytes()) if found.meta["size"] <= LARGEST else None

    def _stream(self, name: str, most: int) -> Iterator[bytes] | None:
        found = self._stores.large.get(name)
        if found.meta["size"] > most:
            return None
        return map(bytes, found.stream(min_chunk_size=_PIECE))

    def _put(self, name: str, content: bytes | Path) -> bool:
        store = self._stores.small if isinstance(content, bytes) else self._stores.large
        store.put(name, content)
        return True

    def _has(self, name: str) -> bool:
        with suppress(FileNotFoundError):
            self._stores.small.head(name)
            return True
        return False

    def _create(self, name: str, content: bytes) -> bool:
        from obstore.exceptions import AlreadyExistsError

        try:
            self._stores.small.put(name, content, mode="create")
        except AlreadyExistsError:
            return False
        return True

    def _names(self, folder: str, most: int) -> list[str]:
        prefix = folder + _PREFIX
        pages = self._stores.small.list(prefix)
        found = [each["path"] for each in islice((e for p in pages for e in p), most + 1)]
        if len(found) > most:
            raise TooMuch(f"it lists more than {most:,} files in {folder}")
        # A store with a prefix of its own may or may not name it.
        return sorted(path.rsplit(prefix, 1)[-1] for path in found)

    def _asked(self, question: Callable[[], T], otherwise: T, seconds: float | None = None) -> T:
        if not self.is_up:
            return otherwise
        try:
            return self._within(seconds or self._patience, question)
        except (FileNotFoundError, _Down):
            return otherwise
        except Exception as error:  # whatever a store's client raises, the run goes on
            self._fail(error)
            return otherwise

    def _within(self, seconds: float, question: Callable[[], T]) -> T:
        """The answer to a question; `TimeoutError` when there is none in time.

        The question is asked in a thread of its own: it may be stuck in the store's client.
        """
        answer: Future[T] = Future()
        Thread(target=_answer, args=(question, answer), daemon=True).start()
        either: tuple[Future[Any], ...] = (answer, self._trouble)
        wait(either, seconds, FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        if not self.is_up:
            raise _Down
        raise TimeoutError(f"no answer in {seconds:.0f} s")

    def _fail(self, error: Exception) -> None:
        with suppress(Exception):  # another thread was first
            self._trouble.set_result(in_words(error))


def _answer(question: Callable[[], T], answer: Future[T]) -> None:
    try:
        answer.set_result(question())
    except BaseException as error:
        answer.set_exception(error)


def remote_at(url: str, origin: str, environment: Mapping[str, str]) -> Remote:
    """The remote cache at a URL: `file:///...`, `s3://...` or `gs://...`. Raises `Refused`."""
    return Remote(stores_at(url, origin, environment), url)
