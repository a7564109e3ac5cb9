"""Which files are videos, told by their first bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.containers.container import container, sniff
from tests.media import clips


@pytest.mark.parametrize(
    ("name", "codec", "kind"),
    [
        ("a.mp4", "libx264", "mov"),
        ("a.mov", "prores", "mov"),
        ("a.mkv", "libx264", "matroska"),
        ("a.webm", "libvpx-vp9", "matroska"),
    ],
)
def test_a_video_is_known_by_its_content(tmp_path: Path, name: str, codec: str, kind: str) -> None:
    clip = clips.make(tmp_path / name, 1, vcodec=codec).rename(tmp_path / "clip.txt")
    assert container(clip) == kind


@pytest.mark.parametrize("first", [b"moov", b"mdat", b"wide", b"free", b"skip"])
def test_an_old_quicktime_file_is_a_video(first: bytes) -> None:
    assert sniff(b"\0\0\0\x08" + first) == "mov"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"ftyp",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile 'secret.mp4'\n",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml version="1.0"?><MPD/>',
        b"RIFF\0\0\0\0AVI LIST",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\0\0\0\x1cftypheic\0\0\0\0mif1heic",
        b"\0\0\0\x20ftypavif\0\0\0\0avifmif1",
        b"FLV\x01\x05\0\0\0\x09",
        b"G@\x11\x10" * 16,
    ],
)
def test_nothing_else_is_a_video(head: bytes) -> None:
    assert sniff(head) is None


def test_a_file_that_is_no_video_is_refused_in_words(tmp_path: Path) -> None:
    clip = tmp_path / "film.mp4"
    clip.write_text("#EXTM3U\n")
    with pytest.raises(MediaError) as caught:
        container(clip)
    error = caught.value
    assert error.what == "cannot read film.mp4"
    assert error.why == ("it is not an MP4, MOV, Matroska or WebM file")
    assert error.hint == "use a video file, or convert this one to MP4"


def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        container(tmp_path / "none.mp4")
    assert (caught.value.what, caught.value.why) == (
        "cannot read none.mp4",
        "No such file or directory",
    )
