"""The fault matrix: whatever a store does, to a read and to a write, over every transport, what comes of it is known.

A read that fails leaves the rest of the answer as it is; a write is sent once.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from penstock.errors import PenstockError
from penstock.operations.documents import DocumentSettings
from penstock.operations.plan import compile_operation
from penstock.operations.request import OperationRequest
from penstock.operations.runner import Runner
from penstock.operations.services import Services
from penstock.upstream.config import StackConfig, TransportConfig
from penstock.upstream.stack import build_layers
from penstock.upstream.transport import Request, Transport
from tests.support.gateway import credentials_of
from tests.support.stores import generation_of
from tests.upstream.hostile import Peer, Server, answer, serving

GOOD, BAD = "good-customer", "bad-customer"
READ = f'{{ good: customer(id: "{GOOD}") {{ name }} bad: customer(id: "{BAD}") {{ name }} }}'
WARM = '{ a: customer(id: "warm-1") { name } b: customer(id: "warm-2") { name } }'
CHANGE = f'customerUpdate(id: "{BAD}", input: {{name: "Ines"}})'
WRITE = f"mutation {{ {CHANGE} {{ customer {{ name }} userErrors {{ code }} }} }}"
TRANSPORTS = ("lean, straight on", "lean, layer by layer", "httpx")
CAP = 100_000

Behave = Callable[[Peer], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What a store does, and what has to come of it.

    Attributes:
        behave: Answers one request badly; what it returns as false ends the connection.
        read: The code of the error, "" for data, "null" for null without an error.
        write: The code of the error, or of the user error after a colon, or "" for data.
        reads: How often the read is sent at most.
        seconds: The deadline of the operation.
    """

    behave: Behave
    read: str
    write: str
    reads: int = 1
    seconds: float = 5.0


def row(identity: str) -> bytes:
    return json.dumps({"data": {"type": "customer", "id": identity, "name": identity, "email": "a@b.test"}}).encode()


def says(*pieces: bytes) -> Behave:
    async def behave(peer: Peer) -> object:
        await peer.send(*pieces)
        return True

    return behave


def status(line: bytes, *headers: bytes, body: bytes = b'{"errors":[{"title":"No","detail":"no"}]}') -> Behave:
    return says(answer(body, *headers, status=line))


def then_closes(*pieces: bytes) -> Behave:
    async def behave(peer: Peer) -> object:
        await peer.send(*pieces)
        return False

    return behave


async def resets(peer: Peer) -> object:
    peer.reset()
    return False


async def says_nothing(peer: Peer) -> object:
    await peer.forever()
    return False


async def dribbles(peer: Peer) -> object:
    for byte in answer(row(BAD)):
        await peer.send(bytes([byte]))
        await asyncio.sleep(0.05)
    return False


async def never_ends(peer: Peer) -> object:
    await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(100):
        await peer.send(b"4000\r\n" + b" " * 0x4000 + b"\r\n")
    return False


