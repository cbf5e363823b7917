"""What begins and ends with the process: the look-out for new definitions, the lines of the log, the way to the store.

Never here: an `if` about business, how a request is answered.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TextIO

from starlette.applications import Starlette

from penstock.app.store import Store
from penstock.http.operating import Lifespan
from penstock.lifecycle import Reloader
from penstock.settings import Settings
from penstock.telemetry.logs import Log, adopt_library_logs, drop_library_logs
from penstock.telemetry.requests import RequestLine, RequestLines, log_each_request

_FIRST_LOOK_SECONDS = 5.0
"""How long the gateway waits for the store before it listens without a schema."""


def request_line(settings: Settings, stream: TextIO, log: Log) -> tuple[RequestLine | None, Callable[[], None]]:
    """What writes the line of a request, and what flushes it at the end."""
    if settings.log_level not in ("debug", "info"):
        return None, lambda: None
    if settings.log_format == "console" or not hasattr(stream, "buffer"):
        return log_each_request(log), lambda: None
    lines = RequestLines(stream.buffer, time.time)
    return lines, lines.flush


def make_lifespan(reloader: Reloader, store: Store, log: Log, flush: Callable[[], None]) -> Lifespan:
    """What runs beside the requests, begun before the first and ended after the last."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        handler = adopt_library_logs(log)
        looking = asyncio.create_task(reloader.run())
        try:
            await reloader.first_look(_FIRST_LOOK_SECONDS)
            yield
        finally:
            looking.cancel()
            await asyncio.wait((looking,))
            await reloader.aclose()
            await store.aclose()
            flush()
            drop_library_logs(handler)

    return lifespan
