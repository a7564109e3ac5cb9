"""The composition root: the one place that puts the parts together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from krafity_cli.cache import Cache, remote_at
from krafity_cli.cli import temporary
from krafity_cli.cli.environment import cache_folder, expanded, settings
from krafity_cli.engines.protocol import Engine, Placed
from krafity_cli.engines.registry import build, first_available
from krafity_cli.engines.setup import Setup
from krafity_cli.errors import Problems, Refused
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.media.input_files import Memo, Shelf
from krafity_cli.orders.keep import Looking
from krafity_cli.render.decisions.decisions import Decisions
from krafity_cli.render.decisions.lock import section_of
from krafity_cli.render.decisions.lock_file import read_lock
from krafity_cli.render.engine_limits import check, quick
from krafity_cli.render.lookup import ModelOf
from krafity_cli.render.run import Production, Wish
from krafity_cli.render.special_runs.locked import RecordedEngine, engine_of
from krafity_cli.setting_types import ModelChoice
from krafity_cli.settings import Settings
from krafity_cli.storyboard.defaults import BadDefaults, with_defaults
from krafity_cli.storyboard.model import Model, Shot, Storyboard
from krafity_cli.storyboard.read import read_storyboard
from krafity_cli.storyboard.yaml.source import storyboard_bytes
from krafity_cli.toml_file import read_toml


@dataclass(frozen=True)
class Choice:
    """The engine that was chosen, by whom, and the line that tells a person.

    `elsewhere` names host and project where they are not the provider's own for this account.
    """

    engine: Engine
    origin: str
    said: str
    elsewhere: str = ""


def open_cache(chosen: Settings) -> Cache:
    """The cache, opened. Raises `CacheRefused` where it cannot be trusted or used."""
    url, origin = chosen.cache_remote, chosen.origin("cache_remote")
    remote = remote_at(url, origin, chosen.environment) if url else None
    folder = cache_folder(chosen)
    cache = Cache.open(folder, ages=chosen.cache_ttl, remote=remote, judge=Looking())
    temporary.settle(cache.path)
    return cache


def read(file: Path, memo: Memo) -> tuple[Storyboard, Shelf]:
    """A storyboard and its pictures. Raises `Problems`, or `Refused` for an unreadable file."""
    folder = file.resolve().parent
    shelf = Shelf(folder, memo)
    board = read_storyboard(storyboard_bytes(file), str(file), folder, shelf)
    return replace(board, name=file.name), shelf


def read_tasted(file: Path, chosen: Settings, memo: Memo) -> tuple[Storyboard, Shelf]:
    """A storyboard over the defaults of the settings, and its pictures; no engine is asked."""
    board, shelf = read(file, memo)
    return _with_taste(board, chosen), shelf


def read_only(file: Path) -> Storyboard:
    """A storyboard that is only looked at, with everything checked that a render would check."""
    chosen = settings(file)
    board = _with_taste(read(file, _Forgetful())[0], chosen)
    choice = choose_engine(board, str(file), chosen)
    everything = [shot.id for shot in board.shots]
    check(board, str(file), choice.engine, models(choice.engine, chosen), everything)
    read_lock(file)
    return board


class _Forgetful:
    """Stands in for the cache's notes where no cache is opened."""

    def get(self, key: str) -> str | None:
        del key
        return None

    def put(self, key: str, value: str) -> None:
        del key, value


def choose_engine(board: Storyboard, file: str, chosen: Settings) -> Choice:
    """The engine by flag, environment, storyboard or settings; `auto` says what it found."""
    name, origin = _engine_name(board, chosen)
    if name == "auto":
        return _automatic(chosen)
    return _choice(
        _named(board, file, name, origin, _setup(chosen)), origin, f"engine {name} ({origin})"
    )


def engine_for_nobody(chosen: Settings) -> Choice:
    """The engine a storyboard that names none would get. Raises `Refused` where there is none."""
    name, origin = chosen.engine, chosen.origin("engine")
    if name == "auto":
        return _automatic(chosen)
    return _choice(engine_named(name, chosen), origin, f"engine {name} ({origin})")


def _automatic(chosen: Settings) -> Choice:
    name, why = first_available(_setup(chosen))
    return _choice(engine_named(name, chosen), "auto", f"engine {name}: {why}")


def _choice(engine: Engine, origin: str, said: str) -> Choice:
    place = engine.elsewhere() if isinstance(engine, Placed) else ""
    elsewhere = f", at {place}" if place else ""
    return Choice(engine, origin, f"{said}{elsewhere}", elsewhere)


def engine_named(name: str, chosen: Settings) -> Engine:
    """An engine by its name, as the environment and the settings set it up."""
    return build(name, _setup(chosen))


