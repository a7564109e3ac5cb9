"""Settings and where each came from: flag, environment, project file, user's file, default.

A `krafity.toml` beside the storyboard (or above it, up to the repository's root) may set taste
only: it comes with a storyboard somebody else may have written. Where data goes and what things
cost is taken from flags, the environment or the user's own file.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args

from pydantic import Field, ValidationError
from pydantic.config import JsonDict
from pydantic_core import ErrorDetails

from krafity_cli import setting_types as types
from krafity_cli.errors import Problem, Problems, Refused
from krafity_cli.toml_file import Steps, TomlFile, read_toml


@dataclass(frozen=True, slots=True)
class Known:
    """What a setting is for (in Markdown), its flag, its environment variable.

    `is_taste`: a project's file may set it.
    """

    words: str
    flag: str = ""
    variable: str = ""
    is_taste: bool = False


def _setting(
    words: str, default: Any = None, flag: str = "", variable: str = "", is_taste: bool = False
) -> Any:
    known: JsonDict = {"flag": flag, "variable": variable, "is_taste": is_taste}
    return Field(default, description=words, json_schema_extra=known)


class Values(types.Table):
    """The value of every setting, by its name in `krafity.toml`."""

    engine: types.Text = _setting(
        'Who performs: `"auto"`, `"animatic"`, `"vertex"`, `"gemini"`, or one that a package '
        "registers.",
        "auto",
        "--engine",
        "KRAFITY_ENGINE",
        is_taste=True,
    )
    models: types.Models = _setting(
        "Which models answer where the storyboard does not say: `vision`, `image` and `video`, "
        "each a name or `{use = NAME, accept = [OLD], location = L}`.",
        types.Models(),
        is_taste=True,
    )
    defaults: Mapping[str, Any] = _setting(
        "Fields for every shot that neither the shot nor the storyboard sets.", {}, is_taste=True
    )
    out: types.Text = _setting(
        "The output folder; a project's file may only name one below itself.",
        "",
        "--out",
        "KRAFITY_OUT",
        is_taste=True,
    )
    jobs: types.Jobs | None = _setting(
        "Actions at once; otherwise the engine says. A project's file asks for no more than that.",
        None,
        "--jobs",
        "KRAFITY_JOBS",
        is_taste=True,
    )
    cache: types.Text = _setting(
        "The cache folder; otherwise the user's cache directory.",
        "",
        "--cache-dir",
        "KRAFITY_CACHE_DIR",
    )
    cache_remote: types.Text = _setting(
        "A shared cache behind the local one: `s3://`, `gs://` or `file://`.",
        "",
        variable="KRAFITY_CACHE_REMOTE",
    )
    cache_ttl: Mapping[types.Expiring, types.Span] = _setting(
        'How long answers hold, by kind: `{analyze = "30d"}`; of `analyze`, `clean`, `improve`, '
        "`context`. Otherwise for ever, as clips always do.",
        {},
    )
    budget: types.Budget | None = _setting(
        'A standing budget: `{usd = 300, per = "month"}`; per `storyboard`, `folder`, `day` or '
        "`month`, reckoned over the ledger. A storyboard that is moved is another one. With "
        '`consent = "budget"` it lets runs spend unasked, also where a file names the engine.'
    )
    prices: Mapping[str, types.Price] = _setting(
        'Your own prices by model, in USD: `{"MODEL" = 0.08}`, video per second.', {}
    )
    bucket: types.Bucket | None = _setting(
        "Where Vertex AI puts clips: `gs://BUCKET/FOLDER`; otherwise in its answer."
    )
    labels: Mapping[str, types.Label] = _setting('Labels for the bill: `{team = "film"}`.', {})
    poll_scale: types.Factor = _setting(
        "Asks after orders less often (above 1) or more often (below).",
        1.0,
        variable="KRAFITY_POLL_SCALE",
    )
    capabilities: types.Text = _setting(
        "A file laid over what krafity knows of models: durations, sizes, locations, prices.", ""
    )
    endpoints: Mapping[str, types.Url] = _setting(
        'Other servers: `{vertex = "URL", gemini = "URL"}`.', {}
    )
    residency: types.Residency = _setting(
        '`"strict"`: nothing is sent to a location outside the part of the world that '
        "`GOOGLE_CLOUD_LOCATION` lies in (Europe, the US, ...); otherwise `plan` says what is.",
        "open",
        variable="KRAFITY_RESIDENCY",
    )
    gemini: types.Gemini = _setting(
        '`{waiting = true}`: wait within the request; `{api_version = "v1"}`: another version.',
        types.Gemini(),
    )


KNOWN: Mapping[str, Known] = {
    name: Known(str(field.description), **cast(dict[str, Any], field.json_schema_extra))
    for name, field in Values.model_fields.items()
}
"""What is known of every setting; the user's own file may set them all."""

