"""From a run or a plan to its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from krafity_cli.amounts import usd
from krafity_cli.delivery.clip_facts import ClipFacts
from krafity_cli.engines.protocol import Drawings, Engine
from krafity_cli.render.report.reports import (
    Film,
    PlanReport,
    Provenance,
    RunReport,
    ShotReport,
    StandIn,
)
from krafity_cli.render.report.results import DELIVERED, Calls, ShotResult, Status, tenths
from krafity_cli.render.run import Plan, Run
from krafity_cli.storyboard.model import Storyboard

Files = Mapping[str, str | None]
"""The paths of what was delivered of a shot, by what they are."""


def run_report(
    board: Storyboard,
    engine: Engine,
    run: Run,
    files: Mapping[str, Files],
    facts: Mapping[str, ClipFacts],
    films: Sequence[Film],
    standins: Mapping[str, StandIn],
) -> RunReport:
    """The report of a run, by shot: its `files`, and what stands in for it.

    `facts` are those of clips, by their digest.
    """
    delivered = [shot for shot in run.shots if shot.status in DELIVERED]
    reused = [shot for shot in delivered if shot.status is Status.REUSED]
    return RunReport(
        storyboard=board.name,
        title=board.title,
        engine=engine.name,
        status=run.status,
        seconds=tenths(run.seconds),
        cost_usd=usd(sum(shot.cost_usd for shot in run.shots)),
        film_cost_usd=usd(_paid_for(delivered)),
        saved_usd=usd(sum({shot.clip: shot.saved_usd for shot in reused}.values())),
        calls=Calls.sum(shot.calls for shot in run.shots),
        shots=tuple(
            _shot(shot, files.get(shot.id, {}), facts, standins.get(shot.id), engine.paid)
            for shot in run.shots
        ),
        films=tuple(films),
    )


def plan_report(board: Storyboard, engine: Engine, plan: Plan) -> PlanReport:
    """The report of a plan."""
    return PlanReport(
        storyboard=board.name,
        title=board.title,
        engine=engine.name,
        cost_usd=plan.price,
        seconds=tenths(sum(shot.seconds for shot in plan.shots)),
        calls=Calls.sum(shot.calls for shot in plan.shots),
        shots=plan.shots,
    )


def _paid_for(shots: Sequence[ShotResult]) -> float:
    """What the clips of these shots cost whenever they were bought, each clip once."""
    clips = {shot.clip: shot.clip_cost_usd for shot in shots}
    return sum(clips.values())


def _shot(
    shot: ShotResult,
    files: Files,
    facts: Mapping[str, ClipFacts],
    standin: StandIn | None,
    is_paid: bool,
) -> ShotReport:
    return ShotReport(
        id=shot.id,
        status=shot.status,
        reason=shot.reason,
        clip=files.get("clip"),
        first_frame=files.get("first_frame"),
        last_frame=files.get("last_frame"),
        context=files.get("context"),
        duration=float(shot.duration),
        frames=facts[shot.clip].frames if shot.clip and shot.clip in facts else None,
        bought_seconds=shot.duration if shot.engine and is_paid else None,
        take=shot.take,
        kept=shot.decided.kept,
        approval=shot.decided.approval,
        held_by=shot.held_by,
        still=shot.still,
        intent=shot.intent,
        order=shot.order,
        clip_digest=shot.clip,
        calls=shot.calls,
        cost_usd=usd(shot.cost_usd),
        seconds=tenths(shot.seconds),
        blocked_by=shot.blocked_by,
        error=shot.error,
        drawings=_drawings(shot.drawings),
        provenance=Provenance(shot.engine, shot.model, is_paid) if shot.engine else None,
        standin=standin,
    )


def _drawings(found: Mapping[str, Any] | None) -> Drawings | None:
    """What an analysis found; a record that says it otherwise than today says nothing."""
    try:
        return Drawings.from_json(found) if found else None
    except (KeyError, TypeError, ValueError):
        return None
