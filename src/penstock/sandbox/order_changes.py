"""Changing orders: the few attributes staff may write, confirming, anonymising.

Never here: payments, reading orders.

Source: CONTRACT §10 (`PUT`, `confirm`, `anonymize`).
"""

from __future__ import annotations

from dataclasses import replace

from penstock.sandbox.access import Access
from penstock.sandbox.body_checks import BodyChecks
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.checkout import SHIPPING_KEYS, check_address
from penstock.sandbox.database import Row
from penstock.sandbox.documents import Document, mapping
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import ApiError, Problem, refuse
from penstock.sandbox.events import publish
from penstock.sandbox.extensions import accept_changes
from penstock.sandbox.orders import find_order, items_of, show_order, show_order_item
from penstock.sandbox.tables import ORDERS

_WHILE_UNFULFILLED = ("shipping_address", "shipping", "status")
_PERSONAL = ("customer", "contact", "billing_address", "shipping_address")


def update_order(call: Call) -> Answer:
    """Answer `PUT /v2/orders/{id}`."""
    row = find_order(call)
    data = call.data("order")
    if any(key in data for key in _WHILE_UNFULFILLED) and row.core["shipping"] == "fulfilled":
        raise refuse(422, "Unprocessable Entity", "A fulfilled order cannot be changed")
    core = row.core | _read_changes(row, data)
    custom = accept_changes(call, "orders", data, row.custom)
    changed = keep_order(call, replace(row, core=core, custom=custom), "order.updated")
    if core["shipping"] != row.core["shipping"]:
        announce_order(call, changed, "order.fulfilled")
    if core["status"] != row.core["status"]:
        announce_order(call, changed, "order.cancelled")
    return Answer(200, {"data": show_order(call, changed)})


def confirm_order(call: Call) -> Answer:
    """Answer `POST /v2/orders/{id}/confirm`: a paid or authorized order is settled, another one cannot be."""
    row = find_order(call)
    if row.core["payment"] not in ("paid", "authorized"):
        raise refuse(400, "Bad Request", "The order has no payment to confirm")
    return Answer(200, {"data": show_order(call, row)})


def anonymize_orders(call: Call) -> Answer:
    """Answer `POST /v2/orders/anonymize`: personal data becomes asterisks."""
    wanted = mapping(call.payload().get("data")).get("order_ids")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, str) for one in wanted):
        raise refuse(422, "Unprocessable Entity", "order_ids must be an array of order ids", "data.order_ids")
    found = {one: call.shop.database.get(ORDERS, one) for one in dict.fromkeys(wanted)}
    missing = [one for one, row in found.items() if row is None]
    if missing:
        raise ApiError(422, Problem("Unprocessable Entity", "Order not found", "data.order_ids", 422, {"ids": missing}))
    rows = [keep_order(call, _anonymize(row), "order.updated") for row in found.values() if row is not None]
    return Answer(200, {"data": [show_order(call, row) for row in rows]})


def keep_order(call: Call, row: Row, event: str) -> Row:
    """Write a changed order, stamp it and publish the event."""
    kept = replace(row, updated=call.shop.second())
    call.shop.database.replace(ORDERS, kept)
    announce_order(call, kept, event)
    return kept


def announce_order(call: Call, row: Row, event: str) -> None:
    """Publish an event of an order with its items."""
    items = [show_order_item(call, item) for item in items_of(call, [row])]
    publish(call, event, {"data": show_order(call, row), "included": {"items": items}})


def _read_changes(row: Row, data: Document) -> Document:
    checks = BodyChecks()
    changes: Document = {}
    checks.allow(data, "data", ("order_number", "external_ref"), 64)
    changes |= {key: data[key] for key in ("order_number", "external_ref") if key in data}
    if data.get("shipping_address") is not None:
        changes["shipping_address"] = check_address(checks, data, "shipping_address", SHIPPING_KEYS)
    checks.settle()
    if data.get("shipping") is not None:
        if data["shipping"] != "fulfilled" or row.core["payment"] != "paid":
            raise refuse(
                422, "Unprocessable Entity", "shipping may become fulfilled once the order is paid", "data.shipping"
            )
        changes["shipping"] = "fulfilled"
    if data.get("status") is not None:
        if data["status"] != "cancelled":
            raise refuse(422, "Unprocessable Entity", "status may become cancelled only", "data.status")
        changes["status"] = "cancelled"
    return changes


def _anonymize(row: Row) -> Row:
    hidden: Document = {
        key: {
            name: "*" if isinstance(value, str) and value else value for name, value in mapping(row.core[key]).items()
        }
        for key in _PERSONAL
        if key in row.core
    }
    return replace(row, core=row.core | hidden | {"anonymized": True})


ENDPOINTS = (
    Endpoint("POST", "/v2/orders/anonymize", anonymize_orders),
    Endpoint("PUT", "/v2/orders/{id}", update_order),
    Endpoint("POST", "/v2/orders/{id}/confirm", confirm_order, Access(implicit=True)),
)
