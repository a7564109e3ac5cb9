"""What follows a shot: the clips it starts on, and what would be made anew there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from krafity_cli.render.decisions.decisions import Decisions
from krafity_cli.render.lookup import Archive
from krafity_cli.storyboard.graph.graph import Graph
from krafity_cli.storyboard.model import Shot, Storyboard


def gone_on_from(archive: Archive, decisions: Decisions, shot: Shot) -> frozenset[str]:
    """The clips of a shot that those after it were made from, as they were made last.

    Those that start on its last frame decide; where there are none, those that inherit from it.
    """
    children = [child for child in archive.board.shots if shot.id in child.after]
    chained = [child for child in children if is_chained(child, shot)]
    return frozenset(_parents_then(archive, decisions, shot, chained or children))


def is_chained(child: Shot, shot: Shot) -> bool:
    """Whether a shot starts on the last frame of the other."""
    return not child.starts_by_itself and child.after[:1] == (shot.id,)


def below(board: Storyboard, shot: str) -> frozenset[str]:
    """Every shot whose clip waits for that of this one."""
    graph, found, waiting = Graph.of(board), set[str](), [shot]
    while waiting:
        for each in graph.feeds(waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return frozenset(found)


def _parents_then(
    archive: Archive, decisions: Decisions, shot: Shot, children: list[Shot]
) -> Iterator[str]:
    for child in children:
        made_from = _made_from(archive, decisions, child)
        after = made_from.get("after")
        parts = made_from.get("parts")
        clips = parts.get("parents") if isinstance(parts, Mapping) else None
        if isinstance(after, list) and isinstance(clips, list) and shot.id in after:
            yield from clips[after.index(shot.id) :][:1]


def _made_from(archive: Archive, decisions: Decisions, child: Shot) -> Mapping[str, Any]:
    keep = decisions.kept(child.id)
    if keep is None:
        return archive.last_time(child) or {}
    record = archive.video(keep.clip, keep.order)
    return record.about if record else {}
