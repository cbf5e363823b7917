"""A store that writes into every answer whose credentials asked for it, and answers in no order.

Never here: tests.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_LIST = {"meta": {"results": {"total": 0}}}


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer who asks.

    Attributes:
        identity: Their id.
        bearer: Of their client, which others may have, too.
        token: Their customer token.
    """

    identity: str
    bearer: str
    token: str

    @property
    def mark(self) -> str:
        """What the store writes into answers to these credentials."""
        return mark(f"Bearer {self.bearer}", self.token)


def mark(authorization: str, token: str) -> str:
    """A digest of credentials as they arrive."""
    return hashlib.sha256(f"{authorization}\n{token}".encode()).hexdigest()[:20]


def customers(number: int) -> list[Customer]:
    """So many customers; every other one has the bearer of all the others like it."""
    made = []
    for each in range(number):
        identity = f"c0ffee00-0000-4000-8000-{each:012d}"
        payload = base64.b64encode(json.dumps({"sub": identity}).encode()).decode()
        made.append(Customer(identity, "shared" if each % 2 else f"own-{each}", f"h.{payload}.s{each}"))
    return made


@dataclass
class EchoStore:
    """What the answers of a turn of the event loop have in common: they are given in random order."""

    url: str = ""
    calls: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    pending: list[tuple[asyncio.Transport, bytes]] = field(default_factory=list)
    known: dict[bytes, tuple[str, str]] = field(default_factory=dict)

    def receive(self, transport: asyncio.Transport, request: bytes) -> None:
        """Take a request; its answer is given with those of all who ask in this turn."""
        self.calls += 1
        if not self.pending:
            asyncio.get_running_loop().call_soon(self._answer_all)
        self.pending.append((transport, self._answer(request)))

    def _answer_all(self) -> None:
        # A third waits for another turn, so that calls which began together do not end together.
        pending, self.pending = self.pending, []
        self.chance.shuffle(pending)
        late = len(pending) // 3
        for transport, answer in pending[late:]:
            transport.write(answer)
        if late:
            self.pending = pending[:late]
            asyncio.get_running_loop().call_soon(self._answer_all)

    def _answer(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        method, path, _ = head.split(b" ", 2)
        route = path.partition(b"?")[0].decode()
        if route == "/oauth/access_token":
            return _render(200, {"access_token": "implicit", "expires_in": 3600})
        if route.startswith(("/v2/flows", "/v2/settings")):
            return _render(200, {"data": [], **_LIST})
        authorization, token = _header(head, b"authorization: "), _header(head, b"x-moltin-customer-token: ")
        owner, found = self._credentials(authorization, token)
        if route == "/v2/orders":
            return _render(200, {"data": [{"type": "order", "id": f"order-{found}", **_of(owner)}], **_LIST})
        asked = route.split("/")[3]
        if asked != owner:
            return _render(403, {"errors": [{"status": 403, "title": "Forbidden", "detail": found}]})
        if route.endswith("/addresses"):
            return _render(200, {"data": [{"type": "address", "id": "a", "line_1": found}], **_LIST})
        row = {"type": "customer", "id": owner, "name": found, "email": f"{found}@example.test"}
        if method == b"PUT":
            row["external_ref"] = json.loads(body)["data"]["external_ref"]
        return _render(200, {"data": row})

    def _credentials(self, authorization: bytes, token: bytes) -> tuple[str, str]:
        key = authorization + b"\n" + token
        known = self.known.get(key)
        if known is None:
            owner = json.loads(base64.b64decode(token.split(b".")[1]))["sub"]
            known = self.known[key] = (owner, mark(authorization.decode(), token.decode()))
        return known


class _Connection(asyncio.Protocol):
    def __init__(self, store: EchoStore) -> None:
        self._store = store

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._store.receive(self._transport, data)  # the gateway writes a request at once


@asynccontextmanager
async def echo_store() -> AsyncIterator[EchoStore]:
    """Run the store on a port of the system's choice."""
    store = EchoStore()
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(store), "127.0.0.1", 0)
    store.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield store
    finally:
        server.close()


def _of(owner: str) -> dict[str, object]:
    return {"relationships": {"customer": {"data": {"type": "customer", "id": owner}}}, "customer": {"id": owner}}


def _header(head: bytes, name: bytes) -> bytes:
    at = head.lower().find(b"\r\n" + name)
    return head[at + 2 + len(name) :].partition(b"\r\n")[0] if at >= 0 else b""


def _render(status: int, document: object) -> bytes:
    body = json.dumps(document).encode()
    return b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        status,
        len(body),
        body,
    )
