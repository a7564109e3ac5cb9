"""From accounts and drafts to what is said of each shot and of the whole run."""

from __future__ import annotations

from krafity_cli.engines.protocol import Failed
from krafity_cli.orders.causes import (
    Blocked,
    Cause,
    Held,
    NotApproved,
    NotStarted,
    NotYet,
    Possibly,
    SafetyFilter,
    StillLost,
    StillRunning,
)
from krafity_cli.render.changes import reasons
from krafity_cli.render.lookup import Archive
from krafity_cli.render.planner import Draft
from krafity_cli.render.report.accounts import Account
from krafity_cli.render.report.results import (
    Calls,
    Decision,
    HeldBy,
    ShotPlan,
    ShotResult,
    Standing,
    Status,
    Stills,
)
from krafity_cli.render.types import Clip, Unmade
from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.model import Shot


def planned(shot: Shot, draft: Draft, chosen: bool, decided: Standing) -> ShotPlan:
    """What the planner's draft says of a shot; footage that is `chosen` is simply there."""
    there = chosen and shot.clip is not None
    other = f", bought for {decided.other}" if decided.other else ""
    return ShotPlan(
        id=shot.id,
        decision=Decision.REUSE if there else draft.decision,
        reason=reasons.FOOTAGE if there else draft.reason + other,
        duration=shot.duration,
        take=shot.take,
        intent=draft.intent,
        order=draft.order,
        calls=Calls.sum([draft.calls]),
        price=draft.price,
        seconds=draft.seconds,
        kept=decided.kept,
        approval=decided.approval,
        held_by="approval" if draft.reason == reasons.NOT_APPROVED else None,
    )


def skipped(
    archive: Archive, words: SceneContext, shot: Shot, account: Account, clip: Clip | None
) -> ShotResult:
    """The result of a shot that was not selected: the clip it has, if it was made before.

    A bridge to it may have needed its pictures, so it may have an account.
    """
    start = clip.start if clip and clip.start and archive.sound(clip.start) else None
    return ShotResult(
        id=shot.id,
        status=Status.SKIPPED,
        reason="not selected",
        duration=shot.duration,
        take=shot.take,
        intent=clip.intent if clip else None,
        order=clip.order if clip else None,
        clip=clip.digest if clip else None,
        stills=_stills(archive, words, clip, start) if clip else Stills(),
        redrawn=bool(shot.improve or shot.references),
        still=clip.stills.get("start") if clip else None,
        calls=Calls.sum([account.calls]),
        cost_usd=account.cost_usd,
        clip_cost_usd=clip.cost_usd if clip else 0.0,
        saved_usd=_saved(clip) if clip else 0.0,
        seconds=account.seconds,
        error=account.trouble.in_words() if account.trouble else None,
        drawings=clip.drawings if clip else None,
        engine=clip.engine if clip else "",
        model=clip.model if clip else "",
    )


def settled(
    archive: Archive, words: SceneContext, shot: Shot, account: Account, clip: Clip | Unmade
) -> ShotResult:
    """The result of a shot, from its clip or the cause why there is none."""
    if isinstance(clip, Unmade):
        return _without_clip(shot, account, clip)
    return ShotResult(
        id=shot.id,
        status=status_of(shot.id, account, clip),
        reason=reason_of(shot, account, clip),
        duration=shot.duration,
        take=shot.take,
        intent=clip.intent,
        order=clip.order,
        clip=clip.digest,
        stills=_stills(archive, words, clip, account.opening),
        redrawn=bool(shot.improve or shot.references),
        still=clip.stills.get("start"),
        calls=Calls.sum([account.calls]),
        cost_usd=account.cost_usd,
        clip_cost_usd=clip.cost_usd,
        saved_usd=_saved(clip),
        seconds=account.seconds,
        error=account.trouble.in_words() if account.trouble else None,
        drawings=account.drawings or clip.drawings,
        engine=clip.engine,
        model=clip.model,
    )


def _saved(clip: Clip) -> float:
    """What this user paid for the clip: what another machine says it paid is not counted."""
    return clip.cost_usd if clip.is_own else 0.0


def status_of(shot_id: str, account: Account, clip: Clip | Unmade) -> Status:
    """What became of a shot, as soon as its clip is there or surely is not."""
    if isinstance(clip, Clip):
        return Status.RENDERED if account.made else Status.REUSED
    return status_of_cause(clip.cause) if clip.shot == shot_id else Status.BLOCKED


def reason_of(shot: Shot, account: Account, clip: Clip | Unmade) -> str:
    """Why that became of it, in words."""
    if isinstance(clip, Clip):
        return reasons.FOOTAGE if clip.footage else account.reason
    return clip.cause.in_words() if clip.shot == shot.id else f"blocked by {clip.shot}"


def _without_clip(shot: Shot, account: Account, unmade: Unmade) -> ShotResult:
    own = unmade.shot == shot.id
    status = status_of(shot.id, account, unmade)
    held_by = _held_by(unmade.cause)
    by = unmade.cause.by if isinstance(unmade.cause, Blocked) else None if own else unmade.shot
    return ShotResult(
        id=shot.id,
        status=status,
        reason=account.reason or (f"blocked by {by}" if by else "not started"),
        duration=shot.duration,
        take=shot.take,
        intent=account.intent,
        order=account.order,
        calls=Calls.sum([account.calls]),
        cost_usd=account.cost_usd,
        seconds=account.seconds,
        blocked_by=by,
        error=unmade.cause.in_words() if own and not by else None,
        drawings=account.drawings,
        still=account.stills.get("start"),
        held_by=held_by if status is Status.HELD else None,
    )


def _held_by(cause: Cause) -> HeldBy | None:
    match cause:
        case Held():
            return "budget"
        case NotApproved():
            return "approval"
        case _:
            return None


def status_of_cause(cause: Cause) -> Status:
    """What became of a shot that has this cause itself."""
    match cause:
        case Failed():
            return Status.FAILED
        case SafetyFilter():
            return Status.FILTERED
        case Possibly():
            return Status.UNKNOWN
        case StillRunning():
            return Status.PENDING
        case Held() | StillLost() | NotApproved():
            return Status.HELD
        case Blocked() | NotYet() | NotStarted():
            return Status.BLOCKED


def _stills(archive: Archive, words: SceneContext, clip: Clip, first: str | None) -> Stills:
    last = archive.still(clip, "last_frame")
    context = archive.context(clip, words)
    return Stills(
        first=first,
        last=str(last.source) if last else None,
        context=context.to_json() if context else None,
    )
