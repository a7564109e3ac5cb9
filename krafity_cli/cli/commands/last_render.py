"""Finding what a storyboard's last render delivered, for commands that make nothing themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from krafity_cli.cache import Cache
from krafity_cli.cli.wiring import chosen_folder, read_tasted
from krafity_cli.delivery.manifest import read_manifest
from krafity_cli.errors import Refused
from krafity_cli.guarded_folder import MANIFEST, GuardedFolder
from krafity_cli.media.input_files import Shelf
from krafity_cli.render.report.reports import RunReport
from krafity_cli.settings import Settings
from krafity_cli.storyboard.model import Storyboard
from krafity_cli.storyboard.unicode_names import is_same_name


@dataclass(frozen=True)
class Found:
    """A storyboard and the outputs of its last render."""

    board: Storyboard
    shelf: Shelf
    folder: GuardedFolder
    report: RunReport
    edition: str


def find(file: Path, chosen: Settings, cache: Cache, is_quick: bool, flag: str = "--out") -> Found:
    """The storyboard with the newest of its output folders that the settings leave.

    `flag` is how a command line names such a folder. Raises `Problems` for a storyboard that cannot
    be read, `Refused` where nothing was rendered, or a folder has a link where outputs are.
    """
    board, shelf = read_tasted(file, chosen, cache.memo)
    candidates = list(_candidates(file, chosen, is_quick))
    for each in candidates:
        each.check()
    rendered = [folder for folder in candidates if folder.modified(MANIFEST)]
    if not rendered:
        looked = ", ".join(str(folder.path) for folder in candidates)
        raise Refused(
            f"{file.name} has not been rendered yet",
            f"there is no manifest.json in {looked}",
            f"krafity render {file}, or choose the folder with {flag}",
            code="not-rendered",
        )
    folder = max(rendered, key=lambda each: each.modified(MANIFEST))
    report = read_manifest(folder)
    if not is_same_name(report.storyboard, file.name):
        raise Refused(
            f"{folder.path} holds the outputs of {report.storyboard}, not of {file.name}",
            "",
            f"krafity render {file}, or choose the folder with {flag}",
            code="other-outputs",
        )
    edition = "quick" if is_quick or folder.path.name.endswith(".quick.krafity") else ""
    return Found(board, shelf, folder, report, edition)


def _candidates(file: Path, chosen: Settings, is_quick: bool) -> Iterator[GuardedFolder]:
    """Where a render with these settings may have written to."""
    if chosen.out:
        yield from (chosen_folder(chosen), chosen_folder(chosen, file.stem))
        return
    free = chosen.engine == "animatic"
    for engine in (".animatic",) if free else ("", ".animatic"):
        for quick in (".quick",) if is_quick else ("", ".quick"):
            name = f"{file.stem}{engine}{quick}.krafity"
            yield GuardedFolder.below(file.resolve().parent, name)
