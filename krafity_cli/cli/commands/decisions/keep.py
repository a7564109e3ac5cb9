"""`krafity keep`: this clip is the shot, whatever changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from krafity_cli.cli.commands.decisions.deciding import Ahead, DecideAsk, Table, ahead, decide, show
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.errors import Refused
from krafity_cli.render.changes.downstream import gone_on_from
from krafity_cli.render.changes.performances import Performance
from krafity_cli.render.changes.standing import note_kept
from krafity_cli.render.decisions.lock import Keep, Lock, NamedClip
from krafity_cli.render.types import Clip
from krafity_cli.storyboard.model import Shot
from krafity_cli.storyboard.words import shown


@dataclass(frozen=True)
class KeepAsk(DecideAsk):
    """What `keep` is asked for; `take` is a number of the list of takes, or a digest's prefix."""

    take: str | None = None
    everything: bool = False
    freeze: bool = False
    undo: bool = False
    prune: bool = False


def keep_clips(ask: KeepAsk) -> int:
    """Decide that clips are the shots, or let go of that again."""
    if ask.undo + ask.prune + (ask.take is not None or ask.freeze) > 1:
        raise Refused("--undo, --prune and --take do not go together", code="options-clash")
    if ask.prune:
        return decide(ask, _prune)
    return decide(ask, lambda found: (_let_go if ask.undo else _keep)(found, ask))


async def _keep(found: Table, ask: KeepAsk) -> int:
    shots = [
        s for s in found.shots(everything=ask.everything) if s.clip is None or not ask.everything
    ]
    if ask.take is not None and len(shots) != 1:
        raise Refused("--take chooses the clip of one shot", code="options-clash")
    kept, without = {}, []
    for shot in shots:
        clip = await _chosen(found, shot, ask.take)
        if clip is None:
            without.append(shot.id)
            continue
        kept[shot.id] = await _kept(found, shot, clip, ask.freeze)
    if without and not (ask.everything and kept):
        raise Refused(
            f"{', '.join(without)} has no clip that could be kept",
            "",
            "render it first: `krafity takes` lists what is there",
            code="no-clip-to-keep",
        )

    def change(lock: Lock) -> Lock:
        for shot, keep in kept.items():
            decided = replace(lock.of(found.decisions.section, shot), kept=keep, patch=None)
            lock = lock.with_shot(found.decisions.section, shot, decided)
        return lock

    production = found.change(change)
    for shot in shots:
        if (keep := kept.get(shot.id)) and keep.order:
            note_kept(found.archive, shot, keep.clip, keep.order)
    next_render = await ahead(found, production, list(kept))
    lines = [f"{shot}: {_in_words(keep)}" for shot, keep in kept.items()]
    lines += [f"{shot}: no clip yet, so nothing is kept" for shot in without]
    lines += after_words(found, next_render, [] if ask.freeze else list(kept))
    rows = [{"id": shot, "kept": asdict(keep)} for shot, keep in kept.items()]
    show(found, lines, {"shots": rows, "next": next_render.to_json()})
    return Exit.DONE


async def _let_go(found: Table, ask: KeepAsk) -> int:
    section = found.decisions.section
    shots = [shot.id for shot in found.shots(everything=ask.everything)]
    held = [s for s in shots if found.decisions.of(s).kept or found.decisions.of(s).patch]

    def change(lock: Lock) -> Lock:
        for shot in held:
            decided = replace(lock.of(section, shot), kept=None, patch=None)
            lock = lock.with_shot(section, shot, decided)
        return lock

    production = found.change(change)
    next_render = await ahead(found, production, held)
    lines = [f"{shot}: no longer kept" for shot in held] or ["nothing was kept there"]
    lines += after_words(found, next_render, [])
    rows: list[dict[str, Any]] = [{"id": shot, "kept": None} for shot in held]
    show(found, lines, {"shots": rows, "next": next_render.to_json()})
    return Exit.DONE


