"""A sandbox in a thread of its own, for clients that block."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from penstock.sandbox import SandboxSettings, create_sandbox


@contextmanager
def serve(settings: SandboxSettings) -> Iterator[str]:
    """Serve a sandbox on a port of the system's choice and yield its address."""
    # Trap: asyncio switches Nagle's algorithm off only for sockets that say they are TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    server = uvicorn.Server(
        uvicorn.Config(create_sandbox(settings), http="httptools", log_level="warning", lifespan="on")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
