"""What ffmpeg is asked, and what it answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.program import ffmpeg
from tests.media import clips
from tests.media.test_process import ENDLESS, left


def test_an_answer_is_what_ffmpeg_writes() -> None:
    black = ("-f", "lavfi", "-i", "color=black:size=2x2", "-frames:v", "1", "-pix_fmt", "gray")
    output = asyncio.run(ffmpeg.run(*black, "-f", "rawvideo", "pipe:1"))
    assert (output.stdout, output.stderr) == (bytes(4), "")


def test_standard_input_reaches_ffmpeg() -> None:
    form = ("-f", "rawvideo", "-pix_fmt", "gray", "-video_size", "4x2")
    turned = asyncio.run(
        ffmpeg.run(*(*form, "-i", "pipe:0", "-vf", "hflip", *form[:4], "pipe:1"), stdin=b"abcdefgh")
    )
    assert turned.stdout == b"dcbahgfe"


def test_an_endless_answer_to_much_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "MOST_OUTPUT", 1 << 20)
    form = ("-f", "rawvideo", "-pix_fmt", "gray", "-video_size", "64x64")
    with pytest.raises(MediaError, match=r"^ffmpeg failed$"):
        asyncio.run(ffmpeg.run(*form, "-i", "pipe:0", *form, "pipe:1", stdin=bytes(1 << 24)))


def test_a_failure_says_what_why_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        asyncio.run(
            ffmpeg.run(
                *("-f", "mov", "-i", f"file:{tmp_path}/none.mp4", "-f", "null", "-"),
                what="cannot read it",
                hint="look for it",
            )
        )
    error = caught.value
    assert error.what == "cannot read it"
    assert error.why == "Error opening input files: No such file or directory"
    assert error.hint == "look for it"


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    out = ffmpeg.writing(tmp_path / "out.mp4")
    with pytest.raises(MediaError) as caught:
        asyncio.run(ffmpeg.run("-f", "lavfi", "-i", "testsrc", *out, timeout=0.05, what="too slow"))
    assert (caught.value.what, caught.value.why) == ("too slow", "ffmpeg took longer than 0.05 s")
    assert left(tmp_path) == []


def test_an_answer_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "MOST_OUTPUT", 1 << 20)
    with pytest.raises(MediaError) as caught:
        asyncio.run(ffmpeg.run(*ENDLESS[:4], "-f", "rawvideo", "pipe:1"))
    assert caught.value.why == "ffmpeg answered with more than 1 MB"


@pytest.mark.parametrize(
    "name", ["-foo.mp4", "a%03d.mp4", "http:evil.mp4", "concat:a|b.mp4", "new\nline.mp4", "q'.mp4"]
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    clip = clips.make(tmp_path / "plain.mp4", 2).rename(tmp_path / name)
    counted = ("-c", "copy", "-f", "framecrc", "pipe:1")
    output = asyncio.run(ffmpeg.run(*ffmpeg.reading(clip, "mov"), *counted))
    assert output.stdout.count(b"\n0,") == 2