TASTE = frozenset(name for name, known in KNOWN.items() if known.is_taste)
"""What a project's `krafity.toml` may set."""


class Origin(NamedTuple):
    """Where a value was set, in words a person can go and look up.

    `project` is the folder of the project's file that set it.
    """

    words: str
    project: Path | None = None


class Settings(Values):
    """All settings of one run, and the origin of each that somebody set.

    `notes` are shown to the user once.
    """

    environment: Mapping[str, str]
    origins: Mapping[str, Origin]
    notes: tuple[str, ...]

    def origin(self, name: str) -> str:
        """Where a setting was set; `default` where nobody did."""
        return self.origins[name].words if name in self.origins else "default"

    def project(self, name: str) -> Path | None:
        """The folder of the project's file that set it, where one did."""
        return self.origins[name].project if name in self.origins else None


def settings_for(
    storyboard: Path | None,
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    user_file: Path,
) -> Settings:
    """The settings that hold for one storyboard.

    Raises `Problems` with every problem of every source; `Refused` where there is but one, and it
    has no place in a file.

    `flags` maps a setting's name to what the command line says; `None` is not said.
    """
    reading = _Reading()
    reading.file(user_file)
    if storyboard is not None:
        for path in reversed(list(_project_files(storyboard, reading.notes))):
            reading.file(path, path.parent)
    reading.words(flags, environment)
    return reading.settings(environment)


