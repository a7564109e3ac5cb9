"""What the environment says: the settings, and where the cache is.

It loads nothing heavy, because it is asked before anything else is.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import platformdirs

from krafity_cli.settings import Settings, settings_for


def settings(storyboard: Path | None, **flags: Any) -> Settings:
    """The settings for one storyboard, from flags, environment and files."""
    user_file = Path(platformdirs.user_config_dir("krafity", appauthor=False)) / "krafity.toml"
    return settings_for(storyboard, flags, os.environ, user_file)


def cache_folder(chosen: Settings) -> Path:
    """The cache folder: as set, else the user's cache directory."""
    folder = chosen.get("cache")
    if folder:
        return Path(str(folder)).expanduser()
    return Path(platformdirs.user_cache_dir("krafity", appauthor=False))


def flag(words: list[str], name: str) -> str | None:
    """What a command line says for a flag, as far as can be told without parsing it."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == name:
            return following
        if word.startswith(f"{name}="):
            return word.removeprefix(f"{name}=")
    return None
