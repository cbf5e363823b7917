"""`/schema/events`: a stream of server-sent events, one for each swap of the schema.

Never here: what a swap is, how replicas hear of each other's.
Source: the HTML standard, "Server-sent events".
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

import msgspec

from penstock.http.asgi import ON_SHUTDOWN, App, Headers, Receive, Scope, Send
from penstock.lifecycle.changelog import SwapEntry
from penstock.lifecycle.feed import Subscription
from penstock.lifecycle.holder import GenerationHolder

_HEARTBEAT_SECONDS = 15.0
_RETRY_MILLISECONDS = 3000
_BEGINNING = "0"
"""The id before every entry."""

_HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Listens(Protocol):
    """What hands swaps on."""

    @property
    def last_id(self) -> str | None:
        """Id of the one that came last; None before the first."""

    def subscribe(self, last_id: str | None) -> Subscription | None:
        """A subscription, or None where there are too many."""


class Events:
    """An ASGI application for GET and HEAD.

    Args:
        feed: Where swaps come from.
        holder: Where the serving generation stands.
        too_many: Answers where there are too many streams already.
        wait: Waits for something, but no longer than so many seconds; raises TimeoutError.
    """

    def __init__(
        self,
        feed: Listens,
        holder: GenerationHolder,
        too_many: App,
        wait: Callable[[Awaitable[SwapEntry | None], float], Awaitable[SwapEntry | None]] = asyncio.wait_for,
    ) -> None:
        self._feed = feed
        self._holder = holder
        self._too_many = too_many
        self._wait = wait

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell of swaps until the client leaves or the server stops."""
        given = next((value for name, value in scope["headers"] if name == b"last-event-id"), None)
        subscription = self._feed.subscribe(None if given is None else given[:128].decode("latin-1"))
        if subscription is None:
            await self._too_many(scope, receive, send)
            return
        with subscription:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return
            scope.get("state", {})[ON_SHUTDOWN] = subscription.end
            leaving = asyncio.create_task(_until_gone(receive, subscription))
            try:
                await self._tell(subscription, send, has_seen=given is not None)
            finally:
                leaving.cancel()
                with suppress(asyncio.CancelledError):
                    await leaving

    async def _tell(self, subscription: Subscription, send: Send, *, has_seen: bool) -> None:
        await send({"type": "http.response.body", "body": self._greeting(has_seen=has_seen), "more_body": True})
        while not subscription.is_over:
            try:
                entry = await self._wait(subscription.next(), _HEARTBEAT_SECONDS)
            except TimeoutError:
                await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
                continue
            if entry is not None:
                await send({"type": "http.response.body", "body": _event("swap", entry.id, entry), "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _greeting(self, *, has_seen: bool) -> bytes:
        """What serves now; whoever has seen something keeps its place until the next swap."""
        current = self._holder.current
        place = "" if has_seen else (self._feed.last_id or _BEGINNING)
        told = {"version": None if current is None else current.version}
        return b"retry: %d\n\n%b" % (_RETRY_MILLISECONDS, _event("version", place, told))


def _event(kind: str, identity: str, data: object) -> bytes:
    head = f"event: {kind}\n" + (f"id: {identity}\n" if identity else "")
    return b"%bdata: %b\n\n" % (head.encode(), msgspec.json.encode(data))


async def _until_gone(receive: Receive, subscription: Subscription) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    subscription.end()
