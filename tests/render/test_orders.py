"""Orders on disk: whole at every state, read whatever lies there, merged by copying."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krafity_cli.cache import CacheFailed
from krafity_cli.engines.protocol import Request
from krafity_cli.render.ledger import row
from krafity_cli.render.order_files import OrderFiles
from krafity_cli.render.orders import Order, State

REQUEST = Request("somebody", "video", "model", {"prompt": "quay", "start": "ab"}, ("ab",))
DIGEST = REQUEST.digest


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


def test_an_order_is_one_file_named_by_its_digest_and_time(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)

    written = json.loads((folder / DIGEST / f"{order.n}.json").read_text())
    assert written == {"schema": 1, **order.to_json()}
    assert written["state"] == "reserved"
    assert written["request"] == REQUEST.to_json()
    assert names(folder) == [f"{order.n}.json"]


def test_what_was_written_is_read_back_equal(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)
    order = files.advance(order, State.SUBMITTED, operation="op-1", submitted="2026-11-22")
    order = files.advance(order, State.DELIVERED, cost_usd=0.39, blob="cd" * 32)

    assert OrderFiles(folder).all() == [order]
    assert order.sent() == REQUEST
    assert order.sent().digest == DIGEST


def test_each_state_takes_the_place_of_the_last(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)
    for state in (State.INTENDED, State.SUBMITTED, State.DELIVERED):
        files.advance(order, state)
        assert [found.state for found in files.of(DIGEST)] == [state]
    assert names(folder) == [f"{order.n}.json"]


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


def test_an_order_that_led_to_nothing_is_taken_back(files: OrderFiles) -> None:
    order = ordered(files)
    files.remove(order)

    assert files.read(order) is None
    assert files.all() == []


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
def test_a_file_that_cannot_be_read_is_set_aside_and_told(
    files: OrderFiles, folder: Path, content: bytes, why: str
) -> None:
    (folder / DIGEST).mkdir(parents=True)
    path = folder / DIGEST / "1795350285767323500.json"
    path.write_bytes(content)

    (order,) = files.all()

    assert (order.state, order.words) == (
        State.UNKNOWN,
        "its file 1795350285767323500.unreadable cannot be read",
    )
    assert order.created == "2026-11-22T12:24:45.767+00:00"
    assert names(folder) == ["1795350285767323500.unreadable"]
    (told,) = files.set_aside
    assert told.startswith(f"{path} is not an order file this version reads ({why}")
    assert told.endswith(
        "; set aside as 1795350285767323500.unreadable, its order counts as unknown"
    )


def test_what_was_set_aside_is_told_once_and_stays_unknown(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)
    (folder / DIGEST / f"{order.n}.json").write_text("{")
    files.all()

    later = OrderFiles(folder)
    assert [found.state for found in later.all()] == [State.UNKNOWN]
    assert later.set_aside == []


def test_what_was_set_aside_comes_back_once_it_can_be_read(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)
    path = folder / DIGEST / f"{order.n}.json"
    path.rename(path.with_suffix(".unreadable"))

    assert files.all() == [order]
    assert names(folder) == [path.name]


def test_a_whole_file_counts_before_one_that_was_set_aside(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)
    (folder / DIGEST / f"{order.n}.unreadable").write_text("{")

    assert files.all() == [order]
    assert files.set_aside == []


def test_a_folder_in_place_of_a_file_is_set_aside(files: OrderFiles, folder: Path) -> None:
    (folder / DIGEST / "17.json").mkdir(parents=True)

    assert [order.state for order in files.all()] == [State.UNKNOWN]
    assert names(folder) == ["17.unreadable"]


def test_a_link_is_not_followed(files: OrderFiles, folder: Path, tmp_path: Path) -> None:
    order = ordered(files)
    path = folder / DIGEST / f"{order.n}.json"
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")

    assert [found.state for found in files.all()] == [State.UNKNOWN]


def test_what_has_no_name_of_an_order_is_left_alone(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)
    for name in ("notes.txt", f".{order.n}.77.part", "0.json", "-1.json", "1" * 20 + ".json"):
        (folder / DIGEST / name).write_text("?")
    (folder / "notes").mkdir()

    assert files.all() == [order]
    assert files.set_aside == []


def test_a_file_under_another_name_is_not_believed(files: OrderFiles, folder: Path) -> None:
    order = ordered(files)
    shutil.copytree(folder / DIGEST, folder / ("ab" * 32))

    assert [(found.order, found.state) for found in files.all() if found != order] == [
        ("ab" * 32, State.UNKNOWN)
    ]
    assert len(files.set_aside) == 1


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
    path = folder / DIGEST / f"{order.n}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))

    (found,) = files.all()

    assert row(found)["n"] == order.n
    json.dumps(row(found), allow_nan=False)
