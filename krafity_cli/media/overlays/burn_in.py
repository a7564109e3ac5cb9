"""Burn-in: words on every frame of a film."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from krafity_cli.media.overlays.burn import Burn
from krafity_cli.media.workers.worker import run

__all__ = ["Burn", "burn"]


async def burn(film: Path, what: Burn, fps: Fraction, out: Path) -> None:
    """Write `film` (constant `fps`) to `out` with words on every frame.

    Frames, times and sound stay as they are. The same bytes each time. Raises `MediaError` for a
    film that cannot be decoded, or does not have the frames that `what` says.
    """
    await run(f"nothing could be burnt into {film.name}", _burnt, film, what, fps, out)


def _burnt(film: Path, what: Burn, fps: Fraction, out: Path) -> None:
    # In a worker, which alone loads PyAV and numpy.
    from krafity_cli.media.overlays.burning import burnt

    burnt(film, what, fps, out)
