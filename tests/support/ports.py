"""Ports for processes that must know theirs before they start.

Never here: tests.
"""

from __future__ import annotations

import socket
import subprocess
import time


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process takes connections."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, f"{process.args!r} ended at once"
            time.sleep(0.01)  # another process's start has no event to wait for
        else:
            return
    raise AssertionError(f"{process.args!r} does not listen after 30 seconds")
