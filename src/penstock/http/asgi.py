"""The parts of ASGI that the door speaks, as types.

Never here: behaviour.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NotRequired, Protocol, TypeAlias, TypedDict

Headers: TypeAlias = list[tuple[bytes, bytes]]
"""Names in lower case and values, in the order they came or go."""

ON_SHUTDOWN = "on_shutdown"
"""Where an endless answer leaves, in its scope's state, what to call when the server stops."""


class Scope(TypedDict):
    """What a server tells about a request; of other scopes only `type` is there."""

    type: str
    method: str
    path: str
    query_string: bytes
    headers: Headers
    client: NotRequired[tuple[str, int] | None]
    state: NotRequired[dict[str, object]]


class Received(TypedDict):
    """A piece of the request, or word that the client left."""

    type: str
    body: NotRequired[bytes]
    more_body: NotRequired[bool]


class Sent(TypedDict):
    """The start of an answer, or a piece of its body."""

    type: str
    status: NotRequired[int]
    headers: NotRequired[Headers]
    body: NotRequired[bytes]
    more_body: NotRequired[bool]


Receive: TypeAlias = Callable[[], Awaitable[Received]]
Send: TypeAlias = Callable[[Sent], Awaitable[None]]


class App(Protocol):
    """An ASGI application."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send, /) -> None:
        """Answer one request, or live through one lifespan."""
        ...
