"""A shared state that goes away and comes back when a test says so.

Never here: tests.
"""

from __future__ import annotations

import asyncio

from penstock.errors import StateError
from penstock.state import Degrading, MemoryState, Watch


class Shared(MemoryState):
    """What replicas share, in memory; while it is down, what a replica asks first fails."""

    is_down = False

    def __init__(self) -> None:
        super().__init__(lambda: 0.0)

    async def get(self, key: str) -> bytes | None:
        """See `State.get`."""
        if self.is_down:
            raise StateError("down")
        return await super().get(key)

    async def put(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        """See `State.put`."""
        if self.is_down:
            raise StateError("down")
        await super().put(key, value, seconds=seconds)


def replica_of(shared: Shared) -> Degrading:
    """The state as one replica sees it; it looks whether an outage is over when `Degrading.look` is called."""

    async def never(_seconds: float) -> None:
        await asyncio.Event().wait()

    return Degrading(shared, MemoryState(lambda: 0.0), Watch(sleep=never))
