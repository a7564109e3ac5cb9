"""The author's words that hold for a shot, before anything a model says is added to them."""

from __future__ import annotations

from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.model import Inheritance, Shot, Storyboard


def authored_context(board: Storyboard, shot: Shot) -> SceneContext:
    """A shot's own words, over its ancestors' along first parents, over the storyboard's."""
    words = shot.context
    while _inherits(shot):
        shot = board.shot(shot.after[0])
        words = words.over(shot.context)
    return words.over(board.context)


class Authored:
    """The same for all shots of a storyboard; each line of shots is walked once."""

    def __init__(self, board: Storyboard) -> None:
        self._board = board
        self._words: dict[str, SceneContext] = {}

    def of(self, shot: Shot) -> SceneContext:
        """The author's words that hold for a shot."""
        line = [shot]
        while (last := line[-1]).id not in self._words and _inherits(last):
            line.append(self._board.shot(last.after[0]))
        for each in reversed(line):
            if each.id not in self._words:
                below = self._words[each.after[0]] if _inherits(each) else self._board.context
                self._words[each.id] = each.context.over(below)
        return self._words[shot.id]


def _inherits(shot: Shot) -> bool:
    return bool(shot.after) and shot.inheritance is Inheritance.INHERIT
