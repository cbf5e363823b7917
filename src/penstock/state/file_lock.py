"""One file that one process holds at a time; the system lets go when the process ends, however it ends.

Never here: what the file stands for.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from penstock.errors import StateError

if sys.platform == "win32":
    import msvcrt

    def _try(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_FIRST_PAUSE_SECONDS = 0.0005
_LONGEST_PAUSE_SECONDS = 0.02


@contextmanager
def locked(path: Path, timeout_seconds: float) -> Iterator[None]:
    """Hold a file, which is made where it is missing; blocks the calling thread until then.

    Raises:
        StateError: Another process, or another thread of this one, held it all that time.
        OSError: The file cannot be opened.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait(file, path, time.monotonic() + timeout_seconds)
        yield
    finally:
        os.close(file)  # which lets go of it


def _wait(file: int, path: Path, until: float) -> None:
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            _try(file)
        except OSError as error:
            if time.monotonic() >= until:
                raise StateError(f"{path.name} is held by another process; end the one that hangs.") from error
        else:
            return
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
