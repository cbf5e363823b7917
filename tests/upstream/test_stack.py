"""The whole way to an origin, over real sockets."""

from __future__ import annotations

import asyncio
import timeit
from typing import Literal

import pytest

from penstock.errors import LimitError, OperatorError, PenstockError, UpstreamError, UpstreamUnavailable
from penstock.upstream.config import BreakerConfig, RateConfig, RetryConfig, StackConfig, TransportConfig
from penstock.upstream.httpx_transport import HttpxTransport
from penstock.upstream.lean import LeanTransport
from penstock.upstream.observe import ObservedTransport
from penstock.upstream.stack import build_layers, build_stack
from penstock.upstream.transport import Request

from .conftest import call
from .hostile import Peer, always, answer, serving
from .scripted import Scripted


async def skip(_: float) -> None:
    """Wait for nothing."""


async def test_trouble_is_passed_over_and_seen_once() -> None:
    seen: list[tuple[str, object]] = []
    statuses = iter([b"503 Down", b"429 Slow", b"200 OK"])

    async def behave(peer: Peer) -> None:
        while await peer.request():
            await peer.send(answer(b"{}", status=next(statuses)))

    def observe(request: Request, outcome: int | PenstockError, seconds: float) -> None:
        seen.append((request.route, outcome))
        assert seconds >= 0

    async with serving(behave) as server:
        transport = build_stack(StackConfig(server.url), observer=observe, sleep=skip)
        response = await transport.send(call())
        await transport.aclose()

    assert response.status == 200
    assert seen == [("/v2/customers/{id}", 200)]


@pytest.mark.parametrize("kind", ["lean", "httpx"])
async def test_those_who_wait_in_vain_for_a_connection_open_no_breaker(kind: Literal["lean", "httpx"]) -> None:
    go_on = asyncio.Event()

    async def behave(peer: Peer) -> None:
        while await peer.request():
            await go_on.wait()
            await peer.send(answer())

    async with serving(behave) as server:
        bounds = TransportConfig(max_connections=1)
        layers = build_layers(StackConfig(server.url, kind, bounds, breaker=BreakerConfig(failures=3)), sleep=skip)
        slow = asyncio.create_task(layers.transport.send(call()))
        await server.arrived.wait()
        waiting = [layers.transport.send(call(seconds=0.05)) for _ in range(6)]
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        go_on.set()
        response = await slow
        await layers.transport.aclose()

    assert layers.breaker is not None
    assert layers.breaker.state == "closed"
    assert [type(outcome) for outcome in outcomes] == [LimitError] * 6
    assert response.status == 200


@pytest.mark.parametrize(("patience", "state"), [(0.02, "open"), (5.0, "closed")])
@pytest.mark.parametrize("kind", ["lean", "httpx"])
@pytest.mark.parametrize("is_observed", [True, False])
async def test_silence_is_held_against_an_origin_that_had_time(
    kind: Literal["lean", "httpx"], patience: float, state: str, *, is_observed: bool
) -> None:
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.forever()

    async with serving(behave) as server:
        breaker = BreakerConfig(failures=2, patience_seconds=patience)
        observer = (lambda *_: None) if is_observed else None
        layers = build_layers(StackConfig(server.url, kind, breaker=breaker), observer=observer, sleep=skip)
        for _ in range(3):
            with pytest.raises(UpstreamError):
                await layers.transport.send(call(seconds=0.1))
        await layers.transport.aclose()

    assert layers.breaker is not None
    assert layers.breaker.state == state


async def test_an_origin_that_is_down_is_left_alone() -> None:
    async with serving(always(answer())) as server:
        url = server.url
    layers = build_layers(StackConfig(url, breaker=BreakerConfig(failures=4)), sleep=skip)
    seen: list[object] = []
    transport = ObservedTransport(layers.transport, lambda _request, outcome, _seconds: seen.append(outcome))
    for _ in range(8):
        with pytest.raises(UpstreamUnavailable):
            await transport.send(call(method="POST"))
    await transport.aclose()

    assert layers.breaker is not None
    assert layers.breaker.state == "open"
    assert len(seen) == 8


async def test_retries_keep_the_rate() -> None:
    async with serving(always(answer(b"{}", status=b"503 Down"))) as server:
        config = StackConfig(server.url, rate=RateConfig(per_second=3), retry=RetryConfig(max_attempts=3))
        transport = build_stack(config, sleep=skip)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await asyncio.gather(transport.send(call()), transport.send(call()))
        took = loop.time() - begun
        await transport.aclose()

    assert len(server.requests) > 3
    assert took > 0.95


async def test_layers_that_are_off_are_not_there() -> None:
    off = StackConfig(
        "http://127.0.0.1:1", rate=RateConfig(), retry=RetryConfig(max_attempts=1), breaker=BreakerConfig(failures=0)
    )

    assert isinstance(build_stack(off), LeanTransport)


async def test_the_setting_chooses_the_transport() -> None:
    config = StackConfig(
        "http://127.0.0.1:1", "httpx", retry=RetryConfig(max_attempts=1), breaker=BreakerConfig(failures=0)
    )
    transport = build_stack(config)
    await transport.aclose()

    assert isinstance(transport, HttpxTransport)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "ftp://api.example.com",
        "https://",
        "https://user:secret@host",
        "https://host:0",
        "https://host:99999",
        "https://host:abc",
        "https://host/?a=b",
        "https://host/#a",
        "https://ho st/",
        "https://höst/",
        "https://host\r\nX: y",
        "https://[::1",
    ],
)
def test_a_base_url_that_is_none_is_the_operators_fault(url: str) -> None:
    with pytest.raises(OperatorError) as failure:
        build_stack(StackConfig(url))

    assert "secret" not in str(failure.value)


def test_the_layers_cost_little() -> None:
    """A bound ten times above what they need: it fails for a task or a timer a call, not for a busy machine."""

    async def compare() -> float:
        bare = Scripted([200])
        layers = build_layers(StackConfig("http://127.0.0.1:1"))
        retrying = layers.transport
        retrying._inner._inner = bare  # type: ignore[attr-defined] # the network taken out from under the layers
        request = call()

        async def cost(send: object) -> float:
            begun = timeit.default_timer()
            for _ in range(2_000):
                await send(request)  # type: ignore[operator] # a coroutine function
            bare.requests.clear()
            return (timeit.default_timer() - begun) / 2_000

        return min([await cost(retrying.send) for _ in range(5)]) - min([await cost(bare.send) for _ in range(5)])

    assert asyncio.run(compare()) < 10e-6
