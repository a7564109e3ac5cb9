"""Clips to a film: pictures cut in a worker, sound made once for the whole film."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media.film import sound
from krafity_cli.media.film.music import Music
from krafity_cli.media.probe import probe
from krafity_cli.media.program import ffmpeg
from krafity_cli.media.program.process import pipe, started
from krafity_cli.media.seams import Cut, Segment
from krafity_cli.media.workers.worker import run

__all__ = ["Joined", "Segment", "join"]

_WHAT = "cannot join the clips"


@dataclass(frozen=True, slots=True)
class Joined:
    """A film: its frames, its length in seconds, and how many frames were coded anew.

    `lengths` says how many of its frames each segment became, in their order.
    """

    frames: int
    seconds: Fraction
    reencoded: int
    lengths: tuple[int, ...] = field(default=(), compare=False)


async def join(
    segments: Sequence[Segment],
    out: Path,
    *,
    size: tuple[int, int] | None = None,
    fps: Fraction | int | None = None,
    bed: Music | None = None,
) -> Joined:
    """Write the film of these clips, in this order, to `out` as MP4.

    Clips that are not H.264 of the film's `size` (width, height) and rate `fps`, by default the
    first clip's, are scaled, padded with black and re-timed. One whole clip alone is copied as a
    file if it can be. `bed` is music that lies under all of it. Raises `MediaError` for clips that
    cannot be read or leave no frame, and for a film that is not as planned; `out` then holds
    anything.
    """
    if not segments:
        raise MediaError(_WHAT, "there is none")
    alone = len(segments) == 1 and not segments[0].drop_last and bed is None
    with _beside(out) as folder:
        silent = folder / out.name
        made = await run(_WHAT, _cut, tuple(segments), silent, size, fps, alone)
        heard = sound.Heard.of(made)
        if made.whole or not (bed or heard.audible):
            silent.replace(out)
        else:
            await _with_sound(silent, heard, out, bed)
    return await _checked(made, out)


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A folder for what is written before `out` is."""
    try:
        made = tempfile.TemporaryDirectory(prefix="krafity-", dir=out.parent)
    except OSError as error:
        raise MediaError(f"cannot write {out.name}", error.strerror or str(error)) from error
    with made as folder:
        yield Path(folder)


async def _with_sound(silent: Path, heard: sound.Heard, out: Path, bed: Music | None) -> None:
    """Pictures and sound run into one muxer at once, the sound through a pipe of its own."""
    with pipe() as (reader, writer):
        async with started(
            *ffmpeg.reading(silent, "mov"),
            *(sound.source(reader.fileno()) if heard.audible else ()),
            *(sound.bed(bed) if bed else ()),
            *("-map", "0:v:0", "-c:v", "copy", *_mixed(heard, bed)),
            *("-movflags", "+faststart", *ffmpeg.writing(out)),
            what=f"cannot write {out.name}",
            pass_fds=(reader.fileno(),),
        ) as process:
            reader.close()
            if heard.audible:
                await sound.pour(heard, writer)
            await process.done()


def _mixed(heard: sound.Heard, bed: Music | None) -> tuple[str, ...]:
    """The arguments that choose and code the film's sound."""
    if bed:
        over = "1:a:0" if heard.audible else ""
        return (*sound.mixed(1 + heard.audible, sum(heard.lengths), over), *sound.ENCODER)
    return ("-map", "1:a:0", *sound.ENCODER)


async def _checked(made: Cut, out: Path) -> Joined:
    """The film as it was written; raises `MediaError` if it is not as planned."""
    frames, fps = sum(made.lengths), made.aim.fps
    found = await probe(out)
    if (found.frames, found.fps, found.constant) != (frames, fps, True):
        rate = f"{float(found.fps):g}{'' if found.constant else ' (variable)'}"
        why = f"the film has {found.frames} frames at {rate} fps, not {frames} at {float(fps):g}"
        raise MediaError(_WHAT, why)
    return Joined(frames, frames / fps, made.recoded, made.lengths)


def _cut(
    segments: tuple[Segment, ...],
    out: Path,
    size: tuple[int, int] | None,
    fps: Fraction | int | None,
    alone: bool,
) -> Cut:
    # In a worker, which alone loads PyAV.
    from krafity_cli.media.film.cutting import cut

    return cut(segments, out, size, fps, alone)
