"""Finding what a storyboard's last render delivered, for commands that make nothing themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from krafity_cli.cache import Cache
from krafity_cli.cli.composition import read_tasted
from krafity_cli.delivery.manifest import read_manifest
from krafity_cli.errors import Refused
from krafity_cli.media.shelf import Shelf
from krafity_cli.render.reports import RunReport
from krafity_cli.settings import Settings
from krafity_cli.storyboard.model import Storyboard


@dataclass(frozen=True)
class Found:
    """A storyboard and the outputs of its last render."""

    board: Storyboard
    shelf: Shelf
    folder: Path
    report: RunReport
    edition: str


def find(file: Path, chosen: Settings, cache: Cache, is_quick: bool, flag: str = "--out") -> Found:
    """The storyboard with the newest of its output folders that the settings leave.

    `flag` is how a command line names such a folder. Raises `Problems` for a storyboard that cannot
    be read, `Refused` where nothing was rendered.
    """
    board, shelf = read_tasted(file, chosen, cache.memo)
    rendered = [folder for folder in _candidates(file, chosen, is_quick) if _stamp(folder)]
    if not rendered:
        looked = ", ".join(str(folder) for folder in _candidates(file, chosen, is_quick))
        raise Refused(
            f"{file.name} was not rendered yet",
            f"there is no manifest.json in {looked}",
            f"krafity render {file}, or name the folder with {flag}",
        )
    folder = max(rendered, key=_stamp)
    report = read_manifest(folder)
    if report.storyboard != file.name:
        raise Refused(
            f"{folder} holds what was made of {report.storyboard}, not of {file.name}",
            "",
            f"krafity render {file}, or name the folder with {flag}",
        )
    edition = "quick" if is_quick or folder.name.endswith(".quick.krafity") else ""
    return Found(board, shelf, folder, report, edition)


def _candidates(file: Path, chosen: Settings, is_quick: bool) -> Iterator[Path]:
    """Where a render with these settings may have written to."""
    out = chosen.get("out")
    if out:
        folder = Path(str(out)).expanduser()
        yield from (folder, folder / file.stem)
        return
    free = chosen.get("engine") == "animatic" and chosen.origin("engine") != "default"
    for engine in (".animatic",) if free else ("", ".animatic"):
        for quick in (".quick",) if is_quick else ("", ".quick"):
            yield file.resolve().parent / f"{file.stem}{engine}{quick}.krafity"


def _stamp(folder: Path) -> int:
    """When the manifest in a folder was written, in nanoseconds; 0 where there is none."""
    try:
        return (folder / "manifest.json").stat().st_mtime_ns
    except OSError:
        return 0
