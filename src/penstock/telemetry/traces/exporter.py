"""Carries spans to a collector in batches, and gives up on those that it does not take.

Never here: connections, how a span is written.
Source: OTLP/HTTP: 429, 502, 503 and 504 may be tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from penstock.errors import PenstockError
from penstock.telemetry.logs import Log
from penstock.telemetry.traces.tracer import Resource, Tracer, export

_AGAIN = frozenset({429, 502, 503, 504})
_PAUSE_SECONDS = 1.0
_TRIES = 2

Post = Callable[[bytes], Awaitable[int]]
"""Sends a body; the status of the answer."""


class Exporter:
    """Delivers what a tracer keeps.

    Args:
        tracer: Keeps spans.
        resource: Who records.
        post: Sends to the collector.
        batch: Spans of one request.
        count: Told how many spans came to what: ``sent`` or ``dropped``.
        log: Told once when a collector stops taking spans, and once when it does again.
    """

    def __init__(
        self,
        tracer: Tracer,
        resource: Resource,
        post: Post,
        *,
        batch: int,
        count: Callable[[str, int], None],
        log: Log,
    ) -> None:
        self._tracer = tracer
        self._resource = resource
        self._post = post
        self._batch = batch
        self._count = count
        self._log = log
        self._is_down = False
        self._told_dropped = 0
        self._full = asyncio.Event()
        tracer.on_batch(batch, self._full.set)

    async def run(self, delay_seconds: float) -> None:
        """Deliver whenever a batch is full, and so often in any case, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(delay_seconds):
                    await self._full.wait()
            except TimeoutError:
                pass
            self._full.clear()
            await self.deliver()

    async def deliver(self, tries: int = _TRIES) -> None:
        """Deliver everything that is kept now; whoever cancels it finds what was under way kept again."""
        dropped = self._tracer.dropped
        if dropped > self._told_dropped:
            self._count("dropped", dropped - self._told_dropped)
            self._told_dropped = dropped
        while spans := self._tracer.take(self._batch):
            try:
                reason = await self._send(export(self._resource, spans), tries)
            except asyncio.CancelledError:
                self._tracer.give_back(spans)
                raise
            self._count("dropped" if reason else "sent", len(spans))
            if bool(reason) != self._is_down:
                self._is_down = bool(reason)
                if reason:
                    self._log.warning("traces are not delivered", reason=reason)
                else:
                    self._log.info("traces are delivered again")

    async def _send(self, body: bytes, tries: int) -> str:
        """Why it was not taken, or ""."""
        reason = ""
        for attempt in range(tries):
            if attempt:
                await asyncio.sleep(_PAUSE_SECONDS)
            try:
                status = await self._post(body)
            except PenstockError as error:
                reason = str(error)
                continue
            if status < 300:
                return ""
            reason = f"The collector answered {status}."
            if status not in _AGAIN:
                return reason
        return reason
