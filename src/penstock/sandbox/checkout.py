"""Checkout: a cart becomes an order, and stays.

Never here: payments, prices.

Source: CONTRACT §11 (checkout), §10.1, R25, Q19.
"""

from __future__ import annotations

from penstock.sandbox.body_checks import BodyChecks
from penstock.sandbox.calls import Answer, Call, Grant
from penstock.sandbox.cart_prices import Line, line_prices, price_lines, sum_prices
from penstock.sandbox.carts import CART_OPEN, find_cart, items_of_cart
from penstock.sandbox.database import Row
from penstock.sandbox.documents import Document, mapping, text
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import refuse
from penstock.sandbox.events import publish
from penstock.sandbox.extensions import default_values
from penstock.sandbox.orders import items_of, show_order, show_order_included, show_order_item
from penstock.sandbox.tables import CUSTOMERS, ORDER_ITEMS, ORDERS

_REQUIRED = ("first_name", "last_name", "line_1", "postcode", "country")
_BILLING_KEYS = (*_REQUIRED, "company_name", "line_2", "city", "county", "region")
SHIPPING_KEYS = (*_BILLING_KEYS, "phone_number", "instructions")


def check_out(call: Call) -> Answer:
    """Answer `POST /v2/carts/{id}/checkout`: as a customer by id, as a guest by name and e-mail, or for an account."""
    cart = find_cart(call)
    data = call.data()
    who = _read_buyer(call, data)
    checks = BodyChecks()
    billing = check_address(checks, data, "billing_address", _BILLING_KEYS)
    shipping = check_address(checks, data, "shipping_address", SHIPPING_KEYS)
    checks.allow(data, "data", ("order_number", "external_ref"), 64)
    checks.settle()
    lines = price_lines(items_of_cart(call, cart))
    if not lines:
        raise refuse(400, "Bad Request", "The cart is empty", "data")
    if cart.core.get("snapshot_date"):
        raise refuse(400, "Bad Request", "A preview cart cannot be checked out")
    order = _make_order(call, cart, lines, who | {"billing_address": billing, "shipping_address": shipping}, data)
    call.shop.database.insert(ORDERS, order)
    for line in lines:
        call.shop.database.insert(ORDER_ITEMS, _make_item(call, order, line, str(cart.core["currency"])))
    shown = show_order(call, order)
    items = [show_order_item(call, item) for item in items_of(call, [order])]
    publish(call, "order.created", {"data": shown, "included": {"items": items}})
    return Answer(201, {"data": shown, "included": show_order_included(call, [order]) | {"items": items}})


def check_address(checks: BodyChecks, data: Document, key: str, keys: tuple[str, ...]) -> Document:
    """Check an address of an order and return its known keys, blank where they are not given."""
    given = data.get(key)
    if not isinstance(given, dict):
        checks.note("required", f"data.{key}", "is required")
        return {}
    checks.require(given, f"data.{key}", _REQUIRED)
    checks.allow(given, f"data.{key}", [one for one in keys if one not in _REQUIRED])
    if not given.get("county") and not given.get("region"):
        checks.note("required", f"data.{key}.region", "is required unless county is given")
    return {one: given.get(one) or "" for one in keys}


def _read_buyer(call: Call, data: Document) -> Document:
    """Return the keys of an order that say whose it is."""
    customer = data.get("customer")
    checks = BodyChecks()
    if customer is None and isinstance(data.get("account"), dict):
        return _read_account(call, data, checks)
    if not isinstance(customer, dict):
        checks.note("required", "data.customer", "is required")
        checks.settle()
    buyer = mapping(customer)
    if buyer.get("id") is not None:
        row = call.shop.database.get(CUSTOMERS, str(buyer["id"]))
        if row is None:
            raise refuse(400, "Bad Request", "customer not found", "data.customer.id")
        known = {"name": row.core["name"], "email": row.core["email"]}
        return {"customer": known, "customer_id": row.id}
    checks.require(buyer, "data.customer", ("name", "email"))
    checks.format_email(buyer, "data.customer")
    checks.settle()
    return {"customer": {"name": buyer["name"], "email": buyer["email"]}}


def _read_account(call: Call, data: Document, checks: BodyChecks) -> Document:
    if call.principal.grant is not Grant.CLIENT_CREDENTIALS:
        raise refuse(403, "Forbidden", "Checking out for an account needs a client_credentials token")
    account, contact = mapping(data["account"]), mapping(data.get("contact"))
    checks.require(account, "data.account", ("id", "member_id"))
    checks.require(contact, "data.contact", ("name", "email"))
    checks.format_email(contact, "data.contact")
    checks.settle()
    return {
        "contact": {"name": contact["name"], "email": contact["email"]},
        "account": {"id": account["id"], "member_id": account["member_id"]},
    }


def _make_order(call: Call, cart: Row, lines: list[Line], who: Document, data: Document) -> Row:
    currency = str(cart.core["currency"])
    prices = sum_prices(lines, currency)
    owed = mapping(prices["with_tax"])
    nothing = {"amount": 0, "currency": currency}
    core: Document = {
        "status": "incomplete",
        "payment": "unpaid",
        "shipping": "unfulfilled",
        "anonymized": False,
        **{key: text(data.get(key)) for key in ("order_number", "external_ref") if data.get(key)},
        **{key: cart.core[key] for key in ("custom_attributes", "payment_intent_id") if key in cart.core},
        **who,
        "prices": prices | {"balance_owing": owed, "paid": nothing, "authorized": nothing},
    }
    now = call.shop.second()
    return Row(call.shop.new_id(), "", now, now, core, default_values(call, "orders"))


def _make_item(call: Call, order: Row, line: Line, currency: str) -> Row:
    item = line.item.core
    kept = ("product_id", "name", "sku", "custom_inputs")
    core: Document = {
        "quantity": line.quantity,
        **{key: item[key] for key in kept if key in item},
        "unit_price": {"amount": line.unit, "currency": currency, "includes_tax": False},
        "value": {"amount": line.value, "currency": currency, "includes_tax": False},
        "discounts": [],
        "prices": line_prices(line, currency, lambda amount, code: {"amount": amount, "currency": code}),
        "cart_item": line.item.id,
    }
    return Row(call.shop.new_id(), order.id, order.created, order.created, core, default_values(call, "order_items"))


ENDPOINTS = (Endpoint("POST", "/v2/carts/{id}/checkout", check_out, CART_OPEN),)
