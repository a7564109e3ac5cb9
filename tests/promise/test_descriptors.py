"""A process that may open few files sends fewer orders at once, and says so; it loses none."""

from __future__ import annotations

import resource

from tests.pretend.shell import Shell
from tests.pretend.witness import Account
from tests.promise.boards import ALONE, side_by_side


def test_few_descriptors_mean_fewer_orders_at_once(shell: Shell, account: Account) -> None:
    shell.write(side_by_side(40))
    account.lay_down(seconds=0.2)
    with shell.start(
        *("render", "board.yaml", "--engine", "pretend", "--jobs", "40"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80)),
    ) as process:
        _, err = process.communicate(timeout=110)

    assert process.returncode == 0, err
    assert "parallel orders instead of 40: the limit of open files allows no more" in err
    assert set(account.clips().values()) == {1}
    assert len(account.clips()) == 40


def test_too_few_descriptors_for_one_order_are_refused(shell: Shell, account: Account) -> None:
    shell.write(ALONE)
    with shell.start(
        *("render", "board.yaml", "--engine", "pretend"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)),
    ) as process:
        _, err = process.communicate(timeout=110)

    assert (process.returncode, account.lines()) == (2, [])
    assert "error: the limit of open files is too low for an order\n" in err
    assert "  hint: raise the limit: ulimit -n 1024\n" in err
