"""The garbage collector kept away from requests, and old generations freed as soon as nobody uses them.

A process is some hundred thousand objects before it has a schema; looked through by the collector, they cost tens of
milliseconds in one go, set aside, nothing. A generation is some ten thousand more, in circles that only the collector
can free: it is sent for when a generation was replaced, and again when the requests that held it must have ended.

Never here: what a generation is, when it is replaced.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from penstock.lifecycle.stages import Change

_USUAL = (10_000, 20, 20)
_GENTLE = (2_000, 5, 20)
"""How many objects the collector lets come together: few while a schema is built, or it looks through all at once."""

_PAUSES_SECONDS = (0.05, 1.0, 5.0, 30.0, 300.0)
_SHORT_TURN_SECONDS = 0.001
_USUAL_TURN_SECONDS = 0.005  # Python's own; what was read at the beginning could be another thread's short one


def set_aside() -> None:
    """Set aside, for good, what lives before the first schema is built; a second call does nothing."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


@contextmanager
def short_turns() -> Iterator[None]:
    """While a thread works, let the event loop have its turn sooner than Python would.

    By default a thread that computes keeps the others waiting for 5 ms each time, and a request takes several turns.
    The collector, which lets nobody else have a turn, is called more often, for less.
    """
    sys.setswitchinterval(_SHORT_TURN_SECONDS)
    gc.set_threshold(*_GENTLE)
    try:
        yield
    finally:
        sys.setswitchinterval(_USUAL_TURN_SECONDS)
        gc.set_threshold(*_USUAL)


class Sweeper:
    """Frees generations that were replaced: a `Record` stage, see there.

    Args:
        pauses_seconds: How long after a swap, and after each try that found requests still under way, it tries again.
    """

    def __init__(self, pauses_seconds: Sequence[float] = _PAUSES_SECONDS) -> None:
        self._pauses_seconds = pauses_seconds
        self._replaced: weakref.WeakSet[object] = weakref.WeakSet()
        self._swapped = asyncio.Event()

    async def __call__(self, change: Change) -> None:
        """Remember a generation that was replaced; it is freed beside the requests."""
        if change.before is not None:
            self._replaced.add(change.before)
            self._swapped.set()

    async def run(self) -> None:
        """Free what was replaced until cancelled."""
        while True:
            await self._swapped.wait()
            self._swapped.clear()
            for pause in self._pauses_seconds:
                if await self._is_swapped_within(pause) or self._sweep():
                    break

    async def _is_swapped_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._swapped.wait()
        return False

    def _sweep(self) -> bool:
        """Send for the collector; whether nothing is left of what was replaced."""
        if self._replaced:
            gc.collect()
        return not self._replaced
