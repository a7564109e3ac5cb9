"""Settings, the other variables that are read, and exit codes, from their tables."""

from __future__ import annotations

from collections.abc import Iterator

from docs.generate.text import code, said, table
from krafity_cli.cli.exit_codes import MEANING
from krafity_cli.settings import KNOWN

OTHERS = {
    "GOOGLE_CLOUD_PROJECT": "The project that pays for `vertex`.",
    "GOOGLE_CLOUD_LOCATION": "The region that `vertex` asks.",
    "GOOGLE_APPLICATION_CREDENTIALS": "The file with credentials; otherwise those of `gcloud auth "
    "application-default login`.",
    "GCE_METADATA_HOST": "Where a metadata server hands out the credentials of `vertex`.",
    "GOOGLE_VERTEX_BASE_URL": "Another server for `vertex`. It has digests of its own.",
    "GEMINI_API_KEY": "The key of `gemini`.",
    "GOOGLE_API_KEY": "The same; it wins.",
    "GOOGLE_GEMINI_BASE_URL": "Another server for `gemini`. It has digests of its own.",
    "KRAFITY_GEMINI_WAITING": "1: wait within the request; 0: never; else as the key needs it.",
    "NO_COLOR": "No colours.",
    "FORCE_COLOR": "Colours in a pipe, too; 0: none.",
    "COLUMNS": "How wide the terminal is.",
    "GITHUB_ACTIONS": "`true`: annotations and a summary of the step are written.",
}
"""Environment variables that are no settings of krafity's own."""


def settings() -> Iterator[str]:
    """Every setting, where it can be set, and the other variables that are read."""
    yield "# Settings"
    yield ""
    yield from said(
        "A flag wins over the environment, that over `krafity.toml` beside the storyboard or above "
        "it (up to the repository's root), that over your own `krafity.toml`. What a storyboard "
        "says itself (`engine`, `models`, `defaults`) wins over both files."
    )
    yield from said(
        "Your own file is `~/.config/krafity/krafity.toml` on Linux and `~/Library/Application "
        "Support/krafity/krafity.toml` on macOS. The file near a storyboard may come from somebody "
        "else, so it sets taste only: where data goes and what things cost is yours to say."
    )
    rows = [
        (
            f"`{name}`",
            known.words,
            code(known.flag),
            code(known.variable),
            "yes" if known.is_taste else "",
        )
        for name, known in KNOWN.items()
    ]
    yield from table(("in `krafity.toml`", "", "flag", "environment", "near a storyboard"), rows)
    yield from said("Secrets are never settings. Other variables that are read:")
    yield from table(("environment", ""), [(f"`{name}`", said) for name, said in OTHERS.items()])


def exit_codes() -> Iterator[str]:
    """What each exit code says."""
    yield "# Exit codes"
    yield ""
    yield from said(
        "Where several hold, one is taken: 130 or 143, else 3, else 4, else 1, else 0. With "
        "several FILEs 2 means that none of them was started."
    )
    yield from table(("code", ""), [(str(int(number)), words) for number, words in MEANING.items()])
