"""`krafity takes`: the stills and takes of a storyboard, as the commands name them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from krafity_cli.amounts import dollars, usd
from krafity_cli.cli.commands.decisions.deciding import DecideAsk, Table, decide
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.cli.output.console import put, say
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.render.changes.performances import DELIVERED, Performance
from krafity_cli.render.types import Clip
from krafity_cli.storyboard.model import Shot


def list_takes(ask: DecideAsk) -> int:
    """Show every take of the shots, or of all shots where none is named."""
    return decide(ask, _list)


async def _list(found: Table) -> int:
    shots = found.shots(everything=not found.ask.shots)
    takes = await found.performances(shots)
    rows: list[dict[str, Any]] = [
        {
            "id": shot.id,
            "stills": [],
            "takes": [await _row(found, shot, take) for take in takes.get(shot.id, ())],
        }
        for shot in shots
    ]
    if found.ask.json:
        head = {"schema": SCHEMA, "storyboard": found.production.board.name}
        put(as_text({**head, "section": found.decisions.section, "shots": rows}))
        return Exit.DONE
    lines = [line for row in rows if row["takes"] for line in (row["id"], *_lines(row["takes"]))]
    say("\n".join(lines) or "no shot has a take yet", sys.stdout)
    return Exit.DONE


async def _row(found: Table, shot: Shot, take: Performance) -> dict[str, Any]:
    clip = await found.recipe.clip(shot.id)
    keep = found.decisions.kept(shot.id)
    return {
        "n": take.n,
        "take": take.take,
        "when": take.when,
        "clip_digest": take.clip,
        "order": take.order,
        "path": _path(found, shot, take),
        "seconds": take.seconds,
        "usd": usd(take.usd),
        "state": take.state,
        "current": isinstance(clip, Clip) and clip.digest == take.clip,
        "kept": bool(keep and keep.clip == take.clip),
        "patch": take.is_patch,
    }


def _path(found: Table, shot: Shot, take: Performance) -> str | None:
    """Where the take lies in the output folder, if it does."""
    names = (f"shots/{shot.id}.mp4", f"takes/{shot.id}.{take.take}.mp4")
    folder = found.opened.folder
    return next((name for name in names if take.clip and folder.digest(name) == take.clip), None)


def _lines(takes: list[dict[str, Any]]) -> Iterator[str]:
    for take in takes:
        marks = [name for name in ("current", "kept", "patch") if take[name]]
        if take["state"] != DELIVERED:
            marks.insert(0, take["state"])
        cells = (
            f"{take['n']:>4}",
            f"take {take['take']}",
            (take["clip_digest"] or "-")[:12],
            take["when"][:16].replace("T", " "),
            f"{take['seconds']:g} s",
            dollars(take["usd"]),
            ", ".join(marks),
        )
        yield "  ".join(cells).rstrip()
