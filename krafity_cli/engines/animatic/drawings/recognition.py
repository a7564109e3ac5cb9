"""What a figure shows: an arrow, a circle, a cross, a bracket, or nothing one could name."""

from __future__ import annotations

from krafity_cli.engines.animatic.drawings.arrows import filled_arrow, open_arrow
from krafity_cli.engines.animatic.drawings.figures import Figure
from krafity_cli.engines.animatic.drawings.outlines import corners, cross, enclosed, opened, ring
from krafity_cli.engines.animatic.drawings.shapes import Shape

_MOST_BRANCHES = 60
"""A tangle of more lines than this is nothing a person drew to say something."""


def read(figure: Figure) -> list[Shape]:
    """The shapes a figure makes, the surest first: one, or an arrow through a circle."""
    if len(figure.lines.branches) > _MOST_BRANCHES:
        return []
    whole = [shape for reader in (cross, ring, corners) if (shape := reader(figure))]
    found = sorted(whole, key=_sureness)[-1:]
    around = enclosed(figure)
    through = _arrow(opened(figure, around[1])) if around else None
    arrow = max(filter(None, (_arrow(figure), through)), key=_sureness, default=None)
    if arrow is not None and (not found or arrow.sure > found[0].sure):
        found = [arrow, around[0]] if around else [arrow]
    return found


def _arrow(figure: Figure) -> Shape | None:
    read = (open_arrow(figure), filled_arrow(figure))
    return max(filter(None, read), key=_sureness, default=None)


def _sureness(shape: Shape) -> float:
    return shape.sure
