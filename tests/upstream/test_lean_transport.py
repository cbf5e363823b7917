"""What only the lean transport promises: the order of its stack, and nothing per call that it does not need."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from penstock.upstream.config import TransportConfig
from penstock.upstream.lean import LeanTransport

from .conftest import call
from .hostile import Peer, always, answer, serving


class Answering(asyncio.Protocol):
    """Answers whatever it reads."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(answer(b"", b"Connection: close"))  # type: ignore[attr-defined] # a stream
        self.transport.close()


@pytest.fixture
async def loop_counts() -> AsyncIterator[dict[str, int]]:
    """Counts the tasks and timers that are made meanwhile."""
    loop: Any = asyncio.get_running_loop()
    counts = {"tasks": 0, "timers": 0}
    call_at = loop.call_at

    def make_task(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any) -> asyncio.Task[Any]:
        counts["tasks"] += 1
        return asyncio.Task(work, loop=loop, **options)

    def make_timer(*arguments: Any, **options: Any) -> asyncio.TimerHandle:
        counts["timers"] += 1
        return call_at(*arguments, **options)

    loop.set_task_factory(make_task)
    loop.call_at = make_timer
    yield counts
    loop.set_task_factory(None)
    loop.call_at = call_at


async def test_a_call_on_a_kept_connection_makes_no_task_and_no_timer(loop_counts: dict[str, int]) -> None:
    async with serving(always(answer())) as server:
        transport = LeanTransport(server.url)
        await transport.send(call())
        before = dict(loop_counts)
        for _ in range(50):
            await transport.send(call())
        after = dict(loop_counts)
        await transport.aclose()

    assert after == before


async def test_the_connection_used_last_is_used_next() -> None:
    async with serving(always(answer())) as server:
        transport = LeanTransport(server.url)
        await asyncio.gather(*[transport.send(call()) for _ in range(4)])
        last = server.seen_on[-1]
        for _ in range(6):
            await transport.send(call())
        await transport.aclose()

    assert server.connections == 4
    assert server.seen_on[4:] == [last] * 6


async def test_a_connection_that_answered_before_it_had_read_is_not_used_again() -> None:
    async def behave(peer: Peer) -> None:
        if peer.index == 0:
            await peer.send(answer(b"too large", status=b"413 Payload Too Large"))
            await peer.forever()
        await always(answer(b"ok"))(peer)

    async with serving(behave) as server:
        transport = LeanTransport(server.url)
        early = await transport.send(call(method="PUT", body=bytes(20_000_000)))
        after = await transport.send(call())
        await transport.aclose()

    assert (early.status, after.body) == (413, b"ok")
    assert server.connections == 2


async def test_a_reset_of_the_line_serves_who_waits_longest() -> None:
    """Connections that die hand their place to the line, so that nobody starves."""

    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(b"ok", b"Connection: close"))

    async with serving(behave) as server:
        transport = LeanTransport(server.url, TransportConfig(max_connections=2))
        answers = await asyncio.gather(*[transport.send(call(f"/{number}", method="POST")) for number in range(30)])
        await transport.aclose()

    assert [response.body for response in answers] == [b"ok"] * 30
    assert server.most_open <= 2 + 1  # the server may accept a place's next connection before it notices the last end


async def test_an_address_that_swallows_packets_leaves_time_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    loop: Any = asyncio.get_running_loop()
    blocked = socket.socket()
    blocked.bind(("127.0.0.2", 0))
    port = blocked.getsockname()[1]
    blocked.listen(0)
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:  # a full backlog drops what comes next, as a blackhole does
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.2", port))

    async def look_up(*_: object, **__: object) -> list[Any]:
        return [(2, 1, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(loop, "getaddrinfo", look_up)
    listener = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", port)
    transport = LeanTransport(f"http://two-addresses.test:{port}", TransportConfig(connect_timeout=0.6))
    try:
        response = await transport.send(call(method="POST"))
    finally:
        await transport.aclose()
        listener.close()
        for each in (*fillers, blocked):
            each.close()
        await asyncio.sleep(0)

    assert response.status == 200
