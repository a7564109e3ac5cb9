"""Every command that the README, the docs and `--help` show is one that krafity takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.commands import every_command, refusal_of, root
from tests.docs.markdown import PAGES, ROOT, Page, words_of

COMMANDS = {" ".join(words): command for words, command in every_command()}
EXAMPLE = re.compile(r"^Example: krafity (.+)$", re.MULTILINE)
OPTIONS = {
    option for command in (*COMMANDS.values(), root()) for param in command.params
    for option in param.opts if option.startswith("-")
} | {"--help", "-h"}  # fmt: skip
README = Page(ROOT / "README.md")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_is_shown_is_taken(path: Path) -> None:
    refused = {" ".join(words): refusal_of(words) for words in Page(path).commands()}
    assert {line: why for line, why in refused.items() if why} == {}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_option_that_is_named_exists(path: Path) -> None:
    named = {word.split("=")[0].split()[0] for word in Page(path).words() if word.startswith("--")}
    assert named - OPTIONS == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_text_has_an_example_of_its_own_command(name: str) -> None:
    examples = EXAMPLE.findall(COMMANDS[name].help)
    assert examples
    for example in examples:
        assert example.startswith(name)
        assert refusal_of(words_of(example)) == ""


def test_the_readme_names_every_command_and_no_other() -> None:
    table = README.text.partition("| command | does |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    named = set()
    for cell in cells:
        first, *more = re.findall(r"`([^`]+)`", cell)
        words = [word for word in first.removeprefix("krafity ").split() if word.islower()]
        named |= {" ".join(words), *(f"{words[0]} {each}" for each in more)}
    assert named == set(COMMANDS)


def test_the_options_of_render_in_the_readme_are_those_of_render() -> None:
    table = README.text.partition("| option | |")[2].partition("\n\n")[0]
    named = {word.split()[0] for word in re.findall(r"`(-[^`]+)`", table)}
    assert len(named) > 10
    assert named <= {option for param in COMMANDS["render"].params for option in param.opts}


def test_the_readme_reaches_a_film_on_its_first_screen() -> None:
    """A screen is 50 lines; the picture is counted as ten of them."""
    lines = README.text.splitlines()
    first = next(number for number, line in enumerate(lines, 1) if "krafity render " in line)
    assert first + 10 < 50
