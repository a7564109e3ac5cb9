"""How a shot is made, step by step, whoever performs it.

The recipe asks a *studio* for actions and does not know who answers: the performer makes what is
missing, the planner only says what would be made. What is not there travels through the recipe as
`Unmade` with its cause, so neither exceptions nor a dry-run switch are needed.

Every product of a shot (start frame, end frame, clip, last frame, scene context handed on) is a
task that is started once, when somebody first asks for it; so an action starts as soon as its own
inputs are there, and what nobody asks for is never made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from krafity_cli.engines.protocol import Draw, Drawings, Video
from krafity_cli.orders.causes import NotApproved, NotYet
from krafity_cli.render.decisions.decisions import NO_DECISIONS, Decisions, patched
from krafity_cli.render.decisions.lock import Keep, NamedClip, Patch
from krafity_cli.render.digests import intent_parts
from krafity_cli.render.drawn import Which, draw_of
from krafity_cli.render.types import Clip, Frame, Opening, Unmade, first_unmade
from krafity_cli.storyboard.authored import Authored
from krafity_cli.storyboard.context import SceneContext, inherit
from krafity_cli.storyboard.model import Inheritance, Picture, Shot, Storyboard

T = TypeVar("T")

UNKNOWN = "0" * 64
"""Stands for the digest of a frame that is not there yet, where a price is reckoned anyway."""


class Studio(Protocol):
    """Who answers the recipe. Whatever is handed `Unmade` answers `Unmade`."""

    def recall(self, shot: Shot, parts: Mapping[str, Any]) -> Clip | None:
        """The clip made for this intent before."""
        ...

    def kept(self, shot: Shot, keep: Keep) -> Clip | Unmade:
        """The clip that is the shot whatever changes; it is never made anew."""
        ...

    def recorded(self, clip: NamedClip) -> Clip:
        """The clip that those that follow go on from; its bytes may be gone."""
        ...

    def pending(
        self, shot: Shot, patch: Patch, parts: Mapping[str, Any] | None
    ) -> Clip | Unmade | None:
        """The clip of a patch that was ordered; unmade where it was ordered for other words."""
        ...

    def unapproved(self, shot: Shot) -> Unmade:
        """The clip may not be bought, because nobody approved it."""
        ...

    def recall_context(self, clip: Clip, authored: SceneContext) -> SceneContext | None:
        """The scene context that was handed on from this clip before."""
        ...

    async def analyze(self, shot: Shot, frame: Frame) -> Drawings | Unmade:
        """What is drawn on the frame."""
        ...

    async def clean(self, shot: Shot, frame: Frame, drawn: Unmade | None) -> Frame | Unmade:
        """The frame without drawings; `drawn` is unmade where nobody knows yet if it has any."""
        ...

    def chosen(self, shot: Shot, which: Which, action: Draw) -> str | None:
        """The picture that stands in the intent beside a still's words, where one does."""
        ...

    async def draw(self, shot: Shot, which: Which, action: Draw) -> Frame | Unmade:
        """The still that was chosen; without a choice the one drawn from these words."""
        ...

    async def improve(self, shot: Shot, frame: Frame | Unmade) -> Frame | Unmade:
        """The frame redrawn after the shot's instruction and references."""
        ...

    async def video(
        self, shot: Shot, parts: Mapping[str, Any] | None, action: Video, missing: Unmade | None
    ) -> Clip | Unmade:
        """The clip. `missing` is the first input that is not there; the action then has gaps."""
        ...

    async def first_frame(self, shot: Shot, clip: Clip | Unmade) -> Frame | Unmade:
        """The clip's first frame, for footage that was not made from any frame we know."""
        ...

    async def last_frame(self, shot: Shot, clip: Clip | Unmade) -> Frame | Unmade:
        """The clip's true last frame."""
        ...

    async def read_context(
        self,
        shot: Shot,
        clip: Clip | Unmade,
        authored: SceneContext,
        known: SceneContext | Unmade,
    ) -> SceneContext | Unmade:
        """The scene context the clip hands on."""
        ...


