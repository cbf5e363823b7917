"""Paying, capturing, refunding, changing and anonymising orders."""

from __future__ import annotations

import pytest

from .conftest import Store
from .test_carts import GUEST, LAMP


@pytest.fixture
async def order(store: Store) -> str:
    await store.call("POST", "/v2/carts/c1/items", LAMP)
    answer = await store.call("POST", "/v2/carts/c1/checkout", GUEST)
    return f"/v2/orders/{answer.json()['data']['id']}"


async def test_a_purchase_pays_the_order_once(store: Store, order: str) -> None:
    payment = {"gateway": "manual", "method": "purchase"}

    paid = await store.call("POST", f"{order}/payments", payment, headers=store.shopper)
    again = await store.call("POST", f"{order}/payments", payment, headers=store.shopper)

    assert (paid.status_code, again.status_code) == (200, 409)
    data = (await store.call("GET", order)).json()["data"]
    assert (data["payment"], data["status"]) == ("paid", "complete")
    assert data["meta"]["display_price"]["balance_owing"]["amount"] == 0


async def test_an_authorized_payment_is_captured_and_refunded(store: Store, order: str) -> None:
    payment = {"gateway": "manual", "method": "authorize"}
    transaction = (await store.call("POST", f"{order}/payments", payment)).json()["data"]["id"]
    step = f"{order}/transactions/{transaction}"

    states = [(await store.call("GET", order)).json()["data"]["payment"]]
    for verb in ("capture", "refund"):
        assert (await store.call("POST", f"{step}/{verb}")).status_code == 200
        states.append((await store.call("GET", order)).json()["data"]["payment"])

    assert states == ["authorized", "paid", "refunded"]


async def test_an_order_is_fulfilled_only_once_paid(store: Store, order: str) -> None:
    fulfil = {"type": "order", "shipping": "fulfilled"}
    early = await store.call("PUT", order, fulfil)
    await store.call("POST", f"{order}/payments", {"gateway": "manual", "method": "purchase"})

    done = await store.call("PUT", order, fulfil)
    late = await store.call("PUT", order, {"type": "order", "status": "cancelled"})

    assert (early.status_code, done.status_code, late.status_code) == (422, 200, 422)


async def test_staff_writes_custom_fields_of_an_order(store: Store, order: str) -> None:
    answer = await store.call("PUT", order, {"type": "order", "gift_message": "Enjoy", "external_ref": "e-1"})

    data = answer.json()["data"]
    assert (data["gift_message"], data["external_ref"]) == ("Enjoy", "e-1")


async def test_shoppers_cannot_change_orders(store: Store, order: str) -> None:
    answer = await store.call("PUT", order, {"type": "order"}, headers=store.shopper)

    assert answer.status_code == 403


async def test_anonymising_leaves_asterisks(store: Store, order: str) -> None:
    answer = await store.call("POST", "/v2/orders/anonymize", {"order_ids": [order.rpartition("/")[2]]})

    data = answer.json()["data"][0]
    assert (data["anonymized"], data["customer"]["email"], data["billing_address"]["line_1"]) == (True, "*", "*")
