"""What models can do and cost: the dated file, the user's own, and refusals in words."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.engines.google.catalog import BUILT_IN, Catalog, Model
from krafity_cli.engines.protocol import Analyze, Clean, Price, Refusal
from krafity_cli.engines.setup import Setup
from krafity_cli.engines.vertex import Vertex
from krafity_cli.engines.vertex import engine as made
from krafity_cli.errors import Refused
from tests.engines.vertex.scenes import END, IMAGE, PICTURE, VIDEO, VISION, video


def vertex(**settings: Any) -> Vertex:
    return made(Setup({"GOOGLE_CLOUD_PROJECT": "film-project"}, settings))


def price(asked: Any, model: str, **settings: Any) -> Price | None:
    engine = vertex(**settings)
    return engine.price(engine.request(asked, model))


def test_the_capability_file_is_dated() -> None:
    assert Catalog.of(Setup()).checked == date(2026, 11, 22)


def test_every_model_chosen_where_nobody_chose_is_known() -> None:
    engine, known = vertex(), tomllib.loads(BUILT_IN.read_text())["models"]
    chosen = {role: engine.models(role) for role in ("video", "image", "vision")}
    assert chosen == {
        "video": (VIDEO, ()),
        "image": (IMAGE, ("gemini-2.5-flash-image",)),
        "vision": (VISION, ("gemini-2.0-flash",)),
    }
    for role, (use, accept) in chosen.items():
        assert {known[name]["role"] for name in (use, *accept)} == {role}


@pytest.mark.parametrize(
    ("resolution", "audio", "usd"),
    [
        ("720p", False, 0.48),
        ("720p", True, 0.60),
        ("1080p", False, 0.60),
        ("1080p", True, 0.72),
        ("4k", False, 1.50),
        ("4k", True, 1.80),
    ],
)
def test_six_seconds_of_fast_video_cost(resolution: str, audio: bool, usd: float) -> None:
    found = price(video(duration=6, resolution=resolution, audio=audio), VIDEO)
    assert found is not None
    assert found.usd == usd


def test_a_price_says_how_it_was_reckoned() -> None:
    assert price(video(duration=8, audio=True), VIDEO) == Price(
        0.8, "8 s of 720p with sound at $0.1 per second"
    )
    assert price(Clean(PICTURE), IMAGE) == Price(0.067, "one picture of 1K at $0.067")
    assert price(Clean(PICTURE), "gemini-2.5-flash-image") == Price(
        0.039, "one picture of 1K at $0.039"
    )
    assert price(Analyze(PICTURE), VISION) == Price(0.002, "an estimate per call")


def test_an_unknown_model_has_no_price_and_can_do_anything() -> None:
    engine = vertex()
    assert price(video(), "veo-9") is None
    assert price(Clean(PICTURE), "gemini-9-image") is None
    assert price(Analyze(PICTURE), "gemini-9") is None
    assert engine.refusals(video(duration=5, end=END, audio=True), "veo-9") == []
    assert 5 in engine.capabilities("veo-9").durations


def test_capabilities_of_the_default_model() -> None:
    found = vertex().capabilities(VIDEO)
    assert found.durations == (4, 6, 8)
    assert found.aspect_ratios == ("16:9", "9:16")
    assert found.resolutions == ("720p", "1080p", "4k")
    assert (found.end_frame, found.seconds_per_clip) == (True, 45.0)


def test_refusals_name_the_field_and_say_what_is_possible() -> None:
    asked = video(duration=5, aspect_ratio="1:1", resolution="480p", seed=2**32)
    assert vertex().refusals(asked, VIDEO) == [
        Refusal(
            "duration",
            "unsupported-duration",
            "veo-3.1-fast-generate-001 makes clips of 4, 6 or 8 seconds, not 5",
        ),
        Refusal(
            "aspect_ratio",
            "unsupported-aspect-ratio",
            "veo-3.1-fast-generate-001 makes clips of 16:9 or 9:16, not 1:1",
        ),
        Refusal(
            "resolution",
            "unsupported-resolution",
            "veo-3.1-fast-generate-001 makes clips in 720p, 1080p or 4k, not 480p",
        ),
        Refusal(
            "seed",
            "unsupported-seed",
            "veo-3.1-fast-generate-001 takes seeds from 0 to 4294967295, not 4294967296",
        ),
    ]


def test_what_sources_disagree_on_is_not_refused() -> None:
    assert vertex().refusals(video(duration=4, resolution="4k"), VIDEO) == []


def test_a_model_without_end_frame_and_sound_refuses_both(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text('[models."veo-old"]\nrole = "video"\nend_frame = false\naudio = false\n')
    assert vertex(capabilities=str(path)).refusals(video(end=END, audio=True), "veo-old") == [
        Refusal(
            "end_image",
            "unsupported-end-frame",
            "veo-old takes no end frame; leave `end_image` and `until` out",
        ),
        Refusal("audio", "unsupported-audio", "veo-old makes no sound; leave `audio` out"),
    ]


def test_a_users_capability_file_is_laid_over_key_by_key(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(f'[models."{VIDEO}"]\ndurations = [5]\n')
    engine = vertex(capabilities=str(path))
    assert engine.capabilities(VIDEO).durations == (5,)
    assert engine.capabilities(VIDEO).resolutions == ("720p", "1080p", "4k")


@pytest.mark.parametrize(
    ("asked", "model", "own", "usd"),
    [
        (video(), VIDEO, 0.05, 0.2),
        (video(), VIDEO, {"720p": {"silent": 0.01, "audio": 0.02}}, 0.04),
        (video(), "veo-9", 0.5, 2.0),
        (Clean(PICTURE), IMAGE, 0.01, 0.01),
        (Analyze(PICTURE), VISION, 0.5, 0.5),
    ],
)
def test_users_prices_win(asked: Any, model: str, own: Any, usd: float) -> None:
    found = price(asked, model, prices={model: own})
    assert found is not None
    assert found.usd == usd


def test_a_price_that_is_overridden_for_one_resolution_is_unknown_for_the_others() -> None:
    own = {VIDEO: {"720p": {"silent": 0.01, "audio": 0.02}}}
    assert price(video(resolution="4k"), VIDEO, prices=own) is None


def _refused(**settings: Any) -> tuple[str, str, str]:
    with pytest.raises(Refused) as caught:
        vertex(**settings)
    return caught.value.what, caught.value.why, caught.value.hint


def test_settings_that_cannot_be_meant_are_refused(tmp_path: Path) -> None:
    assert _refused(prices=3) == ("`prices` must be a table", "", '[prices] "MODEL" = USD')
    assert _refused(prices={VIDEO: -1}) == (
        f"the model `{VIDEO}` in the setting `prices` cannot be meant",
        "usd_per_second.720p.silent: Input should be greater than or equal to 0",
        f"{BUILT_IN} shows the form",
    )
    missing = tmp_path / "models.toml"
    what, why, hint = _refused(capabilities=str(missing))
    assert what == f"the capability file {missing} cannot be read"
    assert "No such file" in why
    assert hint == "mend or unset `capabilities`"
    missing.write_text('[models."veo-x"]\nrole = "video"\nlength = 3\n')
    assert _refused(capabilities=str(missing)) == (
        f"the model `veo-x` in {missing} cannot be meant",
        "length: Extra inputs are not permitted",
        f"{BUILT_IN} shows the form",
    )
    missing.write_text("models = {a = 1}\n")
    assert _refused(capabilities=str(missing)) == (
        f"the capability file {missing} cannot be read",
        "`models` must hold tables",
        "",
    )


@pytest.mark.parametrize(
    ("locations", "asked", "home", "found"),
    [
        ((), None, "europe-west4", "europe-west4"),
        (("us-central1",), None, "us-central1", "us-central1"),
        (("us-central1",), None, "europe-west4", "europe-west4"),
        (("us-central1",), None, "global", "us-central1"),
        (("global",), None, "us-central1", "global"),
        (("global", "us-central1"), None, "us-central1", "us-central1"),
        (("global",), "us-east5", "us-central1", "us-east5"),
    ],
)
def test_where_a_model_is_asked_for(
    locations: tuple[str, ...], asked: str | None, home: str, found: str
) -> None:
    model = Model(name="m", role="video", locations=locations)
    assert model.location(asked, home) == found
