"""Carts: the endpoints over them, without items and checkout.

Never here: what is in a cart, associations being made.

Source: CONTRACT §11; carts-orders.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from penstock.sandbox.access import ANYBODY, Access
from penstock.sandbox.body_checks import BodyChecks
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.cart_prices import line_prices, price_lines, sum_prices
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, listing, mapping, text
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import refuse
from penstock.sandbox.events import publish
from penstock.sandbox.extensions import accept_changes, accept_new, show_included, show_relationships, show_values
from penstock.sandbox.listings import Attribute, Listing, answer_list
from penstock.sandbox.moments import is_timestamp, to_seconds_text
from penstock.sandbox.money import show_money
from penstock.sandbox.orders import show_prices
from penstock.sandbox.preferences import read_cart_preferences
from penstock.sandbox.rules import is_of_type
from penstock.sandbox.tables import CART_ITEMS, CARTS

CART_OPEN = Access(implicit=True, customer=True)
_UNSET = "0001-01-01T00:00:00Z"
_KEYS = (
    "name",
    "description",
    "contact",
    "custom_attributes",
    "snapshot_date",
    "discount_settings",
    "payment_intent_id",
)
_OBJECTS = ("contact", "custom_attributes", "discount_settings")
_OWNED = Where("EXISTS (SELECT 1 FROM json_each(core, '$.customers'))")
_LISTING = Listing(
    CARTS,
    {"name": Attribute("name", frozenset({"eq", "like", "ilike"}))},
    {"created_at": "created", "updated_at": "updated"},
    "updated DESC, sequence DESC",
)


def list_carts(call: Call) -> Answer:
    """Answer `GET /v2/carts`: a customer's own, or all of them, or the registered ones where the store says so."""
    owner = call.principal.customer_id
    if owner is not None:
        scope = of_customer(owner)
    else:
        scope = Where() if read_cart_preferences(call.shop.database)["show_all_carts"] else _OWNED
    rows, envelope = answer_list(call, _LISTING, scope, lambda row: show_cart(call, row))
    included = show_included(call, "carts", rows)
    return Answer(200, envelope | ({"included": included} if included else {}))


def read_cart(call: Call) -> Answer:
    """Answer `GET /v2/carts/{id}`: an unknown cart is an empty one, never a 404."""
    row = find_cart(call)
    included = show_included(call, "carts", [row])
    items = show_items(call, row)
    if "items" in call.includes() and items:
        included["items"] = items
    return Answer(200, {"data": show_cart(call, row)} | ({"included": included} if included else {}))


def create_cart(call: Call) -> Answer:
    """Answer `POST /v2/carts`; a customer token associates the cart."""
    data = call.data()
    owner = call.principal.customer_id
    _check(data, is_new=True, has_owner=owner is not None)
    identifier = text(data.get("id")) or call.shop.new_id()
    if call.shop.database.get(CARTS, identifier) is not None:
        raise refuse(400, "Bad Request", f"The cart {identifier} exists already", "data.id")
    core: Document = {key: data[key] for key in _KEYS if data.get(key) is not None}
    core |= {"customers": [owner] if owner else [], "currency": ""}
    now = call.shop.second()
    row = Row(identifier, "", now, now, core, accept_new(call, "carts", data))
    call.shop.database.insert(CARTS, row)
    announce_cart(call, row)
    return Answer(201, {"data": show_cart(call, row)})


def update_cart(call: Call) -> Answer:
    """Answer `PUT /v2/carts/{id}`: what is given changes; an unknown cart begins to exist."""
    row = find_cart(call)
    data = call.data()
    _check(data, is_new=False, has_owner=bool(row.core["customers"]))
    changes = {key: data[key] for key in _KEYS if data.get(key) is not None}
    changed = replace(row, core=row.core | changes, custom=accept_changes(call, "carts", data, row.custom))
    return Answer(200, {"data": show_cart(call, keep_cart(call, changed))})


def delete_cart(call: Call) -> Answer:
    """Answer `DELETE /v2/carts/{id}`: the last cart of a customer must be disassociated first."""
    row = find_cart(call)
    for customer in listing(row.core["customers"]):
        if call.shop.database.count(CARTS, of_customer(str(customer))) == 1:
            raise refuse(400, "Last cart", "The last cart of a customer cannot be deleted")
    call.shop.database.delete(CART_ITEMS, Where("parent = ?", (row.id,)))
    if call.shop.database.delete(CARTS, Where("id = ?", (row.id,))):
        publish(call, "cart.deleted", {"type": "cart", "id": row.id})
    return Answer(204)


def find_cart(call: Call) -> Row:
    """Return the cart that the path names, or an empty one that is not kept yet (created 0)."""
    identifier = call.params["id"]
    blank: Document = {"name": "Cart", "customers": [], "currency": ""}
    return call.shop.database.get(CARTS, identifier) or Row(identifier, "", 0, 0, blank)


def keep_cart(call: Call, row: Row) -> Row:
    """Write a changed cart, new or not, stamp it and tell of it."""
    now = call.shop.second()
    kept = replace(row, updated=now, created=row.created or now)
    if row.created:
        call.shop.database.replace(CARTS, kept)
    else:
        call.shop.database.insert(CARTS, kept)
    announce_cart(call, kept)
    return kept


