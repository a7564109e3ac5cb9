"""An order that a service has named is never lost, whatever keeps its name from the cache."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.guarded_folder import GuardedFolder
from tests.pretend.shell import Shell, until
from tests.pretend.witness import Account
from tests.promise.boards import ALONE, side_by_side

HOUR = 3600.0


@contextmanager
def answered_without_orders(
    shell: Shell, account: Account, board: str = ALONE, *arguments: str, is_obstructed: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """A render whose order is answered while something lies where its orders folder was."""
    shell.write(board)
    shell.environment["PRETEND_TIMEOUT"] = "60"
    account.lay_down(seconds=HOUR, holds=True)
    orders, aside = shell.cache / "orders", shell.cache / "aside"
    with shell.start("render", "board.yaml", "--engine", "pretend", *arguments) as process:
        until(account.clips)
        orders.rename(aside)
        orders.touch()
        if is_obstructed:
            (shell.folder / "board.krafity").mkdir(exist_ok=True)
            (shell.folder / "board.krafity" / "rescued").touch()
        account.lay_down(seconds=HOUR)
        try:
            yield process
        finally:
            process.kill()
            orders.unlink()
            aside.rename(orders)


def rescued(shell: Shell) -> list[Path]:
    return sorted((shell.folder / "board.krafity" / "rescued").glob("*.order.json"))


def test_a_name_that_cannot_be_kept_lies_beside_the_outputs_and_is_taken_from_there(
    shell: Shell, account: Account
) -> None:
    with answered_without_orders(shell, account):
        until(lambda: rescued(shell))
    assert shell.states() == {"quay": "intended"}

    account.lay_down(seconds=0)
    ended = shell.render()
    assert ended.statuses() == {"quay": "rendered"}
    assert (
        "note: video board.yaml quay is running; its order was restored from `rescued/`\n"
    ) in ended.err
    assert (account.clips(), rescued(shell)) == ({"quay": 1}, [])


def test_nothing_more_is_sent_once_a_name_could_not_be_kept(shell: Shell, account: Account) -> None:
    board = side_by_side(3)
    with answered_without_orders(shell, account, board, "--jobs", "1", "--wait", "60"):
        until(lambda: rescued(shell))
    assert sum(account.clips().values()) == 1


@pytest.fixture
def line(shell: Shell, account: Account) -> str:
    """What a run says last where nothing can be written beside the outputs, either."""
    with answered_without_orders(shell, account, is_obstructed=True) as process:
        assert process.stderr is not None
        while not (said := process.stderr.readline()).startswith("{"):
            assert said, "it never said so"
    shutil.rmtree(shell.folder / "board.krafity")
    return said


@pytest.mark.parametrize("source", ["line.json", "-"])
def test_a_name_that_cannot_be_written_anywhere_is_a_line_that_the_ledger_adopts(
    shell: Shell, account: Account, line: str, source: str
) -> None:
    (shell.folder / "line.json").write_text(line)
    with (shell.folder / "line.json").open() as lines:
        adopting = shell.start("ledger", "adopt", source, stdin=lines)
        out, err = adopting.communicate(timeout=60)
    assert (adopting.returncode, err) == (0, "")
    assert out.endswith(" board.yaml quay\n")
    assert shell.states() == {"quay": "submitted"}

    account.lay_down(seconds=0)
    assert shell.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}


def test_no_line_is_believed_that_krafity_did_not_write(shell: Shell, line: str) -> None:
    order = json.loads(line)
    lies: list[Any] = [
        *({**order, "operation": name} for name in (None, "", 3, "op\nkrafity", "ö", "o" * 1001)),
        {**order, "order": "ab" * 32},
        {**order, "request": {**order["request"], "model": "another"}},
        {**order, "state": "delivered"},
        {**order, "schema": 1},
        {**order, "identity": "pretend elsewhere"},
        {**order, "engine": "nobody"},
        {**order, "n": -1},
        {},
        [],
    ]
    texts = [*map(json.dumps, lies), "{", "[" * 100_000, line + "{"]
    for text in texts:
        (shell.folder / "line.json").write_text(text)
        ended = shell.run("ledger", "adopt", "line.json")
        assert (ended.code, ended.out) == (2, ""), text
    assert shell.run("ledger", "adopt", "missing.json").code == 2
    assert shell.states() == {"quay": "intended"}


def test_an_order_that_lies_in_a_folder_from_elsewhere_is_not_adopted_unasked(
    shell: Shell, account: Account, line: str, tmp_path: Path
) -> None:
    outputs = GuardedFolder.below(shell.folder, "board.krafity")
    outputs.write("rescued/x.order.json", line.encode())
    path = shell.folder / "board.krafity" / "rescued" / "x.order.json"
    other = shell.beside(tmp_path / "another cache")
    account.lay_down(seconds=0)

    ended = other.render()
    assert (
        f"{path} contains an order that was not sent from this "
        "cache; to add it, run: krafity ledger adopt"
    ) in ended.err
    assert path.exists()
    assert account.clips() == {"quay": 2}
