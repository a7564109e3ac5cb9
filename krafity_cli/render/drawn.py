"""Stills: frames drawn from words. Engines share them, and an author may choose among them.

A still is found by what it was asked from (words, authored scene context, shape, variant), whoever
drew it, and by the digest of its pixels. What the animatic draws in its place is a card: no still,
and found by that engine alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import PurePath
from typing import Literal, Protocol

from krafity_cli.engines.protocol import Draw, digest_of
from krafity_cli.render.digests import normal_context
from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.model import Look, Picture, Shot, Unusable
from krafity_cli.storyboard.text import normal

Which = Literal["start", "end"]
"""Which frame of a shot a still is."""

FRAMES: tuple[Which, ...] = ("start", "end")
MOST_VARIANTS = 8
SHARED, ANY = "", "any"
"""Where stills are kept: those of all engines together, and with those of custom endpoints."""

_SIZES = ("720p", "1080p", "4k")
"""A still drawn for one of these serves the smaller ones too; 360p is drawn as 720p."""


class Choices(Protocol):
    """What the author decided about stills."""

    def still(self, shot_id: str, which: Which) -> str | None:
        """The digest of the picture chosen for a shot's start or end frame."""
        ...


class NoChoices:
    """An author who chose nothing."""

    def still(self, shot_id: str, which: Which) -> str | None:
        """Nothing."""
        del shot_id, which
        return None


Beside = Callable[[str, Which, str], Picture | None]
"""The file of a shot's chosen still beside the storyboard, by shot, frame and digest."""


def nothing_beside(shot_id: str, which: Which, digest: str) -> None:
    """No still lies beside the storyboard."""
    del shot_id, which, digest


def still_file(shot_id: str, which: Which, number: int | None, redrawn: bool = False) -> str:
    """The name of a still's file in the folder of stills; a card has no number."""
    return f"{shot_id}.{which}.{number or 'card'}{'.redrawn' if redrawn else ''}.png"


def stills_beside(board_name: str, look: Look) -> Beside:
    """Looks for chosen stills in `NAME.stills` beside the storyboard: they are taken as they lie.

    So they serve the shot that names them, and nothing in the cache leads to them.
    """
    folder = f"{PurePath(board_name).stem}.stills"

    def beside(shot_id: str, which: Which, digest: str) -> Picture | None:
        for number in range(1, MOST_VARIANTS + 1):
            with suppress(Unusable):
                picture = look.picture(f"{folder}/{still_file(shot_id, which, number)}")
                if picture.digest == digest:
                    return picture
        return None

    return beside


def draw_of(shot: Shot, which: Which, authored: SceneContext, variant: int = 1) -> Draw | None:
    """What a shot's start or end frame is drawn from; `None` where it is not from words."""
    words = shot.still if which == "start" else shot.end_still
    if words is None:
        return None
    resolution = shot.resolution if shot.resolution in _SIZES else _SIZES[0]
    camera = (shot.camera or "") if which == "start" else ""
    return Draw(words, shot.aspect_ratio, resolution, authored, variant, camera)


def drawn_keys(action: Draw, place: str) -> Iterator[str]:
    """Where the still may be found: drawn at this resolution, then at greater ones."""
    asked = {
        "words": normal(action.words),
        "context": normal_context(action.context),
        "shape": action.aspect_ratio,
        "variant": action.variant,
        "place": place,
    }
    for size in _SIZES[_SIZES.index(action.resolution) :]:
        yield digest_of({"still": asked | {"size": size}})


def picture_key(digest: str) -> str:
    """Where a drawn picture is found by its pixels."""
    return digest_of({"drawn picture": digest})
