"""The faithful sandbox on a real socket, in a thread of its own so that it outlives the event loop of one test.

Never here: tests.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import uvicorn

from penstock.sandbox import SandboxSettings, create_sandbox


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """Where a sandbox listens, and bearers for it."""

    url: str
    staff: str
    shopper: str

    def call(self, method: str, path: str, data: object = None) -> httpx.Response:
        """One REST call as staff, with ``data`` in its envelope."""
        body = None if data is None else {"data": data}
        headers = {"authorization": f"Bearer {self.staff}"}
        return httpx.request(method, self.url + path, json=body, headers=headers, timeout=10)


@contextmanager
def sandbox(settings: SandboxSettings | None = None) -> Iterator[RunningSandbox]:
    """Run a seeded sandbox on a port of the system's choice."""
    listener = socket.create_server(("127.0.0.1", 0))
    application = create_sandbox(settings or SandboxSettings())
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", http="httptools", ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        until = time.monotonic() + 20
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.005)  # another thread's start has no event to wait for
        yield RunningSandbox(
            url,
            token_of(url, grant_type="client_credentials", client_secret="sandbox-secret"),
            token_of(url, grant_type="implicit"),
        )
    finally:
        server.should_exit = True
        thread.join(20)


def token_of(url: str, **form: str) -> str:
    """An access token of the sandbox."""
    answer = httpx.post(f"{url}/oauth/access_token", data={"client_id": "sandbox", **form}, timeout=10)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
