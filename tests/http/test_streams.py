"""A stream of answers ends as it should, whatever its client, its server or our own mistakes do."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncGenerator
from typing import Any

from penstock.http.asgi import ON_SHUTDOWN
from penstock.http.asked import Exchange
from penstock.http.sse import Pace
from penstock.http.streams import Streams
from penstock.telemetry.logs import create_log
from tests.http.test_events import Client, settle


class Told:
    """A stream as the door sees it: what it tells, and whether its place was given back."""

    def __init__(self, *bodies: bytes, fails: bool = False, ends: bool = True) -> None:
        self._bodies = bodies
        self._fails = fails
        self._ends = ends
        self.is_left = False
        self.is_closed = False

    def __enter__(self) -> Told:
        return self

    def __exit__(self, *_: object) -> None:
        self.is_left = True

    async def answers(self) -> AsyncGenerator[bytes, None]:
        try:
            for body in self._bodies:
                yield body
            if self._fails:
                raise RuntimeError("planted-secret in the text of an exception")
            if not self._ends:
                await asyncio.Event().wait()
        finally:
            self.is_closed = True


def telling(client: Client, stream: Told, logged: io.StringIO | None = None) -> asyncio.Task[None]:
    streams = Streams(_Nothing(), create_log("info", "json", logged or io.StringIO()), Pace())
    exchange = Exchange(client.scope, client.receive, client.send, is_preferred=True)
    return asyncio.create_task(streams.tell(exchange, stream, [], "r1"))  # type: ignore[arg-type] # all that it is asked for


class _Nothing:
    async def open(self, *_: Any) -> None:
        raise AssertionError


async def test_an_end_is_told_after_the_last_answer() -> None:
    client, stream = Client(), Told(b"{}", b'{"a":1}')

    await telling(client, stream)

    assert client.text == ':\n\nevent: next\ndata: {}\n\nevent: next\ndata: {"a":1}\n\nevent: complete\ndata:\n\n'
    assert client.is_whole
    assert stream.is_left
    assert stream.is_closed


async def test_a_mistake_of_ours_is_told_as_such_and_ends_the_stream() -> None:
    client, stream, logged = Client(), Told(fails=True), io.StringIO()

    await telling(client, stream, logged)

    body = json.loads(client.text.split("data: ")[1].splitlines()[0])
    assert body["errors"][0]["extensions"] == {"code": "INTERNAL", "requestId": "r1"}
    assert client.text.endswith("event: complete\ndata:\n\n")
    assert "planted-secret" not in client.text + logged.getvalue()
    assert "r1" in logged.getvalue()


async def test_a_client_that_leaves_leaves_nothing_behind() -> None:
    client, stream = Client(), Told(b"{}", ends=False)
    running = telling(client, stream)
    await settle()
    client.left.set()

    await asyncio.wait_for(running, 20)

    assert stream.is_left
    assert stream.is_closed
    assert "complete" not in client.text


async def test_a_server_that_stops_cuts_the_stream_without_completing_it() -> None:
    client, stream = Client(), Told(b"{}", ends=False)
    running = telling(client, stream)
    await settle()
    end = client.scope["state"][ON_SHUTDOWN]
    assert callable(end)
    end()

    await asyncio.wait_for(running, 20)

    assert client.is_whole
    assert "complete" not in client.text
    assert stream.is_closed


async def test_a_stream_that_is_cancelled_gives_its_place_back() -> None:
    client, stream = Client(), Told(b"{}", b"{}", b"{}", ends=False)
    running = telling(client, stream)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    again = telling(client, stream)
    await settle()
    again.cancel()
    await asyncio.gather(again, return_exceptions=True)

    assert stream.is_left
    assert stream.is_closed
