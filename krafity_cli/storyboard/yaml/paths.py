"""From the steps to a value to its node, its place, and what a person calls it."""

from __future__ import annotations

from dataclasses import dataclass

from krafity_cli.errors import Place
from krafity_cli.storyboard.kinds import Quoted, is_empty
from krafity_cli.storyboard.words import shown
from krafity_cli.storyboard.yaml.nodes import Listing, Node, Scalar, Table
from krafity_cli.storyboard.yaml.source import Source

Steps = tuple[str | int, ...]
"""The way from the top of a storyboard to a value: keys, and numbers in lists."""

_MODEL = "a model's name, or a mapping with `use`"

_WANTED = {
    "shots": "a mapping: each shot's id, and under it the shot's fields",
    "defaults": "a mapping of fields for all shots",
    "context": "words, or a mapping of style, environment and entities",
    "entities": "a list of entities, each with an `id`",
    "models": "a mapping of vision, image and video",
    "vision": _MODEL,
    "image": _MODEL,
    "video": _MODEL,
    "cuts": "a mapping: each cut's name, and its list of shots or all",
    "after": "the id of a shot, or a list of ids",
    "references": "a list of pictures",
    "accept": "a list of models",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The node at the end of a way, as far as it could be followed; `key` names it.

    `label` is the subject of a sentence about it, `wanted` what should stand there.
    """

    key: Scalar | None
    node: Node
    label: str
    wanted: str

    @property
    def is_empty(self) -> bool:
        """Whether the author wrote nothing there."""
        node = self.node
        return isinstance(node, Scalar) and is_empty(node.text if node.plain else Quoted(node.text))

    @property
    def is_reserved_after(self) -> bool:
        """Whether it is `{shot: ..., by: ...}`, the form of `after` that is kept for later."""
        return isinstance(self.node, Table) and "by" in self.node.entries

    def place(self, source: Source) -> Place:
        """Where the value begins; its key's place where there is nothing of it to be seen."""
        unseen = isinstance(self.node, Scalar) and self.node.plain and not self.node.text
        return place_of(self.key if unseen and self.key else self.node, source)


def place_of(node: Node, source: Source) -> Place:
    """Where a node begins."""
    return source.place(node.line, node.column)


def node_at(root: Node, *keys: str) -> Node | None:
    """The value under these keys, one inside the other; `None` where one is not there."""
    node: Node | None = root
    for key in keys:
        node = node.entries.get(key, (None, None))[1] if isinstance(node, Table) else None
    return node


def followed(root: Table, steps: Steps) -> Found:
    """The node the steps lead to; steps that are not in the text lead nowhere."""
    key: Scalar | None = None
    node: Node = root
    taken: list[str | int] = []
    for step in steps:
        if isinstance(node, Table) and step in node.entries:
            key, node = node.entries[str(step)]
        elif isinstance(node, Listing) and isinstance(step, int):
            node = node.items[step]
        else:
            continue
        taken.append(step)
    label, wanted = _called(tuple(taken))
    return Found(key, node, label, wanted)


def _called(steps: Steps) -> tuple[str, str]:
    match steps:
        case ("shots", str(shot)):
            return f"shot {shown(shot)}", "a mapping of the shot's fields"
        case ("cuts", str(cut), *_):
            return f"cut {shown(cut)}", "a list of shots, or all"
        case (*_, "entities", int()):
            return "an entity", "a mapping with an `id`"
        case (*_, str(name)) | (*_, str(name), int()):
            return shown(name), _WANTED.get(name, "one value")
        case _:
            return "a storyboard", "a mapping with `shots`"
