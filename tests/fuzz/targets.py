"""What is fuzzed: one function from bytes for each door that strangers' bytes come in by, and the law it keeps.

Never here: where the bytes come from.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

from penstock.app import Gateway, create_gateway
from penstock.definitions import parse_definitions
from penstock.errors import CallerError, UpstreamInvalid
from penstock.http.customer_token import read_hint
from penstock.sandbox.filters import parse_filter
from penstock.schema.describe import describe
from penstock.schema.generation import build_generation
from penstock.settings import Settings
from penstock.upstream.answers import retry_after, upstream_errors
from penstock.upstream.config import TransportConfig
from penstock.upstream.filters import Clause, Operator, render_filter
from penstock.upstream.lean.answer import AnswerReader
from penstock.upstream.transport import Response
from tests.fuzz.upstream_events import UpstreamEvents
from tests.fuzz.webhook import Webhook
from tests.support.stores import enum_rule, field_json, flow_json, generation_of

Target = Callable[[bytes], None]
_ANSWERS = TransportConfig(max_header_bytes=2_000, max_body_bytes=4_000)
_OPERATORS: tuple[Operator, ...] = ("eq", "like", "gt", "ge", "lt", "le", "is_null")
_BUILT_ONE_IN = 32
_STATUSES = {200, 400, 401, 403, 405, 406, 413, 414, 415, 431, 503}
_TYPES = (b"application/json", b"application/json; charset=utf-8", b"text/plain", b"")


def answers(data: bytes) -> None:
    """An answer of a store is the same in whatever pieces it comes, and refused by our own error or not at all."""
    size, data = (data[0] % 40 + 1, data[1:]) if data else (1, data)
    whole = _read([data])
    pieces = _read([data[at : at + size] for at in range(0, len(data), size)])
    assert whole == pieces, (whole, pieces)
    if isinstance(whole, tuple):
        response = Response(int(str(whole[0])), bytes(data), tuple(_pairs(whole[2])))
        upstream_errors(response)
        retry_after(response)


def _pairs(headers: object) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers] if isinstance(headers, list) else []


def _read(pieces: Sequence[bytes]) -> tuple[object, ...] | str:
    reader = AnswerReader(_ANSWERS)
    try:
        for piece in pieces:
            reader.feed(piece)
            if reader.done:
                break
        else:
            if not reader.finish():
                return "incomplete"
        response = reader.take()
    except UpstreamInvalid:
        return "invalid"
    assert len(response.body) <= _ANSWERS.max_body_bytes
    return response.status, response.body, [(name, value.strip(b" \t")) for name, value in response.headers]


def filters(data: bytes) -> None:
    """What is written as a filter is read by the store as it was meant: nothing breaks out of a value."""
    clauses = []
    for line in data.split(b"\x1e")[:12]:
        operator, _, rest = line.partition(b"\x1f")
        attribute, _, value = rest.partition(b"\x1f")
        which = _OPERATORS[(operator[0] if operator else 0) % len(_OPERATORS)]
        text = value.decode("utf-8", "surrogatepass" if len(value) % 7 == 0 else "replace") if _is_text(value) else ""
        clauses.append(Clause(attribute.decode("latin-1"), which, text))
    for quoted in (True, False):
        try:
            rendered = render_filter(clauses, quoted=quoted)
        except CallerError:
            continue
        read = [(found.operator, found.attribute, found.operands) for found in parse_filter(rendered, quotes=quoted)]
        assert read == [
            (clause.operator, clause.attribute, () if clause.operator == "is_null" else (clause.value,))
            for clause in clauses
        ]


def _is_text(value: bytes) -> bool:
    try:
        value.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def definitions(data: bytes) -> None:
    """Whatever a store says of its flows makes a schema: what cannot be used is set aside, never raised.

    Building takes two hundred times as long as all before it, so that one in so many is built.
    """
    flows, _, fields = data.partition(b"\x1e")
    listed = _json(flows)
    slugs = (
        [flow["slug"] for flow in listed if isinstance(flow, dict) and isinstance(flow.get("slug"), str)]
        if isinstance(listed, list)
        else []
    )
    parsed = parse_definitions(listed, {slug: _json(fields) for slug in slugs})
    describe(parsed)
    if crc32(data) % _BUILT_ONE_IN == 0:
        build_generation(parsed, 1, 0.0)


def _json(text: bytes) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        value = text.decode("latin-1")
    return value


def tokens(data: bytes) -> None:
    """A customer token says whatever it likes; it is a hint at the most."""
    hint = read_hint(data)
    assert hint.customer_id is None or hint.customer_id.isascii()


class Endpoint:
    """The whole gateway by ASGI, in front of a store that is not there."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._logged = io.StringIO()
        self._gateway = self._loop.run_until_complete(self._make())

    async def _make(self) -> Gateway:
        settings = Settings(upstream_url="http://127.0.0.1:1", client_id="c", log_level="error")
        gateway = create_gateway(settings, log_stream=self._logged, environ={})
        fields = {"customers": [field_json("tier", "string", enum_rule("a", "b")), field_json("points", "integer")]}
        gateway.holder.swap(generation_of(fields), 0.0)
        return gateway

    def __call__(self, data: bytes) -> None:
        """Every request has an answer that is JSON or the explorer, and none is a fault of ours."""
        kind, data = (data[0], data[1:]) if data else (0, data)
        status, media, body = self._loop.run_until_complete(self._ask(kind, data))
        assert status in _STATUSES, (status, body)
        if media.startswith(b"text/html"):
            assert kind & 64, "only a GET gets the explorer"
            return
        events = [line for line in body.split(b"\n") if line.startswith(b"data: ")]
        bodies = [line[6:] for line in events] if media.startswith(b"text/event-stream") else [body]
        documents = [json.loads(one) for one in bodies]
        codes = [error["extensions"]["code"] for document in documents for error in document.get("errors", [])]
        assert "INTERNAL" not in codes, body
        assert self._logged.getvalue() == "", self._logged.getvalue()

    def close(self) -> None:
        """End the event loop."""
        self._loop.close()

    async def _ask(self, kind: int, data: bytes) -> tuple[int, bytes, bytes]:
        headers = [(b"content-type", _TYPES[kind % 4]), (b"authorization", b"Bearer b")]
        if kind & 16:
            headers.append((b"accept", data[:40].split(b"\n")[0]))
        if kind & 32:
            headers.append((b"x-moltin-customer-token", data[-40:].split(b"\n")[0]))
        scope: dict[str, Any] = {"type": "http", "path": "/graphql", "headers": headers, "query_string": b""}
        scope |= {"method": "GET", "query_string": data} if kind & 64 else {"method": "POST"}
        if kind & 128:
            data = json.dumps({"query": data.decode("utf-8", "replace")}).encode()
        sent: list[dict[str, Any]] = []
        asked = iter([{"type": "http.request", "body": data, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(asked, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            sent.append(message)

        await self._gateway.app(scope, receive, send)  # type: ignore[arg-type] # a scope as a server makes it
        body = b"".join([message.get("body", b"") for message in sent[1:]])
        return sent[0]["status"], dict(sent[0]["headers"]).get(b"content-type", b""), body


TARGETS: dict[str, Callable[[], Target]] = {
    "answers": lambda: answers,
    "filters": lambda: filters,
    "definitions": lambda: definitions,
    "tokens": lambda: tokens,
    "endpoint": Endpoint,
    "webhook": Webhook,
    "upstream_events": UpstreamEvents,
}
"""Makes each target; what it needs is made once."""

SEEDS: dict[str, list[bytes]] = {
    "answers": [
        b'\x20HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"data":{}}',
        b"\x03HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
        b"\x09HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Slow\r\nRetry-After: 3\r\nContent-Encoding: gzip\r\n\r\n",
    ],
    "filters": [
        b'\x00\x1fname\x1fIn"es',
        b"\x01\x1femail\x1f*@b.c\x1e\x06\x1fmeta.timestamps\x1f",
        b"\x02\x1fid\x1f\\'",
    ],
    "definitions": [
        json.dumps([flow_json("customers")]).encode()
        + b"\x1e"
        + json.dumps([field_json("tier", "string", enum_rule("a", "b")), field_json("when", "date")]).encode()
    ],
    "tokens": [b"h.eyJzdWIiOiJjMSIsImV4cCI6MTgwMDAwMDAwMH0=.s"],
    "endpoint": [
        b'\x00{"query":"query Q($id: ID!) { customer(id: $id) { id tier } }","variables":{"id":"a"}}',
        b'\x80{ customers(first: 2, filter: {email: {eq: "a"}}) { nodes { name } pageInfo { endCursor } } }',
        b'\x80fragment F on Customer { points } mutation { customerDelete(id: "a") { deletedId userErrors { code } } }',
        b"\x40query=%7Bme%7Bid%7D%7D&variables=%7B%7D",
        b"\x80{ __schema { types { name fields { name } } } __typename }",
        b"\x50text/event-stream\n&query=subscription{schemaChanged{version}}",
        b"\x50text/event-stream\n&query=subscription{customerChanged(id:1){id}}",
    ],
    "upstream_events": [
        b'\x80{"id":"e1","triggered_by":"customer.updated","payload":{"data":{"type":"customer","id":"c1"}}}',
        b'\x80{"id":"e2","triggered_by":"order.deleted","payload":{"type":"order","id":"../o"},"resources":{}}',
        b"\x00the-secret-of-the-store",
    ],
    "webhook": [
        b"\x00hook?x=1\x1fname\x1fs3cret",
        b'\x80{"data":{"type":"integration","name":"n","enabled":false,"configuration":{"url":"http://a.test"}}}',
    ],
}
"""Where each target begins."""
