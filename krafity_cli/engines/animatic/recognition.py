"""What a figure shows: an arrow, a circle, a cross, a bracket, or nothing one could name."""

from __future__ import annotations

from krafity_cli.engines.animatic.arrows import filled_arrow, open_arrow
from krafity_cli.engines.animatic.figures import Figure
from krafity_cli.engines.animatic.outlines import corners, cross, enclosed, ring
from krafity_cli.engines.animatic.shapes import Shape

_MOST_BRANCHES = 60
"""A tangle of more lines than this is nothing a person drew to say something."""


def read(figure: Figure) -> list[Shape]:
    """The shapes a figure makes, the surest first: one, or an arrow through a circle."""
    if len(figure.lines.branches) > _MOST_BRANCHES:
        return []
    arrow = max(
        filter(None, (open_arrow(figure), filled_arrow(figure))), key=_sureness, default=None
    )
    whole = [shape for reader in (cross, ring, corners) if (shape := reader(figure))]
    found = sorted(whole, key=_sureness)[-1:]
    if arrow is not None and (not found or arrow.sure > found[0].sure):
        around = enclosed(figure)
        found = [arrow, around] if around else [arrow]
    return found


def _sureness(shape: Shape) -> float:
    return shape.sure
