"""Orders on disk: each step of an order is a file of its own that never changes.

    orders/<order digest>/<n>-<attempt>-[named-]<state>-<checksum>.json

A file is named by what it says: the order's number, its `Step`, and the checksum of its bytes. So
no name ever stands for two contents, and copying one orders folder over another, whichever way and
however often, only ever adds files: both copies know all steps then, and the furthest one counts.
`n` is the time of the order in nanoseconds: two copies that were used apart give no two orders one
number.

Releases before wrote one file for each order, `<n>.json`, over and over. It is read as one step
among the others and never written to.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from krafity_cli.cache import Remote
from krafity_cli.cache.atomic_file import Told, read_small, sync_folder
from krafity_cli.engines.protocol import Request
from krafity_cli.errors import Refused
from krafity_cli.orders.order import NAMELESS, Order, State, Step, now, stamp
from krafity_cli.orders.prepared_file import SUFFIX, PreparedFile

SCHEMA = 2
OLD_SCHEMA = 1
LARGEST = 4 * 1024 * 1024
"""Bytes; an order file is a few KiB, so a larger one is not ours."""

_NAME = re.compile(
    rf"([1-9][0-9]{{0,18}})-([1-9][0-9]{{0,6}})-(named-)?({'|'.join(State)})-[0-9a-f]{{16}}\.json"
)
_LIKE_A_NAME = re.compile(r"([1-9][0-9]{0,18})-([1-9][0-9]{0,6})-.*\.json", re.DOTALL)
_OLD_NAME = re.compile(r"([1-9][0-9]{0,18})\.(json|unreadable)")
MOST_STEPS = 1000
"""Files of one order that are taken over from a remote cache: one has fewer than ten."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_MORE = 4096
"""Bytes by which the next step of an order may be longer: an operation's name, some words."""

_LISTINGS = 5
"""How often a folder is listed anew because a file was dropped while it was read."""

_KEPT = 30 * 86400 * 10**9
"""Nanoseconds for which the mark stays that an order was withdrawn: copies may be that old."""

