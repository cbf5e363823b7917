"""The GraphQL endpoint: pure ASGI, GraphQL over HTTP as its draft has it, a few microseconds around an operation.

Never here: what a document means, upstream paths, routing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from penstock.http.answers import UNKNOWN_VERSION, AnswerHeads, Refusal, error_body, status_of
from penstock.http.asgi import App, Receive, Scope, Send, Sent
from penstock.http.asked import Asked, Exchange, asks_to_run, facts_of, request_of
from penstock.http.caching import as_public, has_already, is_public, tag_of
from penstock.http.compression import Compression
from penstock.http.head import ACCEPT, ACCEPT_ENCODING, REQUEST_ID, read_head
from penstock.http.intake import Intake
from penstock.http.media import NO_PREFERENCE, Wanted, negotiate
from penstock.http.request_id import RequestIds
from penstock.http.streams import Runs, Streams, tell_once
from penstock.lifecycle.holder import GenerationHolder
from penstock.operations.request import OperationResult
from penstock.schema.generation import Generation
from penstock.telemetry.logs import Log
from penstock.telemetry.redaction import describe_failure
from penstock.telemetry.requests import RequestFacts

_MOST_ACCEPTS = 256
_FAILED = Refusal(500, "Something went wrong on our side. The request id names this failure in the logs.", "INTERNAL")
_METHOD = Refusal(405, "Use POST, or GET for queries.", headers=((b"allow", b"GET, POST"),))
_NOT_READY = Refusal(
    503,
    "The store's definitions could not be read yet, so there is no schema. Try again in a moment.",
    "UPSTREAM_UNAVAILABLE",
    ((b"retry-after", b"2"),),
)
_STOPPED = Refusal(
    503,
    "The gateway stops, and this was not over in time. A write may have happened: read before you write again.",
    "UPSTREAM_TIMEOUT",
    ((b"retry-after", b"2"),),
)


def _count_no_limit(_limit: str) -> None:
    """The counter that counts nothing."""


@dataclass(frozen=True, slots=True)
class EndpointParts:
    """What the endpoint is made of.

    Attributes:
        runner: Runs operations.
        holder: Where the serving generation stands.
        intake: Lets requests in.
        request_ids: Names requests.
        explorer: Answers a browser that asks for a page, or None.
        tell: Told about every answered request.
        log: For failures of our own.
        clock: Monotonic seconds.
        on_limit: Told which limit refused a request at the door.
        compression: Packs large answers.
        public_seconds: How long anybody may keep an answer that is nobody's own.
        streams: Answers by streams of events; None where there are none.
    """

    runner: Runs
    holder: GenerationHolder
    intake: Intake
    request_ids: RequestIds
    explorer: App | None
    tell: Callable[[RequestFacts], None]
    log: Log
    clock: Callable[[], float]
    on_limit: Callable[[str], None] = _count_no_limit
    compression: Compression = field(default_factory=lambda: Compression(0))
    public_seconds: int = 0
    streams: Streams | None = None


class GraphQLEndpoint:
    """Answers GraphQL requests; an ASGI application for HTTP scopes."""

    __slots__ = ("_accepts", "_heads", "_parts")

    def __init__(self, parts: EndpointParts) -> None:
        self._parts = parts
        self._accepts: dict[bytes, Wanted] = {}
        self._heads = AnswerHeads(UNKNOWN_VERSION, is_packing=parts.compression.is_on)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        parts = self._parts
        started = parts.clock()
        head = read_head(scope["headers"])
        wanted = self._wanted(head.values[ACCEPT])
        method = scope["method"]
        if method == "POST":
            admitted = await parts.intake.from_body(head, wanted, receive)
            if admitted is None:
                return
        elif method == "GET":
            if wanted.page and parts.explorer is not None and not asks_to_run(scope["query_string"]):
                await parts.explorer(scope, receive, send)
                return
            admitted = parts.intake.from_url(head, wanted, scope["query_string"])
        else:
            admitted = _METHOD
        request_id = parts.request_ids.choose(head.values[REQUEST_ID])
        generation = parts.holder.current
        if isinstance(admitted, Refusal):
            await self._refuse(admitted, generation, wanted, request_id, started, send)
        elif generation is None:
            await self._refuse(_NOT_READY, None, wanted, request_id, started, send)
        else:
            request = request_of(admitted, head, request_id, allow_mutation=method == "POST")
            asked = Asked(request, admitted.credentials, wanted.media or "json", head)
            if wanted.stream and parts.streams is not None:
                exchange = Exchange(scope, receive, send, is_preferred=wanted.stream == "preferred")
                await self._stream(parts.streams, generation, asked, exchange, started)
            else:
                await self._run(generation, asked, started, send)

    async def _stream(
        self, streams: Streams, generation: Generation, asked: Asked, exchange: Exchange, started: float
    ) -> None:
        """Answer who takes a stream of events: by one, or as anybody where that is liked better and will do."""
        request, send = asked.request, exchange.send
        try:
            opened = await streams.open(self._parts.runner, generation, request, asked.credentials, exchange)
        except asyncio.CancelledError:  # by a server that stops
            await self._refuse(_STOPPED, generation, Wanted(asked.media), request.request_id, started, send)
            raise
        except Exception as error:  # noqa: BLE001 (the last door: whatever went wrong, the caller gets an answer)
            await self._fail(error, generation, asked, started, send)
            return
        if opened is None:
            await self._run(generation, asked, started, send)
            return
        if isinstance(opened, Refusal):
            await self._refuse(opened, generation, Wanted(asked.media), request.request_id, started, send)
            return
        headers = [
            (b"schema-version", generation.version.encode("ascii")),
            (b"x-request-id", request.request_id.encode("ascii")),
        ]
        told = opened if isinstance(opened, OperationResult) else opened.told
        self._parts.tell(facts_of(request.request_id, told, 200, self._parts.clock() - started))
        if isinstance(opened, OperationResult):
            await tell_once(send, opened.body, headers)
        else:
            await streams.tell(exchange, opened, headers, request.request_id)

    async def _run(self, generation: Generation, asked: Asked, started: float, send: Send) -> None:
        parts = self._parts
        request = asked.request
        try:
            result = await parts.runner.run(generation, request, asked.credentials)
        except asyncio.CancelledError:  # by a server that stops, after it has waited for as long as it may
            await self._refuse(_STOPPED, generation, Wanted(asked.media), request.request_id, started, send)
            raise
        except Exception as error:  # noqa: BLE001 (the last door: whatever went wrong, the caller gets an answer)
            await self._fail(error, generation, asked, started, send)
            return
        status = status_of(result, asked.media)
        is_large = asked.head.values[ACCEPT_ENCODING] and len(result.body) >= parts.compression.least_bytes
        is_plain = status == 200 and request.allow_mutation and not is_large
        plain = self._heads_of(generation).plain[asked.media]
        if not (is_plain and plain.send(send, request.request_id.encode("ascii"), result.body)):
            await self._send(generation, asked, result, status, send)
        parts.tell(facts_of(request.request_id, result, status, parts.clock() - started))

    async def _send(
        self, generation: Generation, asked: Asked, result: OperationResult, status: int, send: Send
    ) -> None:
        """Answer with all that an answer may need."""
        heads = self._heads_of(generation)
        request, body = asked.request, result.body
        headers = [
            *(heads.post if request.allow_mutation else heads.get)[asked.media],
            (b"x-request-id", request.request_id.encode("ascii")),
        ]
        if status == 405:
            headers.append((b"allow", b"POST"))
        if not request.allow_mutation and is_public(asked.head, result):
            tag = tag_of(body)
            headers = as_public(headers, tag, self._parts.public_seconds)
            if has_already(asked.head, tag):
                await send({"type": "http.response.start", "status": 304, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
        accepted = asked.head.values[ACCEPT_ENCODING]
        compression = self._parts.compression
        # An answer to a mutation may hold a token: what is packed tells by its length what is in it.
        if accepted and len(body) >= compression.least_bytes and result.operation_type == "query":
            packed = await compression.pack(accepted, body)
            if packed is not None:
                coding, body = packed
                headers.append((b"content-encoding", coding))
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _fail(self, error: Exception, generation: Generation, asked: Asked, started: float, send: Send) -> None:
        request_id = asked.request.request_id
        self._parts.log.error("request failed", request_id=request_id, **describe_failure(error))
        await self._refuse(_FAILED, generation, Wanted(asked.media), request_id, started, send)

    async def _refuse(
        self,
        refusal: Refusal,
        generation: Generation | None,
        wanted: Wanted,
        request_id: str,
        started: float,
        send: Send,
    ) -> None:
        if refusal.limit:
            self._parts.on_limit(refusal.limit)
        body = error_body(refusal.message, refusal.code, request_id)
        start: Sent = {
            "type": "http.response.start",
            "status": refusal.status,
            "headers": [
                *self._heads_of(generation).get[wanted.media or "json"],
                (b"x-request-id", request_id.encode("ascii")),
                (b"content-length", b"%d" % len(body)),
                *refusal.headers,
            ],
        }
        await send(start)
        await send({"type": "http.response.body", "body": body})
        milliseconds = round((self._parts.clock() - started) * 1000, 2)
        self._parts.tell(RequestFacts(request_id, "", "", "", refusal.status, (refusal.code,), milliseconds))

    def _wanted(self, accept: bytes | None) -> Wanted:
        if accept is None:
            return NO_PREFERENCE
        found = self._accepts.get(accept)
        if found is None:
            found = negotiate(accept.decode("latin-1"))
            if len(self._accepts) >= _MOST_ACCEPTS:
                self._accepts.clear()
            self._accepts[accept] = found
        return found

    def _heads_of(self, generation: Generation | None) -> AnswerHeads:
        version = UNKNOWN_VERSION if generation is None else generation.version
        if self._heads.version != version:
            self._heads = AnswerHeads(version, is_packing=self._parts.compression.is_on)
        return self._heads
