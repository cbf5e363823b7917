"""The server's protocol with one write an answer: head and body leave together, for one system call instead of two.

Never here: what is answered.
Source: uvicorn writes the head when the answer starts and the body when it comes; each write is a system call.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OneWriteTransport(asyncio.Transport):
    """A transport that holds the first of two writes made in the same turn of the event loop.

    What is held leaves with the next write, and at the latest before the loop waits again: a stream that starts now
    and goes on later loses nothing.
    """

    __slots__ = ("_held", "_inner", "_loop")

    def __init__(self, inner: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._inner = inner
        self._loop = loop
        self._held = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hold the data, or send it behind what is held."""
        if self._held:
            held, self._held = self._held, b""
            self._inner.write(held + data)
        elif data:
            self._held = bytes(data)
            self._loop.call_soon(self._flush)

    def close(self) -> None:
        """Send what is held, then close."""
        self._flush()
        self._inner.close()

    def abort(self) -> None:
        """Close at once."""
        self._held = b""
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
        return len(self._held) + self._inner.get_write_buffer_size()

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
        if self._held:
            held, self._held = self._held, b""
            self._inner.write(held)


class OneWriteProtocol(HttpToolsProtocol):
    """uvicorn's protocol on the C parser, over a `OneWriteTransport`."""

    def connection_made(  # type: ignore[override]  # a stream transport, as uvicorn expects
        self, transport: asyncio.Transport
    ) -> None:
        """A client connected."""
        super().connection_made(OneWriteTransport(transport, self.loop))
