"""Films: every frame of every clip in its place, and none coded anew that need not be."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.encode import encode
from krafity_cli.media.film.join import Joined, join
from krafity_cli.media.probe import Probe, probe, verify
from krafity_cli.media.seams import Segment
from tests.media import clips
from tests.media.test_process import left


def film(out: Path, *segments: Segment, **more: object) -> Joined:
    return asyncio.run(join(segments, out, **more))  # type: ignore[arg-type]


def look(clip: Path) -> Probe:
    return asyncio.run(verify(clip))


@pytest.fixture(scope="module")
def three(room: Path) -> list[Path]:
    """Three clips of one kind, numbered 1 to 3, with B-frames at their ends."""
    return [
        clips.make(room / f"join{clip}.mp4", 23 + clip, *clips.B_FRAMES, clip=clip)
        for clip in (1, 2, 3)
    ]


def chained(*files: Path) -> list[Segment]:
    """Each clip but the last without its last frame."""
    return [*(Segment(file, drop_last=True) for file in files[:-1]), Segment(files[-1])]


# Frames


def test_at_a_hard_cut_every_frame_is_there(tmp_path: Path, three: list[Path]) -> None:
    out = tmp_path / "film.mp4"
    joined = film(out, *(Segment(clip) for clip in three))
    assert joined == Joined(24 + 25 + 26, Fraction(75, 24), 0)
    assert clips.pictures(out) == [each for clip in three for each in clips.pictures(clip)]


def test_at_a_seam_the_earlier_clips_last_frame_is_left_out(
    tmp_path: Path, three: list[Path]
) -> None:
    out = tmp_path / "film.mp4"
    joined = film(out, *chained(*three))
    wanted = [*clips.run_of(1, range(23)), *clips.run_of(2, range(24)), *clips.run_of(3, range(26))]
    assert clips.shown(out) == wanted
    assert (joined.frames, joined.seconds) == (73, Fraction(73, 24))
    assert joined.lengths == (23, 24, 26)


def test_only_the_frames_that_lean_on_the_one_left_out_are_coded_anew(
    tmp_path: Path, three: list[Path]
) -> None:
    out = tmp_path / "film.mp4"
    joined = film(out, *chained(*three))
    source = [
        *clips.pictures(three[0])[:-1],
        *clips.pictures(three[1])[:-1],
        *clips.pictures(three[2]),
    ]
    differing = [i for i, each in enumerate(clips.pictures(out)) if each != source[i]]
    # Clip 1 ends on three B-frames less the one shown last, clip 2 on three.
    assert differing == [21, 22, 44, 45, 46]
    assert joined.reencoded == 5


def test_frames_coded_anew_are_hardly_to_be_told(tmp_path: Path, three: list[Path]) -> None:
    out = tmp_path / "film.mp4"
    film(out, *chained(three[0], three[1]))
    source = clips.decoded(three[0])
    seen = clips.decoded(out)
    for i in (21, 22):
        assert np.abs(seen[i].astype(int) - source[i]).mean() < 1.5


def test_of_a_clip_that_ends_on_a_key_frame_nothing_is_coded_anew(tmp_path: Path) -> None:
    files = [tmp_path / f"{clip}.mp4" for clip in range(3)]
    for clip, file in enumerate(files):
        encode(clips.frames(24, clip), clips.SIZE, 24, file, count=24)
    out = tmp_path / "film.mp4"
    assert film(out, *chained(*files)).reencoded == 0
    assert clips.pictures(out) == [
        *clips.pictures(files[0])[:-1],
        *clips.pictures(files[1])[:-1],
        *clips.pictures(files[2]),
    ]


STRUCTURES: tuple[tuple[str, ...], ...] = (
    ("-bf", "0"),
    ("-bf", "1", "-x264-params", "b-adapt=0"),
    ("-bf", "2", "-x264-params", "b-adapt=0:b-pyramid=none"),
    ("-bf", "8", "-x264-params", "b-adapt=0:b-pyramid=normal:ref=6"),
    ("-bf", "3", "-x264-params", "open-gop=1:keyint=8:b-adapt=0"),
    ("-bf", "0", "-x264-params", "intra-refresh=1:keyint=8"),
    ("-bf", "2", "-g", "1"),
    ("-bf", "0", "-profile:v", "baseline", "-x264-params", "slices=3"),
    ("-bf", "3", "-aud", "1"),
)


def test_clips_of_any_structure_are_joined(tmp_path: Path) -> None:
    files = [
        clips.make(tmp_path / f"{clip}.mp4", 20 + clip, *args, clip=clip)
        for clip, args in enumerate(STRUCTURES)
    ]
    out = tmp_path / "film.mp4"
    joined = film(out, *chained(*files, files[0]))
    wanted = [clips.run_of(clip, range(19 + clip)) for clip in range(len(files))]
    wanted.append(clips.run_of(0, range(20)))
    assert clips.shown(out) == [each for run in wanted for each in run]
    # Of the clips with B-frames at their end 1, 1, 2, 2 and 2 lean on the one left out.
    assert joined.reencoded == 8
    sources = [each for file in files for each in clips.pictures(file)[:-1]]
    seen = clips.pictures(out)
    assert sum(one != other for one, other in zip(sources, seen, strict=False)) == 8


COPIED = ("no_b_frames", "b_pyramid", "open_group", "rolling_refresh", "long_sound", "late_start")
CUT = ("start_cut", "end_cut", "covered", "one_frame")
CONVERTED = ("mpeg4", "hevc", "vp9", "prores", "interlaced", "full_range", "ten_bits")


@pytest.mark.parametrize("kinds", [COPIED, CUT, CONVERTED])
def test_clips_of_any_kind_are_joined(
    tmp_path: Path, nasty: Callable[[str], Path], three: list[Path], kinds: tuple[str, ...]
) -> None:
    out = tmp_path / "film.mp4"
    film(out, Segment(three[0]), *(Segment(nasty(kind), True) for kind in kinds), Segment(three[1]))
    found = look(out)
    assert (found.codec, found.pix_fmt) == ("h264", "yuv420p")
    assert (found.width, found.height, found.fps, found.constant) == (128, 96, Fraction(24), True)
    wanted = [clips.run_of(1, range(24))]
    wanted += [clips.shown(nasty(kind))[:-1] for kind in kinds]
    wanted += [clips.run_of(2, range(25))]
    assert clips.shown(out) == [each for run in wanted for each in run]


@pytest.mark.parametrize("kind", ["turned", "mirrored", "wide_pixels", "odd_size", "growing"])
def test_a_clip_of_another_shape_keeps_its_frames(
    tmp_path: Path, nasty: Callable[[str], Path], three: list[Path], kind: str
) -> None:
    count = asyncio.run(probe(nasty(kind))).frames
    out = tmp_path / "film.mp4"
    film(out, Segment(three[0]), Segment(nasty(kind), True), Segment(three[1]))
    seen = clips.shown(out)
    assert seen[:24] == clips.run_of(1, range(24))
    assert seen[-25:] == clips.run_of(2, range(25))
    assert len(seen) == 24 + count - 1 + 25


def test_a_turned_clip_stands_upright_between_bars(
    tmp_path: Path, nasty: Callable[[str], Path], three: list[Path]
) -> None:
    out = tmp_path / "film.mp4"
    film(out, Segment(three[0]), Segment(nasty("turned")))
    upright = clips.decoded(nasty("turned"), size=(96, 128))[0]
    seen = clips.decoded(out)[24]
    assert (seen[:, :24] < 16).all()
    assert (seen[:, -24:] < 16).all()
    # Four thirds of the size: the squares' centres are where they were, in these proportions.
    for y, x in ((10, 90), (60, 70), (100, 40)):
        there = seen[y * 3 // 4, 28 + x * 3 // 4].astype(int)
        assert np.abs(there - upright[y, x]).max() < 40


def test_an_uneven_rate_becomes_even(tmp_path: Path, nasty: Callable[[str], Path]) -> None:
    out = tmp_path / "film.mp4"
    assert film(out, Segment(nasty("variable_rate")), fps=24).frames == 48
    # Each missing frame is stood in for by the one before it.
    wanted = [number - 1 if number % 7 == 3 else number for number in range(48)]
    assert [number for _, number in clips.shown(out)] == wanted


def test_a_clip_of_another_rate_keeps_its_length(tmp_path: Path, three: list[Path]) -> None:
    fast = clips.make(tmp_path / "fast.mp4", 60, clip=9, fps=30)
    out = tmp_path / "film.mp4"
    joined = film(out, Segment(three[0]), Segment(fast, True), Segment(three[1]))
    assert joined == Joined(24 + 47 + 25, Fraction(4), 47)
    numbers = [number for clip, number in clips.shown(out) if clip == 9]
    assert (numbers[0], numbers[-1], sorted(set(numbers)) == numbers) == (0, 58, True)


def test_a_film_of_another_size_shows_all_of_each_picture(
    tmp_path: Path, three: list[Path]
) -> None:
    out = tmp_path / "film.mp4"
    joined = film(out, Segment(three[0]), size=(320, 192))
    assert (joined.frames, joined.reencoded) == (24, 24)
    found = look(out)
    assert (found.width, found.height, found.sar) == (320, 192, Fraction(1))
    (first, *_) = clips.decoded(out, size=(320, 192))
    assert (first[:, :30] < 8).all()
    assert (first[:, -30:] < 8).all()
    assert clips.numbers(first[:, 32:-32], scale=2) == (1, 0)


def test_a_narrower_film_has_bars_above_and_below(tmp_path: Path, three: list[Path]) -> None:
    out = tmp_path / "film.mp4"
    film(out, Segment(three[0]), size=(128, 128))
    (first, *_) = clips.decoded(out, size=(128, 128))
    assert (first[:15] < 8).all()
    assert (first[-15:] < 8).all()
    assert clips.numbers(first[16:-16]) == (1, 0)


def test_wide_pixels_are_shown_wide(tmp_path: Path, nasty: Callable[[str], Path]) -> None:
    out = tmp_path / "film.mp4"
    film(out, Segment(nasty("wide_pixels")), size=(160, 90))
    (first, *_) = clips.decoded(out, size=(160, 90))
    # 128 x 96 pixels, each 4:3 wide, are 16:9.
    assert first[:, 0].mean() > 60
    assert first[:, -1].mean() > 60


def test_a_film_of_the_films_own_is_joined_too(tmp_path: Path, three: list[Path]) -> None:
    inner, out = tmp_path / "inner.mp4", tmp_path / "film.mp4"
    film(inner, *chained(*three))
    joined = film(out, *chained(inner, three[0]))
    assert clips.shown(out) == [*clips.shown(inner)[:-1], *clips.run_of(1, range(24))]
    assert joined.frames == 72 + 24


# Time


def test_frames_lie_on_whole_multiples_of_the_rate(tmp_path: Path, three: list[Path]) -> None:
    out = tmp_path / "film.mp4"
    film(out, *chained(*three))
    time_base, seen = clips.times(out)
    assert [time * time_base for time in seen] == [Fraction(i, 24) for i in range(73)]


@pytest.mark.parametrize("fps", [Fraction(24000, 1001), 25, Fraction(30000, 1001), 60])
def test_any_rate_is_kept_exactly(tmp_path: Path, fps: Fraction | int) -> None:
    clip = clips.make(tmp_path / "a.mp4", 12, *clips.B_FRAMES, fps=fps)
    out = tmp_path / "film.mp4"
    joined = film(out, *chained(clip, clip, clip))
    assert joined.seconds == 34 / Fraction(fps)
    time_base, seen = clips.times(out)
    assert [time * time_base for time in seen] == [i / Fraction(fps) for i in range(34)]


def test_clips_of_other_containers_keep_no_trace_of_their_clocks(
    tmp_path: Path, three: list[Path]
) -> None:
    rounded = tmp_path / "rounded.mkv"
    clips.ffmpeg("-i", str(three[0]), "-c", "copy", "-output_ts_offset", "1.5", str(rounded))
    out = tmp_path / "film.mp4"
    joined = film(out, *chained(rounded, three[1], rounded))
    assert joined.reencoded == 5
    time_base, seen = clips.times(out)
    assert [time * time_base for time in seen] == [Fraction(i, 24) for i in range(71)]


# The file


def test_a_film_starts_fast_and_says_nothing_of_its_making(
    tmp_path: Path, three: list[Path]
) -> None:
    out = tmp_path / "film.mp4"
    film(out, *chained(*three))
    assert clips.boxes(out) == ["ftyp", "moov", "free", "mdat"]
    data = out.read_bytes()
    assert b"Lavf" not in data
    assert str(tmp_path).encode() not in data


def test_the_same_clips_give_the_same_bytes(tmp_path: Path, three: list[Path]) -> None:
    heard = clips.make(tmp_path / "heard.mp4", 24, *clips.B_FRAMES, clip=4, sound=0.7)

    def made(name: str) -> str:
        film(tmp_path / name, *chained(three[0], heard, three[1]))
        return hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()

    assert made("a.mp4") == made("b.mp4")


def test_every_key_frame_brings_its_own_parameters(tmp_path: Path, three: list[Path]) -> None:
    plain = clips.make(tmp_path / "plain.mp4", 24, "-bf", "0", "-profile:v", "baseline", clip=4)
    out = tmp_path / "film.mp4"
    film(out, Segment(three[0]), Segment(plain), Segment(three[1]))
    middle = clips.decoded(out, "-ss", "1.0", "-frames:v", "1")
    assert clips.numbers(middle[0]) == (4, 0)
    for second, number in ((1.5, (4, 12)), (0.0, (1, 0)), (2.0, (2, 0))):
        start = clips.ffmpeg(
            *("-ss", str(second), "-i", str(out), "-frames:v", "1", "-f", "rawvideo"),
            *("-pix_fmt", "rgb24", "pipe:1"),
        )
        picture = np.frombuffer(start, np.uint8).reshape(96, 128, 3)
        assert clips.numbers(picture) == number


def test_one_clip_alone_is_copied_as_it_is(tmp_path: Path, three: list[Path]) -> None:
    out = tmp_path / "film.mp4"
    assert film(out, Segment(three[0])) == Joined(24, Fraction(1), 0)
    assert out.read_bytes() == three[0].read_bytes()


@pytest.mark.parametrize("kind", ["long_sound", "late_start", "mpeg4", "end_cut"])
def test_one_clip_that_is_no_film_becomes_one(
    tmp_path: Path, nasty: Callable[[str], Path], kind: str
) -> None:
    out = tmp_path / "film.mp4"
    joined = film(out, Segment(nasty(kind)))
    found = look(out)
    assert (found.container, found.codec, found.frames) == ("mov", "h264", joined.frames)
    assert clips.shown(out) == clips.shown(nasty(kind))


def test_an_older_film_is_written_over(tmp_path: Path, three: list[Path]) -> None:
    out = tmp_path / "film.mp4"
    out.write_bytes(b"x" * 1_000_000)
    film(out, *chained(*three))
    assert look(out).frames == 73


# Sound


def test_without_sound_there_is_no_sound_track(tmp_path: Path, three: list[Path]) -> None:
    out = tmp_path / "film.mp4"
    film(out, *chained(*three))
    assert not look(out).audio


def test_each_clips_sound_lies_under_its_frames(tmp_path: Path, three: list[Path]) -> None:
    heard = clips.make(tmp_path / "heard.mp4", 24, *clips.B_FRAMES, clip=4, sound=3.0)
    out = tmp_path / "film.mp4"
    joined = film(out, *chained(heard, three[0], heard))
    found = look(out)
    assert ([one.codec for one in found.sounds], found.frames) == (["aac"], 23 + 23 + 24)
    samples = clips.samples(out)
    assert len(samples) == joined.frames * 2000
    volume = np.abs(samples[:, 0].astype(int)).reshape(-1, 500).max(axis=1) > 500
    assert volume.tolist() == [True] * 92 + [False] * 92 + [True] * 96


def test_sound_does_not_drift_over_many_clips(tmp_path: Path) -> None:
    beep = "volume=0:enable='gt(t,0.05)'"
    clip = clips.make(tmp_path / "a.mp4", 13, "-af", beep, fps=Fraction(24000, 1001), sound=1.0)
    out = tmp_path / "film.mp4"
    film(out, *chained(*[clip] * 20))
    samples = clips.samples(out)[:, 0].astype(float)
    begins = [round(i * 12 * 1001 / 24000 * 48000) for i in range(1, 20)]
    heard = [samples[begin - 480 : begin + 3000] for begin in begins]
    lags = [int(np.correlate(one, heard[0], "full").argmax()) - 3479 for one in heard]
    assert lags == [0] * 19  # samples, of which a millisecond has 48
    for one in heard:
        assert (abs(one[:432]).max() < 200, abs(one[480:960]).max() > 1000) == (True, True)


# What is refused, and what is left behind


def test_a_cut_of_no_clips_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        film(tmp_path / "film.mp4")
    assert (caught.value.what, caught.value.why) == ("cannot join the clips", "there is none")


def test_a_cut_that_leaves_no_frame_is_refused(
    tmp_path: Path, nasty: Callable[[str], Path]
) -> None:
    with pytest.raises(MediaError) as caught:
        film(tmp_path / "film.mp4", Segment(nasty("one_frame"), True))
    assert caught.value.why == "no frame would be left"


def test_a_single_frame_that_is_left_out_is_no_gap(
    tmp_path: Path, nasty: Callable[[str], Path], three: list[Path]
) -> None:
    out = tmp_path / "film.mp4"
    joined = film(out, Segment(three[0]), Segment(nasty("one_frame"), True), Segment(three[1]))
    assert joined.frames == 49
    assert clips.shown(out) == [*clips.run_of(1, range(24)), *clips.run_of(2, range(25))]


def test_a_clip_that_cannot_be_read_is_named(tmp_path: Path, three: list[Path]) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"#EXTM3U\n")
    with pytest.raises(MediaError, match=r"^cannot read bad.mp4$"):
        film(tmp_path / "film.mp4", Segment(three[0]), Segment(tmp_path / "bad.mp4"))


def test_where_nothing_can_be_written_the_system_says_why(
    tmp_path: Path, three: list[Path]
) -> None:
    heard = clips.make(tmp_path / "heard.mp4", 24, sound=1.0)
    with pytest.raises(MediaError) as caught:
        film(tmp_path / "none" / "film.mp4", *chained(heard, *three))
    error = caught.value
    assert (error.what, error.why) == ("cannot write film.mp4", "No such file or directory")
    assert left(tmp_path) == []


def test_frames_that_do_not_come_out_are_told(tmp_path: Path, three: list[Path]) -> None:
    damaged = tmp_path / "damaged.mp4"
    clips.ffmpeg("-i", str(three[0]), "-c", "copy", "-movflags", "+faststart", str(damaged))
    data = bytearray(damaged.read_bytes())
    data[-600:] = bytes(600)
    damaged.write_bytes(data)
    with pytest.raises(MediaError) as caught:
        film(tmp_path / "film.mp4", *chained(damaged, three[1]))
    assert caught.value.what in ("cannot join the clips", "cannot read damaged.mp4")


def test_nothing_but_the_film_is_written(tmp_path: Path, three: list[Path]) -> None:
    heard = clips.make(tmp_path / "heard.mp4", 24, sound=1.0)
    (tmp_path / "films").mkdir()
    film(tmp_path / "films" / "film.mp4", *chained(heard, *three))
    assert [file.name for file in (tmp_path / "films").iterdir()] == ["film.mp4"]


@pytest.mark.parametrize("turns", [1, 100, 1_000, 5_000, 20_000])
def test_whenever_a_film_is_cancelled_no_process_is_left(
    tmp_path: Path, three: list[Path], turns: int
) -> None:
    heard = clips.make(tmp_path / "heard.mp4", 24, *clips.B_FRAMES, sound=1.0)
    mpeg4 = clips.make(tmp_path / "mpeg4.mp4", 24, vcodec="mpeg4")

    async def cancelled() -> None:
        segments = chained(heard, mpeg4, *three, heard)
        task = asyncio.create_task(join(segments, tmp_path / "film.mp4"))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert left(tmp_path) == []
        assert left(three[0].parent) == []

    asyncio.run(cancelled())
