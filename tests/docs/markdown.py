"""The project's pages, taken apart: their links, their headings, and the commands they show."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import tests
from tests.cli.commands import every_command

ROOT = Path(tests.__file__).parent.parent
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("sample_*/**/*.md"))
    if "reference" not in path.parts or path.name == "events.md"
)
"""Every page that is written by hand."""

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_NAMES = {words for words, _ in every_command()}
"""A command may be named without saying what it is done to."""

_SHELL = ("sh", "console", "yaml")
_CALLS = re.compile(r"(?:^|[|;&]|\$ |run: |\bthen )\s*(?:\S*/)?krafity (?=[a-z-])", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A page of Markdown."""

    path: Path

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """All of it but the blocks of code."""
        return _FENCE.sub("", self.text)

    def blocks(self, *languages: str) -> Iterator[str]:
        """Blocks of code in these languages."""
        for _, language, block in _FENCE.findall(self.text):
            if language in languages:
                yield block

    def links(self) -> Iterator[str]:
        """Targets of links and pictures, but for other sites."""
        for target in _LINK.findall(_INLINE.sub("", self.prose)):
            if "://" not in target and not target.startswith("mailto:"):
                yield target

    def anchors(self) -> set[str]:
        """The headings, as GitHub turns them into anchors."""
        found = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in found}

    def words(self) -> Iterator[str]:
        """What stands in backticks within the prose."""
        yield from _INLINE.findall(self.prose)

    def commands(self) -> Iterator[list[str]]:
        """The words of every `krafity ...` that is shown, without `krafity`."""
        for block in self.blocks(*_SHELL):
            joined = re.sub(r"\\\n\s*", "", block)
            for found in _CALLS.finditer(joined):
                line = joined[found.end() :].partition("\n")[0]
                yield words_of(line)
        for inline in self.words():
            words = words_of(inline.removeprefix("krafity "))
            if inline.startswith("krafity ") and tuple(words) not in _NAMES:
                yield words


def words_of(line: str) -> list[str]:
    """The words of one command: up to a comment, a pipe, a redirection or the next command."""
    line = re.sub(r"\$\{\{.*?\}\}", "VALUE", line)
    splitter = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    splitter.whitespace_split = True
    words = []
    for word in splitter:
        if set(word) <= set("|&;<>"):
            break
        words.append(word)
    return words
