"""A client of subscriptions that keeps every event, and the store's webhook that leads to a gateway.

Never here: tests.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.sandboxes import RunningSandbox

SECRET = "webhook-secret-of-the-tests"
EVENTS = ["customer.created", "customer.updated", "customer.deleted", "order.updated", "order.paid"]
PATIENCE_SECONDS = 20.0


@dataclass(slots=True)
class Subscriber:
    """One open stream.

    Attributes:
        answer: Its head.
        told: The answers that came.
        events: The names of all events that came.
        heartbeats: How many comments came.
        is_over: Whether the stream has ended.
    """

    answer: httpx.Response
    told: list[Any] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    heartbeats: int = 0
    is_over: bool = False
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self) -> None:
        """Take down what comes until it ends."""
        name = ""
        async for line in self.answer.aiter_lines():
            async with self.changed:
                self.heartbeats += line == ":"
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data:"):
                    self.events.append(name)
                    if name == "next":
                        self.told.append(json.loads(line.removeprefix("data: ")))
                self.changed.notify_all()
        async with self.changed:
            self.is_over = True
            self.changed.notify_all()

    async def until(self, number: int) -> Any:
        """The last answer once so many have come."""
        await self._wait(lambda: len(self.told) >= number)
        return self.told[number - 1]

    async def end(self) -> list[str]:
        """The names of all events once the stream has ended."""
        await self._wait(lambda: self.is_over)
        return self.events

    async def beat(self, number: int) -> None:
        """Wait for so many comments."""
        await self._wait(lambda: self.heartbeats >= number)

    async def _wait(self, holds: Any) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self.changed:
            await self.changed.wait_for(holds)


@asynccontextmanager
async def subscribed(
    client: httpx.AsyncClient,
    query: str,
    variables: object = None,
    *,
    bearer: str | None = None,
    customer: str | None = None,
    **headers: str,
) -> AsyncIterator[Subscriber]:
    """A subscription that is open."""
    sent = {"accept": "text/event-stream"} | {name.replace("_", "-"): value for name, value in headers.items()}
    sent |= {} if bearer is None else {"authorization": f"Bearer {bearer}"}
    sent |= {} if customer is None else {"x-moltin-customer-token": customer}
    body = {"query": query, "variables": variables}
    async with client.stream("POST", "/graphql", json=body, headers=sent) as answer:
        subscriber = Subscriber(answer)
        reading = asyncio.create_task(subscriber.read())
        try:
            yield subscriber
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


@contextmanager
def webhook(store: RunningSandbox, url: str, secret: str = SECRET) -> Iterator[None]:
    """Let the store tell the gateway at ``url`` of changes."""
    data = {
        "type": "integration",
        "name": "gateway",
        "enabled": True,
        "observes": EVENTS,
        "integration_type": "webhook",
        "configuration": {"url": f"{url}/webhooks/upstream", "secret_key": secret},
    }
    made = store.call("POST", "/v2/integrations", data)
    assert made.status_code in (200, 201), made.text
    try:
        yield
    finally:
        store.call("DELETE", f"/v2/integrations/{made.json()['data']['id']}")


def event(identity: str, kind: str, subject: str, *, secret: str = SECRET, trigger: str = "updated") -> dict[str, Any]:
    """The parts of a request by which the store tells of a change."""
    body = {
        "id": identity,
        "triggered_by": f"{kind}.{trigger}",
        "attempt": 1,
        "payload": {"data": {"type": kind, "id": subject, "name": "not to be trusted"}},
        "configuration": {"secret_key": secret, "url": "https://gateway.example"},
    }
    return {"json": body, "headers": {"x-moltin-secret-key": secret}}
