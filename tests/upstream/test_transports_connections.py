"""Which connection a call gets, how long it waits, and what is never used again."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

import pytest

from penstock.errors import LimitError, PenstockError, UpstreamError, UpstreamUnavailable

from .conftest import Make, call
from .hostile import Behaviour, Peer, Server, always, answer, once, serving


class Gate:
    """Holds every answer back until it is opened."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.arrived = asyncio.Semaphore(0)
        self.targets: list[bytes] = []

    async def __call__(self, peer: Peer) -> None:
        while request := await peer.request():
            self.targets.append(request.split(b" ")[1])
            self.arrived.release()
            await self.open.wait()
            await peer.send(answer(request.split(b" ")[1]))


async def until(server: Server, connections: int) -> None:
    """Wait until the server has so many connections open."""
    while server.open != connections:
        server.departed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.01):
                await server.departed.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def count_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_connections_are_kept_and_used_again(make: Make) -> None:
    async with serving(always(answer())) as server:
        transport = make(server.url)
        for _ in range(5):
            await transport.send(call())

    assert server.connections == 1


async def test_a_peer_that_says_close_is_believed(make: Make) -> None:
    async with serving(always(answer(b"{}", b"Connection: close"))) as server:
        transport = make(server.url)
        for _ in range(3):
            await transport.send(call(method="POST"))

    assert server.connections == 3


@pytest.mark.parametrize("more", [b"X", answer(b"other"), b"HTTP/1.1 200 OK\r\n", b"\x00" * 50])
async def test_a_connection_with_bytes_after_an_answer_is_not_used_again(make: Make, more: bytes) -> None:
    async with serving(always(answer(b"mine") + more)) as server:
        transport = make(server.url)
        bodies = [(await transport.send(call(method=method))).body for method in ("GET", "POST", "GET")]

    assert bodies == [b"mine"] * 3
    assert server.connections == 3


async def test_bytes_out_of_turn_on_an_idle_connection_close_it(make: Make) -> None:
    spoken = asyncio.Event()

    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(b"mine"))
        if peer.index == 0:
            await peer.send(answer(b"not yours"))
            spoken.set()
        if await peer.request():
            await peer.send(answer(b"mine"))

    async with serving(behave) as server:
        transport = make(server.url)
        await transport.send(call())
        await spoken.wait()
        await settle()
        second = await transport.send(call(method="POST"))

    assert second.body == b"mine"
    assert server.connections == 2


async def test_an_idle_connection_that_the_peer_closed_is_not_written_to(make: Make) -> None:
    async with serving(once(answer())) as server:
        transport = make(server.url)
        for _ in range(4):
            await transport.send(call(method="POST"))
            await until(server, 0)

    assert len(server.requests) == 4


def closing_on_second(server_answers: bytes = b"") -> Behaviour:
    """Answers the first request on a connection; on the first connection's second, it closes instead."""

    async def behave(peer: Peer) -> None:
        while await peer.request():
            if peer.index == 0 and peer.server.seen_on.count(0) == 2:
                await peer.send(server_answers)
                return
            await peer.send(answer(b"ok"))

    return behave


async def test_a_read_on_a_stale_connection_is_made_again_on_a_fresh_one(make: Make) -> None:
    async with serving(closing_on_second()) as server:
        transport = make(server.url)
        await transport.send(call())
        second = await transport.send(call())

    assert second.body == b"ok"
    assert server.seen_on == [0, 0, 1]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_write_on_a_stale_connection_is_sent_once(make: Make, method: str) -> None:
    async with serving(closing_on_second()) as server:
        transport = make(server.url)
        await transport.send(call())

        with pytest.raises(UpstreamUnavailable) as failure:
            await transport.send(call(method=method))  # type: ignore[arg-type] # one of the methods

    assert failure.value.sent
    assert server.seen_on == [0, 0]


