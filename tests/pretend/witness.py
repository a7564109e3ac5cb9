"""The pretend service as tests see it: a process to start, kill and restart, and its accounts."""

from __future__ import annotations

import http.client
import itertools
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.render import clips

ROOT = Path(__file__).parents[2]
CLIPS = 12
"""How many clips the service has; each is given under other bytes each time."""


class Witness:
    """The service, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = itertools.count()
        room = folder / "clips"
        room.mkdir(parents=True)
        for number in range(CLIPS):
            (room / f"{number:02}.mp4").write_bytes(clips.clip(1, number, "pretend"))
        self.port = 0
        self.start()

    def start(self) -> None:
        """Start it, on the port it had before."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.pretend.service", self._folder, str(self.port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def kill(self) -> None:
        """SIGKILL; what it had booked stays on its disk."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def account(self, **rules: Any) -> Account:
        """A new account under these rules."""
        name = f"account-{next(self._names)}"
        account = Account(f"http://127.0.0.1:{self.port}/{name}", self._log(name))
        account.lay_down(**rules)
        return account

    def _log(self, name: str) -> Path:
        return self._folder / "accounts" / name / "log.jsonl"


@dataclass(frozen=True)
class Account:
    """What the service says of one client."""

    url: str
    log: Path

    def lay_down(self, faults: Sequence[dict[str, Any]] = (), **rules: Any) -> None:
        """What happens from now on; see `tests.pretend.service.Account`."""
        host, name = self.url.removeprefix("http://").split("/")
        line = http.client.HTTPConnection(host)
        line.request("PUT", f"/{name}/rules", json.dumps({**rules, "faults": list(faults)}))
        assert line.getresponse().read() == b"{}"
        line.close()

    def lines(self, what: str = "order") -> list[dict[str, Any]]:
        """What was booked, in order."""
        if not self.log.exists():
            return []
        booked = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in booked if line["what"] == what]

    def clips(self) -> Counter[str]:
        """How often each clip was ordered, by its prompt."""
        return Counter(line["prompt"] for line in self.lines() if line["kind"] == "video")

    def calls(self) -> Counter[str]:
        """How many orders of each kind there were."""
        return Counter(line["kind"] for line in self.lines())

    def billed(self) -> float:
        """USD, to a hundredth of a cent."""
        return round(sum(line["usd"] for line in self.lines()), 4)


def fault(on: str, do: str, **rule: Any) -> dict[str, Any]:
    """One thing that goes wrong: once, unless `times` says otherwise."""
    return {"on": on, "do": do, "times": 1, **rule}


def always(on: str, do: str, **rule: Any) -> dict[str, Any]:
    """One thing that goes wrong every time."""
    return {"on": on, "do": do, **rule}
