"""What the pictures of a clip are: as ffmpeg tells it, or as a plain file does itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from krafity_cli.media import ffmpeg, sps
from krafity_cli.media.h264 import PARAMETERS, Parameters
from krafity_cli.media.mp4 import Movie

_STREAM = re.compile(r"^  Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\([^()]*\))?: (Video|Audio): (.*)$")
_TURN = re.compile(r"^ +(?:Display Matrix|displaymatrix): rotation of (-?[\d.]+) degrees")
_SIZE = re.compile(r", (\d+)x(\d+)\b")
_FORMAT = re.compile(r"^(\w+).*?, (\w+)(?:\(([^()]*)\))?, \d+x\d+")
_SHAPE = re.compile(r"SAR (\d+):(\d+)")
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", re.MULTILINE)
_HIGH = b"\xfd\xf8\xf8\0"  # what follows in records of that profile: 4:2:0, 8 bits
_RANGES = ("tv", "pc")


@dataclass(frozen=True, slots=True)
class Colours:
    """How numbers mean colours, in ffmpeg's words; empty where the clip does not say."""

    range: str = ""
    matrix: str = ""
    primaries: str = ""
    transfer: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Format, size and colours, upright; see `Probe` for the words."""

    codec: str
    pix_fmt: str
    width: int
    height: int
    sar: Fraction
    colours: Colours
    progressive: bool
    turned: bool
    rotation: int
    declared: Fraction
    sound: str


def of_movie(movie: Movie) -> Look | None:
    """Of a plain file, if its parameters are understood and the container says the same."""
    sets = Parameters(movie.track.record).sets
    if not movie.steady or not _is_whole(movie.track.record, sets):
        return None
    try:
        told = sps.read(sets[0])
    except sps.Unknown:
        return None
    if (
        movie.size != (told.width, told.height)
        or told.width * told.height > ffmpeg.MOST_PIXELS
        or len(set(movie.shape)) > 1
        or movie.colours not in ((), told.colours)
    ):
        return None
    names = [sps.COLOURS[number] for number in told.colours or (2, 2, 2)]
    primaries, transfer, matrix = names
    return Look(
        codec="h264",
        pix_fmt="yuv420p",
        width=told.width,
        height=told.height,
        sar=Fraction(1),
        colours=Colours("tv" if told.ranged else "", matrix, primaries, transfer),
        progressive=True,
        turned=False,
        rotation=0,
        # ffmpeg's rounding
        declared=Fraction(int(movie.declared * 100 + Fraction(1, 2)), 100),
        sound="aac" if movie.audio else "",
    )


def _is_whole(record: bytes, sets: list[bytes]) -> bool:
    """Whether a decoder's record holds two sets and no more, of one profile, and 8 bits, 4:2:0."""
    # The second one's first two bits: it is set 0, for set 0.
    if [one[0] & 0x1F for one in sets] != [PARAMETERS, PARAMETERS + 1] or sets[1][1:2] < b"\xc0":
        return False
    first, second = (len(one).to_bytes(2) + one for one in sets)
    made = b"\1" + sets[0][1:4] + record[4:5] + b"\xe1" + first + b"\1" + second
    return record in (made, made + _HIGH)


def of_banner(banner: str) -> Look | None:
    """Of what ffmpeg prints when it opens a clip; nothing if that says no format or size."""
    line, angle, sound = _streams(banner)
    form, size = _FORMAT.match(line), _SIZE.search(line)
    if form is None or size is None:
        return None
    rotation = round(angle or 0) % 360
    width, height = int(size[1]), int(size[2])
    shape = _SHAPE.search(line)
    sar = Fraction(int(shape[1]), int(shape[2])) if shape and int(shape[2]) else Fraction(1)
    if rotation in (90, 270):
        width, height, sar = height, width, 1 / sar if sar else Fraction(1)
    tags = [tag.strip() for tag in (form[3] or "").split(",")]
    return Look(
        codec=form[1],
        pix_fmt=form[2],
        width=width,
        height=height,
        sar=sar or Fraction(1),
        colours=_colours(tags),
        progressive=not any("first" in tag or "coded" in tag for tag in tags),
        turned=angle is not None,
        rotation=rotation,
        declared=_declared(banner),
        sound=sound,
    )


def _streams(banner: str) -> tuple[str, float | None, str]:
    """The picture track's line, its rotation in degrees, and the first sound's codec."""
    video, sound, angle, inside = "", "", None, False
    for text in banner.partition("\nStream mapping:\n")[0].splitlines():
        stream = _STREAM.match(text)
        if stream is None:
            turn = _TURN.match(text)
            angle = float(turn[1]) if turn and inside and angle is None else angle
            continue
        kind, line = stream.groups()
        inside = kind == "Video" and not video and not line.endswith("(attached pic)")
        if inside:
            video = line
        if kind == "Audio" and not sound:
            sound = re.split(r"\W", line, maxsplit=1)[0]
    return video, angle, sound


def _declared(banner: str) -> Fraction:
    found = _DURATION.search(banner)
    if found is None:
        return Fraction(0)
    return int(found[1]) * 3600 + int(found[2]) * 60 + Fraction(found[3])


def _colours(tags: list[str]) -> Colours:
    names = next((tag for tag in tags if "/" in tag or tag.startswith(("bt", "smpte"))), "")
    matrix, primaries, transfer = names.split("/") if names.count("/") == 2 else (names,) * 3
    known = ["" if name == "unknown" else name for name in (matrix, primaries, transfer)]
    return Colours(next((tag for tag in tags if tag in _RANGES), ""), *known)
