"""What is in a cart: adding, changing and removing items.

Never here: prices, checkout.

Source: CONTRACT §11, §5 (quotas); carts-orders.yaml (`BulkAddItemsRequest`).
"""

from __future__ import annotations

from dataclasses import replace

from penstock.sandbox.access import ANYBODY
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.cart_additions import add_item, change_item
from penstock.sandbox.cart_prices import PROMOTION, price_lines, sum_prices
from penstock.sandbox.carts import announce_cart, find_cart, items_of_cart, keep_cart, show_items
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, mapping
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import ApiError, refuse, show_problem
from penstock.sandbox.orders import show_prices
from penstock.sandbox.products import CURRENCY
from penstock.sandbox.tables import CART_ITEMS


def list_items(call: Call) -> Answer:
    """Answer `GET /v2/carts/{id}/items`."""
    return _answer(call, 200, find_cart(call))


def add_items(call: Call) -> Answer:
    """Answer `POST /v2/carts/{id}/items`: one item or an array, whose good ones stay unless told otherwise."""
    payload = call.payload()
    data = payload.get("data")
    if not isinstance(data, dict | list):
        raise refuse(400, "required", "data is required", "data")
    cart = _settle_currency(call, find_cart(call))
    all_or_nothing = mapping(payload.get("options")).get("add_all_or_nothing") is True
    errors: list[ApiError] = []
    for one in data if isinstance(data, list) else [data]:
        try:
            add_item(call, cart, mapping(one))
        except ApiError as error:
            if isinstance(data, dict) or all_or_nothing:
                raise
            errors.append(error)
    kept = keep_cart(call, cart)
    return _answer(call, 201, kept, errors)


def update_item(call: Call) -> Answer:
    """Answer `PUT /v2/carts/{id}/items/{item}`: quantity 0 removes."""
    cart = find_cart(call)
    change_item(call, cart, _find_item(call, cart, call.params["item"]), _item_data(call))
    return _answer(call, 200, keep_cart(call, cart))


def update_items(call: Call) -> Answer:
    """Answer `PUT /v2/carts/{id}/items`: several items, each named by its id."""
    data = call.payload().get("data")
    if not isinstance(data, list):
        raise refuse(400, "Bad Request", "data must be an array", "data")
    cart = find_cart(call)
    for one in data:
        change = mapping(one)
        change_item(call, cart, _find_item(call, cart, str(change.get("id"))), change)
    return _answer(call, 200, keep_cart(call, cart) if data else cart)


def remove_item(call: Call) -> Answer:
    """Answer `DELETE /v2/carts/{id}/items/{item}`."""
    cart = find_cart(call)
    if call.shop.database.delete(CART_ITEMS, Where("parent = ? AND id = ?", (cart.id, call.params["item"]))):
        cart = keep_cart(call, cart)
    return _answer(call, 200, cart)


def remove_items(call: Call) -> Answer:
    """Answer `DELETE /v2/carts/{id}/items`: the cart is empty afterwards."""
    cart = find_cart(call)
    if call.shop.database.delete(CART_ITEMS, Where("parent = ?", (cart.id,))):
        cart = keep_cart(call, cart)
    return _answer(call, 200, cart)


def remove_promotion(call: Call) -> Answer:
    """Answer `DELETE /v2/carts/{id}/discounts/{code}`."""
    cart = find_cart(call)
    for item in items_of_cart(call, cart):
        if item.core["type"] == PROMOTION and item.core["sku"] == call.params["code"]:
            call.shop.database.delete(CART_ITEMS, Where("id = ?", (item.id,)))
            announce_cart(call, cart)
    return Answer(204)


def _answer(call: Call, status: int, cart: Row, errors: list[ApiError] | None = None) -> Answer:
    prices = sum_prices(price_lines(items_of_cart(call, cart)), str(cart.core["currency"]))
    body: Document = {"data": show_items(call, cart), "meta": {"display_price": show_prices(prices)}}
    if errors:
        body["errors"] = [show_problem(problem, as_text=True) for error in errors for problem in error.problems]
    return Answer(status, body)


def _settle_currency(call: Call, cart: Row) -> Row:
    """Give an empty cart its currency, refuse another one for a cart with items (CONTRACT §1.1)."""
    wanted = call.headers.get("x-moltin-currency")
    present = str(cart.core["currency"])
    if wanted and not (len(wanted) == 3 and wanted.isascii() and wanted.isalpha()):
        raise refuse(400, "Bad Request", "X-MOLTIN-CURRENCY must be an ISO code of three letters")
    if not items_of_cart(call, cart):
        return replace(cart, core=cart.core | {"currency": (wanted or present or CURRENCY).upper()})
    if wanted and wanted.upper() != present:
        raise refuse(400, "Bad Request", f"The cart is in {present}, items in {wanted} cannot join it")
    return cart


def _find_item(call: Call, cart: Row, identifier: str) -> Row:
    row = call.shop.database.get(CART_ITEMS, identifier)
    if row is None or row.parent != cart.id:
        raise refuse(404, "Not Found", "Cart item not found")
    return row


def _item_data(call: Call) -> Document:
    data = call.payload().get("data")
    if not isinstance(data, dict):
        raise refuse(400, "required", "data is required", "data")
    return data


_ITEMS = "/v2/carts/{id}/items"
ENDPOINTS = (
    Endpoint("GET", _ITEMS, list_items, ANYBODY),
    Endpoint("POST", _ITEMS, add_items, ANYBODY),
    Endpoint("PUT", _ITEMS, update_items, ANYBODY),
    Endpoint("DELETE", _ITEMS, remove_items, ANYBODY),
    Endpoint("PUT", _ITEMS + "/{item}", update_item, ANYBODY),
    Endpoint("DELETE", _ITEMS + "/{item}", remove_item, ANYBODY),
    Endpoint("DELETE", "/v2/carts/{id}/discounts/{code}", remove_promotion, ANYBODY),
)
