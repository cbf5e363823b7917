"""A layer above all others that continues the caller's trace to the store, and tells of each call as a part of it.

It is there only where traces are recorded.

Never here: how a span is written, headers of the caller.
Source: W3C Trace Context; OpenTelemetry's conventions for HTTP clients.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec.structs

from penstock.errors import PenstockError
from penstock.upstream.transport import HeaderBlock, Request, Response, Transport


class CallTrace(Protocol):
    """One call as a part of a trace.

    Attributes:
        headers: What the store is told, as names and values.
    """

    headers: tuple[tuple[bytes, bytes], ...]

    def end(self, outcome: int | str) -> None:
        """The call is over: a status, or the kind of failure."""
        ...


Trace = Callable[[str, str], CallTrace | None]
"""Method and route template → the call that begins now; None outside a trace."""


class TracedTransport:
    """Adds the place in the trace to each request, and says when the call is over."""

    def __init__(self, inner: Transport, trace: Trace) -> None:
        self._inner = inner
        self._trace = trace

    async def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        call = self._trace(request.method, request.route)
        if call is None:
            return await self._inner.send(request)
        told = msgspec.structs.replace(request, headers=HeaderBlock((*request.headers.pairs, *call.headers)))
        try:
            response = await self._inner.send(told)
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
        await self._inner.aclose()
