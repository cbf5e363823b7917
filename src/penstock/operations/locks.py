"""Writes to one resource, one after the other: upstream loses one of two that meet.

Never here: what is written, how other processes are kept out.
Source: CONTRACT §5 (same-object writes).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeAlias

from penstock.errors import UpstreamTimeout

Elsewhere: TypeAlias = Callable[[str], AbstractAsyncContextManager[None]]
"""Keeps the other processes from a resource while it is held."""


class WriteLocks:
    """A lock for each resource that is being written, and none for any other.

    Args:
        elsewhere: Holds the resource against other processes, taken after our own lock; None where there are none.
    """

    def __init__(self, elsewhere: Elsewhere | None = None) -> None:
        self._elsewhere = elsewhere
        self._held: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, resource: str, deadline: float) -> AsyncIterator[None]:
        """Wait for earlier writes to the same resource, then hold it; whoever waits here is served in order.

        Args:
            resource: What is written.
            deadline: On the event loop's clock: how long to wait for the others.

        Raises:
            UpstreamTimeout: The others took that long; nothing was sent.
        """
        async with AsyncExitStack() as turn:
            try:
                async with asyncio.timeout_at(deadline):
                    await turn.enter_async_context(self._own(resource))
                    if self._elsewhere is not None:
                        await turn.enter_async_context(self._elsewhere(resource))
            except TimeoutError as error:
                raise UpstreamTimeout(
                    "Earlier writes to the same resource took all the time; it was not sent."
                ) from error
            yield

    @asynccontextmanager
    async def _own(self, resource: str) -> AsyncIterator[None]:
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
