"""Files that are something else than they are taken for, by their first bytes: what, and the cure.

Whoever gives a picture, a clip, music or a storyboard that is none is better helped by its name and
by the command that makes it one than by a list of what would do.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

Wanted = Literal["picture", "video", "sound", "storyboard"]

HEAD = 512
"""How many bytes of a file are looked at."""

_LFS = re.compile(rb"version https://git-lfs\.github\.com/spec/")
_ANNEX = re.compile(rb"(\.\./)*(\.git/annex/objects|/annex/objects)/")
_PAGE = re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE)
_SVG = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg", re.DOTALL)

_LAPTOP = "open it once or make it available offline, so that it is downloaded"
_ARRIVE = {
    "lfs": "run `git lfs pull` (in CI: actions/checkout with `lfs: true`)",
    "annex": "run `git annex get` for it",
    "page": "download the file itself; a link may need a sign-in",
    "cloud": _LAPTOP,
    "archive": "unpack it",
}


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a file is: its name in words, and its family, which decides the cure."""

    name: str
    family: str


def _begins(*starts: bytes) -> Callable[[bytes], object]:
    return lambda head: head.startswith(starts)


def _brand(*brands: bytes) -> Callable[[bytes], object]:
    """The brand of a file that begins like MP4 (ISO/IEC 14496-12 4.3)."""
    return lambda head: head[4:8] == b"ftyp" and head[8:12] in brands


def _riff(kind: bytes) -> Callable[[bytes], object]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == kind


def _form(*kinds: bytes) -> Callable[[bytes], object]:
    return lambda head: head[:4] == b"FORM" and head[8:12] in kinds


def _packets(size: int, lead: int) -> Callable[[bytes], object]:
    """Packets of a transport stream: the same byte where each begins."""
    return lambda head: len(head) > lead + 2 * size and set(head[lead::size][:3]) == {0x47}


