"""Clips that are hard to read in one way each, made once for all tests of media."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from tests.media import clips

NASTY: dict[str, Callable[[Path], Path]] = {
    "no_b_frames": lambda room: clips.make(room / "plain.mp4", 24, "-bf", "0"),
    "b_pyramid": lambda room: clips.make(room / "pyramid.mp4", 24, *clips.B_FRAMES),
    "key_frames": lambda room: clips.make(room / "keys.mp4", 48, *clips.B_FRAMES, "-g", "12"),
    "open_group": lambda room: clips.make(
        room / "open.mp4", 48, "-x264-params", "open-gop=1:keyint=12:bframes=3:b-adapt=0"
    ),
    "rolling_refresh": lambda room: clips.make(
        room / "rolling.mp4", 48, "-x264-params", "intra-refresh=1:keyint=12"
    ),
    "long_sound": lambda room: clips.make(room / "long.mp4", 24, *clips.B_FRAMES, sound=3.0),
    "variable_rate": lambda room: _variable(room),
    "variable_rate_webm": lambda room: _copy(_variable(room), room / "variable.mkv"),
    "late_start": lambda room: _copy(
        clips.make(room / "late0.mp4", 24, *clips.B_FRAMES, sound=1.0),
        room / "late.mkv",
        "-output_ts_offset",
        "3.3",
    ),
    "start_cut": lambda room: _copy(
        clips.make(room / "start0.mp4", 48, *clips.B_FRAMES),
        room / "start.mp4",
        before=("-ss", "0.7"),
    ),
    "end_cut": lambda room: clips.cut_end(
        clips.make(room / "end0.mp4", 48, *clips.B_FRAMES), room / "end.mp4", Fraction(3, 2)
    ),
    "odd_size": lambda room: clips.make(
        room / "odd.mp4", 12, "-vf", "scale=129:97", "-pix_fmt", "yuv444p"
    ),
    "mpeg4": lambda room: clips.make(room / "mpeg4.mp4", 24, "-bf", "2", vcodec="mpeg4"),
    "hevc": lambda room: clips.make(
        room / "hevc.mp4", 24, "-x265-params", "log-level=none:keyint=8:b-adapt=0", vcodec="libx265"
    ),
    "vp9": lambda room: clips.make(
        room / "vp9.webm", 24, "-deadline", "realtime", "-g", "8", vcodec="libvpx-vp9"
    ),
    "prores": lambda room: clips.make(
        room / "prores.mov", 6, "-pix_fmt", "yuv422p10le", vcodec="prores"
    ),
    "interlaced": lambda room: clips.make(room / "fields.mp4", 24, "-flags", "+ilme+ildct"),
    "full_range": lambda room: clips.make(room / "full.mp4", 12, "-pix_fmt", "yuvj420p"),
    "ten_bits": lambda room: clips.make(room / "ten.mp4", 12, "-pix_fmt", "yuv420p10le"),
    "hlg": lambda room: _bright(room / "hlg.mov", "arib-std-b67", 721),
    "pq": lambda room: _bright(room / "pq.mov", "smpte2084", 593),
    "wide_pixels": lambda room: clips.make(room / "wide.mp4", 12, "-vf", "setsar=4/3"),
    "turned": lambda room: _copy(
        clips.make(room / "turned0.mp4", 12),
        room / "turned.mp4",
        before=("-display_rotation", "90"),
    ),
    "mirrored": lambda room: _copy(
        clips.make(room / "mirror0.mp4", 12), room / "mirror.mp4", before=("-display_hflip",)
    ),
    "covered": lambda room: _covered(room),
    "growing": lambda room: _growing(room),
    "one_frame": lambda room: clips.make(room / "one.mp4", 1),
}
"""By what is hard about it, how to make a clip."""


def _bright(out: Path, transfer: str, white: int) -> Path:
    """A card at the reference white of a high dynamic range (ITU-R BT.2408), in 10 bits."""
    tags = f"color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
    card = f"format=yuv420p10le,lutyuv=y={white}:u=512:v=512,setparams={tags}"
    source = ("-f", "lavfi", "-i", "color=c=white:size=128x96:rate=24:duration=0.5", "-vf", card)
    clips.ffmpeg(*source, "-c:v", "libx265", "-x265-params", "log-level=none", str(out))
    return out


def _copy(clip: Path, out: Path, *args: str, before: tuple[str, ...] = ()) -> Path:
    clips.ffmpeg(*before, "-i", str(clip), "-map", "0", "-c", "copy", *args, str(out))
    return out


def _variable(room: Path) -> Path:
    dropping = "select='not(eq(mod(n\\,7)\\,3))'"
    return clips.make(room / "variable.mp4", 48, "-vf", dropping, "-fps_mode", "vfr", "-g", "12")


def _covered(room: Path) -> Path:
    """A cover picture stands before the picture track."""
    clip, out = clips.make(room / "covered0.mp4", 12), room / "covered.mp4"
    cover = room / "cover.png"
    clips.ffmpeg("-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1", str(cover))
    mapped = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v:0", "attached_pic")
    clips.ffmpeg("-i", str(cover), "-i", str(clip), *mapped, str(out))
    return out


def _growing(room: Path) -> Path:
    """The picture becomes larger halfway."""
    parts = [
        clips.make(room / f"growing{i}.mp4", 12, "-bf", "0", clip=i, size=size)
        for i, size in enumerate([(128, 96), (160, 128)])
    ]
    raw = [
        clips.ffmpeg("-i", str(p), "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264", "-")
        for p in parts
    ]
    out = room / "growing.mkv"
    args = ("-f", "h264", "-framerate", "24", "-i", "pipe:0", "-c", "copy", "-bsf:v", "dts2pts")
    clips.ffmpeg(*args, str(out), stdin=b"".join(raw))
    return out


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's clips lie."""
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def nasty(room: Path) -> Callable[[str], Path]:
    """The clip that is hard in the named way, made when first asked for."""
    made: dict[str, Path] = {}

    def clip(kind: str) -> Path:
        if kind not in made:
            made[kind] = NASTY[kind](room)
        return made[kind]

    return clip