class Recipe:
    """One storyboard in the hands of one studio."""

    def __init__(
        self,
        board: Storyboard,
        studio: Studio,
        decisions: Decisions = NO_DECISIONS,
        *,
        approved_only: bool = False,
    ) -> None:
        self.board = board
        self._studio = studio
        self._decisions = decisions
        self._approved_only = approved_only
        self._shots = {shot.id: shot for shot in board.shots}
        self._authored = Authored(board)
        self._started: dict[tuple[str, str], asyncio.Task[Any]] = {}

    def start(self, shot_id: str) -> asyncio.Task[Opening]:
        """What the shot starts on."""
        return self._once("start", shot_id, self._start)

    def end(self, shot_id: str) -> asyncio.Task[Frame | Unmade | None]:
        """The frame the shot ends on, if its author asked for one."""
        return self._once("end", shot_id, self._end)

    def clip(self, shot_id: str) -> asyncio.Task[Clip | Unmade]:
        """The shot's clip."""
        return self._once("clip", shot_id, self._clip)

    def base(self, shot_id: str) -> asyncio.Task[Clip | Unmade]:
        """The clip that those that follow go on from: the shot's own, or a frozen one."""
        frozen = self._decisions.base(shot_id)
        return self._once("base", shot_id, self._base) if frozen else self.clip(shot_id)

    def ending(self, shot_id: str) -> asyncio.Task[Frame | Unmade]:
        """The last frame of the shot's own clip."""
        return self._once("ending", shot_id, self._ending)

    def last_frame(self, shot_id: str) -> asyncio.Task[Frame | Unmade]:
        """The frame that those that follow start on."""
        return self._once("last frame", shot_id, self._last_frame)

    async def parts(self, shot_id: str) -> dict[str, Any] | None:
        """What the author asks for in a shot; `None` where a clip before it is not there."""
        shot = self._shots[shot_id]
        clips = {name: await task for name, task in self._clips_in_intent(shot).items()}
        return self._parts(shot, clips)

    def handed_on(self, shot_id: str) -> asyncio.Task[SceneContext | Unmade]:
        """The scene context the shot hands to those that follow."""
        return self._once("context", shot_id, self._handed_on)

    async def aclose(self) -> None:
        """Stop what still waits."""
        for task in self._started.values():
            task.cancel()
        await asyncio.gather(*self._started.values(), return_exceptions=True)

    def authored(self, shot: Shot) -> SceneContext:
        """The author's words that hold for a shot: its own, its ancestors', the storyboard's."""
        return self._authored.of(shot)

    def drawing(self, shot: Shot, which: Which) -> Draw | None:
        """What a shot's start or end frame is drawn from; `None` where it is not from words."""
        return draw_of(shot, which, self.authored(shot))

    async def _start(self, shot: Shot) -> Opening:
        drawings: Drawings | Unmade | None = None
        frame: Frame | Unmade
        if shot.image is not None:
            frame, drawings = await self._without_drawings(shot, shot.image, shot.annotated)
        elif draw := self.drawing(shot, "start"):
            frame = await self._studio.draw(shot, "start", draw)
        elif shot.clip is not None:
            frame = await self._studio.first_frame(shot, await self.clip(shot.id))
        else:
            frame = await self.last_frame(shot.after[0])
        is_redrawn = bool(shot.improve or shot.references)
        return Opening(await self.redrawn(shot, frame), drawings, is_redrawn)

    async def redrawn(self, shot: Shot, frame: Frame | Unmade) -> Frame | Unmade:
        """A start frame as the shot wants it redrawn, if it does."""
        if shot.improve or shot.references:
            return await self._studio.improve(shot, frame)
        return frame

    async def _end(self, shot: Shot) -> Frame | Unmade | None:
        if self._decisions.patch(shot.id):
            return await self.last_frame(shot.id)
        if shot.until is not None:
            return (await self.start(shot.until)).frame
        if draw := self.drawing(shot, "end"):
            return await self._studio.draw(shot, "end", draw)
        if shot.end_image is None:
            return None
        annotated = "auto" if shot.image is not None and shot.annotated is True else shot.annotated
        frame, _ = await self._without_drawings(shot, shot.end_image, annotated)
        return frame

    async def _without_drawings(
        self, shot: Shot, picture: Picture, annotated: str | bool
    ) -> tuple[Frame | Unmade, Drawings | Unmade | None]:
        frame = Frame(picture.digest, picture)
        if annotated is False:
            return frame, None
        drawings = await self._studio.analyze(shot, frame)
        if annotated is True:
            return await self._studio.clean(shot, frame, None), drawings
        if isinstance(drawings, Unmade):
            return await self._studio.clean(shot, frame, drawings), drawings
        if drawings.drawn:
            return await self._studio.clean(shot, frame, None), drawings
        return frame, drawings

    async def _clip(self, shot: Shot) -> Clip | Unmade:
        if shot.clip is not None:
            return Clip(shot.clip.digest, footage=shot.clip)
        if keep := self._decisions.kept(shot.id):
            return self._studio.kept(shot, keep)
        needed = self._clips_in_intent(shot)
        if not (self._approved_only or all(task.done() for task in needed.values())):
            self._begin_own_pictures(shot)
        clips = {parent: await task for parent, task in needed.items()}
        parts = self._parts(shot, clips)
        patch = self._decisions.patch(shot.id)
        if patch and (found := self._studio.pending(shot, patch, parts)):
            return found
        if parts is not None and (known := self._studio.recall(shot, parts)):
            return known
        if self._approved_only and self._is_held(shot, parts, clips):
            return self._studio.unapproved(shot)
        opening, end, inherited = await asyncio.gather(
            self.start(shot.id), self.end(shot.id), self._inherited(shot)
        )
        missing = first_unmade(*clips.values(), opening.frame, opening.drawings, end, inherited)
        # Another patch is another performance, so that it is another request.
        performed = replace(shot, take=shot.take + patch.number - 1) if patch else shot
        action = self._wanted(performed, opening, end, inherited)
        return await self._studio.video(shot, parts, action, missing)

    def _clips_in_intent(self, shot: Shot) -> dict[str, asyncio.Task[Clip | Unmade]]:
        clips = {parent: self.base(parent) for parent in shot.after}
        if shot.until is not None:
            other = self._shots[shot.until]
            if not other.starts_by_itself:
                clips.setdefault(other.after[0], self.base(other.after[0]))
        return clips

    def _is_held(
        self,
        shot: Shot,
        parts: Mapping[str, Any] | None,
        clips: Mapping[str, Clip | Unmade],
    ) -> bool:
        """Whether nobody approved the shot; what waits for a clip that failed is blocked by it."""
        unmade = first_unmade(*clips.values())
        if unmade and not isinstance(unmade.cause, NotApproved | NotYet):
            return False
        return self._decisions.approval(shot.id, parts) != "given"

    def _begin_own_pictures(self, shot: Shot) -> None:
        # A parent is in the making, so this shot most likely is made too: its own pictures can
        # be read and cleaned, and its stills be drawn meanwhile.
        if shot.image is not None or shot.still is not None:
            self.start(shot.id)
        if shot.end_image is not None or shot.end_still is not None:
            self.end(shot.id)

    def _parts(self, shot: Shot, clips: Mapping[str, Clip | Unmade]) -> dict[str, Any] | None:
        digests = {name: clip.digest for name, clip in clips.items() if isinstance(clip, Clip)}
        if len(digests) < len(clips):
            return None
        parts = intent_parts(shot, self.board, self.authored(shot), digests, self._chosen)
        patch = self._decisions.patch(shot.id)
        return patched(parts, patch.base.clip, patch.number) if patch else parts

    def _chosen(self, shot: Shot, which: str) -> str | None:
        frame: Which = "start" if which == "start" else "end"
        draw = self.drawing(shot, frame)
        return self._studio.chosen(shot, frame, draw) if draw else None

    async def _inherited(self, shot: Shot) -> SceneContext | Unmade:
        if not shot.after or shot.inheritance is Inheritance.NONE:
            return self.authored(shot).capped(self.authored(shot))
        handed = await asyncio.gather(*(self.handed_on(parent) for parent in shot.after))
        contexts = [context for context in handed if isinstance(context, SceneContext)]
        if len(contexts) < len(handed):
            return first_unmade(*handed) or contexts[0]
        words = self.authored(shot)
        return words.over(inherit(contexts)).capped(words)

    def _wanted(
        self,
        shot: Shot,
        opening: Opening,
        end: Frame | Unmade | None,
        context: SceneContext | Unmade,
    ) -> Video:
        return replace(
            clip_wanted(shot, _digest(opening.frame), None if end is None else _digest(end)),
            directs=opening.drawings if isinstance(opening.drawings, Drawings) else None,
            context=context if isinstance(context, SceneContext) else SceneContext(),
            references=tuple(picture.digest for picture in shot.references),
            before=self.board.camera_before(shot),
        )

    async def _base(self, shot: Shot) -> Clip | Unmade:
        frozen = self._decisions.base(shot.id)
        assert frozen is not None  # noqa: S101  (asked only of shots that have one)
        return self._studio.recorded(frozen)

    async def _ending(self, shot: Shot) -> Frame | Unmade:
        return await self._studio.last_frame(shot, await self.clip(shot.id))

    async def _last_frame(self, shot: Shot) -> Frame | Unmade:
        return await self._studio.last_frame(shot, await self.base(shot.id))

    async def _handed_on(self, shot: Shot) -> SceneContext | Unmade:
        clip = await self.base(shot.id)
        words = self.authored(shot)
        if isinstance(clip, Clip) and (known := self._studio.recall_context(clip, words)):
            return known
        return await self._studio.read_context(shot, clip, words, await self._inherited(shot))

    def _once(
        self, product: str, shot_id: str, make: Callable[[Shot], Coroutine[Any, Any, T]]
    ) -> asyncio.Task[T]:
        key = (product, shot_id)
        if key not in self._started:
            self._started[key] = asyncio.create_task(make(self._shots[shot_id]))
        return self._started[key]


def clip_wanted(shot: Shot, start: str, end: str | None) -> Video:
    """The clip as its author wishes it, between two frames named by digest."""
    return Video(
        start=start,
        end=end,
        prompt=shot.prompt or "",
        camera=shot.camera or "",
        dialogue=(shot.dialogue or "") if shot.audio else "",
        duration=shot.duration,
        aspect_ratio=shot.aspect_ratio,
        resolution=shot.resolution,
        seed=_seed(shot),
        negative_prompt=shot.negative_prompt or "",
        audio=shot.audio,
        people=shot.people,
        fit=shot.fit,
        chained=not shot.starts_by_itself,
    )


def _digest(frame: Frame | Unmade) -> str:
    return frame.digest if isinstance(frame, Frame) else UNKNOWN


def _seed(shot: Shot) -> int | None:
    """Take n uses seed + n - 1; without a seed the first take leaves it to the model."""
    if shot.seed is None:
        return shot.take - 1 or None
    return shot.seed + shot.take - 1
