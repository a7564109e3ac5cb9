"""Reports as JSON documents: what `--json` prints, and `manifest.json` in the output folder.

An output folder may have been sent by anybody: its manifest is checked field by field, and names no
file but those a render writes. Manifests of older versions are read: what they lack is unknown.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from krafity_cli.delivery.json_document import SCHEMA
from krafity_cli.errors import Refused
from krafity_cli.guarded_folder import MANIFEST, GuardedFolder
from krafity_cli.render.report.reports import Film, PlanReport, RunReport

_AGAIN = "render again to write it"

MOST_BYTES = 64 << 20
"""The largest manifest that is read: some 50,000 shots."""


_UNSTARTED = ("schema", "storyboard", "title", "status", "problems")
"""The keys of a storyboard that was not started, as far as there is something to say."""


def run_document(report: RunReport) -> dict[str, Any]:
    """A run's report as JSON."""
    document = {"schema": SCHEMA, **_runs().dump_python(report, by_alias=True)}
    if not report.shots:
        return {key: document[key] for key in _UNSTARTED if document[key]}
    if not report.problems:
        del document["problems"]
    return document


def plan_document(report: PlanReport) -> dict[str, Any]:
    """A plan's report as JSON."""
    return {"schema": SCHEMA, **_plans().dump_python(report, by_alias=True)}


def read_manifest(folder: GuardedFolder) -> RunReport:
    """The last run's report. Raises `FileNotFoundError`, or `Refused` for a bad manifest."""
    path = folder.path / MANIFEST
    try:
        return _report(json.loads(folder.read(MANIFEST, MOST_BYTES).decode("utf-8")))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise Refused(f"{path} cannot be read", _why(error), _AGAIN, code="bad-manifest") from error


def _report(document: Any) -> RunReport:
    """The report in a document. Raises `ValueError` for what is none."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f"`schema` must be {SCHEMA}")
    report = _runs().validate_python(document)
    if not report.shots:
        raise ValueError("shots: there are none")
    for film in report.films:
        _check_film(film)
    return report


def _check_film(film: Film) -> None:
    """Raise `ValueError` for shots that cannot begin where it says."""
    starts = [*film.starts]
    if len(starts) != len(film.shots):
        raise ValueError(f"films.{film.cut}: as many starts as shots are needed")
    if starts != sorted(starts) or starts[:1] not in ([], [0]) or starts[-1:] > [film.frames]:
        raise ValueError(
            f"films.{film.cut}: the shots must start one after the other, from frame 0 on"
        )


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)


# How to read and write a type is worked out when it is first needed.


@cache
def _runs() -> TypeAdapter[RunReport]:
    return TypeAdapter(RunReport)


@cache
def _plans() -> TypeAdapter[PlanReport]:
    return TypeAdapter(PlanReport)
