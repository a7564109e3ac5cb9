"""Settings and where each came from: flag, environment, project file, user's file, default.

A `krafity.toml` beside the storyboard (or above it, up to the repository's root) may set taste
only: it comes with a storyboard somebody else may have written. Where data goes and what things
cost is taken from flags, the environment or the user's own file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from krafity_cli.errors import Problems, Refused
from krafity_cli.settings_rules import RESIDENCY, wrong_types
from krafity_cli.toml_file import read_toml


@dataclass(frozen=True, slots=True)
class Known:
    """A setting there is: what it is for (in Markdown), its flag, its environment variable."""

    words: str
    flag: str = ""
    variable: str = ""
    is_taste: bool = False


KNOWN: Mapping[str, Known] = {
    "engine": Known(
        'Who performs: `"auto"`, `"animatic"`, `"vertex"`, `"gemini"`, or one that a package '
        "registers.",
        "--engine",
        "KRAFITY_ENGINE",
        is_taste=True,
    ),
    "models": Known(
        "Which models answer where the storyboard does not say: `vision`, `image` and `video`, "
        "each a name or `{use = NAME, accept = [OLD], location = L}`.",
        is_taste=True,
    ),
    "defaults": Known(
        "Fields for every shot that neither the shot nor the storyboard sets.", is_taste=True
    ),
    "out": Known(
        "The output folder; a project's file may only name one below itself.",
        "--out",
        "KRAFITY_OUT",
        is_taste=True,
    ),
    "jobs": Known(
        "Actions at once; otherwise the engine says. A project's file asks for no more than that.",
        "--jobs",
        "KRAFITY_JOBS",
        True,
    ),
    "cache": Known(
        "The cache folder; otherwise the user's cache directory.",
        "--cache-dir",
        "KRAFITY_CACHE_DIR",
    ),
    "cache_remote": Known(
        "A shared cache behind the local one: `s3://`, `gs://` or `file://`.",
        variable="KRAFITY_CACHE_REMOTE",
    ),
    "cache_ttl": Known(
        'How long answers hold, by kind: `{analyze = "30d"}`; of `analyze`, `clean`, `improve`, '
        "`context`. Otherwise for ever, as clips always do."
    ),
    "budget": Known(
        'A standing budget: `{usd = 300, per = "month"}`; per `storyboard`, `folder`, `day` or '
        "`month`, reckoned over the ledger. A storyboard that is moved is another one. With "
        '`consent = "budget"` it lets runs spend unasked, also where a file names the engine.'
    ),
    "prices": Known('Your own prices by model, in USD: `{"MODEL" = 0.08}`, video per second.'),
    "bucket": Known("Where Vertex AI puts clips: `gs://BUCKET/FOLDER`; otherwise in its answer."),
    "labels": Known('Labels for the bill: `{team = "film"}`.'),
    "poll_scale": Known(
        "Asks after orders less often (above 1) or more often (below).",
        variable="KRAFITY_POLL_SCALE",
    ),
    "capabilities": Known(
        "A file laid over what krafity knows of models: durations, sizes, locations, prices."
    ),
    "endpoints": Known('Other servers: `{vertex = "URL", gemini = "URL"}`.'),
    "residency": Known(
        '`"strict"`: nothing is sent to a location outside the part of the world that '
        "`GOOGLE_CLOUD_LOCATION` lies in (Europe, the US, ...); otherwise `plan` says what is.",
        variable="KRAFITY_RESIDENCY",
    ),
    "gemini": Known(
        '`{waiting = true}`: wait within the request; `{api_version = "v1"}`: another version.'
    ),
}
"""Every setting by its name in `krafity.toml`."""

TASTE = frozenset(name for name, known in KNOWN.items() if known.is_taste)
"""What a project's `krafity.toml` may set."""

PERSONAL = frozenset(KNOWN)
"""What the user's own file may set."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and where it was set, in words a person can go and look up.

    `project` is the folder of the project's file that set it.
    """

    value: Any
    origin: str
    project: Path | None = None


