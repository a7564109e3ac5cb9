"""A file that is something else is called by its name, with the line that makes it right."""

from __future__ import annotations

import pytest

from krafity_cli.errors import Problems
from krafity_cli.storyboard.foreign_files import Wanted, explained
from krafity_cli.storyboard.read import read_storyboard

from .conftest import FOLDER, Shelf

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 132735\n"
PULL = "run `git lfs pull` (in CI: actions/checkout with `lfs: true`)"
AVI = b"RIFF\0\0\0\0AVI LIST"
TS = (b"\x47" + bytes(187)) * 4
AVCHD = (bytes(4) + b"\x47" + bytes(187)) * 4
MP4 = b"\0\0\0\x18ftypmp42"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.mark.parametrize(
    ("head", "wanted", "told"),
    [
        (LFS, "picture", f"is a Git LFS pointer, not the file itself: {PULL}"),
        (LFS, "video", f"is a Git LFS pointer, not the file itself: {PULL}"),
        (LFS, "sound", f"is a Git LFS pointer, not the file itself: {PULL}"),
        (
            b"../../.git/annex/objects/k1/x",
            "video",
            "is a git-annex pointer, not the file itself: run `git annex get` for it",
        ),
        (
            b"<!DOCTYPE html><html>",
            "picture",
            "is a web page: download the file itself; a link may need a sign-in",
        ),
        (
            bytes(512),
            "video",
            "is nothing but zero bytes: open it once or make it available offline, so that it "
            "is downloaded",
        ),
        (b"PK\3\4", "sound", "is an archive: unpack it"),
        (b"\0\0\0\x24ftypheic", "picture", "is HEIC: save it as PNG or JPEG"),
        (b"\0\0\0\x24ftypavif", "picture", "is AVIF: save it as PNG or JPEG"),
        (b"GIF89a", "picture", "is GIF: save it as PNG or JPEG"),
        (b"II*\0", "picture", "is TIFF or a raw picture: save it as PNG or JPEG"),
        (b"8BPS", "picture", "is a Photoshop document: save it as PNG or JPEG"),
        (b"BM\x36\0\0\0\0\0\0\0", "picture", "is BMP: save it as PNG or JPEG"),
        (b"\xff\x0a", "picture", "is JPEG XL: save it as PNG or JPEG"),
        (b"<?xml version='1.0'?>\n<svg>", "picture", "is SVG: save it as PNG or JPEG"),
        (
            MP4,
            "picture",
            "is MP4 or MOV: `image` takes a still picture; use `clip` for a video",
        ),
        (PNG, "video", "is PNG: `clip` takes a video; use `image` for a picture"),
        (
            AVCHD,
            "video",
            "is AVCHD: convert it: `ffmpeg -i 'my file' -c copy 'my file.converted.mp4'`",
        ),
        (
            TS,
            "video",
            "is an MPEG transport stream: convert it: "
            "`ffmpeg -i 'my file' -c copy 'my file.converted.mp4'`",
        ),
        (
            AVI,
            "video",
            "is AVI: convert it: "
            "`ffmpeg -i 'my file' -crf 16 -pix_fmt yuv420p 'my file.converted.mp4'`",
        ),
        (
            b"FORM\0\0\0\0AIFF",
            "sound",
            "is AIFF: convert it: `ffmpeg -i 'my file' 'my file.converted.wav'`",
        ),
        (
            AVI,
            "sound",
            "is AVI: extract its sound: `ffmpeg -i 'my file' -vn 'my file.converted.wav'`",
        ),
        (b"MThd", "sound", "is MIDI: use a WAV, FLAC, MP3, Ogg or M4A file"),
        (b"ID3", "video", "is MP3: use an MP4, MOV, Matroska or WebM file"),
        (b"fLaC", "picture", "is FLAC: use a PNG, JPEG or WebP file"),
        (PNG, "storyboard", "is PNG: a storyboard is YAML text"),
        (LFS, "storyboard", f"is a Git LFS pointer, not the file itself: {PULL}"),
        (b"BM: [a]\n", "storyboard", None),
        (b"FLV: x\n", "storyboard", None),
        (b"hello", "picture", None),
        (b"", "video", None),
    ],
)
def test_what_a_file_is_and_its_cure(head: bytes, wanted: Wanted, told: str | None) -> None:
    assert explained(head, "my file", wanted) == told


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("takes/-a.avi", "`ffmpeg -i takes/-a.avi"),
        ("-a.avi", "`ffmpeg -i ./-a.avi"),
        ("a;rm -rf.avi", "`ffmpeg -i 'a;rm -rf.avi'"),
        ("a\x1b[31m.avi", "`ffmpeg -i FILE"),
    ],
)
def test_the_line_that_converts_a_file_is_safe_to_copy(path: str, command: str) -> None:
    assert command in (explained(AVI, path, "video") or "")


def test_a_storyboard_that_was_not_pulled_is_told(shelf: Shelf) -> None:
    with pytest.raises(Problems) as caught:
        read_storyboard(LFS, "board.yaml", FOLDER, shelf)
    (problem,) = caught.value.problems
    assert (problem.position[0], problem.code) == (1, "not-a-storyboard")
    assert problem.message == f"this is a Git LFS pointer, not the file itself: {PULL}"
