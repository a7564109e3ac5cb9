"""Answers are looked at before they are kept: JSON is read, pictures and clips are decoded."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from krafity_cli.cache import Cache, Record
from krafity_cli.engines.protocol import Answer, Drawings, Materials, Request
from krafity_cli.errors import MediaError
from krafity_cli.orders.order import Order
from krafity_cli.storyboard.context import SceneContext

Load = Callable[[], Awaitable[Materials]]
"""Gets the pictures and clips a request refers to, when they are really needed."""

_READERS = {"analyze": Drawings.from_json, "context": SceneContext.from_json}


_MADE_HERE = frozenset({"burnt", "graded", "standin", "thumbnail"})
"""Kinds that are made again on each machine: they cost nothing."""


class Looking:
    """Looks at answers that another machine made as at those a service gives."""

    def shares(self, kind: str) -> bool:
        """Whether an answer is worth sharing: what a film is made of, not what is made of it."""
        return kind not in _MADE_HERE

    def fits(self, record: Record, path: Path) -> bool:
        """Whether the bytes are an answer of the record's kind, and the one it describes."""
        try:
            # A thread of its own: this may be called from within an event loop.
            with ThreadPoolExecutor(1) as alone:
                seen = alone.submit(asyncio.run, _look(record.kind, path.read_bytes())).result()
        except (MediaError, OSError):
            return False
        return all(record.about.get(name) == value for name, value in seen.items())


@dataclass(frozen=True, slots=True)
class Job:
    """One request on its way: for which shot, and what is kept beside the answer.

    `fresh` says that it is made again although an answer is there. `intents` are what the author
    asked for, under the model in use and under those that are accepted.
    """

    request: Request
    shot: str
    about: Mapping[str, Any] = field(default_factory=dict)
    fresh: bool = False
    intents: tuple[str, ...] = ()


def job_of(order: Order) -> Job:
    """What an order was sent for."""
    return Job(order.sent(), order.shot, {**order.about, "n": order.n})


async def keep(cache: Cache, job: Job, answer: Answer, seconds: float, board: str) -> Record:
    """Check an answer and put it into the cache under its order digest.

    Raises `MediaError` for an answer that cannot be read or decoded.
    """
    request = job.request
    about = {
        **job.about,
        **await _look(request.kind, answer.content),
        "engine": request.engine,
        "model": request.model,
        "cost_usd": answer.cost_usd,
        "basis": answer.basis,
        "seconds": round(seconds, 3),
        "storyboard": board,
        "shot": job.shot,
    }
    return await asyncio.to_thread(cache.store, request.digest, request.kind, answer.content, about)


async def _look(kind: str, content: bytes) -> dict[str, Any]:
    if kind in _READERS:
        return _read_json(kind, content)
    if kind == "video":
        return await _look_at_clip(content)
    # Pillow is needed only where a picture really was made.
    from krafity_cli.media.pictures.stills import pixel_digest

    return {"pixels": await asyncio.to_thread(pixel_digest, content)}


def _read_json(kind: str, content: bytes) -> dict[str, Any]:
    try:
        _READERS[kind](json.loads(content))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MediaError(
            f"the answer to the action `{kind}` cannot be read",
            f"{type(error).__name__}: {error}",
            "run again to retry",
            code="unreadable-answer",
        ) from error
    return {}


async def _look_at_clip(content: bytes) -> dict[str, Any]:
    from krafity_cli.media.probe import verify

    with tempfile.TemporaryDirectory(prefix="krafity-") as folder:
        path = Path(folder) / "clip.mp4"
        await asyncio.to_thread(path.write_bytes, content)
        probe = await verify(path)
    return {
        "frames": probe.frames,
        "width": probe.width,
        "height": probe.height,
        "audio": probe.audio,
    }