async def _prune(found: Table) -> int:
    ids = {shot.id for shot in found.production.board.shots}
    gone = found.decisions.lock.shots - ids
    found.change(lambda lock: lock.without(lock.shots - ids))
    lines = [
        f"{shot}: it is gone from the storyboard, and so are its decisions" for shot in sorted(gone)
    ]
    show(found, lines or ["every decision is about a shot that is there"], {"pruned": sorted(gone)})
    return Exit.DONE


def after_words(found: Table, next_render: Ahead, kept: Sequence[str]) -> list[str]:
    """What the next render makes below, and the line that keeps it from doing so."""
    lines = [next_render.in_words()]
    if next_render.shots and kept:
        words = f"krafity keep {found.ask.file} {' '.join(kept)} --freeze"
        lines.append(f"  {words}{_options(found.ask)}  leaves them as they are")
    return lines


def _options(ask: DecideAsk) -> str:
    """The options that lead to the same section."""
    engine = f" --engine {ask.engine}" if ask.engine else ""
    return f"{engine}{' --quick' if ask.quick else ''}{f' --out {ask.out}' if ask.out else ''}"


def chosen(takes: Sequence[Performance], word: str, shot: str) -> Performance:
    """The take that a number or the beginning of a digest names. Raises `Refused`."""
    numbered = [take for take in takes if str(take.n) == word]
    alike = [take for take in takes if len(word) >= 4 and (take.clip or "").startswith(word)]
    found = numbered or alike
    if len(found) != 1 or found[0].clip is None:
        what = "was not delivered" if len(found) == 1 else f"names {len(found)} takes"
        raise Refused(
            f"{shown(word)} {what} of {shot}",
            "",
            "`krafity takes` lists the takes with their numbers and digests",
            code="unknown-take",
        )
    return found[0]


async def _chosen(found: Table, shot: Shot, word: str | None) -> Clip | None:
    """The clip to keep; `None` where there is none. Raises `Refused` for footage."""
    if shot.clip is not None:
        raise Refused(f"{shot.id} is footage, which nothing makes anew", code="footage-is-kept")
    if word is None:
        clip = await found.recipe.clip(shot.id)
        return clip if isinstance(clip, Clip) else None
    take = chosen((await found.performances([shot]))[shot.id], word, shot.id)
    assert take.clip is not None  # noqa: S101  (only delivered ones are chosen)
    clip = found.archive.recorded(NamedClip(take.clip, take.order))
    return clip if clip.is_there else None


async def _kept(found: Table, shot: Shot, clip: Clip, freeze: bool) -> Keep:
    """The decision about a clip; what is frozen below it stays so while it is the same clip."""
    before = found.decisions.of(shot.id).kept
    if before and before.clip == clip.digest:
        return replace(before, frozen=await frozen_on(found, shot)) if freeze else before
    record = found.archive.video(clip.digest, clip.order)
    takes = record.about.get("parts") if record else None
    take = takes.get("take") if isinstance(takes, dict) else None
    return Keep(
        clip=clip.digest,
        order=clip.order,
        take=take if isinstance(take, int) and take > 0 else shot.take,
        usd=clip.cost_usd,
        frozen=await frozen_on(found, shot) if freeze else None,
    )


async def frozen_on(found: Table, shot: Shot) -> NamedClip | None:
    """The clip that those that follow start on today. Raises `Refused` where there are several."""
    already = found.decisions.base(shot.id)
    if already is not None:
        return already
    blobs = gone_on_from(found.archive, found.decisions, shot)
    if len(blobs) > 1:
        raise Refused(
            f"the shots after {shot.id} start on {len(blobs)} different clips",
            "",
            "render them once, so that they agree, or keep each of them",
            code="several-clips",
        )
    for blob in blobs:
        record = found.archive.video(blob, None)
        return NamedClip(blob, record.key if record else None)
    current = await found.recipe.clip(shot.id)
    return NamedClip(current.digest, current.order) if isinstance(current, Clip) else None


def _in_words(keep: Keep) -> str:
    frozen = f", what follows goes on from {keep.frozen.clip[:12]}" if keep.frozen else ""
    return f"kept, take {keep.take}, clip {keep.clip[:12]}{frozen}"
