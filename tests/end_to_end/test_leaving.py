"""Clients that leave, and a gateway that stops, while a write is under way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.support.served import Served, served
from tests.upstream.hostile import Peer, answer, serving

IDENTITY = "c0ffee00-0000-4000-8000-000000000001"
CHANGE = f'customerUpdate(id: "{IDENTITY}", input: {{name: "Ines"}})'
UPDATE = f"mutation {{ {CHANGE} {{ customer {{ name }} userErrors {{ code }} }} }}"
ROW = {"data": {"type": "customer", "id": IDENTITY, "name": "Ines", "email": "ines@example.test"}}


@dataclass
class SlowStore:
    """A store without flows that holds every write back until it is told to answer."""

    url: str = ""
    written: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    writes: int = 0
    answered: int = 0

    async def behave(self, peer: Peer) -> None:
        while request := await peer.request():
            method, path, _ = request.split(b" ", 2)
            if method == b"PUT":
                self.writes += 1
                self.written.set()
                await self.may_answer.wait()
                await peer.send(answer(json.dumps(ROW).encode()))
                self.answered += 1
            elif path == b"/oauth/access_token":
                await peer.send(answer(b'{"access_token": "t", "expires_in": 3600}'))
            elif path.startswith(b"/v2/customers/"):
                await peer.send(answer(json.dumps(ROW).encode()))
            else:
                await peer.send(answer(b'{"data": [], "meta": {"results": {"total": 0}}}'))


@asynccontextmanager
async def before_a_slow_store() -> AsyncIterator[tuple[SlowStore, Served]]:
    store = SlowStore()
    async with serving(store.behave) as server:
        store.url = server.url
        async with served(server.url) as running:
            yield store, running


async def leave_during_a_write(store: SlowStore, running: Served) -> None:
    host, port = running.client.base_url.host, running.client.base_url.port
    _, writer = await asyncio.open_connection(host, port)
    body = json.dumps({"query": UPDATE}).encode()
    head = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer b\r\n"
    writer.write(b"%bcontent-length: %d\r\n\r\n%b" % (head, len(body), body))
    await store.written.wait()
    writer.close()
    await writer.wait_closed()


async def test_a_write_is_finished_when_its_client_leaves() -> None:
    async with before_a_slow_store() as (store, running):
        await leave_during_a_write(store, running)
        next_write = asyncio.create_task(running.ask(UPDATE, bearer="b"))
        await running.ask(f'{{ customer(id: "{IDENTITY}") {{ name }} }}', bearer="b")
        writes_before = store.writes
        store.may_answer.set()
        told = await next_write

    assert writes_before == 1  # the second one waits for the first, which nobody waits for any more
    assert told["customerUpdate"] == {"customer": {"name": "Ines"}, "userErrors": []}
    assert (store.writes, store.answered) == (2, 2)


async def test_a_gateway_that_stops_finishes_what_it_has_begun() -> None:
    async with before_a_slow_store() as (store, running):
        writing = asyncio.create_task(running.ask(UPDATE, bearer="b"))
        await store.written.wait()
        running.stop()
        store.may_answer.set()
        told = await writing

    assert told["customerUpdate"]["customer"] == {"name": "Ines"}
    assert (store.writes, store.answered) == (1, 1)


async def test_a_gateway_that_stops_waits_only_so_long() -> None:
    async with before_a_slow_store() as (store, running):
        writing = asyncio.create_task(
            running.client.post("/graphql", json={"query": UPDATE}, headers={"authorization": "Bearer b"})
        )
        await store.written.wait()
        begun = asyncio.get_running_loop().time()
        running.stop()
        told = await writing
    took = asyncio.get_running_loop().time() - begun

    assert took < 5
    assert (told.status_code, told.headers["retry-after"]) == (503, "2")
    assert told.json()["errors"][0]["extensions"]["code"] == "UPSTREAM_TIMEOUT"
    assert '"writes abandoned"' in running.logged.getvalue()
