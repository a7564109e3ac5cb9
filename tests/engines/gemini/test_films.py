"""From a key to a film, through the whole of krafity: what is called, bought, resumed, refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import Krafity, in_process
from tests.engines.vertex.scenes import drawn, picture
from tests.google.developer import AQ_KEY, KEY
from tests.google.server import GoogleServer

BOARD = """\
defaults: {duration: 5}
shots:
  quay: {image: quay.png, prompt: The boat slips off the quay.}
  drift: {after: quay, prompt: It rocks between moored hulls.}
"""
ALONE = """\
shots:
  quay: {image: quay.png, prompt: The boat slips off the quay., duration: 5}
"""


@pytest.fixture
def krafity(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Krafity:
    """`krafity` of somebody with a key, beside a storyboard of two shots."""
    os.environ |= environment
    os.environ |= {"KRAFITY_CACHE_DIR": str(tmp_path / "cache"), "KRAFITY_POLL_SCALE": "0.001"}
    (tmp_path / "quay.png").write_bytes(drawn())
    (tmp_path / "plain.png").write_bytes(picture())
    board(BOARD, tmp_path)
    monkeypatch.chdir(tmp_path)
    return in_process(monkeypatch, capsys)


def board(text: str, folder: Path) -> None:
    (folder / "boat.yaml").write_text(text)


def own_table(folder: Path) -> Path:
    """The file of models that the user's own settings name."""
    os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
    settings, own = folder / "config/krafity/krafity.toml", folder / "own.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'capabilities = "{own}"\n')
    return own


def kinds(google: GoogleServer) -> list[str]:
    return sorted(call.kind for call in google.calls if call.kind not in ("poll", "check"))


