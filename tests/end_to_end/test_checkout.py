"""Carts checked out, and orders paid and changed, through the gateway against the sandbox, by both executors."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.sandbox import SandboxSettings
from penstock.settings import read_state_address
from tests.end_to_end.shopping import ADD, CHANGE, CHECKOUT, GUEST, HOME, PAY, Data, codes, fill, write
from tests.end_to_end.stores import create_customer, create_field, create_flow, sign_in
from tests.support.sandboxes import RunningSandbox, sandbox
from tests.support.served import Served, served

pytestmark = pytest.mark.parametrize("executor", ["plan", "reference"])

ANA = "ana@example.test"
BRIEFLY = """mutation ($cartId: ID!, $input: CartCheckoutInput!) {
  cartCheckout(cartId: $cartId, input: $input) { order { id customerEmail } warnings { code } userErrors { code } }
}"""


@pytest.fixture
def store() -> Iterator[RunningSandbox]:
    """A store with the field of the founding guide, and fields of orders and lines of carts."""
    with sandbox(SandboxSettings(seed=False)) as running:
        create_field(running, create_flow(running, "customers"), "delivery_details")
        create_field(running, create_flow(running, "orders"), "gift_message")
        create_field(running, create_flow(running, "cart_items"), "engraving")
        yield running


def count_orders(store: RunningSandbox) -> int:
    total: int = store.call("GET", "/v2/orders").json()["meta"]["results"]["total"]
    return total


async def order(running: Served, cart: str, store: RunningSandbox, **more: str) -> Data:
    """An order of a cart of its own, placed by a guest."""
    await fill(running, cart, bearer=store.shopper)
    payload = await write(running, CHECKOUT, {"cartId": cart, "input": GUEST | more}, bearer=store.shopper)
    assert payload["userErrors"] == []
    made: Data = payload["order"]
    return made


async def test_a_guest_checks_out_and_is_linked_to_nobody(store: RunningSandbox, executor: str) -> None:
    create_customer(store, "gus@example.test")
    async with served(store.url, executor=executor) as running:
        await fill(running, "g-1")
        payload = await write(running, CHECKOUT, {"cartId": "g-1", "input": GUEST | {"orderNumber": "A-1"}})

    made = payload["order"]
    assert (payload["userErrors"], payload["warnings"]) == ([], [])
    assert (made["customerName"], made["customerEmail"], made["customer"]) == ("Gus Guest", "gus@example.test", None)
    assert made["shippingAddress"] == {"line1": "1 High Street", "instructions": ""}
    assert made["billingAddress"] == {"line1": "1 High Street", "region": "Devon"}
    assert made["prices"]["withTax"] == {"amount": "29.00", "currencyCode": "USD"}
    assert [(item["sku"], item["quantity"], item["linePrice"]["amount"]) for item in made["items"]] == [
        ("MUG-BLUE", 2, "29.00")
    ]
    assert made["orderNumber"] == "A-1"


async def test_the_delivery_details_of_the_guides_are_there_at_the_checkout(
    store: RunningSandbox, executor: str
) -> None:
    identity = create_customer(store, ANA, delivery_details="Leave it on the porch")
    shipping = HOME | {"instructions": "Leave it on the porch"}
    async with served(store.url, executor=executor) as running:
        token = await sign_in(running, ANA)
        await fill(running, "s-1", customer=token)
        shown = await running.ask('{ me { name deliveryDetails } cart(id: "s-1") { items { name } } }', customer=token)
        given = {"billingAddress": HOME, "shippingAddress": shipping}
        payload = await write(running, CHECKOUT, {"cartId": "s-1", "input": given}, customer=token)
        history = await running.ask("{ me { orders { nodes { id } } } }", customer=token)

    assert shown["me"]["deliveryDetails"] == "Leave it on the porch"
    made = payload["order"]
    assert made["customer"] == {"id": identity, "deliveryDetails": "Leave it on the porch"}
    assert made["customerEmail"] == ANA
    assert made["shippingAddress"]["instructions"] == "Leave it on the porch"
    assert history["me"]["orders"]["nodes"] == [{"id": made["id"]}]


async def test_whose_order_it_is_comes_from_a_token_that_upstream_knows(store: RunningSandbox, executor: str) -> None:
    victim = create_customer(store, ANA)
    claims = base64.b64encode(json.dumps({"sub": victim, "exp": 4_000_000_000}).encode()).decode()
    forged = f"e30=.{claims}.{'0' * 64}"
    async with served(store.url, executor=executor) as running:
        await fill(running, "f-1")
        given = {"billingAddress": HOME}
        by_forger = await running.answer(CHECKOUT, {"cartId": "f-1", "input": given}, customer=forged)
        by_forging_staff = await running.answer(
            CHECKOUT, {"cartId": "f-1", "input": given}, customer=forged, bearer=store.staff
        )
        by_nobody = await write(running, CHECKOUT, {"cartId": "f-1", "input": given})

    assert by_forger["errors"][0]["extensions"]["code"] == "CUSTOMER_TOKEN_INVALID"
    assert by_forging_staff["errors"][0]["extensions"]["code"] == "CUSTOMER_TOKEN_INVALID"
    assert codes(by_nobody) == [("REQUIRED", ["input", "guest"])]
    assert count_orders(store) == 0


async def test_everything_wrong_with_a_checkout_is_told_at_once_and_nothing_is_ordered(
    store: RunningSandbox, executor: str
) -> None:
    without_region = {key: value for key, value in HOME.items() if key != "region"}
    given: Data = {
        "guest": {"name": "", "email": "nobody"},
        "billingAddress": without_region | {"line1": " "},
        "shippingAddress": without_region,
        "externalRef": "x" * 65,
    }
    async with served(store.url, executor=executor) as running:
        wrong = await write(running, CHECKOUT, {"cartId": "w-1", "input": given})
        empty = await write(running, CHECKOUT, {"cartId": "w-1", "input": GUEST})

    assert sorted(codes(wrong)) == [
        ("NOT_AN_EMAIL", ["input", "guest", "email"]),
        ("REQUIRED", ["input", "billingAddress", "line1"]),
        ("REQUIRED", ["input", "billingAddress", "region"]),
        ("REQUIRED", ["input", "guest", "name"]),
        ("REQUIRED", ["input", "shippingAddress", "region"]),
        ("TOO_LONG", ["input", "externalRef"]),
    ]
    assert [error["message"] for error in empty["userErrors"]] == ["There is nothing in the cart."]
    assert count_orders(store) == 0


async def test_a_key_checks_out_once(store: RunningSandbox, executor: str) -> None:
    create_customer(store, ANA)
    given: Data = {"billingAddress": HOME, "idempotencyKey": "purchase-1"}
    async with served(store.url, executor=executor) as running:
        token = await sign_in(running, ANA)
        await fill(running, "k-1", customer=token)
        together = await asyncio.gather(
            *(write(running, CHECKOUT, {"cartId": "k-1", "input": given}, customer=token) for _ in range(5))
        )
        again = await write(running, CHECKOUT, {"cartId": "k-1", "input": given}, customer=token)
        other = await write(running, CHECKOUT, {"cartId": "k-1", "input": given | {"orderNumber": "B"}}, customer=token)
        next_key = {"cartId": "k-1", "input": given | {"idempotencyKey": "purchase-2"}}
        second = await write(running, CHECKOUT, next_key, customer=token)

    made = [payload["order"]["id"] for payload in together if payload["order"]]
    refused = [codes(payload) for payload in together if payload["order"] is None]
    assert len(set(made)) == 1
    assert refused == [[("CONFLICT", ["input", "idempotencyKey"])]] * len(refused)
    assert (again["order"]["id"], again["order"]["items"][0]["sku"]) == (made[0], "MUG-BLUE")
    assert codes(other) == [("INVALID", ["input", "idempotencyKey"])]
    assert second["order"]["id"] != made[0]
    assert count_orders(store) == 2


async def test_a_key_checks_out_once_whichever_replica_it_comes_through(
    store: RunningSandbox, executor: str, tmp_path: Path
) -> None:
    state = read_state_address(str(tmp_path))
    given = {"cartId": "k-2", "input": GUEST | {"idempotencyKey": "purchase"}}
    async with (
        served(store.url, executor=executor, state_url=state) as one,
        served(store.url, executor=executor, state_url=state) as two,
    ):
        await fill(one, "k-2")
        payloads = await asyncio.gather(*(write(replica, BRIEFLY, given) for replica in (one, two) * 3))

    made = {payload["order"]["id"] for payload in payloads if payload["order"] is not None}
    assert len(made) == 1
    assert {tuple(error["code"] for error in payload["userErrors"]) for payload in payloads} <= {(), ("CONFLICT",)}
    assert count_orders(store) == 1


async def test_a_key_is_of_one_caller_and_one_cart(store: RunningSandbox, executor: str) -> None:
    create_customer(store, ANA)
    given = GUEST | {"idempotencyKey": "the same for all"}
    async with served(store.url, executor=executor) as running:
        for cart in ("o-1", "o-2"):
            await fill(running, cart)
        one = await write(running, CHECKOUT, {"cartId": "o-1", "input": given}, bearer=store.shopper)
        cart = await write(running, CHECKOUT, {"cartId": "o-2", "input": given}, bearer=store.shopper)
        caller = await write(running, CHECKOUT, {"cartId": "o-1", "input": given})
        guest = await write(running, BRIEFLY, {"cartId": "o-1", "input": given}, bearer=store.shopper)

    ids = [payload["order"]["id"] for payload in (one, cart, caller)]
    assert len(set(ids)) == 3
    assert guest["order"] == {"id": ids[0], "customerEmail": None}
    assert guest["warnings"] == [{"code": "ORDER_NOT_READABLE"}]


async def test_a_refused_checkout_does_not_use_its_key_up(store: RunningSandbox, executor: str) -> None:
    given = GUEST | {"idempotencyKey": "try again"}
    async with served(store.url, executor=executor) as running:
        refused = await write(running, CHECKOUT, {"cartId": "r-1", "input": given})
        await fill(running, "r-1")
        made = await write(running, CHECKOUT, {"cartId": "r-1", "input": given})

    assert refused["order"] is None
    assert made["userErrors"] == []
    assert count_orders(store) == 1


async def test_only_staff_mark_an_order_as_paid_by_hand(store: RunningSandbox, executor: str) -> None:
    create_customer(store, ANA)
    by_hand = {"gateway": "MANUAL", "method": "PURCHASE"}
    async with served(store.url, executor=executor) as running:
        token = await sign_in(running, ANA)
        identity = (await order(running, "p-1", store))["id"]
        asked = {"id": identity, "input": by_hand}
        refused = [
            await write(running, PAY, asked, **who)
            for who in (
                {},
                {"bearer": store.shopper},
                {"customer": token},
                {"bearer": store.shopper, "customer": token},
                {"bearer": store.staff, "customer": token},
            )
        ]
        unknown = await write(running, PAY, {"id": "no-such", "input": by_hand}, bearer=store.staff)
        unpaid = store.call("GET", f"/v2/orders/{identity}").json()["data"]["payment"]
        paid = await write(running, PAY, asked, bearer=store.staff)
        twice = await write(running, PAY, asked, bearer=store.staff)

    assert [codes(payload) for payload in refused] == [[("FORBIDDEN", None)]] * 5
    assert codes(unknown) == [("NOT_FOUND", ["id"])]
    assert unpaid == "unpaid"
    assert (paid["transaction"]["kind"], paid["transaction"]["amount"]["amount"]) == ("purchase", "29.00")
    assert codes(twice) == [("CONFLICT", None)]


async def test_a_shopper_authorizes_and_a_part_can_be_paid(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        identity = (await order(running, "p-2", store))["id"]
        part = {"gateway": "MANUAL", "method": "AUTHORIZE", "amountInMinorUnits": 900}
        paid = await write(running, PAY, {"id": identity, "input": part})
        nothing = await write(running, PAY, {"id": identity, "input": part | {"amountInMinorUnits": 0}})
        shown = await running.ask(
            "query ($id: ID!) { order(id: $id) { payment prices { authorized { amount } } } }",
            {"id": identity},
            bearer=store.staff,
        )

    assert paid["transaction"]["amount"]["amount"] == "9.00"
    assert codes(nothing) == [("OUT_OF_RANGE", ["input", "amountInMinorUnits"])]
    assert shown["order"] == {"payment": "PARTIALLY_AUTHORIZED", "prices": {"authorized": {"amount": "9.00"}}}


async def test_staff_change_what_can_be_changed_of_an_order(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        identity = (await order(running, "u-1", store))["id"]
        given: Data = {
            "orderNumber": "N-7",
            "externalRef": None,
            "giftMessage": "For you",
            "shippingAddress": HOME | {"line1": "2 Low Street"},
        }
        by_shopper = await write(running, CHANGE, {"id": identity, "input": given})
        changed = await write(running, CHANGE, {"id": identity, "input": given}, bearer=store.staff)
        cleared = await write(running, CHANGE, {"id": identity, "input": {"shippingAddress": None}}, bearer=store.staff)
        unpaid = await write(running, CHANGE, {"id": identity, "input": {"shipping": "FULFILLED"}}, bearer=store.staff)
        gone = await write(running, CHANGE, {"id": identity, "input": {"status": "CANCELLED"}}, bearer=store.staff)

    assert codes(by_shopper) == [("FORBIDDEN", None)]
    assert changed["order"] == {
        "id": identity,
        "status": "INCOMPLETE",
        "shipping": "UNFULFILLED",
        "orderNumber": "N-7",
        "externalRef": None,
        "shippingAddress": {"line1": "2 Low Street"},
        "giftMessage": "For you",
    }
    assert codes(cleared) == [("REQUIRED", ["input", "shippingAddress"])]
    assert codes(unpaid) == [("REJECTED", ["input", "shipping"])]
    assert gone["order"]["status"] == "CANCELLED"


async def test_fields_of_lines_do_not_need_to_be_given(store: RunningSandbox, executor: str) -> None:
    item = {"custom": {"name": "Note", "quantity": 1, "price": {"amountInMinorUnits": 0}, "engraving": None}}
    async with served(store.url, executor=executor) as running:
        payload = await write(running, ADD, {"cartId": "n-1", "input": {"items": [item]}})

    assert payload["cart"]["items"][0]["engraving"] is None
