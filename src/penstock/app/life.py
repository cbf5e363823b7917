"""What begins and ends with the process: the look-out for new definitions, the lines of the log, the way to the store.

Never here: an `if` about business, how a request is answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from starlette.applications import Starlette

from penstock.app.store import Store
from penstock.app.telling import Telling, tell_workers
from penstock.http.operating import Lifespan
from penstock.lifecycle import Reloader
from penstock.state import State
from penstock.telemetry.logs import Log, adopt_library_logs, drop_library_logs
from penstock.telemetry.redaction import describe_failure

Work: TypeAlias = Callable[[], Awaitable[None]]
"""Something that goes on until it is cancelled."""

_FIRST_LOOK_SECONDS = 5.0
"""How long the gateway waits for the store before it listens without a schema."""

_LAST_WRITES_SECONDS = 1.0
"""How long a write is waited for whose request was cut off when the time to drain was over."""


@dataclass(frozen=True, slots=True)
class Lifelong:
    """What lives as long as the process.

    Attributes:
        reloader: Looks out for new definitions.
        store: The way to the store.
        state: What replicas share.
        telling: Where things are told and counted.
        drain: Waits so many seconds for the writes under way; how many are not over even so.
        beside: What else runs beside the requests until it is cancelled.
    """

    reloader: Reloader
    store: Store
    state: State
    telling: Telling
    drain: Callable[[float], Awaitable[int]]
    beside: tuple[Work, ...] = ()


def make_lifespan(parts: Lifelong) -> Lifespan:
    """What runs beside the requests, begun before the first and ended after the last."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        reloader, telling = parts.reloader, parts.telling
        handler = adopt_library_logs(telling.log)
        works: tuple[Work, ...] = (reloader.run, lambda: tell_workers(telling.metrics), *parts.beside)
        running = [asyncio.create_task(_told(work, telling.log)) for work in works]
        try:
            await reloader.first_look(_FIRST_LOOK_SECONDS)
            yield
        finally:
            abandoned = await parts.drain(_LAST_WRITES_SECONDS)
            if abandoned:
                telling.log.error("writes abandoned", number=abandoned)
            for task in running:
                task.cancel()
            await asyncio.wait(running)
            await reloader.aclose()
            await parts.store.aclose()
            await parts.state.aclose()
            telling.flush()
            drop_library_logs(handler)

    return lifespan


async def _told(work: Work, log: Log) -> None:
    """Do the work; what nobody foresaw ends it, and is told."""
    try:
        await work()
    except Exception as error:  # noqa: BLE001 (nobody waits for it who could tell)
        log.error("background work ended", **describe_failure(error))  # noqa: TRY400 (the text of a foreign exception is never logged)
