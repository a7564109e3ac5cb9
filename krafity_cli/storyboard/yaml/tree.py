"""YAML events grown into a tree of nodes that know their places, within bounds.

The parser only tokenizes; no node is composed by it and no object constructed, so nothing recurses
and no scalar changes its type. Depth and number of nodes are bounded while the events stream in
(aliases count as what they stand for), so a bomb of nested brackets or of aliases ends early.
Tags, merge keys and second documents have no use in a storyboard and are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, cast

import yaml

from krafity_cli.storyboard.words import shown
from krafity_cli.storyboard.yaml.nodes import Listing, Node, Scalar, Table
from krafity_cli.storyboard.yaml.source import Findings
from krafity_cli.storyboard.yaml.syntax import explained

MOST_DEEP = 64
"""How deep lists and mappings may be nested."""

_TOO_DEEP = f"nested deeper than {MOST_DEEP} levels"
_MOST_ANCHORS = 1000
_LONGEST = 20_000
"""Characters up to which an unquoted text with commas is put together again."""

MOST_NODES = 250_000
"""Keys, values and lists in one file, aliases spelled out: about 15,000 shots."""

PARSER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it, otherwise the same events 30 times slower."""


@dataclass(slots=True)
class _Branch:
    """A list or mapping that is still open.

    `key` is what the next node is the value of, `end` where the last scalar ended; `text` is the
    unquoted value that a comma inside `{...}` may have cut.
    """

    node: Listing | Table
    anchor: str | None
    before: int
    flow: bool
    key: Node | None = None
    end: int = 0
    text: Scalar | None = None
    height: int = 1


@dataclass(slots=True)
class _Anchor:
    node: Node
    nodes: int
    height: int


class _Spot(Protocol):
    line: int
    column: int


class _Mark(_Spot, Protocol):
    index: int


class _Event(Protocol):
    """What PyYAML's events have, as far as each kind has it."""

    start_mark: _Mark
    end_mark: _Mark
    anchor: str | None
    tag: str | None
    value: str
    style: str | None
    flow_style: bool


class _Bound(Exception):
    """The text leaves the bounds; reading stops here."""

    def __init__(self, spot: _Spot, code: str, message: str) -> None:
        super().__init__(message)
        self.spot = spot
        self.code = code


def grown(findings: Findings, parser: type = PARSER) -> Node | None:
    """The tree of the source, or `None` where it holds nothing or reading had to stop.

    Everything wrong with the YAML itself is added to the findings.
    """
    tree = _Tree(findings)
    try:
        for event in _events(findings.source.text, parser):
            tree.take(event)
    except yaml.MarkedYAMLError as error:
        place, message = explained(error, findings.source)
        # libyaml reads ahead, and newer ones give up before the events reach our own bound.
        deep = "nesting depth" in (error.problem or "")
        told = ("too-deep", _TOO_DEEP) if deep else ("not-yaml", message)
        findings.add(place, *told)
        return None
    except _Bound as bound:
        findings.add(
            findings.source.place(bound.spot.line, bound.spot.column), bound.code, str(bound)
        )
        return None
    tree.finish()
    return tree.root


def _events(text: str, parser: type) -> Iterator[_Event]:
    return cast("Iterator[_Event]", yaml.parse(text, Loader=parser))


def _too_deep(mark: _Mark) -> _Bound:
    return _Bound(mark, "too-deep", _TOO_DEEP)