_TOLD = Told("An order could not be read or written.")
_READ_ERRORS = (ValueError, KeyError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of an order by its name; an old one says only inside how far it is."""

    path: Path
    n: int
    step: Step | None

    @classmethod
    def of(cls, path: Path) -> _File | None:
        """The file, or `None` for a name that no order has."""
        if found := _NAME.fullmatch(path.name):
            state, is_named = State(found[4]), found[3] is not None
            if not (is_named and state in NAMELESS):
                return cls(path, int(found[1]), Step.of(state, int(found[2]), is_named))
        if found := _LIKE_A_NAME.fullmatch(path.name):
            # It cannot be read, so it stands for an order that is unknown.
            step = Step.of(State.UNKNOWN, int(found[2]), is_named=False)
            return cls(path, int(found[1]), step)
        if old := _OLD_NAME.fullmatch(path.name):
            return cls(path, int(old[1]), None)
        return None


class OrderFiles:
    """The folder of all orders. `notes` are for a person: files that could not be read."""

    def __init__(self, folder: Path, remote: Remote | None = None) -> None:
        self._folder = folder
        self._remote = remote
        self.notes: list[str] = []

    def new(self, request: Request, **about: Any) -> Order:
        """Write an order down with its money reserved, before anything is sent."""
        with _TOLD:
            before = [file.n + 1 for file in self._files(request.digest)]
        order = Order(
            order=request.digest,
            n=max([time.time_ns(), *before]),
            state=State.RESERVED,
            kind=request.kind,
            model=request.model,
            request=request.to_json(),
            created=now(),
            **about,
        )
        self.write(order)
        return order

    def draft(self, order: Order) -> PreparedFile:
        """Room for the next step of an order. Raises `CacheFailed` where there is none."""
        with _TOLD:
            return PreparedFile(self._folder / order.order, len(_content(order)) + _MORE)

    def advance(
        self, order: Order, state: State, draft: PreparedFile | None = None, **changes: Any
    ) -> Order:
        """The order in its next state, on disk before this returns. Raises `CacheFailed`.

        Where the state closes an attempt, the files of that attempt have nothing to say any more.
        """
        after = order.next(state, **changes)
        self.write(after, draft)
        if after.attempt > order.attempt and state in (State.RESERVED, State.WITHDRAWN):
            self._drop(order.order, lambda file: _is_before(file, after))
        return after

    def write(self, order: Order, draft: PreparedFile | None = None) -> None:
        """Write a step down here, then in the remote cache where there is one."""
        name, content = file_of(order)
        with _TOLD:
            if draft is None or not self._kept(draft, order.order, name, content):
                self._put(order.order, name, content)
        if self._remote:
            self._remote.put(f"orders/{order.order}/{name}", content)

    def withdraw(self, order: Order) -> None:
        """Take back an order that surely led to nothing.

        One that no copy can know as sent is removed: should its file come back from a copy, it
        stands for nothing there, either. Else a file says so.
        """
        with _TOLD:
            steps = {file.step for file in self._files(order.order) if file.n == order.n}
        if steps == {Step.of(State.RESERVED, 1, is_named=False)}:
            self._drop(order.order, lambda file: file.n == order.n)
        else:
            self.advance(order, State.WITHDRAWN)

    def pull(self, digest: str) -> None:
        """Take over what other machines, and older releases, have written of an order.

        The caller holds its claim everywhere, so none of them is writing now.
        """
        with _TOLD:
            here = {file.path.name for file in self._files(digest)}
        for name in here:
            if _OLD_NAME.fullmatch(name):
                self._take(digest, name, self._folder / digest / name)
        names = self._remote.names(f"orders/{digest}", MOST_STEPS) if self._remote else []
        for name in names:
            file = _File.of(self._folder / digest / name)
            if file and self._remote and (file.step is None or name not in here):
                self._take(digest, name, self._remote.get(f"orders/{digest}/{name}"))

    def read(self, order: Order) -> Order | None:
        """The order as it stands on disk; `None` where it was withdrawn."""
        found = [each for each in self.of(order.order) if each.n == order.n]
        same = [each for each in found if each.operation == order.operation]
        return next(iter(same or found), None)

    def of(self, digest: str) -> list[Order]:
        """The orders of one order digest, oldest first. Raises `CacheFailed`."""
        with _TOLD:
            for listing in range(_LISTINGS):
                try:
                    return self._standing(digest)
                except FileNotFoundError:
                    if listing == _LISTINGS - 1:
                        raise
        raise AssertionError

    def digests(self) -> list[str]:
        """Everything that was ever ordered, by listing alone. Raises `CacheFailed`."""
        with _TOLD:
            return sorted(f.name for f in _listed(self._folder) if _DIGEST.fullmatch(f.name))

    def all(self) -> list[Order]:
        """Every order there is, oldest first. Raises `CacheFailed`."""
        orders = [order for digest in self.digests() for order in self.of(digest)]
        return sorted(orders, key=lambda order: (order.n, order.order))

    def check_writable(self) -> None:
        """Raise `Refused` where no order could be written down: nothing may be sent then."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with PreparedFile(self._folder, _MORE):
                pass
        except OSError as error:
            raise Refused(
                f"orders cannot be written to {self._folder}",
                f"{error.strerror or error}",
                "free some disk space or fix the permissions; krafity "
                "sends no order before it is on disk",
                code="unwritable",
            ) from error

    def sweep(self, is_held: Callable[[str], bool]) -> None:
        """Remove what is left of orders that were surely never made. Raises `CacheFailed`."""
        for digest in self.digests():
            if not is_held(digest):
                self._drop(digest, partial(_is_one_of, self._never_made(digest)))
                for path in (self._folder / digest).glob(f".*{SUFFIX}"):
                    path.unlink(missing_ok=True)

    def _never_made(self, digest: str) -> set[int]:
        with _TOLD:
            furthest = {
                n: max(_steps(files)) for n, files in self._grouped(digest) if _steps(files)
            }
        old = time.time_ns() - _KEPT
        return {
            n
            for n, step in furthest.items()
            if step.state is State.RESERVED or (step.state is State.WITHDRAWN and n < old)
        }

    def _standing(self, digest: str) -> list[Order]:
        found = (
            self._stands(digest, n, same)
            for n, files in self._grouped(digest)
            for same in self._by_operation(files)
        )
        return [order for order in found if order and order.state is not State.WITHDRAWN]

    def _by_operation(self, files: list[_File]) -> list[list[_File]]:
        """The files of one order, apart where they name several operations.

        An order that krafity sent has one. What names another comes from elsewhere, and is an order
        beside it, lest it hide the one that runs.
        """
        groups: dict[str, list[_File]] = {}
        for file in files:
            order = self._read(file.path) if file.step is None or file.step.is_named else None
            if order and order.operation is not None:
                groups.setdefault(order.operation, []).append(file)
        return list(groups.values()) if len(groups) > 1 else [files]

    def _stands(self, digest: str, n: int, files: list[_File]) -> Order | None:
        """Where an order stands: the furthest step that can be read, or unknown."""
        order: Order | None = None
        unread: list[tuple[Step, Path]] = []
        for step, path, known in self._furthest_first(files):
            order = known or self._read(path)
            if order is not None:
                break
            # Something was done under its name, so it is at least as far as not known.
            unread.append((Step.of(State.UNKNOWN, step.attempt, is_named=False), path))
        if not unread or (order and order.step > max(unread)[0]):
            return order
        step, path = max(unread)
        words = f"its file {path.name} cannot be read"
        if order is None:
            return _blank(digest, n, step.attempt, words)
        return replace(order, state=State.UNKNOWN, attempt=step.attempt, words=words)

    def _furthest_first(self, files: list[_File]) -> Iterator[tuple[Step, Path, Order | None]]:
        """The steps of an order; a withdrawn one is known by its name alone.

        An order was forgotten only once it had ended. What says so of one that, for all the other
        files know, still runs comes from a copy that did not know better.
        """
        steps = [(f.step, f.path, None) for f in files if f.step] + self._old(files)
        steps.sort(key=lambda each: (each[0], each[1].name), reverse=True)
        states = [step.state for step, _, _ in steps[:2]]
        yield from steps[1:] if states == [State.FORGOTTEN, State.SUBMITTED] else steps

    def _old(self, files: list[_File]) -> list[tuple[Step, Path, Order | None]]:
        """The step that a file of an older release says."""
        # What an older release had set aside only counts where there is no whole file.
        old = sorted((f.path for f in files if f.step is None), key=lambda path: path.suffix)
        for path in old:
            if order := self._read(path):
                return [(order.step, path, order)]
        return [(Step.of(State.UNKNOWN, 1, is_named=False), old[0], None)] if old else []

    def _read(self, path: Path) -> Order | None:
        """The order in a file; `None`, and a note, for one that cannot be read."""
        try:
            return _parsed(path, read_small(str(path), LARGEST))
        except _READ_ERRORS as error:
            note = (
                f"{path} is not an order file this version reads ({error}); "
                "its order counts as unknown"
            )
            # What an older release had set aside was told of then.
            if path.suffix == ".json" and note not in self.notes:
                self.notes.append(note)
            return None

    def _take(self, digest: str, name: str, content: bytes | Path | None) -> None:
        """Take over one file, if it says what its name does."""
        path = self._folder / digest / name
        with suppress(*_READ_ERRORS, FileNotFoundError):
            if isinstance(content, Path):
                content = read_small(str(content), LARGEST)
            order = _parsed(path, content or b"")
            name, content = file_of(order)
            if not (self._folder / digest / name).exists():
                with _TOLD:
                    self._put(digest, name, content)

    def _put(self, digest: str, name: str, content: bytes) -> None:
        """Write aside, fsync, rename, fsync the folder."""
        folder = self._folder / digest
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            sync_folder(self._folder)
            sync_folder(self._folder.parent)
        with PreparedFile(folder) as draft:
            draft.keep(name, content)
        sync_folder(folder)

    def _kept(self, draft: PreparedFile, digest: str, name: str, content: bytes) -> bool:
        """Whether a step could be written into the room that was set aside for it."""
        with suppress(OSError):
            draft.keep(name, content)
            with suppress(OSError):  # it has its name, whatever a power failure may do
                sync_folder(self._folder / digest)
            return True
        return False

    def _drop(self, digest: str, has_no_say: Callable[[_File], bool]) -> None:
        """Remove files that no merge needs; one that stays says nothing, either."""
        with suppress(OSError):
            for file in list(self._files(digest)):
                if has_no_say(file):
                    file.path.unlink(missing_ok=True)
                    if self._remote:
                        self._remote.remove(f"orders/{digest}/{file.path.name}")

    def _grouped(self, digest: str) -> Iterable[tuple[int, list[_File]]]:
        groups: dict[int, list[_File]] = {}
        for file in self._files(digest):
            groups.setdefault(file.n, []).append(file)
        return sorted(groups.items())

    def _files(self, digest: str) -> Iterator[_File]:
        found = (_File.of(path) for path in _listed(self._folder / digest))
        return (file for file in found if file)


def file_of(order: Order) -> tuple[str, bytes]:
    """The name and the bytes of the file that says how far an order is."""
    content = _content(order)
    return _name(order, content), content


def _name(order: Order, content: bytes) -> str:
    named = "named-" if order.operation is not None else ""
    check = hashlib.sha256(content).hexdigest()[:16]
    return f"{order.n}-{order.attempt}-{named}{order.state.value}-{check}.json"


def _content(order: Order) -> bytes:
    value = {"schema": SCHEMA, **order.to_json()}
    return json.dumps(value, indent=1, sort_keys=True).encode()


def _parsed(path: Path, content: bytes) -> Order:
    """The order in a file; raises one of `_READ_ERRORS` where name and content do not agree."""
    value = json.loads(content)
    old = _OLD_NAME.fullmatch(path.name)
    if value["schema"] != (OLD_SCHEMA if old else SCHEMA):
        raise ValueError(f"schema {value['schema']}")
    order = Order.from_json(value)
    names = (old[1], str(order.n)) if old else (path.name, _name(order, content))
    if order.order != path.parent.name or names[0] != names[1]:
        raise ValueError("its name does not match its content")
    return order


def _is_before(file: _File, after: Order) -> bool:
    return file.n == after.n and file.step is not None and file.step.attempt < after.attempt


def _is_one_of(numbers: set[int], file: _File) -> bool:
    return file.n in numbers


def _steps(files: Iterable[_File]) -> list[Step]:
    """The steps of an order, if none of its files is an older release's."""
    steps = [file.step for file in files]
    return [] if None in steps else [step for step in steps if step]


def _blank(digest: str, n: int, attempt: int, words: str) -> Order:
    """Stands for an order of which nothing can be read but that there is one."""
    return Order(
        order=digest,
        n=n,
        state=State.UNKNOWN,
        kind="",
        engine="",
        model="",
        request={},
        storyboard="",
        shot="",
        created=stamp(datetime.fromtimestamp(n / 1e9, UTC)),
        words=words,
        attempt=attempt,
    )


def _listed(folder: Path) -> list[Path]:
    with suppress(FileNotFoundError, NotADirectoryError):
        return list(folder.iterdir())
    return []
