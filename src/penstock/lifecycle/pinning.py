"""The stage that settles names: the lock that replicas share, and the one that an operator keeps under review.

Never here: how names are chosen, files.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from penstock.definitions.aging import Look
from penstock.definitions.lock import NO_LOCK, Lock
from penstock.definitions.lock_joining import reviewed_over, union
from penstock.definitions.lock_text import parse_lock, render_lock
from penstock.definitions.reading import Reading
from penstock.errors import OperatorError, StateError
from penstock.lifecycle.stages import Settled
from penstock.schema.settling import fingerprint_of, settle
from penstock.state import State
from penstock.telemetry.logs import Log

LOCK_KEY = "lock"
"""Where the shared state holds the lock."""

COPY_KEY = "lock:copy"
"""Where it holds the lock once more, for when the first one is lost or damaged."""

_WHERE = "The lock in the shared state (key {!r})"
_TRIES = 25

Reviewed: TypeAlias = Callable[[], Awaitable[Lock]]
"""Reads the lock that an operator keeps under review."""


async def nothing_reviewed() -> Lock:
    """No lock is kept under review."""
    return NO_LOCK


async def held_lock(state: State) -> tuple[bytes, Lock]:
    """The shared lock as it is held, b"" for none, and what it says; the copy says it where there is none.

    Raises:
        OperatorError: It cannot be used.
        StateError: It cannot be read.
    """
    held = await state.get(LOCK_KEY)
    if held is None:
        return b"", await _copied_lock(state)
    return held, await asyncio.to_thread(parse_lock, held, _WHERE.format(LOCK_KEY))


async def _copied_lock(state: State) -> Lock:
    copy = await state.get(COPY_KEY)
    return await asyncio.to_thread(parse_lock, copy, _WHERE.format(COPY_KEY)) if copy else NO_LOCK


class Pinning:
    """A `Settle` stage: see there.

    Every look follows the store from the lock as it is at that moment and writes what it learnt with compare-and-swap,
    so that of several replicas each builds on what the others wrote. Without a state that can be reached, a gateway
    goes on from what it knew last.

    Args:
        state: What replicas share.
        reviewed: The lock under review; it raises OperatorError where that cannot be used.
        grace_seconds: How long what has gone from the store is shown.
        clock: Seconds since the epoch.
        log: Where trouble with the state is told.
    """

    def __init__(
        self, state: State, reviewed: Reviewed, grace_seconds: float, clock: Callable[[], float], log: Log
    ) -> None:
        self._state = state
        self._reviewed = reviewed
        self._grace_seconds = grace_seconds
        self._clock = clock
        self._log = log
        self._last = NO_LOCK

    async def __call__(self, reading: Reading, began: float) -> Settled:
        """Settle the names of a reading that began at that moment.

        Raises:
            OperatorError: The lock under review cannot be used.
        """
        reviewed = await self._reviewed()
        for _ in range(_TRIES):
            held, known = await self._known()
            look = Look(began if reading.taken_at is None else reading.taken_at, self._clock(), self._grace_seconds)
            settled, text = await asyncio.to_thread(_follow, reading, reviewed_over(reviewed, known), look)
            if reading.source != "live":
                return settled  # what is not the store itself teaches nobody
            self._last = settled.lock
            if held is None or held == text or await self._write(held, text):
                return settled
        self._log.warning("schema lock contended", tries=_TRIES)
        return settled

    async def _known(self) -> tuple[bytes | None, Lock]:
        """The shared lock as it is held (b"" for none, None where it must not be written), and all that is known."""
        try:
            held, lock = await held_lock(self._state)
            return held, union(lock, self._last)
        except StateError as error:
            self._log.warning("schema lock not read", reason=str(error))
            return None, self._last
        except OperatorError as error:
            self._log.warning("schema lock unusable", reason=str(error))
        try:
            return None, union(self._last, await _copied_lock(self._state))
        except (StateError, OperatorError):
            return None, self._last

    async def _write(self, held: bytes, text: bytes) -> bool:
        try:
            is_written = await self._state.swap(LOCK_KEY, held or None, text)
            if is_written:
                await self._state.put(COPY_KEY, text)
        except StateError as error:
            self._log.warning("schema lock not written", reason=str(error))
            return True
        return is_written


def _follow(reading: Reading, lock: Lock, look: Look) -> tuple[Settled, bytes]:
    """The definitions with settled names, and the text of the lock: some milliseconds of work."""
    followed = settle(reading.definitions, lock, look)
    settled = Settled(reading, followed, fingerprint_of(reading.definitions, followed), look.began)
    return settled, render_lock(followed).encode()
