"""What orders a set of storyboards comes to: the digests that paid clips are found by.

`python -m tests.render.golden_digests` prints them as JSON. `golden/digests.json` was written so by
the release whose clips must go on being found; it is only ever added to.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from krafity_cli.cache import Cache
from krafity_cli.engines.protocol import (
    Action,
    Analyze,
    Clean,
    Draw,
    Drawings,
    Engine,
    Improve,
    Mark,
    ReadContext,
    Video,
)
from krafity_cli.engines.registry import build
from krafity_cli.engines.setup import Setup
from krafity_cli.media.input_files import Shelf
from krafity_cli.render.drawn import Which
from krafity_cli.render.engine_limits import quick
from krafity_cli.render.lookup import Archive
from krafity_cli.render.recipe import Recipe
from krafity_cli.render.types import Clip, Frame, Unmade
from krafity_cli.storyboard.context import Entity, SceneContext
from krafity_cli.storyboard.model import Model, Shot, Storyboard
from krafity_cli.storyboard.read import read_storyboard

FOLDER = Path(__file__).with_name("golden")
ENVIRONMENT = {"GOOGLE_CLOUD_PROJECT": "film-project", "GEMINI_API_KEY": "key"}
ENGINES = ("vertex", "gemini")

Digests = dict[str, dict[str, list[str]]]
"""By shot, then `intents` and the kinds of orders: all digests that count, the first one's own."""


class Noting:
    """A studio in which every action succeeds with an answer that only depends on what was asked.

    It notes the digests under which each answer would be looked for.
    """

    def __init__(self, archive: Archive) -> None:
        self.noted: Digests = {}
        self._archive = archive

    def recall(self, shot: Shot, parts: Mapping[str, Any]) -> Clip | None:
        self._of(shot)["intents"] = self._archive.intents(shot, parts)
        return None

    def recall_context(self, clip: Clip, authored: SceneContext) -> SceneContext | None:
        return None

    async def analyze(self, shot: Shot, frame: Frame) -> Drawings | Unmade:
        self._ask(shot, Analyze(frame.digest))
        mark = Mark("arrow", "to the right", (0.1, 0.2, 0.3, 0.4), direction=0.0, strength=0.5)
        return Drawings(True, "It moves right.", (mark,))

    async def clean(self, shot: Shot, frame: Frame, drawn: Unmade | None) -> Frame | Unmade:
        return self._drawn(self._ask(shot, Clean(frame.digest)))

    def chosen(self, shot: Shot, which: Which, action: Draw) -> str | None:
        return None

    async def draw(self, shot: Shot, which: Which, action: Draw) -> Frame | Unmade:
        return self._drawn(self._ask(shot, action))

    async def improve(self, shot: Shot, frame: Frame | Unmade) -> Frame | Unmade:
        assert isinstance(frame, Frame)
        wish = shot.improve if isinstance(shot.improve, str) else ""
        references = tuple(picture.digest for picture in shot.references)
        return self._drawn(self._ask(shot, Improve(frame.digest, wish, references)))

    async def video(
        self, shot: Shot, parts: Mapping[str, Any] | None, action: Video, missing: Unmade | None
    ) -> Clip | Unmade:
        self._ask(shot, action)
        # Not by the order: one golden order that is lost is to be one failure, not a cascade.
        return Clip(_digest(f"clip of {shot.id}"))

    async def first_frame(self, shot: Shot, clip: Clip | Unmade) -> Frame | Unmade:
        return self._drawn(f"first frame of {shot.id}")

    async def last_frame(self, shot: Shot, clip: Clip | Unmade) -> Frame | Unmade:
        return self._drawn(f"last frame of {shot.id}")

    async def read_context(
        self,
        shot: Shot,
        clip: Clip | Unmade,
        authored: SceneContext,
        known: SceneContext | Unmade,
    ) -> SceneContext | Unmade:
        assert isinstance(clip, Clip)
        assert isinstance(known, SceneContext)
        self._ask(shot, ReadContext(clip.digest, shot.prompt or "", known))
        seen = Entity(f"thing-{shot.id}", f"a thing seen in {shot.id}", "grey")
        extract = SceneContext(style="seen", environment="seen", entities=(seen,))
        return authored.over(extract.over(known)).capped(authored)

    def _ask(self, shot: Shot, action: Action) -> str:
        """Note the digests of an order; answers which one of which shot it was."""
        found = [request.digest for request in self._archive.requests(shot, action)]
        self._of(shot).setdefault(action.kind, []).extend(found)
        return f"{action.kind} of {shot.id}"

    def _of(self, shot: Shot) -> dict[str, list[str]]:
        return self.noted.setdefault(shot.id, {})

    def _drawn(self, words: str) -> Frame:
        return Frame(_digest(words), _digest(words))


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def digests() -> dict[str, Digests]:
    """By storyboard, engine and length, then as in `Digests`."""
    found = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        for name in ENGINES:
            engine = build(name, Setup(ENVIRONMENT))
            for length in ("full", "quick"):
                found[f"{file.stem} {name} {length}"] = asyncio.run(_noted(file, engine, length))
    return found


async def _noted(file: Path, engine: Engine, length: str) -> Digests:
    def model_of(shot: Shot, role: str) -> Model:
        own: Model | None = getattr(shot.models, role)
        return own or Model(*engine.models(role))

    with tempfile.TemporaryDirectory() as folder, Cache.open(Path(folder)) as cache:
        board: Storyboard = read_storyboard(
            file.read_bytes(), file.name, FOLDER, Shelf(FOLDER, cache.memo)
        )
        if length == "quick":
            board = quick(board, engine, model_of)
        studio = Noting(Archive(board, cache, engine, model_of))
        recipe = Recipe(board, studio)
        for shot in board.shots:
            await recipe.clip(shot.id)
            await recipe.handed_on(shot.id)
        await recipe.aclose()
        return studio.noted


if __name__ == "__main__":
    print(json.dumps(digests(), indent=1, sort_keys=True))  # noqa: T201
