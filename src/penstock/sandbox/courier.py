"""The courier: takes the deliveries that were put down to their webhooks, over real HTTP.

Never here: which events there are, endpoints.

Source: CONTRACT §12 (delivery).
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from functools import partial

import httpx

from penstock.sandbox.calls import Shop
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, mapping, whole, write_json
from penstock.sandbox.tables import DELIVERIES, INTEGRATION_LOGS

_TIMEOUT_SECONDS = 10.0
_MOST_ATTEMPTS = 5
_FIRST_RETRY_MILLISECONDS = 1000
_AT_ONCE = 20
_LOGS_KEPT = 1000
_GLANCE_SECONDS = 0.1


async def run_courier(shop: Shop) -> None:
    """Deliver until cancelled; what is not delivered yet stays in the database."""
    while not shop.database.count(DELIVERIES, Where()):
        await shop.bell.listen(None)
    under_way: set[str] = set()
    # No proxies and no cookies: a webhook is called exactly as it was configured.
    async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False) as client, asyncio.TaskGroup() as group:
        while True:
            for row in _due(shop, under_way):
                under_way.add(row.id)
                delivery = group.create_task(_deliver(shop, client, row))
                delivery.add_done_callback(partial(_end, shop, under_way, row.id))
            waiting = shop.database.count(DELIVERIES, Where()) > len(under_way)
            await shop.bell.listen(_GLANCE_SECONDS if waiting else None)


def _due(shop: Shop, under_way: set[str]) -> list[Row]:
    """Return the deliveries to begin now: a slow webhook holds up its own only, until too many are under way."""
    where = Where("due <= ?", (shop.now(),))
    rows = shop.database.select(DELIVERIES, where, order="due, sequence", limit=_AT_ONCE)
    return [row for row in rows if row.id not in under_way][: _AT_ONCE - len(under_way)]


def _end(shop: Shop, under_way: set[str], delivery: str, _: asyncio.Task[None]) -> None:
    under_way.discard(delivery)
    shop.bell.ring()


async def _deliver(shop: Shop, client: httpx.AsyncClient, row: Row) -> None:
    body = mapping(row.core["body"])
    configuration = mapping(body["configuration"])
    headers = {"Content-Type": "application/json", "X-MOLTIN-INTEGRATION-TRIGGER": str(row.core["event"])}
    if configuration.get("secret_key"):
        headers["X-MOLTIN-SECRET-KEY"] = str(configuration["secret_key"])
    status, error = 0, ""
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            content = write_json(body).encode()
            answer = await client.post(str(configuration["url"]), content=content, headers=headers)
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, UnicodeError) as failure:
        error = type(failure).__name__
    with shop.database.transaction():
        _settle(shop, row, body, status, error)


def _settle(shop: Shop, row: Row, body: Document, status: int, error: str) -> None:
    """Log the attempt; forget the delivery when it succeeded or was tried often enough, else plan the next attempt."""
    attempt = whole(body["attempt"]) or 1
    succeeded = 200 <= status < 300
    now = shop.now()
    log: Document = {
        "succeeded": succeeded,
        "attempt": attempt,
        "status_code": status,
        "error_detail": error or ("" if succeeded else f"The webhook answered {status}"),
        "job": body["id"],
    }
    shop.database.insert(INTEGRATION_LOGS, Row(shop.new_id(), row.parent, now, now, log))
    oldest = f"sequence <= (SELECT max(sequence) FROM {INTEGRATION_LOGS.name}) - {_LOGS_KEPT}"  # noqa: S608 (both are constants)
    shop.database.delete(INTEGRATION_LOGS, Where(oldest))
    if succeeded or attempt >= _MOST_ATTEMPTS:
        shop.database.delete(DELIVERIES, Where("id = ?", (row.id,)))
        return
    due = now + _FIRST_RETRY_MILLISECONDS * 2 ** (attempt - 1)
    again = replace(row, core=row.core | {"due": due, "body": body | {"attempt": attempt + 1}}, updated=now)
    shop.database.replace(DELIVERIES, again)


async def stop(courier: asyncio.Task[None]) -> None:
    """Cancel the courier and wait until it is gone."""
    courier.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await courier
