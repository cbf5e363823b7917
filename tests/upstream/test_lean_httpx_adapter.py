"""Code written for httpx, riding on the lean transport."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from penstock.upstream.config import TransportConfig
from penstock.upstream.lean.httpx_adapter import LeanHttpxTransport

from .hostile import Peer, always, answer, once, serving


def client(**bounds: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=LeanHttpxTransport(TransportConfig(**bounds)), trust_env=False)  # type: ignore[arg-type] # numbers


async def test_a_client_sends_its_own_headers_and_reads_json() -> None:
    async with serving(always(answer(b'{"data":1}', b"X-A: 1", b"Set-Cookie: a=b"))) as server, client() as session:
        got = await session.post(f"{server.url}/v2/x?a=1", json={"b": 2}, headers={"authorization": "Bearer t"})
        again = await session.get(f"{server.url}/v2/y")

    first, second = server.requests
    assert got.json() == {"data": 1}
    assert (got.status_code, got.headers["x-a"], str(got.url)) == (200, "1", f"{server.url}/v2/x?a=1")
    assert first.startswith(b"POST /v2/x?a=1 HTTP/1.1\r\n")
    assert first.endswith(b'\r\n\r\n{"b":2}')
    assert first.count(b"user-agent: python-httpx") == first.count(b"host: ") == first.count(b"content-length: ") == 1
    assert b"cookie: a=b" in second
    assert again.status_code == 200
    assert server.connections == 1


async def test_a_packed_answer_is_unpacked_once() -> None:
    packed = answer(gzip.compress(b"text"), b"Content-Encoding: gzip")
    async with serving(always(packed)) as server, client() as session:
        got = await session.get(server.url)

    assert got.content == b"text"


async def test_redirects_are_the_clients_own_business() -> None:
    async def behave(peer: Peer) -> None:
        while request := await peer.request():
            moved = request.startswith(b"GET /a ")
            await peer.send(answer(b"", b"Location: /b", status=b"302 Found") if moved else answer(b"here"))

    async with serving(behave) as server, client() as session:
        stayed = await session.get(f"{server.url}/a")
        followed = await session.get(f"{server.url}/a", follow_redirects=True)

    assert (stayed.status_code, followed.text) == (302, "here")


async def test_a_stream_is_sent_whole_and_an_answer_can_be_streamed() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"cd"

    async with (
        serving(always(answer(b"0123456789"))) as server,
        client() as session,
        session.stream("PUT", server.url, content=pieces()) as got,
    ):
        read = [piece async for piece in got.aiter_bytes(4)]

    assert server.requests[0].endswith(b"content-length: 4\r\n\r\nabcd")
    assert b"".join(read) == b"0123456789"


@pytest.mark.parametrize(
    ("said", "error"),
    [(b"", httpx.ReadError), (b"garbage\r\n\r\n", httpx.RemoteProtocolError)],
)
async def test_failures_are_httpx_own(said: bytes, error: type[Exception]) -> None:
    async with serving(once(said)) as server, client() as session:
        with pytest.raises(error):
            await session.get(server.url)


async def test_a_refused_connection_and_a_silent_peer_are_httpx_own() -> None:
    async with serving(Peer.until_closed) as server, client() as session:
        with pytest.raises(httpx.ReadTimeout):
            await session.get(server.url, timeout=0.05)
    async with client() as session:
        with pytest.raises(httpx.ConnectError):
            await session.get(server.url)
        with pytest.raises(httpx.LocalProtocolError):
            await session.request("CONNECT", server.url)
        with pytest.raises(httpx.LocalProtocolError):
            await session.get(server.url, headers={"x": "a\r\nb: c"})
