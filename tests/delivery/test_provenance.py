"""What films and the manifest tell of where they come from, and what is beside a film."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.delivery.films.credits import Credits, chapters, spoken
from krafity_cli.delivery.films.pieces import Piece
from krafity_cli.delivery.subtitles import subtitles
from krafity_cli.engines.protocol import Filtered
from krafity_cli.media.film.join import join
from krafity_cli.media.film.wrap import Chapter, Subtitle
from krafity_cli.media.probe import probe
from krafity_cli.media.program import ffmpeg
from krafity_cli.media.seams import Segment
from krafity_cli.render.report.reports import Provenance
from krafity_cli.storyboard.model import Cut, Shot
from tests.cli.conftest import krafity, site, work
from tests.cli.shell import Krafity
from tests.media import clips
from tests.render.clips import clip
from tests.render.stage import Stage

__all__ = ["krafity", "site", "work"]

BOARD = """
    title: The Paper Boat
    shots:
      quay: {image: a.png, duration: 4, prompt: quay}
      drift: {after: quay, duration: 4, prompt: drift, dialogue: Is it far?}
    cuts: {main: [quay, drift], short: [drift]}
"""


@pytest.fixture
def board(stage: Stage) -> Stage:
    stage.picture("a.png", 1)
    stage.write(BOARD)
    return stage


def banner(film: Path) -> str:
    """What ffmpeg says of a film."""
    command = [ffmpeg.binary(), "-hide_banner", "-i", str(film), "-f", "ffmetadata", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def tag(film: Path, name: str) -> str:
    """A tag of a film."""
    found = re.search(rf"^{name}=(.*)$", banner(film), re.MULTILINE)
    assert found is not None
    return re.sub(r"\\(.)", r"\1", found[1])


def comment(film: Path) -> dict[str, Any]:
    """A film's document for programs."""
    found: dict[str, Any] = json.loads(tag(film, "comment"))
    return found


def test_a_film_names_its_shots_and_who_made_them(board: Stage) -> None:
    digests = [shot.clip_digest for shot in board.deliver().report.shots]
    film = board.folder / "out/films/main.mp4"
    made = {"engine": "scripted", "model": "scripted-video-1"}
    assert tag(film, "title") == "The Paper Boat"
    assert tag(film, "description") == "2 shots cut from board.yaml."
    assert comment(film) == {
        "krafity": 1,
        "cut": "main",
        "made_with_ai": False,
        "shots": [
            {"shot": "quay", "take": 1, "digest": digests[0], **made},
            {"shot": "drift", "take": 1, "digest": digests[1], **made},
        ],
    }
    assert tag(board.folder / "out/films/short.mp4", "title") == "The Paper Boat: short"


def test_what_a_paid_engine_made_is_said_to_be_made_with_ai() -> None:
    credits = Credits("Boat", "board.yaml", "main", paid=True)
    one = Piece(Shot("a"), Path("a.mp4"), "1" * 64, engine="vertex", model="veo")
    stand = Piece(Shot("b"), Path("b.mp4"), "2" * 64, standin=True)
    footage = Piece(Shot("c"), Path("c.mp4"), "3" * 64)
    tags = credits.tags(Cut("main", ("a", "b", "c")), [one, stand, footage])
    assert tags["description"] == "3 shots cut from board.yaml. Made with AI: vertex, veo."
    document = json.loads(tags["comment"])
    assert document["made_with_ai"] is True
    assert document["shots"][1] == {"shot": "b", "take": 1, "digest": "2" * 64, "standin": True}
    assert document["shots"][2] == {"shot": "c", "take": 1, "digest": "3" * 64}
    alone = credits.tags(Cut("main", ("b",)), [stand])
    assert alone["description"] == "1 shot cut from board.yaml."
    assert json.loads(alone["comment"])["made_with_ai"] is False


def test_the_manifest_tells_who_made_each_clip(board: Stage) -> None:
    board.engine.answer("video drift", Filtered("no"))
    quay, drift = board.deliver().report.shots
    assert quay.provenance == Provenance("scripted", "scripted-video-1", made_with_ai=False)
    assert drift.provenance is None


