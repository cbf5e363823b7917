"""A layer that keeps the store's request rate: so many calls in any second, the others in line, in order.

Never here: the number of connections, what a 429 of upstream means.
Source: CONTRACT §5 (25 requests/s on a development store, 100 on production).
"""

from __future__ import annotations

import asyncio
from collections import deque

from penstock.errors import LimitError
from penstock.upstream.config import RateConfig
from penstock.upstream.fair import FairLine, make_room
from penstock.upstream.shared_rate import SharedRate
from penstock.upstream.transport import Request, Response, Transport


class RateLimiter:
    """At most ``per_second`` calls begin in any one second, counted over a sliding window.

    A bucket that refills would let twice the rate through in its first second; upstream counts seconds, not buckets.
    Calls beyond wait, callers in turn. A call is refused at once when its turn would come after its deadline, or when
    too many wait already; it is refused later when others that came meanwhile keep it from its turn until its deadline.

    Args:
        config: The rate, and how many may wait.
        shared: Keeps the rate together with other processes; None where this one has it to itself.
    """

    def __init__(self, config: RateConfig, shared: SharedRate | None = None) -> None:
        self._shared = shared
        self._rate = config.per_second
        self._size = max(1, int(config.per_second))
        self._window = self._size / config.per_second
        self._max_waiting = config.max_waiting
        self._begun: deque[float] = deque()
        self._line: FairLine[None] = FairLine()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """Calls in line."""
        return self._line.waiting

    def pass_now(self, now: float) -> bool:
        """Begin one call at this time of the event loop's clock, if it need not wait; False where `admit` is needed."""
        return not self._line.waiting and self._begin(now)

    async def admit(self, request: Request) -> None:
        """Wait for the turn to begin one call.

        Raises:
            LimitError: Its turn would come too late; ``retry_after`` says when one is free.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self.pass_now(now):
            return
        wait = self._wait_seconds(now, self._line.ahead_of(request.caller))
        if now + wait > request.deadline:
            raise self._refusal(wait)
        make_room(self._line, self._max_waiting, request, self._refusal(wait))
        turn = loop.create_future()
        self._line.join(turn, request)
        if self._timer is None:
            self._arm(loop, now)
        try:
            async with asyncio.timeout_at(request.deadline):
                await self._take(turn, loop)
        except TimeoutError as error:
            raise self._refusal(self._window) from error

    def close(self) -> None:
        """Let everybody go: what stands below is closed and says so."""
        if self._shared is not None:
            self._shared.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for turn in self._line.clear():
            turn.set_result(None)

    async def _take(self, turn: asyncio.Future[None], loop: asyncio.AbstractEventLoop) -> None:
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._line.leave()
            elif turn.exception() is None and self._begun:
                self._begun.pop()  # its turn came and nobody used it
                self._tick(loop)
            raise

    def _refusal(self, wait: float) -> LimitError:
        return LimitError(
            f"The store takes {self._rate:g} requests a second and too many wait. Try again.",
            "RATE_LIMITED",
            retry_after=round(wait, 3),
        )

    def _begin(self, now: float) -> bool:
        if not self._has_room(now) or (self._shared is not None and not self._shared.use(now)):
            return False
        self._begun.append(now)
        return True

    def _has_room(self, now: float) -> bool:
        begun = self._begun
        if len(begun) < self._size:
            return True
        if begun[0] + self._window <= now:
            begun.popleft()
            return True
        return False

    def _wait_seconds(self, now: float, ahead: int) -> float:
        """When the call that joins the line now, so many ahead of it, would have its turn."""
        rounds, place = divmod(ahead, self._size)
        begun = self._begun
        free = begun[place] if len(begun) == self._size else now - self._window
        return max(0.0, free + (rounds + 1) * self._window - now)

    def _arm(self, loop: asyncio.AbstractEventLoop, now: float) -> None:
        due = self._begun[0] + self._window if len(self._begun) >= self._size else now
        self._timer = loop.call_at(due, self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = loop.time() + 0.001  # a timer may fire a clock tick early
        line = self._line
        while line.waiting:
            if self._begin(now):
                turn = line.pop()
                if turn is None:
                    self._begun.pop()
                    return
                turn.set_result(None)
            elif self._shared is not None and self._has_room(now):
                self._shared.want(line.waiting, lambda: self._tick(loop))
                return
            else:
                self._arm(loop, now)
                return


class RateLimitedTransport:
    """Calls go on when the limiter lets them."""

    def __init__(self, inner: Transport, limiter: RateLimiter) -> None:
        self._inner = inner
        self._limiter = limiter

    async def send(self, request: Request) -> Response:
        """See `Transport.send`.

        Raises:
            LimitError: See `RateLimiter.admit`.
        """
        await self._limiter.admit(request)
        return await self._inner.send(request)

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._inner.aclose()
        self._limiter.close()
