"""A layer that stops calling an origin which only fails, and feels its way back.

Never here: retries, which failure a client sees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from penstock.errors import UpstreamTimeout, UpstreamUnavailable
from penstock.upstream.config import BreakerConfig
from penstock.upstream.transport import Request, Response, Transport

_DOWN = frozenset({502, 503, 504})


class CircuitBreaker:
    """Closed: calls pass. Open: they fail at once, unsent. Half open: a few probes decide.

    Consecutive failures open it. What a call says that began in an earlier state is not listened to: each change of
    state begins a new era.

    Attributes:
        is_closed: Whether calls pass unasked.
        era: Counts changes of state.
        failures: In a row, up to now.
    """

    __slots__ = ("_clock", "_config", "_open_until", "_probing", "era", "failures", "is_closed")

    def __init__(self, config: BreakerConfig, *, clock: Callable[[], float]) -> None:
        self._config = config
        self._clock = clock
        self._open_until = 0.0
        self._probing = 0
        self.is_closed = True
        self.era = 0
        self.failures = 0

    @property
    def state(self) -> Literal["closed", "open", "half-open"]:
        """For metrics and health."""
        if self.is_closed:
            return "closed"
        return "open" if self._clock() < self._open_until else "half-open"

    def begin_probe(self) -> float:
        """Ask, while it is not closed, to send one call all the same; 0 lets it pass, else seconds to stay away."""
        left = self._open_until - self._clock()
        if left > 0 or self._probing >= self._config.probes:
            return max(left, 0.1)
        self._probing += 1
        return 0.0

    def end_probe(self) -> None:
        """A probe is over, however it ended."""
        self._probing -= 1

    def succeed(self, era: int) -> None:
        """A call of that era was answered."""
        if era == self.era:
            self.failures = 0
            if not self.is_closed:
                self.is_closed = True
                self.era += 1

    def judge(self, response: Response, era: int) -> None:
        """Listen to what a call of that era was answered."""
        if response.status in _DOWN:
            self.fail(era)
        elif self.failures:
            self.succeed(era)

    def fail(self, era: int, error: UpstreamUnavailable | UpstreamTimeout | None = None) -> None:
        """A call of that era was not; one that came too late to be answered says nothing."""
        if era != self.era or (isinstance(error, UpstreamTimeout) and error.waited < self._config.patience_seconds):
            return
        self.failures += 1
        if not self.is_closed or self.failures >= self._config.failures:
            self.is_closed = False
            self._open_until = self._clock() + self._config.open_seconds
            self.era += 1


class BreakingTransport:
    """Failures are: no answer, none in time, 502, 503, 504. Any other answer says that the origin lives."""

    def __init__(self, inner: Transport, breaker: CircuitBreaker) -> None:
        self._inner = inner
        self._breaker = breaker

    async def send(self, request: Request) -> Response:
        """See `Transport.send`.

        Raises:
            UpstreamUnavailable: It is open: unsent, and ``retry_after`` says for how long. No other failure has one.
        """
        breaker = self._breaker
        is_probe = not breaker.is_closed
        if is_probe:
            self._begin_probe(request)
        era = breaker.era
        try:
            response = await self._inner.send(request)
        except (UpstreamUnavailable, UpstreamTimeout) as error:
            breaker.fail(era, error)
            raise
        finally:
            if is_probe:
                breaker.end_probe()
        breaker.judge(response, era)
        return response

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._inner.aclose()

    def _begin_probe(self, request: Request) -> None:
        breaker = self._breaker
        away = breaker.begin_probe()
        if away:
            raise UpstreamUnavailable(
                f"{request.method} {request.route} was not sent: the store failed {breaker.failures} times in a row.",
                sent=False,
                retry_after=away,
            )
