"""What a storyboard's text is made of: scalars, lists and mappings that know their places."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Scalar:
    """A text as it is written; `plain` without quotes and not as a block. Places from 0."""

    line: int
    column: int
    text: str
    plain: bool = True


@dataclass(slots=True)
class Listing:
    """A YAML sequence."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A YAML mapping: key → the key's node and its value's; of duplicates the first."""

    line: int
    column: int
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)


Node = Scalar | Listing | Table