def test_delivered_clips_stay_byte_for_byte_what_was_made(board: Stage) -> None:
    delivery = board.deliver()
    for shot in delivery.report.shots:
        path = delivery.folder / shot.clip
        digest = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True)
        assert digest.stdout.split()[0] == shot.clip_digest


def test_the_manifest_and_the_clips_are_enough_to_rebuild_a_film(
    board: Stage, tmp_path: Path
) -> None:
    delivery = board.deliver()
    document = json.loads((delivery.folder / "manifest.json").read_text())
    made = {shot["id"]: delivery.folder / shot["clip"] for shot in document["shots"]}
    film = document["films"][0]
    ends = [*film["starts"][1:], film["frames"]]
    segments = []
    for shot, start, end in zip(film["shots"], film["starts"], ends, strict=True):
        whole = len(clips.pictures(made[shot["id"]]))
        segments.append(Segment(made[shot["id"]], drop_last=end - start < whole))
    again = tmp_path / "again.mp4"
    assert asyncio.run(join(segments, again)).frames == film["frames"]
    assert clips.pictures(again) == clips.pictures(delivery.folder / film["path"])


def test_a_film_has_a_chapter_for_each_shot(board: Stage) -> None:
    board.deliver()
    text = banner(board.folder / "out/films/main.mp4")
    found = re.findall(r"TIMEBASE=1/(\d+)\nSTART=(\d+)\nEND=(\d+)\ntitle=(\w+)", text)
    assert [title for *_, title in found] == ["quay", "drift"]
    times = [int(time) / int(base) for base, *pair, _ in found for time in pair]
    assert times == pytest.approx([0, 95 / 24, 95 / 24, 191 / 24], abs=0.001)


def test_a_shot_that_gives_no_frame_has_no_chapter() -> None:
    fps = Fraction(24)
    assert chapters(["a", "b", "c"], [24, 0, 48], fps) == [
        Chapter("a", Fraction(0), Fraction(1)),
        Chapter("c", Fraction(1), Fraction(3)),
    ]


def test_dialogue_is_a_track_and_a_file_beside_the_film(board: Stage) -> None:
    main, short = board.deliver().report.films
    out = board.folder / "out"
    assert (main.subtitles, short.subtitles) == ("films/main.srt", "films/short.srt")
    text = (out / "films/main.srt").read_text()
    assert text == "1\n00:00:03,958 --> 00:00:07,875\nIs it far?\n\n"
    track = clips.ffmpeg("-i", str(out / main.path), "-map", "0:s:0", "-f", "srt", "-")
    assert track.decode() == text


def test_a_film_that_lost_its_dialogue_keeps_no_old_words(board: Stage) -> None:
    board.deliver()
    board.edit(", dialogue: Is it far?", "")
    assert board.deliver().report.films[0].subtitles is None
    assert not (board.folder / "out/films/main.srt").exists()


def test_words_somebody_mended_are_not_deleted(board: Stage) -> None:
    board.deliver()
    mended = board.folder / "out/films/main.srt"
    mended.write_text("mine")
    board.edit(", dialogue: Is it far?", "")
    board.deliver()
    assert mended.read_text() == "mine"


def test_new_dialogue_makes_no_clip_and_writes_the_film_anew(board: Stage) -> None:
    board.deliver()
    film = board.folder / "out/films/main.mp4"
    before = clips.pictures(film)
    board.edit("Is it far?", "It is not far.")
    assert board.deliver().report.calls.video == 0
    assert clips.pictures(film) == before
    track = clips.ffmpeg("-i", str(film), "-map", "0:s:0", "-f", "srt", "-")
    assert b"It is not far." in track


def test_words_stay_as_long_as_the_shot_and_no_longer_than_seven_seconds() -> None:
    assert subtitles([("Yes.", 0, 96), ("No.", 96, 96 + 480)], Fraction(24)) == [
        Subtitle(Fraction(0), Fraction(94, 24), "Yes."),
        Subtitle(Fraction(4), Fraction(11), "No."),
    ]


