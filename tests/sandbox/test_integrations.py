"""Webhooks, delivered to a real listener."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from penstock.sandbox import SandboxSettings, seeded_login

from .conftest import Store, run_store

CUSTOMER = f"/v2/customers/{seeded_login.customer_id}"


@dataclass(slots=True)
class Hook:
    """A webhook on a socket; it answers with the next of its statuses, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: asyncio.Queue[tuple[dict[str, str], Any]] = field(default_factory=asyncio.Queue)

    async def take(self) -> tuple[dict[str, str], Any]:
        return await asyncio.wait_for(self.received.get(), 5)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        status = self.statuses.pop(0) if self.statuses else 200
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        self.received.put_nowait((headers, body))


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    server = await asyncio.start_server(hook.answer, "127.0.0.1", 0)
    hook.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        yield hook


async def observe(store: Store, hook: Hook, *events: str) -> str:
    data = {
        "type": "integration",
        "name": "gateway cache",
        "enabled": True,
        "integration_type": "webhook",
        "observes": list(events),
        "configuration": {"url": hook.url, "secret_key": "s3cret"},
    }
    answer = await store.call("POST", "/v2/integrations", data)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


async def test_a_change_reaches_the_webhook_with_the_secret(store: Store, hook: Hook) -> None:
    await observe(store, hook, "customer.updated")

    await store.call("PUT", CUSTOMER, {"type": "customer", "delivery_details": "bin"})

    headers, body = await hook.take()
    assert headers["x-moltin-secret-key"] == "s3cret"
    assert headers["x-moltin-integration-trigger"] == "customer.updated"
    assert body["payload"]["data"]["id"] == seeded_login.customer_id
    assert json.loads(body["resources"]) == body["payload"]
    assert body["attempt"] == 1


async def test_a_deletion_carries_the_bare_reference(store: Store, hook: Hook) -> None:
    await observe(store, hook, "customer.deleted")

    await store.call("DELETE", CUSTOMER)

    _, body = await hook.take()
    assert body["payload"] == body["resources"] == {"type": "customer", "id": seeded_login.customer_id}


async def test_a_failed_delivery_is_tried_again_later(store: Store, hook: Hook) -> None:
    hook.statuses.append(500)
    integration = await observe(store, hook, "customer.updated")
    await store.call("PUT", CUSTOMER, {"type": "customer", "delivery_details": "bin"})
    _, first = await hook.take()

    store.clock.advance(2)

    _, second = await hook.take()
    assert (first["id"], first["attempt"], second["attempt"]) == (second["id"], 1, 2)
    logs = await store.call("GET", f"/v2/integrations/{integration}/logs")
    assert logs.json()["data"][-1]["status_code"] == 500


async def test_a_slow_webhook_holds_up_its_own_deliveries_only(store: Store, hook: Hook) -> None:
    stuck: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def never_answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stuck.put_nowait(writer)

    async with await asyncio.start_server(never_answer, "127.0.0.1", 0) as server:
        slow = Hook(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await observe(store, slow, "customer.updated")
        await store.call("PUT", CUSTOMER, {"type": "customer", "delivery_details": "bin"})
        writer = await asyncio.wait_for(stuck.get(), 5)
        await observe(store, hook, "address.deleted")
        address = (await store.call("GET", f"{CUSTOMER}/addresses")).json()["data"][0]["id"]

        await store.call("DELETE", f"{CUSTOMER}/addresses/{address}")

        _, body = await hook.take()
        writer.close()
        await writer.wait_closed()
    assert body["payload"] == {"type": "address", "id": address}


async def test_an_undelivered_event_survives_a_restart(tmp_path: Path, hook: Hook) -> None:
    settings = SandboxSettings(data=tmp_path)
    hook.statuses.append(503)
    async with run_store(settings) as store:
        await observe(store, hook, "customer.updated")
        await store.call("PUT", CUSTOMER, {"type": "customer", "delivery_details": "bin"})
        _, first = await hook.take()
        clock = store.clock
    clock.advance(60)

    async with run_store(settings, clock):
        _, second = await hook.take()

    assert first["id"] == second["id"]


async def test_a_refused_change_is_not_told(store: Store, hook: Hook) -> None:
    await observe(store, hook, "customer.updated")

    await store.call("PUT", CUSTOMER, {"type": "customer", "shoe-size": "wide"})
    await store.call("PUT", CUSTOMER, {"type": "customer", "shoe-size": 40})

    _, body = await hook.take()
    assert body["payload"]["data"]["shoe-size"] == 40
    assert hook.received.empty()


async def test_faults_duplicate_an_event(store: Store, hook: Hook) -> None:
    await observe(store, hook, "customer.updated")
    await store.client.post("/__control/faults", json={"fault": "webhook_duplicate", "count": 1})

    await store.call("PUT", CUSTOMER, {"type": "customer", "delivery_details": "bin"})

    (_, first), (_, second) = await hook.take(), await hook.take()
    assert first["id"] == second["id"]


@pytest.mark.parametrize(
    "change",
    [
        {"observes": ["flow.updated"]},
        {"observes": [["order.created"]]},
        {"observes": [f"order.{verb}" for verb in "created updated paid authorized fulfilled refunded".split()]},
        {"configuration": {"url": "ftp://example.test"}},
        {"configuration": {"url": "http://[::1"}},
        {"name": ""},
    ],
)
async def test_unusable_integrations_are_refused(store: Store, change: dict[str, Any]) -> None:
    data = {"type": "integration", "name": "n", "observes": [], "configuration": {"url": "http://127.0.0.1/"}}

    answer = await store.call("POST", "/v2/integrations", data | change)

    assert answer.status_code == 422
