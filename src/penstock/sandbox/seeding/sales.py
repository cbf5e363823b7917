"""The seeded orders, their items, and the promotion code.

Never here: customers, definitions.

Source: CONTRACT §10.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from penstock.sandbox.database import Row
from penstock.sandbox.documents import Document
from penstock.sandbox.products import CURRENCY, PRODUCTS, Product
from penstock.sandbox.seeding.definitions import field_id
from penstock.sandbox.seeding.people import customer_email, customer_id, customer_name, postal_address
from penstock.sandbox.seeding.stamps import seeded_id, seeded_moment

_BUYERS = 30
_STATES = (
    ("complete", "paid", "fulfilled"),
    ("complete", "paid", "unfulfilled"),
    ("incomplete", "unpaid", "unfulfilled"),
    ("processing", "authorized", "unfulfilled"),
    ("cancelled", "unpaid", "unfulfilled"),
)


def order_rows() -> Iterator[tuple[Row, list[Row]]]:
    """Yield orders with their items: one to three for each of the first thirty customers, every seventh as a guest."""
    for index in range(_BUYERS):
        for number in range(3 - index % 3):
            items = list(_item_rows(index, number))
            yield _order(index, number, sum(_total(item) for item in items)), items


def promotion_rows() -> Iterator[Row]:
    """Yield the promotion behind the code WELCOME10: a tenth off."""
    core: Document = {"code": "WELCOME10", "name": "Welcome", "percent": 10}
    yield Row(seeded_id("promotions", "WELCOME10"), "", seeded_moment(0), seeded_moment(0), core)


def _order(index: int, number: int, total: int) -> Row:
    status, payment, shipping = _STATES[(index + number) % len(_STATES)]
    moment = seeded_moment(600 + index * 29 + number * 311)
    is_guest = (index + number) % 7 == 6
    owed, paid = (0, total) if payment == "paid" else (total, 0)
    authorized = total if payment == "authorized" else 0
    amounts = {
        "with_tax": total, "without_tax": total, "tax": 0, "discount": 0, "balance_owing": owed, "paid": paid,
        "authorized": authorized, "without_discount": total, "shipping": 0, "shipping_discount": 0,
    }  # fmt: skip
    core: Document = {
        "status": status,
        "payment": payment,
        "shipping": shipping,
        "anonymized": False,
        "order_number": f"P-{1000 + index * 3 + number}",
        "customer": {"name": customer_name(index), "email": customer_email(index)},
        "billing_address": _billing(index),
        "shipping_address": _billing(index) | {"phone_number": "", "instructions": ""},
        "prices": {name: {"amount": amount, "currency": CURRENCY} for name, amount in amounts.items()},
    }
    core |= {} if is_guest else {"customer_id": customer_id(index)}
    core |= {"fully_paid_at": moment + 60_000} if payment == "paid" else {}
    custom: Document = {field_id("orders", "gift_message"): f"For {customer_name(index)}"} if number == 0 else {}
    return Row(_order_id(index, number), "", moment, moment, core, custom)


def _item_rows(index: int, number: int) -> Iterator[Row]:
    moment = seeded_moment(600 + index * 29 + number * 311)
    for place in range(1 + (index + number) % 3):
        product = PRODUCTS[(index * 2 + number + place * 3) % len(PRODUCTS)]
        identifier = seeded_id("order_items", f"{index}/{number}/{place}")
        core = _item(product, 1 + (index + place) % 3, seeded_id("cart_items", f"{index}/{number}/{place}"))
        yield Row(identifier, _order_id(index, number), moment, moment, core)


def _item(product: Product, quantity: int, cart_item: str) -> Document:
    unit, value = product.price, product.price * quantity
    prices = {
        name: {
            "unit": {"amount": unit if counts else 0, "currency": CURRENCY},
            "value": {"amount": value if counts else 0, "currency": CURRENCY},
        }
        for name, counts in (
            ("with_tax", True), ("without_tax", True), ("tax", False), ("discount", False), ("without_discount", True),
        )
    }  # fmt: skip
    return {
        "quantity": quantity,
        "product_id": product.id,
        "name": product.name,
        "sku": product.sku,
        "unit_price": {"amount": unit, "currency": CURRENCY, "includes_tax": False},
        "value": {"amount": value, "currency": CURRENCY, "includes_tax": False},
        "discounts": [],
        "prices": prices,
        "cart_item": cart_item,
    }


def _total(item: Row) -> int:
    value = item.core["value"]
    return int(value["amount"]) if isinstance(value, dict) else 0


def _billing(index: int) -> Document:
    given = {key: value for key, value in postal_address(index, 0).items() if key != "name"}
    return given | {"company_name": "", "line_2": "", "region": ""}


def _order_id(index: int, number: int) -> str:
    return seeded_id("orders", f"{index}/{number}")
