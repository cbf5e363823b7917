"""A layer that tells what every call came to.

Never here: what is done with the telling.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TypeAlias

from penstock.errors import PenstockError
from penstock.upstream.transport import Request, Response, Transport

Observer: TypeAlias = Callable[[Request, int | PenstockError, float], None]
"""Takes the request, the status or the error, and the seconds it took."""


class ObservedTransport:
    """Calls the observer once for every call that ends; one that is cancelled tells nothing."""

    def __init__(self, inner: Transport, observer: Observer) -> None:
        self._inner = inner
        self._observer = observer

    async def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        started = perf_counter()
        try:
            response = await self._inner.send(request)
        except PenstockError as error:
            self._observer(request, error, perf_counter() - started)
            raise
        self._observer(request, response.status, perf_counter() - started)
        return response

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._inner.aclose()
