"""Writes to one resource, one after the other: upstream loses one of two that meet.

Never here: what is written.
Source: CONTRACT §5 (same-object writes).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class WriteLocks:
    """A lock for each resource that is being written, and none for any other."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, resource: str) -> AsyncIterator[None]:
        """Wait for earlier writes to the same resource, then hold it; whoever waits is served in order."""
        lock, users = self._held.get(resource, (None, 0))
        lock = lock or asyncio.Lock()
        self._held[resource] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            _, users = self._held[resource]
            if users == 1:
                del self._held[resource]
            else:
                self._held[resource] = (lock, users - 1)

    def __len__(self) -> int:
        return len(self._held)
