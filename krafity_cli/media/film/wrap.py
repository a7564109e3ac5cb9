"""What a film carries besides picture and sound: where it comes from, chapters, subtitles.

All of it is written by one more stream copy: no picture and no sample changes.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from krafity_cli.errors import harmless
from krafity_cli.media.containers.container import container
from krafity_cli.media.program import ffmpeg

REVISION = 1
"""Raised when the same film comes to be wrapped otherwise."""

_MEANT = re.compile(r"([=;#\\])")


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a film that players can jump to; times are in seconds."""

    title: str
    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Subtitle:
    """Words that are shown for a while; times are in seconds."""

    start: Fraction
    end: Fraction
    text: str


async def wrap(
    film: Path,
    out: Path,
    tags: Mapping[str, str],
    chapters: Sequence[Chapter] = (),
    subtitles: Sequence[Subtitle] = (),
) -> None:
    """Write `film` (MP4) to `out` with tags, chapters and a track of subtitles.

    `tags` are those MP4 players know: title, description, comment. The same bytes each time. Raises
    `MediaError` where ffmpeg does.
    """
    with tempfile.TemporaryDirectory(prefix="krafity-") as folder:
        about, words = Path(folder) / "about.txt", Path(folder) / "words.srt"
        about.write_text(_about(tags, chapters), encoding="utf-8", newline="\n")
        words.write_text(srt(subtitles), encoding="utf-8", newline="\n")
        shown = ("-f", "srt", "-i", f"file:{words}") if subtitles else ()
        await ffmpeg.run(
            *("-copyts", *ffmpeg.reading(film, container(film))),
            *("-f", "ffmetadata", "-i", f"file:{about}", *shown),
            *("-map", "0:v", "-map", "0:a?", *(("-map", "2:s") if shown else ())),
            *("-c", "copy", "-c:s", "mov_text"),
            *("-map_metadata:s", "-1", "-map_metadata", "1", "-map_chapters", "1"),
            *("-disposition:s", "0"),
            *("-movflags", "+faststart", "-fflags", "+bitexact", "-flags", "+bitexact"),
            *("-f", "mp4", "-y", f"file:{out.absolute()}"),
            what=f"cannot write {out.name}",
        )


def srt(subtitles: Sequence[Subtitle]) -> str:
    """The subtitles as SubRip text."""
    return "".join(
        f"{number}\n{_moment(one.start)} --> {_moment(one.end)}\n{_plain(one.text)}\n\n"
        for number, one in enumerate(subtitles, 1)
    )


def _moment(seconds: Fraction) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d},{rest % 1000:03d}"


def _plain(text: str) -> str:
    """Without empty lines, which end a subtitle, and without what players take for markup."""
    lines = (line.strip() for line in text.splitlines())
    kept = "\n".join(line for line in lines if line)
    return kept.replace("<", "‹").replace(">", "›").replace("{", "(").replace("}", ")")


def _about(tags: Mapping[str, str], chapters: Sequence[Chapter]) -> str:
    """Tags and chapters in ffmpeg's own format (ffmpeg-formats, Metadata)."""
    return "\n".join(_lines(tags, chapters)) + "\n"


def _lines(tags: Mapping[str, str], chapters: Sequence[Chapter]) -> Iterator[str]:
    yield ";FFMETADATA1"
    for name, text in tags.items():
        yield f"{name}={_escaped(text)}"
    for chapter in chapters:
        yield "[CHAPTER]"
        yield "TIMEBASE=1/1000"
        yield f"START={round(chapter.start * 1000)}"
        yield f"END={round(chapter.end * 1000)}"
        yield f"title={_escaped(chapter.title)}"


def _escaped(text: str) -> str:
    """On one line, what means something to ffmpeg with a backslash before it.

    A backslash at the end would join the next line to this one, so a blank follows it.
    """
    line = harmless(" ".join(text.split()))
    return _MEANT.sub(r"\\\1", line) + (" " if line.endswith("\\") else "")
