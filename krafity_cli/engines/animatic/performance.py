"""Performing the requests: bytes in, bytes out, all heavy work in threads."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2

from krafity_cli.engines.animatic.cleaning import cleaned
from krafity_cli.engines.animatic.directing import direct
from krafity_cli.engines.animatic.formats import FPS, SIZES
from krafity_cli.engines.animatic.grading import graded
from krafity_cli.engines.animatic.reading import reading
from krafity_cli.engines.animatic.seeing import seen
from krafity_cli.engines.animatic.shooting import Take, frames
from krafity_cli.engines.protocol import (
    Answer,
    Drawings,
    Failed,
    Materials,
    Outcome,
    Request,
)
from krafity_cli.errors import MediaError
from krafity_cli.media.encode import encode
from krafity_cli.media.last_frame import first_frame, last_frame
from krafity_cli.media.stills import conform, decode, png
from krafity_cli.storyboard.context import Entity

# OpenCV would start a thread per processor in every call. Shots are already performed side by
# side, one per processor; and one thread gives the same sums in the same order everywhere.
cv2.setNumThreads(1)


async def perform(request: Request, materials: Materials) -> Outcome:
    """Answers a request; what is wrong with a picture or a clip comes back as `Failed`."""
    body = request.body
    try:
        match request.kind:
            case "analyze":
                return Answer(await asyncio.to_thread(_analyze, materials[body["picture"]]))
            case "clean":
                return Answer(await asyncio.to_thread(_clean, materials[body["picture"]]))
            case "improve":
                return Answer(await asyncio.to_thread(_improve, body, materials))
            case "video":
                return Answer(await _video(body, materials))
            case "context":
                return Answer(await _context(body, materials))
    except MediaError as error:
        return Failed(error.problem)
    except KeyError as error:
        return Failed(
            "the animatic was not handed all it needs", f"missing: {error.args[0]}", code="bug"
        )
    return Failed(f"the animatic does not perform {request.kind}", code="unsupported-action")


def _canonical(value: object) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def _analyze(picture: bytes) -> bytes:
    return _canonical(reading(decode(picture)).drawings.to_json())


def _clean(picture: bytes) -> bytes:
    return png(cleaned(decode(picture)))


def _improve(body: Mapping[str, Any], materials: Materials) -> bytes:
    references = [decode(materials[digest]) for digest in body["references"]]
    return png(graded(decode(materials[body["picture"]]), body["instruction"], references))


async def _video(body: Mapping[str, Any], materials: Materials) -> bytes:
    take = await asyncio.to_thread(_take, body, materials)
    with tempfile.TemporaryDirectory(prefix="krafity-") as folder:
        out = Path(folder) / "clip.mp4"
        await encode(frames(take), take.size, FPS, out, form="planes", count=take.count)
        return await asyncio.to_thread(out.read_bytes)


def _take(body: Mapping[str, Any], materials: Materials) -> Take:
    width, height = SIZES[body["resolution"]]
    size = (width, height) if body["aspect_ratio"] == "16:9" else (height, width)
    directs = Drawings.from_json(body["directs"]) if body["directs"] else None
    start = materials[body["start"]]
    end = materials[body["end"]] if body["end"] else None
    fit = body["fit"]
    return Take(
        # A chained shot begins on exactly the frame that every other reader of it sees.
        picture=decode(conform(start, *size, fit) if body["chained"] else start),
        move=direct(body["camera"], body["prompt"], directs, body["before"]),
        size=size,
        seconds=float(body["duration"]),
        count=body["duration"] * FPS,
        end=decode(conform(end, *size, fit)) if end else None,
        fit=fit,
        chained=body["chained"],
        seed=body["seed"] or 0,
    )


async def _context(body: Mapping[str, Any], materials: Materials) -> bytes:
    known = tuple(
        Entity(entity["id"], entity["description"], entity["appearance"])
        for entity in body["known"]["entities"]
    )
    with tempfile.TemporaryDirectory(prefix="krafity-") as folder:
        clip = Path(folder) / "clip"
        await asyncio.to_thread(clip.write_bytes, materials[body["clip"]])
        first, last = await asyncio.gather(first_frame(clip), last_frame(clip))
    scene = await asyncio.to_thread(seen, decode(first), decode(last), known)
    return _canonical(scene.to_json())
