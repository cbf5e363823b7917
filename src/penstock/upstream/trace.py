"""A layer above all others that continues the caller's trace to the store, and tells of each call as a part of it.

It is there only where traces are recorded.

Never here: how a span is written, headers of the caller.
Source: W3C Trace Context; OpenTelemetry's conventions for HTTP clients.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Protocol

import msgspec.structs

from penstock.errors import PenstockError
from penstock.upstream.transport import Request, Response, Transport


class CallTrace(Protocol):
    """One call as a part of a trace.

    Attributes:
        lines: What the store is told, as names and values.
    """

    lines: tuple[tuple[bytes, bytes], ...]

    def end(self, outcome: int | str) -> None:
        """The call is over: a status, or the kind of failure."""
        ...


Trace = Callable[[str, str], CallTrace | None]
"""Method and route template → the call that begins now; None outside a trace."""


class TracedTransport:
    """Adds the place in the trace to each request, and says when the call is over.

    Args:
        inner: What is below.
        trace: Begins calls.
        place: Where the code that runs stands in a trace; None outside.
    """

    __slots__ = ("_aclose", "_inner", "_place", "_trace")

    def __init__(self, inner: Transport, trace: Trace, place: Callable[[], object | None]) -> None:
        self._inner = inner.send
        self._aclose = inner.aclose
        self._trace = trace
        self._place = place

    def send(self, request: Request) -> Coroutine[object, object, Response]:
        """See `Transport.send`; a call outside a trace passes as if nothing were here."""
        if self._place() is None:
            return self._inner(request)
        call = self._trace(request.method, request.route)
        return self._inner(request) if call is None else self._told(request, call)

    async def _told(self, request: Request, call: CallTrace) -> Response:
        told = msgspec.structs.replace(request, headers=request.headers.followed_by(call.lines))
        try:
            response = await self._inner(told)
        except PenstockError as error:
            call.end(type(error).__name__)
            raise
        except asyncio.CancelledError:
            call.end("cancelled")
            raise
        call.end(response.status)
        return response

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._aclose()