def announce_cart(call: Call, row: Row) -> None:
    """Publish the cart as it is now."""
    publish(call, "cart.updated", {"data": show_cart(call, row)})


def items_of_cart(call: Call, row: Row) -> list[Row]:
    """Return the items of a cart, in the order they were put in."""
    return call.shop.database.select(CART_ITEMS, Where("parent = ?", (row.id,)))


def of_customer(customer_id: str) -> Where:
    """Return the condition that a cart is associated with a customer."""
    return Where("EXISTS (SELECT 1 FROM json_each(core, '$.customers') WHERE value = ?)", (customer_id,))


def show_cart(call: Call, row: Row) -> Document:
    """Return a cart as upstream shows it."""
    items = items_of_cart(call, row)
    currency = str(row.core["currency"])
    created, updated = (to_seconds_text(moment) if moment else _UNSET for moment in (row.created, row.updated))
    expiry = int(str(read_cart_preferences(call.shop.database)["cart_expiry_days"])) * 86_400_000
    expires = to_seconds_text(row.updated + expiry) if row.updated else _UNSET
    shown: Document = {"id": row.id, "type": "cart", **{key: row.core[key] for key in _KEYS if key in row.core}}
    shown |= show_values(call, "carts", row)
    shown["links"] = {"self": f"{call.base}/v2/carts/{row.id}"}
    shown["meta"] = {
        "display_price": show_prices(sum_prices(price_lines(items), currency)),
        "timestamps": {"created_at": created, "updated_at": updated, "expires_at": expires},
    }
    relationships: Document = {"items": {"data": _references((str(item.core["type"]), item.id) for item in items)}}
    customers = _references(("customer", str(customer)) for customer in listing(row.core["customers"]))
    relationships["customers"] = {"data": customers}
    return shown | {"relationships": relationships | show_relationships(call, "carts", row)}


def show_items(call: Call, row: Row) -> list[Document]:
    """Return the items of a cart as upstream shows them, priced."""
    currency = str(row.core["currency"])
    return [
        _show_item(call, line.item, line.unit, line.value, currency, line_prices(line, currency, show_money))
        for line in price_lines(items_of_cart(call, row))
    ]


def _show_item(call: Call, item: Row, unit: int, value: int, currency: str, prices: Document) -> Document:
    core = {key: kept for key, kept in item.core.items() if key not in ("unit_amount", "percent")}
    shown: Document = {"id": item.id, **core, **show_values(call, "cart_items", item)}
    shown |= {
        "slug": "",
        "image": {"mime_type": "", "file_name": "", "href": ""},
        "manage_stock": False,
        "unit_price": {"amount": unit, "currency": currency, "includes_tax": False},
        "value": {"amount": value, "currency": currency, "includes_tax": False},
        "links": {},
        "meta": {
            "display_price": prices,
            "timestamps": {"created_at": to_seconds_text(item.created), "updated_at": to_seconds_text(item.updated)},
        },
    }
    relationships = show_relationships(call, "cart_items", item)
    return shown | ({"relationships": relationships} if relationships else {})


def _references(pairs: Iterable[tuple[str, str]]) -> list[object]:
    return [{"type": type_, "id": identifier} for type_, identifier in pairs]


def _check(data: Document, *, is_new: bool, has_owner: bool) -> None:
    checks = BodyChecks()
    if is_new:
        checks.require(data, "data", ("name",))
    elif data.get("name") == "":
        raise refuse(422, "Unprocessable Entity", "data.name must be at least 1 character long", "data.name")
    checks.allow(data, "data", ("name", "id", "description", "snapshot_date", "payment_intent_id"), 255)
    for key in _OBJECTS:
        if data.get(key) is not None and not isinstance(data[key], dict):
            checks.note("invalid_type", f"data.{key}", "must be an object")
    snapshot = data.get("snapshot_date")
    if isinstance(snapshot, str) and not is_timestamp(snapshot):
        checks.note("format", "data.snapshot_date", "does not match format 'date-time'")
    _check_attributes(checks, mapping(data.get("custom_attributes")))
    contact = mapping(data.get("contact"))
    checks.allow(contact, "data.contact", ("email",))
    checks.format_email(contact, "data.contact")
    checks.settle()
    if contact.get("email") and has_owner:
        raise refuse(400, "Bad Request", "A cart with customers takes no contact e-mail", "data.contact.email")


def _check_attributes(checks: BodyChecks, attributes: Document) -> None:
    """Check custom attributes, each `{type, value}` (carts-orders.yaml, `CustomAttributes`)."""
    for name, given in attributes.items():
        attribute, path = mapping(given), f"data.custom_attributes.{name}"
        kind = str(attribute.get("type"))
        if kind not in ("string", "integer", "boolean", "float"):
            checks.note("enum", f"{path}.type", "must be string, integer, boolean or float")
        elif not is_of_type(kind, attribute.get("value")):
            checks.note("invalid_type", f"{path}.value", f"must be of type {kind}")


ENDPOINTS = (
    Endpoint("GET", "/v2/carts", list_carts, Access(customer=True)),
    Endpoint("POST", "/v2/carts", create_cart, CART_OPEN),
    Endpoint("GET", "/v2/carts/{id}", read_cart, ANYBODY),
    Endpoint("PUT", "/v2/carts/{id}", update_cart, ANYBODY),
    Endpoint("DELETE", "/v2/carts/{id}", delete_cart, ANYBODY),
)