async def never_ends_its_head(peer: Peer) -> object:
    await peer.send(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        await peer.send(b"X-More: " + b"x" * 4_000 + b"\r\n")
    return False


GENERATION = generation_of()
STALE = 5
"""Three attempts; and the two connections that were kept may have been closed while nobody looked, so that a read that
had no answer on one of them is sent again at once."""
BROKEN, LATE, NONSENSE = "UPSTREAM_UNAVAILABLE", "UPSTREAM_TIMEOUT", "UPSTREAM_INVALID_RESPONSE"
FAULTS = {
    "closes without a word": Fault(then_closes(), BROKEN, BROKEN, STALE),
    "resets": Fault(resets, BROKEN, BROKEN, STALE),
    "closes in the head": Fault(then_closes(b"HTTP/1.1 200 OK\r\nContent-"), BROKEN, BROKEN, STALE),
    "closes in the body": Fault(then_closes(answer(row(BAD))[:-9]), BROKEN, BROKEN, 3),
    "says nothing": Fault(says_nothing, LATE, LATE, seconds=0.2),
    "dribbles": Fault(dribbles, LATE, LATE, seconds=0.2),
    "never ends": Fault(never_ends, NONSENSE, NONSENSE),
    "never ends its head": Fault(never_ends_its_head, NONSENSE, NONSENSE),
    "sends a bomb": Fault(
        then_closes(answer(gzip.compress(b" " * 9_000_000), b"Content-Encoding: gzip")), NONSENSE, NONSENSE
    ),
    "packs as nobody can read": Fault(then_closes(answer(b"x", b"Content-Encoding: br")), NONSENSE, NONSENSE),
    "packs not as it says": Fault(then_closes(answer(b"xxxx", b"Content-Encoding: gzip")), NONSENSE, NONSENSE),
    "speaks no HTTP": Fault(then_closes(b"220 smtp.example.test ready\r\n\r\n"), NONSENSE, NONSENSE),
    "lies about lengths": Fault(
        then_closes(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        NONSENSE,
        NONSENSE,
    ),
    "answers a page": Fault(says(answer(b"<html>")), NONSENSE, NONSENSE),
    "answers broken text": Fault(says(answer(b'{"data":{"id":"\xff"}}')), NONSENSE, NONSENSE),
    "answers an abyss": Fault(says(answer(b"[" * 50_000)), NONSENSE, NONSENSE),
    "answers a list": Fault(says(answer(b"[]")), NONSENSE, NONSENSE),
    "answers without data": Fault(says(answer(b"{}")), NONSENSE, NONSENSE),
    "answers null": Fault(says(answer(b'{"data":null}')), NONSENSE, NONSENSE),
    "answers a number for a row": Fault(says(answer(b'{"data":7}')), NONSENSE, NONSENSE),
    "answers a row without id": Fault(says(answer(b'{"data":{"name":"x"}}')), NONSENSE, NONSENSE),
    "answers another row": Fault(says(answer(row("another"))), NONSENSE, NONSENSE),
    "answers errors with success": Fault(says(answer(b'{"errors":[{"title":"x"}]}')), NONSENSE, NONSENSE),
    "answers nothing": Fault(says(b"HTTP/1.1 204 No Content\r\n\r\n"), NONSENSE, NONSENSE),
    "answers data and errors": Fault(says(answer(row(BAD)[:-1] + b',"errors":[{"title":"x"}]}')), "", ""),
    "redirects": Fault(status(b"302 Found", b"Location: http://127.0.0.1:1/"), NONSENSE, NONSENSE),
    "400": Fault(status(b"400 Bad"), "BAD_USER_INPUT", ":REJECTED"),
    "401": Fault(status(b"401 Who"), "UNAUTHENTICATED", "UNAUTHENTICATED"),
    "403": Fault(status(b"403 No"), "FORBIDDEN", ":FORBIDDEN"),
    "404": Fault(status(b"404 Gone"), "null", ":NOT_FOUND"),
    "409": Fault(status(b"409 Clash"), NONSENSE, ":CONFLICT"),
    "422": Fault(status(b"422 Bad"), "BAD_USER_INPUT", ":REJECTED"),
    "429": Fault(status(b"429 Slow"), "RATE_LIMITED", "RATE_LIMITED", 3),
    "429 for an hour": Fault(status(b"429 Slow", b"Retry-After: 3600"), "RATE_LIMITED", "RATE_LIMITED"),
    "500": Fault(status(b"500 Oh"), BROKEN, BROKEN),
    "502": Fault(status(b"502 Oh", body=b"<html>"), BROKEN, BROKEN, 3),
    "503": Fault(status(b"503 Oh"), BROKEN, BROKEN, 3),
    "504": Fault(status(b"504 Oh"), BROKEN, BROKEN, 3),
}


@dataclass(slots=True)
class Store:
    """What was asked for, by method, of the customer that fails."""

    server: Server
    run: Callable[[str], Awaitable[dict[str, Any]]]
    asked: Counter[str]


@asynccontextmanager
async def failing(fault: Fault, kind: str) -> AsyncIterator[Store]:
    asked: Counter[str] = Counter()

    async def behave(peer: Peer) -> None:
        while request := await peer.request():
            method, path = request.split(b" ", 2)[:2]
            identity = path.decode().rsplit("/", 1)[1]
            if identity != BAD:
                await peer.send(answer(row(identity)))
                continue
            asked[method.decode()] += 1
            if not await fault.behave(peer):
                return

    async with serving(behave) as server:
        transport = stack(server.url, kind)
        runner = Runner(
            Services(transport, timeout_seconds=fault.seconds),
            DocumentSettings(),
            lambda generation, document, operation: compile_operation(generation, document, operation, count_nothing),
        )
        generation = replace(GENERATION, prepared={})

        async def run(document: str) -> dict[str, Any]:
            result = await runner.run(generation, OperationRequest(document, None, None, "r"), credentials_of())
            assert result.path == "plan"
            body: dict[str, Any] = json.loads(result.body)
            return body

        try:
            yield Store(server, run, asked)
        finally:
            await transport.aclose()
            for _ in range(3):
                await asyncio.sleep(0)


def stack(url: str, kind: str) -> Transport:
    bounds = TransportConfig(max_body_bytes=CAP, max_header_bytes=16_384)
    config = StackConfig(url, "httpx" if kind == "httpx" else "lean", bounds)
    return build_layers(config, observer=look_on if kind == "lean, straight on" else None, sleep=skip).transport


def look_on(_request: Request, _outcome: int | PenstockError, _seconds: float) -> None:
    """The observer without which no call goes straight on."""


def count_nothing(_owner: str, _name: str) -> None:
    """The counter that counts nothing."""


async def skip(_seconds: float) -> None:
    """Wait for nothing between retries."""


@pytest.mark.parametrize("kind", TRANSPORTS)
@pytest.mark.parametrize("name", FAULTS)
async def test_a_read_that_fails_fails_alone_and_is_made_again_only_so_often(name: str, kind: str) -> None:
    fault = FAULTS[name]
    async with failing(fault, kind) as store:
        await store.run(WARM)
        told = await store.run(READ)

    assert told["data"]["good"] == {"name": GOOD}
    assert told["data"]["bad"] == ({"name": BAD} if fault.read == "" else None)
    codes = [error["extensions"]["code"] for error in told.get("errors", [])]
    assert codes == ([] if fault.read in {"", "null"} else [fault.read])
    assert all(error["path"] == ["bad"] for error in told.get("errors", []))
    assert 1 <= store.asked["GET"] <= fault.reads


@pytest.mark.parametrize("kind", TRANSPORTS)
@pytest.mark.parametrize("name", FAULTS)
async def test_a_write_is_sent_once_whatever_comes_back(name: str, kind: str) -> None:
    fault = FAULTS[name]
    async with failing(fault, kind) as store:
        await store.run(WARM)
        told = await store.run(WRITE)

    code, _, user_code = fault.write.partition(":")
    codes = [error["extensions"]["code"] for error in told.get("errors", [])]
    assert codes == ([code] if code else [])
    if user_code:
        payload = {"customer": None, "userErrors": [{"code": user_code}]}
        assert told["data"]["customerUpdate"] == payload
    elif not code:
        assert told["data"]["customerUpdate"] == {"customer": {"name": BAD}, "userErrors": []}
    assert store.asked == {"PUT": 1}


@pytest.mark.parametrize("kind", TRANSPORTS)
@pytest.mark.parametrize("document", [READ, WRITE])
async def test_a_store_that_is_not_there_is_unavailable(document: str, kind: str) -> None:
    async with failing(FAULTS["404"], kind) as store:
        pass
    transport = stack(store.server.url, kind)
    runner = Runner(Services(transport, timeout_seconds=5), DocumentSettings(), lambda *_: "switched off")
    result = await runner.run(GENERATION, OperationRequest(document, None, None, "r"), credentials_of())
    await transport.aclose()

    assert set(result.codes) == {"UPSTREAM_UNAVAILABLE"}


@pytest.mark.parametrize("kind", TRANSPORTS)
async def test_the_time_that_the_store_asks_for_reaches_the_client(kind: str) -> None:
    async with failing(FAULTS["429 for an hour"], kind) as store:
        told = await store.run(READ)

    assert told["errors"][0]["extensions"]["retryAfter"] == 3600
    assert told["errors"][0]["extensions"]["upstream"] == {"status": 429}
