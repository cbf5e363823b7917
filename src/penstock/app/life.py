"""What begins and ends with the process: the look-out for new definitions, the lines of the log, the way to the store.

Never here: an `if` about business, how a request is answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette

from penstock.app.store import Store
from penstock.app.telling import Telling, tell_workers
from penstock.http.operating import Lifespan
from penstock.lifecycle import Reloader
from penstock.state import State
from penstock.telemetry.logs import adopt_library_logs, drop_library_logs

_FIRST_LOOK_SECONDS = 5.0
"""How long the gateway waits for the store before it listens without a schema."""


@dataclass(frozen=True, slots=True)
class Lifelong:
    """What lives as long as the process.

    Attributes:
        reloader: Looks out for new definitions.
        store: The way to the store.
        state: What replicas share.
        telling: Where things are told and counted.
    """

    reloader: Reloader
    store: Store
    state: State
    telling: Telling


def make_lifespan(parts: Lifelong) -> Lifespan:
    """What runs beside the requests, begun before the first and ended after the last."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        reloader, telling = parts.reloader, parts.telling
        handler = adopt_library_logs(telling.log)
        looking = asyncio.create_task(reloader.run())
        counting = asyncio.create_task(tell_workers(telling.metrics))
        try:
            await reloader.first_look(_FIRST_LOOK_SECONDS)
            yield
        finally:
            looking.cancel()
            counting.cancel()
            await asyncio.wait((looking, counting))
            await reloader.aclose()
            await parts.store.aclose()
            await parts.state.aclose()
            telling.flush()
            drop_library_logs(handler)

    return lifespan
