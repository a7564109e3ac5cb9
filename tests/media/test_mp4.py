"""The tables of plain files are read as ffmpeg reads them; of all other files nothing is said."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from krafity_cli.media import looks, mp4, packets
from krafity_cli.media.join import join
from krafity_cli.media.seams import Segment
from tests.media import clips

PLAIN = ("no_b_frames", "b_pyramid", "key_frames", "open_group", "rolling_refresh", "long_sound")
ODD = ("start_cut", "end_cut", "wide_pixels", "turned", "mirrored", "mpeg4", "late_start")
UNKNOWN = ("interlaced", "full_range", "ten_bits", "odd_size")


@pytest.fixture(scope="module")
def plain(room: Path) -> bytes:
    """A plain clip with sound, its index in front."""
    clip = clips.make(room / "tables.mp4", 6, "-bf", "2", "-movflags", "+faststart", sound=0.2)
    return clip.read_bytes()


@pytest.mark.parametrize("kind", [*PLAIN, "variable_rate", "covered", "one_frame"])
def test_a_plain_file_is_read_as_ffmpeg_reads_it(nasty: Callable[[str], Path], kind: str) -> None:
    movie = mp4.read(nasty(kind))
    track = asyncio.run(packets.read(nasty(kind), "mov"))
    assert movie is not None
    assert movie.track.packets == track.packets
    assert movie.track.time_base == track.time_base
    assert movie.track.parameters == track.parameters
    assert looks.of_movie(movie) == looks.of_banner(track.banner)


@pytest.mark.parametrize("fps", [Fraction(24000, 1001), 60])
def test_every_rate_and_tag_is_read_as_ffmpeg_reads_it(tmp_path: Path, fps: Fraction | int) -> None:
    tags = "setparams=range=tv:colorspace=smpte170m:color_primaries=bt470bg:color_trc=bt709"
    clip = clips.make(tmp_path / "a.mp4", 12, "-vf", tags, fps=fps, sound=0.6)
    movie = mp4.read(clip)
    track = asyncio.run(packets.read(clip, "mov"))
    assert movie is not None
    assert movie.track.packets == track.packets
    assert looks.of_movie(movie) == looks.of_banner(track.banner)


def test_each_packet_is_found_where_it_lies(nasty: Callable[[str], Path]) -> None:
    clip = nasty("b_pyramid")
    movie = mp4.read(clip)
    assert movie is not None
    table = clips.ffmpeg("-i", str(clip), "-c", "copy", "-f", "framemd5", "-").decode()
    lines = [line for line in table.splitlines() if not line.startswith("#")]
    data = clip.read_bytes()
    bodies = [data[place.offset : place.offset + place.size] for place in movie.track.places]
    found = [hashlib.md5(body, usedforsecurity=False).hexdigest() for body in bodies]
    assert found == [line.rpartition(",")[2].strip() for line in lines]


@pytest.mark.parametrize("kind", ODD)
def test_of_a_file_that_is_not_plain_nothing_is_said(
    nasty: Callable[[str], Path], kind: str
) -> None:
    assert mp4.read(nasty(kind)) is None


@pytest.mark.parametrize("kind", UNKNOWN)
def test_of_pictures_that_are_not_usual_ffmpeg_is_asked(
    nasty: Callable[[str], Path], kind: str
) -> None:
    movie = mp4.read(nasty(kind))
    assert movie is not None
    assert looks.of_movie(movie) is None


def test_a_film_whose_key_frames_bring_parameters_is_looked_at_by_ffmpeg(
    tmp_path: Path, nasty: Callable[[str], Path]
) -> None:
    out = tmp_path / "film.mp4"
    asyncio.run(join([Segment(nasty("b_pyramid")), Segment(nasty("no_b_frames"))], out))
    movie = mp4.read(out)
    assert movie is not None
    assert (len(movie.track.packets), looks.of_movie(movie)) == (48, None)


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        (b"stsz", 12, 1 << 30),  # more samples than are listed
        (b"stsz", 16, 1 << 31),  # a sample longer than the file
        (b"stsz", 16, 0),  # an empty one
        (b"stsz", 8, 1),  # all of one size, and a list
        (b"stco", 12, 0xFFFFFFF0),  # behind the file's end
        (b"stco", 8, 1 << 28),  # more chunks than are listed
        (b"stsc", 12, 2),  # the first chunks not spoken of
        (b"stsc", 16, 7),  # more in a chunk than there are
        (b"stsc", 20, 2),  # another description
        (b"stts", 12, 0xFFFFFFFF),  # more times than samples
        (b"stts", 16, 0),  # no time between them
        (b"ctts", 16, 0xFFFFFF00),  # shown before it is decoded
        (b"stss", 12, 2),  # does not begin with a key frame
        (b"elst", 8, 2),  # two pieces
        (b"elst", 12, 1),  # hides the end
        (b"elst", 16, 2048),  # hides the beginning
        (b"elst", 20, 2 << 16),  # shown at double speed
        (b"mdhd", 16, 0),  # no clock
        (b"mvhd", 16, 0),
        (b"mvhd", 40, 0xFFFF0000),  # the movie mirrored
        (b"tkhd", 44, 0xFFFF0000),  # the track mirrored
        (b"tkhd", 80, 64 << 16),  # squeezed
        (b"dref", 16, 0x616C6973),  # in another file
        (b"stsd", 8, 2),  # two descriptions
        (b"avcC", 0, 0),  # a box that is nothing
        (b"moov", 0, 0x66726565),  # no index at all
        (b"mp4a", 32, 0x66726565),  # a sound nobody knows
    ],
)
def test_tables_that_do_not_agree_are_not_plain(
    tmp_path: Path, plain: bytes, name: bytes, at: int, value: int
) -> None:
    damaged = tmp_path / "damaged.mp4"
    data = bytearray(plain)
    begin = data.index(name) + at - (4 if name == b"avcC" else 0)
    data[begin : begin + 4] = value.to_bytes(4)
    damaged.write_bytes(data)
    assert mp4.read(damaged) is None


def test_whatever_stands_in_the_index_nothing_is_raised(tmp_path: Path, plain: bytes) -> None:
    damaged = tmp_path / "damaged.mp4"
    begin = plain.index(b"moov")
    end = begin + int.from_bytes(plain[begin - 4 : begin])
    for at in range(begin - 4, end, 3):
        damaged.write_bytes(plain[:at] + b"\xff\xff\xff" + plain[at + 3 :])
        movie = mp4.read(damaged)
        assert movie is None or len(movie.track.packets) == 6
        assert movie is None or looks.of_movie(movie) is None or movie.size == clips.SIZE


@pytest.mark.parametrize("length", [0, 7, 30, 900, 2000])
def test_a_file_cut_short_is_not_plain(tmp_path: Path, plain: bytes, length: int) -> None:
    short = tmp_path / "short.mp4"
    short.write_bytes(plain[:length])
    assert mp4.read(short) is None
