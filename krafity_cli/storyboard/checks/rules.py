"""What several fields of a storyboard say together: is every shot complete and free of nonsense?"""

from __future__ import annotations

from krafity_cli.storyboard.checks.fields import Checked
from krafity_cli.storyboard.context import MOST_ENTITIES
from krafity_cli.storyboard.fields import ShotFields
from krafity_cli.storyboard.ids import bad_ids
from krafity_cli.storyboard.kinds import LARGEST_SEED
from krafity_cli.storyboard.words import shown
from krafity_cli.storyboard.yaml.nodes import Listing, Node, Scalar, Table
from krafity_cli.storyboard.yaml.paths import Steps, followed, node_at, place_of
from krafity_cli.storyboard.yaml.source import Findings

_STARTS = ("still", "image")
_ENDS = ("until", "end_image", "end_still")
"""Fields of which at most one says what a shot starts, or ends, on."""

_MAKING = (
    "image",
    "still",
    "end_image",
    "end_still",
    "until",
    "duration",
    "aspect_ratio",
    "resolution",
    "camera",
    "seed",
    "negative_prompt",
    "people",
    "fit",
    "references",
    "improve",
    "annotated",
    "take",
)
"""Fields that steer how a clip is made; they say nothing where the clip exists."""


def check_rules(checked: Checked, root: Table, findings: Findings) -> None:
    """Add what breaks a rule between fields, and ids that cannot be used."""
    _Rules(checked, root, findings).check()


class _Rules:
    def __init__(self, checked: Checked, root: Table, findings: Findings) -> None:
        self._checked = checked
        self._fields = checked.fields
        self._root = root
        self._findings = findings

    def check(self) -> None:
        for section in ("shots", "cuts"):
            self._keys(node_at(self._root, section))
        self._any_shots()
        at_top = self._entities(node_at(self._root, "context", "entities"), set())
        for name, written in self._checked.written.items():
            self._shot(name, (self._fields.shots or {})[name], written)
            self._entities(node_at(self._root, "shots", name, "context", "entities"), at_top)

    def _problem(self, steps: Steps, code: str, message: str) -> None:
        place = followed(self._root, steps).place(self._findings.source)
        self._findings.add(place, code, message)

    def _keys(self, section: Node | None) -> None:
        if isinstance(section, Table):
            self._ids([key for key, _ in section.entries.values()])

    def _ids(self, nodes: list[Scalar]) -> None:
        for bad in bad_ids(node.text for node in nodes):
            place = place_of(nodes[bad.index], self._findings.source)
            self._findings.add(place, bad.code, bad.message)

    def _any_shots(self) -> None:
        empty = self._fields.shots == {}
        if empty or "shots" not in self._checked.keys:
            steps: Steps = ("shots",) if empty else ()
            self._problem(steps, "no-shots", "the storyboard has no shots; add them under `shots`")

    def _entities(self, entities: Node | None, above: set[str]) -> set[str]:
        """Check the ids of a context's entities; `above` are those of the whole storyboard."""
        if not isinstance(entities, Listing):
            return set()
        ids = [node for item in entities.items if isinstance(node := node_at(item, "id"), Scalar)]
        self._ids(ids)
        named = {node.text for node in ids}
        if len(named) <= MOST_ENTITIES < len(named | above):
            given = len(named | above)
            message = f"together with the storyboard's entities these are {given}; at most 8"
            place = place_of(entities, self._findings.source)
            self._findings.add(place, "too-many", message)
        return named

    def _shot(self, name: str, shot: ShotFields, written: set[str]) -> None:
        if "clip" in written:
            self._footage(name, written)
        else:
            self._generated(name, shot, written)
        self._only_one(name, written, _STARTS, "two-starts", "starts")
        self._only_one(name, written, _ENDS, "two-ends", "ends")
        if (shot.seed or 0) + (shot.take or 1) - 1 > LARGEST_SEED:
            message = f"`seed` plus `take` exceeds the largest seed, {LARGEST_SEED}"
            self._problem(("shots", name, "seed"), "out-of-range", message)

    def _only_one(
        self, name: str, written: set[str], fields: tuple[str, ...], code: str, verb: str
    ) -> None:
        given = [field for field in fields if field in written]
        if len(given) > 1:
            all_of = "both" if len(given) == 2 else "all"
            *most, last = (shown(field) for field in given)
            names = f"{', '.join(most)} and {last}"
            message = f"{names} {all_of} set what the shot {verb} on; keep one"
            self._problem(("shots", name, given[0]), code, message)

    def _footage(self, name: str, written: set[str]) -> None:
        for field in _MAKING:
            if field in written:
                message = (
                    f"{shown(field)} has no effect beside `clip`, because the shot is not rendered"
                )
                self._problem(("shots", name, field), "beside-clip", message)

    def _generated(self, name: str, shot: ShotFields, written: set[str]) -> None:
        place = place_of(self._key(name), self._findings.source)
        if "prompt" not in written:
            message = f"shot {shown(name)} needs a `prompt`"
            self._findings.add(place, "missing-prompt", message)
        is_root = "after" not in written or shot.after == ()
        if is_root and not written & set(_STARTS):
            message = f"shot {shown(name)} has no `after`, so it needs an `image` or a `still`"
            self._findings.add(place, "missing-image", message)

    def _key(self, name: str) -> Node:
        found = followed(self._root, ("shots", name))
        return found.key or found.node
