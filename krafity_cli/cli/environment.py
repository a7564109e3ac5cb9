"""What the environment says: the settings, and where the cache is.

It loads nothing heavy, because it is asked before anything else is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs

from krafity_cli.errors import Refused
from krafity_cli.settings import Settings, settings_for


def settings(storyboard: Path | None, **flags: Any) -> Settings:
    """The settings for one storyboard, from flags, environment and files."""
    folder = _users(platformdirs.user_config_dir)
    user_file = folder / "krafity.toml" if folder else Path(os.devnull)
    return settings_for(storyboard, flags, os.environ, user_file)


def cache_folder(chosen: Settings) -> Path:
    """The cache folder: as set, else the user's cache directory. Raises `Refused` without one."""
    if chosen.cache:
        return expanded(chosen.cache)
    return _users(platformdirs.user_cache_dir) or expanded("~/.cache/krafity")


def _users(folder: Callable[..., str]) -> Path | None:
    """A folder of the user's, if there is a home: the working folder is nobody's."""
    try:
        found = Path(folder("krafity", appauthor=False))
    except RuntimeError:
        return None
    return found if found.is_absolute() else None


def expanded(path: str) -> Path:
    """A path with its `~`. Raises `Refused` for a user who has no home folder."""
    try:
        found = Path(path).expanduser()
    except RuntimeError as error:
        raise Refused(
            f"the path {path} needs a home folder, and there is none",
            f"HOME is not set, and the system does not know user id {os.getuid()}",
            "set HOME, or choose the cache folder with --cache-dir or KRAFITY_CACHE_DIR",
            code="no-home",
        ) from error
    return found


def has_home() -> bool:
    """Whether the user has a home folder that is there."""
    try:
        return Path("~").expanduser().is_dir()
    except (RuntimeError, OSError):
        return False


def flag(words: list[str], name: str) -> str | None:
    """What a command line says for a flag, as far as can be told without parsing it."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == name:
            return following
        if word.startswith(f"{name}="):
            return word.removeprefix(f"{name}=")
    return None
