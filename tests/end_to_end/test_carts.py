"""Carts and prices read from the sandbox, through the whole product and in both executors."""

from __future__ import annotations

import httpx
import pytest

from tests.end_to_end.test_seeded_store import EXECUTORS, sign_in
from tests.support.sandboxes import RunningSandbox
from tests.support.served import served

ITEM = "kind name sku quantity unitPrice { amount currencyCode } unitPrices { withTax { amount formatted } }"
CART = f"""
query ($id: ID!) {{
  cart(id: $id) {{
    id name createdAt expiresAt
    prices {{ withTax {{ amount currencyCode formatted }} discount {{ amount }} shipping {{ amount }} }}
    items {{ {ITEM} linePrice {{ amount }} linePrices {{ withTax {{ amount }} tax {{ amount }} }} }}
  }}
}}
"""
PAID = """
{
  orders(first: 100, filter: {payment: {eq: PAID}, currency: {eq: "USD"}}) {
    totalCount
    nodes {
      fullyPaidAt
      prices { withTax { amount currencyCode formatted } balanceOwing { amount } paid { amount } }
      items { quantity unitPrice { amount } linePrices { withTax { amount formatted } } }
    }
  }
}
"""


def put_in(store: RunningSandbox, cart: str, data: dict[str, object], currency: str = "USD") -> None:
    answer = httpx.post(
        f"{store.url}/v2/carts/{cart}/items",
        json={"data": data},
        headers={"authorization": f"Bearer {store.shopper}", "x-moltin-currency": currency},
    )
    assert answer.status_code == 201, answer.text


def begin_carts(store: RunningSandbox, token: str, ids: list[str]) -> None:
    headers = {"authorization": f"Bearer {store.shopper}", "x-moltin-customer-token": token}
    for identity in ids:
        body = {"data": {"name": identity, "id": identity}}
        assert httpx.post(f"{store.url}/v2/carts", json=body, headers=headers).status_code == 201


def custom_item(amount: int) -> dict[str, object]:
    return {"type": "custom_item", "name": "Engraving", "sku": "eng", "quantity": 2, "price": {"amount": amount}}


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("currency", "unit", "line"), [("USD", "12.50", "25.00"), ("JPY", "1250", "2500"), ("KWD", "1.250", "2.500")]
)
async def test_prices_honour_the_minor_unit_of_the_currency(
    seeded: RunningSandbox, executor: str, currency: str, unit: str, line: str
) -> None:
    cart = f"prices-{currency}-{executor}"
    put_in(seeded, cart, custom_item(1250), currency)
    put_in(seeded, cart, {"type": "promotion_item", "code": "WELCOME10"}, currency)

    async with served(seeded.url, executor=executor) as running:
        read = (await running.ask(CART, {"id": cart}, bearer=seeded.shopper))["cart"]

    goods, promotion = read["items"]
    assert goods["unitPrice"] == {"amount": unit, "currencyCode": currency}
    assert goods["unitPrices"]["withTax"]["amount"] == unit
    assert (goods["linePrice"]["amount"], goods["linePrices"]["withTax"]["amount"]) == (line, line)
    assert (goods["kind"], promotion["kind"], promotion["sku"]) == ("CUSTOM", "PROMOTION", "WELCOME10")
    assert promotion["linePrice"]["amount"].startswith("-")
    assert read["prices"]["discount"]["amount"] == promotion["linePrice"]["amount"]
    assert read["prices"]["withTax"]["currencyCode"] == currency
    assert read["createdAt"] < read["expiresAt"]


@pytest.mark.parametrize("executor", EXECUTORS)
async def test_an_unknown_cart_is_an_empty_one(seeded: RunningSandbox, executor: str) -> None:
    async with served(seeded.url, executor=executor) as running:
        read = (await running.ask(CART, {"id": "nobody-filled-it"}, bearer=seeded.shopper))["cart"]

    assert read["createdAt"] is None
    assert read["items"] == []
    assert read["prices"]["withTax"] == {"amount": "0", "currencyCode": None, "formatted": "0"}


@pytest.mark.parametrize("executor", EXECUTORS)
async def test_the_signed_in_customer_sees_its_carts_and_its_session(seeded: RunningSandbox, executor: str) -> None:
    async with served(seeded.url, executor=executor) as running:
        token = await sign_in(running)
        begin_carts(seeded, token, [f"own-{executor}-{number}" for number in range(3)])
        page = "carts(first: 2) { totalCount pageInfo { hasNextPage } nodes { id } }"
        read = await running.ask(f"{{ me {{ id session {{ expiresAt }} {page} }} }}", customer=token)
        others = await running.ask(
            f"{{ customers(first: 3) {{ nodes {{ id session {{ expiresAt }} {page} }} }} }}",
            bearer=seeded.staff,
            customer=token,
        )
        unsigned = await running.ask(
            f"{{ customers(first: 3) {{ nodes {{ {page} session {{ __typename }} }} }} }}", bearer=seeded.staff
        )

    me = read["me"]
    assert me["session"]["expiresAt"].endswith("Z")
    assert me["carts"]["totalCount"] >= 3
    assert me["carts"]["pageInfo"]["hasNextPage"] is True
    assert all(
        (node["carts"], node["session"]) == (None, None) or node["id"] == me["id"]
        for node in others["customers"]["nodes"]
    )
    assert unsigned["customers"]["nodes"] == [{"carts": None, "session": None}] * 3


@pytest.mark.parametrize("executor", EXECUTORS)
async def test_an_order_shows_what_it_costs(seeded: RunningSandbox, executor: str) -> None:
    async with served(seeded.url, executor=executor) as running:
        data = await running.ask(
            PAID,
            bearer=seeded.staff,
        )

    assert len(data["orders"]["nodes"]) == data["orders"]["totalCount"] > 0
    for order in data["orders"]["nodes"]:
        prices = order["prices"]
        assert prices["withTax"]["formatted"].replace(",", "") == f"${prices['withTax']['amount']}"
        assert prices["balanceOwing"]["amount"] == "0.00"
        assert prices["paid"]["amount"] == prices["withTax"]["amount"]
        assert order["fullyPaidAt"] is not None
        cents = [int(item["linePrices"]["withTax"]["amount"].replace(".", "")) for item in order["items"]]
        assert sum(cents) == int(prices["withTax"]["amount"].replace(".", ""))
