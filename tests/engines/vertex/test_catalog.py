"""What models can do and cost: the dated file, the user's own, and refusals in words."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.engines.gemini import Gemini
from krafity_cli.engines.gemini import engine as made_gemini
from krafity_cli.engines.google.catalog import BUILT_IN, Catalog, Model
from krafity_cli.engines.google.errors.translate import gone
from krafity_cli.engines.protocol import Analyze, Clean, Price, Refusal
from krafity_cli.engines.setup import Setup
from krafity_cli.engines.vertex import Vertex
from krafity_cli.engines.vertex import engine as made
from krafity_cli.errors import Refused
from krafity_cli.settings import Values
from tests.engines.vertex.scenes import END, IMAGE, PICTURE, VIDEO, VISION, video

LITE = "veo-3.1-lite-generate-001"
OMNI = "gemini-omni-1.2-flash"


def gemini() -> Gemini:
    return made_gemini(Setup({"GEMINI_API_KEY": "key"}))


def vertex(**settings: Any) -> Vertex:
    return made(Setup({"GOOGLE_CLOUD_PROJECT": "film-project"}, Values.model_validate(settings)))


def price(asked: Any, model: str, **settings: Any) -> Price | None:
    engine = vertex(**settings)
    return engine.price(engine.request(asked, model))


def test_the_capability_file_is_dated() -> None:
    assert Catalog.of(Setup()).checked == date(2026, 11, 29)


def test_every_model_chosen_where_nobody_chose_is_known() -> None:
    engine, known = vertex(), tomllib.loads(BUILT_IN.read_text())["models"]
    chosen = {role: engine.models(role) for role in ("video", "image", "vision")}
    assert chosen == {
        "video": (VIDEO, ()),
        "image": (IMAGE, ("gemini-3.1-flash-image", "gemini-2.5-flash-image")),
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
    assert price(Clean(PICTURE), IMAGE) == Price(
        0.036265,
        "one picture of 1K at $0.0336, and about $0.0027 for input and thinking",
        0.052431,
    )
    assert price(Clean(PICTURE), "gemini-3.1-flash-lite-image") == Price(
        0.0336, "one picture of 1K at $0.0336"
    )
    assert price(Analyze(PICTURE), VISION) == Price(0.0023, "an estimate per call", 0.02648)


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


@pytest.mark.parametrize(
    ("model", "asked", "refused"),
    [
        (VIDEO, {"resolution": "1080p", "duration": 8}, None),
        (
            VIDEO,
            {"resolution": "1080p", "duration": 6},
            "makes 1080p clips of 8 seconds, not 6; set `duration: 8` or `resolution: 720p`",
        ),
        (
            "veo-3.1-generate-001",
            {"resolution": "4k", "duration": 4},
            "makes 4k clips of 8 seconds, not 4; set `duration: 8` or `resolution: 720p`",
        ),
        (LITE, {"resolution": "1080p", "duration": 8}, None),
        (
            LITE,
            {"resolution": "1080p", "duration": 4},
            "makes 1080p clips of 8 seconds, not 4; set `duration: 8` or `resolution: 720p`",
        ),
        (LITE, {"resolution": "4k", "duration": 8}, "makes clips in 720p or 1080p, not 4k"),
        (LITE, {"resolution": "360p"}, "makes clips in 720p or 1080p, not 360p"),
        (OMNI, {"duration": 15}, None),
        (OMNI, {"duration": 10, "end": END, "resolution": "360p"}, None),
        (
            OMNI,
            {"duration": 11, "end": END},
            "makes clips with an end frame of 3, 4, 5, 6, 7, 8, 9 or 10 seconds, not 11",
        ),
        (
            OMNI,
            {"duration": 2, "end": END},
            f"makes clips of {', '.join(map(str, range(3, 15)))} or 15 seconds, not 2",
        ),
    ],
)
def test_each_limit_of_the_table_is_refused_in_words(
    model: str, asked: dict[str, Any], refused: str | None
) -> None:
    engine = gemini() if model == OMNI else vertex()
    found = [refusal.message for refusal in engine.refusals(video(**asked), model)]
    assert found == ([] if refused is None else [f"{model} {refused}"])


@pytest.mark.parametrize(
    ("engine", "model", "other"), [("vertex", OMNI, "gemini"), ("gemini", VIDEO, "vertex")]
)
def test_a_model_of_another_engine_is_refused_with_the_engine_to_choose(
    engine: str, model: str, other: str
) -> None:
    asked = vertex() if engine == "vertex" else gemini()
    assert asked.refusals(video(), model)[0] == Refusal(
        "models.video",
        "unsupported-model",
        f"the engine {engine} does not support {model}; choose --engine {other}",
    )


def test_every_line_of_the_table_says_where_and_when_it_was_read() -> None:
    catalog = Catalog.of(Setup())
    assert [name for name, each in catalog.models.items() if not (each.source and each.read)] == []
    assert {each.read for each in catalog.models.values()} == {catalog.checked}


def test_every_model_that_goes_has_a_successor_that_stays() -> None:
    models = Catalog.of(Setup()).models
    going = [each for each in models.values() if each.deprecated or each.retired]
    assert {each.name: each.successor for each in going} == {
        "gemini-3.1-flash-image": IMAGE,
        "gemini-3.1-flash-lite": VISION,
        "gemini-2.0-flash": VISION,
    }
    for each in going:
        after = models[each.successor or ""]
        assert (after.role, after.deprecated, after.retired) == (each.role, None, None)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({}, "it may have been shut down"),
        ({"retired": date(2026, 6, 1)}, "it was shut down on 2026-06-01"),
        ({"retired": date(2027, 5, 7)}, "it is to be shut down on 2027-05-07"),
        (
            {"deprecated": date(2026, 10, 6)},
            "it is deprecated since 2026-10-06 and may have been shut down",
        ),
    ],
)
def test_why_a_model_is_not_there(known: dict[str, Any], words: str) -> None:
    assert gone(Model(name="m", role="image", **known), date(2026, 11, 29)) == words


def test_a_model_without_end_frame_and_sound_refuses_both(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text('[models."veo-old"]\nrole = "video"\nend_frame = false\naudio = false\n')
    assert vertex(capabilities=str(path)).refusals(video(end=END, audio=True), "veo-old") == [
        Refusal(
            "end_image",
            "unsupported-end-frame",
            "veo-old takes no end frame; remove `end_image`, `end_still` and `until`",
        ),
        Refusal("audio", "unsupported-audio", "veo-old makes no sound; remove `audio`"),
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
    assert _refused(prices={VIDEO: {"720p": {"silent": 0.1}}}) == (
        f"the model `{VIDEO}` in the setting `prices` is not valid",
        "usd_per_second.720p.audio: Field required",
        f"see {BUILT_IN} for the format",
    )
    missing = tmp_path / "models.toml"
    what, why, hint = _refused(capabilities=str(missing))
    assert what == f"the capability file {missing} cannot be read"
    assert "No such file" in why
    assert hint == "fix the file or unset `capabilities`"
    missing.write_text('[models."veo-x"]\nrole = "video"\nlength = 3\n')
    assert _refused(capabilities=str(missing)) == (
        f"the model `veo-x` in {missing} is not valid",
        "length: Extra inputs are not permitted",
        f"see {BUILT_IN} for the format",
    )
    missing.write_text("models = {a = 1}\n")
    assert _refused(capabilities=str(missing)) == (
        f"the capability file {missing} cannot be read",
        "`models` must contain tables",
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


def test_a_table_that_was_not_looked_at_for_sixty_days_says_so(tmp_path: Path) -> None:
    checked, recent, old = date(2026, 11, 29), date(2027, 1, 28), date(2027, 1, 29)
    assert [Catalog({}, checked).age_note(day) for day in (checked, recent)] == ["", ""]
    assert (
        Catalog({}, checked)
        .age_note(old)
        .startswith("models and prices were checked on 2026-11-29, 61 days ago")
    )
    own = tmp_path / "models.toml"
    own.write_text("checked = 2027-01-20\n", encoding="utf-8")
    assert vertex(capabilities=str(own)).table_note(old) == ""
    own.write_text('checked = "last week"\n', encoding="utf-8")
    assert _refused(capabilities=str(own))[1] == "`checked` must be a date"


@pytest.mark.parametrize("usd", ["-1", "nan", "inf"])
@pytest.mark.parametrize("part", ["in", "out", "image", "video"])
def test_a_price_of_tokens_that_is_no_amount_is_refused(
    tmp_path: Path, usd: str, part: str
) -> None:
    table = {"in": "1", "out": "1"} | {part: usd}
    tokens = ", ".join(f"{name} = {price}" for name, price in table.items())
    path = tmp_path / "models.toml"
    path.write_text(f'[models."eyes-x"]\nrole = "vision"\nusd_per_million_tokens = {{{tokens}}}\n')
    what, _, _ = _refused(capabilities=str(path))
    assert what == f"the model `eyes-x` in {path} is not valid"
