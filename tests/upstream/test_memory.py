"""What a refused answer weighs is gone when it has been refused, without the collector."""

from __future__ import annotations

import asyncio
import gc
import gzip
import tracemalloc
from collections.abc import Iterator

import pytest

from penstock.errors import UpstreamError
from penstock.upstream.config import BreakerConfig, StackConfig, TransportConfig
from penstock.upstream.stack import build_layers

from .conftest import Make, call
from .hostile import Peer, answer, serving

CAP = 2_000_000
BOMB = gzip.compress(b"\0" * 20_000_000)


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def endless(peer: Peer) -> None:
    await peer.request()
    await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(100):
        await peer.send(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")


async def bomb(peer: Peer) -> None:
    await peer.request()
    await peer.send(answer(BOMB, b"Content-Encoding: gzip"))


async def broken_off(peer: Peer) -> None:
    await peer.request()
    await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1900000\r\n\r\n" + b"x" * 1_800_000)


@pytest.mark.parametrize("behaviour", [endless, bomb, broken_off])
async def test_a_refused_answer_leaves_nothing_behind(make: Make, behaviour: object, uncollected: None) -> None:
    async with serving(behaviour) as server:  # type: ignore[arg-type] # a behaviour, as the parameters are
        transport = make(server.url, max_body_bytes=CAP)
        with pytest.raises(UpstreamError):
            await transport.send(call())
        tracemalloc.start()
        for _ in range(10):
            with pytest.raises(UpstreamError):
                await transport.send(call())
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert held < 2 * CAP


async def noise(peer: Peer) -> None:
    await peer.request()
    await peer.send(b"no HTTP\r\n\r\n")


async def silence(peer: Peer) -> None:
    await peer.request()


async def too_late(peer: Peer) -> None:
    await peer.request()
    await peer.forever()


async def one_good_answer(peer: Peer) -> None:
    await peer.request()
    await peer.send(answer())


@pytest.mark.parametrize("behaviour", [noise, silence, too_late, one_good_answer, broken_off])
async def test_failed_calls_make_no_circles(behaviour: object) -> None:
    """On a quiet gateway the collector comes every half hour."""

    async def skip(_: float) -> None:
        """Wait for nothing."""

    async def fail(times: int) -> None:
        for _ in range(times):
            try:
                await transport.send(call())
            except UpstreamError as error:
                error.with_traceback(None)  # as whoever tells a client of it does

    async with serving(behaviour) as server:  # type: ignore[arg-type] # a behaviour, as the parameters are
        bounds = TransportConfig(first_byte_timeout=0.02)
        config = StackConfig(server.url, connection=bounds, breaker=BreakerConfig(failures=1_000))
        transport = build_layers(config, observer=lambda *_: None, sleep=skip).transport
        await fail(5)
        await asyncio.sleep(0.01)
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            await fail(10)
            await asyncio.sleep(0.01)
            gc.collect()
            left = {type(each).__qualname__ for each in gc.garbage if type(each).__module__.startswith("penstock")}
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
        await transport.aclose()

    assert left == set()
