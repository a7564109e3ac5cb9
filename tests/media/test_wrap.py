"""What a film carries besides picture and sound, and that neither changes by it."""

from __future__ import annotations

import asyncio
import re
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.film.wrap import Chapter, Subtitle, srt, wrap
from krafity_cli.media.probe import verify
from krafity_cli.media.program import ffmpeg
from tests.media import clips

TAGS = {"title": "The Boat", "description": "Made by hand.", "comment": '{"a":[1,2],"b":"x=y;#"}'}


def second(number: int) -> Fraction:
    return Fraction(number)


def wrapped(film: Path, out: Path, *more: object, tags: dict[str, str] = TAGS) -> str:
    """Wrap a film; what ffmpeg says of it then."""
    asyncio.run(wrap(film, out, tags, *more))  # type: ignore[arg-type]
    done = subprocess.run(
        [ffmpeg.binary(), "-hide_banner", "-i", str(out)], capture_output=True, text=True
    )
    return done.stderr


def told(banner: str, tag: str) -> str | None:
    """A tag of the file as ffmpeg tells it."""
    found = re.search(rf"^    {tag} +: (.*)$", banner, re.MULTILINE)
    return found and found[1]


def test_a_film_tells_where_it_comes_from(tmp_path: Path) -> None:
    banner = wrapped(clips.make(tmp_path / "film.mp4"), tmp_path / "out.mp4")
    assert {tag: told(banner, tag) for tag in TAGS} == TAGS
    assert "encoder" not in banner
    assert "creation_time" not in banner


def test_pictures_and_sound_are_those_of_the_film(tmp_path: Path) -> None:
    film = clips.make(tmp_path / "film.mp4", 48, *clips.B_FRAMES, sound=2.0)
    out = tmp_path / "out.mp4"
    chapters = [Chapter("one", second(0), second(1)), Chapter("two", second(1), second(2))]
    wrapped(film, out, chapters, [Subtitle(second(0), second(1), "Hello")])
    assert clips.pictures(out) == clips.pictures(film)
    assert clips.times(out) == clips.times(film)
    assert np.array_equal(clips.samples(out), clips.samples(film))
    assert asyncio.run(verify(out)).frames == 48


def test_the_index_comes_first_so_that_browsers_play_at_once(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    wrapped(clips.make(tmp_path / "film.mp4"), out)
    boxes = clips.boxes(out)
    assert boxes.index("moov") < boxes.index("mdat")


def test_chapters_are_named_and_begin_where_they_are_told(tmp_path: Path) -> None:
    chapters = [
        Chapter("quay", second(0), Fraction(143, 24)),
        Chapter("Häfen; = #1 \\ two\nlines", Fraction(143, 24), second(12)),
    ]
    film = clips.make(tmp_path / "film.mp4", 288)
    banner = wrapped(film, tmp_path / "out.mp4", chapters)
    times = re.findall(r"Chapter #0:\d+: start ([\d.]+), end ([\d.]+)", banner)
    found = [float(time) for pair in times for time in pair]
    assert found == pytest.approx([0, 143 / 24, 143 / 24, 12], abs=0.001)
    titles = re.findall(r"^        title +: (.*)$", banner, re.MULTILINE)
    assert titles == ["quay", "Häfen; = #1 \\ two lines"]


def test_subtitles_are_a_track_of_words_and_times(tmp_path: Path) -> None:
    words = [
        Subtitle(second(0), Fraction(3, 2), "It is forty years late,\nMr. Oram."),
        Subtitle(Fraction(3, 2), second(2), "Häfen."),
    ]
    out = tmp_path / "out.mp4"
    banner = wrapped(clips.make(tmp_path / "film.mp4", 48), out, (), words)
    assert "Subtitle: mov_text" in banner
    assert clips.ffmpeg("-i", str(out), "-map", "0:s:0", "-f", "srt", "-").decode() == srt(words)


def test_subrip_text_counts_from_one_and_has_commas(tmp_path: Path) -> None:
    words = [
        Subtitle(Fraction(95, 24), second(3725), "One\n\n  two  "),
        Subtitle(second(4000), second(4001), "<b>three</b> {\\an8}"),
    ]
    assert srt(words) == (
        "1\n00:00:03,958 --> 01:02:05,000\nOne\ntwo\n\n"
        "2\n01:06:40,000 --> 01:06:41,000\n‹b›three‹/b› (\\an8)\n\n"
    )


@pytest.mark.parametrize(
    "title", ["a=b", "; no comment", "#1", "\\", "[CHAPTER]", "\x1b[2J", "a\nSTART=9", "\u202e", ""]
)
def test_hostile_titles_are_titles(tmp_path: Path, title: str) -> None:
    chapters = [Chapter(title or "x", second(0), second(1))]
    film = clips.make(tmp_path / "film.mp4")
    banner = wrapped(film, tmp_path / "out.mp4", chapters, tags={"title": title})
    assert banner.count("Chapter #0:") == 1
    assert "start 0.000000, end 1.000000" in banner


def test_the_same_film_is_wrapped_into_the_same_bytes(tmp_path: Path) -> None:
    film = clips.make(tmp_path / "film.mp4", sound=1.0)
    words, chapters = [Subtitle(second(0), second(1), "x")], [Chapter("x", second(0), second(1))]
    for name in ("one", "two"):
        wrapped(film, tmp_path / name, chapters, words)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_film_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "film.mp4"
    broken.write_bytes(clips.make(tmp_path / "whole.mp4").read_bytes()[:64])
    with pytest.raises(MediaError, match=r"cannot write out\.mp4"):
        wrapped(broken, tmp_path / "out.mp4")
