"""Server-sent events as they are written: the headers, an event, a heartbeat, and a stream that ends when it should.

Never here: what is told.
Source: the HTML standard, "Server-sent events".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Generic, Protocol, TypeVar

from penstock.http.asgi import ON_SHUTDOWN, Headers, Receive, Scope, Send

HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
HEARTBEAT = b":\n\n"
"""A comment: clients pass over it, and whatever stands between sees that the stream lives."""

HEARTBEAT_SECONDS = 15.0

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Source(Protocol[T_co]):
    """Where the events of one stream come from.

    Attributes:
        is_over: Whether nothing more will come.
    """

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        ...

    async def next(self) -> T_co | None:
        """The next, waited for; None when it is over."""
        ...

    def end(self) -> None:
        """Nothing more is wanted."""
        ...


class Pace(Generic[T]):
    """How a stream goes on while nothing happens.

    Args:
        heartbeat_seconds: Time between heartbeats.
        wait: Waits for something, but no longer than so many seconds; raises TimeoutError.
    """

    def __init__(
        self,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        wait: Callable[[Awaitable[T | None], float], Awaitable[T | None]] = asyncio.wait_for,
    ) -> None:
        self._seconds = heartbeat_seconds
        self._wait = wait

    async def pour(self, source: Source[T], render: Callable[[T], bytes], send: Send) -> None:
        """Send what comes, and heartbeats in between, until it is over."""
        while not source.is_over:
            try:
                item = await self._wait(source.next(), self._seconds)
            except TimeoutError:
                await send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})
                continue
            if item is not None:
                await send({"type": "http.response.body", "body": render(item), "more_body": True})


@asynccontextmanager
async def ending(scope: Scope, receive: Receive, source: Source[object]) -> AsyncIterator[None]:
    """While this is open, the source is ended when the client leaves or the server stops."""
    scope.get("state", {})[ON_SHUTDOWN] = source.end
    leaving = asyncio.create_task(_until_gone(receive, source))
    try:
        yield
    finally:
        leaving.cancel()
        with suppress(asyncio.CancelledError):
            await leaving


def event(kind: str, data: bytes, identity: str = "") -> bytes:
    """One event; the data is one line."""
    head = f"event: {kind}\n" + (f"id: {identity}\n" if identity else "")
    return b"%bdata: %b\n\n" % (head.encode(), data)


async def _until_gone(receive: Receive, source: Source[object]) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    source.end()
