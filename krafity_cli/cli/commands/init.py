"""`krafity init`: a small storyboard with a frame, and the schema that editors check it by."""

from __future__ import annotations

import os
import sys
from importlib.resources import files
from pathlib import Path

from krafity_cli.cli.commands.validate import schema_text
from krafity_cli.cli.output.console import put, say
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.errors import Refused

SCHEMA_FILE = "storyboard.schema.json"
STORYBOARD = f"""\
# yaml-language-server: $schema={SCHEMA_FILE}
version: 1
title: First Light
context:
  style: ink and watercolour, soft grain
shots:
  dawn:
    image: frames/dawn.png      # the arrow on it says where the camera goes
    prompt: The sun comes up behind the hill.
  morning:
    after: dawn                 # starts on dawn's last frame
    prompt: Light reaches the house.
    camera: push in
"""


def init_folder(folder: Path, json: bool) -> int:
    """Write the storyboard and its frame; refused where a storyboard is there already."""
    file, frame = folder / "storyboard.yaml", folder / "frames" / "dawn.png"
    rules = folder / SCHEMA_FILE
    try:
        for path in (file, frame, rules):
            if os.path.lexists(path):
                hint = "choose another folder: krafity init DIR"
                raise Refused(f"{path} already exists", "", hint, code="exists")
        frame.parent.mkdir(parents=True, exist_ok=True)
        frame.write_bytes(files("krafity_cli.cli.commands").joinpath("dawn.png").read_bytes())
        rules.write_text(schema_text(), encoding="utf-8")
        file.write_text(STORYBOARD, encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"{error.filename} cannot be written", error.strerror or "", code="unwritable"
        ) from error
    if json:
        put(as_text({"schema": SCHEMA, "files": [str(file), str(frame), str(rules)]}))
    else:
        say(f"{file}\n{frame}\n{rules}\nnext: krafity render {file}", sys.stdout)
    return 0
