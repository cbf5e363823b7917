"""Starting servers on chosen cores, reading what they used, and stopping exactly them.

Never here: what is measured with them.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Used:
    """What a process and its children used up to now: CPU seconds, resident megabytes of each process."""

    cpu: float
    rss: tuple[float, ...]


class Process:
    """A running server.

    Attributes:
        seconds: From its start to its first good answer.
    """

    def __init__(self, command: list[str], environment: dict[str, str], cores: str, log: Path, folder: Path) -> None:
        self._command = command
        self._log = log
        self.seconds = 0.0
        self._started = time.perf_counter()
        with log.open("wb") as file:
            self._child = subprocess.Popen(
                ["taskset", "-c", cores, *command],
                env={**os.environ, **environment},
                cwd=folder,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def wait_for(self, answers: Callable[[], bool]) -> None:
        """Wait until it answers well.

        Raises:
            SystemExit: It ended, or it took too long.
        """
        while True:
            if self._child.poll() is not None or time.perf_counter() - self._started > _PATIENCE_SECONDS:
                raise SystemExit(f"{' '.join(self._command)} does not answer; see {self._log}.")
            try:
                if answers():
                    break
            except OSError:
                pass
            time.sleep(0.005)
        self.seconds = time.perf_counter() - self._started

    @property
    def pid(self) -> int:
        """Of the server itself."""
        return self._child.pid

    def used(self) -> Used:
        """What it has used."""
        cpu, rss = 0.0, []
        for pid in _family(self._child.pid):
            try:
                tasks = list(Path(f"/proc/{pid}/task").iterdir())
                cpu += sum([int((task / "schedstat").read_text().split()[0]) for task in tasks]) / 1e9
                rss.append(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6)
            except OSError:
                continue
        return Used(cpu, tuple(rss))

    def settle(self) -> None:
        """Wait until it has nothing left to do: requests the load gave up would be done at the next one's expense."""
        for _ in range(100):
            before = self.used().cpu
            time.sleep(0.05)
            if self.used().cpu - before < 0.003:
                return

    def stop(self) -> None:
        """End it and its children."""
        for number, patience in ((signal.SIGTERM, 3), (signal.SIGKILL, 3)):
            try:
                os.killpg(self._child.pid, number)
                self._child.wait(patience)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return
    for child in children:
        yield from _family(child)


@contextmanager
def stopped_after() -> Iterator[list[Process]]:
    """A list of servers that are stopped in the end, also by SIGTERM."""

    def leave(_number: int, _frame: object) -> None:
        raise SystemExit(1)

    running: list[Process] = []
    signal.signal(signal.SIGTERM, leave)
    try:
        yield running
    finally:
        for process in reversed(running):
            process.stop()


def free_port() -> int:
    """A free port that the system gives no outgoing connection meanwhile: one below those it chooses from."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def fetch(url: str, body: str = "", headers: dict[str, str] | None = None) -> bytes:
    """GET, or POST where there is a body; raises OSError for anything but a good answer."""
    request = urllib.request.Request(url, data=body.encode() or None, headers=headers or {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


def busy_seconds() -> float:
    """Seconds the cores of this machine were busy, all together, whatever with."""
    _, *ticks = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    numbers = [int(tick) for tick in ticks]
    return (sum(numbers[:8]) - numbers[3] - numbers[4]) / os.sysconf("SC_CLK_TCK")


def wait_for_quiet(patience_seconds: float = 3) -> None:
    """Wait until the machine has nothing to do, but not for ever."""
    until = time.perf_counter() + patience_seconds
    while time.perf_counter() < until:
        before = busy_seconds()
        time.sleep(0.3)
        if busy_seconds() - before < 0.04:
            return
