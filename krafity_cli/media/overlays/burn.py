"""What is burnt into a film, as words."""

from __future__ import annotations

from dataclasses import dataclass

from krafity_cli.media.film.wrap import Subtitle


@dataclass(frozen=True, slots=True)
class Burn:
    """What is burnt into a film: a label for each shot, each shot's frames, and the subtitles."""

    labels: tuple[str, ...]
    lengths: tuple[int, ...]
    spoken: tuple[Subtitle, ...] = ()
