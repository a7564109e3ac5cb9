"""`krafity` as a person runs it: in this process where that will do, else in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

import tests
from krafity_cli.cli import main

ROOT = Path(tests.__file__).parent.parent
COMMAND = (sys.executable, "-c", "from krafity_cli.cli import main; main()")


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Krafity = Callable[..., Done]


def in_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Krafity:
    """`krafity ARGUMENTS...` within this process."""

    def krafity(*arguments: str | Path) -> Done:
        words = [str(argument) for argument in arguments]
        monkeypatch.setattr(sys, "argv", ["krafity", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        assert "Traceback" not in said.err
        return Done(code if isinstance(code, int) else 0, said.out, said.err)

    return krafity


def environment(site: Path, **more: str) -> dict[str, str]:
    """What a process of its own is given: this test's environment, and where the code is."""
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])} | more


def alone(
    *arguments: str | Path, cwd: Path, site: Path, program: str | None = None, **more: str
) -> Done:
    """`krafity ARGUMENTS...` in a process of its own; `program` is run instead of the command."""
    command = COMMAND if program is None else (sys.executable, "-c", program)
    done = subprocess.run(
        [*command, *map(str, arguments)],
        cwd=cwd,
        env=environment(site, **more),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def lines_until(stream: IO[str], wanted: str) -> list[str]:
    """The lines of a process up to the one that is waited for."""
    lines = []
    for line in stream:
        lines.append(line)
        if wanted in line:
            return lines
    raise AssertionError(f"it ended without {wanted!r}: {lines}")
