"""Frames become clips: exactly as many, in the right colours, the same bytes each time."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media import color as colour
from krafity_cli.media.encode import Frame, encode
from krafity_cli.media.facts import facts, look
from krafity_cli.media.probe import Colours
from krafity_cli.media.verifying import verified
from krafity_cli.media.x264 import PARAMETERS
from tests.media import clips


def write(out: Path, frames: Iterator[Frame], fps: Fraction | int = 24, **more: Any) -> Path:
    encode(frames, clips.SIZE, fps, out, **more)
    return out


def planar(count: int) -> Iterator[Frame]:
    return (colour.frame(colour.planes(picture)) for picture in clips.frames(count))


def test_every_frame_comes_out_in_order(tmp_path: Path) -> None:
    clip = write(tmp_path / "a.mp4", clips.frames(30))
    assert clips.shown(clip) == clips.run_of(0, range(30))


@pytest.mark.parametrize("fps", [24, Fraction(24000, 1001), 25, 30])
def test_the_rate_is_exact(tmp_path: Path, fps: Fraction | int) -> None:
    found = verified(write(tmp_path / "a.mp4", clips.frames(12), fps))
    assert (found.fps, found.constant, found.frames) == (fps, True, 12)
    assert found.seconds == 12 / Fraction(fps)


def test_a_clip_is_tagged_and_plays_everywhere(tmp_path: Path) -> None:
    clip = write(tmp_path / "a.mp4", clips.frames(12))
    found = facts(clip)
    assert (found.codec, found.pix_fmt) == ("h264", "yuv420p")
    assert found.colours == Colours("tv", "bt709", "bt709", "bt709")
    assert (found.width, found.height, found.sar, found.audio) == (128, 96, Fraction(1), False)
    assert clips.boxes(clip)[:2] == ["ftyp", "moov"]


@pytest.mark.parametrize("form", ["rgb", "planes"])
def test_colours_are_those_of_bt709(tmp_path: Path, form: str) -> None:
    wanted = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (200, 120, 40)]
    pictures = [np.full((96, 128, 3), rgb, np.uint8) for rgb in wanted]
    given = pictures if form == "rgb" else [colour.frame(colour.planes(p)) for p in pictures]
    clip = write(tmp_path / "a.mp4", iter(given), form=form)
    raw = ("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1")
    coded = np.frombuffer(clips.ffmpeg("-i", str(clip), *raw), np.uint8).reshape(-1, 144, 128)
    for picture, seen in zip(pictures, coded, strict=True):
        exact = colour.frame(colour.planes(picture))
        assert np.abs(seen.astype(int) - exact).max() <= 1


@pytest.mark.parametrize("form", ["rgb", "planes"])
def test_the_same_frames_give_the_same_bytes(tmp_path: Path, form: str) -> None:
    def made(name: str) -> str:
        frames = clips.frames(24) if form == "rgb" else planar(24)
        clip = write(tmp_path / name, frames, form=form, count=24)
        return hashlib.sha256(clip.read_bytes()).hexdigest()

    assert made("a.mp4") == made("b.mp4")


def test_planes_give_the_same_picture_as_rgb(tmp_path: Path) -> None:
    rgb = clips.decoded(write(tmp_path / "a.mp4", clips.frames(4)))
    planes = clips.decoded(write(tmp_path / "b.mp4", planar(4), form="planes"))
    for one, other in zip(rgb, planes, strict=True):
        assert np.abs(one.astype(int) - other).mean() < 1.5


def test_with_a_count_the_last_frame_is_a_key_frame_decoded_last(tmp_path: Path) -> None:
    known = look(write(tmp_path / "a.mp4", clips.frames(24), count=24))[1]
    assert known.shown[-1] == 23
    assert known.packets[23].entry
    unknown = look(write(tmp_path / "b.mp4", clips.frames(24)))[1]
    assert [packet.entry for packet in unknown.packets] == [True] + [False] * 23


def test_key_frames_are_two_seconds_apart(tmp_path: Path) -> None:
    track = look(write(tmp_path / "a.mp4", clips.frames(97)))[1]
    assert [i for i, packet in enumerate(track.packets) if packet.entry] == [0, 48, 96]


def test_an_older_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"x" * 100_000)
    clip = write(tmp_path / "a.mp4", clips.frames(3))
    assert clips.shown(clip) == clips.run_of(0, range(3))


@pytest.mark.parametrize(
    ("form", "bad", "why"),
    [
        ("rgb", np.zeros((96, 128), np.uint8), "a frame is (96, 128) of uint8, not (96, 128, 3)"),
        (
            "rgb",
            np.zeros((96, 128, 3), np.float32),
            "a frame is (96, 128, 3) of float32, not (96, 128, 3)",
        ),
        (
            "planes",
            np.zeros((96, 128, 3), np.uint8),
            "a frame is (96, 128, 3) of uint8, not (144, 128)",
        ),
    ],
)
def test_a_frame_of_another_shape_is_refused(
    tmp_path: Path, form: str, bad: Frame, why: str
) -> None:
    with pytest.raises(MediaError) as caught:
        write(tmp_path / "a.mp4", iter([bad]), form=form)
    assert caught.value.what == "cannot write the clip"
    assert caught.value.why == f"{why} of uint8"


def test_an_odd_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        encode(clips.frames(2, size=(129, 96)), (129, 96), 24, tmp_path / "a.mp4")
    error = caught.value
    assert (error.what, error.why) == (
        "cannot write a.mp4",
        "its width and height are not even: 129x96",
    )


def test_no_frames_are_no_clip(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        write(tmp_path / "a.mp4", iter([]))
    error = caught.value
    assert (error.what, error.why) == ("cannot write a.mp4", "there is no frame to write")


def test_what_making_a_frame_raises_is_raised(tmp_path: Path) -> None:
    def frames() -> Iterator[Frame]:
        yield clips.frame(0)
        raise ZeroDivisionError("ours")

    with pytest.raises(ZeroDivisionError, match="ours"):
        write(tmp_path / "a.mp4", frames())


def test_where_nothing_can_be_written_the_system_says_why(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        write(tmp_path / "none" / "a.mp4", clips.frames(100))
    error = caught.value
    assert (error.what, error.why) == ("cannot write a.mp4", "No such file or directory")
    assert error.hint == "make room on the disk, or try again"


@pytest.mark.parametrize("form", ["rgb", "planes"])
def test_two_threads_write_the_same_bytes_as_one(tmp_path: Path, form: str) -> None:
    def made(threads: int) -> bytes:
        frames = clips.frames(24) if form == "rgb" else planar(24)
        clip = write(tmp_path / f"{threads}.mp4", frames, form=form, count=24, threads=threads)
        return clip.read_bytes()

    assert made(1) == made(2)


def test_the_same_bytes_are_written_on_any_processor(tmp_path: Path) -> None:
    """x264 says in its clips how it was set up."""
    clip = write(tmp_path / "a.mp4", clips.frames(3)).read_bytes()
    settings = clip[clip.index(b"x264 - core") :].partition(b"\0")[0].decode()
    assert "threads=1 " in settings
    assert PARAMETERS == "cpu-independent=1"


def test_the_frames_are_drawn_in_one_thread_and_closed_there(tmp_path: Path) -> None:
    threads = []

    def frames() -> Iterator[Frame]:
        for _ in range(9):
            threads.append(threading.current_thread())
            yield clips.frame(0)

    write(tmp_path / "a.mp4", frames(), threads=2)
    assert len(set(threads)) == 1
    assert threads[0] is not threading.main_thread()
    assert threads[0] not in threading.enumerate()
