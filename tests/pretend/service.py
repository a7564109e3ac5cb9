"""A service that is slow, paid for, and never gives the same clip twice. Standard library only.

    python -m tests.pretend.service FOLDER [PORT]

Every account under `FOLDER` has an append-only log on this process's own disk, written before
anything is answered: what was ordered and what is billed for it. It is the only witness of what a
client spent. `rules` of an account say how long an operation takes and what goes wrong; both
survive a restart, and so does every operation.
"""

from __future__ import annotations

import itertools
import json
import os
import secrets
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PRICES = {"analyze": 0.001, "clean": 0.04, "draw": 0.03, "improve": 0.04, "context": 0.002}
PER_SECOND = 0.1
"""USD for each second of a clip."""

HANG = 60.0
"""Seconds for which a request that hangs is left without an answer."""

Rules = dict[str, Any]
Line = dict[str, Any]


@dataclass
class Account:
    """One client's orders, and what happens to them.

    `rules["seconds"]` is how long an operation takes (less lets those that run end), `thinks` how
    long an answer that is given at once does, `accepts` taking an order; while it
    `holds`, orders are taken and not answered. `rules["faults"]` are tried in turn: `on` one of
    submit, poll, fetch, answer, end; `do` what happens; `times` how often (always without it);
    `prompt` a part of the prompt it is for.
    """

    folder: Path
    rules: Rules = field(default_factory=dict)
    operations: dict[str, Line] = field(default_factory=dict)
    booked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    released: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def open(cls, folder: Path) -> Account:
        folder.mkdir(parents=True, exist_ok=True)
        account = cls(folder)
        with_rules, log = folder / "rules.json", folder / "log.jsonl"
        if with_rules.exists():
            account.rules = json.loads(with_rules.read_text())
        if log.exists():
            for text in log.read_text().splitlines():
                account._remember(json.loads(text))
        if not account.rules.get("holds"):
            account.released.set()
        return account

    def lay_down(self, rules: Rules) -> None:
        """Take these rules from now on."""
        with self.lock:
            self.rules = rules
            self._save()
        if rules.get("holds"):
            self.released.clear()
        else:
            self.released.set()

    def book(self, what: str, **facts: Any) -> Line:
        """Write a line into the log, whole, before anybody is answered."""
        with self.lock:
            line = {"what": what, "at": time.time(), "number": self.booked, **facts}
            self._remember(line)
            handle = os.open(
                self.folder / "log.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600
            )
            os.write(handle, json.dumps(line).encode() + b"\n")
            os.close(handle)
            return line

    def order(self, operation: str) -> Line | None:
        """The line in which an operation was ordered."""
        with self.lock:
            return self.operations.get(operation)

    def fault(self, on: str, prompt: str) -> str | None:
        """What goes wrong now, if anything; each fault as often as its rule says."""
        with self.lock:
            for rule in self.rules.get("faults", []):
                fits = rule["on"] == on and rule.get("prompt", "") in prompt
                if fits and rule.get("times", 1) > 0:
                    if "times" in rule:
                        rule["times"] -= 1
                        self._save()
                    return str(rule["do"])
        return None

    def _remember(self, line: Line) -> None:
        self.booked += 1
        if "operation" in line:
            self.operations[line["operation"]] = line

    def _save(self) -> None:
        aside = self.folder / "rules.part"
        aside.write_text(json.dumps(self.rules))
        aside.replace(self.folder / "rules.json")


