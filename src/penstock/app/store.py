"""The way to the store, built from settings: its transport, and whose tokens the gateway may use there.

Never here: an `if` about business, requests.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from penstock import __version__
from penstock.errors import LimitError, OperatorError, PenstockError
from penstock.settings import Settings
from penstock.telemetry.metrics import Metrics
from penstock.upstream.config import RateConfig, StackConfig, TransportConfig
from penstock.upstream.definitions_source import DefinitionsSource
from penstock.upstream.shared_rate import Fetch
from penstock.upstream.stack import Stack, build_layers
from penstock.upstream.tokens import ClientCredentials, TokenSource
from penstock.upstream.transport import Request, Transport

_DEFINITION_CALLS = 8


def missing_for_store(settings: Settings) -> dict[str, str]:
    """Variable → a sentence, for each that a way to the store needs and that is not set."""
    missing = {}
    if not settings.upstream_url:
        missing["PENSTOCK_UPSTREAM_URL"] = (
            "PENSTOCK_UPSTREAM_URL is not set; give the base URL of the store's REST API, "
            "or try `penstock dev`, which brings its own store."
        )
    if not settings.client_id:
        missing["PENSTOCK_CLIENT_ID"] = "PENSTOCK_CLIENT_ID is not set; give the client id of the store's API key."
    return missing


def require_store(settings: Settings) -> None:
    """Refuse settings without a store.

    Raises:
        OperatorError: The sentence names the first variable that is missing.
    """
    for sentence in missing_for_store(settings).values():
        raise OperatorError(sentence)


@dataclass(frozen=True, slots=True)
class Store:
    """The way to the store: its transport, the layers whose state is shown, and whose tokens may be used there."""

    transport: Transport
    stack: Stack
    own: TokenSource
    anonymous: TokenSource

    async def aclose(self) -> None:
        """Give up the tokens, then the connections."""
        await self.own.aclose()
        await self.anonymous.aclose()
        await self.transport.aclose()


def definitions_source(settings: Settings, store: Store) -> DefinitionsSource:
    """Where the store's definitions are read from."""
    return DefinitionsSource(
        store.transport,
        store.own,
        timeout_seconds=settings.upstream_timeout_seconds,
        concurrency=_DEFINITION_CALLS,
        reads_settings=bool(settings.client_secret),
    )


def _as_it_is(transport: Transport) -> Transport:
    """Nothing round it."""
    return transport


def connect(
    settings: Settings,
    metrics: Metrics,
    around: Callable[[Transport], Transport] = _as_it_is,
    fetch: Fetch | None = None,
) -> Store:
    """The transports stacked, and the token sources over them; nothing is sent yet.

    Args:
        settings: Every choice an operator has.
        metrics: Where calls are counted.
        around: What goes round the whole of it, in the context of whoever makes a call.
        fetch: Where units of the store's rate come from; None for this worker's own share of it.
    """
    count = metrics.called.note

    def observe(request: Request, outcome: int | PenstockError, seconds: float) -> None:
        if isinstance(outcome, int):
            count((request.method, request.route, outcome), seconds)
            return
        count((request.method, request.route, type(outcome).__name__), seconds)
        if isinstance(outcome, LimitError):
            metrics.upstream_shed(outcome.public_code)

    stack = build_layers(_config(settings, is_shared=fetch is not None), observer=observe, fetch=fetch)
    transport = around(stack.transport)
    anonymous = _token_source(settings, transport, None)
    secret = settings.client_secret.reveal()
    return Store(transport, stack, _token_source(settings, transport, secret) if secret else anonymous, anonymous)


def _config(settings: Settings, *, is_shared: bool) -> StackConfig:
    """Bounds of every layer; a rate that is not shared is divided among the workers."""
    per_second = settings.upstream_rate_limit if is_shared else settings.upstream_rate_limit / settings.workers
    return StackConfig(
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
        rate=RateConfig(per_second=per_second),
    )


def _token_source(settings: Settings, transport: Transport, secret: str | None) -> TokenSource:
    credentials = ClientCredentials(settings.client_id, secret)
    return TokenSource(transport, credentials, clock=time.monotonic, timeout_seconds=settings.upstream_timeout_seconds)