def test_long_words_are_two_lines_at_a_time_and_have_time_by_their_length() -> None:
    words = " ".join(["word"] * 40)
    found = subtitles([(words, 0, 192)], Fraction(24))
    assert [len(one.text.splitlines()) for one in found] == [2, 2, 1]
    assert max(len(line) for one in found for line in one.text.splitlines()) <= 42
    assert " ".join(one.text.replace("\n", " ") for one in found) == words
    assert found[0].start == 0
    assert found[-1].end == Fraction(190, 24)
    gaps = [two.start - one.end for one, two in pairwise(found)]
    assert gaps == [Fraction(2, 24)] * 2


@pytest.mark.parametrize("words", ["", "   ", "\n\n"])
def test_no_words_are_no_subtitle(words: str) -> None:
    piece = Piece(Shot("a", dialogue=words), Path("a.mp4"), "1" * 64)
    assert spoken([piece], [96], Fraction(24)) == []


def test_a_stand_in_is_told_in_the_film(board: Stage) -> None:
    board.engine.answer("video drift", Filtered("no"))
    board.deliver()
    shots = comment(board.folder / "out/films/main.mp4")["shots"]
    assert shots[1] == {
        "shot": "drift",
        "take": 1,
        "digest": shots[1]["digest"],
        "standin": True,
    }


def test_footage_is_in_a_film_under_its_own_digest(board: Stage) -> None:
    board.put("found.mp4", clip(4, 3, "footage"))
    board.write("shots:\n  found: {clip: found.mp4}\n")
    digest = board.deliver().report.shots[0].clip_digest
    film = board.folder / "out/films/found.mp4"
    assert comment(film)["shots"] == [{"shot": "found", "take": 1, "digest": digest}]
    assert clips.pictures(film) == clips.pictures(board.folder / "found.mp4")


def test_a_poster_is_made_where_it_is_asked_for(board: Stage, krafity: Krafity) -> None:
    render = ("render", "board.yaml", "--engine", "scripted", "--out", "out", "--json")
    assert krafity(*render).document["films"][0]["poster"] is None
    films = krafity(*render, "--poster").document["films"]
    assert [film["poster"] for film in films] == ["films/main-poster.jpg", "films/short-poster.jpg"]
    poster = board.folder / "out/films/main-poster.jpg"
    before = poster.stat()
    assert poster.read_bytes().startswith(b"\xff\xd8\xff")
    krafity(*render, "--poster")
    assert poster.stat().st_mtime_ns == before.st_mtime_ns


def test_music_lies_under_the_films_and_under_no_clip(board: Stage, krafity: Krafity) -> None:
    tone = ("-f", "lavfi", "-i", "sine=frequency=500:duration=1")
    clips.ffmpeg(*tone, str(board.folder / "tune.wav"))
    render = ("render", "board.yaml", "--engine", "scripted", "--out", "out")
    main, clip = board.folder / "out/films/main.mp4", board.folder / "out/shots/quay.mp4"
    assert krafity(*render, "--music", "tune.wav").code == 0
    assert (asyncio.run(probe(main)).audio, asyncio.run(probe(clip)).audio) == (True, False)
    before = main.stat().st_mtime_ns
    krafity(*render, "--music", "tune.wav")
    assert main.stat().st_mtime_ns == before
    krafity(*render)
    assert not asyncio.run(probe(main)).audio


def test_what_is_no_music_is_refused_before_anything_is_made(
    board: Stage, krafity: Krafity
) -> None:
    done = krafity("render", "board.yaml", "--engine", "scripted", "--music", "board.yaml")
    assert (done.code, done.err) == (
        2,
        "error: board.yaml cannot be used as music\n"
        "  why: it is not an audio file\n"
        "  hint: use a WAV, FLAC, MP3, Ogg or M4A file\n",
    )
    assert sum(board.engine.calls.values()) == 0
