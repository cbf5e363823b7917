"""Who goes next where several callers wait, and who has to go where the line is full."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.errors import LimitError
from penstock.upstream.config import RateConfig
from penstock.upstream.fair import FairLine, FairSlots
from penstock.upstream.rate import RateLimiter
from penstock.upstream.transport import NO_HEADERS, Request

from .conftest import Make, call
from .hostile import Peer, answer, serving


def of(caller: bytes, target: str = "/", *, seconds: float = 10.0) -> Request:
    deadline = asyncio.get_running_loop().time() + seconds
    return Request("GET", "/", target, NO_HEADERS, deadline, caller=caller)


def stand(line: FairLine[None], caller: bytes, number: int = 1) -> list[asyncio.Future[None]]:
    turns = []
    for _ in range(number):
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.join(turn, of(caller))
        turns.append(turn)
    return turns


async def test_callers_take_turns_and_keep_their_own_order() -> None:
    line: FairLine[None] = FairLine()
    many, few = stand(line, b"many", 4), stand(line, b"few", 2)

    assert [line.pop() for _ in range(7)] == [many[0], few[0], many[1], few[1], many[2], many[3], None]


async def test_who_could_not_use_a_turn_is_first_again() -> None:
    line: FairLine[None] = FairLine()
    stand(line, b"a", 2)
    stand(line, b"b", 2)
    again: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    line.join(again, of(b"b"), first=True)

    assert line.pop() is again


async def test_a_full_line_gives_up_the_last_call_of_who_has_most() -> None:
    line: FairLine[None] = FairLine()
    many = stand(line, b"many", 5)
    stand(line, b"few", 1)

    assert line.shed_for(b"new") is many[-1]
    assert line.shed_for(b"many") is None
    assert line.waiting == 5


async def test_a_line_of_equals_is_full_for_each_of_them() -> None:
    line: FairLine[None] = FairLine()
    for caller in (b"a", b"b", b"c"):
        stand(line, caller)

    assert line.shed_for(b"d") is None


STEPS = st.lists(
    st.tuples(st.sampled_from(["join", "first", "leave", "pop", "shed"]), st.sampled_from([b"a", b"b", b"c"])),
    max_size=300,
)


@given(STEPS)
async def test_whatever_happens_in_a_line_it_knows_who_waits(steps: list[tuple[str, bytes]]) -> None:
    line: FairLine[None] = FairLine()
    waiting: list[asyncio.Future[None]] = []
    loop = asyncio.get_running_loop()
    for step, caller in steps:
        turn: asyncio.Future[None] | None = None
        if step in {"join", "first"}:
            made: asyncio.Future[None] = loop.create_future()
            waiting.append(made)
            line.join(made, of(caller), first=step == "first")
        elif step == "leave" and waiting:
            waiting.pop(len(waiting) // 2).cancel()
            line.leave()
        elif step == "pop":
            turn = line.pop()
            assert (turn is None) == (not waiting)
        elif step == "shed":
            turn = line.shed_for(caller)
        if turn is not None:
            waiting.remove(turn)
            turn.set_result(None)

        assert line.waiting == len(waiting)
        assert Counter(found for found, _ in line) == Counter(waiting)
    drained = [line.pop() for _ in waiting]

    assert Counter(drained) == Counter(waiting)
    assert line.pop() is None


async def test_one_who_asks_for_much_does_not_starve_one_who_asks_for_little() -> None:
    limiter = RateLimiter(RateConfig(per_second=20, max_waiting=1_000))
    served: list[bytes] = []

    async def ask(caller: bytes) -> None:
        await limiter.admit(of(caller, seconds=30))
        served.append(caller)

    hog = [asyncio.create_task(ask(b"hog")) for _ in range(200)]
    await asyncio.sleep(0)
    await asyncio.gather(ask(b"quiet"), ask(b"quiet"))
    for task in hog:
        task.cancel()
    await asyncio.wait(hog)

    assert [place for place, caller in enumerate(served) if caller == b"quiet"] == [21, 23]
    assert limiter.waiting == 0


async def test_a_full_line_lets_another_caller_in_and_tells_the_one_who_goes_when_to_come_back() -> None:
    limiter = RateLimiter(RateConfig(per_second=1, max_waiting=3))
    hog = [asyncio.create_task(limiter.admit(of(b"hog"))) for _ in range(4)]
    await asyncio.sleep(0)
    other = asyncio.create_task(limiter.admit(of(b"other")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert limiter.waiting == 3
    assert not other.done()
    failure = hog[-1].exception()
    assert isinstance(failure, LimitError)
    assert failure.public_code == "RATE_LIMITED"
    assert (failure.retry_after or 0) > 0
    for task in (*hog[1:3], other):
        task.cancel()
    await asyncio.wait([*hog[1:3], other])


async def test_who_is_kept_from_a_turn_until_the_deadline_is_refused_then() -> None:
    limiter = RateLimiter(RateConfig(per_second=5))
    for _ in range(5):
        await limiter.admit(of(b"x"))
    patient = [asyncio.create_task(limiter.admit(of(b"x", seconds=1.35))) for _ in range(6)]
    await asyncio.sleep(0)
    others = [asyncio.create_task(limiter.admit(of(bytes([each]), seconds=30))) for each in range(20)]
    outcomes = await asyncio.gather(*patient, return_exceptions=True)
    for task in others:
        task.cancel()
    await asyncio.wait(others)

    assert isinstance(outcomes[-1], LimitError)
    assert outcomes[0] is None
    assert limiter.waiting == 0


async def test_a_slot_goes_to_the_callers_in_turn() -> None:
    slots = FairSlots(1, 10)
    await slots.acquire(of(b"first"))
    order: list[bytes] = []

    async def use(caller: bytes) -> None:
        await slots.acquire(of(caller))
        order.append(caller)
        slots.release()

    tasks = [asyncio.create_task(use(caller)) for caller in (b"a", b"a", b"a", b"b")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0)
    slots.release()
    await asyncio.wait(tasks)

    assert order == [b"a", b"b", b"a"]


async def test_connections_go_to_the_callers_in_turn(make: Make) -> None:
    released = asyncio.Event()

    async def behave(peer: Peer) -> None:
        while await peer.request():
            await released.wait()
            await peer.send(answer())

    async with serving(behave) as server:
        transport = make(server.url, max_connections=1)
        tasks = [asyncio.create_task(transport.send(of(b"hog", f"/hog/{number}"))) for number in range(20)]
        await server.arrived.wait()
        quiet = asyncio.create_task(transport.send(of(b"quiet", "/quiet")))
        await asyncio.sleep(0)
        released.set()
        await asyncio.wait([*tasks, quiet])

    targets = [request.split(b" ")[1] for request in server.requests]
    assert targets.index(b"/quiet") <= 2
    assert len(targets) == 21


async def test_a_full_line_for_connections_is_fair_too(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.forever()

    async with serving(behave) as server:
        transport = make(server.url, max_connections=1, max_waiting=2)
        hog = [asyncio.create_task(transport.send(of(b"hog"))) for _ in range(3)]
        await server.arrived.wait()
        other = asyncio.create_task(transport.send(of(b"other")))
        await asyncio.wait([hog[2]])
        with pytest.raises(LimitError):
            hog[2].result()
        with pytest.raises(LimitError):
            await transport.send(of(b"hog"))

        assert not other.done()
        for task in (*hog[:2], other):
            task.cancel()
        await asyncio.wait([*hog[:2], other])


async def test_the_gateways_own_calls_are_a_caller_of_their_own() -> None:
    assert call().caller == b""
