"""The reads of one request: each target is read once, so many at a time, and what is known already is not read again.

Never here: what a target means, credentials, anything shared between requests.
Source: CONTRACT §6.3, Q9: there is no batch read by id; a loader dedupes, bounds and primes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiodataloader import DataLoader

from penstock.errors import PenstockError
from penstock.upstream.transport import Response

Read: TypeAlias = Callable[[str, str], Awaitable[Response]]
"""Route template and target → the answer."""


_Flight: TypeAlias = list[asyncio.Future[None]]
"""A read under way: who is told when it lands. A list, because one is made for every read."""


class Loader:
    """Reads for one request only: it is never shared.

    Args:
        read: Makes one call.
        bound: Calls under way at the same time.
    """

    __slots__ = ("_batches", "_bound", "_known", "_line", "_read", "_under_way")

    def __init__(self, read: Read, bound: int) -> None:
        self._read = read
        self._bound = bound
        self._known: dict[str, Response | PenstockError | _Flight] = {}
        self._under_way = 0
        self._line: deque[asyncio.Future[None]] = deque()
        self._batches: DataLoader[tuple[str, str], asyncio.Task[Response]] | None = None

    async def load(self, route: str, target: str) -> Response:
        """The answer for a target, batched with whatever else is asked for in this turn of the event loop.

        Raises:
            PenstockError: This target failed; the others are unaffected.
        """
        if self._batches is None:
            self._batches = DataLoader(self._start_all, cache=False)
        # Shielded: a cancelled waiter would leave a cancelled future in the batch and fail all of it.
        started = await asyncio.shield(self._batches.load((route, target)))
        return await asyncio.shield(started)

    async def now(self, route: str, target: str) -> Response:
        """The answer for a target, asked for without waiting for company.

        Raises:
            PenstockError: This target failed; every later call for it fails alike.
        """
        known = self._known.get(target)
        while known is not None:
            if isinstance(known, Response):
                return known
            if isinstance(known, PenstockError):
                raise known
            landing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            known.append(landing)
            await landing
            known = self._known.get(target)
        flight: _Flight = []
        self._known[target] = flight
        try:
            if self._under_way >= self._bound:
                await self._turn()
            self._under_way += 1
            try:
                landed = await self._read(route, target)
            finally:
                self._under_way -= 1
                if self._line:
                    self._call_next()
        except BaseException as error:
            # None where it was cancelled: whoever waits for this read makes it again.
            self._land(target, flight, error if isinstance(error, PenstockError) else None)
            raise
        if flight:
            self._land(target, flight, landed)
        elif self._known.get(target) is flight:
            self._known[target] = landed
        return landed

    def prime(self, target: str, response: Response) -> None:
        """Make an answer known that came another way; what is known already stays."""
        self._known.setdefault(target, response)

    def forget(self) -> None:
        """Forget every answer: a write may have changed what was read."""
        self._known.clear()

    async def _start_all(self, keys: list[tuple[str, str]]) -> list[asyncio.Task[Response]]:
        """Start the reads of a batch; whoever asked waits for its own answer, not for the slowest of the batch."""
        loop = asyncio.get_running_loop()
        started = [loop.create_task(self.now(route, target)) for route, target in keys]
        for read in started:
            read.add_done_callback(_heed)
        return started

    async def _turn(self) -> None:
        """Wait for a free place, in line."""
        while self._under_way >= self._bound:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._line.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._call_next()
                raise

    def _call_next(self) -> None:
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    def _land(self, target: str, flight: _Flight, landed: Response | PenstockError | None) -> None:
        if self._known.get(target) is flight:
            if landed is None:
                del self._known[target]
            else:
                self._known[target] = landed
        for waiter in flight:
            if not waiter.done():
                waiter.set_result(None)


def _heed(read: asyncio.Task[Response]) -> None:
    """A failure that nobody waits for any more is no news."""
    if not read.cancelled():
        read.exception()
