"""What a clip is said to be, and which clips are called damaged."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.clip import rate
from krafity_cli.media.last_frame import last_frame
from krafity_cli.media.probe import Colours, Probe, probe, verify
from tests.media import clips


def look(clip: Path) -> Probe:
    return asyncio.run(probe(clip))


def refusal(clip: Path) -> MediaError:
    with pytest.raises(MediaError) as caught:
        asyncio.run(verify(clip))
    return caught.value


def test_a_clip_is_what_its_file_says(tmp_path: Path) -> None:
    colours = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    clip = clips.make(tmp_path / "a.mp4", 24, "-vf", colours, sound=1.0)
    found = look(clip)
    assert (found.container, found.codec, found.pix_fmt) == ("mov", "h264", "yuv420p")
    assert (found.width, found.height, found.sar) == (128, 96, Fraction(1))
    assert (found.fps, found.constant, found.frames) == (Fraction(24), True, 24)
    assert (found.seconds, found.declared) == (Fraction(1), Fraction(1))
    heard = [(one.codec, one.channels, one.rate, one.readable) for one in found.sounds]
    assert (found.audio, heard) == (True, [("aac", 1, 48000, True)])
    assert found.colours == Colours("tv", "bt709", "bt709", "bt709")
    assert (found.progressive, found.turned, found.rotation) == (True, False, 0)


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("b_pyramid", {"frames": 24, "audio": False, "sounds": (), "colours": Colours()}),
        ("start_cut", {"frames": 31, "fps": 24, "seconds": Fraction(31, 24)}),
        ("end_cut", {"frames": 36, "fps": 24, "seconds": Fraction(3, 2)}),
        ("long_sound", {"frames": 24, "seconds": 1, "declared": 3}),
        ("variable_rate", {"frames": 41, "constant": False}),
        ("late_start", {"frames": 24, "fps": 24, "constant": True, "container": "matroska"}),
        ("odd_size", {"width": 129, "height": 97, "pix_fmt": "yuv444p"}),
        ("mpeg4", {"codec": "mpeg4", "frames": 24, "fps": 24}),
        ("vp9", {"codec": "vp9", "frames": 24, "fps": 24, "constant": True}),
        ("prores", {"codec": "prores", "pix_fmt": "yuv422p10le"}),
        ("interlaced", {"progressive": False}),
        ("full_range", {"pix_fmt": "yuvj420p", "colours": Colours("pc")}),
        ("wide_pixels", {"width": 128, "sar": Fraction(4, 3)}),
        ("turned", {"width": 96, "height": 128, "turned": True, "rotation": 90}),
        ("mirrored", {"width": 128, "height": 96, "turned": True}),
        ("covered", {"codec": "h264", "frames": 12}),
        ("one_frame", {"frames": 1, "fps": 24, "constant": True}),
    ],
)
def test_a_clip_that_is_hard_to_read_is_read_right(
    nasty: Callable[[str], Path], kind: str, about: dict[str, object]
) -> None:
    found = look(nasty(kind))
    assert {name: getattr(found, name) for name in about} == about


@pytest.mark.parametrize(
    ("times", "time_base", "expected"),
    [
        ([0, 512, 1024], "1/12288", (24, True)),
        ([0, 1001, 2002], "1/24000", (Fraction(24000, 1001), True)),
        ([0, 42, 83, 125, 167], "1/1000", (24, True)),
        ([7, 3761, 7515, 11268], "1/90000", (Fraction(24000, 1001), True)),
        ([0, 80, 160, 240], "1/1000", (Fraction(25, 2), True)),
        ([0, 667, 1333, 2000], "1/16000", (24, True)),
        ([0, 512, 1536], "1/12288", (16, False)),
        ([0, 0], "1/1000", (24, False)),
    ],
)
def test_a_rate_is_exact_where_the_frames_keep_to_one(
    times: list[int], time_base: str, expected: tuple[Fraction, bool]
) -> None:
    assert rate(times, Fraction(time_base), 1) == expected


def test_the_rate_of_a_single_frame_is_its_length() -> None:
    assert rate([0], Fraction(1, 1000), 40) == (Fraction(25), True)
    assert rate([0], Fraction(1, 1000), 0) == (Fraction(24), True)


def test_a_title_cannot_pose_as_a_track(tmp_path: Path) -> None:
    title = "x\n  Stream #0:0: Video: h264, yuv420p, 4096x2160\nStream mapping:"
    clip = clips.make(tmp_path / "a.mp4", 2, "-metadata", f"title={title}")
    assert (look(clip).width, look(clip).height) == (128, 96)


def test_a_sound_alone_is_no_clip(tmp_path: Path) -> None:
    sound = tmp_path / "sound.mp4"
    clips.ffmpeg("-f", "lavfi", "-i", "sine=duration=0.1", str(sound))
    error = refusal(sound)
    assert (error.what, error.why) == ("cannot read sound.mp4", "it has no picture track")


def test_a_clip_that_shows_nothing_is_no_clip(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", 2)
    hidden = clips.cut_end(clip, tmp_path / "hidden.mp4", Fraction(0))
    data = bytearray(hidden.read_bytes())
    struct.pack_into(">i", data, data.index(b"elst") + 16, 1 << 20)
    hidden.write_bytes(data)
    error = refusal(hidden)
    assert (error.what, error.why) == ("cannot read hidden.mp4", "it shows no frame")


def test_a_whole_clip_is_verified(nasty: Callable[[str], Path]) -> None:
    for kind in ("b_pyramid", "long_sound", "start_cut", "end_cut", "vp9", "hevc", "open_group"):
        assert asyncio.run(verify(nasty(kind))) == look(nasty(kind))


@pytest.mark.parametrize("missing", [1, 3000])
def test_a_fast_start_clip_cut_short_is_damaged(tmp_path: Path, missing: int) -> None:
    clip = clips.make(tmp_path / "a.mp4", 24, "-movflags", "+faststart")
    clip.write_bytes(clip.read_bytes()[:-missing])
    error = refusal(clip)
    assert error.what == "cannot play a.mp4 to its end"
    assert error.why == "a packet is damaged or cut short"
    assert error.hint == "get a new copy of the file, or convert it to MP4 (H.264)"


def test_a_clip_without_its_index_is_damaged(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", 24)
    clip.write_bytes(clip.read_bytes()[:-2000])
    error = refusal(clip)
    assert (error.what, error.why) == (
        "cannot read a.mp4",
        "it is damaged or cut short (Invalid data found when processing input)",
    )


def test_a_webm_clip_cut_short_is_damaged(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mkv", 24)
    clip.write_bytes(clip.read_bytes()[:-700])
    assert refusal(clip).why == "the file ends before the video does"


def test_flipped_bits_are_damage(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", 24, "-movflags", "+faststart")
    data = bytearray(clip.read_bytes())
    middle = len(data) * 3 // 4
    data[middle : middle + 40] = bytes(byte ^ 0x55 for byte in data[middle : middle + 40])
    clip.write_bytes(data)
    assert refusal(clip).what == "cannot play a.mp4 to its end"


def test_frames_that_do_not_come_out_are_damage(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mkv", 24, "-bf", "0")
    headless = tmp_path / "headless.mkv"
    dropped = ("-copyinkf", "-bsf:v", "noise=drop=eq(n\\,0)")
    clips.ffmpeg("-i", str(clip), "-c", "copy", *dropped, str(headless))
    assert refusal(headless).what == "cannot play headless.mkv to its end"


def test_a_sound_codec_that_nobody_knows_costs_the_sound_and_not_the_picture(
    tmp_path: Path,
) -> None:
    clip = clips.make(tmp_path / "a.mov", 24, "-c:a", "pcm_s16le", sound=1.0)
    clip.write_bytes(clip.read_bytes().replace(b"sowt", b"x?y!"))
    found = asyncio.run(verify(clip))
    assert (found.frames, found.audio) == (24, False)
    assert [(one.channels, one.rate, one.readable) for one in found.sounds] == [(0, 0, False)]
    assert asyncio.run(last_frame(clip))
