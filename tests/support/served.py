"""The whole product behind a real socket, in front of a store.

Never here: tests.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from penstock.app import Gateway, create_gateway
from penstock.cli.servers import Server, address_of, configure, listen
from penstock.settings import Secret, Settings

ADMIN = "admin-token-of-the-tests"


@dataclass(frozen=True, slots=True)
class Served:
    """A served gateway and a client for it."""

    gateway: Gateway
    client: httpx.AsyncClient
    logged: io.StringIO
    server: Server

    def stop(self) -> None:
        """Let the server stop; the end of `served` waits for it."""
        self.server.should_exit = True

    async def ask(
        self, query: str, variables: object = None, *, bearer: str | None = None, customer: str | None = None
    ) -> dict[str, Any]:
        """The data of an operation that has no errors."""
        body = await self.answer(query, variables, bearer=bearer, customer=customer)
        assert "errors" not in body, body
        data: dict[str, Any] = body["data"]
        return data

    async def answer(
        self, query: str, variables: object = None, *, bearer: str | None = None, customer: str | None = None
    ) -> dict[str, Any]:
        """The whole answer to an operation."""
        headers = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
        headers |= {} if customer is None else {"x-moltin-customer-token": customer}
        answer = await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        body: dict[str, Any] = answer.json()
        return body

    async def reload(self) -> dict[str, Any]:
        """What came of a look at the store's definitions."""
        answer = await self.client.post("/admin/schema/reload", headers={"authorization": f"Bearer {ADMIN}"})
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

    async def serves(self, source: str) -> dict[str, Any]:
        """What ``/readyz`` says once definitions from there serve: a slow machine may begin with a snapshot."""
        async with asyncio.timeout(30):
            while True:
                told: dict[str, Any] = (await self.client.get("/readyz")).json()
                if told["source"] == source:
                    return told
                await asyncio.sleep(0.02)

    async def sdl(self) -> str:
        """The schema as text."""
        return (await self.client.get("/schema.graphql")).text


@asynccontextmanager
async def served(url: str, *, environ: dict[str, str] | None = None, **changes: Any) -> AsyncIterator[Served]:
    """Run a gateway in front of the store at ``url``; ``changes`` are settings by name, ``environ`` has `OTEL_…`."""
    settings = Settings(
        upstream_url=url,
        client_id="sandbox",
        client_secret=Secret("sandbox-secret"),
        admin_token=Secret(ADMIN),
        upstream_rate_limit=0,
        schema_poll_seconds=0,
    )
    logged = io.StringIO()
    gateway = create_gateway(replace(settings, **changes), log_stream=logged, environ=environ or {})
    listener = listen("127.0.0.1", 0)
    server = Server(configure(gateway.app, 1))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.answers.wait()
    await gateway.reloader.first_look(30)  # on a slow machine a gateway listens before it is over
    try:
        async with httpx.AsyncClient(base_url=address_of(listener), timeout=20) as client:
            yield Served(gateway, client, logged, server)
    finally:
        server.should_exit = True
        await task
