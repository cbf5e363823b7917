"""One token for all: fetched once, kept, forgotten in time, never shown."""

from __future__ import annotations

import asyncio
import json

import pytest

from penstock.errors import OperatorError, UpstreamError, UpstreamInvalid, UpstreamUnavailable
from penstock.upstream.lean import LeanTransport
from penstock.upstream.tokens import ClientCredentials, TokenSource

from .conftest import Make, call
from .hostile import Behaviour, Peer, answer, serving


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def issuing(**extra: object) -> Behaviour:
    async def behave(peer: Peer) -> None:
        while await peer.request():
            token = {
                "access_token": f"t{len(peer.server.requests)}",
                "expires_in": 3600,
                "expires": 1893456000,
                **extra,
            }
            await peer.send(answer(json.dumps(token).encode()))

    return behave


def source(transport: object, clock: Clock, secret: str | None = "s3cret&=") -> TokenSource:
    return TokenSource(transport, ClientCredentials("client", secret), clock=clock)  # type: ignore[arg-type] # a transport


async def test_everybody_shares_one_fetch_and_its_token(make: Make) -> None:
    async with serving(issuing()) as server:
        tokens = source(make(server.url), Clock())
        got = await asyncio.gather(*[tokens.token() for _ in range(20)])
        again = await tokens.token()

    assert {token.value for token in got} == {again.value} == {"t1"}
    assert again.headers.wire == b"authorization: Bearer t1\r\n"
    assert again.expires == 1893456000
    assert server.requests[0].endswith(
        b"\r\n\r\ngrant_type=client_credentials&client_id=client&client_secret=s3cret%26%3D"
    )
    assert b"content-type: application/x-www-form-urlencoded\r\n" in server.requests[0].lower()


async def test_an_implicit_token_is_asked_for_without_a_secret() -> None:
    async with serving(issuing()) as server:
        transport = LeanTransport(server.url)
        await source(transport, Clock(), None).token()
        await transport.aclose()

    assert server.requests[0].endswith(b"\r\n\r\ngrant_type=implicit&client_id=client")


@pytest.mark.parametrize(("seconds", "token"), [(3539, "t1"), (3540, "t2")])
async def test_a_token_is_replaced_a_minute_before_it_expires(seconds: float, token: str) -> None:
    clock = Clock()
    async with serving(issuing()) as server:
        transport = LeanTransport(server.url)
        tokens = source(transport, clock)
        await tokens.token()
        clock.now += seconds
        got = await tokens.token()
        await transport.aclose()

    assert got.value == token


@pytest.mark.parametrize("wrap", [True, False])
async def test_a_wrapped_answer_is_read_too(wrap: bool) -> None:
    flat = {"access_token": "abc", "expires_in": "3600"}

    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(json.dumps({"data": flat} if wrap else flat).encode()))

    async with serving(behave) as server:
        transport = LeanTransport(server.url)
        got = await source(transport, Clock()).token()
        await transport.aclose()

    assert got.value == "abc"
    assert got.use_until == 1_000 + 3540


async def test_a_waiter_that_gives_up_poisons_nobody() -> None:
    go_on = asyncio.Event()

    async def behave(peer: Peer) -> None:
        await peer.request()
        await go_on.wait()
        await peer.send(answer(b'{"access_token":"abc","expires_in":3600}'))

    async with serving(behave) as server:
        transport = LeanTransport(server.url)
        tokens = source(transport, Clock())
        first, second = asyncio.create_task(tokens.token()), asyncio.create_task(tokens.token())
        await server.arrived.wait()
        first.cancel()
        await asyncio.wait([first])
        go_on.set()
        got = await second
        await transport.aclose()

    assert got.value == "abc"
    assert len(server.requests) == 1


async def test_many_refusals_of_one_token_cause_one_fetch() -> None:
    async with serving(issuing()) as server:
        transport = LeanTransport(server.url)
        tokens = source(transport, Clock())
        old = await tokens.token()
        got = []
        for _ in range(5):
            tokens.invalidate(old.value)
            got.append((await tokens.token()).value)
        await transport.aclose()

    assert got == ["t2"] * 5


async def test_a_store_that_refuses_every_token_is_not_asked_for_one_each_time() -> None:
    clock = Clock()
    async with serving(issuing()) as server:
        transport = LeanTransport(server.url)
        tokens = source(transport, clock)
        got = []
        for _ in range(12):
            got.append((await tokens.token()).value)
            tokens.invalidate(got[-1])
            clock.now += 1.0
        await transport.aclose()

    assert got == ["t1", *["t2"] * 5, *["t3"] * 5, "t4"]


@pytest.mark.parametrize("status", [b"400 Bad Request", b"401 Unauthorized", b"403 Forbidden"])
async def test_a_refusal_names_the_setting_and_never_the_secret(status: bytes) -> None:
    async def behave(peer: Peer) -> None:
        while await peer.request():
            await peer.send(answer(b'{"errors":[{"title":"Unauthorized","status":"401"}]}', status=status))

    async with serving(behave) as server:
        transport = LeanTransport(server.url)
        tokens = source(transport, Clock())
        with pytest.raises(OperatorError, match="PENSTOCK_CLIENT_ID") as failure:
            await tokens.token()
        await transport.aclose()

    assert "s3cret" not in str(failure.value) + repr(tokens) + repr(failure.value.__cause__)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{}", b"[]", b'{"access_token":""}', b'{"access_token":5}', b'{"access_token":"a\\r\\nb: c"}'],
)
async def test_an_answer_without_a_usable_token_is_invalid(body: bytes) -> None:
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(body))

    async with serving(behave) as server:
        transport = LeanTransport(server.url)
        with pytest.raises(UpstreamInvalid):
            await source(transport, Clock()).token()
        await transport.aclose()


@pytest.mark.parametrize("status", [b"500 Oops", b"503 Down", b"429 Slow Down"])
async def test_a_failing_endpoint_is_left_alone_for_a_while(status: bytes) -> None:
    clock = Clock()

    async def behave(peer: Peer) -> None:
        while await peer.request():
            await peer.send(answer(b"{}", status=status))

    async with serving(behave) as server:
        transport = LeanTransport(server.url)
        tokens = source(transport, clock)
        for _ in range(10):
            with pytest.raises(UpstreamUnavailable):
                await tokens.token()
        within = len(server.requests)
        clock.now += 1.0
        with pytest.raises(UpstreamError):
            await tokens.token()
        await transport.aclose()

    assert (within, len(server.requests)) == (1, 2)


async def test_closing_lets_waiters_go() -> None:
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.forever()

    async with serving(behave) as server:
        transport = LeanTransport(server.url)
        tokens = source(transport, Clock())
        waiting = asyncio.create_task(tokens.token())
        await server.arrived.wait()
        await tokens.aclose()
        with pytest.raises(UpstreamUnavailable):
            await waiting
        await transport.aclose()


async def test_nothing_secret_shows_in_any_repr() -> None:
    async with serving(issuing(access_token="topsecret")) as server:
        transport = LeanTransport(server.url)
        tokens = source(transport, Clock())
        token = await tokens.token()
        await transport.aclose()

    assert "topsecret" not in repr(token) + repr(tokens) + repr(token.headers) + repr(call("/x", headers=token.headers))
    assert "s3cret" not in repr(ClientCredentials("a", "s3cret"))
