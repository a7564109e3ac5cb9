"""Small pictures that stand in the report itself, made once and kept in the cache."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PIL import Image

from krafity_cli.cache import Cache, CacheFailed, Damaged
from krafity_cli.engines.protocol import digest_of
from krafity_cli.errors import MediaError
from krafity_cli.media.input_files import Shelf
from krafity_cli.media.pictures.stills import decode
from krafity_cli.storyboard.model import Picture

REVISION = 1
"""Raised when thumbnails come to look different."""

LARGE, SMALL = 512, 168
"""The longer side in pixels: as looked at, and in a strip."""

_QUALITY = {LARGE: 62, SMALL: 58}


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture as `data:` URI, with its size in pixels."""

    uri: str
    width: int
    height: int

    @property
    def portrait(self) -> bool:
        """Whether it is higher than wide."""
        return self.height > self.width


class Thumbnails:
    """Makes thumbnails of stills and authored pictures; may be used from any thread."""

    def __init__(self, cache: Cache, shelf: Shelf) -> None:
        self._cache = cache
        self._shelf = shelf

    def of_still(self, data: bytes, side: int) -> Thumbnail | None:
        """Of a still's file in the output folder; `None` where it is no picture."""
        return self._of(hashlib.sha256(data).hexdigest(), side, lambda: data)

    def of_picture(self, picture: Picture, side: int) -> Thumbnail | None:
        """Of an authored picture; `None` where it changed meanwhile."""
        return self._of(picture.digest, side, lambda: self._shelf.read(picture))

    def _of(self, digest: str, side: int, load: Callable[[], bytes]) -> Thumbnail | None:
        key = digest_of({"thumbnail": digest, "side": side, "revision": REVISION})
        known = self._cache.recall(key, "thumbnail")
        if known:
            with suppress(Damaged):
                return _thumbnail(self._cache.read(known.blob), known.about)
        try:
            return self._made(key, load(), side)
        except MediaError:
            return None

    def _made(self, key: str, data: bytes, side: int) -> Thumbnail:
        picture = Image.fromarray(decode(data))
        picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=_QUALITY[side], method=4)
        about = {"width": picture.width, "height": picture.height}
        with suppress(CacheFailed):  # a disk that is full keeps nobody from looking
            self._cache.store(key, "thumbnail", out.getvalue(), about)
        return _thumbnail(out.getvalue(), about)


def _thumbnail(webp: bytes, about: Mapping[str, Any]) -> Thumbnail:
    uri = f"data:image/webp;base64,{base64.b64encode(webp).decode()}"
    return Thumbnail(uri, int(about["width"]), int(about["height"]))
