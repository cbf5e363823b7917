"""A server that gives fixed answers by path, in a thread of its own: whatever a store, or something else, might say.

Never here: tests.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Answer(NamedTuple):
    """What a path is answered with."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}


class PlainStore(NamedTuple):
    """Where it is, and which calls came, as ``GET /path``."""

    url: str
    port: int
    calls: list[str]


def data(value: object, status: int = 200) -> Answer:
    """An answer in upstream's envelope."""
    return Answer(status, json.dumps({"data": value}).encode())


TOKEN = Answer(200, b'{"access_token": "planted-token", "expires_in": 3600}')


@contextmanager
def plain_store(
    answers: Mapping[str, Answer], otherwise: Answer, tls: ssl.SSLContext | None = None
) -> Iterator[PlainStore]:
    """Serve these answers by ``GET /path`` or by path alone, any other call with `otherwise`."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            path = self.path.partition("?")[0]
            self.rfile.read(int(self.headers.get("content-length") or 0))
            calls.append(f"{self.command} {path}")
            found = answers.get(calls[-1]) or answers.get(path) or otherwise
            self.send_response_only(found.status)
            for name, value in {"content-type": found.content_type, **found.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        do_GET = do_POST = answer  # noqa: N815 (the library's names)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign,assignment] # a client that refuses TLS is no news
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        port = server.server_address[1]
        yield PlainStore(f"{'http' if tls is None else 'https'}://127.0.0.1:{port}", port, calls)
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
