"""Orders and their items: reading them.

Never here: checkout, payments, changing an order.

Source: CONTRACT §10, §10.1, R23.
"""

from __future__ import annotations

from collections.abc import Iterable

from penstock.sandbox.access import Access
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, mapping
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import not_found, refuse
from penstock.sandbox.extensions import show_included, show_relationships, show_values
from penstock.sandbox.listings import Attribute, Kind, Listing, answer_list
from penstock.sandbox.moments import to_seconds_text
from penstock.sandbox.money import show_money
from penstock.sandbox.tables import ORDER_ITEMS, ORDERS

_EQUAL = frozenset({"eq", "is_null"})
_TEXT = frozenset({"eq", "like", "is_null"})
_RANGE = frozenset({"gt", "ge", "lt", "le"})
_ITEMS = "SELECT {} FROM order_items WHERE order_items.parent = orders.id"
_CORE = (
    "status", "payment", "shipping", "anonymized", "order_number", "external_ref", "payment_intent_id",
    "custom_attributes", "contact", "billing_address", "shipping_address",
)  # fmt: skip
_LISTING = Listing(
    ORDERS,
    {
        **{name: Attribute(name, _EQUAL) for name in ("status", "payment", "shipping", "currency")},
        "product_id": Attribute(_ITEMS.format("product_id"), frozenset({"eq"}), Kind.MEMBER),
        "product_sku": Attribute(_ITEMS.format("sku"), frozenset({"eq"}), Kind.MEMBER),
        **{
            name: Attribute(name, _TEXT)
            for name in (
                "name", "email", "customer_id", "account_id", "account_member_id", "shipping_postcode",
                "billing_postcode", "external_ref", "order_number",
            )
        },
        "contact.name": Attribute("contact_name", _TEXT),
        "contact.email": Attribute("contact_email", _TEXT),
        "with_tax": Attribute("with_tax", _RANGE, Kind.WHOLE),
        "without_tax": Attribute("without_tax", _RANGE, Kind.WHOLE),
        "created_at": Attribute("created", _RANGE | {"eq"}, Kind.MOMENT),
        "updated_at": Attribute("updated", _RANGE | {"eq"}, Kind.MOMENT),
    },
    {"created_at": "created", "payment": "payment", "shipping": "shipping", "status": "status", "with_tax": "with_tax"},
    offset_limit=10_000,
)  # fmt: skip


def list_orders(call: Call) -> Answer:
    """Answer `GET /v2/orders`; a customer token narrows it to that customer's."""
    owner = call.principal.customer_id
    scope = Where() if owner is None else Where("customer_id = ?", (owner,))
    rows, envelope = answer_list(call, _LISTING, scope, lambda row: show_order(call, row))
    included = show_order_included(call, rows)
    return Answer(200, envelope | ({"included": included} if included else {}))


def read_order(call: Call) -> Answer:
    """Answer `GET /v2/orders/{id}`."""
    row = find_order(call)
    included = show_order_included(call, [row])
    return Answer(200, {"data": show_order(call, row)} | ({"included": included} if included else {}))


def list_order_items(call: Call) -> Answer:
    """Answer `GET /v2/orders/{id}/items`: all of them, unpaged."""
    row = find_order(call)
    return Answer(200, {"data": [show_order_item(call, item) for item in items_of(call, [row])]})


def find_order(call: Call) -> Row:
    """Return the order that the path names.

    Raises:
        ApiError: 404, there is none; 403, it is not the customer's.
    """
    row = call.shop.database.get(ORDERS, call.params["id"])
    if row is None:
        raise not_found("Order")
    owner = call.principal.customer_id
    if owner is not None and row.core.get("customer_id") != owner:
        raise refuse(403, "Forbidden", "The order belongs to another customer")
    return row


def items_of(call: Call, rows: Iterable[Row]) -> list[Row]:
    """Return the items of some orders."""
    identifiers = [row.id for row in rows]
    marks = ", ".join("?" * len(identifiers))
    return call.shop.database.select(ORDER_ITEMS, Where(f"parent IN ({marks})", tuple(identifiers)))


def show_order(call: Call, row: Row) -> Document:
    """Return an order as upstream shows it."""
    core = row.core
    shown: Document = {"type": "order", "id": row.id, **{key: core[key] for key in _CORE if key in core}}
    linked = {"id": core["customer_id"]} if core.get("customer_id") else {}
    if "customer" in core:
        shown["customer"] = mapping(core["customer"]) | linked
    shown |= show_values(call, "orders", row)
    stamps = {"created_at": to_seconds_text(row.created), "updated_at": to_seconds_text(row.updated)}
    paid_at = core.get("fully_paid_at")
    if isinstance(paid_at, int):
        stamps["fully_paid_at"] = to_seconds_text(paid_at)
    shown["links"] = {}
    shown["meta"] = {"display_price": show_prices(mapping(core.get("prices"))), "timestamps": stamps}
    items = [{"type": "item", "id": item.id} for item in items_of(call, [row])]
    relationships: Document = {"items": {"data": items}}
    if linked:
        relationships["customer"] = {"data": {"type": "customer", **linked}}
    shown["relationships"] = relationships | show_relationships(call, "orders", row)
    return shown


def show_order_item(call: Call, row: Row) -> Document:
    """Return an item of an order as upstream shows it."""
    prices = {
        name: {part: show_prices(mapping(both))[part] for part in mapping(both)}
        for name, both in mapping(row.core["prices"]).items()
    }
    core = {key: value for key, value in row.core.items() if key not in ("prices", "cart_item")}
    stamps = {"created_at": to_seconds_text(row.created), "updated_at": to_seconds_text(row.updated)}
    relationships: Document = {"cart_item": {"data": {"type": "cart_item", "id": row.core.get("cart_item")}}}
    return {
        "type": "order_item",
        "id": row.id,
        **core,
        **show_values(call, "order_items", row),
        "links": {},
        "meta": {"display_price": prices, "timestamps": stamps},
        "relationships": relationships | show_relationships(call, "order_items", row),
    }


def show_order_included(call: Call, rows: list[Row]) -> Document:
    """Return `included`: items where asked for, and relationship fields."""
    included = show_included(call, "orders", rows)
    if "items" in call.includes() and rows:
        items = [show_order_item(call, item) for item in items_of(call, rows)]
        included |= {"items": items} if items else {}
    return included


def show_prices(prices: Document) -> Document:
    """Return stored prices `{amount, currency}` with their formatted text, by name."""
    return {
        name: show_money(int(str(mapping(price)["amount"])), str(mapping(price)["currency"]))
        for name, price in prices.items()
    }


OWN = Access(customer=True)
ENDPOINTS = (
    Endpoint("GET", "/v2/orders", list_orders, OWN),
    Endpoint("GET", "/v2/orders/{id}", read_order, OWN),
    Endpoint("GET", "/v2/orders/{id}/items", list_order_items, OWN),
)
