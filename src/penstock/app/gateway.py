"""A whole gateway from settings: the rooms of the house put together.

Never here: an `if` about business.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TextIO

from penstock.app.around import make_around
from penstock.app.documents import make_library, make_stored, refreshing, telling_documents
from penstock.app.door import make_endpoint_parts, make_operating_parts
from penstock.app.keeping import generation_of, known_lock, make_keeping, read_store
from penstock.app.life import Lifelong, make_lifespan
from penstock.app.operations import Following, Shared, follow, make_build, make_runner
from penstock.app.schema_life import Life, make_life
from penstock.app.sharing import share, shared_rate, write_locks
from penstock.app.store import connect, definitions_source, require_store
from penstock.app.subscriptions import make_subscribing
from penstock.app.telling import make_telling, watch
from penstock.http.asgi import App
from penstock.http.cors import Cors
from penstock.http.front import Front
from penstock.http.operating import create_operating_app
from penstock.http.request_id import RequestIds
from penstock.http.stamp import Stamp
from penstock.lifecycle import GenerationHolder, Reloader
from penstock.schema.generation import Generation
from penstock.settings import Settings
from penstock.state import State
from penstock.telemetry.logs import Log
from penstock.telemetry.metrics import Metrics
from penstock.upstream.tokens import TokenSource


@dataclass(frozen=True, slots=True)
class Gateway:
    """A built gateway.

    Attributes:
        app: The ASGI application, lifespan included.
        holder: Where the serving generation stands.
        reloader: Looks at the store's definitions.
        tokens: The gateway's own tokens: never a caller's.
        state: What replicas share.
        life: What follows the schema through its life.
        metrics: What is counted.
        log: Where things are told.
    """

    app: App
    holder: GenerationHolder
    reloader: Reloader
    tokens: TokenSource
    state: State
    life: Life
    metrics: Metrics
    log: Log


def create_app(settings: Settings, *, log_stream: TextIO | None = None) -> App:
    """The ASGI application; see `create_gateway`."""
    return create_gateway(settings, log_stream=log_stream).app


def create_app_from_environment() -> App:
    """The ASGI application of the process environment: what every worker process calls."""
    settings, _ = Settings.from_environment(os.environ)
    return create_app(settings)


def create_gateway(
    settings: Settings, *, log_stream: TextIO | None = None, environ: Mapping[str, str] | None = None
) -> Gateway:
    """Build a gateway; call it on a running event loop, nothing is sent before the application's lifespan starts.

    Args:
        settings: Every choice an operator has.
        log_stream: Where log lines go; None for standard error.
        environ: Where the `OTEL_…` variables are; None for the process environment.

    Raises:
        OperatorError: A setting that is needed is missing or cannot be used.
    """
    require_store(settings)
    telling = make_telling(settings, log_stream or sys.stderr)
    metrics, log = telling.metrics, telling.log
    state = share(settings, metrics, log)
    around = make_around(settings, os.environ if environ is None else environ, telling)
    store = connect(settings, metrics, around.transport, shared_rate(settings, state))
    holder = GenerationHolder()
    stored = make_stored(settings, state)
    life = make_life(settings, state, holder, stored.known, telling)
    following = Following(lambda: follow(reloader.reload), life.chronicle, life.usage)
    runner = make_runner(settings, store, telling, Shared(state, write_locks(settings, state), stored), following)
    watch(metrics, store, runner, holder)
    library = make_library(settings, stored, runner, holder, state, telling)
    keeping = make_keeping(settings, definitions_source(settings, store).load, state, log)
    watching = make_subscribing(settings, state, runner, holder, telling)
    record, build = watching.telling(telling_documents(library, life.record)), make_build(settings, library.prepare)
    stages = keeping.stages(partial(refreshing, library.refresh), build, life.judge, record)
    reloader = Reloader(holder, stages, keeping.beat, log, metrics)
    ids = RequestIds(secrets.token_hex(4))
    graphql = make_endpoint_parts(settings, around.runs(runner), holder, ids, telling, watching.streams)
    operating = make_operating_parts(settings, reloader, holder, life, library.detail, metrics, watching.webhook)
    beside = (*life.beside(reloader), *keeping.beside(reloader), *around.beside, *watching.beside)
    lifespan = make_lifespan(Lifelong(reloader, store, state, telling, runner.writes.drain, beside))
    rest = Stamp(create_operating_app(operating, lifespan), holder, ids)
    app = _with_cors(Front(around.endpoint(graphql), rest, graphql.explorer), settings, holder, ids)
    return Gateway(app, holder, reloader, store.own, state, life, metrics, log)


def _with_cors(front: App, settings: Settings, holder: GenerationHolder, ids: RequestIds) -> App:
    """The door, open to pages of the origins that an operator names."""
    return Cors(front, settings.cors_origins, lambda app: Stamp(app, holder, ids)) if settings.cors_origins else front


async def load_generation(settings: Settings) -> Generation:
    """The generation of the store as it is now, without serving it.

    Raises:
        OperatorError: A setting is missing, or the store refuses the client id.
        UpstreamError: The store cannot be read.
        DefinitionError: Its definitions make no schema.
    """
    return generation_of(settings, await read_store(settings), await known_lock(settings))
