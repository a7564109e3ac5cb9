"""The studio that makes what is missing: intent → order → claim → cache → engine → cache."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any

from krafity_cli.cache import CacheFailed, Record
from krafity_cli.engines.protocol import (
    Action,
    Analyze,
    Clean,
    Draw,
    Drawings,
    Failed,
    Improve,
    ReadContext,
    Request,
    Video,
    digest_of,
)
from krafity_cli.errors import MediaError
from krafity_cli.media.input_files import Shelf
from krafity_cli.orders.causes import (
    Blocked,
    Cause,
    Held,
    NotApproved,
    Possibly,
    SafetyFilter,
    StillLost,
    StillRunning,
)
from krafity_cli.orders.keep import Job
from krafity_cli.orders.limits.retry import entered
from krafity_cli.render.changes import reasons
from krafity_cli.render.decisions.gone import base_gone, gone, outdated
from krafity_cli.render.decisions.lock import Keep, NamedClip, Patch
from krafity_cli.render.desk import Desk
from krafity_cli.render.drawn import Which
from krafity_cli.render.lookup import Archive, Still, still_key
from krafity_cli.render.report.accounts import Event, State, Watcher, accounts_of
from krafity_cli.render.scheduler import Places
from krafity_cli.render.shot_outcomes import reason_of, status_of
from krafity_cli.render.types import Clip, Frame, Unmade
from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.model import Picture, Shot

Made = tuple[Record | Cause, bool]
"""An answer or why there is none, and whether it was made just now."""


class Performer:
    """Performs the recipe's actions, each distinct one once.

    `remaining` is the length of the path that hangs on each shot, `refresh` the shots whose clip
    is made again though it is there, `held` those the money does not reach for (with their price),
    and `fail_fast` stops new actions after the first failure.
    """

    def __init__(
        self,
        archive: Archive,
        desk: Desk,
        shelf: Shelf,
        *,
        places: Places,
        remaining: Mapping[str, float],
        refresh: frozenset[str] = frozenset(),
        fail_fast: bool = False,
        held: Mapping[str, float] = MappingProxyType({}),
        watch: Watcher,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.accounts = accounts_of(shot.id for shot in archive.board.shots)
        self._archive = archive
        self._desk = desk
        self._shelf = shelf
        self._places = places
        self._remaining = remaining
        self._refresh = refresh
        self._fail_fast = fail_fast
        self._held = held
        self._watch = watch
        self._clock = clock
        self._began = clock()
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._frames: dict[str, Frame | Clip] = {
            picture.digest: Frame(picture.digest, picture)
            for shot in archive.board.shots
            for picture in (shot.image, shot.end_image, *shot.references)
            if picture
        }
        self._stopped_by: str | None = None

    def recall(self, shot: Shot, parts: Mapping[str, Any]) -> Clip | None:
        account = self.accounts[shot.id]
        intents = self._archive.intents(shot, parts)
        account.intent = intents[0]
        if shot.id in self._refresh:
            return None
        clip = self._archive.made(shot, parts)
        if clip:
            account.order, account.reason = clip.order, reasons.SAME
            self._archive.note_use(shot, parts, clip)
            self._tell(shot, "video", "reused", reasons.SAME)
        return clip

    def kept(self, shot: Shot, keep: Keep) -> Clip | Unmade:
        account = self.accounts[shot.id]
        clip = self._archive.kept(shot, keep)
        if clip is None:
            return self._unmade(shot, gone(keep))
        account.order, account.reason = clip.order, reasons.KEPT
        self._tell(shot, "video", "reused", reasons.KEPT)
        return clip

    def recorded(self, clip: NamedClip) -> Clip:
        return self._archive.recorded(clip)

    def pending(
        self, shot: Shot, patch: Patch, parts: Mapping[str, Any] | None
    ) -> Clip | Unmade | None:
        if clip := self._archive.clip([patch.intent]):
            account = self.accounts[shot.id]
            account.order, account.reason = clip.order, reasons.PATCHED
            self._tell(shot, "video", "reused", reasons.PATCHED)
            return clip
        if parts is None or patch.intent in self._archive.intents(shot, parts):
            return None
        return self._unmade(shot, outdated())

    def unapproved(self, shot: Shot) -> Unmade:
        self.accounts[shot.id].reason = reasons.NOT_APPROVED
        return self._unmade(shot, NotApproved())

    def recall_context(self, clip: Clip, authored: SceneContext) -> SceneContext | None:
        return self._archive.context(clip, authored)

    async def analyze(self, shot: Shot, frame: Frame) -> Drawings | Unmade:
        made = await self._action(shot, Analyze(frame.digest))
        if isinstance(made, Unmade):
            return made
        drawings = self._archive.drawings(made)
        if drawings is None:
            return self._unmade(
                shot, Failed("the analysis of a picture cannot be read", code="unreadable-answer")
            )
        if shot.image is not None and frame.digest == shot.image.digest:
            self.accounts[shot.id].drawings = drawings.to_json()
        return drawings

    async def clean(self, shot: Shot, frame: Frame, drawn: Unmade | None) -> Frame | Unmade:
        if drawn:
            return drawn
        return await self._picture(shot, Clean(frame.digest))

    def chosen(self, shot: Shot, which: Which, action: Draw) -> str | None:
        return self._archive.chosen(shot, which, action)

    async def draw(self, shot: Shot, which: Which, action: Draw) -> Frame | Unmade:
        frame: Frame | Unmade | None = self._archive.still_for(shot, which, action)
        if frame is None and (picture := self._archive.chosen(shot, which, action)):
            return self._unmade(shot, StillLost(which, picture))
        frame = frame or await self.variant(shot, action)
        if isinstance(frame, Frame):
            self.accounts[shot.id].stills[which] = frame.digest
            return self._remembered(frame)
        return frame

    async def variant(self, shot: Shot, action: Draw) -> Frame | Unmade:
        """The still drawn from these words, whatever was chosen."""
        record = self._archive.drawn(action)
        if record is None:
            made = await self._action(shot, action)
            if isinstance(made, Unmade):
                return made
            record = made
            self._archive.keep_drawn(action, record)
        return self._remembered(self._archive.frame(record))

    async def improve(self, shot: Shot, frame: Frame | Unmade) -> Frame | Unmade:
        if isinstance(frame, Unmade):
            return frame
        wish = shot.improve if isinstance(shot.improve, str) else ""
        references = tuple(picture.digest for picture in shot.references)
        return await self._picture(shot, Improve(frame.digest, wish, references))

    async def video(
        self, shot: Shot, parts: Mapping[str, Any] | None, action: Video, missing: Unmade | None
    ) -> Clip | Unmade:
        account = self.accounts[shot.id]
        if missing and shot.id in self._held:
            missing = self._unmade(shot, Held(self._held[shot.id]))
        if missing or parts is None:
            account.unmade = missing
            return missing or self._unmade(
                shot, Failed("its parents were not rendered", code="parents-not-made")
            )
        account.reason = reasons.why(self._archive, shot, parts)
        if shot.id in self._refresh:
            account.reason = reasons.REFRESH
        account.order = self._archive.requests(shot, action)[0].digest
        about = await self._about_clip(shot, parts, action)
        if isinstance(about, Unmade):
            account.unmade = about
            return about
        intents = tuple(self._archive.intents(shot, parts))
        fresh = shot.id in self._refresh
        made = await self._action(shot, action, about, fresh, intents)
        if isinstance(made, Unmade):
            account.unmade = made
            return made
        account.order = made.key
        if not account.made:
            account.reason = reasons.SAME_ORDER
        return self._archive.keep_intent(shot, parts, made)

    async def first_frame(self, shot: Shot, clip: Clip | Unmade) -> Frame | Unmade:
        return await self._still(shot, clip, "first_frame")

    async def last_frame(self, shot: Shot, clip: Clip | Unmade) -> Frame | Unmade:
        return await self._still(shot, clip, "last_frame")

    @property
    def is_paid(self) -> bool:
        """Whether what is made costs money."""
        return self._archive.engine.paid

    def lost_opening(self, clip: Clip) -> bool:
        """Whether the cache has lost the frame that a clip was made from."""
        return bool(clip.start) and not self._archive.sound(clip.start or "")

    async def keep_picture(self, picture: Picture) -> None:
        """Keep an author's picture as the frame that a clip starts on."""
        await self._start_blob(picture.digest)

    async def opening_blob(self, shot: Shot, clip: Clip | Unmade) -> str | None:
        """The frame a clip was made from, as a blob; none where that is lost.

        Of footage it is the first frame.
        """
        if isinstance(clip, Unmade) or self.lost_opening(clip):
            return None
        if clip.start:
            return clip.start
        frame = await self._still(shot, clip, "first_frame")
        return frame.source if isinstance(frame, Frame) and isinstance(frame.source, str) else None

    async def _still(self, shot: Shot, clip: Clip | Unmade, which: Still) -> Frame | Unmade:
        if isinstance(clip, Unmade):
            return clip
        found = self._archive.still(clip, which)
        if found:
            return self._remembered(found)
        if not self._has_bytes(clip):
            return self._unmade(shot, base_gone(clip.digest))
        key = still_key(clip, which)
        made, _ = await self._once(key, lambda: self._decode(key, shot, clip, which))
        if not isinstance(made, Record):
            return self._unmade(shot, made)
        return self._remembered(self._archive.frame(made))

    async def read_context(
        self,
        shot: Shot,
        clip: Clip | Unmade,
        authored: SceneContext,
        known: SceneContext | Unmade,
    ) -> SceneContext | Unmade:
        if isinstance(clip, Unmade) or isinstance(known, Unmade):
            return clip if isinstance(clip, Unmade) else known
        if not self._has_bytes(clip):
            return self._unmade(shot, base_gone(clip.digest))
        self._frames[clip.digest] = clip
        made = await self._action(shot, ReadContext(clip.digest, shot.prompt or "", known))
        if isinstance(made, Unmade):
            return made
        extract = self._archive.read_context(made)
        if extract is None:
            return self._unmade(
                shot, Failed("the scene context of a clip cannot be read", code="unreadable-answer")
            )
        handed = authored.over(extract.over(known)).capped(authored)
        self._archive.keep_context(clip, authored, made, handed)
        return handed

    def _has_bytes(self, clip: Clip) -> bool:
        """Whether a clip can be opened: one that is only named may be gone."""
        is_sound = clip.footage is not None or self._archive.sound(clip.digest)
        return clip.is_there and is_sound

    async def _picture(self, shot: Shot, action: Clean | Improve) -> Frame | Unmade:
        made = await self._action(shot, action)
        return made if isinstance(made, Unmade) else self._remembered(self._archive.frame(made))

    async def _action(
        self,
        shot: Shot,
        action: Action,
        about: Mapping[str, Any] | None = None,
        fresh: bool = False,
        intents: tuple[str, ...] = (),
    ) -> Record | Unmade:
        """The answer to an action: found, or made once for everybody who asks for it."""
        requests = self._archive.requests(shot, action)
        found = self._archive.answer(requests)
        if found and not fresh:
            return found
        if shot.id in self._held:
            return self._unmade(shot, Held(self._held[shot.id]))
        key = requests[0].digest
        job = Job(requests[0], shot.id, dict(about or {}), fresh, intents)
        made, mine = await self._once(key, lambda: self._claimed(shot, requests, job, found))
        if isinstance(made, Record):
            return made
        if mine:
            runs_on = isinstance(made, StillRunning)
            self._tell(shot, action.kind, "pending" if runs_on else "failed", made.in_words())
        return self._unmade(shot, made)

    async def _once(
        self, key: str, make: Callable[[], Coroutine[Any, Any, Record | Cause]]
    ) -> Made:
        mine = key not in self._running
        if mine:
            self._running[key] = asyncio.create_task(make())
        return await asyncio.shield(self._running[key]), mine

    async def _claimed(
        self, shot: Shot, requests: list[Request], job: Job, before: Record | None
    ) -> Record | Cause:
        if stopped := self._stopped():
            return stopped
        paid = self._archive.engine.paid
        claim = self._archive.cache.claim(job.request.digest, everywhere=paid)
        async with entered(claim, self._desk.deadline) as in_time:
            if not in_time:
                return StillRunning("in another process")
            found = self._archive.answer(requests)
            if found and found != before:
                return found
            async with self._places.place(self._remaining.get(shot.id, 0.0)):
                if stopped := self._stopped():
                    return stopped
                made = await self._perform(shot, job)
                # Before the place is given back: who waits for it is not to start any more.
                if not isinstance(made, Record):
                    self._stop_for(shot, made)
                return made

    async def _perform(self, shot: Shot, job: Job) -> Record | Cause:
        account, kind = self.accounts[shot.id], job.request.kind
        self._tell(shot, kind, "started")
        began = self._clock()
        try:
            made = await self._desk.make(job, lambda: self._materials(job.request))
        except (MediaError, CacheFailed) as error:
            full = isinstance(error, CacheFailed)
            made = Failed(error.problem, everywhere=full)
        seconds = self._clock() - began
        account.seconds += seconds
        if isinstance(made, Record):
            cost = float(made.about.get("cost_usd", 0.0))
            account.calls[kind] += 1
            account.cost_usd += cost
            account.made = account.made or kind == "video"
            self._tell(shot, kind, "finished", seconds=seconds, cost=cost)
        elif isinstance(made, Failed | SafetyFilter) and made.billed:
            account.cost_usd += made.billed.usd
        return made

    async def _decode(self, key: str, shot: Shot, clip: Clip, which: Still) -> Record | Cause:
        # Pillow and ffmpeg are needed only where a clip really is decoded.
        from krafity_cli.media.last_frame import first_frame, last_frame
        from krafity_cli.media.pictures.stills import pixel_digest

        began = self._clock()
        cache = self._archive.cache
        async with cache.claim(key):
            if self._archive.still(clip, which) and (found := cache.recall(key, which)):
                return found
            self._tell(shot, which, "started")
            path = clip.footage.path if clip.footage else cache.checked_path(clip.digest)
            try:
                png = await (last_frame if which == "last_frame" else first_frame)(path)
            except MediaError as error:
                return Failed(error.problem)
            record = cache.store(key, which, png, {"pixels": pixel_digest(png)})
        self._tell(shot, which, "finished", seconds=self._clock() - began)
        return record

    async def _about_clip(
        self, shot: Shot, parts: Mapping[str, Any], action: Video
    ) -> dict[str, Any] | Unmade:
        account = self.accounts[shot.id]
        start = await self._start_blob(action.start)
        if not isinstance(start, str):
            return self._unmade(shot, start)
        return {
            "start": start,
            "stills": self._stills_of(shot),
            "drawings": account.drawings,
            "intent": account.intent,
            "words": self._archive.words(shot, parts)[0],
            "histories": self._archive.histories(shot),
            "parts": parts,
            "after": list(shot.after),
            "duration": shot.duration,
            "resolution": shot.resolution,
        }

    def _stills_of(self, shot: Shot) -> dict[str, str]:
        """The drawn pictures that a clip starts and ends on, before anything was redrawn."""
        own = self.accounts[shot.id].stills
        if shot.until is None:
            return dict(own)
        ends = self.accounts[shot.until].stills.get("start")
        return {**own, "end": ends} if ends else dict(own)

    async def _start_blob(self, digest: str) -> str | Cause:
        """The start frame as a blob, so that outputs can be restored from the cache alone."""
        frame = self._frames[digest]
        if isinstance(frame, Frame) and isinstance(frame.source, str):
            return frame.source
        key = digest_of({"frame": digest})
        kept = self._archive.cache.recall(key, "frame")
        if kept and self._archive.sound(kept.blob):
            return kept.blob
        made, _ = await self._once(key, lambda: self._keep_frame(key, digest))
        return made.blob if isinstance(made, Record) else made

    async def _keep_frame(self, key: str, digest: str) -> Record | Cause:
        # Pillow is needed only where a picture really is kept.
        from krafity_cli.media.pictures.stills import decode, png

        try:
            data = await self._bytes(digest)
        except MediaError as error:
            return Failed(error.problem)
        still = await asyncio.to_thread(lambda: png(decode(data)))
        return await asyncio.to_thread(
            self._archive.cache.store, key, "frame", still, {"pixels": digest}
        )

    async def _materials(self, request: Request) -> dict[str, bytes]:
        return {digest: await self._bytes(digest) for digest in request.inputs}

    async def _bytes(self, digest: str) -> bytes:
        thing = self._frames[digest]
        cache = self._archive.cache
        if isinstance(thing, Clip):
            if thing.footage:
                return await asyncio.to_thread(thing.footage.path.read_bytes)
            return await asyncio.to_thread(cache.read, thing.digest)
        if isinstance(thing.source, Picture):
            return await asyncio.to_thread(self._sendable, thing.source)
        return await asyncio.to_thread(cache.read, thing.source)

    def _sendable(self, picture: Picture) -> bytes:
        from krafity_cli.media.pictures.stills import sendable

        return sendable(self._shelf.read(picture))[0]

    def _remembered(self, frame: Frame) -> Frame:
        return self._frames.setdefault(frame.digest, frame)  # type: ignore[return-value]

    def _unmade(self, shot: Shot, cause: Cause) -> Unmade:
        self.accounts[shot.id].trouble = cause
        self._stop_for(shot, cause)
        return Unmade(shot.id, cause)

    def _stopped(self) -> Blocked | None:
        return Blocked(self._stopped_by) if self._stopped_by else None

    def _stop_for(self, shot: Shot, cause: Cause) -> None:
        fails = isinstance(cause, Failed | SafetyFilter | Possibly)
        everywhere = isinstance(cause, Failed) and cause.everywhere
        if (everywhere or (fails and self._fail_fast)) and self._stopped_by is None:
            self._stopped_by = shot.id

    def _tell(
        self,
        shot: Shot,
        what: str,
        state: State,
        detail: str = "",
        seconds: float = 0.0,
        cost: float = 0.0,
    ) -> None:
        at = self._clock() - self._began
        self._watch(Event(at, shot.id, what, state, detail, seconds, cost))

    def settled(self, shot: Shot, clip: Clip | Unmade) -> None:
        """Tell that the shot's fate is known."""
        account = self.accounts[shot.id]
        self._watch(
            Event(
                self._clock() - self._began,
                shot.id,
                "shot",
                "settled",
                reason_of(shot, account, clip),
                account.seconds,
                account.cost_usd,
                status_of(shot.id, account, clip).value,
            )
        )

    async def aclose(self) -> None:
        """Stop what still runs and wait until it has stopped; what is finished stays kept."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
