"""Cuts for editors: what was cut is what is read, to the frame, in every format."""

from __future__ import annotations

import json
import shutil
import zipfile
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import pytest

pytest.importorskip("opentimelineio")

from krafity_cli.delivery.deliver import Delivery
from krafity_cli.delivery.export.edits import first_frame
from krafity_cli.delivery.export.writing import fitting, write
from krafity_cli.engines.protocol import Filtered
from krafity_cli.errors import Refused
from krafity_cli.guarded_folder import MARKER
from tests.delivery.exported import cut_at, cuts_of, exact, exported, planned, read, spans
from tests.media import clips
from tests.render.conftest import copied
from tests.render.engine import Scripted
from tests.render.stage import Stage

BOARD = """
    title: Boat
    defaults: {duration: 4, annotated: false}
    shots:
      quay: {image: a.png, prompt: Out it drifts., dialogue: Bye!, camera: pan right, notes: low}
      drift: {after: quay, prompt: drift}
      storm: {after: drift, prompt: storm}
      gull: {clip: gull.mp4}
      home: {image: b.png, prompt: home, take: 2}
    cuts: {main: [quay, drift, gull, storm, home], short: [drift, home]}
"""
Made = tuple[Stage, Delivery]
RATES = [Fraction(24), Fraction(25), Fraction(30), Fraction(24000, 1001), Fraction(60000, 1001)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two cuts; the storm was filtered, and the gull is footage of another rate, with sound."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "boards").mkdir()
    stage = Stage(folder / "boards", Scripted(), folder / "cache")
    stage.picture("a.png", 1)
    stage.picture("b.png", 9)
    clips.make(folder / "boards/gull.mp4", 60, fps=30, sound=2.0)
    stage.write(BOARD)
    stage.engine.answer("video storm", Filtered("no"))
    return stage, stage.deliver()


def test_a_timeline_is_read_back_equal(made: Made) -> None:
    (path,) = exported(*made, "otio")
    text = path.read_text(encoding="utf-8")
    again = read(path)
    assert json.loads(again.to_json_string()) == json.loads(text)
    assert (again.name, again.metadata["krafity"]) == ("Boat", {"storyboard": "board.yaml"})


def test_a_track_per_cut_has_the_films_frames(made: Made) -> None:
    tracks = read(exported(*made, "otio")[0]).video_tracks()
    assert [track.name for track in tracks] == ["main", "short"]
    for track in tracks:
        assert spans(track) == planned(made[1], track.name)
    assert spans(tracks[0]) == [
        ("quay", 0, 95, 0, 95),
        ("drift", 0, 96, 95, 96),
        ("gull", 0, 48, 191, 48),
        ("storm", 0, 96, 239, 96),
        ("home", 0, 96, 335, 96),
    ]


def test_only_the_first_cut_is_seen_and_heard(made: Made) -> None:
    tracks = read(exported(*made, "otio")[0]).tracks
    assert [(track.name, track.kind, track.enabled) for track in tracks] == [
        ("main", "Video", True),
        ("main", "Audio", True),
        ("short", "Video", False),
    ]


def test_sound_is_where_a_clip_has_it_and_silence_as_long_as_the_rest(made: Made) -> None:
    (track,) = read(exported(*made, "otio")[0]).audio_tracks()
    assert spans(track) == [("gull", 0, 48, 191, 48)]
    assert track.duration().value == 431


def test_the_films_frames_are_those_the_timeline_names(made: Made, tmp_path: Path) -> None:
    stage = copied(made[0], tmp_path)
    stage.write(BOARD.replace("main: [quay, drift, gull, storm, home], ", ""))
    delivery = stage.deliver()
    (path,) = exported(stage, delivery, "otio")
    (track,) = read(path).video_tracks()
    shown = []
    for clip in track.find_clips():
        pictures = clips.pictures(path.parent / clip.media_reference.target_url)
        assert clip.media_reference.available_range.duration.value == len(pictures)
        first, length = clip.source_range.start_time.value, clip.source_range.duration.value
        shown += pictures[int(first) : int(first + length)]
    assert shown == clips.pictures(delivery.folder / "films/short.mp4")


def test_a_clip_carries_what_is_known_of_its_shot(made: Made) -> None:
    (quay, *_, home) = read(exported(*made, "otio")[0]).video_tracks()[0].find_clips()
    shots = {shot.id: shot for shot in made[1].report.shots}
    assert dict(quay.metadata["krafity"]) == {
        "shot": "quay",
        "take": 1,
        "status": "rendered",
        "standin": False,
        "prompt": "Out it drifts.",
        "camera": "pan right",
        "dialogue": "Bye!",
        "notes": "low",
        "intent": shots["quay"].intent,
        "order": shots["quay"].order,
        "clip_digest": shots["quay"].clip_digest,
        "engine": "scripted",
        "model": "scripted-video-1",
        "made_with_ai": False,
    }
    assert home.metadata["krafity"]["take"] == 2


def test_a_shot_is_marked_and_one_that_is_stood_in_for_in_red(made: Made) -> None:
    found = read(exported(*made, "otio")[0]).video_tracks()[0].find_clips()
    markers = [marker for clip in found for marker in clip.markers]
    assert [(marker.name, marker.color) for marker in markers] == [
        ("quay", "GREEN"),
        ("drift", "GREEN"),
        ("gull", "GREEN"),
        ("storm", "RED"),
        ("home", "GREEN"),
    ]
    assert (markers[0].comment, markers[0].metadata["krafity"]["shot"]) == (
        "Out it drifts.",
        "quay",
    )


def test_files_are_linked_so_that_the_folder_may_move(made: Made, tmp_path: Path) -> None:
    exported(*made, "otio")
    moved = tmp_path / "a film, moved"
    shutil.copytree(made[1].folder, moved)
    found = {clip.name: clip.media_reference for clip in read(moved / "board.otio").find_clips()}
    assert {name: reference.target_url for name, reference in found.items()} == {
        "quay": "shots/quay.mp4",
        "drift": "shots/drift.mp4",
        "gull": "shots/gull.mp4",
        "storm": "standins/storm.mp4",
        "home": "shots/home.mp4",
    }
    assert all((moved / reference.target_url).is_file() for reference in found.values())
    gull = found["gull"].available_range.duration
    assert (gull.value, gull.rate) == (60, 30)


def test_a_file_elsewhere_links_back(made: Made, tmp_path: Path) -> None:
    out = tmp_path / "it's #1" / "boat.otio"
    (path,) = write("otio", out, "Boat", cuts_of(*made), {})
    assert path == out
    for clip in read(out).find_clips():
        assert (out.parent / unquote(clip.media_reference.target_url)).is_file()
        assert "'" not in clip.media_reference.target_url


def test_a_bundle_holds_every_file_once_and_is_read_back_equal(made: Made, tmp_path: Path) -> None:
    (path,) = exported(*made, "otioz")
    bundle = read(path, extract_to_directory=str(tmp_path))
    plain = read(exported(*made, "otio")[0])
    for one, other in zip(bundle.tracks, plain.tracks, strict=True):
        assert (spans(one), one.metadata) == (spans(other), other.metadata)
    files = {clip.name: clip.media_reference.target_url for clip in bundle.find_clips()}
    assert files["storm"] == "media/storm.mp4"
    for shot in ("quay", "drift", "gull", "home"):
        original = made[1].folder / f"shots/{shot}.mp4"
        assert (tmp_path / files[shot]).read_bytes() == original.read_bytes()
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
    assert len(names) == len(set(names)) == 2 + 5


@pytest.mark.parametrize("is_link", [True, False], ids=["a link", "other bytes"])
def test_a_file_that_was_put_in_place_of_a_clip_is_not_packed(
    made: Made, tmp_path: Path, is_link: bool
) -> None:
    """Between the look at the clips and the packing, as whoever can write there may do."""
    cuts = cuts_of(*made)
    secret = tmp_path / "secret"
    secret.write_text("not yours")
    clip, aside = made[1].folder / "shots/drift.mp4", made[1].folder / "shots/.aside"
    clip.rename(aside)
    if is_link:
        clip.symlink_to(secret)
    else:
        clip.write_bytes(secret.read_bytes())
    try:
        with pytest.raises(Refused, match="is not the clip that was delivered"):
            write("otioz", tmp_path / "out" / "boat.otioz", "Boat", cuts, {})
    finally:
        aside.replace(clip)
    assert [path.name for path in (tmp_path / "out").iterdir()] == []


def test_an_export_takes_the_place_of_an_older_one(made: Made) -> None:
    for to in ("otio", "otioz", "edl", "fcpxml"):
        assert exported(*made, to) == exported(*made, to)
    left = [path.name for path in made[1].folder.iterdir() if path.name.startswith(".")]
    assert left == [MARKER]


def test_an_edit_decision_list_is_one_cut_and_is_read_back_equal(made: Made) -> None:
    paths = exported(*made, "edl")
    assert [path.name for path in paths] == ["board.main.edl", "board.short.edl"]
    for path, cut in zip(paths, ("main", "short"), strict=True):
        again = read(path, rate=24)
        assert again.name == f"Boat: {cut}"
        (track,) = again.tracks
        assert spans(track) == [(f"{name}.mp4", *rest) for name, *rest in planned(made[1], cut)]


def test_an_edit_decision_list_as_it_is_written(made: Made) -> None:
    short = exported(*made, "edl")[1].read_text(encoding="utf-8")
    shots = {shot.id: shot.clip_digest for shot in made[1].report.shots}
    assert short == (
        "TITLE: Boat: short\n"
        "FCM: NON-DROP FRAME\n"
        "\n"
        "001  AX       V     C        00:00:00:00 00:00:04:00 00:00:00:00 00:00:04:00\n"
        "* FROM CLIP NAME:  drift.mp4\n"
        "* OTIO REFERENCE FROM: shots/drift.mp4\n"
        "* LOC: 00:00:00:00 GREEN   DRIFT\n"
        "* SHOT: drift\n"
        "* TAKE: 1\n"
        "* PROMPT: drift\n"
        f"* CLIP DIGEST: {shots['drift']}\n"
        "* MODEL: scripted-video-1\n"
        "002  AX       V     C        00:00:00:00 00:00:04:00 00:00:04:00 00:00:08:00\n"
        "* FROM CLIP NAME:  home.mp4\n"
        "* OTIO REFERENCE FROM: shots/home.mp4\n"
        "* LOC: 00:00:04:00 GREEN   HOME\n"
        "* SHOT: home\n"
        "* TAKE: 2\n"
        "* PROMPT: home\n"
        f"* CLIP DIGEST: {shots['home']}\n"
        "* MODEL: scripted-video-1\n"
    )


def test_final_cut_gets_a_project_per_cut_with_exact_times(made: Made) -> None:
    (path,) = exported(*made, "fcpxml")
    found = exact(path)
    assert list(found) == ["Boat: main", "Boat: short"]
    for title, edits in found.items():
        cut = title.removeprefix("Boat: ")
        assert edits == [
            (name, Fraction(first, 24), Fraction(start, 24), Fraction(length, 24))
            for name, first, length, start, _ in planned(made[1], cut)
        ]


def test_final_cuts_xml_is_read_back_equal(made: Made) -> None:
    (path,) = exported(*made, "fcpxml")
    projects = list(read(path))
    assert [project.name for project in projects] == ["Boat: main", "Boat: short"]
    (track,) = projects[1].tracks
    assert spans(track) == planned(made[1], "short")
    (drift, home) = track.find_clips()
    assert [marker.name for marker in (*drift.markers, *home.markers)] == ["drift", "home"]
    told = drift.media_reference.metadata["fcpx"]
    assert told["note"] == "drift"
    digest = made[1].report.shots[1].clip_digest
    assert {"com.krafity.clip_digest": digest} in [dict(each) for each in told["metadata"]]


def test_final_cut_is_told_each_files_size_rate_and_sound(made: Made) -> None:
    text = exported(*made, "fcpxml")[0].read_text(encoding="utf-8")
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n')
    assert '<format id="f1" frameDuration="1/24s" width="64" height="36" />' in text
    assert '<format id="f2" frameDuration="1/30s" width="128" height="96" />' in text
    assert '<asset name="gull" src="shots/gull.mp4" format="f2"' in text
    assert text.count('hasAudio="1"') == 1
    assert text.count('<keyword duration="4/1s" start="0s" value="stand-in" />') == 1


@pytest.mark.parametrize("fps", RATES)
def test_every_rate_is_kept_to_the_frame(fps: Fraction, tmp_path: Path) -> None:
    lengths = [1, 143, 95, 719, 1009]
    cut = cut_at(fps, *lengths)
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    for to in ("otio", "edl"):
        (path,) = write(to, tmp_path / f"a.{to}", "A", [cut], {})
        (track,) = read(path, **({"rate": float(fps)} if to == "edl" else {})).tracks
        assert [span[1:] for span in spans(track)] == [
            (0, length, start, length) for start, length in zip(starts, lengths, strict=True)
        ]
        assert {clip.source_range.duration.rate for clip in track.find_clips()} == {float(fps)}
    (path,) = write("fcpxml", tmp_path / "a.fcpxml", "A", [cut], {})
    assert exact(path)["A: main"] == [
        (f"s{number}", 0, start / fps, length / fps)
        for number, (start, length) in enumerate(zip(starts, lengths, strict=True))
    ]


def test_drop_frame_timecode_is_called_so(tmp_path: Path) -> None:
    (path,) = write("edl", tmp_path / "a.edl", "A", [cut_at(Fraction(30000, 1001), 1800, 90)], {})
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["TITLE: A", "FCM: DROP FRAME"]
    assert lines[3].split()[4:] == ["00:00:00;00", "00:01:00;02", "00:00:00;00", "00:01:00;02"]


def test_a_rate_without_timecode_is_no_edit_decision_list(tmp_path: Path) -> None:
    odd, plain = cut_at(Fraction(15), 30), cut_at(Fraction(24), 30, name="plain")
    for to in ("otio", "fcpxml"):
        assert fitting(to, [odd, plain]) == ((odd, plain), ())
    fit, (error,) = fitting("edl", [odd, plain])
    assert fit == (plain,)
    assert (error.what, error.why, error.hint) == (
        "the cut main runs at 15 frames per second",
        "an EDL uses timecode, which does not exist for that rate",
        "export --to otio, otioz or fcpxml, which allow any rate",
    )
    (path,) = write("edl", tmp_path / "a.edl", "A", fit, {}, several=True)
    assert path.name == "a.plain.edl"


NTSC, DROP = Fraction(24000, 1001), Fraction(30000, 1001)
FIRST = [
    ("14:23:10:05", Fraction(25), 1294755),
    ("01:00:00:00", NTSC, 86400),
    ("01:00:00;00", DROP, 107892),
    ("00:10:00;00", 2 * DROP, 35964),
    ("00:01:00;02", DROP, 1800),
    ("", Fraction(24), 0),
    ("tomorrow", Fraction(24), 0),
]


@pytest.mark.parametrize(("timecode", "fps", "frame"), FIRST)
def test_a_timecode_counts_frames(timecode: str, fps: Fraction, frame: int) -> None:
    assert first_frame(timecode, fps) == frame


@pytest.mark.parametrize(("timecode", "fps", "frame"), FIRST[:3])
def test_source_times_begin_at_the_timecode_of_the_file(
    timecode: str, fps: Fraction, frame: int, tmp_path: Path
) -> None:
    cut = cut_at(fps, 24, 48, timecode=timecode)
    (path,) = write("otio", tmp_path / "a.otio", "A", [cut], {})
    (track,) = read(path).tracks
    assert [span[1:] for span in spans(track)] == [(frame, 24, 0, 24), (frame, 48, 24, 48)]
    for clip in track.find_clips():
        assert clip.media_reference.available_range.start_time.value == frame
        assert clip.markers[0].marked_range.start_time.value == frame
    (path,) = write("edl", tmp_path / "a.edl", "A", [cut], {})
    assert path.read_text(encoding="utf-8").splitlines()[3].split()[4] == timecode
    (path,) = write("fcpxml", tmp_path / "a.fcpxml", "A", [cut], {})
    assert [edit[1] for edit in exact(path)["A: main"]] == [frame / fps, frame / fps]


def test_a_file_of_another_rate_begins_at_its_timecode(tmp_path: Path) -> None:
    cut = cut_at(Fraction(24), 24, timecode="01:00:00:00", of=NTSC)
    (path,) = write("edl", tmp_path / "a.edl", "A", [cut], {})
    assert path.read_text(encoding="utf-8").splitlines()[3].split()[4] == "01:00:00:00"
    (path,) = write("otio", tmp_path / "a.otio", "A", [cut], {})
    (clip,) = read(path).find_clips()
    begin = clip.source_range.start_time.to_seconds()
    assert begin == clip.media_reference.available_range.start_time.to_seconds() == 3603.6


HOSTILE = (
    "x\n002  AX V C 00:00:00:00 00:00:09:00 00:00:00:00 00:00:09:00\n* FROM CLIP NAME: evil.mp4\n"
    "]]><!ENTITY x SYSTEM 'file:///etc/passwd'> &x; \"'<note> \x1b[31m\x00\ud800\u202e"
)


@pytest.mark.parametrize("to", ["otio", "edl", "fcpxml"])
def test_words_are_words_whatever_they_say(to: str, tmp_path: Path) -> None:
    cut = cut_at(Fraction(24), 24, 48, prompt=HOSTILE)
    (path,) = write(to, tmp_path / f"a.{to}", f"T {HOSTILE}", [cut], {"storyboard": HOSTILE})
    found = read(path)
    assert [clip.name for clip in found.find_clips()] == (
        ["s0.mp4", "s1.mp4"] if to == "edl" else ["s0", "s1"]
    )
    (track,) = found.tracks
    assert [span[1:] for span in spans(track)] == [(0, 24, 0, 24), (0, 48, 24, 48)]
    if to != "otio":
        assert not {"\x1b", "\x00", "\ud800"} & set(path.read_text(encoding="utf-8"))


def test_a_shot_that_gives_no_frame_is_no_clip(made: Made) -> None:
    delivery = Delivery(made[1].folder, made[1].report)
    path = made[1].folder / "manifest.json"
    before = path.read_text(encoding="utf-8")
    document = json.loads(before)
    document["films"][1] |= {"starts": [0, 0], "frames": 96, "seconds": 4.0}
    path.write_text(json.dumps(document), encoding="utf-8")
    try:
        cuts = cuts_of(made[0], delivery)
    finally:
        path.write_text(before, encoding="utf-8")
    assert [[edit.shot for edit in cut.edits] for cut in cuts] == [
        ["quay", "drift", "gull", "storm", "home"],
        ["home"],
    ]