async def test_a_read_whose_answer_had_begun_is_not_made_again(make: Make) -> None:
    async with serving(closing_on_second(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")) as server:
        transport = make(server.url)
        await transport.send(call())

        with pytest.raises(UpstreamUnavailable):
            await transport.send(call())

    assert server.seen_on == [0, 0]


async def test_a_read_is_made_again_once_only(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        await peer.request()
        if peer.index == 0:
            await peer.send(answer())
            await peer.request()

    async with serving(behave) as server:
        transport = make(server.url)
        await transport.send(call())

        with pytest.raises(UpstreamUnavailable):
            await transport.send(call())

    assert server.seen_on == [0, 0, 1]


async def test_a_fresh_connection_that_closes_without_an_answer_is_unavailable(make: Make) -> None:
    async with serving(once()) as server:
        transport = make(server.url)

        with pytest.raises(UpstreamUnavailable) as failure:
            await transport.send(call())

    assert failure.value.sent
    assert len(server.requests) == 1


async def test_a_reset_in_the_middle_is_unavailable(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")
        peer.reset()

    async with serving(behave) as server:
        transport = make(server.url)

        with pytest.raises(UpstreamUnavailable) as failure:
            await transport.send(call())

    assert failure.value.sent


async def test_a_refused_connection_sent_nothing(make: Make) -> None:
    async with serving(always(answer())) as server:
        url = server.url
    transport = make(url)

    with pytest.raises(UpstreamUnavailable) as failure:
        await transport.send(call(method="POST"))

    assert not failure.value.sent


async def test_no_more_connections_than_allowed_are_opened(make: Make) -> None:
    gate = Gate()
    async with serving(gate) as server:
        transport = make(server.url, max_connections=3)
        calls = [asyncio.create_task(transport.send(call(f"/{number}"))) for number in range(12)]
        for _ in range(3):
            await gate.arrived.acquire()
        gate.open.set()
        answers = await asyncio.gather(*calls)

    assert [response.body for response in answers] == [b"/%d" % number for number in range(12)]
    assert server.most_open == 3


async def test_calls_in_line_are_served_in_the_order_they_came(make: Make) -> None:
    gate = Gate()
    async with serving(gate) as server:
        transport = make(server.url, max_connections=1)
        calls = []
        for number in range(8):
            calls.append(asyncio.create_task(transport.send(call(f"/{number}"))))
            await settle()
        await gate.arrived.acquire()
        gate.open.set()
        await asyncio.gather(*calls)

    assert gate.targets == [b"/%d" % number for number in range(8)]


async def test_a_line_that_is_too_long_is_refused_at_once(make: Make) -> None:
    gate = Gate()
    async with serving(gate) as server:
        transport = make(server.url, max_connections=1, max_waiting=2)
        calls = [asyncio.create_task(transport.send(call())) for _ in range(3)]
        await gate.arrived.acquire()

        with pytest.raises(LimitError) as failure:
            await transport.send(call())
        gate.open.set()
        await asyncio.gather(*calls)

    assert failure.value.public_code == "RATE_LIMITED"
    assert failure.value.retry_after


async def test_calls_that_gave_up_in_line_free_it_and_lose_nothing(make: Make) -> None:
    gate = Gate()
    async with serving(gate) as server:
        transport = make(server.url, max_connections=1, max_waiting=3)
        first = asyncio.create_task(transport.send(call("/first")))
        await gate.arrived.acquire()
        for _ in range(20):
            waiting = asyncio.create_task(transport.send(call("/gone")))
            await settle()
            waiting.cancel()
            await asyncio.wait([waiting])
        last = asyncio.create_task(transport.send(call("/last")))
        await settle()
        gate.open.set()
        answers = await asyncio.gather(first, last)

    assert [response.body for response in answers] == [b"/first", b"/last"]
    assert b"/gone" not in gate.targets


async def test_a_cancelled_call_never_leaves_its_answer_to_the_next(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        while request := await peer.request():
            target = request.split(b" ")[1]
            if target == b"/slow":
                await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nslow")
                begun.set()
                await go_on.wait()
                await peer.send(b"slow")
            else:
                await peer.send(answer(target))

    begun, go_on = asyncio.Event(), asyncio.Event()
    async with serving(behave) as server:
        transport = make(server.url, max_connections=1)
        await transport.send(call("/warm"))
        slow = asyncio.create_task(transport.send(call("/slow")))
        await begun.wait()
        await settle()
        slow.cancel()
        await asyncio.wait([slow])
        go_on.set()
        after = [(await transport.send(call(f"/{number}"))).body for number in range(3)]

    assert slow.cancelled()
    assert after == [b"/0", b"/1", b"/2"]
    assert server.connections == 2


@pytest.mark.parametrize("turns", range(14))
async def test_a_call_cancelled_at_any_turn_of_the_loop_gives_its_place_back(make: Make, turns: int) -> None:
    async with serving(always(answer(b"ok"))) as server:
        transport = make(server.url, max_connections=2)
        for _ in range(4):
            calls = [asyncio.create_task(transport.send(call())) for _ in range(4)]
            for _ in range(turns):
                await asyncio.sleep(0)
            for each in calls:
                each.cancel()
            await asyncio.wait(calls)
        after = await asyncio.gather(*[transport.send(call(seconds=2)) for _ in range(6)])

    assert [response.body for response in after] == [b"ok"] * 6


async def test_idle_connections_are_closed_when_their_time_is_over(make: Make) -> None:
    async with serving(always(answer())) as server:
        transport = make(server.url, keepalive_seconds=0.05, first_byte_timeout=0.06)
        await asyncio.gather(*[transport.send(call()) for _ in range(4)])
        if make.kind == "lean":  # type: ignore[attr-defined] # set by the fixture; httpx closes when it next looks
            await until(server, 0)
        else:
            await asyncio.sleep(0.06)
        await transport.send(call(method="POST"))

    assert server.connections >= 2


async def test_closing_ends_what_is_under_way_and_refuses_what_comes(make: Make) -> None:
    gate = Gate()
    async with serving(gate) as server:
        transport = make(server.url, max_connections=2)
        calls = [asyncio.create_task(transport.send(call())) for _ in range(4)]
        await gate.arrived.acquire()
        await gate.arrived.acquire()
        await transport.aclose()
        gate.open.set()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)

        with pytest.raises(UpstreamUnavailable) as failure:
            await transport.send(call())
        await transport.aclose()

    assert {type(outcome) for outcome in outcomes} == {UpstreamUnavailable}
    assert not failure.value.sent


async def test_closing_an_unused_transport_is_nothing(make: Make) -> None:
    await make("http://127.0.0.1:9").aclose()


async def test_no_descriptor_is_left_behind(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        await peer.request()
        match peer.index % 5:
            case 0:
                await peer.send(answer())
            case 1:
                await peer.send(b"garbage\r\n\r\n")
            case 2:
                await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
            case 3:
                peer.reset()
            case _:
                await peer.until_closed()

    async with serving(behave) as server:
        warm = make(server.url)
        with suppress(UpstreamError):
            await warm.send(call())
        await warm.aclose()
        await settle()
        before = count_descriptors()
        transport = make(server.url, keepalive_seconds=0.0)
        for _ in range(25):
            with suppress(UpstreamError):
                await transport.send(call(method="POST", seconds=0.05))
        await transport.aclose()
        await until(server, 0)
        await settle()
        after = count_descriptors()

    assert after <= before


@pytest.mark.parametrize("target", ["/a b", "/a\r\nX: 1", "/a\x00", "/a\n", "a", "", "/é", "/\x7f", "http://other/"])
async def test_a_target_that_breaks_its_line_is_refused(make: Make, target: str) -> None:
    async with serving(always(answer())) as server:
        transport = make(server.url)

        with pytest.raises(PenstockError):
            await transport.send(call(target))

    assert server.requests == []


async def test_an_ipv6_origin_is_reached(make: Make) -> None:
    async with serving(always(answer()), host="::1") as server:
        await make(server.url).send(call())

    assert b"\r\nhost: [::1]:%d\r\n" % server.port in server.requests[0].lower()


async def test_proxies_of_the_environment_are_not_used(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with serving(always(answer())) as server:
        response = await make(server.url).send(call())

    assert response.status == 200
