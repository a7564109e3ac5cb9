"""Makes the pages of docs/reference that say what the code says.

    python -m docs.generate

A test compares the pages with what this gives; docs/reference/events.md is written by hand.
"""

from __future__ import annotations

from docs.generate.commands import commands
from docs.generate.models import models
from docs.generate.outputs import outputs
from docs.generate.settings import exit_codes, settings
from docs.generate.storyboard import storyboard

MADE = "<!-- Made by `python -m docs.generate`: change the code and run it again. -->"
PAGES = {
    "commands.md": commands,
    "storyboard.md": storyboard,
    "settings.md": settings,
    "exit-codes.md": exit_codes,
    "outputs.md": outputs,
    "models.md": models,
}


def pages() -> dict[str, str]:
    """Every page by its file name."""
    return {name: "\n".join([MADE, "", *lines()]).rstrip() + "\n" for name, lines in PAGES.items()}
