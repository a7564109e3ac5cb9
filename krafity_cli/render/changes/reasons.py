"""Why a shot is made: found by comparing what is asked for with what it was last made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from krafity_cli.render.digests import CHOSEN
from krafity_cli.render.lookup import Archive
from krafity_cli.render.types import Unmade
from krafity_cli.storyboard.model import Shot

FIRST_TIME = "first time"
SAME = "nothing changed"
SAME_ORDER = "same request as before"
REFRESH = "refresh requested"
FOOTAGE = "existing footage"
KEPT = "kept"
PATCHED = "patched"
NOT_APPROVED = "not approved"


def why(
    archive: Archive, shot: Shot, parts: Mapping[str, Any] | None, missing: Unmade | None = None
) -> str:
    """The reason in a few words; several are joined by commas.

    `parts` is `None` where a parent is not made yet (`missing`), so that nothing can be compared.
    """
    last = archive.last_time(shot)
    if last is None:
        other = archive.last_time(shot, any_engine=True)
        return "engine changed" if other else FIRST_TIME
    if parts is None:
        return f"parent re-rendered: {missing.shot}" if missing else "parent re-rendered"
    changes = changed(shot, parts, last)
    return ", ".join(changes) if changes else _lost(archive, shot, parts)


def changed(shot: Shot, parts: Mapping[str, Any], last: Mapping[str, Any]) -> list[str]:
    """What of a shot is not as it was when a clip was made; `last` has its `parts` and `after`."""
    before = last["parts"]
    changes = []
    for name, now in parts.items():
        then = before.get(name)
        if _plain(then) == _plain(now):
            continue
        changes += _named(name, now, then or {}, shot, last)
    return list(dict.fromkeys(changes))


def _named(name: str, now: Any, then: Any, shot: Shot, last: Mapping[str, Any]) -> list[str]:
    match name:
        case "parents":
            return _new_parents(shot, now, last)
        case "start frame":
            changed = {key for key in {*now, *then} if now.get(key) != then.get(key)}
            if changed == {CHOSEN}:
                return ["still changed"]
            return ["start frame changed"] if changed != {"last frame of"} else []
        case "context":
            keys = [k for k in now if now[k] != then.get(k)]
            return [f"context changed: {', '.join(keys)}"]
        case "take":
            return [f"take {now}"]
        case _:
            return [f"{name} changed"]


def _new_parents(shot: Shot, now: list[str], last: Mapping[str, Any]) -> list[str]:
    if list(shot.after) != last["after"]:
        return ["parents changed"]
    before = last["parts"].get("parents") or []
    return [
        f"parent re-rendered: {parent}"
        for parent, clip, old in zip(shot.after, now, before, strict=False)
        if clip != old
    ]


def _lost(archive: Archive, shot: Shot, parts: Mapping[str, Any]) -> str:
    for intent in archive.intents(shot, parts):
        link = archive.cache.follow(intent)
        if link:
            return "clip damaged"
    return "video model changed"


def _plain(value: Any) -> Any:
    """As it comes back from JSON: tuples are lists."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