def test_a_key_is_enough_for_a_film_that_is_never_paid_twice(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    first = krafity("render", "boat.yaml", "--yes", "--json")
    assert (first.code, first.document["engine"]) == (0, "gemini")
    assert kinds(google) == ["analyze", "context", "image", "video", "video"]
    assert first.document["calls"] == {
        "analyze": 1,
        "clean": 1,
        "draw": 0,
        "angle": 0,
        "improve": 0,
        "video": 2,
        "context": 1,
    }
    assert (tmp_path / "boat.krafity/films/drift.mp4").is_file()
    again = krafity("render", "boat.yaml", "--yes", "--json")
    assert (again.code, again.document["cost_usd"]) == (0, 0.0)
    assert google.count("video") == 2


def test_the_second_shot_starts_on_the_last_frame_of_the_first(
    google: GoogleServer, krafity: Krafity
) -> None:
    krafity("render", "boat.yaml", "--yes")
    first, second = [call for call in google.calls if call.kind == "video"]
    assert first.start is None
    assert second.start is not None
    assert second.start[1] == 5 * 24 - 1


def test_the_price_is_asked_first(google: GoogleServer, krafity: Krafity) -> None:
    done = krafity("render", "boat.yaml")
    assert done.code == 2
    assert "error: this would likely cost $0.74" in done.err
    assert google.calls == []


def test_with_a_key_that_may_not_ask_orders_wait_for_their_clips(
    google: GoogleServer, krafity: Krafity
) -> None:
    os.environ["GEMINI_API_KEY"] = AQ_KEY
    done = krafity("render", "boat.yaml", "--yes", "--json")
    assert done.code == 0
    assert [call.body["background"] for call in google.calls if call.kind == "video"] == [
        False,
        False,
    ]
    assert google.count("poll") == 0


def test_waiting_makes_the_same_film(google: GoogleServer, krafity: Krafity) -> None:
    os.environ["GEMINI_API_KEY"] = AQ_KEY
    os.environ["KRAFITY_GEMINI_WAITING"] = "1"
    done = krafity("render", "boat.yaml", "--yes", "--json")
    assert (done.code, done.document["cost_usd"]) == (0, pytest.approx(google.bill(), abs=0.0001))
    assert google.count("video", "poll") == 2


def test_an_order_of_an_earlier_run_is_collected_by_its_id(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    board(ALONE, tmp_path)
    google.fault("poll", "401", message="Key revoked.")
    assert krafity("render", "boat.yaml", "--yes").code != 0
    assert krafity("render", "boat.yaml", "--yes").code == 0
    assert (google.count("video"), google.count("poll")) == (1, 2)


def test_what_the_engine_cannot_do_is_refused_in_its_line_before_anything_is_spent(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    board(
        "shots:\n  quay: {image: plain.png, prompt: Go., negative_prompt: text, duration: 20}\n",
        tmp_path,
    )
    done = krafity("plan", "boat.yaml")
    assert done.code == 2
    assert "boat.yaml:2:" in done.err
    assert "gemini-omni-1.2-flash takes no negative prompt" in done.err
    assert "not 20" in done.err
    assert google.calls == []


def test_doctor_looks_at_the_key_and_the_models(google: GoogleServer, krafity: Krafity) -> None:
    done = krafity("doctor", "--engine", "gemini", "--json")
    found = {check["name"]: check["ok"] for check in done.document["checks"]}
    assert {"API key", "vision model", "image model", "video model", "orders"} <= set(found)
    assert all(found.values())
    assert google.billed() == 0


def test_references_redraw_the_start_frame_and_go_with_the_clip_too(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    board("shots:\n  a: {image: quay.png, references: [plain.png], prompt: a}\n", tmp_path)
    assert krafity("render", "boat.yaml", "--yes").code == 0
    assert kinds(google) == ["analyze", "image", "image", "video"]
    (video,) = [call for call in google.calls if call.kind == "video"]
    assert video.body["pictures"][1] == picture()


def test_an_order_is_stopped_on_a_persons_word(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    board(ALONE, tmp_path)
    google.world.manners.polls = 1000
    for _ in range(2):  # the one who waits, and the one who looks in at the end
        google.fault("poll", "401", message="Key revoked.")
    alone = ("render", "boat.yaml", "--yes")
    assert krafity(*alone).code == 1
    listed = krafity("ledger", "list", "--json").document["orders"]
    (order,) = [each["order"][:12] for each in listed if each["kind"] == "video"]
    done = krafity("ledger", "cancel", order)
    told = "the order was cancelled; order it again with `--retry failed`"
    assert (done.code, done.out) == (0, f"{order} boat.yaml quay: {told}\n")
    assert google.count("cancel") == 1
    assert krafity(*alone).code == 1
    assert google.count("video") == 1


@pytest.mark.parametrize("command", ["plan", "validate", "render"])
def test_what_the_model_cannot_is_refused_with_its_line_before_anything_is_sent(
    google: GoogleServer, krafity: Krafity, tmp_path: Path, command: str
) -> None:
    board(ALONE.replace("duration: 5", "end_image: plain.png, duration: 12"), tmp_path)
    done = krafity(command, "boat.yaml")
    assert done.code == 2
    assert "boat.yaml:2:97: gemini-omni-1.2-flash makes clips with an end frame of 3" in (
        done.out + done.err
    )
    assert google.calls == []


def test_an_old_table_is_a_note_of_the_plan_and_changes_nothing(
    krafity: Krafity, tmp_path: Path
) -> None:
    own = own_table(tmp_path)
    own.write_text("checked = 2026-01-01\n")
    old = krafity("plan", "boat.yaml", "--json")
    assert "note: models and prices were checked on 2026-01-01, " in old.err
    own.write_text("checked = 9999-01-01\n")
    recent = krafity("plan", "boat.yaml", "--json")
    assert (recent.code, recent.out) == (old.code, old.out)
    assert "checked on" not in recent.err


def test_a_successor_that_answered_is_a_note_of_the_run(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    own = own_table(tmp_path)
    own.write_text('[models."gemini-nano-banana-2.1"]\nsuccessor = "gemini-3.1-flash-image"\n')
    del google.world.manners.models["gemini-nano-banana-2.1"]
    board(ALONE, tmp_path)
    done = krafity("render", "boat.yaml", "--yes", "--json")
    assert done.code == 0
    assert (
        "no model gemini-nano-banana-2.1, so gemini-3.1-flash-image is used instead; set"
        in done.err
    )


def test_doctor_lists_each_model_it_knows(google: GoogleServer, krafity: Krafity) -> None:
    done = krafity("doctor", "--models", "--json")
    models = {each["name"]: each for each in done.document["models"]}
    assert models["gemini-omni-1.2-flash"]["alive"] is True
    assert models["gemini-2.0-flash"]["alive"] is False
    assert "veo-3.1-fast-generate-001" not in models
    said = krafity("doctor", "--models").out
    assert "gemini-omni-1.2-flash       alive at global; $0.023-0.21 a second" in said
    assert "gemini-2.0-flash            gone; about $0.001 a call; retired 2026-06-01; now" in said
    assert google.billed() == 0


FOURTEEN = "defaults: {duration: 3, annotated: false}\nshots:\n" + "".join(
    f"  s{n}: {{image: plain.png, prompt: Shot {n}.}}\n" for n in range(14)
)


def statuses(document: dict[str, Any]) -> list[str]:
    return [shot["status"] for shot in document["shots"]]


@pytest.mark.parametrize("manner", ["refused", "answered"])
def test_fourteen_shots_with_a_key_of_today_are_fourteen_clips(
    google: GoogleServer, krafity: Krafity, tmp_path: Path, manner: Any
) -> None:
    google.world.manners.aq_polls = manner
    os.environ["GEMINI_API_KEY"] = AQ_KEY
    board(FOURTEEN, tmp_path)
    done = krafity("render", "boat.yaml", "--yes", "--jobs", "10", "--json")
    assert (done.code, statuses(done.document)) == (0, ["rendered"] * 14)
    assert (google.billed("video"), google.count("check")) == (14, 1)
    note = "note: this key is not allowed to check on orders that run in the background"
    assert done.err.count(note) == (manner == "refused")


def test_a_key_that_is_found_out_by_its_first_order_risks_that_one_alone(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    google.world.manners.aq_polls = "refused when known"
    os.environ["GEMINI_API_KEY"] = AQ_KEY
    board(FOURTEEN, tmp_path)
    done = krafity("render", "boat.yaml", "--yes", "--jobs", "10", "--json")
    assert (done.code, sorted(statuses(done.document))) == (4, ["pending"] + ["rendered"] * 13)
    assert [call.body["background"] for call in google.calls if call.kind == "video"] == [
        True,
        *[False] * 13,
    ]
    os.environ["GEMINI_API_KEY"] = KEY
    again = krafity("render", "boat.yaml", "--yes", "--json")
    assert (again.code, google.billed("video")) == (0, 14)


def test_a_user_who_forbids_waiting_orders_nothing_that_would_be_lost(
    google: GoogleServer, krafity: Krafity
) -> None:
    os.environ |= {"GEMINI_API_KEY": AQ_KEY, "KRAFITY_GEMINI_WAITING": "0"}
    assert krafity("render", "boat.yaml", "--yes").code == 2
    assert google.billed() == 0


@pytest.mark.parametrize("waiting", ["0", "1"])
def test_a_clip_that_comes_damaged_is_fetched_again_from_the_same_order(
    google: GoogleServer, krafity: Krafity, tmp_path: Path, waiting: str
) -> None:
    os.environ["KRAFITY_GEMINI_WAITING"] = waiting
    board(ALONE, tmp_path)
    google.fault("video", "truncated", deliveries=2)
    done = krafity("render", "boat.yaml", "--yes", "--json")
    assert (done.code, statuses(done.document)) == (0, ["rendered"])
    assert (google.count("video"), google.count("poll")) == (1, 3 - int(waiting))


def test_a_clip_that_always_comes_damaged_is_listed_with_its_price_and_fetched_by_the_next_run(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    board(ALONE, tmp_path)
    google.fault("video", "truncated", deliveries=9)
    polls = []
    for retry in ((), (), ("--retry", "failed")):
        done = krafity("render", "boat.yaml", "--yes", "--json", *retry)
        (shot,) = done.document["shots"]
        assert (done.code, shot["status"]) == (1, "unknown")
        assert "the service delivered a damaged clip (order " in shot["error"]
        assert ", $0.35); the next run fetches it again" in shot["error"]
        assert "convert" not in done.err
        polls.append(google.count("poll"))
    assert polls == [3, 6, 9]
    listed = krafity("ledger", "list", "--json").document["orders"]
    paid = [
        (each["state"], round(each["cost_usd"], 2)) for each in listed if each["kind"] == "video"
    ]
    assert paid == [("unknown", 0.35)]
    assert krafity("render", "boat.yaml", "--yes").code == 0
    assert google.count("video") == 1


def test_a_clip_that_always_comes_damaged_is_bought_again_when_the_user_says_so(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    board(ALONE, tmp_path)
    google.fault("video", "truncated")
    assert krafity("render", "boat.yaml", "--yes").code == 1
    assert krafity("render", "boat.yaml", "--yes", "--retry", "unknown").code == 0
    assert (google.count("video"), google.count("poll")) == (2, 3 + 3 + 1)
