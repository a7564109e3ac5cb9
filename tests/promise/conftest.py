"""What the tests of the promise share: one service, and for each test an account and a shell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pretend.shell import Shell
from tests.pretend.witness import Account, Witness


@pytest.fixture(scope="session")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Witness]:
    """The pretend service, running."""
    service = Witness(tmp_path_factory.mktemp("service"))
    yield service
    service.kill()


@pytest.fixture
def account(witness: Witness) -> Account:
    """An account of its own, where nothing goes wrong and nothing takes time."""
    return witness.account()


@pytest.fixture
def shell(tmp_path: Path, account: Account) -> Shell:
    """A folder, an empty cache, and `krafity` with the pretend engine."""
    return Shell.at(tmp_path, account)
