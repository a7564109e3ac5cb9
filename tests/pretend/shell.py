"""`krafity` as a person or a CI job runs it: a process with a cache, a folder and an account."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

from krafity_cli.cli import main
from krafity_cli.orders.store import OrderFiles
from tests.pretend import engine
from tests.pretend.service import png
from tests.pretend.witness import ROOT, Account
from tests.render import clips

BOARD = "board.yaml"


def until(is_so: Callable[[], object]) -> None:
    """Look again and again until something is so."""
    for _ in range(6000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to be")


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one document on stdout."""
        assert self.out, self.err
        document: dict[str, Any] = json.loads(self.out)
        return document

    def statuses(self) -> dict[str, str]:
        """Shot → status, but for the clip that exists."""
        shots = self.json["shots"]
        return {shot["id"]: shot["status"] for shot in shots if shot["id"] != "here"}

    def of(self, shot: str) -> dict[str, Any]:
        """What the document says of one shot."""
        return next(each for each in self.json["shots"] if each["id"] == shot)


@dataclass
class Shell:
    """Runs commands on `board.yaml` in one folder with one cache.

    `run` and what is built on it stay in this process, which saves half a second each; `start`
    starts a real one.
    """

    folder: Path
    cache: Path
    account: Account
    packages: Path
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path, account: Account) -> Shell:
        """A shell in a new folder, with an empty cache and the pretend engine installed."""
        boards, packages = folder / "boards", folder / "packages"
        boards.mkdir(parents=True)
        engine.register(packages)
        (boards / "frame.png").write_bytes(png(7))
        (boards / "here.mp4").write_bytes(clips.clip(1, 7, "here"))
        return cls(boards, folder / "cache", account, packages)

    def beside(self, cache: Path) -> Shell:
        """The same with another cache folder."""
        return Shell(self.folder, cache, self.account, self.packages, dict(self.environment))

    def write(self, text: str, name: str = BOARD) -> None:
        """Write a storyboard."""
        (self.folder / name).write_text(dedent(text), encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        """Change the storyboard where it says `old`, which it does once."""
        text = (self.folder / BOARD).read_text(encoding="utf-8")
        assert text.count(old) == 1
        self.write(text.replace(old, new))

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command."""
        pipe = subprocess.PIPE
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": pipe}
        return subprocess.Popen(
            [sys.executable, "-m", "krafity_cli", *arguments],
            cwd=self.folder,
            env=self._environment(),
            text=True,
            **{**streams, **options},
        )

    def run(self, *arguments: str) -> Ended:
        """Run a command to its end: in this process, but with nothing left over from the last."""
        out, err = io.StringIO(), io.StringIO()
        with self._in_here(arguments), redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as ended:
                code = ended.code
        assert isinstance(code, int)
        return Ended(code, out.getvalue(), err.getvalue())

    @contextmanager
    def _in_here(self, arguments: Sequence[str]) -> Iterator[None]:
        """Make this process what a process of its own would be."""
        before = dict(os.environ), sys.argv, sys.stdin, list(sys.path)
        os.environ.update(self._environment())
        sys.argv = ["krafity", *arguments]
        sys.path.insert(0, str(self.packages))
        try:
            with chdir(self.folder), Path(os.devnull).open() as sys.stdin:
                yield
        finally:
            os.environ.clear()
            os.environ.update(before[0])
            sys.argv, sys.stdin, sys.path[:] = before[1:]

    def render(self, *arguments: str) -> Ended:
        """`krafity render board.yaml --engine pretend --json ...`."""
        return self.run("render", BOARD, "--engine", "pretend", "--json", *arguments)

    def plan(self, *arguments: str) -> Ended:
        """`krafity plan board.yaml --engine pretend --json ...`."""
        return self.run("plan", BOARD, "--engine", "pretend", "--json", *arguments)

    def kill_once(self, is_so: Callable[[], object], *arguments: str) -> None:
        """Start a render and SIGKILL it as soon as something is so."""
        with self.start("render", BOARD, "--engine", "pretend", *arguments) as process:
            until(is_so)
            process.kill()

    def states(self) -> dict[str, str]:
        """Shot → state of its last clip order, as the files in the cache have it."""
        orders = self.order_files().all()
        return {order.shot: order.state.value for order in orders if order.kind == "video"}

    def order_files(self) -> OrderFiles:
        """The files of all orders in the cache."""
        return OrderFiles(self.cache / "orders")

    def orders(self, **fields: Any) -> list[dict[str, Any]]:
        """`krafity ledger list --json`, those orders that have these fields."""
        found = self.run("ledger", "list", "--json").json["orders"]
        return [
            order for order in found if all(order[name] == value for name, value in fields.items())
        ]

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": f"{self.packages}{os.pathsep}{ROOT}",
            "KRAFITY_CACHE_DIR": str(self.cache),
            "KRAFITY_POLL_SCALE": "0.01",
            "PRETEND_URL": self.account.url,
            **self.environment,
        }
