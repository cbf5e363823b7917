"""The lean transport itself: a call gets a connection, is written, and is answered or fails.

Never here: retries of answers, statuses, GraphQL words.
Source: PERFORMANCE §2, §3; CONTRACT §5 (a write is sent once).
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable

from penstock.errors import UpstreamTimeout, UpstreamUnavailable
from penstock.upstream.config import TransportConfig
from penstock.upstream.lean.connection import LeanConnection
from penstock.upstream.lean.head import HeadRenderer
from penstock.upstream.lean.pool import Pool
from penstock.upstream.origin import parse_origin, tls_context
from penstock.upstream.transport import Request, Response


class LeanTransport:
    """Calls to one origin over kept HTTP/1.1 connections; see the package's description.

    Args:
        base_url: ``http(s)://host[:port][/prefix]``.
        config: Bounds; see `TransportConfig`.
        has_defaults: Whether accept, accept-encoding and user-agent are added to every request.

    Raises:
        OperatorError: The URL or the file of authorities cannot be used.
    """

    __slots__ = ("_clock", "_pool", "_pop", "_render")

    def __init__(self, base_url: str, config: TransportConfig | None = None, *, has_defaults: bool = True) -> None:
        config = config or TransportConfig()
        origin = parse_origin(base_url)
        self._pool = Pool(origin, config, tls_context(origin, config.ca_file))
        self._pop = self._pool.pop
        self._render = HeadRenderer(origin, config, has_defaults=has_defaults).render
        self._clock: Callable[[], float] | None = None

    async def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        payload = self._render(request)
        clock = self._clock
        if clock is None:
            clock = self._clock = self._pool.bind()
        now = clock()
        if request.deadline <= now:
            raise UpstreamTimeout(f"{request.method} {request.route}: its deadline passed before it was sent.")
        connection = self._pop(now)
        if connection is None or (not request.is_safe and _is_readable(connection)):
            connection, now = await self._another(connection, request, clock)
        waiter = connection.begin(request, payload, now)
        try:
            return await waiter
        except UpstreamUnavailable:
            # Only a kept connection that was closed before its first byte, and only a call that changes nothing.
            if connection.uses == 1 or connection.is_answered or not request.is_safe or self._pool.is_closed:
                raise
        except asyncio.CancelledError:
            if connection.is_waited_for_by(waiter):
                connection.abort()
            raise
        return await self._send_fresh(request, payload, clock)

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._pool.aclose()

    async def _another(
        self, found: LeanConnection | None, request: Request, clock: Callable[[], float]
    ) -> tuple[LeanConnection, float]:
        """A connection from the line; instead of a kept one that the peer has closed in the meantime."""
        if found is not None:
            found.abort()
        connection = await self._pool.acquire(request, fresh=found is not None)
        return connection, clock()

    async def _send_fresh(self, request: Request, payload: bytes, clock: Callable[[], float]) -> Response:
        connection = await self._pool.acquire(request, fresh=True)
        waiter = connection.begin(request, payload, clock())
        try:
            return await waiter
        except asyncio.CancelledError:
            if connection.is_waited_for_by(waiter):
                connection.abort()
            raise


def _is_readable(connection: LeanConnection) -> bool:
    """Whether something waits to be read on an idle connection: its end, or nothing that was asked for.

    A write is sent once whatever happens, so that it pays to look before; a read is simply sent again.
    """
    descriptor = connection.fileno()
    if descriptor < 0:
        return True
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