class Service(ThreadingHTTPServer):
    """The service itself; each request has a thread."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self._folder = folder
        self._accounts: dict[str, Account] = {}
        self._guard = threading.Lock()
        self.clips = [path.read_bytes() for path in sorted((folder / "clips").glob("*.mp4"))]

    def account(self, name: str) -> Account:
        with self._guard:
            if name not in self._accounts:
                self._accounts[name] = Account.open(self._folder / "accounts" / name)
            return self._accounts[name]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class Handler(BaseHTTPRequestHandler):
    """`/ACCOUNT/orders`, `/ACCOUNT/orders/OPERATION[/clip]`, `/ACCOUNT/answers`, `.../rules`."""

    server: Service

    def do_PUT(self) -> None:
        account = self.server.account(self.path.split("/")[1])
        account.lay_down(self._body())
        self._say(200, {})

    def do_POST(self) -> None:
        _, name, room = self.path.split("/")
        account, asked = self.server.account(name), self._body()
        if room == "orders":
            self._take_order(account, asked)
        else:
            self._answer(account, asked)

    def do_GET(self) -> None:
        _, name, _, operation, *rest = self.path.split("/")
        account = self.server.account(name)
        order = account.order(operation)
        on = "fetch" if rest else "poll"
        if rest:
            account.book("fetch", of=operation)
        fault = account.fault(on, order["prompt"] if order else "")
        if fault == "forget" or order is None:
            self._say(404, {"why": "no such operation"})
        elif fault == "garbage":
            self._send(200, b"no clip at all")
        elif not self._goes_wrong(fault, b"x" * 999):
            if rest:
                self._send(200, self._clip(order))
            else:
                self._say(200, self._state(account, order))

    def _take_order(self, account: Account, asked: dict[str, Any]) -> None:
        prompt = asked["body"]["prompt"]
        fault = account.fault("submit", prompt)
        if self._refuses(account, fault):
            return
        seconds = asked["body"]["duration"]
        operation = f"operation-{secrets.token_hex(6)}"
        end = account.fault("end", prompt)
        account.book(
            "order",
            order=asked["order"],
            kind="video",
            prompt=prompt,
            operation=operation,
            seconds=seconds,
            usd=0.0 if end in ("filter", "fail") else round(PER_SECOND * seconds, 6),
            takes=account.rules.get("seconds", 0.0),
            end=end,
        )
        time.sleep(account.rules.get("accepts", 0.0))
        account.released.wait(HANG)
        answer = json.dumps({"operation": operation}).encode()
        if not self._goes_wrong(fault, answer):
            self._send(200, answer)

    def _answer(self, account: Account, asked: dict[str, Any]) -> None:
        kind, body = asked["kind"], asked["body"]
        prompt = body.get("prompt", "") or body.get("words", "")
        fault = account.fault("answer", f"{kind} {prompt}")
        if self._refuses(account, fault):
            return
        account.book("thinks", of=asked["order"])
        time.sleep(account.rules.get("thinks", 0.0))
        line = account.book(
            "order", order=asked["order"], kind=kind, prompt=prompt, usd=PRICES[kind]
        )
        content = _content(kind, line["number"], account.rules)
        if not self._goes_wrong(fault, content):
            self._send(200, content)

    def _refuses(self, account: Account, fault: str | None) -> bool:
        """Whether the request is turned away before anything is made or billed."""
        codes = {"busy": 429, "down": 503, "refuse": 400, "deny": 401, "filter": 422}
        if fault not in codes:
            return False
        account.book("refused", why=fault)
        self._say(codes[fault], {"why": f"it is told to {fault}"})
        return True

    def _goes_wrong(self, fault: str | None, answer: bytes) -> bool:
        """Whether the answer is lost on its way; what was booked stays booked."""
        if fault is None or fault in ("filter", "fail"):
            return False
        if fault in ("busy", "down"):
            self._say(429 if fault == "busy" else 503, {"why": f"it is told to be {fault}"})
        elif fault == "hang":
            time.sleep(HANG)
        elif fault == "cut":
            self._head(200, len(answer))
            self.wfile.write(answer[: len(answer) // 2])
        self.close_connection = True
        return True

    def _state(self, account: Account, order: Line) -> dict[str, Any]:
        takes = min(order["takes"], account.rules.get("seconds", 0.0))
        if time.time() < order["at"] + takes:
            return {"state": "running"}
        return {"state": {"filter": "filtered", "fail": "failed"}.get(order["end"], "done")}

    def _clip(self, order: Line) -> bytes:
        """The same for the same operation, another for every other."""
        clip = self.server.clips[order["number"] % len(self.server.clips)]
        note = order["operation"].encode()
        return clip + struct.pack(">I", 8 + len(note)) + b"free" + note

    def _body(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return read

    def _say(self, code: int, value: dict[str, Any]) -> None:
        self._send(code, json.dumps(value).encode())

    def _send(self, code: int, content: bytes) -> None:
        self._head(code, len(content))
        self.wfile.write(content)

    def _head(self, code: int, size: int) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(size))
        if code == 429:
            self.send_header("Retry-After", "0.02")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """The log is in the accounts."""


def _content(kind: str, number: int, rules: Rules) -> bytes:
    """An answer that is worded, or painted, otherwise each time."""
    if kind == "analyze":
        drawn = rules.get("drawn", False)
        directs = f"the arrow goes right, wording {number}" if drawn else ""
        return json.dumps({"drawn": drawn, "directs": directs, "marks": []}).encode()
    if kind == "context":
        seen = {"style": f"as seen, wording {number}", "environment": "", "entities": []}
        return json.dumps(seen).encode()
    return png(number)


def png(number: int) -> bytes:
    """A PNG of 64 × 36 pixels in a colour of its own."""
    colour = bytes((number * 37 % 256, number * 91 % 256, number * 13 % 256))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 64, 36, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress((b"\0" + colour * 64) * 36)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(itertools.starmap(_chunk, parts))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def main(arguments: list[str], said: Callable[[str], object] = print) -> None:
    """Serve until killed; the first line on stdout is the port."""
    folder, *port = arguments
    service = Service(Path(folder), int(port[0]) if port else 0)
    said(str(service.server_port))
    sys.stdout.flush()
    service.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main(sys.argv[1:])
