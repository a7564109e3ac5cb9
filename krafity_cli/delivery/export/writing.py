"""Writing cuts to a file in one of the formats that editors read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from opentimelineio import adapters
from opentimelineio.exceptions import OTIOError

from krafity_cli.delivery.export.edits import EditedCut, Media, changed
from krafity_cli.delivery.export.edl import check_rate, edl
from krafity_cli.delivery.export.fcpxml import fcpxml
from krafity_cli.delivery.export.timeline import Url, timeline
from krafity_cli.errors import KrafityError, Refused
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.regular_file import open_regular


def fitting(
    to: str, cuts: Iterable[EditedCut | Refused]
) -> tuple[tuple[EditedCut, ...], tuple[Refused, ...]]:
    """The cuts that a format can express, and why each other one is left out."""
    found: list[EditedCut] = []
    refused: list[Refused] = []
    for cut in cuts:
        try:
            if isinstance(cut, Refused):
                raise cut
            if to == "edl":
                check_rate(cut)
            found.append(cut)
        except Refused as error:
            refused.append(error)
    return tuple(found), tuple(refused)


Written = dict[Path, str | Callable[[Path], object]]
"""The files of an export: the text of each, or what writes it to a path that does not exist yet."""


def write(
    to: str,
    out: Path,
    title: str,
    cuts: Sequence[EditedCut],
    about: dict[str, Any],
    folders: Sequence[GuardedFolder] = (),
    *,
    several: bool = False,
) -> list[Path]:
    """Write cuts as `otio`, `otioz`, `edl` or `fcpxml`, and say to which files.

    `folders` are the output folders that `out` may lie in.

    Several cuts are one file, except as `edl`, which holds one: `NAME.CUT.edl`, also where only one
    of `several` is written. Files are linked by their paths from `out` on, or packed with it
    (`otioz`). Raises `KrafityError` where a file cannot be written.
    """
    if to == "edl" and (several or len(cuts) > 1):
        works = _edls(out, title, cuts)
    else:
        works = _FORMATS[to](out, title, cuts, about)
    for path, work in works.items():
        _put(path, work, folders)
    return list(works)


def _otio(out: Path, title: str, cuts: Sequence[EditedCut], about: dict[str, Any]) -> Written:
    text: str = adapters.write_to_string(timeline(title, cuts, _from(out), about), "otio_json")
    return {out: text}


def _otioz(out: Path, title: str, cuts: Sequence[EditedCut], about: dict[str, Any]) -> Written:
    def pack(aside: Path) -> None:
        shown = {edit.media.path: edit.media for cut in cuts for edit in cut.edits}
        copies = {path: _copied(media, aside.parent) for path, media in shown.items()}
        packed = timeline(title, cuts, lambda media: copies[media.path].resolve().as_uri(), about)
        adapters.write_to_file(packed, str(aside), "otioz")

    return {out: pack}


def _copied(media: Media, folder: Path) -> Path:
    """A copy to pack: under its name something else may stand since it was checked.

    Raises `Refused` for other bytes than those that were delivered.
    """
    copy, digest = folder / media.path.name, hashlib.sha256()
    try:
        handle = open_regular(media.path)
    except OSError as error:
        raise changed(media.path) from error
    with os.fdopen(handle, "rb") as source, copy.open("xb") as target:
        while block := source.read(1 << 20):
            digest.update(block)
            target.write(block)
    if digest.hexdigest() != media.digest:
        raise changed(media.path)
    return copy


def _edl(out: Path, title: str, cuts: Sequence[EditedCut], about: dict[str, Any]) -> Written:
    del about  # an EDL has no place for it
    return {out: edl(title, cuts[0], _from(out))}


def _edls(out: Path, title: str, cuts: Sequence[EditedCut]) -> Written:
    return {
        out.with_name(f"{out.stem}.{cut.name}{out.suffix}"): edl(
            f"{title}: {cut.name}", cut, _from(out)
        )
        for cut in cuts
    }


def _fcpxml(out: Path, title: str, cuts: Sequence[EditedCut], about: dict[str, Any]) -> Written:
    del about  # a project has a name and no more
    return {out: fcpxml(title, cuts, _from(out))}


_FORMATS = {"otio": _otio, "otioz": _otioz, "edl": _edl, "fcpxml": _fcpxml}


def _put(
    path: Path, work: str | Callable[[Path], object], folders: Sequence[GuardedFolder]
) -> None:
    folder, name = GuardedFolder.around(path, folders)
    if folder not in folders:
        with suppress(OSError):  # what it is shows when the file is written
            path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(work, str):
        folder.write(name, work.encode("utf-8", "replace"))
        return
    with folder.workplace() as place:
        made = place / path.name
        try:
            work(made)
        except (OTIOError, OSError) as error:
            raise KrafityError(
                f"{path} cannot be written", str(error), code="unwritable"
            ) from error
        folder.move_in(name, made)


def _from(out: Path) -> Url:
    """Files by their relative path from a document on, so that both may be moved together."""

    def url(media: Media) -> str:
        return quote(Path(os.path.relpath(media.path, out.resolve().parent)).as_posix())

    return url
