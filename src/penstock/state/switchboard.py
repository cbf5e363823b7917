"""Who listens to which channel in this process, and how a message reaches them.

Never here: where messages come from.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

_MOST_WAITING = 1000


class Switchboard:
    """Hands messages to listeners; one that falls far behind loses the newest."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Queue[bytes | None]]] = {}

    @property
    def channels(self) -> frozenset[str]:
        """The channels that somebody listens to."""
        return frozenset(self._listeners)

    def tell(self, channel: str, message: bytes) -> None:
        """Hand a message to everyone who listens now."""
        for queue in self._listeners.get(channel, ()):
            if queue.qsize() < _MOST_WAITING:
                queue.put_nowait(message)

    async def listen(self, channel: str) -> AsyncGenerator[bytes, None]:
        """The messages of a channel from the first step on, until the board is closed."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._listeners.setdefault(channel, set()).add(queue)
        try:
            while (message := await queue.get()) is not None:
                yield message
        finally:
            self._leave(channel, queue)

    def close(self) -> None:
        """End every listener."""
        for queues in self._listeners.values():
            for queue in queues:
                queue.put_nowait(None)

    def _leave(self, channel: str, queue: asyncio.Queue[bytes | None]) -> None:
        listeners = self._listeners[channel]
        listeners.discard(queue)
        if not listeners:
            del self._listeners[channel]
