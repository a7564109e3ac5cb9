"""What a storyboard reaches in the cache: all that a render of it now would find there."""

from __future__ import annotations

import asyncio

from krafity_cli.engines.protocol import Analyze, Clean, digest_of
from krafity_cli.orders.order import State
from krafity_cli.orders.store import OrderFiles
from krafity_cli.render.drawn import FRAMES
from krafity_cli.render.lookup import Archive, Still, context_intent, still_key
from krafity_cli.render.planner import Planner
from krafity_cli.render.recipe import Recipe
from krafity_cli.render.run import Production
from krafity_cli.render.types import Clip
from krafity_cli.storyboard.model import Shot

_STILLS: tuple[Still, ...] = ("first_frame", "last_frame")
_OVER = frozenset({State.DELIVERED, State.FILTERED, State.FORGOTTEN})


async def reached(production: Production) -> frozenset[str]:
    """The keys and blobs of its clips, of what they start on and hand on, and of its pictures."""
    archive = production.archive()
    recipe = production.recipe(Planner(archive))
    try:
        shots = production.board.shots
        clips = await asyncio.gather(*(recipe.clip(shot.id) for shot in shots))
        bases = await asyncio.gather(*(recipe.base(shot.id) for shot in shots))
        found = set(production.decisions.lock.digests)
        for shot, *both in zip(shots, clips, bases, strict=True):
            found |= _of_pictures(archive, shot) | _of_stills(archive, recipe, shot)
            for clip in both:
                if isinstance(clip, Clip):
                    found |= _of_clip(archive, recipe, shot, clip)
        return frozenset(found)
    finally:
        await recipe.aclose()


def awaited(files: OrderFiles) -> frozenset[str]:
    """The blobs that orders which may still bring a clip started on."""
    starts = (order.about.get("start") for order in files.all() if order.state not in _OVER)
    return frozenset(start for start in starts if isinstance(start, str))


def _of_clip(archive: Archive, recipe: Recipe, shot: Shot, clip: Clip) -> set[str]:
    handed = archive.cache.follow(context_intent(clip, recipe.authored(shot)))
    keys = {clip.digest, clip.order, clip.start, handed.to if handed else None}
    return {key for key in keys if key} | {still_key(clip, which) for which in _STILLS}


def _of_stills(archive: Archive, recipe: Recipe, shot: Shot) -> set[str]:
    """Every variant of its stills, the one that was chosen, and the cards drawn in their place."""
    found: set[str] = set()
    for which in FRAMES:
        draw = recipe.drawing(shot, which)
        if draw is None:
            continue
        choice = archive.chosen(shot, which, draw)
        records = [record for _, record in archive.variants(draw)]
        chosen = archive.picture(choice) if choice else None
        found |= {request.digest for request in archive.requests(shot, draw)}
        for record in [*records, chosen] if chosen else records:
            found |= {record.key, record.blob}
    return found


def _of_pictures(archive: Archive, shot: Shot) -> set[str]:
    pictures = [picture.digest for picture in (shot.image, shot.end_image) if picture]
    asked = [action for digest in pictures for action in (Analyze(digest), Clean(digest))]
    requests = {request.digest for action in asked for request in archive.requests(shot, action)}
    return requests | {digest_of({"frame": digest}) for digest in pictures}
