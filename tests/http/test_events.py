"""A stream of events keeps itself alive, ends when its client leaves or falls behind, and obeys nothing it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import msgspec
import pytest

from penstock.http.asgi import Received, Scope, Sent
from penstock.http.events import Events
from penstock.http.sse import Pace
from penstock.lifecycle.changelog import Changelog, SwapEntry
from penstock.lifecycle.feed import Feed
from penstock.lifecycle.holder import GenerationHolder
from penstock.state import MemoryState


class Client:
    """One end of a stream: what it was sent, and when it leaves."""

    def __init__(self, **headers: str) -> None:
        self.scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": "/schema/events",
            "query_string": b"",
            "headers": [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()],
            "state": {},
        }
        self.left = asyncio.Event()
        self.sent: list[Sent] = []

    async def receive(self) -> Received:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Sent) -> None:
        self.sent.append(message)

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent).decode()

    @property
    def is_whole(self) -> bool:
        return not self.sent[-1].get("more_body", False)


async def never(_seconds: float) -> None:
    await asyncio.Event().wait()


async def refuse(*_: Any) -> None:
    raise AssertionError


async def feed_of(*entries: SwapEntry) -> Feed:
    """A feed of a log, the oldest entry first."""
    state = MemoryState(lambda: 0.0)
    for entry in entries:
        await state.append("schema:log", msgspec.json.encode(entry), keep=200)
    made = Feed(Changelog(state), state, never, 5)
    await made.look(is_first=True)
    return made


async def settle(turns: int = 40) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


async def test_a_silent_stream_is_kept_alive() -> None:
    client = Client()
    waits = 0

    async def impatient(waiting: Awaitable[SwapEntry | None], seconds: float) -> SwapEntry | None:
        nonlocal waits
        waits += 1
        if waits > 2:
            client.left.set()
            return await waiting
        assert seconds == 15
        asyncio.ensure_future(waiting).cancel()
        raise TimeoutError

    events = Events(await feed_of(), GenerationHolder(), refuse, Pace(wait=impatient))
    await events(client.scope, client.receive, client.send)

    assert client.text == 'retry: 3000\n\nevent: version\nid: 0\ndata: {"version":null}\n\n:\n\n:\n\n'
    assert client.is_whole


async def test_a_client_that_leaves_gives_its_place_back() -> None:
    feed = await feed_of()
    clients = [Client() for _ in range(5)]
    events = Events(feed, GenerationHolder(), refuse)
    running = [asyncio.create_task(events(one.scope, one.receive, one.send)) for one in clients]
    await settle()
    full = feed.subscribe(None)
    for one in clients:
        one.left.set()
    await asyncio.gather(*running)

    assert full is None
    assert feed.subscribe(None) is not None


async def test_the_server_can_end_it_whole() -> None:
    client = Client()
    events = Events(await feed_of(), GenerationHolder(), refuse)
    running = asyncio.create_task(events(client.scope, client.receive, client.send))
    await settle()
    end: Any = client.scope["state"]["on_shutdown"]
    end()
    await running

    assert client.is_whole


@pytest.mark.parametrize("last_id", ["", "unknown", "\xff\x00", "x" * 10_000, "b"])
async def test_what_was_missed_is_told_whatever_was_seen_last(last_id: str) -> None:
    entries = [SwapEntry(name, float(at), f"v{at}", "", {}) for at, name in enumerate("abc")]
    client = Client(last_event_id=last_id)
    events = Events(await feed_of(*entries), GenerationHolder(), refuse)
    running = asyncio.create_task(events(client.scope, client.receive, client.send))
    await settle()
    client.left.set()
    await running
    ids = [line.removeprefix("id: ") for line in client.text.splitlines() if line.startswith("id: ")]

    assert ids == (["c"] if last_id == "b" else ["a", "b", "c"])


async def test_who_was_away_for_long_is_told_everything_in_the_order_of_the_log() -> None:
    entries = [SwapEntry(f"e{number}", float(number % 7), f"v{number}", "", {}) for number in range(150)]
    client = Client(last_event_id="e9")
    feed = await feed_of(*entries)
    running = asyncio.create_task(Events(feed, GenerationHolder(), refuse)(client.scope, client.receive, client.send))
    await settle(turns=2000)
    client.left.set()
    await running
    ids = [line.removeprefix("id: ") for line in client.text.splitlines() if line.startswith("id: ")]

    assert ids == [f"e{number}" for number in range(10, 150)]
