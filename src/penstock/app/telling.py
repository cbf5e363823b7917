"""Where the gateway tells what it does, built from settings: metrics, the log, the line of a request.

Never here: an `if` about business, what a metric or a line means.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from penstock.app.store import Store
from penstock.lifecycle import GenerationHolder
from penstock.operations.documents import Documents
from penstock.operations.runner import Runner
from penstock.settings import Settings
from penstock.telemetry.facts import DocumentFacts, UpstreamFacts
from penstock.telemetry.logs import Log, create_log
from penstock.telemetry.metrics import Metrics
from penstock.telemetry.requests import RequestLine, RequestLines, log_each_request
from penstock.telemetry.slots import SharedSlots, Slots

_TELL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Telling:
    """Where it is told what is done.

    Attributes:
        metrics: What is counted.
        log: Where things are told.
        line: Writes the line of a request, or None where the level leaves it out.
        flush: Writes the lines that are gathered.
    """

    metrics: Metrics
    log: Log
    line: RequestLine | None
    flush: Callable[[], None]


def make_telling(settings: Settings, stream: TextIO) -> Telling:
    """All of it, with the log on this stream.

    Raises:
        OperatorError: The folder of the workers' numbers cannot be used.
    """
    log = create_log(settings.log_level, settings.log_format, stream)
    line, flush = _request_line(settings, stream, log)
    return Telling(make_metrics(settings), log, line, flush)


def _request_line(settings: Settings, stream: TextIO, log: Log) -> tuple[RequestLine | None, Callable[[], None]]:
    """What writes the line of a request, and what flushes it at the end."""
    if settings.log_level not in ("debug", "info"):
        return None, lambda: None
    if settings.log_format == "console" or not hasattr(stream, "buffer"):
        return log_each_request(log), lambda: None
    lines = RequestLines(stream.buffer, time.time)
    return lines, lines.flush


def make_metrics(settings: Settings) -> Metrics:
    """The metrics of this process, or of this worker where several are one gateway.

    Raises:
        OperatorError: The folder of the workers' numbers cannot be used.
    """
    slots: Slots | None = None
    if settings.workers > 1 and settings.metrics and settings.metrics_folder:
        slots = SharedSlots(Path(settings.metrics_folder), f"{os.getpid()}-{secrets.token_hex(4)}")
    return Metrics(time.time, slots)


def watch(metrics: Metrics, store: Store, runner: Runner, holder: GenerationHolder) -> None:
    """Let the gauges look at what they tell of."""
    stack, lookups = store.stack, runner.lookups

    def upstream() -> UpstreamFacts:
        waiting = 0 if stack.limiter is None else stack.limiter.waiting
        return UpstreamFacts(waiting, "" if stack.breaker is None else stack.breaker.state)

    def documents() -> DocumentFacts:
        kept = None if holder.current is None else holder.current.prepared.get(Documents)
        return DocumentFacts(len(kept) if isinstance(kept, Documents) else 0, lookups.hits, lookups.misses)

    metrics.watch(upstream, documents)


async def tell_workers(metrics: Metrics) -> None:
    """Keep the gauges up to date for the other workers, where there are any, until cancelled."""
    while metrics.is_shared:
        metrics.tell_workers()
        await asyncio.sleep(_TELL_SECONDS)
