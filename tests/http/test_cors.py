"""Pages of named origins may call; pages of others may not."""

from __future__ import annotations

import httpx
import pytest

from penstock.http.asgi import Receive, Scope, Send
from penstock.http.cors import Cors

from .conftest import serve

ORIGIN = "https://shop.example"


async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    headers = [(b"content-length", b"2"), (b"vary", b"Accept")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


async def ask(origins: tuple[str, ...], method: str = "POST", **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    app = Cors(answer, origins)

    async def http_only(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await app(scope, receive, send)

    async with serve(http_only) as url, httpx.AsyncClient(base_url=url) as client:
        return await client.request(method, "/graphql", headers=sent)


async def _live(receive: Receive, send: Send) -> None:
    for word in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{word}.complete"})


async def test_a_preflight_of_a_named_origin_allows_what_it_asks() -> None:
    got = await ask(
        (ORIGIN,),
        "OPTIONS",
        origin=ORIGIN,
        access_control_request_method="POST",
        access_control_request_headers="authorization,content-type",
    )

    assert got.status_code == 204
    assert got.headers["access-control-allow-origin"] == ORIGIN
    assert got.headers["access-control-allow-headers"] == "authorization,content-type"
    assert "POST" in got.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in got.headers


async def test_a_preflight_of_another_origin_allows_nothing() -> None:
    got = await ask((ORIGIN,), "OPTIONS", origin="https://evil.example", access_control_request_method="POST")

    assert not [name for name in got.headers if name.startswith("access-control")]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://shop.example.evil.example"])
async def test_an_answer_to_another_origin_is_not_readable(origin: str) -> None:
    got = await ask((ORIGIN,), origin=origin)

    assert "access-control-allow-origin" not in got.headers
    assert got.headers["vary"] == "Accept, Origin"


async def test_an_answer_to_a_named_origin_is_readable() -> None:
    got = await ask((ORIGIN,), origin=ORIGIN)

    assert got.text == "ok"
    assert got.headers["access-control-allow-origin"] == ORIGIN
    assert "X-Request-ID" in got.headers["access-control-expose-headers"]
    assert got.headers["vary"] == "Accept, Origin"


async def test_a_star_lets_every_origin_read() -> None:
    got = await ask(("*",), origin="https://anywhere.example")

    assert got.headers["access-control-allow-origin"] == "*"
    assert got.headers["vary"] == "Accept"
