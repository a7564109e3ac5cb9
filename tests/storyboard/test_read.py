"""What a storyboard says, as values."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, fields

import pytest

from krafity_cli.errors import Place
from krafity_cli.storyboard.context import Entity, SceneContext
from krafity_cli.storyboard.model import (
    Cut,
    Footage,
    Inheritance,
    Model,
    Models,
    Picture,
    Shot,
    Storyboard,
)

from .boats import PAPER_BOAT
from .conftest import FOLDER, Shelf

Read = Callable[[str | bytes], Storyboard]


def picture(path: str) -> Picture:
    return Picture(FOLDER / path, f"pixels of {path}")


def test_the_paper_boat_is_read_whole(read: Read) -> None:
    board = read(PAPER_BOAT)

    assert board == Storyboard(
        name="board.yaml",
        folder=FOLDER,
        title="The Paper Boat",
        engine="vertex",
        context=SceneContext(
            style="ink and watercolour, soft grain",
            environment="a small harbour at dawn",
            entities=(Entity("boat", "a folded paper boat", "white, one red stripe"),),
        ),
        shots=(
            Shot(
                "quay",
                prompt="The boat slips off the quay and drifts out.",
                image=picture("frames/quay.png"),
                camera="pan right",
            ),
            Shot("drift", prompt="It rocks between moored hulls.", after=("quay",)),
            Shot(
                "storm",
                prompt="Wind takes it; waves close over the bow.",
                after=("drift",),
                end_image=picture("frames/storm.png"),
            ),
            Shot("calm", prompt="The fog lifts.", after=("drift",), take=2),
            Shot(
                "home",
                prompt="The lighthouse turns above the boat.",
                after=("calm", "storm"),
                image=picture("frames/home.png"),
                context=SceneContext(environment="under the lighthouse"),
            ),
        ),
        cuts=(Cut("main", ("quay", "drift", "calm", "home")),),
    )


def test_every_field_of_a_shot_is_read(read: Read) -> None:
    board = read("""\
        shots:
          a: {image: a.png, prompt: x}
          full:
            prompt: The boat rocks.
            image: full.png
            after: [a]
            until: a
            duration: 8
            aspect_ratio: 9:16
            resolution: 4k
            camera: push in
            seed: 7
            negative_prompt: people
            audio: true
            people: none
            fit: pad
            references: [boat.png, quay.png]
            improve: warmer light
            annotated: false
            take: 3
            context: none
            dialogue: Land in sight!
            notes: check the wind
            models: {video: {use: new, accept: [old, older], location: global}, image: painter}
        """)

    full = board.shot("full")

    assert full == Shot(
        id="full",
        prompt="The boat rocks.",
        image=picture("full.png"),
        after=("a",),
        until="a",
        duration=8,
        aspect_ratio="9:16",
        resolution="4k",
        camera="push in",
        seed=7,
        negative_prompt="people",
        audio=True,
        people="none",
        fit="pad",
        references=(picture("boat.png"), picture("quay.png")),
        improve="warmer light",
        annotated=False,
        take=3,
        inheritance=Inheritance.NONE,
        dialogue="Land in sight!",
        notes="check the wind",
        models=Models(
            image=Model("painter"), video=Model("new", accept=("old", "older"), location="global")
        ),
    )
    assert set(full.places) == {
        "" if field == "id" else field
        for field in asdict(full)
        if field not in ("places", "still", "end_image", "end_still", "clip", "inheritance")
    } | {"after[0]", "references[0]", "references[1]", "models.video", "models.image"}


def test_footage_needs_neither_prompt_nor_image(read: Read) -> None:
    board = read("shots: {sea: {clip: sea.mp4, notes: from the archive}}")

    assert board.shots == (
        Shot("sea", clip=Footage(FOLDER / "sea.mp4", "bytes of sea.mp4"), notes="from the archive"),
    )


def test_what_is_left_out_has_its_default(read: Read) -> None:
    board = read("shots: {a: {image: a.png, prompt: x}}")

    shot = board.shots[0]

    assert (board.title, board.engine, board.context) == ("board", None, SceneContext())
    assert {f.name: getattr(shot, f.name) for f in fields(shot) if f.name != "places"} == {
        "id": "a",
        "prompt": "x",
        "image": picture("a.png"),
        "still": None,
        "after": (),
        "end_image": None,
        "end_still": None,
        "until": None,
        "duration": 6,
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "camera": None,
        "seed": None,
        "negative_prompt": None,
        "audio": False,
        "people": None,
        "fit": "crop",
        "references": (),
        "improve": False,
        "annotated": "auto",
        "take": 1,
        "context": SceneContext(),
        "inheritance": Inheritance.INHERIT,
        "dialogue": None,
        "notes": None,
        "models": Models(),
        "clip": None,
    }


def test_defaults_hold_for_shots_that_say_nothing_else(read: Read) -> None:
    board = read("""\
        defaults:
          duration: 4
          aspect_ratio: "9:16"
          resolution: 1080p
          camera: still
          seed: 1
          negative_prompt: text
          audio: true
          people: allow
          fit: pad
          references: [boat.png]
          improve: true
          annotated: true
        shots:
          a: {image: a.png, prompt: x}
          b: {image: a.png, prompt: x, duration: 8, references: [], audio: false, improve: false}
        """)

    a, b = board.shots

    assert (a.duration, a.aspect_ratio, a.resolution, a.camera) == (4, "9:16", "1080p", "still")
    assert (a.seed, a.negative_prompt, a.audio, a.people) == (1, "text", True, "allow")
    assert (a.fit, a.references, a.improve) == ("pad", (picture("boat.png"),), True)
    assert (a.annotated, b.annotated, b.camera) == (True, True, "still")
    assert (b.duration, b.references, b.audio, b.improve) == (8, (), False, False)


def test_models_are_chosen_role_by_role(read: Read) -> None:
    board = read("""\
        defaults: {models: {vision: eye, video: slow}}
        shots: {a: {image: a.png, prompt: x, models: {video: fast}}}
        """)

    assert board.shots[0].models == Models(vision=Model("eye"), video=Model("fast"))


@pytest.mark.parametrize(
    ("written", "inheritance", "context"),
    [
        ("inherit", Inheritance.INHERIT, SceneContext()),
        ("none", Inheritance.NONE, SceneContext()),
        ("under the lighthouse", Inheritance.INHERIT, SceneContext(text="under the lighthouse")),
        ("{style: ink}", Inheritance.INHERIT, SceneContext(style="ink")),
        ("{}", Inheritance.INHERIT, SceneContext()),
    ],
)
def test_a_shots_context_is_a_word_a_text_or_a_mapping(
    read: Read, written: str, inheritance: Inheritance, context: SceneContext
) -> None:
    shot = read(f"shots: {{a: {{image: a.png, prompt: x, context: {written}}}}}").shots[0]

    assert (shot.inheritance, shot.context) == (inheritance, context)


def test_the_context_of_a_storyboard_may_be_one_text(read: Read) -> None:
    board = read("context: none of this is real\nshots: {a: {image: a.png, prompt: x}}")

    assert board.context == SceneContext(text="none of this is real")


TEXTS = ["NO", "on", "1:30", "017", "2026-99-99", "1e3", "0x1F", "1_000", ".inf", "yes", "6"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_stays_what_is_written(read: Read, text: str) -> None:
    board = read(f"title: {text}\nshots: {{a: {{image: a.png, prompt: {text}, notes: '{text}'}}}}")

    assert (board.title, board.shots[0].prompt, board.shots[0].notes) == (text, text, text)


@pytest.mark.parametrize("name", ["NO", "on", "017", "2026-99-99", "1e3", "null", "true", "all"])
def test_an_id_stays_what_is_written(read: Read, name: str) -> None:
    board = read(f"""\
        shots:
          {name}: {{image: a.png, prompt: x}}
          next: {{after: {name}, until: {name}, prompt: x}}
        cuts: {{{name}: [{name}, next, {name}]}}
        """)

    assert [shot.id for shot in board.shots] == [name, "next"]
    assert (board.shots[1].after, board.shots[1].until) == ((name,), name)
    assert board.cuts == (Cut(name, (name, "next", name)),)


def test_a_text_keeps_its_lines_and_loses_its_outer_blanks(read: Read) -> None:
    board = read("""\
        shots:
          a:
            image: a.png
            prompt: |

              The boat.
                It rocks.

        """)

    assert board.shots[0].prompt == "The boat.\n  It rocks."


def test_text_in_braces_may_hold_commas(read: Read) -> None:
    board = read("""\
        shots:
          a: {image: a.png, prompt: The boat, white, red
            stripe , drifts, camera: pan}
        """)

    assert (board.shots[0].prompt, board.shots[0].camera) == (
        "The boat, white, red stripe, drifts",
        "pan",
    )


def test_quoted_text_ends_at_its_quote(read: Read, codes: Callable[[str], list[str]]) -> None:
    assert codes("shots: {a: {image: a.png, prompt: 'The boat', white}}") == ["unknown-key"]


def test_anchors_stand_for_what_they_name(read: Read) -> None:
    board = read("""\
        shots:
          a: {image: a.png, prompt: &words The boat., models: &models {video: fast}}
          b: {image: b.png, prompt: *words, models: *models}
        """)

    assert (board.shots[1].prompt, board.shots[1].models) == (
        "The boat.",
        Models(video=Model("fast")),
    )


def test_a_storyboard_may_be_json(read: Read) -> None:
    board = read('{"version": 1, "shots": {"a": {"image": "a.png", "prompt": "x", "take": 2}}}')

    assert board.shots[0] == Shot("a", image=picture("a.png"), prompt="x", take=2)


def test_places_point_at_values_and_keep_their_lines(read: Read) -> None:
    board = read("""\
        engine: vertex
        defaults: {duration: 4}
        shots:
          a:
            image: a.png
            prompt: x
          b: {after: [a], prompt: y}
        cuts:
          main: all
        """)
    a, b = board.shots

    assert a.place("") == Place(4, 3, "  a:")
    assert a.place("image") == Place(5, 12, "    image: a.png")
    assert a.place("duration") == Place(4, 3, "  a:")
    assert b.place("after[0]") == Place(7, 15, "  b: {after: [a], prompt: y}")
    assert board.places["engine"] == Place(1, 9, "engine: vertex")
    assert board.places["defaults.duration"] == Place(2, 22, "defaults: {duration: 4}")
    assert board.places["cuts.main"] == Place(9, 9, "  main: all")


def test_without_cuts_every_leaf_makes_a_film_along_first_parents(read: Read) -> None:
    board = read("""\
        shots:
          a: {image: a.png, prompt: x}
          z: {after: a, prompt: x}
          b: {after: a, prompt: x}
          c: {after: [b, z], prompt: x}
          alone: {image: b.png, prompt: x}
          bridge: {after: a, until: alone, prompt: x}
        """)

    assert board.cuts == (
        Cut("c", ("a", "b", "c")),
        Cut("alone", ("alone",)),
        Cut("bridge", ("a", "bridge")),
    )


def test_all_is_every_shot_in_file_order(read: Read) -> None:
    board = read("""\
        shots:
          b: {after: a, prompt: x}
          a: {image: a.png, prompt: x}
        cuts: {main: all, short: [a]}
        """)

    assert board.cuts == (Cut("main", ("b", "a")), Cut("short", ("a",)))


def test_a_bridge_to_a_shot_with_its_own_picture_is_no_loop(read: Read) -> None:
    board = read("""\
        shots:
          a: {image: a.png, prompt: x}
          bridge: {after: a, until: b, prompt: x}
          b: {after: bridge, image: b.png, prompt: x}
        """)

    assert [shot.until for shot in board.shots] == [None, "b", None]


def test_each_file_is_looked_at_once(read: Read, shelf: Shelf) -> None:
    read("""\
        defaults: {references: [boat.png]}
        shots:
          a: {image: a.png, prompt: x}
          b: {image: a.png, prompt: x, end_image: boat.png}
        """)

    assert sorted(shelf.asked) == ["a.png", "boat.png"]


def test_an_unknown_shot_is_a_key_error(read: Read) -> None:
    board = read("shots: {a: {image: a.png, prompt: x}}")

    with pytest.raises(KeyError):
        board.shot("b")


def test_reading_loads_no_heavy_library() -> None:
    heavy = {"numpy", "cv2", "PIL", "google"}
    code = f"import sys, krafity_cli.storyboard.read; print(sorted({heavy!r} & set(sys.modules)))"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (answer.returncode, answer.stdout) == (0, "[]\n")
