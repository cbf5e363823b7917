"""The way of a call that meets no trouble: through all layers of the stack in one step.

The layers stay what they are and say what is done about trouble. Here they are only passed in their own order while
there is none: the rate has room, the breaker is closed, a kept connection is idle, and the answer is no cause to retry.

Never here: what a layer does; a second copy of its rules.
Source: PERFORMANCE §2 (what a call costs); four coroutines a call were a tenth of a fan-out's time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from penstock.errors import PenstockError, UpstreamTimeout, UpstreamUnavailable
from penstock.upstream.breaker import CircuitBreaker
from penstock.upstream.lean import LeanTransport
from penstock.upstream.lean.connection import LeanConnection
from penstock.upstream.observe import Observer
from penstock.upstream.rate import RateLimiter
from penstock.upstream.retry import TROUBLE, RetryingTransport
from penstock.upstream.transport import Request, Response, Transport


@dataclass(frozen=True, slots=True)
class Layers:
    """What a call passes, outermost first; `whole` is all of it composed.

    Attributes:
        whole: The stack as it is composed, for every call that cannot go straight on.
        observer: Told of every call.
        limiter: The rate limit, or None.
        retrying: Makes calls again.
        breaker: Stops calls to an origin that only fails.
        connection: Holds the connections.
    """

    whole: Transport
    observer: Observer
    limiter: RateLimiter | None
    retrying: RetryingTransport
    breaker: CircuitBreaker
    connection: LeanTransport


class DirectTransport:
    """The whole stack, at the price of one coroutine where nothing is wrong."""

    __slots__ = (
        "_breaker",
        "_give_back",
        "_lean",
        "_limiter",
        "_now",
        "_observe",
        "_render",
        "_retrying",
        "_take",
        "_whole",
    )

    def __init__(self, layers: Layers) -> None:
        self._whole = layers.whole
        self._observe = layers.observer
        self._limiter = layers.limiter
        self._retrying = layers.retrying
        self._breaker = layers.breaker
        self._lean = layers.connection
        self._now = layers.connection.now
        self._take = layers.connection.take
        self._give_back = layers.connection.give_back
        self._render = layers.connection.render

    async def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        breaker, limiter, retrying = self._breaker, self._limiter, self._retrying
        try:
            payload = self._render(request)
        except PenstockError:
            return await self._whole.send(request)  # it fails there as well, and is told of
        started = self._now()
        connection = self._take(request, started) if breaker.is_closed else None
        if connection is None:
            return await self._whole.send(request)
        if limiter is not None and not limiter.pass_now(started):
            self._give_back(connection)
            return await self._whole.send(request)
        era = breaker.era
        retrying.enter()
        try:
            waiter = connection.begin(request, payload, started)
            try:
                response = await waiter
            except asyncio.CancelledError:
                connection.give_up(waiter)
                raise
            except (UpstreamUnavailable, UpstreamTimeout) as failure:
                response = await self._go_on(request, connection, failure.with_traceback(None), era)
            else:
                if response.status in TROUBLE:
                    breaker.judge(response, era)
                    response = await retrying.settle(request, response)
                elif breaker.failures:
                    breaker.succeed(era)
        except PenstockError as error:
            self._observe(request, error, self._now() - started)
            raise
        finally:
            retrying.leave()
        self._observe(request, response.status, self._now() - started)
        return response

    async def _go_on(
        self, request: Request, connection: LeanConnection, failure: UpstreamUnavailable | UpstreamTimeout, era: int
    ) -> Response:
        """What the layers make of a first attempt that failed, from the connection upwards."""
        outcome: Response | UpstreamUnavailable
        try:
            if isinstance(failure, UpstreamTimeout):
                raise failure
            outcome = await self._lean.send_again(request, connection, failure)
        except UpstreamTimeout as error:
            self._breaker.fail(era, error)
            raise
        except UpstreamUnavailable as error:
            self._breaker.fail(era)
            outcome = error.with_traceback(None)  # kept in this frame, it would keep this frame
        else:
            self._breaker.judge(outcome, era)
        return await self._retrying.settle(request, outcome)

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._whole.aclose()
