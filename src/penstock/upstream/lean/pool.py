"""The connections to one origin: a stack of idle ones, a line of those who wait, one timer for all.

Never here: what is written or read.
Source: PERFORMANCE §2: a pool that is scanned costs more with every connection.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from math import inf

from penstock.errors import UpstreamUnavailable
from penstock.upstream.config import TransportConfig
from penstock.upstream.fair import FairLine, make_room, too_many_wait
from penstock.upstream.lean.connection import LeanConnection
from penstock.upstream.lean.dial import Dialer
from penstock.upstream.origin import Origin
from penstock.upstream.transport import Request

_MIN_TICK = 0.005
"""Seconds between two looks at all connections, at least: many short deadlines make no storm of timers."""

Turn = asyncio.Future[LeanConnection | None]
"""What one who waits gets: a connection, or None for a free place to open one."""


class Pool:
    """Hands out connections, the latest used first, to callers in turn.

    A place is taken from the first moment of connecting until the socket is gone. While somebody waits, whatever
    becomes free goes to the first in line, so that nobody who comes later overtakes.
    """

    __slots__ = (
        "_dialer",
        "_drained",
        "_idle",
        "_line",
        "_loop",
        "_outbox",
        "_places",
        "_timer",
        "config",
        "connections",
        "is_closed",
        "watched_until",
    )

    def __init__(self, origin: Origin, config: TransportConfig, context: ssl.SSLContext | None) -> None:
        self.config = config
        self.connections: set[LeanConnection] = set()
        self.is_closed = False
        self._dialer = Dialer(origin, context, config.connect_timeout)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._idle: list[LeanConnection] = []
        self._line: FairLine[LeanConnection | None] = FairLine()
        self._outbox: list[LeanConnection] = []
        self._places = config.max_connections
        self._timer: asyncio.TimerHandle | None = None
        self.watched_until = inf
        self._drained: asyncio.Future[None] | None = None

    def bind(self) -> Callable[[], float]:
        """Belong to the running event loop from now on; its clock."""
        self._loop = asyncio.get_running_loop()
        return self._loop.time

    def pop(self, now: float) -> LeanConnection | None:
        """The idle connection used last, or None."""
        idle = self._idle
        while idle:
            connection = idle.pop()
            if connection.is_alive:
                if not connection.is_unused_since(now):
                    return connection
                connection.abort()
        return None

    async def acquire(self, request: Request, *, fresh: bool = False) -> LeanConnection:
        """A connection for a call, in turn.

        Args:
            request: Who asks, and how long it may wait.
            fresh: Rather a new connection than an idle one, which may be as stale as the last.

        Raises:
            UpstreamUnavailable: No connection can be made; nothing was sent.
            UpstreamTimeout: The deadline passed while connecting.
            LimitError: Too many wait already, or so many that its turn did not come by its deadline.
        """
        loop = self._loop
        if loop is None or self.is_closed:
            raise UpstreamUnavailable(f"{request.method} {request.route}: the transport is closed.", sent=False)
        first = fresh
        while True:
            idle = None if fresh else self.pop(loop.time())
            if idle is not None:
                return idle
            if self._places > 0:
                self._places -= 1
                return await self._dial(loop, request)
            if fresh and self._idle:
                self._idle.pop(0).abort()
            got = await self._wait(loop, request, first=first)
            if got is None:
                return await self._dial(loop, request)
            if got.is_alive:
                return got
            first = True

    def give_back(self, turn: LeanConnection | None) -> None:
        """Pass on what somebody got and does not want."""
        if turn is None:
            self._free_place()
        elif turn.is_alive:
            self.release(turn)

    async def aclose(self) -> None:
        """Close everything; who waits or is under way fails."""
        self.is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self.watched_until = inf
        for turn in self._line.clear():
            turn.set_exception(UpstreamUnavailable("The transport was closed.", sent=False))
        self._idle.clear()
        for connection in list(self.connections):
            connection.abort()
        if self.connections and self._loop is not None:
            self._drained = self._drained or self._loop.create_future()
            await asyncio.shield(self._drained)

    # Connections report here.

    def lost(self, connection: LeanConnection) -> None:
        """See `Owner.lost`."""
        self.connections.discard(connection)
        if connection.owns_slot:
            connection.owns_slot = False
            self._free_place()
        if not self.connections and self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def release(self, connection: LeanConnection) -> None:
        """See `Owner.release`."""
        if self._line.waiting and self._hand_over(connection):
            return
        if self.is_closed:
            connection.abort()
            return
        self._idle.append(connection)

    def post(self, connection: LeanConnection) -> None:
        """See `Owner.post`: a burst of writes wakes the peer once, writes with work between them wake it each time."""
        if not self._outbox and self._loop is not None:
            self._loop.call_soon(self._write_out)
        self._outbox.append(connection)

    def _write_out(self) -> None:
        outbox, self._outbox = self._outbox, []
        for connection in outbox:
            connection.write_out()

    def watch(self, due: float) -> None:
        """See `Owner.watch`."""
        if due < self.watched_until and self._loop is not None:
            if self._timer is not None:
                self._timer.cancel()
            self.watched_until = due
            self._timer = self._loop.call_at(due, self._tick)

    def _hand_over(self, turn: LeanConnection | None) -> bool:
        waiter = self._line.pop()
        if waiter is None:
            return False
        waiter.set_result(turn)
        return True

    def _free_place(self) -> None:
        if not self._hand_over(None):
            self._places += 1

    async def _wait(self, loop: asyncio.AbstractEventLoop, request: Request, *, first: bool) -> LeanConnection | None:
        make_room(self._line, self.config.max_waiting, request, too_many_wait())
        turn: Turn = loop.create_future()
        self._line.join(turn, request, first=first)
        self.watch(request.deadline)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._line.leave()
            elif turn.exception() is None:
                self.give_back(turn.result())
            raise

    async def _dial(self, loop: asyncio.AbstractEventLoop, request: Request) -> LeanConnection:
        """Open a connection in a place already taken; the place is free again when that fails."""
        try:
            connection = await self._dialer.connect(lambda: LeanConnection(self, loop), request)
        except BaseException:
            self._free_place()
            raise
        if self.is_closed or not connection.is_alive:
            connection.abort()
            self._free_place()
            raise UpstreamUnavailable(f"{request.route}: the connection was closed at once.", sent=False)
        # Not before: uvloop never reports the loss of a connection whose connecting was cancelled.
        connection.owns_slot = True
        self.connections.add(connection)
        return connection

    def _tick(self) -> None:
        """Look at everything that has a time, and come again when the next of it is due."""
        loop = self._loop
        if loop is None or self.is_closed:
            return
        self.watched_until = inf
        now = loop.time() + 0.001  # a timer may fire a clock tick early
        due = inf
        for connection in list(self.connections):
            due = min(due, connection.check(now))
        self._idle = [connection for connection in self._idle if connection.is_alive]
        for turn, request in self._line:
            if request.deadline <= now:
                turn.set_exception(too_many_wait())  # no failure of the store's, and none for its breaker to count
                self._line.leave()
            else:
                due = min(due, request.deadline)
        if due < inf:
            self.watch(max(due, now + _MIN_TICK))
