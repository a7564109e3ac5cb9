"""The pages that say what the code says are those that the code gives."""

from __future__ import annotations

import re

import pytest

from docs.generate import PAGES, pages
from docs.generate.settings import OTHERS
from krafity_cli.cli.exit_codes import MEANING, Exit
from krafity_cli.errors import KrafityError, Refused
from tests.docs.markdown import ROOT

SOURCE = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("krafity_cli/**/*.py"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_gives(name: str) -> None:
    """`python -m docs.generate` writes them anew."""
    assert (ROOT / "docs/reference" / name).read_text(encoding="utf-8") == pages()[name]


def test_every_exit_code_has_a_meaning_and_errors_end_with_one_of_them() -> None:
    assert set(MEANING) == set(Exit)
    assert (KrafityError.exit_code, Refused.exit_code) == (Exit.INCOMPLETE, Exit.REFUSED)


def test_every_environment_variable_that_is_named_is_read() -> None:
    # COLUMNS is asked for by a name that is put together nowhere else.
    assert [name for name in OTHERS if f'"{name}"' not in SOURCE] == []


def test_every_variable_of_ours_that_is_read_is_named() -> None:
    page = pages()["settings.md"]
    ours = set(re.findall(r'"(KRAFITY_[A-Z_]+[A-Z])"', SOURCE))
    assert {name for name in ours if f"`{name}`" not in page} == set()
