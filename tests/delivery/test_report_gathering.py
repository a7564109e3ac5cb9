"""What a report shows of each shot and film."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from krafity_cli.cache import Cache
from krafity_cli.delivery.report.scenes import SceneLine
from krafity_cli.delivery.report.view import Still
from krafity_cli.engines.protocol import Failed, Filtered
from krafity_cli.orders.store import OrderFiles
from tests.delivery.pages import page, shots
from tests.render.stage import Stage

CHAIN = """
    title: The Paper Boat
    context: {style: ink}
    shots:
      quay: {image: quay.png, duration: 4, prompt: quay slips off, camera: pan right, notes: Slow.}
      drift: {after: quay, duration: 6, prompt: drift between hulls, seed: 7}
      home: {after: drift, image: home.png, duration: 4, prompt: home, dialogue: There it is.}
    cuts: {main: [quay, drift, home], short: [home]}
"""


@pytest.fixture
def chain(stage: Stage) -> Stage:
    stage.picture("quay.png", 5, drawn=True)
    stage.picture("home.png", 6)
    stage.write(CHAIN)
    return stage


def test_a_shot_tells_the_authors_words_and_what_became_of_it(chain: Stage) -> None:
    chain.deliver()
    quay, drift, home = shots(chain).values()
    assert (quay.prompt, quay.camera, quay.notes) == ("quay slips off", "pan right", "Slow.")
    assert quay.facts == ("4 s", "take 1", "16:9", "720p")
    assert drift.facts == ("6 s", "take 1", "16:9", "720p", "seed 7", "after quay")
    assert home.dialogue == "There it is."
    assert [shot.number for shot in (quay, drift, home)] == [1, 2, 3]
    told = [(shot.status, shot.sign, shot.reason) for shot in (quay, drift, home)]
    assert told == [("rendered", "●", "first time")] * 3
    assert quay.clip == "shots/quay.mp4"
    assert (quay.first.path, quay.last.path) == ("frames/quay.first.png", "frames/quay.last.png")


def test_a_film_is_a_strip_of_its_shots_with_the_time_each_begins(chain: Stage) -> None:
    chain.deliver()
    main, short = page(chain).films
    assert (main.cut, main.path, main.length) == ("main", "films/main.mp4", "14.0 s")
    assert main.facts == "3 shots · 335 frames"
    cells = [(cell.shot.id, cell.timecode, cell.joined, cell.standin) for cell in main.cells]
    assert cells == [
        ("quay", "0:00", False, False),
        ("drift", "0:03", True, False),
        ("home", "0:09", False, False),
    ]
    assert [cell.at for cell in main.cells] == [0.0, 95 / 24, 239 / 24]
    assert [cell.shot.id for cell in short.cells] == ["home"]


def test_drawings_are_shown_where_they_were_found(chain: Stage) -> None:
    chain.deliver()
    found = shots(chain)
    drawn = found["quay"].drawn
    assert drawn is not None
    assert drawn.picture is not None
    assert drawn.directs.startswith("the arrow directs to the right, wording ")
    (mark,) = drawn.marks
    assert (mark.number, mark.kind) == (1, "arrow")
    assert (mark.x, mark.y, mark.width, mark.height) == (0.0, 0.0, 12.8, 3.6)
    assert found["home"].drawn is None


def test_marks_outside_of_the_picture_are_drawn_at_its_edge(chain: Stage) -> None:
    chain.deliver()
    path = chain.folder / "out" / "manifest.json"
    document = json.loads(path.read_text())
    document["shots"][0]["drawings"]["marks"][0]["box"] = [-3, 0.5, 9, 1e9]
    path.write_text(json.dumps(document))
    drawn = shots(chain)["quay"].drawn
    assert drawn is not None
    (mark,) = drawn.marks
    assert (mark.x, mark.y, mark.width, mark.height) == (0.0, 18.0, 64.0, 18.0)


def test_the_scene_context_in_and_out_tells_the_authors_words_from_those_read(
    chain: Stage,
) -> None:
    chain.deliver()
    found = shots(chain)
    ink = SceneLine("style", "ink", authored=True)
    read = SceneLine("somebody", "in quay, at first", authored=False)
    assert found["quay"].scene.taken_over == (ink,)
    assert found["quay"].scene.handed_on == (ink, read)
    assert found["drift"].scene.taken_over == (ink, read)
    assert found["home"].scene.handed_on == ()


def test_a_shot_with_a_context_of_its_own_takes_nothing_over(chain: Stage) -> None:
    chain.edit("duration: 6, prompt", "context: none, duration: 6, prompt")
    chain.deliver()
    assert shots(chain)["drift"].scene.taken_over == (SceneLine("style", "ink", authored=True),)


def test_a_context_file_that_cannot_be_read_is_as_if_it_were_not_there(chain: Stage) -> None:
    chain.deliver()
    (chain.folder / "out/context/quay.json").write_text('{"style": 3}')
    assert shots(chain)["quay"].scene.handed_on == ()


def test_a_shot_without_a_clip_shows_what_it_would_start_on(chain: Stage) -> None:
    chain.engine.answer("video drift", Filtered("A person was recognised.", "58061214"))
    chain.deliver()
    found = shots(chain)
    drift, home = found["drift"], found["home"]
    assert (drift.status, drift.delivered, drift.clip) == ("filtered", False, None)
    assert drift.error == "filtered: A person was recognised. (58061214)"
    assert drift.first == Still(found["quay"].last.small, found["quay"].last.large, None)
    assert drift.last == Still(None, None, None)
    assert (home.status, home.error) == ("blocked", "blocked by drift")
    assert (drift.standin, home.standin) == ("standins/drift.mp4", "standins/home.mp4")
    assert home.first.small is not None
    assert [shot.id for shot in page(chain).troubles] == ["drift", "home"]
    (main, _) = page(chain).films
    assert [cell.standin for cell in main.cells] == [False, True, True]
    assert main.facts == "3 shots · 335 frames · 2 stand-ins"


def test_a_shot_whose_parent_has_no_clip_shows_what_its_stand_in_begins_with(
    stage: Stage,
) -> None:
    stage.picture("a.png", 9)
    stage.engine.answer("video a", Filtered("no"))
    stage.write(
        "defaults: {duration: 4}\n"
        "shots:\n  a: {image: a.png, prompt: a}\n  b: {after: a, prompt: b}\n"
    )
    folder = stage.deliver().folder
    b = shots(stage)["b"]
    assert b.first.large is not None
    assert (b.first.large.width, b.first.large.height) == (512, 288)  # a stand-in is 720p
    (folder / "standins/b.first.png").unlink()
    assert shots(stage)["b"].first == Still(None, None, None)


def test_a_shot_that_came_after_the_last_render_is_not_rendered_yet(chain: Stage) -> None:
    chain.deliver()
    chain.edit("cuts:", "  late: {after: home, prompt: late}\ncuts:")
    late = shots(chain)["late"]
    assert (late.status, late.reason, late.clip) == ("skipped", "not rendered yet", None)
    assert late.first.small == shots(chain)["home"].last.small


def test_a_cut_that_was_changed_after_the_last_render_has_no_film_yet(chain: Stage) -> None:
    chain.deliver()
    chain.edit("main: [quay, drift, home]", "main: [quay, drift]")
    main = page(chain).films[0]
    assert (main.path, main.facts) == (None, "no film yet")
    assert [(cell.shot.id, cell.joined) for cell in main.cells] == [
        ("quay", False),
        ("drift", True),
    ]


def test_figures_tell_what_was_spent_and_what_the_cache_saved(chain: Stage) -> None:
    chain.engine.prices = {"video": 0.48, "analyze": 0.002}
    chain.deliver()
    figures = dict(page(chain).figures)
    assert figures["shots"] == "3"
    assert figures["film “main”"] == "14.0 s"
    assert figures["spent in this run"] == "$1.44"
    assert figures["the clips have cost"] == "$1.44"
    assert figures["saved by the cache"] == "0.0 s"
    chain.deliver()
    figures = dict(page(chain).figures)
    assert figures["spent in this run"] == "$0.00"
    assert figures["saved by the cache"].startswith("$1.44, ")
    assert figures["calls in this run"] == "0"


def test_a_shot_tells_what_its_clip_cost_when_it_was_made(chain: Stage) -> None:
    chain.engine.prices = {"video": 0.48, "analyze": 0.02}
    chain.deliver()
    made = shots(chain)["quay"].made
    assert made.startswith("made in ")
    assert made.endswith(" for $0.48 ($0.50 with all it needed)")
    chain.deliver()
    assert shots(chain)["quay"].made.endswith(" for $0.48")


def test_a_free_clip_is_called_free(chain: Stage) -> None:
    chain.deliver()
    assert shots(chain)["quay"].made.endswith(" s, free")


def test_the_record_names_who_made_a_clip_and_its_digests(chain: Stage) -> None:
    quay = chain.deliver().report.shots[0]
    record = dict(shots(chain)["quay"].record)
    assert record.pop("made").endswith(" UTC")
    assert record == {
        "engine": "scripted",
        "model": "scripted-video-1",
        "price": "scripted",
        "calls in this run": "1 analyze, 1 clean, 1 video, 1 context",
        "clip digest": quay.clip_digest,
        "intent": quay.intent,
        "order": quay.order,
    }


def test_the_words_that_were_sent_are_shown_where_the_order_kept_them(chain: Stage) -> None:
    chain.deliver()
    assert shots(chain)["quay"].sent == ""
    request = next(r for r in chain.engine.requests if r.kind == "video")
    orders = OrderFiles(chain.cache_folder / "orders")
    orders.new(request, engine="scripted", storyboard="board.yaml", shot="quay")
    assert shots(chain)["quay"].sent == "quay slips off"


def test_pictures_are_small_in_the_page_and_made_once(chain: Stage) -> None:
    chain.deliver()
    small = shots(chain)["quay"].first.small
    assert small is not None
    assert (small.width, small.height) == (64, 36)
    assert small.uri.startswith("data:image/webp;base64,UklGR")
    with Cache.open(chain.cache_folder) as cache:
        before = sorted((cache.path / "records").rglob("*.json"))
        page(chain)
        assert sorted((cache.path / "records").rglob("*.json")) == before


def test_a_picture_that_is_gone_or_broken_leaves_its_place_empty(chain: Stage) -> None:
    chain.deliver()
    out = chain.folder / "out"
    (out / "frames/quay.first.png").unlink()
    (out / "frames/quay.last.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    quay = shots(chain)["quay"]
    assert (quay.first.small, quay.first.path) == (None, "frames/quay.first.png")
    assert (quay.last.small, quay.last.large) == (None, None)


def test_the_takes_of_a_shot_stand_side_by_side(chain: Stage) -> None:
    chain.deliver()
    first = (chain.folder / "out/shots/drift.mp4").read_bytes()
    chain.edit("prompt: drift between hulls,", "prompt: drift between hulls, take: 2,")
    chain.deliver()
    one, two = shots(chain)["drift"].takes
    assert (one.number, one.path, one.in_use) == (1, "takes/drift.1.mp4", False)
    assert (two.number, two.path, two.in_use) == (2, "shots/drift.mp4", True)
    assert not one.other_words
    assert (chain.folder / "out/takes/drift.1.mp4").read_bytes() == first
    assert shots(chain)["quay"].takes == ()


def test_a_take_from_other_words_says_so(chain: Stage) -> None:
    chain.deliver()
    chain.edit("prompt: drift between hulls,", "prompt: drift on, take: 3,")
    chain.deliver()
    found = [(take.number, take.other_words) for take in shots(chain)["drift"].takes]
    assert found == [(1, True), (3, False)]


def test_a_later_take_stays_beside_an_earlier_one_taken_up_again(chain: Stage) -> None:
    for number in (1, 2, 1):
        text = CHAIN.replace("prompt: drift between hulls,", f"prompt: drift, take: {number},")
        chain.write(text)
        chain.deliver()
    found = [(take.number, take.path) for take in shots(chain)["drift"].takes]
    assert found == [(1, "shots/drift.mp4"), (2, "takes/drift.2.mp4")]


def test_a_failed_run_tells_its_reason_first(stage: Stage) -> None:
    stage.picture("quay.png", 1)
    stage.engine.answer("analyze quay.png", Failed("the service is down", "503", "try later"))
    stage.write(
        "shots:\n  quay: {image: quay.png, prompt: quay}\n"
        "  calm: {image: quay.png, annotated: false, prompt: calm}\ncuts: {main: [calm]}\n"
    )
    stage.deliver()
    trouble = page(stage).troubles[0]
    assert (trouble.id, trouble.status) == ("quay", "failed")
    assert trouble.error == "the service is down; 503; try later"


def test_footage_is_shown_as_what_it_is(stage: Stage) -> None:
    from tests.render.clips import clip

    stage.put("found.mp4", clip(4, 3, "footage"))
    stage.write("shots:\n  found: {clip: found.mp4}\n")
    stage.deliver()
    found = shots(stage)["found"]
    assert found.facts[0] == "footage"
    assert (found.clip, found.takes, found.made) == ("shots/found.mp4", (), "")
    assert Path(stage.folder / "out" / "report.html").is_file()
