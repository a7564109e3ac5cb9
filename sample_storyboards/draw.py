"""Draws every sample storyboard anew: `python sample_storyboards/draw.py [NAME ...]`."""

from __future__ import annotations

import sys
from pathlib import Path

from drawing import first_light, letter, long_walk, night_bakery, paper_boat
from drawing.paper import save
from drawing.strip import strip
from PIL import Image

HERE = Path(__file__).parent
STRIP = HERE.parent / "docs" / "images" / "paper-boat.png"
STORYBOARDS = {
    "paper_boat": paper_boat.panels,
    "night_bakery": night_bakery.panels,
    "letter": letter.panels,
    "long_walk": long_walk.panels,
}

MARKER, OURS = (
    ".krafity-outputs",
    "krafity made this folder. It writes what a storyboard renders to here.\n",
)
"""The file by which krafity knows a folder that it may write to."""

STILLS = {"first_light": first_light.stills}
"""Storyboards of words alone, with the stills that stand beside them."""


def put(picture: Image.Image, path: Path) -> None:
    """Save a picture and say so."""
    save(picture, path)
    print(f"{path.relative_to(HERE.parent)}  {path.stat().st_size // 1024} KB")


def main(names: list[str]) -> None:
    """Draw the named storyboards, all when none is named."""
    for name in names or [*STORYBOARDS, *STILLS]:
        if name in STILLS:
            folder = HERE / name / "storyboard.stills"
            folder.mkdir(exist_ok=True)
            (folder / MARKER).write_text(OURS)
            for still, picture in STILLS[name]().items():
                put(picture, folder / f"{still}.png")
            continue
        panels = STORYBOARDS[name]()
        for panel, picture in panels.items():
            put(picture, HERE / name / "frames" / f"{panel}.png")
        if name == "paper_boat":
            put(strip([panels["quay"], panels["storm"], panels["home"]]), STRIP)


if __name__ == "__main__":
    main(sys.argv[1:])
