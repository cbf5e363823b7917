"""Paying for orders with the manual gateway: payments and their transactions.

Never here: real gateways, carts.

Source: CONTRACT §10, §10.2.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.sandbox.access import ANYBODY
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, mapping, text, whole
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import invalid, not_found, refuse
from penstock.sandbox.events import publish
from penstock.sandbox.moments import to_seconds_text
from penstock.sandbox.money import show_money
from penstock.sandbox.order_changes import keep_order
from penstock.sandbox.orders import find_order
from penstock.sandbox.tables import TRANSACTIONS

_METHODS = ("authorize", "purchase")


def pay(call: Call) -> Answer:
    """Answer `POST /v2/orders/{id}/payments`."""
    order = find_order(call)
    data = call.data()
    if data.get("gateway") != "manual":
        raise invalid("data.gateway: the sandbox has the manual gateway only", "data.gateway")
    if data.get("method") not in _METHODS:
        raise invalid(f"data.method must be one of {', '.join(_METHODS)}", "data.method")
    if order.core["status"] == "cancelled":
        raise refuse(400, "Bad Request", "A cancelled order cannot be paid")
    owed = _amount(order, "balance_owing") - _amount(order, "authorized")
    amount = whole(data.get("amount", owed))
    if owed <= 0 and _amount(order, "with_tax") > 0:
        raise refuse(409, "Conflict", "The order is paid or authorized already")
    if amount is None or not 0 <= amount <= owed:
        raise invalid("data.amount may not exceed what is owed", "data.amount")
    method = str(data["method"])
    reference = text(mapping(data.get("paymentmethod_meta")).get("custom_reference")) or "manual"
    core: Document = {"method": method, "amount": amount, "refunded": 0, "reference": reference, "status": "complete"}
    now = call.shop.second()
    row = Row(call.shop.new_id(), order.id, now, now, core)
    call.shop.database.insert(TRANSACTIONS, row)
    _publish(call, order, row, "transaction.created")
    _settle(call, order, paid=amount if method == "purchase" else 0, authorized=amount if method == "authorize" else 0)
    return Answer(200, {"data": _show(order, row)})


def list_transactions(call: Call) -> Answer:
    """Answer `GET /v2/orders/{id}/transactions`: all of them, unpaged."""
    order = find_order(call)
    rows = call.shop.database.select(TRANSACTIONS, Where("parent = ?", (order.id,)))
    return Answer(200, {"data": [_show(order, row) for row in rows]})


def read_transaction(call: Call) -> Answer:
    """Answer `GET /v2/orders/{id}/transactions/{transaction}`."""
    order, row = _find(call)
    return Answer(200, {"data": _show(order, row)})


def capture(call: Call) -> Answer:
    """Answer `POST …/capture`: what was authorized is paid."""
    order, row = _find(call)
    if row.core["method"] != "authorize":
        raise refuse(400, "Bad Request", "Only an authorized transaction can be captured")
    amount = whole(row.core["amount"]) or 0
    changed = _keep(call, order, row, {"method": "capture"})
    _settle(call, order, paid=amount, authorized=-amount)
    return Answer(200, {"data": _show(order, changed)})


def refund(call: Call) -> Answer:
    """Answer `POST …/refund`: a part when an amount is given, else all that is left."""
    order, row = _find(call)
    if row.core["method"] not in ("purchase", "capture"):
        raise refuse(400, "Bad Request", "Only a paid transaction can be refunded")
    left = (whole(row.core["amount"]) or 0) - (whole(row.core["refunded"]) or 0)
    data = call.data() if call.body.strip() else {}
    amount = whole(mapping(data.get("options")).get("amount", data.get("amount", left)))
    if amount is None or not 0 < amount <= left:
        raise invalid("data.amount may not exceed what is left to refund", "data.amount")
    refunded = (whole(row.core["refunded"]) or 0) + amount
    changed = _keep(call, order, row, {"refunded": refunded})
    if amount == left:
        keep_order(call, replace(order, core=order.core | {"payment": "refunded"}), "order.refunded")
    return Answer(200, {"data": _show(order, changed)})


def refuse_step(call: Call) -> Answer:
    """Answer `POST …/confirm` and `…/cancel`, which the manual gateway does not know."""
    _find(call)
    raise refuse(400, "Bad Request", "The manual gateway has no such step")


def _find(call: Call) -> tuple[Row, Row]:
    order = find_order(call)
    row = call.shop.database.get(TRANSACTIONS, call.params["transaction"])
    if row is None or row.parent != order.id:
        raise not_found("Transaction")
    return order, row


def _settle(call: Call, order: Row, *, paid: int, authorized: int) -> None:
    """Add what was paid or authorized to the order, and let its statuses follow."""
    prices = mapping(order.core["prices"])
    total = _amount(order, "with_tax")
    sums = {"paid": _amount(order, "paid") + paid, "authorized": _amount(order, "authorized") + authorized}
    sums["balance_owing"] = total - sums["paid"]
    currency = str(mapping(prices["with_tax"])["currency"])
    core = order.core | {"prices": prices | {name: {"amount": one, "currency": currency} for name, one in sums.items()}}
    if sums["paid"] >= total and not sums["authorized"]:
        core |= {"payment": "paid", "status": "complete", "fully_paid_at": call.shop.now()}
        keep_order(call, replace(order, core=core), "order.paid")
    elif sums["paid"]:
        keep_order(
            call, replace(order, core=core | {"payment": "partially_paid", "status": "processing"}), "order.updated"
        )
    else:
        payment = "authorized" if sums["authorized"] >= total else "partially_authorized"
        keep_order(call, replace(order, core=core | {"payment": payment, "status": "processing"}), "order.authorized")


def _keep(call: Call, order: Row, row: Row, changes: Document) -> Row:
    kept = replace(row, core=row.core | changes, updated=call.shop.second())
    call.shop.database.replace(TRANSACTIONS, kept)
    _publish(call, order, kept, "transaction.updated")
    return kept


def _publish(call: Call, order: Row, row: Row, event: str) -> None:
    publish(call, event, {"data": _show(order, row)})


def _amount(order: Row, name: str) -> int:
    return whole(mapping(mapping(order.core["prices"]).get(name)).get("amount")) or 0


def _show(order: Row, row: Row) -> Document:
    currency = str(mapping(mapping(order.core["prices"])["with_tax"])["currency"])
    amount = whole(row.core["amount"]) or 0
    refunded = whole(row.core["refunded"]) or 0
    return {
        "id": row.id,
        "type": "transaction",
        "reference": row.core["reference"],
        "name": "Manual payment",
        "gateway": "manual",
        "amount": amount,
        "refunded_amount": refunded,
        "currency": currency,
        "transaction_type": row.core["method"],
        "status": row.core["status"],
        "relationships": {"order": {"data": {"type": "order", "id": order.id}}},
        "meta": {
            "display_price": show_money(amount, currency),
            "display_refunded_amount": show_money(refunded, currency),
            "timestamps": {"created_at": to_seconds_text(row.created), "updated_at": to_seconds_text(row.updated)},
        },
    }


_ONE = "/v2/orders/{id}/transactions/{transaction}"
ENDPOINTS = (
    Endpoint("POST", "/v2/orders/{id}/payments", pay, ANYBODY),
    Endpoint("GET", "/v2/orders/{id}/transactions", list_transactions),
    Endpoint("GET", _ONE, read_transaction),
    Endpoint("POST", _ONE + "/confirm", refuse_step, ANYBODY),
    Endpoint("POST", _ONE + "/capture", capture),
    Endpoint("POST", _ONE + "/refund", refund),
    Endpoint("POST", _ONE + "/cancel", refuse_step),
)
