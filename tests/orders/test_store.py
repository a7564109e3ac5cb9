"""Orders on disk: a file for each step that never changes, read whatever lies there."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krafity_cli.cache import CacheFailed
from krafity_cli.engines.protocol import Request
from krafity_cli.errors import Refused
from krafity_cli.orders.ledger import row
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.store import OrderFiles
from tests.small_disk import fill, small_disk

REQUEST = Request("somebody", "video", "model", {"prompt": "quay", "start": "ab"}, ("ab",))
DIGEST = REQUEST.digest
NEW_NAME = "1795350285767323500-1-named-submitted-0123456789abcdef.json"


def ordered(files: OrderFiles, **about: Any) -> Order:
    return files.new(
        REQUEST,
        **{
            "engine": "somebody",
            "identity": "somebody at home",
            "storyboard": "board.yaml",
            "shot": "quay",
            "price_usd": 0.4,
            "basis": "4 s at $0.1",
            "seconds": 4.0,
            **about,
        },
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "orders"


@pytest.fixture
def files(folder: Path) -> OrderFiles:
    folder.parent.mkdir()
    return OrderFiles(folder)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / DIGEST).iterdir())


def old_file(folder: Path, order: Order) -> Path:
    """The one file in which releases before wrote an order down, over and over."""
    path = folder / order.order / f"{order.n}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    later = ("attempt", "board", "folder")
    fields = {name: value for name, value in order.to_json().items() if name not in later}
    path.write_text(json.dumps({"schema": 1, **fields}))
    return path


def test_a_step_of_an_order_is_a_file_named_by_what_it_says(
    files: OrderFiles, folder: Path
) -> None:
    order = ordered(files)
    (name,) = names(folder)

    content = (folder / DIGEST / name).read_bytes()
    check = hashlib.sha256(content).hexdigest()[:16]
    assert name == f"{order.n}-1-reserved-{check}.json"
    written = json.loads(content)
    assert written == {"schema": 2, **order.to_json()}
    assert written["request"] == REQUEST.to_json()


def test_no_file_is_ever_written_to_again(files: OrderFiles, folder: Path) -> None:
    order, seen = ordered(files), dict[str, bytes]()
    for state in (State.INTENDED, State.SUBMITTED, State.DELIVERED):
        order = files.advance(order, state, operation=None if state is State.INTENDED else "op-1")
        assert [found.state for found in files.of(DIGEST)] == [state]
        now = {name: (folder / DIGEST / name).read_bytes() for name in names(folder)}
        assert now == {**now, **seen}
        seen = now
    assert [name.split("-", 1)[1].rpartition("-")[0] for name in names(folder)] == [
        "1-intended",
        "1-named-delivered",
        "1-named-submitted",
        "1-reserved",
    ]


def test_what_was_written_is_read_back_equal(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)
    order = files.advance(order, State.SUBMITTED, operation="op-1", submitted="2026-11-22")
    order = files.advance(order, State.DELIVERED, cost_usd=0.39, blob="cd" * 32)

    assert OrderFiles(folder).all() == [order]
    assert order.sent() == REQUEST
    assert order.sent().digest == DIGEST


def test_an_order_has_ended_once_nothing_more_can_come(files: OrderFiles) -> None:
    order = ordered(files)
    for state in State:
        ended = files.advance(order, state).ended
        under_way = state in (State.RESERVED, State.INTENDED, State.SUBMITTED)
        assert (ended is None) is under_way


def test_a_later_order_has_a_later_name_even_if_the_clock_went_back(files: OrderFiles) -> None:
    tomorrow = replace(ordered(files), n=4_000_000_000_000_000_000)
    files.write(tomorrow)

    assert ordered(files).n == 4_000_000_000_000_000_001


def test_an_order_that_was_never_sent_leaves_nothing(files: OrderFiles, folder: Path) -> None:
    files.withdraw(ordered(files))
    assert (files.all(), names(folder)) == ([], [])


def test_an_order_that_was_refused_leaves_a_mark_and_is_listed_no_more(
    files: OrderFiles, folder: Path
) -> None:
    order = ordered(files)
    files.withdraw(files.advance(order, State.INTENDED))

    assert (files.read(order), files.all()) == (None, [])
    (name,) = names(folder)
    assert name.startswith(f"{order.n}-2-withdrawn-")


def test_a_busy_service_leaves_the_files_of_the_last_attempt_alone(
    files: OrderFiles, folder: Path
) -> None:
    order = ordered(files)
    for attempt in (2, 3, 4):
        order = files.advance(files.advance(order, State.INTENDED), State.RESERVED)
        assert (order.attempt, len(names(folder))) == (attempt, 1)
    files.withdraw(order)
    assert files.all() == []


def test_what_is_left_of_orders_that_were_never_made_can_be_swept(
    files: OrderFiles, folder: Path
) -> None:
    ordered(files)
    refused = replace(ordered(files), n=17, state=State.WITHDRAWN)
    files.write(refused)
    kept = files.advance(ordered(files), State.INTENDED)
    (folder / DIGEST / ".left-by-a-killed-process.part").touch()

    files.sweep(lambda digest: True)
    assert len(names(folder)) == 6
    files.sweep(lambda digest: False)
    assert files.all() == [kept]
    assert len(names(folder)) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Expecting value: line 1 column 1 (char 0)"),
        (b"[]", "list indices must be integers or slices, not str"),
        (b'{"schema": 2}', "schema 2"),
        (b'{"schema": 1}', "'state'"),
        (b"[" * 100_000, "maximum recursion depth exceeded while decoding a JSON array"),
        (b'"\xff"', "'utf-8' codec can't decode byte 0xff"),
    ],
)
@pytest.mark.parametrize("name", ["1795350285767323500.json", NEW_NAME])
def test_a_file_that_cannot_be_read_stands_for_an_order_that_is_unknown(
    files: OrderFiles, folder: Path, name: str, content: bytes, why: str
) -> None:
    (folder / DIGEST).mkdir(parents=True)
    path = folder / DIGEST / name
    path.write_bytes(content)

    (order,) = files.all()

    assert (order.n, order.state) == (1795350285767323500, State.UNKNOWN)
    assert order.words == f"its file {name} cannot be read"
    assert order.created == "2026-11-22T12:24:45.767+00:00"
    (note,) = files.notes
    assert note.startswith(f"{path} is not an order file this version reads (")
    assert why in note or name == NEW_NAME
    assert note.endswith("; its order counts as unknown")
    assert (names(folder), path.read_bytes()) == ([name], content)


def test_what_can_be_read_of_an_order_is_told_of_what_cannot(
    files: OrderFiles, folder: Path
) -> None:
    order = ordered(files)
    files.advance(files.advance(order, State.INTENDED), State.SUBMITTED, operation="op-1")
    (path,) = (folder / DIGEST).glob("*-named-submitted-*")
    path.write_bytes(path.read_bytes()[:-1])

    (found,) = files.all()
    assert (found.state, found.shot, found.price_usd) == (State.UNKNOWN, "quay", 0.4)
    files.advance(found, State.FORGOTTEN)
    assert [each.state for each in files.all()] == [State.FORGOTTEN]


def test_a_later_step_that_can_be_read_counts(files: OrderFiles, folder: Path) -> None:
    order = files.advance(ordered(files), State.INTENDED)
    (path,) = (folder / DIGEST).glob("*-intended-*")
    running = files.advance(order, State.SUBMITTED, operation="op-1")
    path.write_bytes(b"{")

    assert files.all() == [running]
    assert files.notes == []


def test_the_file_of_an_older_release_is_read_and_never_written_to(
    files: OrderFiles, folder: Path
) -> None:
    order = replace(ordered(files), n=17, state=State.SUBMITTED, operation="op-1")
    path = old_file(folder, order)
    before = path.read_bytes()

    (_, found) = sorted(files.all(), key=lambda each: -each.n)
    assert found == order
    files.advance(found, State.DELIVERED, cost_usd=0.4)
    assert files.of(DIGEST)[0].state is State.DELIVERED
    assert path.read_bytes() == before


def test_what_an_older_release_set_aside_counts_only_where_there_is_no_whole_file(
    files: OrderFiles, folder: Path
) -> None:
    order = replace(ordered(files), n=17, state=State.SUBMITTED, operation="op-1")
    path = old_file(folder, order)
    path.rename(path.with_suffix(".unreadable"))
    assert files.of(DIGEST)[0] == order

    path.with_suffix(".unreadable").write_text("{")
    assert files.of(DIGEST)[0].state is State.UNKNOWN
    old_file(folder, order)
    assert files.of(DIGEST)[0] == order
    assert files.notes == []


def test_a_folder_in_place_of_a_file_is_an_order_that_is_unknown(
    files: OrderFiles, folder: Path
) -> None:
    (folder / DIGEST / "17.json").mkdir(parents=True)
    assert [order.state for order in files.all()] == [State.UNKNOWN]


def test_a_link_is_not_followed(files: OrderFiles, folder: Path, tmp_path: Path) -> None:
    ordered(files)
    (path,) = (folder / DIGEST).iterdir()
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")

    assert [found.state for found in files.all()] == [State.UNKNOWN]


def test_what_has_no_name_of_an_order_is_left_alone(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)
    for name in ("notes.txt", f".{order.n}.77.part", "0.json", "-1.json", "1" * 20 + ".json"):
        (folder / DIGEST / name).write_text("?")
    (folder / "notes").mkdir()

    assert files.all() == [order]
    assert files.notes == []


@pytest.mark.parametrize("step", ["paused", "named-intended", "named-withdrawn", ""])
def test_a_step_of_which_nothing_is_known_is_an_order_that_is_unknown(
    files: OrderFiles, folder: Path, step: str
) -> None:
    (folder / DIGEST).mkdir(parents=True)
    (folder / DIGEST / f"1795350285767323500-1-{step}-0123456789abcdef.json").write_text("{}")

    files.sweep(lambda digest: False)
    assert [order.state for order in files.all()] == [State.UNKNOWN]


def test_a_file_under_another_name_is_not_believed(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)
    shutil.copytree(folder / DIGEST, folder / ("ab" * 32))

    assert [(found.order, found.state) for found in files.all() if found != order] == [
        ("ab" * 32, State.UNKNOWN)
    ]
    assert len(files.notes) == 1


def test_a_folder_that_says_nothing_about_its_files_is_an_error_and_no_empty_one(
    files: OrderFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered(files)

    def refuse(self: Path) -> Any:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(CacheFailed) as caught:
        files.of(DIGEST)
    assert caught.value.why == "Too many open files."


def test_two_copies_used_apart_and_copied_together_know_the_orders_of_both(
    files: OrderFiles, folder: Path, tmp_path: Path
) -> None:
    shared = ordered(files)
    copy = tmp_path / "copy" / "orders"
    shutil.copytree(folder, copy)
    here, there = ordered(files, shot="here"), ordered(OrderFiles(copy), shot="there")

    shutil.copytree(copy, folder, dirs_exist_ok=True)

    assert OrderFiles(folder).all() == sorted([shared, here, there], key=lambda order: order.n)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(field=st.sampled_from(sorted(Order.__slots__)), value=JSON)
def test_no_content_of_a_file_is_a_crash(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: Any
) -> None:
    folder = tmp_path_factory.mktemp("orders")
    files = OrderFiles(folder)
    order = ordered(files)
    path = old_file(folder, order)
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    (step,) = (folder / DIGEST).glob("*-reserved-*")
    step.unlink()

    (found,) = files.all()

    assert row(found)["n"] == order.n
    json.dumps(row(found), allow_nan=False)


def test_the_name_of_an_order_needs_no_descriptor_and_no_room_once_it_is_sent(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        files = OrderFiles(disk / "orders")
        order = files.advance(ordered(files), State.INTENDED)
        with files.draft(order) as room:
            fill(disk)
            with no_more_descriptors():
                running = files.advance(order, State.SUBMITTED, room, operation="op-1")
        assert files.all() == [running]


def test_an_orders_folder_that_cannot_be_written_to_is_refused_before_anything_is_sent(
    files: OrderFiles, folder: Path
) -> None:
    files.check_writable()
    assert list(folder.iterdir()) == []
    folder.rmdir()
    folder.touch()
    with pytest.raises(Refused) as caught:
        files.check_writable()
    assert caught.value.what == f"orders cannot be written to {folder}"


@contextmanager
def no_more_descriptors() -> Iterator[None]:
    """Whatever is opened meanwhile fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
