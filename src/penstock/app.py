"""The composition root: builds everything from settings, decides nothing.

Never here: an `if` about business.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TextIO

from starlette.applications import Starlette

from penstock import __version__
from penstock.definitions.model import StoreDefinitions
from penstock.errors import OperatorError, PenstockError
from penstock.http.asgi import App
from penstock.http.cors import Cors
from penstock.http.credentials import CredentialReader
from penstock.http.endpoint import EndpointParts, GraphQLEndpoint
from penstock.http.explorer import load_explorer
from penstock.http.front import Front
from penstock.http.intake import Intake
from penstock.http.intake import Limits as BodyLimits
from penstock.http.operating import Lifespan, OperatingParts, create_operating_app
from penstock.http.request_id import RequestIds
from penstock.http.stamp import Stamp
from penstock.lifecycle import GenerationHolder, Reloader
from penstock.lifecycle.memory import settle
from penstock.lifecycle.reload import Beat, Build
from penstock.operations.context import Services
from penstock.operations.documents import Compile, DocumentSettings
from penstock.operations.limits import Limits
from penstock.operations.plan import CompiledPlan, compile_operation
from penstock.operations.runner import Runner
from penstock.schema.generation import Generation, build_generation
from penstock.settings import Settings
from penstock.telemetry.logs import Log, adopt_library_logs, create_log, drop_library_logs
from penstock.telemetry.metrics import Metrics
from penstock.telemetry.redaction import describe_failure
from penstock.telemetry.requests import RequestLine, RequestLines, RequestMeter, log_each_request
from penstock.upstream.config import RateConfig, StackConfig, TransportConfig
from penstock.upstream.definitions_source import DefinitionsSource
from penstock.upstream.stack import build_stack
from penstock.upstream.tokens import ClientCredentials, TokenSource
from penstock.upstream.transport import Request, Transport

_FIRST_LOOK_SECONDS = 5.0
"""How long the gateway waits for the store before it listens without a schema."""
_DEFINITION_CALLS = 8


@dataclass(frozen=True, slots=True)
class Gateway:
    """A built gateway.

    Attributes:
        app: The ASGI application, lifespan included.
        holder: Where the serving generation stands.
        reloader: Looks at the store's definitions.
        tokens: The gateway's own tokens: never a caller's.
        metrics: What is counted.
        log: Where things are told.
    """

    app: App
    holder: GenerationHolder
    reloader: Reloader
    tokens: TokenSource
    metrics: Metrics
    log: Log


def create_app(settings: Settings, *, log_stream: TextIO | None = None) -> App:
    """The ASGI application; see `create_gateway`."""
    return create_gateway(settings, log_stream=log_stream).app


def create_app_from_environment() -> App:
    """The ASGI application of the process environment: what every worker process calls."""
    settings, _ = Settings.from_environment(os.environ)
    return create_app(settings)


def create_gateway(settings: Settings, *, log_stream: TextIO | None = None) -> Gateway:
    """Build a gateway; call it on a running event loop, nothing is sent before the application's lifespan starts.

    Args:
        settings: Every choice an operator has.
        log_stream: Where log lines go; None for standard error.

    Raises:
        OperatorError: A setting that is needed is missing or cannot be used.
    """
    require_store(settings)
    stream = log_stream or sys.stderr
    log = create_log(settings.log_level, settings.log_format, stream)
    metrics = Metrics(time.time)
    line, flush = _request_line(settings, stream, log)
    store = _connect(settings, metrics)
    compiler = _compiler(settings, metrics)
    runner = Runner(_services(settings, store, metrics, log), _document_settings(settings), compiler)
    holder = GenerationHolder()
    beat = Beat(settings.schema_poll_seconds, asyncio.sleep, random.random, time.time)
    reloader = Reloader(holder, _definitions(settings, store).load, _build(runner), beat, log, metrics)
    ids = RequestIds(secrets.token_hex(4))
    body_limits = BodyLimits(settings.max_body_bytes, settings.request_timeout_seconds)
    graphql = EndpointParts(
        runner=runner,
        holder=holder,
        intake=Intake(body_limits, CredentialReader()),
        request_ids=ids,
        explorer=Stamp(load_explorer(holder), holder, ids) if settings.explorer else None,
        tell=RequestMeter(metrics, line),
        log=log,
        clock=time.perf_counter,
    )
    exposition = metrics.render if settings.metrics else None
    operating = OperatingParts(holder, reloader.reload, exposition, settings.admin_token)
    rest = create_operating_app(operating, _lifespan(reloader, store, log, flush))
    front: App = Front(GraphQLEndpoint(graphql), Stamp(rest, holder, ids), graphql.explorer)
    app = Cors(front, settings.cors_origins) if settings.cors_origins else front
    return Gateway(app, holder, reloader, store.own, metrics, log)


def require_store(settings: Settings) -> None:
    """Refuse settings without a store.

    Raises:
        OperatorError: The sentence names the variable that is missing.
    """
    if not settings.upstream_url:
        raise OperatorError(
            "PENSTOCK_UPSTREAM_URL is not set; give the base URL of the store's REST API, "
            "or try `penstock dev`, which brings its own store."
        )
    if not settings.client_id:
        raise OperatorError("PENSTOCK_CLIENT_ID is not set; give the client id of the store's API key.")


async def load_generation(settings: Settings) -> Generation:
    """The generation of the store as it is now, without serving it.

    Raises:
        OperatorError: A setting is missing, or the store refuses the client id.
        UpstreamError: The store cannot be read.
        DefinitionError: Its definitions make no schema.
    """
    require_store(settings)
    store = _connect(settings, Metrics(time.time))
    try:
        return build_generation(await _definitions(settings, store).load(), 1, time.time())
    finally:
        await store.aclose()


@dataclass(frozen=True, slots=True)
class _Store:
    """The way to the store: its transport, and whose tokens the gateway may use there."""

    transport: Transport
    own: TokenSource
    anonymous: TokenSource

    async def aclose(self) -> None:
        await self.own.aclose()
        await self.anonymous.aclose()
        await self.transport.aclose()


def _definitions(settings: Settings, store: _Store) -> DefinitionsSource:
    seconds = settings.upstream_timeout_seconds
    return DefinitionsSource(store.transport, store.own, timeout_seconds=seconds, concurrency=_DEFINITION_CALLS)


def _connect(settings: Settings, metrics: Metrics) -> _Store:
    config = StackConfig(
        base_url=settings.upstream_url,
        kind=settings.upstream_transport,
        connection=TransportConfig(
            max_connections=settings.upstream_connections,
            connect_timeout=settings.upstream_connect_timeout_seconds,
            write_timeout=settings.upstream_timeout_seconds,
            first_byte_timeout=settings.upstream_timeout_seconds,
            max_body_bytes=settings.upstream_max_body_bytes,
            user_agent=f"penstock/{__version__}",
        ),
        rate=RateConfig(per_second=settings.upstream_rate_limit / settings.workers),
    )

    def observe(request: Request, outcome: int | PenstockError, seconds: float) -> None:
        status = str(outcome) if isinstance(outcome, int) else type(outcome).__name__
        metrics.upstream_called(request.method, request.route, status, seconds)

    transport = build_stack(config, observer=observe)
    anonymous = _token_source(settings, transport, None)
    secret = settings.client_secret.reveal()
    return _Store(transport, _token_source(settings, transport, secret) if secret else anonymous, anonymous)


def _token_source(settings: Settings, transport: Transport, secret: str | None) -> TokenSource:
    credentials = ClientCredentials(settings.client_id, secret)
    return TokenSource(transport, credentials, clock=time.monotonic, timeout_seconds=settings.upstream_timeout_seconds)


def _services(settings: Settings, store: _Store, metrics: Metrics, log: Log) -> Services:
    return Services(
        transport=store.transport,
        anonymous=store.anonymous,
        sign_up=store.own if settings.allow_sign_up else None,
        budget=settings.operation_budget,
        concurrency=settings.upstream_concurrency,
        timeout_seconds=settings.request_timeout_seconds,
        on_uncoercible=metrics.value_coercion_failed,
        on_dropped=metrics.row_dropped,
        on_bug=lambda bug: log.error("bug", **describe_failure(bug)),
    )


def _document_settings(settings: Settings) -> DocumentSettings:
    return DocumentSettings(
        limits=Limits(
            tokens=settings.max_document_tokens,
            depth=settings.max_depth,
            aliases=settings.max_aliases,
            root_fields=settings.max_root_fields,
            mutations=settings.max_mutations,
        ),
        introspection=settings.introspection,
        suggestions=settings.suggestions,
        cache_entries=settings.document_cache_entries,
        cache_characters=settings.document_cache_bytes,
    )


def _build(runner: Runner) -> Build:
    def build(definitions: StoreDefinitions, number: int, loaded_at: float) -> Generation:
        generation = build_generation(definitions, number, loaded_at)
        runner.documents(generation)  # bound to its resolvers here, in the worker thread, not by the first request
        settle()
        return generation

    return build


def _compiler(settings: Settings, metrics: Metrics) -> Compile:
    """What makes plans; nothing does where the operator wants the reference executor for everything."""
    if settings.executor == "reference":
        return lambda *_: "switched off"

    def counted(plan: CompiledPlan | str) -> CompiledPlan | str:
        if isinstance(plan, str):
            metrics.reference_used(plan)
        return plan

    failed = metrics.value_coercion_failed
    return lambda generation, document, operation: counted(compile_operation(generation, document, operation, failed))


def _request_line(settings: Settings, stream: TextIO, log: Log) -> tuple[RequestLine | None, Callable[[], None]]:
    """What writes the line of a request, and what flushes it at the end."""
    if settings.log_level not in ("debug", "info"):
        return None, lambda: None
    if settings.log_format == "console" or not hasattr(stream, "buffer"):
        return log_each_request(log), lambda: None
    lines = RequestLines(stream.buffer, time.time)
    return lines, lines.flush


def _lifespan(reloader: Reloader, store: _Store, log: Log, flush: Callable[[], None]) -> Lifespan:
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
