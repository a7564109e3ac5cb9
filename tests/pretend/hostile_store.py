"""An object store on this machine that answers what a test wants, and counts its requests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Handler"], None]


class HostileStore:
    """A server whose every request is given to `answer`; `requests` are their lines."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.over = threading.Event()
        store = self

        class Bound(Handler):
            holds = store
            give = staticmethod(answer)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def address(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a client finds the store by."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing-to-see",
            "AWS_REGION": "us-east-1",
        }

    def stop(self) -> None:
        """Let go of whoever waits."""
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    holds: HostileStore
    give: Answer
    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        """Note the request and answer it as the test wants."""
        self.holds.requests.append(f"{self.command} {self.path}")
        self.holds.headers.append(dict(self.headers.items()))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with suppress(OSError):
            self.give(self)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815

    def reply(self, status: int, content: bytes = b"", **headers: str) -> None:
        """A whole answer."""
        self.head(status, len(content), **headers)
        if self.command != "HEAD":
            self.wfile.write(content)

    def head(self, status: int, length: int, **headers: str) -> None:
        """The start of an answer that says it has so many bytes."""
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
        self.send_header("ETag", '"1"')
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def is_listing(self) -> bool:
        """Whether the request asks for the names of files."""
        return "list-type" in self.path

    def wait(self) -> None:
        """Say nothing until the test is over."""
        self.holds.over.wait()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""
