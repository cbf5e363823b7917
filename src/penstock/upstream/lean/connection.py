"""One connection: a request written, its answer read, its deadlines kept, and never a dirty one given back.

Never here: which connection a call gets, what bytes mean.
Source: RFC 9112 §9 (connection management).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import Protocol

from penstock.errors import PenstockError, UpstreamError, UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable
from penstock.upstream.config import TransportConfig
from penstock.upstream.lean.answer import AnswerReader
from penstock.upstream.transport import Request, Response


class Owner(Protocol):
    """Who a connection reports to."""

    config: TransportConfig
    watched_until: float
    """When it looks at its connections next, on the loop's clock."""

    def lost(self, connection: LeanConnection) -> None:
        """Its socket is closed; the connection is of no more use."""
        ...

    def release(self, connection: LeanConnection) -> None:
        """It has answered and may be used again."""
        ...

    def post(self, connection: LeanConnection) -> None:
        """`LeanConnection.write_out` wants to be called with everybody else's, in this turn of the event loop."""
        ...

    def watch(self, due: float) -> None:
        """`LeanConnection.check` wants to be called at this time of the loop's clock."""
        ...


def _write_nothing(_data: bytes | bytearray | memoryview) -> None:
    """What a lost connection writes."""


class LeanConnection(asyncio.Protocol):
    """The asyncio protocol of one connection; one call at a time.

    Attributes:
        is_alive: Whether a call may begin on it.
        is_answered: Whether a byte of the present call's answer has come.
        owns_slot: Whether losing it frees a place in the pool.
        uses: Calls begun on it.
    """

    __slots__ = (
        "_config",
        "_deadline",
        "_due",
        "_first_byte_timeout",
        "_is_blocked",
        "_loop",
        "_owner",
        "_payload",
        "_reader",
        "_request",
        "_started",
        "_transport",
        "_waiter",
        "_write",
        "is_alive",
        "is_answered",
        "owns_slot",
        "uses",
    )

    def __init__(self, owner: Owner, loop: asyncio.AbstractEventLoop) -> None:
        self._owner = owner
        self._config = owner.config
        self._first_byte_timeout = owner.config.first_byte_timeout
        self._loop = loop
        self._reader = AnswerReader(owner.config)
        self._waiter: asyncio.Future[Response] | None = None
        self._request: Request | None = None
        self._transport: asyncio.Transport | None = None
        self._payload = b""
        self._write: Callable[[bytes | bytearray | memoryview], None] = _write_nothing
        self._deadline = self._due = inf
        self._started = loop.time()
        self._is_blocked = self.is_alive = self.is_answered = self.owns_slot = False
        self.uses = 0

    def begin(self, request: Request, payload: bytes, now: float) -> asyncio.Future[Response]:
        """Send a request with all others of this turn of the event loop; the future holds its answer.

        The connection must be alive and idle. From here on, a byte may have left.
        """
        waiter = self._waiter = self._loop.create_future()
        owner = self._owner
        self._request = request
        self._reader.reset(is_head_only=request.method == "HEAD")
        self._started = now
        self._deadline = due = request.deadline
        first_byte = now + self._first_byte_timeout
        if first_byte < due:
            due = first_byte
        self._due = due
        self.is_answered = False
        self.uses += 1
        if due < owner.watched_until:
            owner.watch(due)
        self._payload = payload
        owner.post(self)
        return waiter

    def write_out(self) -> None:
        """Write the request that was begun, unless the connection is gone by now."""
        payload, self._payload = self._payload, b""
        if self.is_alive and payload:
            self._write(payload)

    def give_up(self, waiter: asyncio.Future[Response]) -> None:
        """Say that nobody waits for this answer any more: the connection is of no use while it is under way."""
        if self._waiter is waiter:
            self.abort()

    def is_unused_since(self, now: float) -> bool:
        """Whether it has been kept longer than it may be."""
        return now - self._started > self._config.keepalive_seconds

    def fileno(self) -> int:
        """The socket's descriptor; -1 when there is none any more."""
        sock = self._transport.get_extra_info("socket") if self._transport is not None else None
        return -1 if sock is None else int(sock.fileno())

    def abort(self) -> None:
        """Close at once, whatever is under way."""
        self.is_alive = False
        if self._transport is not None:
            self._transport.abort()

    def fail(self, error: PenstockError) -> None:
        """End the call under way with an error, and the connection with it."""
        waiter, self._waiter = self._waiter, None
        self.abort()
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)

    def check(self, now: float) -> float:
        """Enforce what is due by now; the time of the next check."""
        if self._waiter is None:
            expiry = self._started + self._config.keepalive_seconds
            if expiry > now:
                return expiry
            self.abort()
            return inf
        if self._due > now:
            return self._due
        if self._deadline <= now:
            return self._time_out("was not answered by its deadline")
        if self._is_blocked:
            return self._time_out(f"could not be written within {self._config.write_timeout} s")
        if not self.is_answered:
            return self._time_out(f"had no answer begun within {self._config.first_byte_timeout} s")
        self._due = self._deadline
        return self._due

    # The event loop calls what follows.

    def connection_made(  # type: ignore[override] # a stream transport, which uvloop's is without inheriting it
        self, transport: asyncio.Transport
    ) -> None:
        """The connection stands, TLS included."""
        self._transport = transport
        self._write = transport.write
        # Blocked means: a byte of the request is still here. A connection in that state is never used again.
        transport.set_write_buffer_limits(high=1, low=0)
        self.is_alive = True

    def data_received(self, data: bytes) -> None:
        """Bytes came: of the answer, or out of turn."""
        waiter = self._waiter
        if waiter is None:
            self.abort()
            return
        self.is_answered = True
        reader = self._reader
        try:
            reader.feed(data)
            if not reader.done:
                return
            response = reader.take()
        except UpstreamInvalid as error:
            self.fail(UpstreamInvalid(f"{self._what()}: {error}"))
            return
        self._waiter = self._request = None
        if reader.keep_alive and not reader.is_dirty and not self._is_blocked and self.is_alive:
            self._owner.release(self)
        else:
            self.abort()
        if not waiter.done():
            waiter.set_result(response)

    def eof_received(self) -> bool:
        """The peer will send no more; the loop closes the transport."""
        self.is_alive = False
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed: the answer may be whole by that, or never will be."""
        self.is_alive = False
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            outcome = self._outcome(exc)
            if isinstance(outcome, Response):
                waiter.set_result(outcome)
            else:
                waiter.set_exception(outcome)
        self._request = self._transport = None
        self._write = _write_nothing  # the transport knows us: neither should wait for the collector
        self._reader.drop()
        self._owner.lost(self)

    def pause_writing(self) -> None:
        """The peer does not take the request as fast as it is written."""
        self._is_blocked = True
        self._due = min(self._deadline, self._loop.time() + self._config.write_timeout)
        self._owner.watch(self._due)

    def resume_writing(self) -> None:
        """The peer has taken all of it."""
        self._is_blocked = False
        self._due = min(self._deadline, self._loop.time() + self._config.first_byte_timeout)
        self._owner.watch(self._due)

    def _outcome(self, exc: Exception | None) -> Response | UpstreamError:
        if exc is None and self._reader.finish():
            try:
                return self._reader.take()
            except UpstreamInvalid as error:
                return UpstreamInvalid(f"{self._what()}: {error}")
        when = "in the middle of the answer" if self.is_answered else "before it answered"
        why = "" if exc is None else f" ({type(exc).__name__})"
        broken = UpstreamUnavailable(f"{self._what()}: the connection was closed {when}{why}.", sent=True)
        broken.__cause__ = exc
        return broken

    def _time_out(self, how: str) -> float:
        self.fail(UpstreamTimeout(f"{self._what()} {how}.", waited=self._loop.time() - self._started))
        return inf

    def _what(self) -> str:
        request = self._request
        return "A call" if request is None else f"{request.method} {request.route}"
