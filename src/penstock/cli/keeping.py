"""``penstock schema lock`` and ``penstock schema pull``: names and definitions of a store, kept in files.

Never here: what is in them.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from penstock.app.keeping import followed, known_lock, read_lock_file, read_store
from penstock.cli.arguments import Arguments
from penstock.cli.servers import run
from penstock.definitions.lock import NO_LOCK, Lock
from penstock.definitions.lock_news import news
from penstock.definitions.lock_text import render_lock
from penstock.definitions.snapshot import render_snapshot
from penstock.errors import OperatorError
from penstock.settings import Settings

_USUAL_LOCK = "schema.lock.json"
_STALE = 1


def lock(arguments: Arguments, settings: Settings) -> int:
    """Write the lock of the store as it is, or say where a written one is stale.

    Returns:
        1 where it was to be checked and is stale.

    Raises:
        OperatorError: The file cannot be read or written, or the store refuses the client id.
        UpstreamError: The store cannot be read.
    """
    path = arguments.file or settings.schema_lock or _USUAL_LOCK
    is_there = os.path.lexists(path)
    written = read_lock_file(path) if is_there else NO_LOCK
    found: list[Lock] = []

    async def main() -> None:
        known = await known_lock(replace(settings, schema_lock=path if is_there else ""))
        found.append(followed(settings, await read_store(settings), known))

    run(main)
    told = news(written, found[0])
    for line in told:
        print(line)
    if arguments.check:
        verdict = f"{path} is stale; run `penstock schema lock`." if told or not is_there else f"{path} is up to date."
        print(verdict, file=sys.stderr)
        return _STALE if told or not is_there else 0
    _write(path, render_lock(found[0]).encode())
    print(f"{path}: {len(told)} changed." if told else f"{path}: nothing changed.", file=sys.stderr)
    return 0


def pull(arguments: Arguments, settings: Settings) -> None:
    """Write the definitions of the store as a snapshot.

    Raises:
        OperatorError: The file cannot be written, or the store refuses the client id.
        UpstreamError: The store cannot be read.
    """
    texts: list[bytes] = []

    async def main() -> None:
        reading = await read_store(replace(settings, definitions=""))
        texts.append(render_snapshot(reading.documents, time.time(), reading.definitions.fingerprint))

    run(main)
    if arguments.file == "-":
        sys.stdout.write(texts[0].decode())
    else:
        _write(arguments.file, texts[0])


def _write(path: str, text: bytes) -> None:
    """Put a file in place whole or not at all."""
    folder, name = os.path.split(path)
    place = ""
    try:
        handle, place = tempfile.mkstemp(prefix=f".{name}.", dir=folder or ".")
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        Path(place).chmod(0o644)
        Path(place).replace(path)
    except (OSError, ValueError) as error:
        with suppress(OSError):
            Path(place).unlink()
        reason = error.strerror if isinstance(error, OSError) else "it is no path"
        raise OperatorError(f"{path!r} cannot be written: {reason}; name another file.") from error
