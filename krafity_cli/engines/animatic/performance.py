"""Performing the requests: bytes in, bytes out; a plain function that runs in a worker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2

from krafity_cli.engines.animatic.camera.directing import direct
from krafity_cli.engines.animatic.camera.shooting import Take, frames
from krafity_cli.engines.animatic.card import Words, card
from krafity_cli.engines.animatic.drawings.cleaning import cleaned
from krafity_cli.engines.animatic.drawings.reading import reading
from krafity_cli.engines.animatic.formats import FPS, SIZES
from krafity_cli.engines.animatic.grading import graded
from krafity_cli.engines.animatic.seeing import seen
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
from krafity_cli.media.frames import first, last
from krafity_cli.media.pictures.stills import conform, decode, png
from krafity_cli.storyboard.context import Entity

# OpenCV would start a thread per processor in every call. Shots are already performed side by
# side, one per processor; and one thread gives the same sums in the same order everywhere.
cv2.setNumThreads(1)


def perform(request: Request, materials: Materials, scratch: Path, threads: int) -> Outcome:
    """Answers a request; what is wrong with a picture or a clip comes back as `Failed`.

    `scratch` is an empty folder for files in between. With two `threads` a clip's frames are made
    in one and coded in the other.
    """
    body = request.body
    try:
        match request.kind:
            case "analyze":
                return Answer(_analyze(materials[body["picture"]]))
            case "clean":
                return Answer(_clean(materials[body["picture"]]))
            case "draw":
                return Answer(_card(body))
            case "improve":
                return Answer(_improve(body, materials))
            case "video":
                return Answer(_video(body, materials, scratch / "clip.mp4", threads))
            case "context":
                return Answer(_context(body, materials, scratch / "clip"))
    except MediaError as error:
        return Failed(error.problem)
    except KeyError as error:
        return Failed(
            "the animatic did not receive all its inputs", f"missing: {error.args[0]}", code="bug"
        )
    return Failed(
        f"the animatic does not support the action {request.kind}", code="unsupported-action"
    )


def _canonical(value: object) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def _analyze(picture: bytes) -> bytes:
    return _canonical(reading(decode(picture)).drawings.to_json())


def _clean(picture: bytes) -> bytes:
    return png(cleaned(decode(picture)))


def _card(body: Mapping[str, Any]) -> bytes:
    words = Words(body["words"], body["style"], body["environment"], body["camera"])
    return card(words, *_size(body))


def _size(body: Mapping[str, Any]) -> tuple[int, int]:
    width, height = SIZES[body["resolution"]]
    return (width, height) if body["aspect_ratio"] == "16:9" else (height, width)


def _improve(body: Mapping[str, Any], materials: Materials) -> bytes:
    references = [decode(materials[digest]) for digest in body["references"]]
    return png(graded(decode(materials[body["picture"]]), body["instruction"], references))


def _video(body: Mapping[str, Any], materials: Materials, out: Path, threads: int) -> bytes:
    take = _take(body, materials)
    encode(frames(take), take.size, FPS, out, form="planes", count=take.count, threads=threads)
    return out.read_bytes()


def _take(body: Mapping[str, Any], materials: Materials) -> Take:
    size = _size(body)
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


def _context(body: Mapping[str, Any], materials: Materials, clip: Path) -> bytes:
    known = tuple(
        Entity(entity["id"], entity["description"], entity["appearance"])
        for entity in body["known"]["entities"]
    )
    clip.write_bytes(materials[body["clip"]])
    return _canonical(seen(first(clip), last(clip), known).to_json())
