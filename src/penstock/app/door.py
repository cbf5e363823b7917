"""The parts of the door, built from settings: who is let in, and the page that browsers get.

Never here: an `if` about business, what either does.
"""

from __future__ import annotations

import time

from penstock.app.schema_life import Life
from penstock.app.telling import Telling
from penstock.http.asgi import App
from penstock.http.compression import Compression
from penstock.http.credentials import CredentialReader
from penstock.http.endpoint import EndpointParts
from penstock.http.explorer import Features, load_explorer
from penstock.http.intake import Intake, Limits
from penstock.http.operating import Details, OperatingParts
from penstock.http.request_id import RequestIds
from penstock.http.stamp import Stamp
from penstock.http.streams import Runs, Streams
from penstock.lifecycle import GenerationHolder, Reloader
from penstock.settings import Settings
from penstock.telemetry.metrics import Metrics
from penstock.telemetry.requests import RequestMeter


def make_page(settings: Settings, holder: GenerationHolder, ids: RequestIds) -> App | None:
    """The explorer, its answers stamped like any other; None where it is switched off."""
    if not settings.explorer:
        return None
    return Stamp(load_explorer(holder, Features(shows_calls=settings.show_calls, has_events=True)), holder, ids)


def make_endpoint_parts(
    settings: Settings,
    runner: Runs,
    holder: GenerationHolder,
    ids: RequestIds,
    telling: Telling,
    streams: Streams,
) -> EndpointParts:
    """What answers at the GraphQL path."""
    return EndpointParts(
        runner=runner,
        holder=holder,
        intake=make_intake(settings),
        request_ids=ids,
        explorer=make_page(settings, holder, ids),
        tell=RequestMeter(telling.metrics, telling.line),
        log=telling.log,
        clock=time.perf_counter,
        on_limit=telling.metrics.limit_exceeded,
        compression=Compression(settings.compress_bytes),
        public_seconds=settings.get_max_age_seconds,
        streams=streams,
    )


def make_operating_parts(
    settings: Settings,
    reloader: Reloader,
    holder: GenerationHolder,
    life: Life,
    details: Details,
    metrics: Metrics,
    webhook: App | None,
) -> OperatingParts:
    """What answers beside GraphQL."""
    return OperatingParts(
        holder,
        reloader.reload,
        metrics.render if settings.metrics else None,
        settings.admin_token,
        life.orders(reloader),
        life.feed,
        details,
        webhook,
        settings.heartbeat_seconds,
    )


def make_intake(settings: Settings) -> Intake:
    """What lets requests in."""
    return Intake(Limits(settings.max_body_bytes, settings.request_timeout_seconds), CredentialReader())