@dataclass(frozen=True)
class Settings:
    """All settings of one run; what nobody set is absent. `notes` are told to the user once."""

    values: Mapping[str, Setting] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a setting, or `default`."""
        setting = self.values.get(name)
        return default if setting is None else setting.value

    def origin(self, name: str) -> str:
        """Where a setting was set; `default` where nobody did."""
        setting = self.values.get(name)
        return "default" if setting is None else setting.origin


def settings_for(
    storyboard: Path | None,
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    user_file: Path,
) -> Settings:
    """The settings that hold for one storyboard.

    Raises `Refused` for a file that is not TOML, `Problems` for values of a wrong type.

    `flags` maps a setting's name to what the command line says; `None` is not said.
    """
    notes: list[str] = []
    values: dict[str, Setting] = {}
    values.update(_file(user_file, PERSONAL, notes))
    if storyboard is not None:
        for path in reversed(list(_project_files(storyboard, notes))):
            values.update(_file(path, TASTE, notes, project=True))
    for name, known in KNOWN.items():
        if environment.get(known.variable):
            values[name] = Setting(environment[known.variable], known.variable)
    for name, value in flags.items():
        if value is not None:
            values[name] = Setting(value, f"--{name.replace('_', '-')}")
    return Settings(_checked(values), environment, tuple(notes))


def _project_files(storyboard: Path, notes: list[str]) -> Iterator[Path]:
    """`krafity.toml` beside the storyboard and above it, nearest first."""
    for folder in storyboard.resolve().parents:
        path = folder / "krafity.toml"
        if path.is_file():
            if path.resolve().name != path.name:
                notes.append(f"{path} is a link to a file of another name and is not read")
            elif path.stat().st_uid == os.getuid():
                yield path
            else:
                notes.append(f"{path} belongs to another user and is not read")
        if (folder / ".git").exists():
            return


def _file(
    path: Path, allowed: frozenset[str], notes: list[str], *, project: bool = False
) -> dict[str, Setting]:
    if not path.is_file():
        return {}
    file = read_toml(path)
    found = {}
    for name, value in file.table.items():
        if name in allowed:
            found[name] = Setting(value, str(path), path.parent if project else None)
        elif name in PERSONAL:
            notes.append(
                f"{path}: `{name}` is not read from a project's file; "
                "set it by flag, environment or in your own settings"
            )
        else:
            raise Refused(
                f"{path}: there is no setting `{name}`",
                "",
                f"settings are {', '.join(sorted(allowed))}",
                code="unknown-setting",
            )
    problems = list(wrong_types(file, found, by_user=not project))
    if problems:
        raise Problems(problems)
    return found


def _checked(values: dict[str, Setting]) -> dict[str, Setting]:
    jobs = values.get("jobs")
    if jobs is not None:
        values["jobs"] = replace(jobs, value=_whole(jobs))
    scale = values.get("poll_scale")
    if scale is not None:
        values["poll_scale"] = replace(scale, value=_factor(scale))
    residency = values.get("residency")
    if residency is not None and residency.value not in RESIDENCY:
        known = " or ".join(RESIDENCY)
        what = f"{residency.origin} must be {known}, not `{residency.value}`"
        raise Refused(what, code="bad-value")
    out = values.get("out")
    if out is not None and out.project is not None and not _is_below(str(out.value)):
        raise Refused(
            f"`out` in {out.origin} must name a folder below that file",
            "a project's file may not write elsewhere: no `..`, no `~`, no absolute path",
            "for another folder use --out, KRAFITY_OUT or your own settings",
            code="bad-out",
        )
    return values


def _is_below(path: str) -> bool:
    """Whether a path names a folder below where it starts, on every system."""
    parts = re.split(r"[/\\]", path.rstrip("/"))
    escapes = any(part in ("", "..") or part.startswith("~") or ":" in part for part in parts)
    return not escapes and set(parts) != {"."}


def _factor(setting: Setting) -> float:
    try:
        number = float(setting.value)
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < 1000:
        raise Refused(
            f"{setting.origin} must be a number above 0, not `{setting.value}`", code="out-of-range"
        )
    return number


def _whole(setting: Setting) -> int:
    try:
        number = int(setting.value)
    except (TypeError, ValueError):
        number = 0
    if number < 1:
        raise Refused(
            f"{setting.origin} must be a whole number from 1 on, not `{setting.value}`",
            code="out-of-range",
        )
    return number
