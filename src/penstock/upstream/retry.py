"""A layer that makes a call again where that is safe, within a budget, never in step with others.

Never here: how a connection is made again (the transport's own law), what an answer means.
Source: CONTRACT §5 (reads again on 429, 502, 503, 504; a write is sent once, whatever comes back).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from penstock.errors import LimitError, UpstreamUnavailable
from penstock.upstream.answers import retry_after
from penstock.upstream.config import RetryConfig
from penstock.upstream.transport import Request, Response, Transport

TROUBLE = frozenset({429, 502, 503, 504})
"""Statuses after which a read is made again."""


class RetryingTransport:
    """Reads are made again after 429, 502, 503, 504 and after failures; writes only when no byte of them left.

    Args:
        inner: What is called.
        config: How often, how soon, how much.
        random: Draws from [0, 1).
        sleep: Waits for seconds.
        before_again: Awaited before a call is made again, so that retries keep the rate too; or None.
    """

    def __init__(
        self,
        inner: Transport,
        config: RetryConfig,
        *,
        random: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        before_again: Callable[[Request], Awaitable[None]] | None = None,
    ) -> None:
        self._inner = inner
        self._config = config
        self._random = random
        self._sleep = sleep
        self._before_again = before_again
        self._budget = config.budget_reserve
        self._under_way = 0
        self._entered = 0

    async def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        self.enter()
        try:
            try:
                outcome: Response | UpstreamUnavailable = await self._inner.send(request)
            except UpstreamUnavailable as error:
                outcome = error.with_traceback(None)  # kept in this frame, it would keep this frame
            return await self.settle(request, outcome)
        finally:
            self.leave()

    def enter(self) -> None:
        """Count a call that begins: it adds to the budget."""
        self._under_way += 1
        self._entered += 1

    def leave(self) -> None:
        """Count a call that is over."""
        self._under_way -= 1

    async def settle(self, request: Request, outcome: Response | UpstreamUnavailable) -> Response:
        """What the first attempt of a call that was entered comes to in the end.

        Raises:
            UpstreamError: See `Transport.send`.
        """
        if isinstance(outcome, Response) and (outcome.status not in TROUBLE or not request.is_safe):
            return outcome
        return await self._go_on(request, outcome)

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._inner.aclose()

    async def _go_on(self, request: Request, outcome: Response | UpstreamUnavailable) -> Response:
        for attempt in range(1, self._config.max_attempts):
            wait = self._wait_before(request, outcome, attempt)
            if wait is None:
                break
            self._budget -= 1
            await self._sleep(wait)
            try:
                if self._before_again is not None:
                    await self._before_again(request)
                outcome = await self._inner.send(request)
            except UpstreamUnavailable as error:
                outcome = error.with_traceback(None)
            except LimitError:
                break
            if isinstance(outcome, Response) and (outcome.status not in TROUBLE or not request.is_safe):
                break
        if isinstance(outcome, Response):
            return outcome
        raise outcome

    def _count_budget(self) -> float:
        """Retries that may be made now: each call adds its share, up to that of the calls under way."""
        config = self._config
        earned, self._entered = config.budget_ratio * self._entered, 0
        bound = max(config.budget_reserve, config.budget_ratio * self._under_way)
        self._budget = min(self._budget + earned, bound)
        return self._budget

    def _wait_before(self, request: Request, outcome: Response | UpstreamUnavailable, attempt: int) -> float | None:
        """Seconds until the call is made again; None when it is not."""
        config = self._config
        if self._count_budget() < 1:
            return None
        asked = None
        base = config.base_seconds
        if isinstance(outcome, Response):
            asked = retry_after(outcome)
            if outcome.status == 429:
                base = config.rate_limited_base_seconds
        elif outcome.retry_after is not None or not (request.is_safe or not outcome.sent):
            # Only an open breaker names a time here: it has to be left alone until then.
            return None
        wait = self._random() * min(config.max_wait_seconds, base * 2 ** (attempt - 1))
        if asked is not None:
            wait += asked
        return wait if asyncio.get_running_loop().time() + wait < request.deadline else None
