"""The sandbox put together: database, seed, endpoints, middleware.

Never here: what any of them does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from penstock.sandbox import (
    addresses,
    cart_customers,
    cart_items,
    carts,
    checkout,
    control,
    customers,
    entries,
    entry_relationships,
    fields,
    flows,
    integrations,
    order_changes,
    orders,
    payments,
    personal_data,
    settings_endpoints,
)
from penstock.sandbox.access import OPEN
from penstock.sandbox.access_tokens import issue_access_token
from penstock.sandbox.bell import Bell
from penstock.sandbox.calls import Shop
from penstock.sandbox.catalog import Catalog
from penstock.sandbox.courier import run_courier, stop
from penstock.sandbox.customer_tokens import make_customer_token_key
from penstock.sandbox.database import Database, open_database
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.faults import Faults
from penstock.sandbox.middleware import FaultInjection, RateLimit, RequestLogging, TrailingSlashes
from penstock.sandbox.preferences import keep_preferences
from penstock.sandbox.request_log import RequestLog
from penstock.sandbox.routing import answer_http_exception, make_routes
from penstock.sandbox.seeding import seed_store
from penstock.sandbox.settings import SandboxSettings

ENDPOINTS = (
    Endpoint("POST", "/oauth/access_token", issue_access_token, OPEN),
    *customers.ENDPOINTS,
    *addresses.ENDPOINTS,
    *orders.ENDPOINTS,
    *order_changes.ENDPOINTS,
    *payments.ENDPOINTS,
    *carts.ENDPOINTS,
    *cart_items.ENDPOINTS,
    *cart_customers.ENDPOINTS,
    *checkout.ENDPOINTS,
    *flows.ENDPOINTS,
    *fields.ENDPOINTS,
    *entries.ENDPOINTS,
    *entry_relationships.ENDPOINTS,
    *integrations.ENDPOINTS,
    *settings_endpoints.ENDPOINTS,
    *personal_data.ENDPOINTS,
    *control.ENDPOINTS,
)


def create_sandbox(settings: SandboxSettings, *, clock: Callable[[], float] = time.time) -> Starlette:
    """Build the sandbox as an ASGI app; its lifespan delivers webhooks and closes the database.

    Args:
        settings: the operator's choices.
        clock: seconds since the epoch; tokens expire by it, rows are stamped by it.

    Raises:
        SandboxError: the data folder or its database cannot be used.
    """
    database = open_database(settings.data)
    try:
        _prepare(database, settings)
    except BaseException:
        database.close()
        raise
    shop = Shop(database, settings, clock, Faults(), Catalog(database), Bell(), RequestLog())
    app = Starlette(
        routes=make_routes(shop, ENDPOINTS),
        middleware=[
            Middleware(TrailingSlashes),
            Middleware(RequestLogging, log=shop.log),
            Middleware(FaultInjection, faults=shop.faults),
            Middleware(RateLimit, calls_a_second=settings.rate_limit, clock=clock),
        ],
        exception_handlers={HTTPException: answer_http_exception, Exception: answer_http_exception},
        lifespan=lambda _: _live(shop),
    )
    app.router.redirect_slashes = False
    return app


@asynccontextmanager
async def _live(shop: Shop) -> AsyncIterator[None]:
    courier = asyncio.create_task(run_courier(shop))
    try:
        yield
    finally:
        await stop(courier)
        shop.database.close()


def _prepare(database: Database, settings: SandboxSettings) -> None:
    """Fill a new database, once."""
    if database.fact("prepared") is not None:
        return
    with database.transaction():
        make_customer_token_key(database)
        keep_preferences(database, {"page_length": settings.page_length})
        if settings.seed:
            seed_store(database)
        database.remember("prepared", "yes")
