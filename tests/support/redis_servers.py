"""A real Redis, started, stopped and started again.

Never here: tests.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis as SyncRedis

from tests.support.ports import free_port, wait_for

COMMAND = next((found for name in ("redis-server", "valkey-server") if (found := shutil.which(name))), "redis-server")


class RunningRedis:
    """A server on a port of its own.

    Args:
        folder: Where it works.
        options: More options of its command line.
    """

    def __init__(self, folder: Path, *options: str, tls: bool = False) -> None:
        self.port = free_port()
        self._options = options
        self._folder = folder
        self._tls = tls
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        ports = ["--port", "0", "--tls-port", str(self.port)] if self._tls else ["--port", str(self.port)]
        self._process = subprocess.Popen(
            [COMMAND, *ports, "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder), *self._options],
            stdout=subprocess.DEVNULL,
        )
        wait_for(self.port, self._process)

    def stop(self) -> None:
        """Kill it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)
            self._process = None

    def hang(self) -> None:
        """Let it answer nothing, without closing a connection."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End a hang."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def command(self, *words: str, database: int = 0) -> Any:
        """Send one command."""
        with SyncRedis(port=self.port, db=database) as client:
            return client.execute_command(*words)

    def keys(self, database: int) -> list[bytes]:
        """Every key there is."""
        found: list[bytes] = self.command("KEYS", "*", database=database)
        return found

    def connections(self) -> int:
        """How many connections it has, this one included."""
        return int(self.command("INFO", "clients")["connected_clients"])


@contextmanager
def redis(folder: Path, *options: str, tls: bool = False) -> Iterator[RunningRedis]:
    """Run a server that keeps nothing on disk."""
    running = RunningRedis(folder, *options, tls=tls)
    running.start()
    try:
        yield running
    finally:
        running.stop()
