"""Putting things into a cart: products, custom items, promotions, what another cart or order holds.

Never here: endpoints, prices.

Source: CONTRACT §11, §5 (quotas).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from penstock.sandbox.body_checks import BodyChecks
from penstock.sandbox.calls import Call
from penstock.sandbox.cart_prices import PROMOTION
from penstock.sandbox.carts import items_of_cart
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, mapping, text, whole
from penstock.sandbox.errors import refuse
from penstock.sandbox.extensions import accept_changes, accept_new
from penstock.sandbox.products import find_product
from penstock.sandbox.tables import CART_ITEMS, ORDER_ITEMS, ORDERS, PROMOTIONS

_MOST_ITEMS = 100
_MOST = 1_000_000_000


def add_item(call: Call, cart: Row, data: Document) -> None:
    """Put what `data` says into a cart.

    Raises:
        ApiError: 400 for an unusable item, 404 for an unknown product or order, 422 for a full cart.
    """
    adding = _ADDING.get(str(data.get("type")))
    if adding is None:
        raise refuse(400, "Bad Request", f"data.type must be one of {', '.join(_ADDING)}", "data.type")
    adding(call, cart, data)


def _add_product(call: Call, cart: Row, data: Document) -> None:
    product = find_product(product_id=text(data.get("id")), sku=text(data.get("sku")))
    if product is None:
        raise refuse(404, "Not Found", "Product not found", "data.id")
    core: Document = {
        "type": "cart_item",
        "product_id": product.id,
        "name": product.name,
        "description": "",
        "sku": product.sku,
        "quantity": _quantity(data, 1, least=1),
        "unit_amount": product.price,
    }
    inputs = data.get("custom_inputs")
    _put(call, cart, core | ({"custom_inputs": inputs} if isinstance(inputs, dict) else {}), data)


def _add_custom(call: Call, cart: Row, data: Document) -> None:
    amount = whole(mapping(data.get("price")).get("amount"))
    checks = BodyChecks()
    checks.require(data, "data", ("name",))
    checks.allow(data, "data", ("sku", "description"), 255)
    if amount is None or abs(amount) > _MOST:
        checks.note("required", "data.price.amount", "is required, in minor units")
    checks.settle()
    core: Document = {
        "type": "custom_item",
        "name": data["name"],
        "description": data.get("description") or "",
        "sku": data.get("sku") or "",
        "quantity": _quantity(data, 1, least=1),
        "unit_amount": amount,
    }
    _put(call, cart, core, data)


def _add_promotion(call: Call, cart: Row, data: Document) -> None:
    found = call.shop.database.select(PROMOTIONS, Where("code = ?", (text(data.get("code")),)))
    if not found:
        raise refuse(400, "Bad Request", "The promotion code is not valid", "data.code")
    promotion = found[0]
    core: Document = {
        "type": PROMOTION,
        "promotion_id": promotion.id,
        "name": promotion.core["name"],
        "description": "Promotion",
        "sku": promotion.core["code"],
        "quantity": 1,
        "percent": promotion.core["percent"],
    }
    if all(item.core.get("promotion_id") != promotion.id for item in items_of_cart(call, cart)):
        _insert(call, cart, core, {})


def _add_order(call: Call, cart: Row, data: Document) -> None:
    order = call.shop.database.get(ORDERS, str(data.get("order_id")))
    if order is None:
        raise refuse(404, "Not Found", "Order not found", "data.order_id")
    for item in call.shop.database.select(ORDER_ITEMS, Where("parent = ?", (order.id,))):
        if item.core.get("product_id"):
            _add_product(call, cart, {"id": item.core["product_id"], "quantity": item.core["quantity"]})


def _add_cart(call: Call, cart: Row, data: Document) -> None:
    for item in call.shop.database.select(CART_ITEMS, Where("parent = ?", (str(data.get("cart_id")),))):
        if item.core["type"] != PROMOTION:
            _put(call, cart, dict(item.core), {})


_ADDING: dict[str, Callable[[Call, Row, Document], None]] = {
    "cart_item": _add_product,
    "custom_item": _add_custom,
    PROMOTION: _add_promotion,
    "order_items": _add_order,
    "cart_items": _add_cart,
}


def _put(call: Call, cart: Row, core: Document, data: Document) -> None:
    """Put an item in, or raise the quantity of the same one."""
    same = ("type", "product_id", "sku", "name", "custom_inputs")
    for item in items_of_cart(call, cart):
        if core["type"] == "cart_item" and all(item.core.get(key) == core.get(key) for key in same):
            quantity = (whole(item.core["quantity"]) or 0) + (whole(core["quantity"]) or 0)
            change_item(call, cart, item, {"quantity": quantity})
            return
    _insert(call, cart, core, data)


def _insert(call: Call, cart: Row, core: Document, data: Document) -> None:
    if len(items_of_cart(call, cart)) >= _MOST_ITEMS:
        raise refuse(422, "Unprocessable Entity", f"A cart may hold {_MOST_ITEMS} different items")
    now = call.shop.second()
    row = Row(call.shop.new_id(), cart.id, now, now, core, accept_new(call, "cart_items", data))
    call.shop.database.insert(CART_ITEMS, row)


def change_item(call: Call, cart: Row, item: Row, data: Document) -> None:
    """Change an item: its quantity (0 removes it), custom inputs, custom fields.

    Raises:
        ApiError: 400 for an unusable quantity.
    """
    quantity = _quantity(data, whole(item.core["quantity"]) or 1, least=0)
    if quantity == 0:
        call.shop.database.delete(CART_ITEMS, Where("parent = ? AND id = ?", (cart.id, item.id)))
        return
    inputs = {"custom_inputs": data["custom_inputs"]} if isinstance(data.get("custom_inputs"), dict) else {}
    custom = accept_changes(call, "cart_items", data, item.custom)
    now = call.shop.second()
    core = item.core | inputs | {"quantity": quantity}
    call.shop.database.replace(CART_ITEMS, replace(item, core=core, custom=custom, updated=now))


def _quantity(data: Document, default: int, *, least: int) -> int:
    quantity = whole(data.get("quantity", default))
    if quantity is None or not least <= quantity <= _MOST:
        raise refuse(400, "Bad Request", f"data.quantity must be a whole number, {least} or more", "data.quantity")
    return quantity
