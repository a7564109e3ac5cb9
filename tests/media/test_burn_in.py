"""What is burnt into a film: the right words on the right frame, inside the safe area."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.encode import encode
from krafity_cli.media.facts import facts
from krafity_cli.media.film.join import join
from krafity_cli.media.film.wrap import Subtitle
from krafity_cli.media.overlays.band import Band, timecode
from krafity_cli.media.overlays.burn_in import Burn, burn
from krafity_cli.media.seams import Segment
from tests.media import clips

SIZE = (640, 360)
TWO = Burn(("QUAY  take 1", "STORM  take 2"), (5, 7))
NTSC = Fraction(24000, 1001)


def gray(out: Path, value: int = 128, count: int = 12, size: tuple[int, int] = SIZE) -> Path:
    frame = np.full((size[1], size[0], 3), value, np.uint8)
    encode(iter([frame] * count), size, 24, out)
    return out


def burnt(
    film: Path, what: Burn, fps: Fraction = Fraction(24), size: tuple[int, int] = SIZE
) -> list[np.ndarray]:
    """The frames of a film with words, as numbers around 0 where the gray film is untouched."""
    out = film.with_name("burnt.mp4")
    asyncio.run(burn(film, what, fps, out))
    return [frame.astype(int) for frame in clips.decoded(out, size=size)]


def changed(frame: np.ndarray, value: int = 128) -> np.ndarray:
    return np.abs(frame - value).max(-1) > 12


@pytest.mark.parametrize(
    ("frame", "fps", "text"),
    [
        (0, Fraction(24), "00:00:00:00"),
        (23, Fraction(24), "00:00:00:23"),
        (24, Fraction(24), "00:00:01:00"),
        (24 * 3661 + 5, Fraction(24), "01:01:01:05"),
        (30 * 60, Fraction(30000, 1001), "00:01:00:00"),
        (24, NTSC, "00:00:01:00"),
    ],
)
def test_a_timecode_counts_frames(frame: int, fps: Fraction, text: str) -> None:
    assert timecode(frame, fps) == text


def test_all_words_stand_in_the_title_safe_area_below(tmp_path: Path) -> None:
    said = Subtitle(Fraction(0), Fraction(1), "Far too late, and yet it is in time.\nYes.")
    frames = burnt(gray(tmp_path / "a.mp4"), Burn(("A",), (12,), (said,)))
    rows, columns = np.nonzero(changed(frames[3]))
    assert columns.min() >= 32 - 1
    assert columns.max() <= 640 - 32
    assert rows.max() <= 360 - 18
    assert rows.min() > 180


def test_the_timecode_runs_with_every_frame(tmp_path: Path) -> None:
    frames = burnt(gray(tmp_path / "a.mp4"), TWO)
    clock = [frame[:, 440:] for frame in frames]
    steps = [np.abs(one - other).max() for one, other in pairwise(clock)]
    assert min(steps) > 60


@pytest.mark.parametrize("fps", [Fraction(24), NTSC, Fraction(30)])
def test_each_frame_has_its_own_timecode(tmp_path: Path, fps: Fraction) -> None:
    film, what = clips.make(tmp_path / "a.mp4", 40, size=SIZE, fps=fps), Burn(("A",), (40,))
    band = Band(what, SIZE, fps)
    height = band.height
    letters = [frame[:height, 500:610] > 200 for frame in band.frames()]
    seen = [
        frame[band.top : band.top + height, 500:610].mean(-1) > 170
        for frame in burnt(film, what, fps)
    ]
    nearest = [int(np.argmin([(one != other).sum() for other in letters])) for one in seen]
    assert nearest == list(range(40))


def test_the_label_changes_where_the_shot_does(tmp_path: Path) -> None:
    labels = [frame[:, :320] for frame in burnt(gray(tmp_path / "a.mp4"), TWO)]
    steps = [int(np.abs(one - other).max()) for one, other in pairwise(labels)]
    assert [number for number, step in enumerate(steps, 1) if step > 60] == [5]


def test_what_is_spoken_is_shown_while_it_is(tmp_path: Path) -> None:
    said = Subtitle(Fraction(3, 24), Fraction(6, 24), "Hello.")
    frames = burnt(gray(tmp_path / "a.mp4"), Burn(("A",), (12,), (said,)))
    middle = [bool(changed(frame)[:316, 240:400].any()) for frame in frames]
    assert middle == [3 <= number < 6 for number in range(12)]


@pytest.mark.parametrize("value", [0, 128, 255])
def test_words_can_be_read_on_any_picture(tmp_path: Path, value: int) -> None:
    frame = burnt(gray(tmp_path / "a.mp4", value), Burn(("QUAY",), (12,)))[0]
    clock = frame[328:340, 520:600].mean(-1)
    light, dark = (_light(float(np.percentile(clock, share))) for share in (98, 20))
    # 4.5 to 1 is what the Web Content Accessibility Guidelines ask of text.
    assert (light + 0.05) / (dark + 0.05) > 4.5


def _light(value: float) -> float:
    return float((value / 255) ** 2.2)


def test_nothing_else_changes(tmp_path: Path) -> None:
    film = clips.make(tmp_path / "film.mp4", 24, size=(256, 192), sound=1.0)
    out = tmp_path / "burnt.mp4"
    asyncio.run(burn(film, Burn(("A",), (24,)), Fraction(24), out))
    assert clips.shown(out, (256, 192)) == [(0, number) for number in range(24)]
    assert clips.times(out) == clips.times(film)
    assert np.array_equal(clips.samples(out), clips.samples(film))


def test_a_long_name_leaves_the_timecode_its_room(tmp_path: Path) -> None:
    size = (180, 320)
    frames = burnt(
        gray(tmp_path / "a.mp4", size=size), Burn(("X" * 64 + "  take 12",), (12,)), size=size
    )
    columns = np.nonzero(changed(frames[0])[300])[0]
    gaps = np.diff(columns)
    assert columns.max() <= 180 - 9
    assert (gaps > 2).any()


def test_the_same_film_gives_the_same_bytes(tmp_path: Path) -> None:
    film = gray(tmp_path / "a.mp4")
    one, two = tmp_path / "one.mp4", tmp_path / "two.mp4"
    for out in (one, two):
        asyncio.run(burn(film, TWO, Fraction(24), out))
    assert one.read_bytes() == two.read_bytes()


def test_a_broken_film_is_said_to_be(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(gray(tmp_path / "a.mp4").read_bytes()[:400])
    with pytest.raises(MediaError):
        asyncio.run(burn(broken, TWO, Fraction(24), tmp_path / "out.mp4"))


def test_a_film_whose_clips_are_tagged_differently_keeps_every_frame(tmp_path: Path) -> None:
    """Footage without colour tags before a clip with them: filters would begin to count anew."""
    tagged = gray(tmp_path / "tagged.mp4", count=12, size=clips.SIZE)
    untagged = clips.make(tmp_path / "untagged.mp4", 24)
    film, out = tmp_path / "film.mp4", tmp_path / "burnt.mp4"
    asyncio.run(join([Segment(untagged, drop_last=True), Segment(tagged)], film))
    asyncio.run(burn(film, Burn(("A", "B"), (23, 12)), Fraction(24), out))
    found = facts(out)
    assert (found.frames, found.fps, found.constant) == (35, Fraction(24), True)


def test_a_film_of_other_frames_than_those_planned_is_refused(tmp_path: Path) -> None:
    film = gray(tmp_path / "a.mp4", count=12)
    for lengths in ((5, 6), (5, 8)):
        with pytest.raises(MediaError) as caught:
            asyncio.run(burn(film, Burn(("A", "B"), lengths), Fraction(24), tmp_path / "b.mp4"))
        assert caught.value.why == f"12 frames were written, not {sum(lengths)}"


def test_sound_is_copied(tmp_path: Path) -> None:
    clip, film = clips.make(tmp_path / "a.mp4", 24, sound=1.0), tmp_path / "film.mp4"
    asyncio.run(join([Segment(clip), Segment(clip)], film))
    out = tmp_path / "burnt.mp4"
    asyncio.run(burn(film, Burn(("A", "B"), (24, 24)), Fraction(24), out))
    assert np.array_equal(clips.samples(out), clips.samples(film))
