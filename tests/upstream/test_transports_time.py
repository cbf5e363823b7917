"""Every timeout, against peers that take their time."""

from __future__ import annotations

import asyncio

import pytest

from penstock.errors import LimitError, UpstreamTimeout, UpstreamUnavailable

from .conftest import Make, call
from .hostile import Behaviour, Peer, answer, serving


async def silent(peer: Peer) -> None:
    await peer.request()
    await peer.forever()


def slow_loris(begin: bytes, more: bytes) -> Behaviour:
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(begin)
        while True:
            await peer.send(more)
            await asyncio.sleep(0.02)

    return behave


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.3])
async def test_the_deadline_is_kept_however_short(make: Make, seconds: float) -> None:
    async with serving(silent) as server:
        transport = make(server.url)
        loop = asyncio.get_running_loop()
        begun = loop.time()

        with pytest.raises(UpstreamTimeout):
            await transport.send(call(seconds=seconds))
        took = loop.time() - begun

    assert seconds - 0.005 <= took < seconds + 2


async def test_a_short_deadline_is_kept_beside_long_ones(make: Make) -> None:
    async with serving(silent) as server:
        transport = make(server.url)
        loop = asyncio.get_running_loop()
        long = [asyncio.create_task(transport.send(call(seconds=20))) for _ in range(3)]
        await asyncio.sleep(0)
        begun = loop.time()
        outcomes = await asyncio.gather(
            *[transport.send(call(seconds=seconds)) for seconds in (0.15, 0.05, 0.1)], return_exceptions=True
        )
        took = loop.time() - begun
        for each in long:
            each.cancel()
        await asyncio.wait(long)

    assert {type(outcome) for outcome in outcomes} == {UpstreamTimeout}
    assert took < 5


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["nothing", "head", "body", "chunks", "interim"],
)
async def test_a_slow_answer_ends_at_the_deadline(make: Make, begin: bytes, more: bytes) -> None:
    if not begin and more == b"H":
        more = b""
    async with serving(slow_loris(begin, more)) as server:
        transport = make(server.url)
        loop = asyncio.get_running_loop()
        begun = loop.time()

        with pytest.raises(UpstreamTimeout):
            await transport.send(call(seconds=0.2))
        took = loop.time() - begun

    assert took < 3


async def test_a_peer_that_never_begins_to_answer_is_given_up_early(make: Make) -> None:
    async with serving(silent) as server:
        transport = make(server.url, first_byte_timeout=0.05)

        with pytest.raises(UpstreamTimeout):
            async with asyncio.timeout(2):
                await transport.send(call(seconds=10))


async def test_an_answer_that_has_begun_may_take_until_the_deadline(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
        for _ in range(4):
            await asyncio.sleep(0.03)
            await peer.send(b"ab")

    async with serving(behave) as server:
        response = await make(server.url, first_byte_timeout=0.06).send(call())

    assert response.body == b"abababab"


async def test_a_peer_that_does_not_read_is_given_up(make: Make) -> None:
    async with serving(Peer.forever) as server:
        transport = make(server.url, write_timeout=0.1)

        with pytest.raises(UpstreamTimeout):
            async with asyncio.timeout(2):
                await transport.send(call(method="PUT", body=bytes(20_000_000)))


async def test_a_large_body_reaches_a_slow_reader_whole(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        await asyncio.sleep(0.05)
        await peer.request()
        await peer.send(answer(b"ok"))

    async with serving(behave) as server:
        transport = make(server.url, first_byte_timeout=5)
        response = await transport.send(call(method="PUT", body=bytes(3_000_000)))

    assert response.body == b"ok"
    assert len(server.requests[0]) > 3_000_000


async def test_a_peer_that_does_not_shake_hands_is_given_up_and_nothing_was_sent(make: Make) -> None:
    async with serving(Peer.forever) as server:
        transport = make(server.url.replace("http:", "https:"), connect_timeout=0.1, max_connections=1)

        for _ in range(3):  # a place lost would leave the second call waiting
            with pytest.raises(UpstreamUnavailable) as failure:
                async with asyncio.timeout(2):
                    await transport.send(call(method="POST"))

            assert not failure.value.sent


async def test_a_deadline_within_the_handshake_is_a_timeout_and_gives_the_place_back(make: Make) -> None:
    async with serving(Peer.forever) as server:
        transport = make(server.url.replace("http:", "https:"), connect_timeout=5, max_connections=1)

        for _ in range(3):
            with pytest.raises(UpstreamTimeout):
                async with asyncio.timeout(2):
                    await transport.send(call(seconds=0.1))


async def test_a_call_cancelled_within_the_handshake_gives_its_place_back(make: Make) -> None:
    async with serving(Peer.forever) as server:
        transport = make(server.url.replace("http:", "https:"), connect_timeout=0.2, max_connections=1)
        for _ in range(3):
            sending = asyncio.create_task(transport.send(call()))
            await asyncio.sleep(0.02)
            sending.cancel()
            await asyncio.wait([sending])

        with pytest.raises(UpstreamUnavailable):
            async with asyncio.timeout(2):
                await transport.send(call())


async def test_waiting_in_line_ends_at_the_deadline(make: Make) -> None:
    async with serving(silent) as server:
        transport = make(server.url, max_connections=1)
        first = asyncio.create_task(transport.send(call()))
        await server.arrived.wait()

        with pytest.raises(LimitError, match="wait"):
            async with asyncio.timeout(2):
                await transport.send(call(seconds=0.05))
        first.cancel()
        await asyncio.wait([first])

    assert len(server.requests) == 1


async def test_a_deadline_that_has_passed_sends_nothing(make: Make) -> None:
    async with serving(silent) as server:
        transport = make(server.url)

        with pytest.raises(UpstreamTimeout):
            await transport.send(call(seconds=-1))

    assert server.connections == 0
