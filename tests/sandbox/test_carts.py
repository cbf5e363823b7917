"""Carts, items, association and checkout."""

from __future__ import annotations

from typing import Any

from penstock.sandbox import seeded_login

from .conftest import Store

LAMP = {"type": "cart_item", "sku": "LAMP-OAK", "quantity": 1}
ADDRESS = {
    "first_name": "Ines",
    "last_name": "Okafor",
    "line_1": "1 Mill Lane",
    "postcode": "LS1 4AP",
    "county": "West Yorkshire",
    "country": "GB",
}
GUEST = {
    "customer": {"name": "Guest", "email": seeded_login.email},
    "billing_address": ADDRESS,
    "shipping_address": ADDRESS,
}
REGISTERED = GUEST | {"customer": {"id": seeded_login.customer_id}}


async def price_of(store: Store, cart: str) -> Any:
    answer = await store.call("GET", f"/v2/carts/{cart}", headers=store.shopper)
    return answer.json()["data"]["meta"]["display_price"]["with_tax"]


async def test_an_unknown_cart_is_an_empty_one(store: Store) -> None:
    answer = await store.call("GET", "/v2/carts/my-cart", headers=store.shopper)

    data = answer.json()["data"]
    assert data["meta"]["display_price"]["with_tax"] == {"amount": 0, "currency": "", "formatted": "0"}
    assert data["meta"]["timestamps"]["created_at"] == "0001-01-01T00:00:00Z"


async def test_items_add_up_and_the_promotion_code_takes_a_tenth_off(store: Store) -> None:
    path = "/v2/carts/c1/items"
    await store.call("POST", path, LAMP, headers=store.shopper)
    await store.call("POST", path, LAMP, headers=store.shopper)
    before = await price_of(store, "c1")

    answer = await store.call("POST", path, {"type": "promotion_item", "code": "WELCOME10"}, headers=store.shopper)

    assert answer.status_code == 201
    assert [item["quantity"] for item in answer.json()["data"]] == [2, 1]
    assert before["formatted"] == "$178.00"
    assert await price_of(store, "c1") == {"amount": 16020, "currency": "USD", "formatted": "$160.20"}


async def test_quantity_zero_removes_an_item(store: Store) -> None:
    items = (await store.call("POST", "/v2/carts/c1/items", LAMP)).json()["data"]

    answer = await store.call("PUT", f"/v2/carts/c1/items/{items[0]['id']}", {"quantity": 0})

    assert answer.json()["data"] == []


async def test_a_second_currency_cannot_join_a_cart(store: Store) -> None:
    await store.call("POST", "/v2/carts/c1/items", LAMP)

    answer = await store.call("POST", "/v2/carts/c1/items", LAMP, headers=store.staff | {"X-MOLTIN-CURRENCY": "EUR"})

    assert answer.status_code == 400


async def test_of_several_items_the_good_ones_stay(store: Store) -> None:
    answer = await store.call("POST", "/v2/carts/c1/items", [LAMP, LAMP | {"sku": "NOPE"}])

    assert answer.status_code == 201
    assert len(answer.json()["data"]) == 1
    assert answer.json()["errors"][0]["status"] == "404"


async def test_a_guest_order_is_never_linked_to_a_customer_with_the_same_email(store: Store) -> None:
    await store.call("POST", "/v2/carts/c1/items", LAMP)

    answer = await store.call("POST", "/v2/carts/c1/checkout", GUEST, headers=store.shopper)

    assert answer.status_code == 201
    order = answer.json()["data"]
    assert "customer" not in order["relationships"]
    assert "id" not in order["customer"]
    assert answer.json()["included"]["items"][0]["type"] == "order_item"


async def test_a_registered_checkout_shows_in_the_customers_orders_and_the_cart_survives(store: Store) -> None:
    signed_in = await store.sign_in()
    await store.call("POST", "/v2/carts/c1/items", LAMP, headers=signed_in)

    first = await store.call("POST", "/v2/carts/c1/checkout", REGISTERED, headers=signed_in)
    second = await store.call("POST", "/v2/carts/c1/checkout", REGISTERED, headers=signed_in)

    identifiers = {answer.json()["data"]["id"] for answer in (first, second)}
    orders = (await store.call("GET", "/v2/orders", headers=signed_in)).json()["data"]
    assert len(identifiers) == 2
    assert identifiers <= {order["id"] for order in orders}
    assert first.json()["data"]["customer"]["name"] == "Ines Okafor"


async def test_a_checkout_tells_every_missing_part(store: Store) -> None:
    await store.call("POST", "/v2/carts/c1/items", LAMP)
    wrong = {"customer": {"name": "A", "email": "a@b.co"}, "billing_address": ADDRESS | {"county": "", "line_1": ""}}

    answer = await store.call("POST", "/v2/carts/c1/checkout", wrong)

    assert answer.status_code == 400
    assert {problem["source"] for problem in answer.json()["errors"]} == {
        "data.billing_address.line_1",
        "data.billing_address.region",
        "data.shipping_address",
    }


async def test_association_follows_the_customer_token(store: Store) -> None:
    signed_in = await store.sign_in()
    path = "/v2/carts/c1/relationships/customers"
    own = [{"type": "customer", "id": seeded_login.customer_id}]

    associated = await store.call("POST", path, own, headers=signed_in)
    foreign = await store.call("POST", path, [{"type": "customer", "id": "x"}], headers=signed_in)
    anonymous = await store.call("POST", path, own, headers=store.shopper)
    not_an_array = await store.call("POST", path, own[0], headers=signed_in)

    assert associated.json() == {"data": own}
    assert [answer.status_code for answer in (foreign, anonymous, not_an_array)] == [403, 403, 403]
    mine = (await store.call("GET", "/v2/carts", headers=signed_in)).json()["data"]
    assert [cart["id"] for cart in mine] == ["c1"]
    last = await store.call("DELETE", "/v2/carts/c1", headers=signed_in)
    assert (last.status_code, last.json()["errors"][0]["title"]) == (400, "Last cart")
    assert (await store.call("DELETE", path, own, headers=signed_in)).status_code == 204
    assert (await store.call("DELETE", "/v2/carts/c1", headers=signed_in)).status_code == 204


async def test_a_cart_with_a_contact_email_cannot_be_associated(store: Store) -> None:
    await store.call("POST", "/v2/carts", {"id": "c1", "name": "Cart", "contact": {"email": "a@b.co"}})

    answer = await store.call(
        "POST", "/v2/carts/c1/relationships/customers", [{"type": "customer", "id": seeded_login.customer_id}]
    )

    assert (answer.status_code, answer.json()["errors"][0]["status"]) == (422, "400")
