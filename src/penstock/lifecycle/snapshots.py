"""The last good definitions, kept in the shared state, so that a gateway can begin while its store is down.

Never here: the form of a snapshot, when it is needed.
"""

from __future__ import annotations

import asyncio

from penstock.definitions.reading import Reading
from penstock.definitions.snapshot import read_snapshot, render_snapshot
from penstock.errors import OperatorError, StateError
from penstock.lifecycle.stages import Settled
from penstock.state import State
from penstock.telemetry.logs import Log

SNAPSHOT_KEY = "snapshot"
"""Where the shared state holds the snapshot."""

_WHERE = f"The snapshot in the shared state (key {SNAPSHOT_KEY!r})"


class Snapshots:
    """Keeps and recalls the definitions that served last.

    Args:
        state: What replicas share.
        log: Where trouble is told.
    """

    def __init__(self, state: State, log: Log) -> None:
        self._state = state
        self._log = log
        self._checked: tuple[bytes, str] | None = None

    async def keep(self, settled: Settled) -> None:
        """Keep what serves, where it came from the store itself and is not what is kept already.

        Raises:
            StateError: It cannot be written.
        """
        if settled.source != "live":
            return
        fingerprint = settled.definitions.fingerprint
        kept = await self._state.get(SNAPSHOT_KEY) or b""
        if (kept, fingerprint) == self._checked:
            return
        if await asyncio.to_thread(_fingerprint_of, kept) != fingerprint:
            kept = await asyncio.to_thread(render_snapshot, settled.reading.documents, settled.loaded_at, fingerprint)
            await self._state.put(SNAPSHOT_KEY, kept)
        self._checked = (kept, fingerprint)

    async def recall(self) -> Reading | None:
        """What was kept, None where there is nothing that can be used."""
        try:
            kept = await self._state.get(SNAPSHOT_KEY)
            return await asyncio.to_thread(read_snapshot, kept, _WHERE, "snapshot") if kept else None
        except (StateError, OperatorError) as error:
            self._log.warning("schema snapshot unusable", reason=str(error))
            return None


def _fingerprint_of(kept: bytes) -> str:
    """What the kept definitions come to, "" where they cannot be used: their own word for it is not believed."""
    try:
        return read_snapshot(kept, _WHERE, "snapshot").definitions.fingerprint if kept else ""
    except OperatorError:
        return ""
