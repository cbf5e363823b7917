"""A bell: whoever has put a delivery down rings it, the courier listens.

Never here: deliveries.
"""

from __future__ import annotations

import asyncio


class Bell:
    """Wakes the courier; ringing an unheard bell is remembered once."""

    def __init__(self) -> None:
        """Begin silent."""
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the listener, now or when it next listens."""
        self._rung.set()

    async def listen(self, seconds: float | None) -> None:
        """Wait until the bell is rung, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return
        self._rung.clear()
