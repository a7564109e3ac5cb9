"""Numbers as people say them."""

from __future__ import annotations

from typing import Any

_WHAT = {
    "analyze": "analysis",
    "clean": "cleaning",
    "draw": "drawing",
    "improve": "redrawing",
    "video": "clip",
    "first_frame": "first frame",
    "last_frame": "last frame",
    "context": "scene context",
}


def action(what: str) -> str:
    """An action in the words of a timeline."""
    return _WHAT.get(what, what)


def length(seconds: float) -> str:
    """A film's length: `37.8 s`, from a minute on `1:55`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return timecode(seconds)


def timecode(seconds: float) -> str:
    """Minutes and seconds: `0:06`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def took(seconds: float) -> str:
    """How long something took."""
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def count(number: int, what: str) -> str:
    """`1 shot`, `2 shots`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def short(digest: Any) -> str:
    """How a digest begins, enough to tell it from others."""
    return str(digest)[:12] if digest else ""