class _Tree:
    def __init__(self, findings: Findings) -> None:
        self.root: Node | None = None
        self._findings = findings
        self._open: list[_Branch] = []
        self._nodes = 0
        self._documents = 0
        self._anchors: dict[str, _Anchor] = {}
        self._unused: dict[str, tuple[int, int]] = {}
        self._growth: dict[type, Callable[[_Event], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._table,
            yaml.SequenceStartEvent: self._listing,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.DocumentStartEvent: self._document,
        }

    def take(self, event: _Event) -> None:
        """Let the event grow the tree; the stream's own begin and end do not."""
        grow = self._growth.get(type(event))
        if grow is not None:
            grow(event)

    def finish(self) -> None:
        """Report the anchors nobody refers to: most likely text that wanted quotes."""
        for name, (line, column) in self._unused.items():
            what = f"nothing refers to {shown('&' + name)}"
            message = f"{what}; text that starts with `&` needs quotes"
            self._problem(line, column, "unused-anchor", message)

    def _problem(self, line: int, column: int, code: str, message: str) -> None:
        self._findings.add(self._findings.source.place(line, column), code, message)

    def _document(self, event: _Event) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _Bound(
                event.start_mark,
                "many-documents",
                "a second document starts here; a file can have only one storyboard",
            )

    def _scalar(self, event: _Event) -> None:
        mark = event.start_mark
        self._count(1, mark)
        node = Scalar(mark.line, mark.column, event.value, not event.style)
        if event.tag is not None:
            self._tag(event, event.tag)
        if event.anchor is not None:
            self._keep(event.anchor, _Anchor(node, 1, 0))
        branch = self._open[-1] if self._open else None
        if branch is None or not branch.flow:
            self._put(node)
        elif not self._continues(branch, node, mark.index):
            is_value = branch.key is not None
            self._put(node)
            branch.end = event.end_mark.index
            if is_value and node.text and node.plain and event.anchor is None:
                branch.text = node

    def _continues(self, branch: _Branch, node: Scalar, index: int) -> bool:
        """Whether this is the value of no key: of words a comma cut off, as in `{look: a, b}`.

        Read as YAML means it `b` would be a key without a value, which no storyboard has; what
        the author wrote there is one text.
        """
        key, text = branch.key, branch.text
        if node.text or not node.plain or text is None or len(text.text) > _LONGEST:
            return False
        if not isinstance(key, Scalar) or not key.plain:
            return False
        if ":" in self._findings.source.text[branch.end : index]:
            return False
        text.text += f", {key.text}"
        branch.key = None
        return True

    def _table(self, event: _Event) -> None:
        self._start(event, Table(event.start_mark.line, event.start_mark.column))

    def _listing(self, event: _Event) -> None:
        self._start(event, Listing(event.start_mark.line, event.start_mark.column))

    def _start(self, event: _Event, node: Table | Listing) -> None:
        if len(self._open) >= MOST_DEEP:
            raise _too_deep(event.start_mark)
        if event.tag is not None:
            self._tag(event, event.tag)
        self._open.append(_Branch(node, event.anchor, self._nodes, event.flow_style))
        self._count(1, event.start_mark)

    def _end(self, _event: _Event) -> None:
        branch = self._open.pop()
        if branch.anchor is not None:
            size = self._nodes - branch.before
            self._keep(branch.anchor, _Anchor(branch.node, size, branch.height))
        self._raise_to(branch.height + 1)
        self._put(branch.node)

    def _alias(self, event: _Event) -> None:
        mark = event.start_mark
        name = event.anchor or ""
        self._unused.pop(name, None)
        anchor = self._anchors.get(name) or self._unknown(name, mark)
        self._count(anchor.nodes, mark)
        if len(self._open) + anchor.height > MOST_DEEP:
            raise _too_deep(mark)
        self._raise_to(anchor.height + 1)
        self._put(anchor.node)

    def _unknown(self, name: str, mark: _Mark) -> _Anchor:
        around = [branch for branch in self._open if branch.anchor == name]
        for branch in around:
            branch.anchor = None
        why = "contains itself" if around else "refers to nothing"
        message = f"{shown('*' + name)} {why}; text that starts with `*` needs quotes"
        self._problem(mark.line, mark.column, "unknown-alias", message)
        return _Anchor(Scalar(mark.line, mark.column, f"*{name}"), 1, 0)

    def _raise_to(self, height: int) -> None:
        if self._open:
            self._open[-1].height = max(self._open[-1].height, height)

    def _count(self, nodes: int, mark: _Mark) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            raise _Bound(
                mark, "too-many-values", f"more than {MOST_NODES:,} keys and values in one file"
            )

    def _keep(self, name: str, anchor: _Anchor) -> None:
        node = anchor.node
        if len(self._anchors) >= _MOST_ANCHORS:
            raise _Bound(
                node, "too-many-values", f"more than {_MOST_ANCHORS:,} anchors in one file"
            )
        self._anchors[name] = anchor
        self._unused[name] = (node.line, node.column)

    def _tag(self, event: _Event, written: str) -> None:
        mark = event.start_mark
        tag = shown(written.replace("tag:yaml.org,2002:", "!!", 1))
        message = f"tags such as {tag} are not allowed; text that starts with `!` needs quotes"
        self._problem(mark.line, mark.column, "tag", message)

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        branch = self._open[-1]
        if isinstance(branch.node, Listing):
            branch.node.items.append(node)
        elif branch.key is None:
            branch.key = node
        else:
            key, branch.key, branch.text = branch.key, None, None
            self._enter(branch.node, key, node)

    def _enter(self, table: Table, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar) or not key.text:
            code, message = "bad-key", "the key before a `:` must be a plain name"
        elif key.text == "<<" and key.plain:
            code, message = "merge-key", "`<<` is not supported; put shared fields under `defaults`"
        elif key.text in table.entries:
            first = table.entries[key.text][0].line + 1
            code = "duplicate-key"
            message = f"{shown(key.text)} is defined twice; the first time is on line {first}"
        else:
            table.entries[key.text] = (key, value)
            return
        self._problem(key.line, key.column, code, message)
