"""What replicas share, opened from settings, with outages told to the log and the metrics.

Never here: an `if` about business.
"""

from __future__ import annotations

import time

from penstock.settings import Settings
from penstock.state import Clocks, State, Watch, open_state
from penstock.telemetry.logs import Log
from penstock.telemetry.metrics import Metrics


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


def require_state(settings: Settings) -> None:
    """Refuse settings whose state cannot be had, before any process is started for it.

    Raises:
        OperatorError: See `share`.
    """
    address = settings.state_url
    open_state(address, prefix=settings.state_prefix, timeout_seconds=1.0, clocks=Clocks(time.monotonic, time.time))
