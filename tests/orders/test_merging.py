"""Copies of an order, taken at any step and used apart, agree once merged, in any order."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.cache.remote.store import remote_at
from krafity_cli.engines.protocol import Request
from krafity_cli.orders.decide import Next, deciding, next_step
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.store import OrderFiles

REQUEST = Request("somebody", "video", "model", {"prompt": "quay"}, ())
DIGEST = REQUEST.digest
NAME = "op-1"
NOTHING: frozenset[str] = frozenset()

Copy = dict[str, bytes]
"""The files of one order, as a copy of a cache has them."""

S = State
LIVES = {
    "delivered": (S.INTENDED, S.SUBMITTED, S.DELIVERED),
    "busy at first": (S.INTENDED, S.RESERVED, S.INTENDED, S.RESERVED, S.INTENDED, S.SUBMITTED),
    "found again": (S.INTENDED, S.SUBMITTED, S.UNKNOWN, S.SUBMITTED, S.DELIVERED),
    "fetched again": (S.INTENDED, S.SUBMITTED, S.DELIVERED, S.SUBMITTED, S.DELIVERED),
    "filtered": (S.INTENDED, S.SUBMITTED, S.FILTERED),
    "undecodable": (S.INTENDED, S.SUBMITTED, S.FAILED, S.DELIVERED),
    "lost": (S.INTENDED, S.UNKNOWN),
    "refused": (S.INTENDED, S.WITHDRAWN),
    "never sent": (S.WITHDRAWN,),
}
"""What may happen to an order in the process that sends it, and in later runs."""


class Cache:
    """One cache folder as `OrderFiles` sees it, and what a copy of it holds."""

    def __init__(self, folder: Path, held: Copy | None = None) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / DIGEST).mkdir(parents=True)
        for name, content in (held or {}).items():
            (folder / DIGEST / name).write_bytes(content)
        self.folder, self.files = folder, OrderFiles(folder)

    def held(self) -> Copy:
        return {path.name: path.read_bytes() for path in (self.folder / DIGEST).iterdir()}

    def go(self, state: State) -> None:
        (order,) = self.files.of(DIGEST)
        if state is S.WITHDRAWN:
            self.files.withdraw(order)
        else:
            named = {"operation": NAME} if state is S.SUBMITTED else {}
            self.files.advance(order, state, **named)

    def order(self) -> Order | None:
        found = self.files.of(DIGEST)
        return found[0] if found else None


def new(folder: Path) -> Cache:
    cache = Cache(folder)
    cache.files.new(REQUEST, engine="somebody", storyboard="b", shot="quay", price_usd=0.4)
    return cache


def lived(folder: Path, life: tuple[State, ...]) -> list[Copy]:
    """The copies that could be taken of an order, one after each step."""
    cache = new(folder)
    copies = [cache.held()]
    for state in life:
        cache.go(state)
        copies.append(cache.held())
    return copies


def used_apart(folder: Path, copy: Copy) -> Iterator[Copy]:
    """What runs on a copy make of it, which see neither the process that sends nor its answer."""
    yield copy
    order = Cache(folder, copy).order()
    if order is None:
        return
    then = {
        S.RESERVED: (S.WITHDRAWN,),
        S.INTENDED: (S.UNKNOWN, S.FORGOTTEN),
        S.SUBMITTED: (S.UNKNOWN,),
        S.UNKNOWN: (S.FORGOTTEN,),
    }
    cache = Cache(folder, copy)
    for state in then.get(order.state, ()):
        cache.go(state)
        yield cache.held()


def as_an_older_release_has_it(folder: Path, copy: Copy) -> Copy:
    """The same as one file that is written over and over; nothing where it was unlinked."""
    order = Cache(folder, copy).order()
    if order is None:
        return {}
    later = ("attempt", "board", "folder")
    fields = {name: value for name, value in order.to_json().items() if name not in later}
    return {f"{order.n}.json": json.dumps({"schema": 1, **fields}).encode()}


def merged(folder: Path, *copies: Copy) -> Order | None:
    """The order once these were copied over each other, which is the same in any order."""
    first, *others = (
        Cache(folder, {name: content for copy in each for name, content in copy.items()}).order()
        for each in itertools.permutations(copies)
    )
    assert all(other == first for other in others)
    return first


@pytest.mark.parametrize("is_old", [False, True], ids=["", "older release"])
@pytest.mark.parametrize("life", LIVES)
def test_a_copy_of_any_step_merged_in_any_order_changes_nothing_that_is_known(
    tmp_path: Path, life: str, is_old: bool
) -> None:
    work = tmp_path / "work"
    copies = lived(tmp_path / "sent", LIVES[life])
    last = Cache(work, copies[-1]).order()
    for early in copies:
        for apart in list(used_apart(work, early)):
            other = as_an_older_release_has_it(work, apart) if is_old else apart
            order = merged(work, copies[-1], other)
            if last is None:
                assert order is None or order.state is S.RESERVED
            elif last.operation:
                assert order is not None
                assert order.operation == NAME
                assert next_step(order, "video", NOTHING, fresh=False) is not Next.BUY
            else:
                assert order is not None
                forgot = b'"forgotten"' in b"".join(other.values())
                assert order.state is (S.FORGOTTEN if forgot else last.state)


def test_three_copies_that_went_on_apart_agree_however_they_are_merged(tmp_path: Path) -> None:
    work = tmp_path / "work"
    *early, last = lived(tmp_path / "sent", LIVES["busy at first"])
    apart = [copy for one in early for copy in used_apart(work, one)]
    for pair in itertools.combinations(apart, 2):
        order = merged(work, *pair, last)
        assert order is not None
        assert order.operation == NAME


@pytest.mark.parametrize("life", LIVES)
def test_no_name_of_a_file_ever_stands_for_two_contents(tmp_path: Path, life: str) -> None:
    seen: Copy = {}
    for copy in lived(tmp_path / "sent", LIVES[life]):
        for apart in used_apart(tmp_path / "work", copy):
            assert {**seen, **apart} == {**apart, **seen}
            seen |= apart


def test_an_order_that_was_forgotten_with_its_name_is_asked_for_before_it_is_bought(
    tmp_path: Path,
) -> None:
    """Whoever forgot it knew all that is known: it stays forgotten, and the name stays there."""
    copies = lived(tmp_path / "sent", (S.INTENDED, S.SUBMITTED))
    apart = Cache(tmp_path / "work", copies[-1])
    apart.go(S.UNKNOWN)
    apart.go(S.FORGOTTEN)
    order = merged(tmp_path / "work", copies[-1], apart.held())
    assert order is not None
    assert (order.state, order.operation) == (S.FORGOTTEN, NAME)


@pytest.mark.parametrize("where", ["a copy", "the remote cache", "an older release"])
def test_forgotten_elsewhere_never_overrides_an_order_that_runs_here(
    tmp_path: Path, where: str
) -> None:
    here = Cache(tmp_path / "here", lived(tmp_path / "sent", (S.INTENDED, S.SUBMITTED))[-1])
    (running,) = here.files.of(DIGEST)
    forgotten = Cache(tmp_path / "there", here.held())
    forgotten.files.advance(running, S.FORGOTTEN)
    theirs = forgotten.held()
    if where == "an older release":
        theirs = as_an_older_release_has_it(
            tmp_path / "work", {k: v for k, v in theirs.items() if "forgotten" in k}
        )
    if where == "the remote cache":
        share = tmp_path / "share" / "orders" / DIGEST
        share.mkdir(parents=True)
        for name, content in theirs.items():
            (share / name).write_bytes(content)
        remote = remote_at(f"file://{tmp_path / 'share'}", "a test", {})
        here.files = OrderFiles(here.folder, remote)
        here.files.pull(DIGEST)
    else:
        here = Cache(tmp_path / "merged", {**here.held(), **theirs})
    assert here.order() == running


def through_a_copy(one: Path, two: Path) -> None:
    shutil.copytree(one, two, dirs_exist_ok=True)


def through_a_remote(one: Path, two: Path) -> None:
    remote = remote_at(f"file://{one.parent}", "a test", {})
    OrderFiles(two, remote).pull(DIGEST)


@pytest.mark.parametrize("merge", [through_a_copy, through_a_remote])
@pytest.mark.parametrize("is_old", [False, True], ids=["", "older release"])
def test_the_name_of_an_order_comes_along(
    tmp_path: Path, merge: Callable[[Path, Path], Any], is_old: bool
) -> None:
    if merge is through_a_remote:
        pytest.importorskip("obstore")
    *_, intended, submitted = lived(tmp_path / "sent", (S.INTENDED, S.SUBMITTED))
    if is_old:
        submitted = as_an_older_release_has_it(tmp_path / "work", submitted)
    Cache(tmp_path / "one" / "orders", submitted)
    two = Cache(tmp_path / "two" / "orders", intended)
    two.go(S.UNKNOWN)
    merge(tmp_path / "one" / "orders", tmp_path / "two" / "orders")
    order = two.order()
    assert order is not None
    assert (order.state, order.operation) == (S.SUBMITTED, NAME)


def test_an_older_release_that_is_copied_over_later_loses_no_name(tmp_path: Path) -> None:
    """What it wrote is written down once more, under a name of its own, as soon as it is used."""
    copies = lived(tmp_path / "sent", (S.INTENDED, S.SUBMITTED))
    early, late = (as_an_older_release_has_it(tmp_path / "work", each) for each in copies[1:])
    cache = Cache(tmp_path / "one", late)
    cache.files.pull(DIGEST)
    order = merged(tmp_path / "work", cache.held(), early)
    assert order is not None
    assert (order.state, order.operation) == (S.SUBMITTED, NAME)


@pytest.mark.parametrize("attempt", [1, 2, 99])
@pytest.mark.parametrize("state", S)
def test_a_copy_that_names_another_operation_never_hides_the_one_that_runs(
    tmp_path: Path, state: State, attempt: int
) -> None:
    here = Cache(tmp_path / "here", lived(tmp_path / "sent", (S.INTENDED, S.SUBMITTED))[-1])
    (running,) = here.files.of(DIGEST)
    forged = replace(running, state=state, attempt=attempt, operation="op-of-nobody")
    here.files.write(forged)
    here.files.sweep(lambda digest: False)

    found = here.files.of(DIGEST)
    assert running in found
    assert here.files.read(running) == running
    if state is not S.SUBMITTED:
        assert deciding(found) == running
    here.files.advance(running, S.DELIVERED, cost_usd=0.4)
    assert S.DELIVERED in {each.state for each in here.files.of(DIGEST) if each.operation == NAME}
