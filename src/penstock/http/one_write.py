"""The server's protocol with one write an answer, made when all answers of a turn are ready.

Never here: what is answered.
Source: uvicorn writes the head when the answer starts and the body when it comes; each write is a system call, and
wakes a peer that sleeps.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from penstock.http.asgi import ON_SHUTDOWN, Headers, Send

_LARGEST_HEAD = 64 * 1024
_HEAD_TOO_LARGE_BODY = (
    b'{"errors":[{"message":"The headers are too large; send fewer.","extensions":{"code":"BAD_REQUEST"}}]}'
)
_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b" % (len(_HEAD_TOO_LARGE_BODY), _HEAD_TOO_LARGE_BODY)
)
_HEAD_TOO_LATE = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: application/json\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b"
)
_HEAD_TOO_LATE_BODY = (
    b'{"errors":[{"message":"The head of the request did not come in time.","extensions":{"code":"BAD_REQUEST"}}]}'
)
_STATUS_LINE = b"HTTP/1.1 200 OK\r\n"


class OneWriteTransport(asyncio.Transport):
    """A transport that holds what is written until the next turn of the event loop, then writes it at once.

    Head and body of an answer leave together, and the answers of a turn one right after the other: a peer on this
    machine is woken once for all of them. A stream that starts now and goes on later loses nothing.
    """

    __slots__ = ("_held", "_inner", "_loop")

    def __init__(self, inner: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._inner = inner
        self._loop = loop
        self._held: list[bytes | bytearray | memoryview] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hold the data behind what is held."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)

    def close(self) -> None:
        """Send what is held, then close."""
        self._flush()
        self._inner.close()

    def abort(self) -> None:
        """Close at once."""
        self._held.clear()
        self._inner.abort()

    def is_closing(self) -> bool:
        """Whether it is closing."""
        return self._inner.is_closing()

    def get_extra_info(self, name: str, default: object = None) -> object:
        """What the socket knows."""
        return self._inner.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Read no more for now."""
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._inner.resume_reading()

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who reads."""
        return self._inner.get_protocol()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Someone else reads from now on: nothing of ours may come after what they write."""
        self._flush()
        self._inner.set_protocol(protocol)

    def get_write_buffer_size(self) -> int:
        """Bytes that have not left."""
        return sum(map(len, self._held)) + self._inner.get_write_buffer_size()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """When writing is paused."""
        self._inner.set_write_buffer_limits(high, low)

    def can_write_eof(self) -> bool:
        """Whether one side can be closed alone."""
        return self._inner.can_write_eof()

    def write_eof(self) -> None:
        """Say that nothing more will come."""
        self._flush()
        self._inner.write_eof()

    def _flush(self) -> None:
        held = self._held
        if held:
            self._held = []
            self._inner.write(held[0] if len(held) == 1 else b"".join(held))


class OneWriteProtocol(HttpToolsProtocol):
    """uvicorn's protocol on the C parser, over a `OneWriteTransport`, with bounds for what is no body.

    The parser itself gathers heads and trailers of any size, for as long as they take.

    Attributes:
        head_seconds: Time for the head of a request, from its first byte; the first one's begins with the connection.
    """

    head_seconds = 20.0
    _gathered = 0
    _overdue: asyncio.TimerHandle | None = None
    _before: RequestResponseCycle | None = None

    def data_received(self, data: bytes) -> None:
        """Read on, unless head or trailer have grown beyond all measure."""
        cycle = self.cycle
        held = _bytes_of_body(cycle)
        super().data_received(data)
        if self.cycle is not cycle:
            self._gathered = 0
        elif held < 0 or (len(cycle.body) == held and not cycle.response_complete):
            self._gathered += len(data)
            if self._gathered > _LARGEST_HEAD and not self.transport.is_closing():
                self.transport.write(_HEAD_TOO_LARGE)
                self.transport.close()
        if self._before is not self.cycle:
            if self._overdue is not None:
                self._stop_waiting()
        elif self._overdue is None:
            self._await_head()

    def on_message_begin(self) -> None:
        """A head begins: it is whole when there is a cycle for it."""
        self._before = self.cycle
        super().on_message_begin()

    def connection_made(  # type: ignore[override]  # a stream transport, as uvicorn expects
        self, transport: asyncio.Transport
    ) -> None:
        """A client connected."""
        super().connection_made(OneWriteTransport(transport, self.loop))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left, or was left."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._overdue = self.loop.call_later(self.head_seconds, self._refuse_late)

    def _stop_waiting(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    def _refuse_late(self) -> None:
        """Close, unless an answer is under way: the client has all the time it takes."""
        self._overdue = None
        cycle: object = self.cycle
        if isinstance(cycle, RequestResponseCycle) and not cycle.response_complete:
            self._await_head()
        elif not self.transport.is_closing():
            self.transport.write(_HEAD_TOO_LATE % (len(_HEAD_TOO_LATE_BODY), _HEAD_TOO_LATE_BODY))
            self.transport.close()

    def shutdown(self) -> None:
        """The server stops: an answer that would go on for ever is asked to end."""
        super().shutdown()
        cycle: object = self.cycle  # None before the first request, whatever its type says
        if isinstance(cycle, RequestResponseCycle) and not cycle.response_complete:
            end = cycle.scope.get("state", {}).get(ON_SHUTDOWN)
            if callable(end):
                end()


def _bytes_of_body(cycle: RequestResponseCycle | None) -> int:
    """How much of a request's body waits to be read; -1 where none is coming."""
    return len(cycle.body) if cycle is not None and cycle.more_body else -1


class PlainAnswers:
    """Answers that need nothing from the server but its socket, written without a look at each header again.

    uvicorn checks and joins the headers of every answer anew. For an answer whose head was made here, from constants
    and texts that were checked when they came in, that is the larger part of sending it.

    Args:
        shared: The headers that all these answers have.
    """

    __slots__ = ("_defaults", "_head", "_shared")

    def __init__(self, shared: Headers) -> None:
        self._shared = b"".join([b"%b: %b\r\n" % pair for pair in shared])
        self._defaults: list[tuple[bytes, bytes]] | None = None
        self._head = b""

    def send(self, send: Send, request_id: bytes, body: bytes) -> bool:
        """Answer 200 with a body; False where the answer has to go the common way.

        Args:
            send: The server's own, not a wrapped one, or the common way is taken.
            request_id: Of the characters that may stand in a header.
            body: The whole body.
        """
        cycle = getattr(send, "__self__", None)
        if type(cycle) is not RequestResponseCycle or not _is_plain(cycle):
            return False
        if cycle.default_headers is not self._defaults:
            self._defaults = cycle.default_headers
            defaults = b"".join([b"%b: %b\r\n" % pair for pair in cycle.default_headers])
            self._head = b"%b%b%bx-request-id: " % (_STATUS_LINE, defaults, self._shared)
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.transport.write(b"%b%b\r\ncontent-length: %d\r\n\r\n%b" % (self._head, request_id, len(body), body))
        cycle.message_event.set()
        cycle.on_response()
        return True


def _is_plain(cycle: RequestResponseCycle) -> bool:
    """Whether nothing is under way that the common way would have to mind."""
    return (
        cycle.keep_alive
        and not cycle.response_started
        and not cycle.disconnected
        and not cycle.flow.write_paused
        and not cycle.access_log
    )
