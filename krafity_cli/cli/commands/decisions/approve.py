"""`krafity approve`: a clip may be bought from this start frame and these words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from krafity_cli.cache import Record
from krafity_cli.cli.commands.decisions.deciding import DecideAsk, Table, decide, show
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.errors import Refused
from krafity_cli.render.decisions.decisions import Decisions, approval_of
from krafity_cli.render.decisions.lock import NO_STILLS, Approval, ChosenStill, Lock
from krafity_cli.render.drawn import Which
from krafity_cli.render.planner import Planner
from krafity_cli.render.types import Clip
from krafity_cli.storyboard.model import Shot
from krafity_cli.storyboard.words import shown

Chosen = Mapping[tuple[str, Which], ChosenStill]


@dataclass(frozen=True)
class ApproveAsk(DecideAsk):
    """What `approve` is asked for; stills go by their number or the beginning of a digest."""

    still: str | None = None
    end_still: str | None = None
    everything: bool = False
    undo: bool = False


def approve_shots(ask: ApproveAsk) -> int:
    """Approve shots, or take that back."""
    if (ask.still or ask.end_still) and (ask.undo or ask.everything or len(ask.shots) != 1):
        raise Refused("--still and --end-still choose for one shot", code="options-clash")
    return decide(ask, lambda found: (_undo if ask.undo else _approve)(found, ask))


async def _approve(found: Table, ask: ApproveAsk) -> int:
    shots = found.shots(everything=ask.everything)
    words: dict[Which, str | None] = {"start": ask.still, "end": ask.end_still}
    chosen: Chosen = {
        (shot.id, which): still
        for shot in shots
        for which, word in words.items()
        if (still := _still(found, shot, which, word))
    }
    given, reasons = await _approvals(found, shots, chosen)
    if reasons and not given and not ask.everything:
        lines = [f"{shot}: {why}" for shot, why in reasons.items()]
        raise Refused("\n".join(lines), code="not-to-be-approved")
    section = found.decisions.section

    def change(lock: Lock) -> Lock:
        lock = _with_stills(lock, chosen)
        for shot, approval in given.items():
            decided = replace(lock.of(section, shot), approved=approval)
            lock = lock.with_shot(section, shot, decided)
        return lock

    found.change(change)
    lines = [f"{shot}: approved, start {each.start[:12]}" for shot, each in given.items()]
    lines += [f"{shot}: {why}" for shot, why in reasons.items()]
    rows: list[dict[str, Any]] = [
        {"id": shot, "approved": asdict(approval)} for shot, approval in given.items()
    ]
    rows += [{"id": shot, "approved": None, "why": why} for shot, why in reasons.items()]
    show(found, lines, {"shots": rows})
    return Exit.DONE


async def _undo(found: Table, ask: ApproveAsk) -> int:
    section = found.decisions.section
    shots = [shot.id for shot in found.shots(everything=ask.everything)]
    given = [shot for shot in shots if found.decisions.of(shot).approved]

    def change(lock: Lock) -> Lock:
        for shot in given:
            lock = lock.with_shot(section, shot, replace(lock.of(section, shot), approved=None))
        return lock

    found.change(change)
    lines = [f"{shot}: no longer approved" for shot in given] or ["nothing was approved there"]
    show(found, lines, {"shots": [{"id": shot, "approved": None} for shot in given]})
    return Exit.DONE


async def _approvals(
    found: Table, shots: list[Shot], chosen: Chosen
) -> tuple[dict[str, Approval], dict[str, str]]:
    """What is approved of each shot, and why others are not; with the stills as they are chosen."""
    lock = _with_stills(found.decisions.lock, chosen)
    decisions = Decisions(found.decisions.section, lock)
    production = replace(found.production, decisions=decisions, choices=decisions)
    recipe = production.recipe(Planner(production.archive()))
    given, reasons = {}, {}
    for shot in shots:
        if shot.clip is not None:
            reasons[shot.id] = "it is footage, which nobody buys"
        elif isinstance(await recipe.clip(shot.id), Clip) and not _is_chosen(chosen, shot):
            reasons[shot.id] = "its clip is there; `krafity keep` fixes it"
        elif (parts := await recipe.parts(shot.id)) is None:
            reasons[shot.id] = f"it starts on the clip of {shot.after[0]}, which is not there yet"
        elif (approval := approval_of(parts)) is None:
            reasons[shot.id] = "its still is not drawn yet; `krafity stills` draws it"
        else:
            given[shot.id] = approval
    await recipe.aclose()
    return given, reasons


def _is_chosen(chosen: Chosen, shot: Shot) -> bool:
    return any(name == shot.id for name, _ in chosen)


def _with_stills(lock: Lock, chosen: Chosen) -> Lock:
    for (shot, which), still in chosen.items():
        before = lock.stills.get(shot, NO_STILLS)
        after = replace(before, start=still) if which == "start" else replace(before, end=still)
        lock = lock.with_stills(shot, after)
    return lock


def _still(found: Table, shot: Shot, which: Which, word: str | None) -> ChosenStill | None:
    """The still that is chosen for a frame: the one that is named, else the one it has now.

    Raises `Refused` for one that is not there.
    """
    draw = found.recipe.drawing(shot, which)
    if draw is None:
        if word is None:
            return None
        raise Refused(f"{shot.id} has no {which} still to choose", code="unknown-still")
    archive = found.archive
    if word is None:
        if archive.choice(shot, which) is not None:
            return None
        record = archive.drawn(draw)
        return _named(record) if record else None
    variants = archive.variants(draw)
    numbered = [record for n, record in variants if str(n) == word]
    alike = [r for _, r in variants if len(word) >= 4 and str(r.about["pixels"]).startswith(word)]
    records = numbered or alike
    if len(records) != 1:
        raise Refused(
            f"{shown(word)} names no {which} still of {shot.id}",
            "",
            "`krafity stills` draws and lists them with their numbers",
            code="unknown-still",
        )
    return _named(records[0])


def _named(record: Record) -> ChosenStill:
    return ChosenStill(str(record.about["pixels"]), record.key)
