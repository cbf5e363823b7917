"""What is made again, how often, how soon, and what never is."""

from __future__ import annotations

import pytest

from penstock.errors import LimitError, UpstreamError, UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable
from penstock.upstream.config import RetryConfig
from penstock.upstream.retry import RetryingTransport
from penstock.upstream.transport import Method, Request, Response

from .conftest import call
from .scripted import Outcome, Scripted

WRITES: list[Method] = ["POST", "PUT", "DELETE", "PATCH"]


class Bench:
    """A retrying transport over a script, with the waits it asked for."""

    def __init__(self, *outcomes: Outcome | int, draw: float = 0.5, **bounds: float) -> None:
        self.inner = Scripted(outcomes)
        self.waits: list[float] = []
        config = RetryConfig(**bounds)  # type: ignore[arg-type] # numbers all
        self.transport = RetryingTransport(self.inner, config, random=lambda: draw, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def outcome(self, request: Request) -> int | type[Exception]:
        try:
            return (await self.transport.send(request)).status
        except UpstreamError as error:
            return type(error)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_read_is_made_again_after_passing_trouble(status: int) -> None:
    bench = Bench(status, status, 200)

    assert await bench.outcome(call()) == 200
    assert len(bench.inner.requests) == 3


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 409, 422, 500, 501])
async def test_any_other_answer_is_the_answer(status: int) -> None:
    bench = Bench(status, 200)

    assert await bench.outcome(call()) == status
    assert len(bench.inner.requests) == 1


async def test_a_read_that_got_no_answer_is_made_again() -> None:
    bench = Bench(UpstreamUnavailable("x", sent=True), 200)

    assert await bench.outcome(call()) == 200


@pytest.mark.parametrize("error", [UpstreamTimeout("x"), UpstreamInvalid("x")])
async def test_a_read_that_timed_out_or_made_no_sense_is_not_made_again(error: Exception) -> None:
    bench = Bench(error, 200)

    assert await bench.outcome(call()) is type(error)
    assert len(bench.inner.requests) == 1


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize(
    "outcome",
    [401, 429, 500, 502, 503, 504, UpstreamUnavailable("x", sent=True), UpstreamTimeout("x"), UpstreamInvalid("x")],
)
async def test_a_write_is_sent_once_whatever_comes_back(method: Method, outcome: Outcome | int) -> None:
    bench = Bench(outcome, 200)

    assert await bench.outcome(call(method=method)) != 200
    assert len(bench.inner.requests) == 1


@pytest.mark.parametrize("method", WRITES)
async def test_a_write_of_which_nothing_left_is_made_again(method: Method) -> None:
    bench = Bench(UpstreamUnavailable("x", sent=False), 503, 200)

    assert await bench.outcome(call(method=method)) == 503
    assert len(bench.inner.requests) == 2


async def test_an_open_breaker_is_not_asked_again() -> None:
    bench = Bench(UpstreamUnavailable("x", sent=False, retry_after=0.5), 200)

    assert await bench.outcome(call()) is UpstreamUnavailable
    assert bench.waits == []


async def test_waits_are_drawn_below_a_bound_that_doubles() -> None:
    bench = Bench(503, 503, 503, 200, draw=0.5, max_attempts=4, base_seconds=0.1)
    await bench.outcome(call())

    assert bench.waits == pytest.approx([0.05, 0.1, 0.2])


async def test_no_drawn_wait_exceeds_its_bound() -> None:
    bench = Bench(503, draw=0.999, max_attempts=4, base_seconds=4, max_wait_seconds=5, budget_reserve=9)
    await bench.outcome(call(seconds=60))

    assert max(bench.waits) <= 5


async def test_the_wait_that_upstream_asks_for_is_kept() -> None:
    bench = Bench(Response(429, b"", ((b"retry-after", b"2"),)), 200, draw=0.0)
    await bench.outcome(call())

    assert bench.waits == [2.0]


async def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    bench = Bench(Response(429, b"", ((b"retry-after", b"20"),)), 200)

    assert await bench.outcome(call(seconds=10)) == 429
    assert bench.waits == []


@pytest.mark.parametrize("queries", [10, 40, 200])
async def test_while_everything_fails_at_most_one_and_a_half_calls_a_query_go_out(queries: int) -> None:
    bench = Bench(503)
    for _ in range(queries):
        await bench.outcome(call())

    assert len(bench.inner.requests) <= 1.5 * queries


async def test_a_budget_that_was_used_up_fills_again_with_calls() -> None:
    bench = Bench(*[503] * 60, 200)
    while await bench.outcome(call()) != 200:
        pass
    for _ in range(20):
        await bench.outcome(call())
    bench.inner._outcomes.append(Response(200, b""))
    before = len(bench.inner.requests)

    assert await bench.outcome(call()) == 200
    assert len(bench.inner.requests) == before + 1


async def test_a_retry_pays_the_rate_and_gives_up_when_refused() -> None:
    bench = Bench(503, 200)

    async def refuse(_: Request) -> None:
        raise LimitError("x", "RATE_LIMITED")

    bench.transport._before_again = refuse

    assert await bench.outcome(call()) == 503
    assert len(bench.inner.requests) == 1
