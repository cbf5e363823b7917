"""A rate that several processes keep together: never more in a second, few questions, and none left behind."""

from __future__ import annotations

import asyncio
import time

import pytest

from penstock.errors import LimitError
from penstock.state import MemoryState
from penstock.upstream.config import RateConfig
from penstock.upstream.rate import RateLimiter
from penstock.upstream.shared_rate import SLACK_SECONDS, SharedRate

from .conftest import call


class Together:
    """Limiters of several processes over one window."""

    def __init__(self, processes: int, per_second: int, latency: float = 0.0) -> None:
        self.asked = 0
        self._latency = latency
        self._per_second = per_second
        self._state = MemoryState(time.monotonic)
        config = RateConfig(per_second=per_second)
        self.limiters = [RateLimiter(config, SharedRate(self._fetch, per_second)) for _ in range(processes)]
        self.begun: list[float] = []

    async def _fetch(self, units: int) -> tuple[int, float]:
        self.asked += 1
        await asyncio.sleep(self._latency)
        grant = await self._state.take("rate", units, limit=self._per_second, seconds=1 + SLACK_SECONDS)
        return grant.amount, grant.wait_seconds

    async def begin(self, process: int, seconds: float = 20.0) -> None:
        limiter, loop = self.limiters[process], asyncio.get_running_loop()
        if not limiter.pass_now(loop.time()):
            await limiter.admit(call(seconds=seconds))
        self.begun.append(loop.time())


async def test_no_second_holds_more_than_the_rate_over_all_processes() -> None:
    together = Together(3, per_second=60)

    await asyncio.gather(*(together.begin(number % 3) for number in range(150)))

    times = sorted(together.begun)
    assert len(times) == 150
    assert all(later - earlier > 0.99 for earlier, later in zip(times, times[60:], strict=False))


async def test_one_process_may_have_all_of_it_at_once() -> None:
    together = Together(3, per_second=60)
    begun = time.monotonic()

    await asyncio.gather(*(together.begin(0) for _ in range(60)))

    assert time.monotonic() - begun < 1.9  # a third of the rate to each process would take two


async def test_not_every_call_asks() -> None:
    together = Together(1, per_second=10_000)
    for _ in range(50):
        await asyncio.gather(*(together.begin(0) for _ in range(20)))

    assert len(together.begun) == 1000
    assert together.asked < 100


async def test_a_slow_answer_lets_calls_through_all_the_same() -> None:
    together = Together(2, per_second=1000, latency=0.1)

    await asyncio.gather(*(together.begin(number % 2) for number in range(20)))

    assert len(together.begun) == 20


async def test_a_call_that_others_leave_no_room_for_is_refused_at_its_deadline() -> None:
    together = Together(2, per_second=5)
    await asyncio.gather(*(together.begin(0) for _ in range(5)))

    with pytest.raises(LimitError) as failure:
        await together.begin(1, seconds=0.2)

    assert failure.value.public_code == "RATE_LIMITED"
    assert failure.value.retry_after == 1.0
    assert together.limiters[1].waiting == 0


async def test_a_closed_limiter_leaves_nobody_waiting() -> None:
    together = Together(2, per_second=1)
    await together.begin(0)
    waiting = asyncio.create_task(together.begin(1))
    await asyncio.sleep(0.01)

    together.limiters[1].close()

    await asyncio.wait_for(waiting, 5)
