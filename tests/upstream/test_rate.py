"""The store's rate: never more in a second, in order, and refused early."""

from __future__ import annotations

import asyncio

import pytest

from penstock.errors import LimitError
from penstock.upstream.config import RateConfig
from penstock.upstream.rate import RateLimitedTransport, RateLimiter
from penstock.upstream.transport import Request, Response

from .conftest import call
from .scripted import Scripted


def limited(**bounds: float) -> tuple[RateLimitedTransport, RateLimiter, Scripted, list[float]]:
    times: list[float] = []

    def note(_: Request) -> Response:
        times.append(asyncio.get_running_loop().time())
        return Response(200, b"")

    inner = Scripted([note])
    limiter = RateLimiter(RateConfig(**bounds))  # type: ignore[arg-type] # numbers all
    return RateLimitedTransport(inner, limiter), limiter, inner, times


async def test_no_window_of_a_second_holds_more_than_the_rate() -> None:
    transport, _, _, times = limited(per_second=100)
    await asyncio.gather(*[transport.send(call()) for _ in range(150)])

    assert times[99] - times[0] < 0.2
    assert all(later - earlier > 0.99 for earlier, later in zip(times, times[100:], strict=False))


async def test_calls_go_in_the_order_they_came() -> None:
    transport, _, inner, _ = limited(per_second=20)
    await asyncio.gather(*[transport.send(call(f"/{number}")) for number in range(30)])

    assert [request.target for request in inner.requests] == [f"/{number}" for number in range(30)]


async def test_a_call_whose_turn_comes_after_its_deadline_is_refused_at_once() -> None:
    transport, _, inner, _ = limited(per_second=2)
    await asyncio.gather(*[transport.send(call()) for _ in range(2)])

    with pytest.raises(LimitError) as failure:
        await transport.send(call(seconds=0.5))

    assert failure.value.public_code == "RATE_LIMITED"
    assert 0.8 < (failure.value.retry_after or 0) <= 1.0
    assert len(inner.requests) == 2


async def test_a_line_that_is_too_long_is_refused_at_once() -> None:
    transport, limiter, _, _ = limited(per_second=1, max_waiting=2)
    await transport.send(call())
    waiting = [asyncio.create_task(transport.send(call())) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(LimitError):
        await transport.send(call())
    for each in waiting:
        each.cancel()
    await asyncio.wait(waiting)

    assert limiter.waiting == 0


async def test_those_who_gave_up_cost_nobody_a_turn() -> None:
    transport, limiter, _, _ = limited(per_second=10)
    await asyncio.gather(*[transport.send(call()) for _ in range(10)])
    gone = [asyncio.create_task(transport.send(call())) for _ in range(50)]
    await asyncio.sleep(0)
    for each in gone:
        each.cancel()
    await asyncio.wait(gone)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await transport.send(call())

    assert loop.time() - begun < 3
    assert limiter.waiting == 0


async def test_closing_lets_those_in_line_go() -> None:
    transport, _, inner, _ = limited(per_second=1)
    await transport.send(call())
    waiting = asyncio.create_task(transport.send(call()))
    await asyncio.sleep(0)
    await transport.aclose()
    await waiting

    assert inner.is_closed
