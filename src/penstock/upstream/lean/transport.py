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
        self._clock: Callable[[], float] = self._bind

    def now(self) -> float:
        """The event loop's clock."""
        return self._clock()

    def take(self, request: Request, now: float) -> LeanConnection | None:
        """A kept connection on which a call may begin at once, to be given back if none does.

        None where there is no such connection, and where the deadline has passed.
        """
        connection = self._pop(now) if request.deadline > now else None
        if connection is not None and not request.is_safe and _is_readable(connection):
            connection.abort()
            return None
        return connection

    def give_back(self, connection: LeanConnection) -> None:
        """Take back a connection on which nothing was begun."""
        self._pool.give_back(connection)

    def render(self, request: Request) -> bytes:
        """The bytes of a request; see `HeadRenderer.render`."""
        return self._render(request)

    async def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        payload = self._render(request)
        now = self._clock()
        if request.deadline <= now:
            what = f"{request.method} {request.route}"
            raise UpstreamTimeout(f"{what}: its deadline passed before it was sent.", waited=0.0)
        connection = self._pop(now)
        if connection is None or (not request.is_safe and _is_readable(connection)):
            connection, now = await self._another(connection, request)
        waiter = connection.begin(request, payload, now)
        try:
            return await waiter
        except UpstreamUnavailable as error:
            failure = error.with_traceback(None)  # kept in this frame, it would keep this frame
        except asyncio.CancelledError:
            connection.give_up(waiter)
            raise
        return await self.send_again(request, connection, failure)

    async def send_again(self, request: Request, connection: LeanConnection, failure: UpstreamUnavailable) -> Response:
        """Send a call once more whose kept connection was closed before its first byte, if it changes nothing.

        Raises:
            UpstreamUnavailable: The failure, where it means something else; or the second one.
        """
        if connection.uses == 1 or connection.is_answered or not request.is_safe or self._pool.is_closed:
            raise failure
        connection = await self._pool.acquire(request, fresh=True)
        waiter = connection.begin(request, self._render(request), self._clock())
        try:
            return await waiter
        except asyncio.CancelledError:
            connection.give_up(waiter)
            raise

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._pool.aclose()

    async def _another(self, found: LeanConnection | None, request: Request) -> tuple[LeanConnection, float]:
        """A connection from the line; instead of a kept one that the peer has closed in the meantime."""
        if found is not None:
            found.abort()
        connection = await self._pool.acquire(request, fresh=found is not None)
        return connection, self._clock()

    def _bind(self) -> float:
        """The first look at the clock: from now on it is the running event loop's own."""
        self._clock = self._pool.bind()
        return self._clock()


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
