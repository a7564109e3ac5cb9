"""Exactly the kept clips: what `render --locked` is made with, where no engine is needed."""

from __future__ import annotations

from collections.abc import Sequence

from krafity_cli.engines.protocol import (
    Action,
    Capabilities,
    Failed,
    Materials,
    Outcome,
    Price,
    Refusal,
    Request,
    Video,
)
from krafity_cli.errors import Refused
from krafity_cli.render.run import Production


class RecordedEngine:
    """Stands for the engine that made the kept clips; it makes nothing itself."""

    remote = False
    parallel = 1

    def __init__(self, name: str, *, paid: bool) -> None:
        self.name = name
        self.paid = paid

    def models(self, role: str) -> tuple[str, tuple[str, ...]]:
        """None."""
        del role
        return "", ()

    def identity(self) -> str:
        """The name alone: nothing is asked anywhere."""
        return self.name

    def capabilities(self, model: str) -> Capabilities:
        """Nothing can be made."""
        del model
        return Capabilities(durations=(), aspect_ratios=(), resolutions=(), seconds_per_clip=0.0)

    def refusals(self, action: Video, model: str) -> Sequence[Refusal]:
        """Nothing is wished for, so nothing is refused."""
        del action, model
        return ()

    def request(self, action: Action, model: str) -> Request:
        """A request that is never sent."""
        return Request(self.name, action.kind, model, {}, ())

    def price(self, request: Request) -> Price | None:
        """Nothing is bought."""
        del request
        return None

    async def perform(self, request: Request, materials: Materials) -> Outcome:
        """Fails: with --locked nothing is made."""
        del request, materials
        return Failed("nothing is made with --locked", code="locked")

    async def aclose(self) -> None:
        """Nothing is held."""


def in_cuts(production: Production) -> tuple[str, ...]:
    """The shots that the cuts show, each once."""
    return tuple(dict.fromkeys(shot for cut in production.board.cuts for shot in cut.shots))


def check_locked(production: Production) -> None:
    """Raise `Refused` where shots of the cuts are not kept, or their clips are gone."""
    archive, missing = production.archive(), []
    for shot in map(production.board.shot, in_cuts(production)):
        keep = production.decisions.kept(shot.id)
        if shot.clip is None and keep is None:
            missing.append(f"{shot.id} is not kept")
        elif shot.clip is None and keep and archive.kept(shot, keep) is None:
            missing.append(f"the clip {keep.clip[:12]} of {shot.id} is nowhere")
    if missing:
        raise Refused(
            f"--locked needs every clip of the cuts: {'; '.join(missing)}",
            f"section `{production.decisions.section}` of the lock file",
            "krafity keep, or bring the clips back: the cache, the outputs, the remote cache",
            code="not-locked",
        )


def engine_of(production: Production) -> str:
    """The engine that made the kept clips, as far as it is known."""
    archive = production.archive()
    for shot in in_cuts(production):
        keep = production.decisions.kept(shot)
        record = archive.video(keep.clip, keep.order) if keep else None
        if record:
            return str(record.about.get("engine", ""))
    return "locked"
