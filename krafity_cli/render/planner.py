"""The studio that only says: intent → order → "not there, would cost this". It never acts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from krafity_cli.engines.protocol import (
    Analyze,
    Clean,
    Draw,
    Drawings,
    Improve,
    ReadContext,
    Request,
    Video,
)
from krafity_cli.orders.causes import Cause, NotApproved, NotYet, StillLost
from krafity_cli.orders.decide import Outlook, nothing_left
from krafity_cli.orders.limits.budget import price_of
from krafity_cli.render.changes import reasons
from krafity_cli.render.decisions.gone import gone, outdated
from krafity_cli.render.decisions.lock import Keep, NamedClip, Patch
from krafity_cli.render.drawn import Which
from krafity_cli.render.lookup import Archive, Still, clip_of
from krafity_cli.render.recipe import UNKNOWN
from krafity_cli.render.report.results import Decision, PriceRange
from krafity_cli.render.types import Clip, Frame, Unmade
from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.model import Shot


@dataclass(slots=True)
class Draft:
    """What is known of one shot's plan so far."""

    decision: Decision = Decision.SKIP
    reason: str = "not selected"
    intent: str | None = None
    order: str | None = None
    calls: Counter[str] = field(default_factory=Counter)
    price: PriceRange = field(default_factory=PriceRange)
    unpriced: list[str] = field(default_factory=list)
    seconds: float = 0.0
    sure: bool = False
    """Whether a clip would be made for certain, and not found by its order after all."""


