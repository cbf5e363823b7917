"""`/schema/events`: a stream of server-sent events, one for each swap of the schema.

Never here: what a swap is, how replicas hear of each other's.
Source: the HTML standard, "Server-sent events".
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from penstock.http.asgi import App, Receive, Scope, Send
from penstock.http.sse import HEADERS, Pace, ending, event
from penstock.lifecycle.changelog import SwapEntry
from penstock.lifecycle.feed import Subscription
from penstock.lifecycle.holder import GenerationHolder

_RETRY_MILLISECONDS = 3000
_BEGINNING = "0"
"""The id before every entry."""


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
        pace: How a stream goes on while nothing happens.
    """

    def __init__(
        self, feed: Listens, holder: GenerationHolder, too_many: App, pace: Pace[SwapEntry] | None = None
    ) -> None:
        self._feed = feed
        self._holder = holder
        self._too_many = too_many
        self._pace = pace or Pace()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell of swaps until the client leaves or the server stops."""
        given = next((value for name, value in scope["headers"] if name == b"last-event-id"), None)
        subscription = self._feed.subscribe(None if given is None else given[:128].decode("latin-1"))
        if subscription is None:
            await self._too_many(scope, receive, send)
            return
        with subscription:
            await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return
            async with ending(scope, receive, subscription):
                greeting = self._greeting(has_seen=given is not None)
                await send({"type": "http.response.body", "body": greeting, "more_body": True})
                await self._pace.pour(subscription, _render, send)
                await send({"type": "http.response.body", "body": b""})

    def _greeting(self, *, has_seen: bool) -> bytes:
        """What serves now; whoever has seen something keeps its place until the next swap."""
        current = self._holder.current
        place = "" if has_seen else (self._feed.last_id or _BEGINNING)
        told = {"version": None if current is None else current.version}
        return b"retry: %d\n\n%b" % (_RETRY_MILLISECONDS, event("version", msgspec.json.encode(told), place))


def _render(entry: SwapEntry) -> bytes:
    return event("swap", msgspec.json.encode(entry), entry.id)
