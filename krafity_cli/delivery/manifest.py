"""The manifest: what a run made, as one JSON document. `render --json` prints the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from krafity_cli.delivery.document import SCHEMA
from krafity_cli.delivery.films import Film
from krafity_cli.engines.protocol import Engine
from krafity_cli.render.results import DELIVERED, ShotResult, Status, total_calls, usd
from krafity_cli.render.run import Plan, Run
from krafity_cli.storyboard.model import Storyboard


def manifest(
    board: Storyboard,
    engine: Engine,
    run: Run,
    files: Mapping[str, Mapping[str, str | None]],
    films: Sequence[Film],
    standins: Mapping[str, Mapping[str, str | None]],
) -> dict[str, Any]:
    """The manifest of a run; `files` maps a shot to the paths of what was delivered of it.

    `standins` says of a shot that is stood in for where that file is, and its digest.
    """
    reused = [shot for shot in run.shots if shot.status is Status.REUSED]
    delivered = [shot for shot in run.shots if shot.status in DELIVERED]
    return {
        "schema": SCHEMA,
        "storyboard": board.name,
        "title": board.title,
        "engine": engine.name,
        "status": run.status.value,
        "seconds": round(run.seconds, 1),
        "cost_usd": usd(sum(shot.cost_usd for shot in run.shots)),
        "film_cost_usd": usd(_paid_for(delivered)),
        "saved_usd": usd(sum({shot.clip: shot.saved_usd for shot in reused}.values())),
        "calls": total_calls(run.shots),
        "shots": [
            _shot(shot, files.get(shot.id, {}), engine.paid) | {"standin": standins.get(shot.id)}
            for shot in run.shots
        ],
        "films": [film.to_json() for film in films],
    }


def plan_json(board: Storyboard, engine: str, plan: Plan) -> dict[str, Any]:
    """What `plan --json` prints."""
    return {
        "schema": SCHEMA,
        "storyboard": board.name,
        "title": board.title,
        "engine": engine,
        "cost_usd": plan.price.to_json(),
        "seconds": round(sum(shot.seconds for shot in plan.shots), 1),
        "calls": total_calls(plan.shots),
        "shots": [
            {
                "id": shot.id,
                "decision": shot.decision.value,
                "reason": shot.reason,
                "duration": shot.duration,
                "take": shot.take,
                "intent": shot.intent,
                "order": shot.order,
                "calls": shot.calls,
                "cost_usd": shot.price.to_json(),
                "seconds": round(shot.seconds, 1),
            }
            for shot in plan.shots
        ],
    }


def _paid_for(shots: Sequence[ShotResult]) -> float:
    """What the clips of these shots cost whenever they were bought, each clip once."""
    clips = {shot.clip: shot.clip_cost_usd for shot in shots}
    return sum(clips.values())


def _shot(shot: ShotResult, files: Mapping[str, str | None], paid: bool) -> dict[str, Any]:
    return {
        "id": shot.id,
        "status": shot.status.value,
        "reason": shot.reason,
        "clip": files.get("clip"),
        "first_frame": files.get("first_frame"),
        "last_frame": files.get("last_frame"),
        "context": files.get("context"),
        "duration": shot.duration,
        "take": shot.take,
        "intent": shot.intent,
        "order": shot.order,
        "clip_digest": shot.clip,
        "calls": shot.calls,
        "cost_usd": usd(shot.cost_usd),
        "seconds": round(shot.seconds, 1),
        "blocked_by": shot.blocked_by,
        "error": shot.error,
        "drawings": shot.drawings,
        "provenance": _provenance(shot, paid),
    }


def _provenance(shot: ShotResult, paid: bool) -> dict[str, Any] | None:
    """Who made the clip; `None` of footage, and where there is none."""
    if not shot.engine:
        return None
    return {"engine": shot.engine, "model": shot.model, "made_with_ai": paid}