class Planner:
    """Answers the recipe from the archive alone and writes down what is not there."""

    def __init__(
        self,
        archive: Archive,
        refresh: frozenset[str] = frozenset(),
        outlook: Outlook = nothing_left,
    ) -> None:
        self._outlook = outlook
        self.drafts = {shot.id: Draft() for shot in archive.board.shots}
        self._archive = archive
        self._refresh = refresh
        self._planned: dict[str, str] = {}
        self._alike: dict[str, list[Draft]] = {}

    def recall(self, shot: Shot, parts: Mapping[str, Any]) -> Clip | None:
        draft = self.drafts[shot.id]
        intents = self._archive.intents(shot, parts)
        draft.intent = intents[0]
        if shot.id in self._refresh:
            return None
        clip = self._archive.made(shot, parts)
        if clip:
            self._reuse(draft, clip.order, reasons.SAME)
        return clip

    def kept(self, shot: Shot, keep: Keep) -> Clip | Unmade:
        draft = self.drafts[shot.id]
        clip = self._archive.kept(shot, keep)
        if clip is None:
            draft.decision, draft.reason = Decision.BLOCKED, gone(keep).what
            return Unmade(shot.id, NotYet(shot.id))
        self._reuse(draft, clip.order, reasons.KEPT)
        return clip

    def recorded(self, clip: NamedClip) -> Clip:
        return self._archive.recorded(clip)

    def pending(
        self, shot: Shot, patch: Patch, parts: Mapping[str, Any] | None
    ) -> Clip | Unmade | None:
        if clip := self._archive.clip([patch.intent]):
            self._reuse(self.drafts[shot.id], clip.order, reasons.PATCHED)
            return clip
        if parts is None or patch.intent in self._archive.intents(shot, parts):
            return None
        draft = self.drafts[shot.id]
        draft.decision, draft.reason = Decision.BLOCKED, outdated().what
        return Unmade(shot.id, NotYet(shot.id))

    def unapproved(self, shot: Shot) -> Unmade:
        draft = self.drafts[shot.id]
        draft.decision, draft.reason = Decision.HOLD, reasons.NOT_APPROVED
        return Unmade(shot.id, NotApproved())

    def recall_context(self, clip: Clip, authored: SceneContext) -> SceneContext | None:
        return self._archive.context(clip, authored)

    async def analyze(self, shot: Shot, frame: Frame) -> Drawings | Unmade:
        action = Analyze(frame.digest)
        requests = self._archive.requests(shot, action)
        record = self._archive.answer(requests)
        drawings = self._archive.drawings(record) if record else None
        return drawings or self._would_make(shot, requests[0])

    async def clean(self, shot: Shot, frame: Frame, drawn: Unmade | None) -> Frame | Unmade:
        requests = self._archive.requests(shot, Clean(frame.digest))
        record = self._archive.answer(requests)
        if record:
            return drawn or self._archive.frame(record)
        return self._would_make(shot, requests[0], perhaps=drawn is not None)

    def chosen(self, shot: Shot, which: Which, action: Draw) -> str | None:
        return self._archive.chosen(shot, which, action)

    async def draw(self, shot: Shot, which: Which, action: Draw) -> Frame | Unmade:
        frame = self._archive.still_for(shot, which, action)
        if frame is None and (picture := self._archive.chosen(shot, which, action)):
            return Unmade(shot.id, StillLost(which, picture))
        return frame or await self.variant(shot, action)

    async def variant(self, shot: Shot, action: Draw) -> Frame | Unmade:
        """The still drawn from these words, whatever was chosen."""
        requests = self._archive.requests(shot, action)
        record = self._archive.drawn(action) or self._archive.answer(requests)
        return self._archive.frame(record) if record else self._would_make(shot, requests[0])

    async def improve(self, shot: Shot, frame: Frame | Unmade) -> Frame | Unmade:
        wish = shot.improve if isinstance(shot.improve, str) else ""
        references = tuple(picture.digest for picture in shot.references)
        digest = frame.digest if isinstance(frame, Frame) else UNKNOWN
        requests = self._archive.requests(shot, Improve(digest, wish, references))
        if isinstance(frame, Unmade):
            # Each frame is asked for once; of stills there may be several.
            self._book(shot, requests[0], perhaps=frame.shot != shot.id)
            return frame
        record = self._archive.answer(requests)
        return self._archive.frame(record) if record else self._would_make(shot, requests[0])

    async def video(
        self, shot: Shot, parts: Mapping[str, Any] | None, action: Video, missing: Unmade | None
    ) -> Clip | Unmade:
        draft = self.drafts[shot.id]
        draft.reason = reasons.why(self._archive, shot, parts, missing)
        requests = self._archive.requests(shot, action)
        if missing is None and shot.id not in self._refresh:
            record = self._archive.answer(requests)
            if record:
                self._reuse(draft, record.key, reasons.SAME_ORDER)
                return clip_of(record, draft.intent)
        if shot.id in self._refresh:
            draft.reason = reasons.REFRESH
        return self._decide(shot, parts, requests[0], missing)

    async def first_frame(self, shot: Shot, clip: Clip | Unmade) -> Frame | Unmade:
        return self._still(shot, clip, "first_frame")

    async def last_frame(self, shot: Shot, clip: Clip | Unmade) -> Frame | Unmade:
        return self._still(shot, clip, "last_frame")

    def _still(self, shot: Shot, clip: Clip | Unmade, which: Still) -> Frame | Unmade:
        if isinstance(clip, Unmade):
            return clip
        return self._archive.still(clip, which) or Unmade(shot.id, NotYet(shot.id))

    async def read_context(
        self,
        shot: Shot,
        clip: Clip | Unmade,
        authored: SceneContext,
        known: SceneContext | Unmade,
    ) -> SceneContext | Unmade:
        digest = clip.digest if isinstance(clip, Clip) else UNKNOWN
        context = known if isinstance(known, SceneContext) else SceneContext()
        action = ReadContext(digest, shot.prompt or "", context)
        requests = self._archive.requests(shot, action)
        if isinstance(clip, Clip) and isinstance(known, SceneContext):
            record = self._archive.answer(requests)
            extract = self._archive.read_context(record) if record else None
            if extract is not None:
                return authored.over(extract.over(known)).capped(authored)
            return self._would_make(shot, requests[0])
        perhaps = not isinstance(clip, Clip) and self.drafts[shot.id].decision is Decision.WAIT
        unmade = self._would_make(shot, requests[0], perhaps, unknown=True)
        return clip if isinstance(clip, Unmade) else unmade

    def _decide(
        self,
        shot: Shot,
        parts: Mapping[str, Any] | None,
        request: Request,
        missing: Unmade | None,
    ) -> Unmade:
        if missing and isinstance(missing.cause, StillLost):
            return self._held(shot, missing)
        draft = self.drafts[shot.id]
        draft.sure = missing is None or (parts is not None and shot.id in self._refresh)
        twin = self._planned.setdefault(f"intent {draft.intent}", shot.id)
        left = parts and self._left(shot, parts, request.digest if missing is None else None)
        if left:
            draft.decision, draft.reason = Decision.WAIT, left.in_words()
        elif missing is None:
            self._order(shot, request)
        elif parts is None:
            draft.decision = Decision.WAIT
            self._would_make(shot, request, perhaps=True, unknown=True)
        elif twin != shot.id:
            draft.decision, draft.reason = Decision.REUSE, f"same request as {twin}"
        else:
            waits = not draft.sure and self._archive.knows_words(shot, parts)
            draft.decision = Decision.WAIT if waits else Decision.RENDER
            self._would_make(shot, request, waits, unknown=True)
        if parts is not None:
            self._compare(draft, self._archive.words(shot, parts)[0])
        return Unmade(shot.id, NotYet(shot.id))

    def _held(self, shot: Shot, missing: Unmade) -> Unmade:
        """A shot that is held makes nothing, and neither does what needs its clip."""
        draft = self.drafts[shot.id]
        own = missing.shot == shot.id
        draft.decision = Decision.HOLD if own else Decision.BLOCKED
        draft.reason = missing.cause.in_words() if own else f"blocked by {missing.shot}"
        return missing

    def _left(self, shot: Shot, parts: Mapping[str, Any], digest: str | None) -> Cause | None:
        """What an earlier order leaves to be waited for, or remembered."""
        draft = self.drafts[shot.id]
        draft.order = digest
        return self._outlook(digest, self._archive.intents(shot, parts), shot.id in self._refresh)

    def _compare(self, draft: Draft, words: str) -> None:
        """Shots of the same words may come to one order: who is not sure of its own then waits."""
        alike = self._alike.setdefault(words, [])
        others = any(each.intent != draft.intent for each in alike)
        alike.append(draft)
        for each in alike if others else ():
            if not each.sure:
                each.decision = Decision.WAIT

    def _order(self, shot: Shot, request: Request) -> None:
        draft = self.drafts[shot.id]
        draft.order = request.digest
        twin = self._planned.get(request.digest)
        if twin:
            self._reuse(draft, request.digest, f"same request as {twin}")
        else:
            draft.decision = Decision.RENDER
        self._would_make(shot, request)

    def _reuse(self, draft: Draft, order: str | None, reason: str) -> None:
        draft.decision, draft.reason, draft.order = Decision.REUSE, reason, order

    def _would_make(
        self, shot: Shot, request: Request, perhaps: bool = False, unknown: bool = False
    ) -> Unmade:
        """Book a call that would be made, once for everybody who asks for it.

        A request with `unknown` inputs has no digest yet, so each shot books its own.
        """
        key = f"{shot.id} {request.kind}" if unknown else request.digest
        if key not in self._planned:
            self._planned[key] = shot.id
            self._book(shot, request, perhaps)
        return Unmade(shot.id, NotYet(shot.id))

    def _book(self, shot: Shot, request: Request, perhaps: bool) -> None:
        draft = self.drafts[shot.id]
        draft.calls[request.kind] += 1
        if request.kind == "video":
            draft.seconds = self._archive.engine.capabilities(request.model).seconds_per_clip
        price = price_of(self._archive.engine, request)
        if price is None:
            draft.unpriced.append(request.model)
            return
        draft.price += PriceRange(0.0 if perhaps else price.usd, price.usd, price.most)
