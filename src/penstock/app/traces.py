"""Traces, put together from the `OTEL_…` variables; without them nothing of it is there.

Never here: an `if` about business, what a span holds.
"""

from __future__ import annotations

import asyncio
import gzip
import platform
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from penstock import __version__
from penstock.http.traced import RequestTracer
from penstock.settings import Settings
from penstock.telemetry.logs import Log
from penstock.telemetry.metrics import Metrics
from penstock.telemetry.traces import (
    CallTracer,
    Exporter,
    Resource,
    Tracer,
    TraceSettings,
    read_trace_settings,
)
from penstock.upstream.config import TransportConfig
from penstock.upstream.lean import LeanTransport
from penstock.upstream.origin import parse_origin
from penstock.upstream.trace import TracedTransport
from penstock.upstream.transport import HeaderBlock, Request, Transport

_LAST_DELIVERY_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Traces:
    """Everything that records traces, and what carries them away.

    Attributes:
        requests: Goes round the endpoint and the runner.
        calls: Goes round the way to the store.
        exporter: Carries spans to the collector.
        collector: The way there.
        delay_seconds: Time between two deliveries, at most.
    """

    requests: RequestTracer
    calls: CallTracer
    exporter: Exporter
    collector: Transport
    delay_seconds: float

    def over(self, transport: Transport) -> Transport:
        """The way to the store, each call a part of its request's trace."""
        return TracedTransport(transport, self.calls, self.calls.tracer.current.get)

    async def run(self) -> None:
        """Deliver until cancelled, then what is left."""
        try:
            await self.exporter.run(self.delay_seconds)
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_DELIVERY_SECONDS):
                    await self.exporter.deliver(tries=1)
            await self.collector.aclose()


def make_traces(settings: Settings, environ: Mapping[str, str], metrics: Metrics, log: Log) -> Traces | None:
    """What the variables ask for; None where they ask for nothing.

    Raises:
        OperatorError: The collector's URL or its file of authorities cannot be used.
    """
    chosen = read_trace_settings(environ)
    if chosen is None:
        return None
    for warning in chosen.warnings:
        log.warning("traces", reason=warning)
    bits = random.Random(random.SystemRandom().getrandbits(128)).getrandbits  # noqa: S311 (ids are no secrets)
    tracer = Tracer(chosen.sampler, bits, time.time_ns, chosen.queue)
    store = parse_origin(settings.upstream_url)
    collector = _collector(chosen)
    exporter = Exporter(
        tracer,
        _resource(chosen),
        _Post(collector, chosen),
        batch=chosen.batch,
        count=metrics.spans_ended,
        log=log,
    )
    calls = CallTracer(tracer, store.base, store.host, store.port)
    return Traces(RequestTracer(tracer), calls, exporter, collector, chosen.delay_seconds)


def _collector(chosen: TraceSettings) -> Transport:
    config = TransportConfig(
        max_connections=2, ca_file=chosen.ca_file, user_agent=f"penstock/{__version__}", max_body_bytes=1 << 20
    )
    return LeanTransport(chosen.base_url, config)


def _resource(chosen: TraceSettings) -> Resource:
    own = {
        "service.name": chosen.service_name,
        "service.version": __version__,
        "host.name": platform.node(),
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "penstock",
        "telemetry.sdk.version": __version__,
    }
    return Resource({**own, **chosen.attributes, "service.name": chosen.service_name}, ("penstock", __version__))


class _Post:
    """Sends a body to the collector."""

    def __init__(self, collector: Transport, chosen: TraceSettings) -> None:
        packed = ((b"content-encoding", b"gzip"),) if chosen.is_packed else ()
        self._headers = HeaderBlock((*chosen.headers, *packed))
        self._collector = collector
        self._chosen = chosen

    async def __call__(self, body: bytes) -> int:
        """The status of the collector's answer."""
        chosen = self._chosen
        if chosen.is_packed:
            body = await asyncio.to_thread(gzip.compress, body, 6)
        deadline = asyncio.get_running_loop().time() + chosen.timeout_seconds
        request = Request("POST", "/v1/traces", chosen.path, self._headers, deadline, body, "application/x-protobuf")
        return (await self._collector.send(request)).status
