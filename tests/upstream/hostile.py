"""A server that does to its clients what a test tells it to, over a real socket."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


class Peer:
    """One accepted connection."""

    def __init__(self, server: Server, index: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.index = index
        self._reader = reader
        self._writer = writer

    async def request(self) -> bytes:
        """The next whole request, or nothing at the end."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            whole = head + await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""
        self.server.requests.append(whole)
        self.server.seen_on.append(self.index)
        self.server.arrived.set()
        return whole

    async def send(self, *pieces: bytes) -> None:
        """Send pieces, each in a segment of its own as far as can be had."""
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()
            if len(pieces) > 1:
                await asyncio.sleep(0)

    async def until_closed(self) -> bytes:
        """Wait until the client closes; what it sent meanwhile."""
        with suppress(ConnectionError):
            return await self._reader.read()
        return b""

    async def forever(self) -> None:
        """Do nothing until the test is over."""
        await asyncio.Event().wait()

    def reset(self) -> None:
        """Close with RST."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        """Close with FIN."""
        self._writer.close()


Behaviour = Callable[[Peer], Awaitable[None]]


@dataclass
class Server:
    """What a test knows of its server."""

    scheme: str = "http"
    port: int = 0
    host: str = "127.0.0.1"
    connections: int = 0
    open: int = 0
    most_open: int = 0
    requests: list[bytes] = field(default_factory=list)
    seen_on: list[int] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    departed: asyncio.Event = field(default_factory=asyncio.Event)
    failures: list[BaseException] = field(default_factory=list)

    @property
    def url(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{name}:{self.port}"


@asynccontextmanager
async def serving(
    behaviour: Behaviour, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", name: str | None = None
) -> AsyncIterator[Server]:
    """Run a server whose every connection behaves so, and end it with the block."""
    server = Server(scheme="http" if tls is None else "https", host=name or host)
    tasks: set[asyncio.Task[None]] = set()
    writers: set[asyncio.StreamWriter] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        index = server.connections
        server.connections += 1
        server.open += 1
        server.most_open = max(server.most_open, server.open)
        try:
            await behaviour(Peer(server, index, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            server.open -= 1
            writer.transport.abort() if tls is not None else writer.close()
            server.departed.set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(handle(reader, writer))
        tasks.add(task)
        writers.add(writer)

    listener = await asyncio.start_server(accept, host, 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
                raise outcome


def answer(body: bytes = b"{}", *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A well-formed answer with a content-length."""
    lines = b"".join([header + b"\r\n" for header in headers])
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n%b\r\n%b" % (status, len(body), lines, body)


def chunked(pieces: Iterable[bytes], *headers: bytes, trailer: bytes = b"") -> bytes:
    """A well-formed answer in chunks."""
    lines = b"".join([header + b"\r\n" for header in headers])
    chunks = b"".join([b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces])
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n%b\r\n%b0\r\n%b\r\n" % (lines, chunks, trailer)


def always(*pieces: bytes, close: bool = False) -> Behaviour:
    """Answer every request with the same bytes."""

    async def behave(peer: Peer) -> None:
        while await peer.request():
            await peer.send(*pieces)
            if close:
                return

    return behave


def once(*pieces: bytes) -> Behaviour:
    """Answer one request with these bytes, then close."""
    return always(*pieces, close=True)
