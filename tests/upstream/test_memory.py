"""What a refused answer weighs is gone when it has been refused, without the collector."""

from __future__ import annotations

import gc
import gzip
import tracemalloc
from collections.abc import Iterator

import pytest

from penstock.errors import UpstreamError

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
