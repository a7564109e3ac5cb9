"""`python -m docs.generate`: write what has changed, and say so."""

from __future__ import annotations

import sys
from pathlib import Path

from docs.generate import pages

REFERENCE = Path(__file__).parent.parent / "reference"

for name, text in pages().items():
    path = REFERENCE / name
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")
