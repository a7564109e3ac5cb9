"""What a command line asks for, and the storyboards it names, read and ready to be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from krafity_cli.cache import Cache
from krafity_cli.cli.environment import settings
from krafity_cli.cli.output.console import say
from krafity_cli.cli.output.errors import tell
from krafity_cli.cli.wiring import Choice, locked_production, output_folder, production
from krafity_cli.delivery.films.finish import PLAIN, Finish
from krafity_cli.engines.protocol import Engine
from krafity_cli.errors import CacheRefused, KrafityError, Refused
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.orders.limits.budget import Standing
from krafity_cli.orders.terms import Terms
from krafity_cli.render.engine_limits import residency
from krafity_cli.render.run import Production, Wish
from krafity_cli.render.special_runs.locked import check_locked, in_cuts
from krafity_cli.settings import Settings
from krafity_cli.storyboard.model import Storyboard

RETRIES = frozenset({"unknown", "filtered", "failed", "damaged"})


@dataclass(frozen=True)
class Ask:
    """What the command line asked for."""

    files: tuple[Path, ...]
    flags: Mapping[str, Any] = field(default_factory=dict)
    quick: bool = False
    only: tuple[str, ...] = ()
    start_from: tuple[str, ...] = ()
    refresh: frozenset[str] = frozenset()
    approved: bool = False
    locked: bool = False
    offline: bool = False
    fail_fast: bool = False
    strict: bool = False
    json: bool = False
    verbose: bool = False
    quiet: bool = False
    variants: int = 0
    max_cost: float | None = None
    partial: bool = False
    yes: bool = False
    wait: str | None = None
    retry: str | None = None
    junit: Path | None = None
    events: Path | None = None
    finish: Finish = PLAIN

    def wish(self, jobs: int) -> Wish:
        """What of each storyboard to make."""
        return Wish(
            self.only,
            self.start_from,
            self.refresh,
            jobs,
            self.fail_fast,
            self.variants,
            approved_only=self.approved,
        )

    def retries(self) -> frozenset[str]:
        """Which old troubles to try again. Raises `Refused` for a word that names none."""
        words = frozenset(word.strip() for word in (self.retry or "").split(",") if word.strip())
        if words - RETRIES:
            raise Refused(
                f"--retry does not take `{', '.join(sorted(words - RETRIES))}`",
                "",
                f"it takes {', '.join(sorted(RETRIES))}, separated by commas",
                code="unknown-retry",
            )
        return words


@dataclass(frozen=True)
class Opened:
    """A storyboard ready to be made."""

    file: Path
    production: Production
    choice: Choice
    wish: Wish
    folder: GuardedFolder
    standing: Standing | None = None


@dataclass(frozen=True)
class Unopened:
    """A storyboard that is refused, and why."""

    file: Path
    error: KrafityError


@dataclass(frozen=True)
class Shared:
    """What all files of a call share: money, patience, and the words for old troubles."""

    terms: Terms
    cache: Cache


def open_file(file: Path, ask: Ask, cache: Cache) -> Opened | Unopened:
    """A storyboard ready to be made, or why it is refused. Raises `CacheRefused`."""
    try:
        chosen = settings(file, **ask.flags)
        for note in chosen.notes:
            say(f"note: {note}")
        opening = locked_production if ask.locked else production
        made, choice = opening(file, chosen, cache, ask.wish(1), ask.quick)
        away = residency(
            made.board, str(file), choice.engine, made.model_of, made.selected(ask.wish(1))
        )
        for words in away:
            say(f"note: {words}; `residency` can refuse that")
        limit = Standing.of(chosen.budget) if chosen.budget else None
        folder = output_folder(file, choice.engine, ask.quick, chosen, len(ask.files) > 1)
        folder.check()
        made = replace(made, outputs=folder)
        if ask.locked:
            check_locked(made)
    except CacheRefused:
        raise
    except Refused as error:
        return Unopened(file, error)
    if ask.finish.burn_in:
        _warn_of_boxes(file, made.board)
    jobs = _jobs(chosen, choice.engine)
    wish = ask.wish(jobs)
    if ask.locked and not wish.only:
        wish = replace(wish, only=in_cuts(made))
    return Opened(file, made, choice, wish, folder, limit)


def _jobs(chosen: Settings, engine: Engine) -> int:
    """Actions at once. A project's file may ask for fewer than the engine does, not for more."""
    if chosen.jobs is None:
        return engine.parallel
    if chosen.project("jobs") is None or chosen.jobs <= engine.parallel:
        return chosen.jobs
    say(
        f"note: `jobs` in {chosen.origin('jobs')} is lowered to {engine.parallel}, which is what "
        f"the engine {engine.name} does at once here; --jobs sets more"
    )
    return engine.parallel


def _warn_of_boxes(file: Path, board: Storyboard) -> None:
    """Name the letters that would be burnt in as boxes, at the line where they are spoken."""
    # Brings Pillow, and looks through the fonts of the machine.
    from krafity_cli.media.overlays.lettering import boxes_in, boxes_in_words

    for shot in board.shots:
        boxes = boxes_in([shot.dialogue or ""])
        if boxes:
            place = shot.places["dialogue"]
            say(
                f"{file}:{place.line}:{place.column}: warning: no font on this machine has "
                f"{boxes_in_words(boxes)}; --burn-in draws a box for each. Install a font of that "
                "script"
            )


def open_files(ask: Ask, cache: Cache) -> list[Opened | Unopened]:
    """Every storyboard of a call, each file once. Raises `Refused` where outputs would collide."""
    files = {file.resolve(): file for file in reversed(ask.files)}
    opened = [open_file(file, ask, cache) for file in reversed(files.values())]
    owners: dict[Path, Path] = {}
    for one in opened:
        if isinstance(one, Opened):
            other = owners.setdefault(one.folder.path, one.file)
            if other != one.file:
                raise Refused(
                    f"{other} and {one.file} would both write to {one.folder.path}",
                    "",
                    "remove --out, or choose a different folder for each",
                    code="shared-outputs",
                )
    return opened


def tell_each(bad: Sequence[Unopened]) -> None:
    """Say why storyboards are not made; what concerns several of them alike is said once."""
    files: dict[int, list[str]] = {}
    for one in bad:
        files.setdefault(id(one.error), []).append(str(one.file))
    for error in {id(one.error): one.error for one in bad}.values():
        names = files[id(error)]
        if len(names) > 1:
            say(f"{names[0]} and {len(names) - 1} more:")
        tell(error)
