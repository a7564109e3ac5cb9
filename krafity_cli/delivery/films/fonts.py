"""Which fonts burnt-in words are drawn with, as a digest: with others, films are burnt again."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from krafity_cli.engines.protocol import digest_of
from krafity_cli.media.digest import file_digest


def fonts_digest(words: str) -> str:
    """The digest of the fonts these words need: that of Pillow, and files of the system."""
    letters = "".join(sorted({letter for letter in words if not letter.isascii()}))
    files: list[str] = []
    if letters:
        # Brings Pillow; plain words are drawn with its own font.
        from krafity_cli.media.overlays.fonts import Fonts

        files = [file_digest(Path(path)) for path in Fonts(letters, 24).files]
    return digest_of({"pillow": version("pillow"), "files": files})
