"""Taking turns across processes: of all who want the same thing, one has it, and whoever dies with it loses it.

Never here: what is done in a turn.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from penstock.state.ending import end
from penstock.state.protocol import Lease, State

_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.005
_LONGEST_PAUSE_SECONDS = 0.1


class Turns:
    """Turns by name, over leases that their holders renew.

    A holder that dies is waited for no longer than a lease lasts. A lease that is lost meanwhile (the shared state went
    down, or this process hung) ends nothing that is under way.

    Args:
        state: Where the leases are.
        word: Begins their keys.
        random: Evenly from 0 to 1.
        seconds: What a lease lasts.
    """

    def __init__(self, state: State, word: str, random: Callable[[], float], seconds: float = _SECONDS) -> None:
        self._state = state
        self._word = word
        self._random = random
        self._seconds = seconds

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Wait for the turn and have it; the order of those who wait is not kept.

        Args:
            name: May be personal: it is digested.
        """
        lease = await self._wait(f"{self._word}:{hashlib.sha256(name.encode()).hexdigest()[:32]}")
        renewing = asyncio.create_task(self._renew(lease))
        try:
            yield
        finally:
            await end(renewing)
            await self._state.release(lease)

    async def _wait(self, key: str) -> Lease:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            lease = await self._state.lease(key, self._seconds)
            if lease is not None:
                return lease
            await asyncio.sleep(pause * (0.5 + self._random()))
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)

    async def _renew(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(self._seconds / 3)
            await self._state.renew(lease, self._seconds)
