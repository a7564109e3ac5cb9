"""Which video container a file is, told by its first bytes and never by its name.

Only two families are taken, MP4/MOV and Matroska/WebM. Playlists, concat scripts, SVG and the like
can make ffmpeg open other files; a file that does not begin as a video is never handed to it.
"""

from __future__ import annotations

from pathlib import Path

from krafity_cli.errors import MediaError

HEAD = 64
"""How many bytes of a file `sniff` needs."""

_SUFFIXES = {"mov": (".mp4", ".mov", ".m4v"), "matroska": (".mkv", ".webm")}
"""By container, the usual one first."""

_EBML = b"\x1a\x45\xdf\xa3"
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip")
_PICTURES = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")


def sniff(head: bytes) -> str | None:
    """ffmpeg's name of the container that begins with `head`; `None` if it is no video.

    MP4 and MOV begin with a box called `ftyp` (ISO/IEC 14496-12 4.3), older QuickTime files with
    one of a few others; HEIC and AVIF pictures begin like MP4 but for their brand. Matroska and
    WebM begin with the EBML number (RFC 8794 11.2.1).
    """
    if head.startswith(_EBML):
        return "matroska"
    kind = head[4:8]
    if kind == b"ftyp":
        return None if head[8:12] in _PICTURES else "mov"
    return "mov" if kind in _QUICKTIME else None


def suffix_of(clip: Path) -> str:
    """The suffix a copy of a clip is delivered with: its own if it goes with its content.

    So nothing a stranger's file is called by decides what a delivered file is called. Raises
    `MediaError` as `container` does.
    """
    fitting = _SUFFIXES[container(clip)]
    own = clip.suffix.lower()
    return own if own in fitting else fitting[0]


def container(clip: Path) -> str:
    """The container of the file `clip`; raises `MediaError` if it cannot be read or is no video."""
    try:
        with clip.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise MediaError(f"cannot read {clip.name}", error.strerror or str(error)) from error
    found = sniff(head)
    if found is None:
        raise MediaError(
            f"cannot read {clip.name}",
            "it is not an MP4, MOV, Matroska or WebM file",
            "use a video file, or convert this one to MP4",
        )
    return found
