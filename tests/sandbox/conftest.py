"""A sandbox behind a real socket, and a client that holds its tokens."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn

from penstock.sandbox import SandboxSettings, create_sandbox, seeded_login

# Made once: a TLS context costs more than a whole sandbox.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass(slots=True)
class Store:
    """A running sandbox as a test sees it."""

    client: httpx.AsyncClient
    clock: Clock
    url: str
    staff: dict[str, str] = field(default_factory=dict)
    shopper: dict[str, str] = field(default_factory=dict)

    async def sign_in(self, email: str = seeded_login.email, password: str = seeded_login.password) -> dict[str, str]:
        data = {"type": "token", "email": email, "password": password}
        answer = await self.client.post("/v2/customers/tokens", json={"data": data}, headers=self.shopper)
        assert answer.status_code == 200, answer.text
        return {**self.shopper, "X-Moltin-Customer-Token": answer.json()["data"]["token"]}

    async def call(
        self, method: str, path: str, data: Any = None, *, headers: dict[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        """Make a call, as staff unless other headers are given, with `data` in its envelope."""
        if data is not None:
            options["json"] = {"data": data}
        return await self.client.request(method, path, headers=self.staff if headers is None else headers, **options)

    async def token(self, **form: str) -> dict[str, str]:
        answer = await self.client.post("/oauth/access_token", data={"client_id": "sandbox", **form})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@asynccontextmanager
async def run_store(settings: SandboxSettings, clock: Clock | None = None) -> AsyncIterator[Store]:
    clock = clock or Clock()
    app = create_sandbox(settings, clock=clock)
    # Trap: asyncio switches Nagle's algorithm off only for sockets that say they are TCP; else each answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, http="httptools", log_level="warning", lifespan="on")
    config.load()
    server = uvicorn.Server(config)
    # Begun and ended by hand: the server's own loop and its end wait a tenth of a second each.
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(base_url=url, timeout=10, verify=NO_TLS) as client:
            store = Store(client, clock, url)
            store.shopper = await store.token(grant_type="implicit")
            store.staff = await store.token(grant_type="client_credentials", client_secret="sandbox-secret")
            yield store
    finally:
        for listening in server.servers:
            listening.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        await server.lifespan.shutdown()


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with run_store(SandboxSettings()) as running:
        yield running
