"""Vertex AI: who may ask for which model at which location, and what is checked for all of them."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from PIL import Image

from tests.google import accounts
from tests.google.wire import Query, Refusal
from tests.google.world import PROJECT, World

PLACE = r"/v1beta1/projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)"
MODEL = PLACE + r"/publishers/google/models/(?P<model>[^/:]+)"
MB = 1 << 20

_MAGIC = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/webp": b"RIFF",
    "video/mp4": b"",
    "video/webm": b"\x1a\x45\xdf\xa3",
}
_LABEL = re.compile(r"[a-z][a-z0-9_-]{0,62}")


def admit(world: World, query: Query) -> str:
    """Who asks, for which project and model; answers the model's name."""
    accounts.authorize(world, query.headers)
    project, location, model = (query.found[each] for each in ("project", "location", "model"))
    if project != PROJECT:
        message = (
            f"Permission 'aiplatform.endpoints.predict' denied on resource "
            f"'//aiplatform.googleapis.com/projects/{project}/locations/{location}'."
        )
        raise Refusal(403, message, [{"reason": "IAM_PERMISSION_DENIED"}])
    if location not in world.manners.places(model):
        raise Refusal(
            404,
            f"Publisher Model `projects/{project}/locations/{location}/publishers/google/models/"
            f"{model}` was not found or your project does not have access to it.",
        )
    return model


def known_only(value: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Refuse what Google does not know, in its words."""
    for name in value:
        if name not in known:
            message = f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}'"
            raise Refusal(400, f"{message}: Cannot find field.")


def labels(value: Any) -> None:
    """Refuse labels that are none."""
    for name, text in (value or {}).items():
        if not _LABEL.fullmatch(name) or not re.fullmatch(r"[a-z0-9_-]{0,63}", text):
            raise Refusal(400, f"Invalid label: {name}={text}")


def decoded(text: Any, kind: Any, url_safe: bool, most_mb: int, where: str) -> bytes:
    """Bytes out of base64, of the one alphabet that belongs here and of the kind that is said."""
    wrong = "+/" if url_safe else "-_"
    if not isinstance(text, str) or any(sign in text for sign in wrong):
        raise Refusal(400, f"Invalid value at '{where}' (TYPE_BYTES), Base64 decoding failed.")
    try:
        data = base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        message = f"Invalid value at '{where}' (TYPE_BYTES), Base64 decoding failed."
        raise Refusal(400, message) from None
    if kind not in _MAGIC or not data.startswith(_MAGIC[kind]):
        raise Refusal(400, f"Unsupported or mismatched mime type {kind} at '{where}'.")
    if len(data) > most_mb * MB:
        raise Refusal(400, f"The file at '{where}' is larger than {most_mb} MB.")
    if kind.startswith("image/"):
        _look(data, where)
    return data


def _look(data: bytes, where: str) -> None:
    try:
        Image.open(io.BytesIO(data)).load()
    except Exception:
        raise Refusal(400, f"Unable to process input image at '{where}'.") from None