def production(
    file: Path, chosen: Settings, cache: Cache, wish: Wish, is_quick: bool
) -> tuple[Production, Choice]:
    """Everything a storyboard is made with, checked against what the engine can do."""
    board, shelf = read(file, cache.memo)
    board = _with_taste(board, chosen)
    choice = choose_engine(board, str(file), chosen)
    model_of = models(choice.engine, chosen)
    if is_quick:
        board = quick(board, choice.engine, model_of)
    edition = "quick" if is_quick else ""
    section = section_of(is_paid=choice.engine.paid, is_quick=is_quick)
    decisions = Decisions(section, read_lock(file))
    board = decisions.with_takes(board)
    made = Production(board, cache, choice.engine, model_of, shelf, edition, decisions, decisions)
    check(board, str(file), choice.engine, model_of, made.selected(wish))
    return made, choice


def locked_production(
    file: Path, chosen: Settings, cache: Cache, wish: Wish, is_quick: bool
) -> tuple[Production, Choice]:
    """What the kept clips alone are made with: the `final` section unless flags name another."""
    board, shelf = read(file, cache.memo)
    board = _with_taste(board, chosen)
    is_free = chosen.engine == "animatic" and chosen.origin("engine").startswith("--")
    section = section_of(is_paid=not is_free, is_quick=is_quick)
    decisions = Decisions(section, read_lock(file))
    board = decisions.with_takes(board)
    edition = "quick" if is_quick else ""
    engine = RecordedEngine("locked", paid=not is_free)
    made = Production(
        board, cache, engine, models(engine, chosen), shelf, edition, decisions, decisions
    )
    engine.name = engine_of(made)
    made.selected(wish)
    return made, Choice(engine, "--locked", "the kept clips, and nothing else")


def output_folder(
    file: Path, engine: Engine, is_quick: bool, chosen: Settings, many: bool
) -> GuardedFolder:
    """Where a storyboard's outputs go: `--out`, else a folder beside it named for the edition."""
    if chosen.out:
        return chosen_folder(chosen, *([file.stem] if many else []))
    parts = [file.stem, "animatic" if not engine.paid else "", "quick" if is_quick else ""]
    name = ".".join(part for part in parts if part) + ".krafity"
    return GuardedFolder.below(file.resolve().parent, name)


def stills_folder(file: Path, out: Path | None) -> GuardedFolder:
    """Where a storyboard's stills go: `--out`, else a folder beside it that engines share."""
    if out is not None:
        return GuardedFolder.named(out)
    return GuardedFolder.below(file.resolve().parent, f"{file.stem}.stills")


def chosen_folder(chosen: Settings, *parts: str) -> GuardedFolder:
    """The folder that `out` says, or one below it.

    One that a project's file says is a folder below that file; what a user says is taken as it is.
    """
    out, project = chosen.out, chosen.project("out")
    if project is not None:
        return GuardedFolder.below(project, *PurePosixPath(out).parts, *parts)
    return GuardedFolder.named(expanded(out), *parts)


def models(engine: Engine, chosen: Settings) -> ModelOf:
    """Who answers a role for a shot: the shot's own word, the settings', the engine's."""

    def model_of(shot: Shot, role: str) -> Model:
        own: Model | None = getattr(shot.models, role)
        if own is not None:
            return own
        taste: ModelChoice | None = getattr(chosen.models, role)
        if taste is not None:
            return Model(taste.use, taste.accept, taste.location)
        use, accept = engine.models(role)
        return Model(use, accept)

    return model_of


def _with_taste(board: Storyboard, chosen: Settings) -> Storyboard:
    """The storyboard with the defaults of the settings below its own. Raises `Problems`."""
    try:
        return with_defaults(board, chosen.defaults)
    except BadDefaults as error:
        file = read_toml(Path(chosen.origin("defaults")))
        found = (
            file.problem(("defaults", name), "bad-default", why) for name, why in error.bad.items()
        )
        raise Problems(sorted(found, key=lambda each: each.position)) from error


def _setup(chosen: Settings) -> Setup:
    return Setup(chosen.environment, chosen)


def _engine_name(board: Storyboard, chosen: Settings) -> tuple[str, str]:
    origin = chosen.origin("engine")
    by_word = origin.startswith(("--", "KRAFITY_"))
    if board.engine and not by_word:
        return board.engine, "the storyboard"
    return chosen.engine, origin


def _named(board: Storyboard, file: str, name: str, origin: str, setup: Setup) -> Engine:
    try:
        return build(name, setup)
    except Refused as refused:
        place = board.places.get("engine")
        if origin != "the storyboard" or place is None:
            raise
        raise Problems([replace(refused.problem, place=place, file=file)]) from refused