class _Reading:
    """What the sources say, each over the one before, and every problem with it."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._values: dict[str, Any] = {}
        self._origins: dict[str, Origin] = {}
        self._problems: list[Problem] = []

    def file(self, path: Path, project: Path | None = None) -> None:
        """Read the user's file, or one of a project."""
        if not path.is_file():
            return
        try:
            file = read_toml(path)
        except Refused as refused:
            self._problems += refused.problems
            return
        allowed = KNOWN.keys() if project is None else TASTE
        self.notes += (
            f"{path}: `{name}` is not read from a project's file; "
            "set it by flag, environment or in your own settings"
            for name in file.table
            if name in KNOWN and name not in allowed
        )
        problems = [
            file.problem(
                (name,),
                "unknown-setting",
                f"unknown setting `{name}`",
                hint=f"choose one of {', '.join(sorted(allowed))}",
            )
            for name in file.table
            if name not in KNOWN
        ]
        table = {name: value for name, value in file.table.items() if name in allowed}
        origins = dict.fromkeys(table, Origin(str(path), project))
        problems += self._take(table, types.Source(project=project), origins, file)
        self._problems += sorted(problems, key=lambda each: each.position)

    def words(self, flags: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        """Read the environment, and the command line over it."""
        said = {
            name: (environment.get(each.variable), each.variable) for name, each in KNOWN.items()
        }
        said = {name: each for name, each in said.items() if each[0]}
        for name, value in flags.items():
            if value is not None:
                said[name] = value, f"--{name.replace('_', '-')}"
        values = {name: value for name, (value, _) in said.items()}
        origins = {name: Origin(words) for name, (_, words) in said.items()}
        self._problems += self._take(values, types.Source(is_word=True), origins)

    def settings(self, environment: Mapping[str, str]) -> Settings:
        """All of it. Raises what was found wrong."""
        out = self._origins.get("out")
        if out and out.project and not _is_below(self._values["out"]):
            what = f"`out` in {out.words} must be a folder below that file"
            why = "a project's file may not write elsewhere: no `..`, no `~`, no absolute path"
            hint = "to use another folder, set it with --out, KRAFITY_OUT or your own settings"
            self._problems.append(Problem("bad-out", what, why, hint))
        if [each.place for each in self._problems] == [None]:
            (problem,) = self._problems
            raise Refused(problem)
        if self._problems:
            raise Problems(self._problems)
        self._values |= {"environment": environment, "origins": self._origins}
        return Settings.model_construct(**self._values, notes=tuple(self.notes))

    def _take(
        self,
        table: Mapping[str, Any],
        source: types.Source,
        origins: Mapping[str, Origin],
        file: TomlFile | None = None,
    ) -> list[Problem]:
        """Lay a source's values over those before, or say what is wrong with them."""
        try:
            read = Values.model_validate(table, context=source)
        except ValidationError as error:
            wrong = [_wrong(each, file is None) for each in error.errors(include_url=False)]
            return [
                file.problem(steps, code, f"`{_spelled(steps)}` {words}", why, hint)
                if file
                else Problem(code, f"{origins[str(steps[0])].words} {words}", why, hint)
                for steps, code, words, why, hint in wrong
            ]
        self._values |= {name: getattr(read, name) for name in table}
        self._origins |= origins
        return []


def _project_files(storyboard: Path, notes: list[str]) -> Iterator[Path]:
    """`krafity.toml` beside the storyboard and above it, nearest first."""
    for folder in storyboard.resolve().parents:
        path = folder / "krafity.toml"
        if path.is_file():
            if path.resolve().name != path.name:
                notes.append(f"{path} is a link to a file with another name, so it is ignored")
            elif path.stat().st_uid == os.getuid():
                yield path
            else:
                notes.append(f"{path} belongs to another user, so it is ignored")
        if (folder / ".git").exists():
            return


def _is_below(path: str) -> bool:
    """Whether a path names a folder below where it starts, on every system."""
    parts = path.replace("\\", "/").rstrip("/").split("/")
    escapes = any(part in ("", "..") or part.startswith("~") or ":" in part for part in parts)
    return not escapes and set(parts) != {"."}


def _wrong(error: ErrorDetails, is_word: bool) -> tuple[Steps, str, str, str, str]:
    """The way to a wrong value, a code, words that follow its name, why, and a hint."""
    steps = tuple(step for step in error["loc"] if step != "[key]")
    code, words, why, hint = "wrong-kind", "", "", ""
    match error["type"]:
        case "missing":
            steps, words = steps[:-1], f"needs `{steps[-1]}`"
        case "extra_forbidden":
            words = f"is not a key of this table{_meant(steps)}"
        case "tuple_type":
            words = f"must be a list of names, not {types.kind_of(error['input'])}"
        case "model_type" | "dict_type" | "mapping_type":
            words = f"must be a table, not {types.kind_of(error['input'])}"
        case "literal_error":
            code = "bad-budget" if steps[0] == "budget" else "bad-value"
            words = f"must be {error['ctx']['expected']}".replace("'", "")
            words += f", not `{error['input']}`" if is_word else ""
        case code:
            words, why, hint = (error["ctx"][part] for part in ("words", "why", "hint"))
    return steps, code, words, why, hint


def _meant(steps: Steps) -> str:
    """The key that was meant, or those there are."""
    table: Any = Values
    for step in steps[:-1]:
        kind = table.model_fields[str(step)].annotation
        kinds = (kind, *get_args(kind))
        table = next(each for each in kinds if hasattr(each, "model_fields"))
    near = difflib.get_close_matches(str(steps[-1]), table.model_fields, 1)
    return (
        f"; did you mean `{near[0]}`?" if near else f"; there are {', '.join(table.model_fields)}"
    )


def _spelled(steps: Steps) -> str:
    """`models.video.accept[0]`"""
    words = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return "".join(words)[1:]