_KNOWN: tuple[tuple[Callable[[bytes], object], Foreign], ...] = (
    (_LFS.match, Foreign("a Git LFS pointer, not the file itself", "lfs")),
    (_ANNEX.match, Foreign("a git-annex pointer, not the file itself", "annex")),
    (_PAGE.match, Foreign("a web page", "page")),
    (lambda head: head and not head.strip(b"\0"), Foreign("nothing but zero bytes", "cloud")),
    (_brand(b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"),
     Foreign("HEIC", "picture")),
    (_brand(b"avif", b"avis"), Foreign("AVIF", "picture")),
    (_brand(b"crx "), Foreign("a camera's raw picture", "picture")),
    (_begins(b"GIF87a", b"GIF89a"), Foreign("GIF", "picture")),
    (_begins(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), Foreign("TIFF or a raw picture", "picture")),
    (_begins(b"8BPS"), Foreign("a Photoshop document", "picture")),
    (_begins(b"\0\0\0\x0cJXL ", b"\xff\x0a"), Foreign("JPEG XL", "picture")),
    (_begins(b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"), Foreign("JPEG 2000", "picture")),
    (_begins(b"v/1\x01"), Foreign("OpenEXR", "picture")),
    (_begins(b"#?RADIANCE", b"#?RGBE"), Foreign("Radiance HDR", "picture")),
    (_begins(b"SDPX", b"XPDS"), Foreign("DPX", "picture")),
    (_begins(b"\0\0\1\0"), Foreign("an icon", "picture")),
    (_begins(b"\x89PNG\r\n\x1a\n"), Foreign("PNG", "picture")),
    (_begins(b"\xff\xd8\xff"), Foreign("JPEG", "picture")),
    (_riff(b"WEBP"), Foreign("WebP", "picture")),
    (_SVG.match, Foreign("SVG", "picture")),
    (_begins(b"%PDF"), Foreign("PDF", "picture")),
    (_form(b"AIFF", b"AIFC"), Foreign("AIFF", "sound")),
    (_riff(b"WAVE"), Foreign("WAV", "sound")),
    (_begins(b"fLaC"), Foreign("FLAC", "sound")),
    (_begins(b"caff"), Foreign("CAF", "sound")),
    (_begins(b"MThd"), Foreign("MIDI", "notes")),
    (_begins(b"#!AMR"), Foreign("AMR", "sound")),
    (_begins(b"ID3"), Foreign("MP3", "sound")),
    (_begins(b"\xff\xf1", b"\xff\xf9"), Foreign("raw AAC", "sound")),
    (_begins(b"OggS"), Foreign("Ogg", "sound")),
    (_packets(188, 0), Foreign("an MPEG transport stream", "video")),
    (_packets(192, 4), Foreign("AVCHD", "video")),
    (_begins(b"\0\0\1\xba"), Foreign("an MPEG program stream", "coded")),
    (_riff(b"AVI "), Foreign("AVI", "coded")),
    (_begins(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), Foreign("Windows Media", "coded")),
    (_begins(b"FLV"), Foreign("Flash Video", "video")),
    (_begins(b"\x06\x0e\x2b\x34"), Foreign("MXF", "video")),
    (_brand(b"M4A ", b"M4B "), Foreign("M4A", "sound")),
    (lambda head: head[4:8] in (b"ftyp", b"moov", b"wide"), Foreign("MP4 or MOV", "clip")),
    (_begins(b"\x1a\x45\xdf\xa3"), Foreign("Matroska or WebM", "clip")),
    (_begins(b"PK\3\4", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b"), Foreign("an archive", "archive")),
    (lambda head: head[:2] == b"BM" and head[6:10] == bytes(4), Foreign("BMP", "picture")),
)  # fmt: skip


def foreign(head: bytes) -> Foreign | None:
    """What a file is that begins like this; `None` where it is not known."""
    return next((found for matches, found in _KNOWN if matches(head[:HEAD])), None)


def explained(head: bytes, path: str, wanted: Wanted) -> str | None:
    """The second half of a sentence about a file that is not what is wanted, and the cure.

    `None` where nobody knows what the file is.
    """
    found = foreign(head)
    if wanted == "storyboard" and found and found.family not in _ARRIVE and b"\0" not in head:
        return None  # text that happens to begin like something else
    return f"is {found.name}: {_cure(found.family, path, wanted)}" if found else None


def _cure(family: str, path: str, wanted: Wanted) -> str:
    if family in _ARRIVE:
        return _ARRIVE[family]
    match wanted, family:
        case "picture", "picture":
            return "save it as PNG or JPEG"
        case "picture", "clip" | "video" | "coded":
            return "`image` takes a still picture; use `clip` for a video"
        case "video", "video":
            return f"convert it: {_command(path, '-c copy', 'mp4')}"
        case "video", "coded":
            return f"convert it: {_command(path, '-crf 16 -pix_fmt yuv420p', 'mp4')}"
        case "video", "picture":
            return "`clip` takes a video; use `image` for a picture"
        case "sound", "sound":
            return f"convert it: {_command(path, '', 'wav')}"
        case "sound", "clip" | "video" | "coded":
            return f"extract its sound: {_command(path, '-vn', 'wav')}"
        case "sound", _:
            return "use a WAV, FLAC, MP3, Ogg or M4A file"
        case "picture", _:
            return "use a PNG, JPEG or WebP file"
        case "video", _:
            return "use an MP4, MOV, Matroska or WebM file"
        case _:
            return "a storyboard is YAML text"


def _command(path: str, options: str, suffix: str) -> str:
    """A line for a shell that makes the right file beside a wrong one."""
    name = path if path.isprintable() else "FILE"
    name = f"./{name}" if name.startswith("-") else name
    made = str(PurePosixPath(name).with_suffix("")) + f".converted.{suffix}"
    words = ["ffmpeg", "-i", shlex.quote(name), *options.split(), shlex.quote(made)]
    return f"`{' '.join(words)}`"
