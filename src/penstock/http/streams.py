"""GraphQL over server-sent events: the graphql-sse protocol in its distinct connections mode.

Every answer is an event `next`, and `complete` says that there will be no other. Whatever is wrong with an operation is
told in the same way; a status other than 200 is for what another attempt may mend. A stream that the server has to cut
short ends without `complete`: that is how graphql-sse clients know that they are to come back.

Never here: what is told, who may be told.
Source: the GraphQL over Server-Sent Events protocol, "Distinct connections mode".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Protocol

from penstock.http.answers import Refusal, error_body
from penstock.http.asgi import Headers, Scope, Send
from penstock.http.asked import Exchange
from penstock.http.sse import HEADERS, HEARTBEAT, Pace, ending, event
from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.operations.subscriptions import SubscriptionStream, TooMany
from penstock.schema.generation import Generation
from penstock.telemetry.logs import Log
from penstock.telemetry.redaction import describe_failure

_COMPLETE = b"event: complete\ndata:\n\n"
_LATER = ((b"retry-after", b"30"),)
_TOO_MANY = {
    "total": Refusal(
        503, "Too many subscriptions are open; try again later.", "LIMIT_EXCEEDED", _LATER, "subscriptions"
    ),
    "client": Refusal(
        429, "You have too many subscriptions open; end one first.", "LIMIT_EXCEEDED", _LATER, "subscriptions"
    ),
}
_BROKEN = "Something went wrong on our side. The request id names this failure in the logs."


class Runs(Protocol):
    """Runs operations."""

    async def run(self, generation: Generation, request: OperationRequest, credentials: Credentials) -> OperationResult:
        """Run one operation on one generation; never raises for anything a request can cause."""
        ...


class Opens(Protocol):
    """Opens subscriptions."""

    async def open(
        self, generation: Generation, request: OperationRequest, credentials: Credentials, client: bytes
    ) -> SubscriptionStream | OperationResult | TooMany | None:
        """The stream of a subscription; the answer to one that is refused; None for any other operation."""
        ...


@dataclass(frozen=True, slots=True)
class Streams:
    """Answers by streams of events.

    Attributes:
        subscriptions: Opens subscriptions.
        log: For failures of our own.
        pace: How a stream goes on while nothing happens.
    """

    subscriptions: Opens
    log: Log
    pace: Pace[bytes]

    async def open(
        self,
        runner: Runs,
        generation: Generation,
        request: OperationRequest,
        credentials: Credentials,
        exchange: Exchange,
    ) -> SubscriptionStream | OperationResult | Refusal | None:
        """What a request is answered by as a stream; None where it is to be answered as any other."""
        client = _client(exchange.scope, credentials)
        opened = await self.subscriptions.open(generation, request, credentials, client)
        if isinstance(opened, TooMany):
            return _TOO_MANY[opened.bound]
        if opened is None and exchange.is_preferred:
            opened = await runner.run(generation, request, credentials)
            if opened.outcome == "method":
                return None
        if isinstance(opened, OperationResult) and not exchange.is_preferred and opened.operation_type == "":
            return None  # whatever it is, it cannot be run, and its client takes that in another form as well
        return opened

    async def tell(self, exchange: Exchange, stream: SubscriptionStream, headers: Headers, request_id: str) -> None:
        """Tell one subscriber until it is over, the client leaves or the server stops."""
        send = exchange.send
        with stream:
            await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *headers]})
            await send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})
            async with aclosing(stream.answers()) as answers:
                pump = _Pump(answers, lambda error: self._tell_failure(error, request_id))
                pumping = asyncio.create_task(pump.run())
                try:
                    async with ending(exchange.scope, exchange.receive, pump):
                        await self.pace.pour(pump, _next, send)
                finally:
                    pumping.cancel()
                    with suppress(asyncio.CancelledError):
                        await pumping
            await send({"type": "http.response.body", "body": _COMPLETE if pump.is_complete else b""})

    def _tell_failure(self, error: Exception, request_id: str) -> bytes:
        self.log.error("request failed", request_id=request_id, **describe_failure(error))
        return error_body(_BROKEN, "INTERNAL", request_id)


async def tell_once(send: Send, body: bytes, headers: Headers) -> None:
    """One answer as a whole stream."""
    whole = _next(body) + _COMPLETE
    size = (b"content-length", b"%d" % len(whole))
    await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *headers, size]})
    await send({"type": "http.response.body", "body": whole})


def _next(body: bytes) -> bytes:
    return event("next", body)


def _client(scope: Scope, credentials: Credentials) -> bytes:
    """Whoever brings the same credentials is one client; without any, whoever calls from one address."""
    if credentials.has_bearer or credentials.customer_token:
        return credentials.digest
    address = scope.get("client")
    return address[0].encode() if address else b""


class _Pump:
    """The answers of a stream as a source; one waits at the most while a slow client is sent another.

    Args:
        answers: The answers.
        tell_failure: What is told of a failure of ours.
    """

    def __init__(self, answers: AsyncGenerator[bytes, None], tell_failure: Callable[[Exception], bytes]) -> None:
        self._answers = answers
        self._tell_failure = tell_failure
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue(1)
        self.is_over = False
        self.is_complete = False

    async def run(self) -> None:
        """Until there are no more answers."""
        try:
            async for body in self._answers:
                await self._waiting.put(body)
        except Exception as error:  # noqa: BLE001 (the last door: whatever went wrong, the client is told)
            await self._waiting.put(self._tell_failure(error))
        await self._waiting.put(None)

    async def next(self) -> bytes | None:
        """The next answer."""
        body = await self._waiting.get()
        if body is None and not self.is_over:
            self.is_over = self.is_complete = True
        return body

    def end(self) -> None:
        """Nothing more is wanted, or nothing more can be sent."""
        self.is_over = True
        with suppress(asyncio.QueueFull):
            self._waiting.put_nowait(None)
