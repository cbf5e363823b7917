"""A folder of small records, one file a key: read whole, replaced whole, changed by one process at a time.

A reader sees the old record or the new one, never a part: a record is written beside its file, then renamed. A change
(read, think, write) holds one of a fixed number of lock files, chosen by the key, which are never removed.

Never here: what a record means; the event loop (everything here blocks).
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import quote

import msgspec

from penstock.errors import StateError
from penstock.state.file_lock import locked

_LOCKS = 64
_LONGEST_NAME = 180
_DAMAGED = ".damaged"


class Record(msgspec.Struct, array_like=True):
    """What every record begins with: its key, since the name of a file cannot hold every key."""

    key: str


R = TypeVar("R", bound=Record)
A = TypeVar("A")


class Room(Generic[R]):
    """The records of one kind.

    Args:
        root: A folder that exists; the records are in a folder of it.
        name: That folder's name.
        kind: What a record is.
        is_durable: Whether a record must outlive a loss of power.
        timeout_seconds: How long a change waits for another process.

    Raises:
        OSError: The folder cannot be made or written.
    """

    def __init__(self, root: Path, name: str, kind: type[R], *, is_durable: bool, timeout_seconds: float) -> None:
        self._folder = root / name
        self._locks = root / "locks"
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._is_durable = is_durable
        self._timeout_seconds = timeout_seconds
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._locks.mkdir(mode=0o700, exist_ok=True)
        for folder in (self._folder, self._locks):
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def read(self, key: str) -> R | None:
        """The record of a key; one that cannot be read is set aside as ``….damaged`` and counts as none.

        Raises:
            StateError: The folder cannot be read; so for all that follows.
        """
        with _translated():
            return self._read(self._path(key))

    def change(self, key: str, judge: Callable[[R | None], tuple[R | None, A]]) -> A:
        """Replace a record by what ``judge`` makes of it, while nobody else does.

        Args:
            key: Whose record.
            judge: From the record to the new one and an answer; None removes it, the same object leaves it alone.
        """
        path = self._path(key)
        shard = int.from_bytes(hashlib.sha256(path.name.encode()).digest()[:2], "big") % _LOCKS
        with _translated(), locked(self._locks / f"{shard:02}", self._timeout_seconds):
            old = self._read(path)
            new, answer = judge(old)
            if new is None:
                path.unlink(missing_ok=True)
            elif new is not old:
                self._write(path, msgspec.msgpack.encode(new))
            return answer

    def stamp(self, key: str) -> tuple[int, int]:
        """What changes whenever the record does; zeros where there is none."""
        with _translated():
            try:
                found = self._path(key).stat()
            except FileNotFoundError:
                return 0, 0
            return found.st_mtime_ns, found.st_ino

    def records(self) -> list[R]:
        """Every record there is."""
        with _translated():
            paths = [path for path in self._folder.iterdir() if not path.name.startswith(".") and not path.suffix]
            return [record for path in paths if (record := self._read(path)) is not None]

    def ages(self) -> list[tuple[float, Path]]:
        """Every file, leftovers of killed processes included, with when it was written, oldest first."""
        with _translated():
            found = []
            for entry in os.scandir(self._folder):
                with suppress(FileNotFoundError):
                    found.append((entry.stat().st_mtime, Path(entry.path)))
            return sorted(found)

    def _path(self, key: str) -> Path:
        name = quote(key, safe="").replace(".", "%2E").replace("~", "%7E")
        return self._folder / (name if len(name) <= _LONGEST_NAME else "~" + hashlib.sha256(key.encode()).hexdigest())

    def _read(self, path: Path) -> R | None:
        try:
            return self._decoder.decode(path.read_bytes())
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError:
            with suppress(FileNotFoundError):
                path.replace(path.with_suffix(_DAMAGED))
            return None

    def _write(self, path: Path, content: bytes) -> None:
        beside = path.with_name(f".{secrets.token_hex(8)}")
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(content)
                stream.flush()
                if self._is_durable:
                    os.fsync(stream.fileno())
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        if self._is_durable:
            _flush_names(self._folder)


def _flush_names(folder: Path) -> None:
    """Make the renaming itself outlive a loss of power, where folders can be opened."""
    with suppress(PermissionError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StateError(f"The state's folder cannot be used: {error.strerror or type(error).__name__}.") from error
