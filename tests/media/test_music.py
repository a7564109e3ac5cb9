"""Music under a film: as long as the film, below what is spoken, whatever kind of file it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.errors import Refused
from krafity_cli.media.film.join import join
from krafity_cli.media.film.music import Music, music_at, sniff
from krafity_cli.media.probe import probe
from krafity_cli.media.seams import Segment
from tests.media import clips

CODERS = {"wav": (), "flac": (), "mp3": (), "ogg": ("-c:a", "libvorbis"), "m4a": ()}


def tune(path: Path, *args: str, seconds: float = 1.0) -> Path:
    """A tone of 1000 Hz."""
    source = f"sine=frequency=1000:duration={seconds}:sample_rate=44100"
    clips.ffmpeg("-f", "lavfi", "-i", source, *args, str(path))
    return path


def heard(out: Path) -> list[float]:
    """How loud each tenth of a second is, as root mean square."""
    samples = clips.samples(out)[:, 0].astype(float)
    rows = len(samples) // 4800
    found = np.sqrt((samples[: rows * 4800].reshape(rows, 4800) ** 2).mean(axis=1))
    return [float(value) for value in found]


def film(out: Path, music: Music, *paths: Path) -> None:
    asyncio.run(join([Segment(path) for path in paths], out, bed=music))


@pytest.mark.parametrize("kind", CODERS)
def test_any_kind_of_sound_is_music(tmp_path: Path, kind: str) -> None:
    found = music_at(tune(tmp_path / f"tune.{kind}", *CODERS[kind]))
    assert found.container == {"m4a": "mov"}.get(kind, kind)
    silent = clips.make(tmp_path / "a.mp4", 24)
    film(tmp_path / "film.mp4", found, silent)
    assert min(heard(tmp_path / "film.mp4")[1:4]) > 1000


def test_it_is_repeated_to_the_films_end_and_ebbs_there(tmp_path: Path) -> None:
    music = music_at(tune(tmp_path / "tune.wav"))
    silent = clips.make(tmp_path / "a.mp4", 48)
    out = tmp_path / "film.mp4"
    film(out, music, silent, silent, silent)
    assert len(clips.samples(out)) == 144 * 2000
    volume = heard(out)
    assert min(volume[1:39]) > 0.9 * max(volume)
    assert volume[40] > volume[45] > volume[50] > volume[55] > volume[59]
    assert volume[59] < 0.1 * max(volume)


def test_it_lies_below_what_the_clips_let_hear(tmp_path: Path) -> None:
    music = music_at(tune(tmp_path / "tune.wav", seconds=5.0))
    spoken = clips.make(tmp_path / "a.mp4", 24, sound=1.0)
    silent = clips.make(tmp_path / "b.mp4", 72)
    plain, out = tmp_path / "plain.mp4", tmp_path / "film.mp4"
    asyncio.run(join([Segment(spoken), Segment(silent)], plain))
    film(out, music, spoken, silent)
    alone = tmp_path / "alone.mp4"
    film(alone, music, silent)
    below = 20 * np.log10(heard(out)[15] / heard(alone)[5])
    assert below == pytest.approx(-14, abs=0.3)
    assert heard(out)[5] == pytest.approx(heard(plain)[5], rel=0.05)


def test_pictures_stay_as_they_are(tmp_path: Path) -> None:
    music = music_at(tune(tmp_path / "tune.wav"))
    clip = clips.make(tmp_path / "a.mp4", 24)
    film(tmp_path / "film.mp4", music, clip)
    assert clips.pictures(tmp_path / "film.mp4") == clips.pictures(clip)
    assert [one.codec for one in asyncio.run(probe(tmp_path / "film.mp4")).sounds] == ["aac"]


@pytest.mark.parametrize("head", [b"", b"\xff", b"#EXTM3U\n", b"RIFF\0\0\0\0AVI ", b"\x89PNG"])
def test_what_is_no_sound_is_none(head: bytes) -> None:
    assert sniff(head) is None


def test_what_is_no_music_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.mp3"
    path.write_text("#EXTM3U\nhttp://example.org/a.mp3\n")
    for file, why, hint in (
        (path, "it is not an audio file", "use a WAV, FLAC, MP3, Ogg or M4A file"),
        (tmp_path / "gone.mp3", "No such file or directory", ""),
    ):
        with pytest.raises(Refused) as refused:
            music_at(file)
        error = refused.value
        assert (error.what, error.why, error.hint) == (
            f"{file} cannot be used as music",
            why,
            hint,
        )


@pytest.mark.parametrize(
    ("content", "why", "hint"),
    [
        (b"", "it is empty", "use a WAV, FLAC, MP3, Ogg or M4A file"),
        (b"hello", "it is not an audio file", "use a WAV, FLAC, MP3, Ogg or M4A file"),
        (
            b"version https://git-lfs.github.com/spec/v1\n",
            "it is a Git LFS pointer, not the file itself",
            "run `git lfs pull` (in CI: actions/checkout with `lfs: true`)",
        ),
        (
            b"RIFF\0\0\0\0WAVEjunk",
            "it has no sound that can be decoded",
            "use a WAV, FLAC, MP3, Ogg or M4A file with a sound track",
        ),
    ],
)
def test_music_that_is_none_is_refused_with_the_cure(
    tmp_path: Path, content: bytes, why: str, hint: str
) -> None:
    (tmp_path / "tune").write_bytes(content)
    with pytest.raises(Refused) as refused:
        music_at(tmp_path / "tune")
    assert (refused.value.why, refused.value.hint) == (why, hint)


def test_a_video_without_sound_is_no_music(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        music_at(clips.make(tmp_path / "silent.mp4", 4))
    assert refused.value.why == "it has no sound that can be decoded"
