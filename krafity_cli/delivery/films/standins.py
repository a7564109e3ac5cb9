"""Stand-ins: a shot without a clip is shown as its animatic with a slate, so a film is whole.

A stand-in starts on the author's own picture, or where the shot before it ends, real or standing in
itself. It is kept as what it is: no clip, found by no intent, and no shot is ever chained from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from krafity_cli.cache import Record
from krafity_cli.delivery.films.film_format import size_of
from krafity_cli.engines.animatic import Animatic
from krafity_cli.engines.protocol import Action, Answer, Draw, Request, digest_of
from krafity_cli.errors import MediaError
from krafity_cli.media.input_files import Shelf
from krafity_cli.media.last_frame import first_frame, last_frame
from krafity_cli.media.overlays.overlay import overlay
from krafity_cli.media.overlays.slate import REVISION, slate
from krafity_cli.media.pictures.stills import pixel_digest, sendable
from krafity_cli.render.drawn import Which, draw_of
from krafity_cli.render.lookup import Archive
from krafity_cli.render.recipe import clip_wanted
from krafity_cli.storyboard.authored import authored_context
from krafity_cli.storyboard.model import Picture, Shot


class StandIns:
    """Makes the stand-ins of one storyboard, each once.

    `clips` maps the shots that have a clip to its file; `words` says what a slate reads for a
    shot, such as `STORM take 1 · filtered`.
    """

    def __init__(
        self,
        archive: Archive,
        shelf: Shelf,
        clips: Mapping[str, Path],
        words: Mapping[str, str],
    ) -> None:
        self._archive = archive
        self._board = archive.board
        self._cache = archive.cache
        self._shelf = shelf
        self._clips = clips
        self._words = words
        self._engine = Animatic()
        self._made: dict[str, asyncio.Task[Record]] = {}

    async def of(self, shot_id: str) -> Record:
        """The stand-in of a shot, with its slate. Raises `MediaError` where none can be made."""
        shot = self._board.shot(shot_id)
        bare = await self._bare(shot)
        words = self._words[shot_id]
        key = digest_of({"slate": words, "on": bare.blob, "revision": REVISION})
        found = self._cache.recall(key, "standin")
        if found and self._cache.sound(found.blob):
            return found
        picture = slate(words, *size_of(shot))
        film = await overlay(self._cache.checked_path(bare.blob), picture)
        return self._cache.store(key, "standin", film, {"shot": shot_id})

    async def first(self, shot_id: str) -> Record:
        """What a shot's stand-in begins with, without its slate, as PNG. Raises `MediaError`."""
        bare = await self._bare(self._board.shot(shot_id))
        key = digest_of({"first frame of": bare.blob})
        found = self._cache.recall(key, "standin")
        if found and self._cache.sound(found.blob):
            return found
        picture = await first_frame(self._cache.checked_path(bare.blob))
        return self._cache.store(key, "standin", picture, {"shot": shot_id})

    def _bare(self, shot: Shot) -> asyncio.Task[Record]:
        if shot.id not in self._made:
            self._made[shot.id] = asyncio.create_task(self._animatic(shot))
        return self._made[shot.id]

    async def _animatic(self, shot: Shot) -> Record:
        start = await self._start(shot)
        end = await self._own(shot, "end")
        if shot.until:
            end = await self._own(self._board.shot(shot.until), "start")
        materials = {pixel_digest(picture): picture for picture in (start, end) if picture}
        request = self._request(shot, *[pixel_digest(p) if p else None for p in (start, end)])
        key = digest_of({"standin": request.to_json()})
        found = self._cache.recall(key, "standin")
        if found and self._cache.sound(found.blob):
            return found
        outcome = await self._engine.perform(request, materials)
        if not isinstance(outcome, Answer):
            raise MediaError(
                f"the stand-in for {shot.id} could not be made", str(outcome), code="no-standin"
            )
        return self._cache.store(key, "standin", outcome.content, {"shot": shot.id})

    def _request(self, shot: Shot, start: str | None, end: str | None) -> Request:
        capable = self._engine.capabilities("")
        action = replace(
            clip_wanted(shot, start or "", end),
            duration=_nearest(shot.duration, capable.durations),
            before=self._board.camera_before(shot),
        )
        return self._worded(action)

    async def _start(self, shot: Shot) -> bytes:
        if own := await self._own(shot, "start"):
            return own
        parent = shot.after[0]
        if parent in self._clips:
            return await last_frame(self._clips[parent])
        record = await self._bare(self._board.shot(parent))
        return await last_frame(self._cache.checked_path(record.blob))

    async def _own(self, shot: Shot, which: Which) -> bytes | None:
        """The picture a shot itself starts or ends on: its author's, a still, or a card."""
        picture = shot.image if which == "start" else shot.end_image
        if picture is not None:
            return self._sendable(picture)
        draw = draw_of(shot, which, authored_context(self._board, shot))
        if draw is None:
            return None
        still = self._archive.still_for(shot, which, draw)
        if still is None:
            return await self._card(draw)
        if isinstance(still.source, Picture):
            return self._sendable(still.source)
        return self._cache.read(still.source)

    async def _card(self, draw: Draw) -> bytes:
        outcome = await self._engine.perform(self._worded(draw), {})
        if not isinstance(outcome, Answer):
            raise MediaError("no card could be drawn", str(outcome), code="no-standin")
        return outcome.content

    def _worded(self, action: Action) -> Request:
        return self._engine.request(action, self._engine.models(action.role)[0])

    def _sendable(self, picture: Picture) -> bytes:
        return sendable(self._shelf.read(picture))[0]


def _nearest(seconds: int, allowed: tuple[int, ...]) -> int:
    return min(allowed, key=lambda each: (abs(each - seconds), each))
