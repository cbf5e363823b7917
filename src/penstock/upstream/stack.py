"""The one visible list of what stands between a call and the network.

Never here: what a layer does.
Source: HOUSE order: observe, rate, retry, breaker, connection.
"""

from __future__ import annotations

import asyncio
import random as random_module
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from penstock.upstream.breaker import BreakingTransport, CircuitBreaker
from penstock.upstream.config import RateConfig, StackConfig
from penstock.upstream.direct import DirectTransport, Layers
from penstock.upstream.httpx_transport import HttpxTransport
from penstock.upstream.lean import LeanTransport
from penstock.upstream.observe import ObservedTransport, Observer
from penstock.upstream.rate import RateLimitedTransport, RateLimiter
from penstock.upstream.retry import RetryingTransport
from penstock.upstream.shared_rate import Fetch, SharedRate
from penstock.upstream.transport import Transport


@dataclass(frozen=True, slots=True)
class Stack:
    """The composed way to one origin, and the layers whose state is worth showing.

    Attributes:
        transport: What calls go through.
        limiter: The rate limit, or None when it is off.
        breaker: The circuit breaker, or None when it is off.
    """

    transport: Transport
    limiter: RateLimiter | None
    breaker: CircuitBreaker | None


def build_stack(
    config: StackConfig,
    *,
    observer: Observer | None = None,
    clock: Callable[[], float] = time.monotonic,
    random: Callable[[], float] = random_module.random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Transport:
    """Compose the way to one origin; see `build_layers`."""
    return build_layers(config, observer=observer, clock=clock, random=random, sleep=sleep).transport


def build_layers(
    config: StackConfig,
    *,
    observer: Observer | None = None,
    fetch: Fetch | None = None,
    clock: Callable[[], float] = time.monotonic,
    random: Callable[[], float] = random_module.random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Stack:
    """Compose the way to one origin, from the network upwards; a layer that is switched off is not there at all.

    Args:
        config: Bounds of every layer.
        observer: Told of every call, or None.
        fetch: Where units of a rate come from that is kept together with other processes; None for this one's own.
        clock: Seconds that only grow, for the breaker.
        random: Draws from [0, 1), for the jitter of retries.
        sleep: Waits for seconds, between retries.

    Raises:
        OperatorError: The URL or the file of authorities cannot be used.
    """
    limiter = _limiter(config.rate, fetch)
    breaker = CircuitBreaker(config.breaker, clock=clock) if config.breaker.failures > 0 else None
    retrying: RetryingTransport | None = None
    admit = None if limiter is None else limiter.admit  # a call made again counts like any other
    lean = LeanTransport(config.base_url, config.connection) if config.kind == "lean" else None
    transport: Transport = lean or HttpxTransport(config.base_url, config.connection)
    transport = transport if breaker is None else BreakingTransport(transport, breaker)
    if config.retry.max_attempts > 1:
        retrying = transport = RetryingTransport(
            transport, config.retry, random=random, sleep=sleep, before_again=admit
        )
    transport = transport if limiter is None else RateLimitedTransport(transport, limiter)
    if observer is not None:
        transport = ObservedTransport(transport, observer)
    if lean is not None and retrying is not None and breaker is not None and observer is not None:
        transport = DirectTransport(Layers(transport, observer, limiter, retrying, breaker, lean))
    return Stack(transport, limiter, breaker)


def _limiter(rate: RateConfig, fetch: Fetch | None) -> RateLimiter | None:
    if rate.per_second <= 0:
        return None
    return RateLimiter(rate, None if fetch is None else SharedRate(fetch, max(1, int(rate.per_second))))
