"""What replicas share, opened from settings, with outages told to the log and the metrics.

Never here: an `if` about business.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from penstock.errors import OperatorError
from penstock.operations.locks import WriteLocks
from penstock.settings import Settings
from penstock.state import Clocks, State, Turns, Watch, open_state
from penstock.telemetry.logs import Log
from penstock.telemetry.metrics import Metrics
from penstock.upstream.shared_rate import SLACK_SECONDS, Fetch


def share(settings: Settings, metrics: Metrics, log: Log) -> State:
    """The state of the settings; nothing is sent yet.

    Raises:
        OperatorError: Its folder cannot be used, or its file of authorities cannot be read.
    """
    where = settings.state_url.shown

    def tell_down(reason: str) -> None:
        metrics.state_changed(is_up=False)
        log.warning("shared state down", state=where, reason=reason, until_then="this process keeps its own")

    def tell_up() -> None:
        metrics.state_changed(is_up=True)
        log.info("shared state back", state=where)

    return open_state(
        settings.state_url,
        prefix=settings.state_prefix,
        timeout_seconds=settings.state_timeout_seconds,
        clocks=Clocks(time.monotonic, time.time),
        watch=Watch(on_down=tell_down, on_up=tell_up, on_failure=lambda _reason: metrics.state_failed()),
    )


def shared_rate(settings: Settings, state: State) -> Fetch | None:
    """Where units of the store's rate come from, when processes share it."""
    per_second = settings.upstream_rate_limit
    if settings.state_url.kind == "memory" or not per_second:
        return None
    limit = max(1, int(per_second))
    window = limit / per_second + SLACK_SECONDS

    async def fetch(units: int) -> tuple[int, float]:
        grant = await state.take("rate", units, limit=limit, seconds=window)
        return grant.amount, grant.wait_seconds

    return fetch


def write_locks(settings: Settings, state: State) -> WriteLocks:
    """What keeps writes to one resource apart, here and in other processes."""
    if settings.state_url.kind == "memory":
        return WriteLocks()
    return WriteLocks(Turns(state, "write", random.random).hold)


def watched_state(settings: Settings, on_down: Callable[[str], None]) -> State:
    """The state of the settings, for a command; nothing is sent yet.

    Args:
        settings: Where it is.
        on_down: Told why it cannot be reached, when this process goes on by itself.

    Raises:
        OperatorError: It cannot be used.
    """
    return open_state(
        settings.state_url,
        prefix=settings.state_prefix,
        timeout_seconds=settings.state_timeout_seconds,
        clocks=Clocks(time.monotonic, time.time),
        watch=Watch(on_down=on_down),
    )


def open_shared_state(settings: Settings, on_down: Callable[[str], None]) -> State:
    """The state of the settings, for a command that is of use only where others see it.

    Args:
        settings: Where it is.
        on_down: Told why it cannot be reached, instead of which this process would go on by itself.

    Raises:
        OperatorError: It is one process's own, or cannot be used.
    """
    state = watched_state(settings, on_down)
    if not state.is_shared:
        raise OperatorError("PENSTOCK_STATE_URL is not set; give the folder or the Redis that the replicas share.")
    return state


def require_state(settings: Settings) -> None:
    """Refuse settings whose state cannot be had, before any process is started for it.

    Raises:
        OperatorError: See `share`.
    """
    address = settings.state_url
    open_state(address, prefix=settings.state_prefix, timeout_seconds=1.0, clocks=Clocks(time.monotonic, time.time))
