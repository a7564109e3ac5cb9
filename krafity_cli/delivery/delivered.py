"""What a render delivered earlier, read back from its output folder.

An output folder may have been sent by anybody: its manifest is checked field by field, and names no
file but those a render writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from krafity_cli.errors import Refused

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}"
Id = Annotated[str, Field(pattern=rf"^{_NAME}$")]
Output = Annotated[str, Field(pattern=rf"^(shots|standins|frames|films|context)/{_NAME}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Amount = Annotated[float, Field(ge=0, le=1e12)]
Count = Annotated[int, Field(ge=0, le=10**9)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow")


class _Mark(_Part):
    kind: str
    words: str
    box: tuple[float, float, float, float]


class _Drawings(_Part):
    drawn: bool
    directs: str
    marks: list[_Mark]


class _StandIn(_Part):
    path: Output
    digest: Digest
    first_frame: Output | None = None


class _Shot(_Part):
    id: Id
    status: str
    reason: str
    clip: Output | None
    first_frame: Output | None
    last_frame: Output | None
    context: Output | None
    duration: Count
    take: Count
    intent: Digest | None
    order: Digest | None
    clip_digest: Digest | None
    calls: dict[str, Count]
    cost_usd: Amount
    seconds: Amount
    blocked_by: str | None
    error: str | None
    drawings: _Drawings | None = None
    standin: _StandIn | None = None


class _FilmShot(_Part):
    id: Id
    standin: bool


class _Seam(_Part):
    before: Id = Field(alias="from")
    after: Id = Field(alias="to")
    difference: Amount
    colour: Amount
    loudness: float | None


class _Film(_Part):
    cut: Id
    path: Output
    frames: Annotated[int, Field(gt=0)]
    seconds: Annotated[float, Field(gt=0)]
    shots: list[_FilmShot]
    starts: list[Count]
    seams: list[_Seam] = []


class _Manifest(_Part):
    schema_: Literal[1] = Field(alias="schema")
    storyboard: str
    title: str
    engine: str
    status: str
    seconds: Amount
    cost_usd: Amount
    film_cost_usd: Amount
    saved_usd: Amount
    calls: dict[str, Count]
    shots: list[_Shot]
    films: list[_Film]


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest in an output folder. Raises `FileNotFoundError`, or `Refused` for a bad one."""
    path = folder / "manifest.json"
    try:
        text = path.read_text(encoding="utf-8")
        document: dict[str, Any] = json.loads(text)
        _Manifest.model_validate(document)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise Refused(f"{path} cannot be read", _why(error), "render again to write it") from error
    for film in document["films"]:
        why = _mismatch(film)
        if why:
            raise Refused(
                f"{path} cannot be read", f"films.{film['cut']}: {why}", "render again to write it"
            )
    return document


def _mismatch(film: Mapping[str, Any]) -> str:
    """What about a film's shots cannot be."""
    starts = film["starts"]
    if len(starts) != len(film["shots"]):
        return "as many starts as shots are needed"
    if starts != sorted(starts) or starts[:1] not in ([], [0]) or starts[-1:] > [film["frames"]]:
        return "the shots must start one after the other, from frame 0 on"
    return ""


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)
