"""Text → `Storyboard`, or every problem of the file with its place.

The steps: bytes to text (`source`), text to a tree within bounds (`tree`), the tree's fields
(`check`), what fields say together (`rules`, `links`), the files they name, and the values.
"""

from __future__ import annotations

from pathlib import Path, PurePath

from krafity_cli.errors import Place
from krafity_cli.storyboard.build import context_of, cuts_of, places_in, shots_of
from krafity_cli.storyboard.checks.fields import checked
from krafity_cli.storyboard.checks.links import check_links
from krafity_cli.storyboard.checks.rules import check_rules
from krafity_cli.storyboard.files import Files
from krafity_cli.storyboard.model import Look, Storyboard
from krafity_cli.storyboard.yaml.nodes import Node, Table
from krafity_cli.storyboard.yaml.paths import node_at, place_of
from krafity_cli.storyboard.yaml.source import Findings, Source, decoded
from krafity_cli.storyboard.yaml.tree import grown


def read_storyboard(data: bytes, name: str, folder: Path, look: Look) -> Storyboard:
    """The storyboard in a file's bytes.

    `name` is the file as people know it, `folder` where its pictures are; `look` opens them.
    Raises `krafity_cli.errors.Problems` with all problems of the file, sorted by their places.
    """
    source = decoded(data, name)
    findings = Findings(source)
    root = _table(grown(findings), findings)
    check = checked(root, findings)
    check_rules(check, root, findings)
    graph = check_links(check, root, findings)
    files = Files(look, root, findings)
    shots = shots_of(check.fields, files, _shot_places(root, source))
    if findings:
        raise findings.problems()
    fields = check.fields
    return Storyboard(
        name=name,
        folder=folder,
        title=fields.title or PurePath(name).stem,
        engine=fields.engine,
        context=context_of(fields.context),
        shots=tuple(shots),
        cuts=tuple(cuts_of(fields, graph)),
        places=places_in(root, source, ("defaults", "cuts", "models")),
    )


def _table(node: Node | None, findings: Findings) -> Table:
    """The mapping a storyboard is; raises `Problems` for what cannot be read any further."""
    if isinstance(node, Table):
        return node
    if not findings:
        if node is None:
            findings.add(Place(1, 1), "no-shots", "the file is empty; a storyboard needs `shots`")
        else:
            place = place_of(node, findings.source)
            findings.add(place, "wrong-kind", "a storyboard is a mapping with `shots`")
    raise findings.problems()


def _shot_places(root: Table, source: Source) -> dict[str, dict[str, Place]]:
    shots = node_at(root, "shots")
    if not isinstance(shots, Table):
        return {}
    places = {}
    for name, (key, node) in shots.entries.items():
        places[name] = {"": place_of(key, source)}
        if isinstance(node, Table):
            places[name] |= places_in(node, source, ("models",))
    return places
