"""A default model that is gone: its successor answers for cents, and never films."""

from __future__ import annotations

from pathlib import Path

import pytest

from krafity_cli.engines.google.catalog import Catalog
from krafity_cli.engines.protocol import (
    Analyze,
    Answer,
    Clean,
    Failed,
    KnownModel,
    Outcome,
    Request,
)
from krafity_cli.engines.setup import Setup
from krafity_cli.engines.vertex import Vertex
from tests.engines.vertex.conftest import Use
from tests.engines.vertex.scenes import (
    END,
    IMAGE,
    PICTURE,
    START,
    VIDEO,
    VISION,
    drawn,
    picture,
    video,
)
from tests.google.server import GoogleServer

OTHERS = {
    VISION: "gemini-3.1-flash-lite",
    IMAGE: "gemini-3.1-flash-image",
    VIDEO: "veo-3.1-generate-001",
}


@pytest.fixture
def gone(google: GoogleServer, use: Use, tmp_path: Path) -> None:
    """All default models are gone, and the user's own file names a successor of each."""
    own = tmp_path / "models.toml"
    lines = [f'[models."{old}"]\nsuccessor = "{new}"\n' for old, new in OTHERS.items()]
    own.write_text("".join(lines), encoding="utf-8")
    use.settings["capabilities"] = str(own)
    for name in OTHERS:
        del google.world.manners.models[name]
    google.world.manners.models["gemini-3.1-flash-lite"] = ("global",)


async def perform(engine: Vertex, action: Analyze | Clean, model: str) -> tuple[Request, Outcome]:
    request = engine.request(action, model)
    return request, await engine.perform(request, {PICTURE: drawn()})


@pytest.mark.usefixtures("gone")
@pytest.mark.parametrize(
    ("action", "kind", "default"),
    [(Analyze(PICTURE), "analyze", VISION), (Clean(PICTURE), "image", IMAGE)],
)
def test_the_successor_answers_and_the_engine_says_so_once(
    google: GoogleServer, use: Use, action: Analyze | Clean, kind: str, default: str
) -> None:
    async def twice(engine: Vertex) -> list[str]:
        for _ in range(2):
            _, outcome = await perform(engine, action, default)
            assert isinstance(outcome, Answer)
        return list(engine.notes())

    (note,) = use(twice)
    assert note.startswith(f"Vertex AI has no model {default} at global, so {OTHERS[default]} is ")
    assert f"models: {{{action.role}: {{use: {OTHERS[default]}, accept: [{default}]}}}}" in note
    asked = [(call.model, call.status) for call in google.calls if call.kind == kind]
    assert asked == [(default, 404), (OTHERS[default], 200), (OTHERS[default], 200)]
    assert google.billed() == 2


@pytest.mark.usefixtures("gone")
def test_a_clip_is_never_ordered_from_a_successor(google: GoogleServer, use: Use) -> None:
    async def order(engine: Vertex) -> object:
        asked = engine.request(video(end=END), VIDEO)
        return await engine.submit(asked, {START: picture(), END: picture()})

    outcome = use(order)
    assert isinstance(outcome, Failed)
    assert outcome.no_such_model
    assert OTHERS[VIDEO] in outcome.hint
    assert google.billed() == 0


@pytest.mark.usefixtures("gone")
def test_a_model_that_the_user_chose_is_not_replaced(google: GoogleServer, use: Use) -> None:
    del google.world.manners.models[OTHERS[IMAGE]]
    _, outcome = use(lambda engine: perform(engine, Clean(PICTURE), OTHERS[IMAGE]))
    assert isinstance(outcome, Failed)
    assert "models: {image: {use: gemini-nano-banana-2.1" in outcome.hint
    assert google.billed() == 0


@pytest.mark.usefixtures("gone")
def test_a_successor_that_is_gone_too_leaves_one_failure(google: GoogleServer, use: Use) -> None:
    del google.world.manners.models[OTHERS[VISION]]
    _, outcome = use(lambda engine: perform(engine, Analyze(PICTURE), VISION))
    assert isinstance(outcome, Failed)
    assert outcome.what == f"Vertex AI has no model {OTHERS[VISION]} at global"
    assert google.billed() == 0


def test_each_model_of_the_table_is_listed_as_it_is(google: GoogleServer, use: Use) -> None:
    found = {each.name: each for each in use(lambda engine: engine.known_models())}
    assert set(found) == set(Catalog.of(Setup()).models) - {"gemini-omni-1.2-flash"}
    assert found["gemini-3.1-flash-image"] == KnownModel(
        name="gemini-3.1-flash-image",
        role="image",
        alive=True,
        seen="alive",
        where="global",
        price="$0.067-0.151 a picture",
        dates="deprecated 2026-10-06; now gemini-nano-banana-2.1",
        source="Gemini API change log of 6 October 2026 and price list, read 2026-11-29",
    )
    old = found["gemini-2.0-flash"]
    assert (old.alive, old.seen, old.price) == (False, "gone", "about $0.001 a call")
    assert old.dates == "retired 2026-06-01; now gemini-3.5-flash-lite"
    assert found[VIDEO].price == "$0.08-0.3 a second"
    assert google.billed() == 0


def test_a_service_that_cannot_be_asked_says_nothing_of_its_models(
    google: GoogleServer, use: Use
) -> None:
    google.fault("model", "503", times=50, message="Overloaded.")
    found = use(lambda engine: engine.known_models())
    assert {each.alive for each in found} == {None}
    assert found[0].seen == "Vertex AI answers 503: Overloaded."
