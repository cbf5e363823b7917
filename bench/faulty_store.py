"""A store that fails in every way a store can, a share of the time: what the soak stands in front of.

Never here: load, results.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Fault = Callable[[asyncio.StreamWriter, bytes], Awaitable[bool]]
"""Answers a call badly, given the good answer's body; whether the connection may be used again."""

BOMB = gzip.compress(b"\0" * 40_000_000)
LIST = {"meta": {"results": {"total": 0}}}


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = "".join([f"{header}\r\n" for header in headers])
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode() + body


async def down(writer: asyncio.StreamWriter, _good: bytes) -> bool:
    writer.write(answer(b'{"errors":[{"status":503}]}', "503 Down"))
    return True


async def busy(writer: asyncio.StreamWriter, _good: bytes) -> bool:
    writer.write(answer(b'{"errors":[{"status":429}]}', "429 Busy", "Retry-After: 1"))
    return True


async def broken(writer: asyncio.StreamWriter, _good: bytes) -> bool:
    writer.write(answer(b'{"errors":[{"status":500,"title":"x"}]}', "500 Broken"))
    return True


async def page(writer: asyncio.StreamWriter, _good: bytes) -> bool:
    writer.write(answer(b"<html>Bad gateway</html>", "200 OK", "Content-Type: text/html"))
    return True


async def redirect(writer: asyncio.StreamWriter, _good: bytes) -> bool:
    writer.write(answer(b"", "302 Found", "Location: http://127.0.0.1:1/"))
    return True


async def cut(writer: asyncio.StreamWriter, good: bytes) -> bool:
    writer.write(answer(good)[: -len(good) // 2 - 1])
    return False


async def silent(_writer: asyncio.StreamWriter, _good: bytes) -> bool:
    return False


async def reset(writer: asyncio.StreamWriter, _good: bytes) -> bool:
    writer.transport.abort()
    return False


async def bomb(writer: asyncio.StreamWriter, _good: bytes) -> bool:
    writer.write(answer(BOMB, "200 OK", "Content-Encoding: gzip"))
    return False


async def drip(writer: asyncio.StreamWriter, good: bytes) -> bool:
    for byte in answer(good)[:200]:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)
    return False


async def endless(writer: asyncio.StreamWriter, _good: bytes) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(2_000):
        writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        await writer.drain()
    return False


async def noise(writer: asyncio.StreamWriter, _good: bytes) -> bool:
    writer.write(bytes(random.randrange(256) for _ in range(300)))
    return False


async def late(writer: asyncio.StreamWriter, good: bytes) -> bool:
    await asyncio.sleep(random.uniform(0.05, 0.5))
    writer.write(answer(good))
    return True


async def wrong(writer: asyncio.StreamWriter, _good: bytes) -> bool:
    writer.write(answer(b'{"data":{"id":7,"name":["x"]},"errors":[{"title":"in a success"}]}'))
    return True


FAULTS: list[Fault] = [
    *[down, busy, broken, page, redirect, cut, silent, reset, bomb, drip, endless, noise, late, wrong]
]


class FaultyStore:
    """Customers, addresses and orders of anybody; definitions never fail, so that there is something to serve.

    Args:
        share: Of calls that meet a fault.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self.port = 0
        self.calls: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the calls of one connection."""
        try:
            while await self._call(reader, writer):
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # also at the end of the run, which asyncio's streams would otherwise complain about
        finally:
            writer.close()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        await reader.readexactly(length)
        path = head.split(b" ", 2)[1].decode()
        good, may_fail = self._good(path)
        if may_fail and random.random() < self._share:
            fault = random.choice(FAULTS)
            self.calls[fault.__name__] += 1
            return await fault(writer, good)
        self.calls["good"] += 1
        writer.write(answer(good))
        return True

    def _good(self, path: str) -> tuple[bytes, bool]:
        route = path.partition("?")[0]
        if route == "/oauth/access_token":
            return b'{"access_token":"t","expires_in":3600}', False
        if route.startswith(("/v2/flows", "/v2/settings")):
            return json.dumps({"data": [], **LIST}).encode(), False
        if route.endswith("/addresses"):
            return json.dumps(
                {"data": [{"type": "address", "id": "a", "line_1": "1 Mill Lane"}], **LIST}
            ).encode(), True
        if route == "/v2/orders":
            return json.dumps({"data": [], **LIST}).encode(), True
        if route == "/v2/customers":
            rows = [self._row(f"{number:036d}") for number in range(20)]
            return json.dumps({"data": rows, **LIST}).encode(), True
        return json.dumps({"data": self._row(route.split("/")[3])}).encode(), True

    def _row(self, identity: str) -> dict[str, object]:
        return {"type": "customer", "id": identity, "name": "Ines Okafor", "email": "ines@example.test"}


@asynccontextmanager
async def faulty_store(share: float) -> AsyncIterator[FaultyStore]:
    """Run it on a port of the system's choice."""
    store = FaultyStore(share)
    server = await asyncio.start_server(store.serve, "127.0.0.1", 0, limit=1 << 20)
    store.port = server.sockets[0].getsockname()[1]
    try:
        yield store
    finally:
        server.close()
