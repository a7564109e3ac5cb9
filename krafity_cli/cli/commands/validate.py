"""`krafity validate` and `schema`: what needs no more than the storyboard."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from krafity_cli.cli.ci.github import Annotation, annotate, is_github, problems
from krafity_cli.cli.environment import settings
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.cli.outcome import Outcome
from krafity_cli.cli.output.console import put, say
from krafity_cli.cli.output.errors import lines_of
from krafity_cli.cli.output.json_documents import print_documents, refusal
from krafity_cli.cli.output.tables import listed_shots
from krafity_cli.cli.wiring import read_only
from krafity_cli.delivery.json_document import SCHEMA
from krafity_cli.delivery.manifest import run_document
from krafity_cli.errors import Refused
from krafity_cli.render.decisions.lock_file import lock_path, read_lock
from krafity_cli.storyboard.schema import schema


def validate_files(files: tuple[Path, ...], as_json: bool) -> int:
    """Read every file and say its problems, or `ok`; 2 if there are any."""
    documents, found = [], list[Annotation]()
    for file in files:
        try:
            board = read_only(file)
        except Refused as error:
            report = refusal(file, error)
            found += problems(Outcome(file, report))
            documents.append(run_document(report))
            words = lines_of(error)
        else:
            documents.append(
                {"schema": SCHEMA, "storyboard": file.name, "status": "ok", "problems": []}
            )
            shots = len(board.shots)
            words = f"{file}: ok, {shots} shot{'s' if shots != 1 else ''}"
            if gone := sorted(read_lock(file).shots - {shot.id for shot in board.shots}):
                say(
                    f"note: {lock_path(file).name} decides about {listed_shots(gone)}, which "
                    f"{file.name} does not have; krafity keep {file} --prune forgets it"
                )
        if not as_json:
            say(words, sys.stdout)
    environment = settings(None).environment
    if is_github(environment):
        annotate(found, environment)
    if as_json:
        print_documents(documents, len(files) > 1)
    return Exit.REFUSED if found else Exit.DONE


def show_schema() -> int:
    """Print the JSON Schema."""
    put(schema_text())
    return 0


def schema_text() -> str:
    """The JSON Schema of storyboards, as an editor reads it from a file."""
    return json.dumps(schema(), indent=2) + "\n"
