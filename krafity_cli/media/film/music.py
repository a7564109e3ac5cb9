"""A piece of music that is laid under films, told by its first bytes and never by its name."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path

from krafity_cli.errors import MediaError, Refused
from krafity_cli.media.containers import container
from krafity_cli.media.program import ffmpeg
from krafity_cli.storyboard.foreign_files import HEAD, explained

_NO_SOUND = "is not an audio file: use a WAV, FLAC, MP3, Ogg or M4A file"


@dataclass(frozen=True, slots=True)
class Music:
    """A piece of music: its file, ffmpeg's name of what that is, and the sha-256 of its bytes."""

    path: Path
    container: str
    digest: str


def music_at(path: Path) -> Music:
    """The music in a file. Raises `Refused` for a file that is missing or no sound."""
    what = f"{path} cannot be used as music"
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            kind = sniff(head[: container.HEAD])
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refused(what, error.strerror or str(error), code="bad-music") from error
    if kind is None:
        why, _, hint = (explained(head, str(path), "sound") or _NO_SOUND).partition(": ")
        why, hint = (why, hint) if head else ("is empty", _NO_SOUND.partition(": ")[2])
        raise Refused(what, f"it {why}", hint, code="bad-music")
    _check_sound(path, kind, what)
    return Music(path, kind, digest)


def _check_sound(path: Path, kind: str, what: str) -> None:
    """Decode a second of it; raises `Refused` where there is no sound or none that can be read."""
    try:
        asyncio.run(
            ffmpeg.run(
                *ffmpeg.reading(path, kind),
                *("-map", "0:a:0", "-t", "1", "-f", "null", "-"),
                what=what,
            )
        )
    except MediaError as error:
        raise Refused(
            what,
            "it has no sound that can be decoded",
            "use a WAV, FLAC, MP3, Ogg or M4A file with a sound track",
            code="bad-music",
        ) from error


def sniff(head: bytes) -> str | None:
    """ffmpeg's name of the sound file that begins with `head`; `None` if it is none."""
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"OggS"):
        return "ogg"
    # An ID3 tag, or the eleven set bits every MPEG frame begins with, of layer III.
    if head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] and head[1] & 0xE6 == 0xE2):
        return "mp3"
    return container.sniff(head)
