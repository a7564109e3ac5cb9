"""An object store on this machine that speaks as much of S3 as a remote cache needs."""

from __future__ import annotations

import hashlib
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape


class Store:
    """The store, in threads of its own; what it holds is in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.guard = threading.Lock()
        self.lines: set[socket.socket] = set()
        store = self

        class Handler(_Handler):
            holds = store

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def environment(self) -> dict[str, str]:
        """What a client finds the store by."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_REGION": "us-east-1",
        }

    def stop(self) -> None:
        """Be gone, as a service that was killed."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        with self.guard:
            for line in self.lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    holds: Store
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        with self.holds.guard:
            self.holds.lines.add(self.request)

    def finish(self) -> None:
        with self.holds.guard:
            self.holds.lines.discard(self.request)
        with suppress(OSError):
            super().finish()

    def do_PUT(self) -> None:
        content = self._content()
        with self.holds.guard:
            exists = self._key in self.holds.objects
            if exists and self.headers.get("If-None-Match") == "*":
                self._answer(412)
                return
            self.holds.objects[self._key] = content
        self._answer(200, etag=_etag(content))

    def do_GET(self) -> None:
        wish = parse_qs(urlsplit(self.path).query)
        if "list-type" in wish:
            self._answer(200, self._listed(wish.get("prefix", [""])[0]))
            return
        content = self.holds.objects.get(self._key)
        if content is None:
            self._answer(404)
        else:
            self._answer(200, content, etag=_etag(content))

    do_HEAD = do_GET  # noqa: N815  (the name the server asks for)

    def do_DELETE(self) -> None:
        with self.holds.guard:
            self.holds.objects.pop(self._key, None)
        self._answer(204)

    def do_POST(self) -> None:
        """The removal of several objects at once."""
        bucket = self._key.split("/")[0]
        document = ElementTree.fromstring(self._content())
        names = [each.text for each in document.iter() if each.tag.endswith("Key")]
        with self.holds.guard:
            for name in names:
                self.holds.objects.pop(f"{bucket}/{name}", None)
        gone = "".join(f"<Deleted><Key>{escape(str(name))}</Key></Deleted>" for name in names)
        self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    @property
    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).strip("/")

    def _content(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _listed(self, prefix: str) -> bytes:
        start = f"{self._key}/{prefix}"
        with self.holds.guard:
            found = {k: v for k, v in self.holds.objects.items() if k.startswith(start)}
        each = "".join(
            f"<Contents><Key>{escape(key.split('/', 1)[1])}</Key>"
            f"<LastModified>2026-11-22T12:00:00.000Z</LastModified>"
            f"<Size>{len(content)}</Size><ETag>{_etag(content)}</ETag></Contents>"
            for key, content in sorted(found.items())
        )
        head = f"<IsTruncated>false</IsTruncated><KeyCount>{len(found)}</KeyCount>"
        return f"<ListBucketResult>{head}{each}</ListBucketResult>".encode()

    def _answer(self, status: int, content: bytes = b"", etag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
