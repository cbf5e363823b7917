"""When calls stop going out, and how they begin again."""

from __future__ import annotations

import asyncio

import pytest

from penstock.errors import UpstreamError, UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable
from penstock.upstream.breaker import BreakingTransport, CircuitBreaker
from penstock.upstream.config import BreakerConfig

from .conftest import call
from .scripted import Outcome, Scripted


class Bench:
    """A breaker over a script, with a clock that stands still."""

    def __init__(self, *outcomes: Outcome | int) -> None:
        self.now = 100.0
        self.inner = Scripted(outcomes)
        self.breaker = CircuitBreaker(BreakerConfig(failures=3, open_seconds=5, probes=1), clock=lambda: self.now)
        self.transport = BreakingTransport(self.inner, self.breaker)

    async def outcome(self) -> int | UpstreamError:
        try:
            return (await self.transport.send(call())).status
        except UpstreamError as error:
            return error

    async def break_open(self) -> None:
        for _ in range(3):
            await self.outcome()


DOWN = UpstreamUnavailable("x", sent=True)


@pytest.mark.parametrize("failure", [502, 503, 504, DOWN, UpstreamTimeout("x")])
async def test_failures_in_a_row_open_it_and_calls_fail_unsent(failure: Outcome | int) -> None:
    bench = Bench(failure)
    await bench.break_open()
    refused = await bench.outcome()

    assert bench.breaker.state == "open"
    assert isinstance(refused, UpstreamUnavailable)
    assert not refused.sent
    assert refused.retry_after == 5
    assert len(bench.inner.requests) == 3


@pytest.mark.parametrize("answer", [200, 404, 422, 429, 500])
async def test_an_answer_in_between_keeps_it_closed(answer: int) -> None:
    bench = Bench(503, 503, answer, 503, 503, answer, 200)
    for _ in range(7):
        await bench.outcome()

    assert bench.breaker.state == "closed"


async def test_a_call_that_came_too_late_to_be_answered_does_not_count() -> None:
    bench = Bench(UpstreamTimeout("x", waited=0.4))
    for _ in range(9):
        await bench.outcome()

    assert bench.breaker.state == "closed"


async def test_answers_that_make_no_sense_do_not_count() -> None:
    bench = Bench(UpstreamInvalid("x"))
    for _ in range(9):
        await bench.outcome()

    assert bench.breaker.state == "closed"


async def test_a_probe_that_is_answered_closes_it() -> None:
    bench = Bench(503, 503, 503, 200)
    await bench.break_open()
    bench.now += 5
    half = bench.breaker.state
    probe = await bench.outcome()

    assert (half, probe, bench.breaker.state) == ("half-open", 200, "closed")
    assert await bench.outcome() == 200


async def test_a_probe_that_fails_opens_it_again() -> None:
    bench = Bench(503, 503, 503, DOWN)
    await bench.break_open()
    bench.now += 5
    await bench.outcome()

    assert bench.breaker.state == "open"
    assert len(bench.inner.requests) == 4


async def test_one_probe_at_a_time_goes_out() -> None:
    bench = Bench(503, 503, 503, 200)
    await bench.break_open()
    bench.now += 5
    bench.inner.gate.clear()
    probe = asyncio.create_task(bench.outcome())
    await asyncio.sleep(0)
    others = [await bench.outcome() for _ in range(5)]
    bench.inner.gate.set()

    assert await probe == 200
    assert all(isinstance(other, UpstreamUnavailable) for other in others)
    assert len(bench.inner.requests) == 4


async def test_a_cancelled_probe_leaves_room_for_the_next() -> None:
    bench = Bench(503, 503, 503, 200)
    await bench.break_open()
    bench.now += 5
    bench.inner.gate.clear()
    probe = asyncio.create_task(bench.outcome())
    await asyncio.sleep(0)
    probe.cancel()
    await asyncio.wait([probe])
    bench.inner.gate.set()

    assert await bench.outcome() == 200


async def test_what_began_before_it_opened_says_nothing_afterwards() -> None:
    bench = Bench(503, 503, 503, 503, 200)
    bench.inner.gate.clear()
    early = [asyncio.create_task(bench.outcome()) for _ in range(5)]
    await asyncio.sleep(0)
    bench.inner.gate.set()
    await asyncio.gather(*early)

    assert bench.breaker.state == "open"
