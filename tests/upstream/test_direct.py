"""The short way through the stack and the long one: whatever the origin does, nobody can tell them apart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from penstock.errors import PenstockError
from penstock.upstream.config import BreakerConfig, RateConfig, StackConfig, TransportConfig
from penstock.upstream.direct import DirectTransport
from penstock.upstream.stack import build_layers
from penstock.upstream.transport import Method, Request, Transport

from .conftest import call
from .hostile import Peer, answer, serving

Script = list[bytes | None]
"""What the origin does to one call after the other: answers, or closes without a word."""


@dataclass
class Told:
    """Everything that can be seen of a run."""

    outcomes: list[object] = field(default_factory=list)
    observed: list[object] = field(default_factory=list)
    requests: int = 0
    connections: int = 0
    breaker: object = None
    waits: list[float] = field(default_factory=list)


async def run(script: Script, methods: list[Method], choose: Callable[[Transport], Transport]) -> Told:
    told = Told()
    left = iter(script)

    async def behave(peer: Peer) -> None:
        while await peer.request():
            said = next(left, answer(b'"end"'))
            if said is None:
                return
            await peer.send(said)
            if said is CUT:
                return

    def observe(request: Request, outcome: int | PenstockError, _seconds: float) -> None:
        told.observed.append((request.method, outcome if isinstance(outcome, int) else type(outcome).__name__))

    async def sleep(seconds: float) -> None:
        told.waits.append(seconds)

    async with serving(behave) as server:
        config = StackConfig(
            server.url,
            breaker=BreakerConfig(failures=4),
            rate=RateConfig(per_second=1_000),
            connection=TransportConfig(max_connections=1),
        )
        layers = build_layers(config, observer=observe, random=lambda: 0.5, sleep=sleep, clock=lambda: 7.0)
        transport = choose(layers.transport)
        for method in methods:
            try:
                response = await transport.send(call(method=method))
                told.outcomes.append((response.status, response.body))
            except PenstockError as error:
                told.outcomes.append((type(error).__name__, str(error)))
        await transport.aclose()
    assert layers.breaker is not None
    told.requests, told.connections = len(server.requests), server.connections
    told.breaker = (layers.breaker.state, layers.breaker.failures, layers.breaker.era)
    return told


OK = answer(b"{}")
DOWN = answer(b"{}", status=b"503 Down")
SLOW = answer(b"{}", b"Retry-After: 2", status=b"429 Slow")
CUT = OK[:-1]
NONSENSE = b"this is no HTTP\r\n\r\n"
SCRIPTS: dict[str, Script] = {
    "all is well": [OK, OK, OK],
    "one failure": [OK, DOWN, OK, OK],
    "trouble to the end of the attempts": [OK, DOWN, DOWN, DOWN, OK, OK],
    "asked to wait": [OK, SLOW, OK, SLOW, SLOW, SLOW, OK],
    "closed before a byte": [OK, None, OK, None, OK],
    "closed twice": [OK, None, None, OK, OK],
    "closed for good": [OK, *[None] * 40],
    "down for good": [OK, *[DOWN] * 40],
    "nonsense": [OK, NONSENSE, OK, NONSENSE, OK],
    "closed in the middle": [OK, CUT, OK, OK],
    "not found": [OK, answer(b"{}", status=b"404 Gone"), OK],
}


@pytest.mark.parametrize(
    "methods", [["GET"] * 7, ["GET", *["POST"] * 6], ["GET", "PUT", "GET", "DELETE", "GET", "GET"]]
)
@pytest.mark.parametrize("name", SCRIPTS)
async def test_both_ways_do_the_same(name: str, methods: list[Method]) -> None:
    def whole(transport: Transport) -> Transport:
        assert isinstance(transport, DirectTransport)
        return transport._whole

    long = await run(SCRIPTS[name], methods, whole)
    short = await run(SCRIPTS[name], methods, lambda transport: transport)

    assert short == long
    assert len(short.observed) == len(methods)


async def test_a_call_given_up_leaves_no_dirty_connection() -> None:
    asked, released = asyncio.Event(), asyncio.Event()

    async def behave(peer: Peer) -> None:
        while await peer.request():
            if len(peer.server.requests) == 2:
                asked.set()
                await released.wait()
            await peer.send(answer(b"%d" % len(peer.server.requests)))

    seen: list[object] = []
    async with serving(behave) as server:
        transport = build_layers(StackConfig(server.url), observer=lambda *told: seen.append(told)).transport
        await transport.send(call())
        given_up = asyncio.create_task(transport.send(call()))
        await asked.wait()
        given_up.cancel()
        await asyncio.wait([given_up])
        released.set()
        response = await transport.send(call())
        await transport.aclose()

    assert response.body == b"3"
    assert server.connections == 2
    assert len(seen) == 2


async def test_a_target_that_cannot_be_sent_is_told_of_and_costs_no_connection() -> None:
    seen: list[object] = []
    async with serving(lambda peer: _answer_all(peer)) as server:
        transport = build_layers(StackConfig(server.url), observer=lambda *told: seen.append(told)).transport
        await transport.send(call())
        with pytest.raises(PenstockError):
            await transport.send(call("/a b"))
        await transport.send(call())
        await transport.aclose()

    assert server.connections == 1
    assert len(seen) == 3


async def _answer_all(peer: Peer) -> None:
    while await peer.request():
        await peer.send(OK)
