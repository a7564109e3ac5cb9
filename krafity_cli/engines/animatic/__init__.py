"""The animatic engine: offline, free, and real at every step.

It reads hand-drawn strokes, paints them out, and turns camera words and arrows into a smooth camera
move over the still. Same inputs, same bytes, on every machine.
"""

from krafity_cli.engines.animatic.engine import Animatic
from krafity_cli.engines.animatic.revision import REVISION

__all__ = ["REVISION", "Animatic"]
