"""The server: in a thread of a test, or alone as `python -m tests.google.server`."""

from __future__ import annotations

import argparse
import json
import socket
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.google import accounts, control, developer, gemini, interactions, storage, veo
from tests.google.wire import Fault, Query, Refusal, Reply, Route
from tests.google.world import PROJECT, Call, Manners, World

_APIS = (accounts, veo, gemini, interactions, developer, storage, control)


_WRITTEN_DOWN = ("control", "token", "poll", "check", "cancel", "file", "download", "model")
"""Kinds of calls that are written down, if at all, before they can be refused."""


class GoogleServer:
    """A running server on a free port of this machine; a context manager, too.

    `scale` makes clips and pictures smaller than asked for; 1 makes them as large. The other
    arguments are those of `Manners`.
    """

    def __init__(self, port: int = 0, **manners: Any) -> None:
        self.world = World(Manners(**manners))
        routes = [route for api in _APIS for route in api.routes(self.world)]
        handler = type("Handler", (_Handler,), {"world": self.world, "routes": routes})
        self._http = _Server(("127.0.0.1", port), handler)
        self._http.world = self.world
        self.world.url = self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.02,), name="google", daemon=True
        )
        self._thread.start()

    @property
    def calls(self) -> list[Call]:
        """Every request so far, but those for tokens."""
        with self.world.lock:
            return [call for call in self.world.calls if call.kind != "token"]

    def count(self, *kinds: str) -> int:
        """How many requests of these kinds there were."""
        return sum(call.kind in kinds for call in self.calls)

    def billed(self, *kinds: str) -> int:
        """How many requests of these kinds (all, if none is named) cost money."""
        return sum(call.billed and (not kinds or call.kind in kinds) for call in self.calls)

    def bill(self, *kinds: str) -> float:
        """USD of the requests of these kinds (all, if none is named)."""
        return sum(call.usd for call in self.calls if not kinds or call.kind in kinds)

    def fault(self, kind: str, name: str, times: int = 1, **options: Any) -> None:
        """Order a fault for the next requests of a kind; see `wire.Fault` and each API."""
        self.world.order_fault(kind, name, times, **options)

    def environment(self, folder: Path) -> dict[str, str]:
        """The environment of somebody who uses this server; credentials are put into `folder`."""
        return {
            "GOOGLE_CLOUD_PROJECT": PROJECT,
            "GOOGLE_CLOUD_LOCATION": "us-central1",
            "GOOGLE_APPLICATION_CREDENTIALS": str(accounts.credentials(self.world, folder)),
            "GOOGLE_VERTEX_BASE_URL": self.url,
            "STORAGE_EMULATOR_HOST": self.url,
        }

    def key_environment(self, key: str = developer.KEY) -> dict[str, str]:
        """The environment of somebody who has no more than a key, and uses this server."""
        return {"GEMINI_API_KEY": key, "GOOGLE_GEMINI_BASE_URL": self.url}

    def close(self) -> None:
        """Stop; requests that hang are let go."""
        self.world.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> GoogleServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1000
    world: World

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no trouble; anything else is kept for the test to see."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, ConnectionError):
            self.world.troubles.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    world: World
    routes: list[Route]

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: calls are kept, not printed."""

    def _serve(self) -> None:
        for route in self.routes:
            found = route.pattern.fullmatch(self.path)
            if found and route.method == self.command:
                self._answer(route, found.groupdict())
                return
        self._read()
        self._send(Refusal(404, f"The requested URL {self.path} was not found here.").reply())

    def _answer(self, route: Route, found: dict[str, str]) -> None:
        kind = route.kind(found)
        fault = self.world.fault(kind)
        if fault and fault.name == "close_before":
            self.world.record(Call(kind, found.get("model", ""), fault=fault.name))
            self._hang_up()
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = Query(self.command, self.path, found, headers, self._read())
        if route.exactly:
            kind = route.exactly(query)
            fault = fault or self.world.fault(kind)
        if fault and fault.name == "meet":
            fault.options["barrier"].wait(10)
        if fault and fault.is_status:
            reply = fault.refused(route.form)
        else:
            try:
                reply = route.answer(query, fault)
            except Refusal as refusal:
                reply = refusal.reply(route.form)
        if reply.status != 200 and kind not in _WRITTEN_DOWN:
            self.world.record(
                Call(kind, found.get("model", ""), status=reply.status, fault=_name(fault))
            )
        elif fault and fault.is_status:
            self.world.record(Call(kind, found.get("model", ""), status=reply.status))
        self._send(reply, fault)

    def _read(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, reply: Reply, fault: Fault | None = None) -> None:
        body, sent = reply.body, None
        match _name(fault):
            case "close_after":
                return self._hang_up()
            case "hang":
                self.world.released.wait()
                return self._hang_up()
            case "cut":
                sent = body[: len(body) // 2]
            case "garbled":
                body = b'{"name": "\xff\x00 projects/' + body[:5]
            case "empty":
                body = b"{}"
            case "answer" if fault:
                body = json.dumps(fault.options["value"]).encode()
                reply = replace(reply, status=fault.options.get("status", 200))
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if sent is None else sent)
        if sent is not None:
            self._hang_up()
        return None

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _name(fault: Fault | None) -> str:
    return fault.name if fault else ""


def main() -> None:
    """Serve until standard input ends; the first line printed says where, as JSON."""
    parser = argparse.ArgumentParser(description="A Google of our own.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where the credentials are put")
    parser.add_argument("--scale", type=int, default=4)
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="google-"))
    with GoogleServer(asked.port, scale=asked.scale) as server:
        told = {"url": server.url, "environment": server.environment(folder)}
        print(json.dumps(told), flush=True)  # noqa: T201
        with suppress(KeyboardInterrupt):
            sys.stdin.read()


if __name__ == "__main__":
    main()
