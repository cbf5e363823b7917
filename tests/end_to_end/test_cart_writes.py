"""Carts filled, changed and emptied through the gateway against the sandbox, by both executors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from penstock.sandbox import SandboxSettings
from tests.end_to_end.shopping import ADD, ERRORS, PROMOTE, REMOVE, UPDATE, Data, codes, fill, write
from tests.end_to_end.stores import create_customer, create_field, create_flow, sign_in
from tests.support.sandboxes import RunningSandbox, sandbox
from tests.support.served import served

pytestmark = pytest.mark.parametrize("executor", ["plan", "reference"])

CREATE = f"""mutation ($input: CartCreateInput!) {{
  cartCreate(input: $input) {{ cart {{ id name description contact {{ email }} giftWrap createdAt }} {ERRORS} }}
}}"""
RENAME = f"""mutation ($id: ID!, $input: CartUpdateInput!) {{
  cartUpdate(id: $id, input: $input) {{ cart {{ id name giftWrap }} {ERRORS} }}
}}"""
ASSOCIATE = """mutation ($cartId: ID!, $customerId: ID) {{
  cartCustomer{}(cartId: $cartId, customerId: $customerId) {{ cart {{ id }} userErrors {{ code field }} }}
}}"""


@pytest.fixture
def store() -> Iterator[RunningSandbox]:
    """A store whose carts and their lines have fields of their own; `promotion` is a code of it."""
    with sandbox(SandboxSettings()) as running:
        carts = create_flow(running, "carts")
        create_field(running, carts, "gift_wrap", "boolean")
        lines = create_flow(running, "cart_items")
        create_field(running, lines, "engraving", validation_rules=[{"type": "enum", "options": ["none", "initials"]}])
        yield running


def custom(name: str, amount: int, quantity: int = 1) -> Data:
    return {"custom": {"name": name, "quantity": quantity, "price": {"amountInMinorUnits": amount}}}


async def test_a_cart_is_created_with_fields_of_the_stores_own_and_changed(
    store: RunningSandbox, executor: str
) -> None:
    given = {"id": "mine-1", "name": "Birthday", "giftWrap": True, "contact": {"email": "Gus@Example.test "}}
    async with served(store.url, executor=executor) as running:
        made = await write(running, CREATE, {"input": given})
        again = await write(running, CREATE, {"input": given})
        changed = await write(running, RENAME, {"id": "mine-1", "input": {"name": "Wedding", "giftWrap": None}})
        wrong = await write(running, CREATE, {"input": {"id": "a/b", "name": " ", "contact": {"email": "nobody"}}})

    assert made["userErrors"] == []
    assert made["cart"]["contact"] == {"email": "gus@example.test"}
    assert (made["cart"]["id"], made["cart"]["giftWrap"]) == ("mine-1", True)
    assert codes(again) == [("REJECTED", ["input", "id"])]
    assert changed["cart"] == {"id": "mine-1", "name": "Wedding", "giftWrap": None}
    assert sorted(codes(wrong)) == [
        ("INVALID", ["input", "id"]),
        ("NOT_AN_EMAIL", ["input", "contact", "email"]),
        ("REQUIRED", ["input", "name"]),
    ]


async def test_items_are_put_in_changed_and_taken_out(store: RunningSandbox, executor: str) -> None:
    lamp = {"product": {"sku": "LAMP-OAK", "quantity": 1, "engraving": "INITIALS", "customInputs": {"front": "I O"}}}
    async with served(store.url, executor=executor) as running:
        both = await write(running, ADD, {"cartId": "c-1", "input": {"items": [lamp, custom("Wrapping", 150, 2)]}})
        first, second = both["cart"]["items"]
        change = {
            "items": [{"id": first["id"], "quantity": 3, "engraving": "NONE"}, {"id": second["id"], "quantity": 0}]
        }
        changed = await write(running, UPDATE, {"cartId": "c-1", "input": change})
        promoted = await write(running, PROMOTE, {"cartId": "c-1", "input": {"code": "WELCOME10"}})
        ids = [item["id"] for item in promoted["cart"]["items"]]
        emptied = await write(running, REMOVE, {"cartId": "c-1", "input": {"itemIds": ids}})

    assert (first["engraving"], first["customInputs"], first["kind"]) == ("INITIALS", {"front": "I O"}, "PRODUCT")
    assert (second["name"], second["unitPrice"]["amount"], second["kind"]) == ("Wrapping", "1.50", "CUSTOM")
    assert both["cart"]["prices"]["withTax"] == {"amount": "92.00", "currencyCode": "USD"}
    assert [(item["quantity"], item["engraving"]) for item in changed["cart"]["items"]] == [(3, "NONE")]
    assert promoted["cart"]["prices"]["withTax"]["amount"] == "240.30"
    assert emptied["cart"]["items"] == []
    assert {tuple(one["userErrors"]) for one in (both, changed, promoted, emptied)} == {()}


async def test_one_bad_item_is_refused_and_of_several_it_is_a_warning(store: RunningSandbox, executor: str) -> None:
    bad = {"product": {"sku": "NO-SUCH", "quantity": 1}}
    good = {"product": {"sku": "MUG-SAND", "quantity": 1}}
    async with served(store.url, executor=executor) as running:
        alone = await write(running, ADD, {"cartId": "c-2", "input": {"items": [bad]}})
        several = await write(running, ADD, {"cartId": "c-2", "input": {"items": [bad, good]}})
        none = await write(running, ADD, {"cartId": "c-2", "input": {"items": [bad, good], "allOrNothing": True}})
        code = await write(running, PROMOTE, {"cartId": "c-2", "input": {"code": "NOTHING"}})

    assert codes(alone) == [("NOT_FOUND", ["input", "items", "0"])]
    assert several["userErrors"] == []
    assert [warning["code"] for warning in several["warnings"]] == ["NOT_FOUND"]
    assert [item["sku"] for item in several["cart"]["items"]] == ["MUG-SAND"]
    assert codes(none) == [("NOT_FOUND", ["input", "items"])]
    assert codes(code) == [("REJECTED", ["input", "code"])]


async def test_what_can_be_told_here_is_told_without_a_call(store: RunningSandbox, executor: str) -> None:
    nameless = {"product": {"quantity": 0}}
    engraved = {"product": {"sku": "MUG-SAND", "productId": "a b", "quantity": 1, "engraving": "INITIALS"}}
    async with served(store.url, executor=executor) as running:
        both = await write(running, ADD, {"cartId": "c 3", "input": {"items": [nameless, engraved, custom("", 1)]}})
        empty = await write(running, ADD, {"cartId": "c-3", "input": {"items": []}})
        many = await write(running, ADD, {"cartId": "c-3", "input": {"items": [custom("x", 1)] * 101}})
        nothing = await write(running, REMOVE, {"cartId": "c-3", "input": {"itemIds": []}})
        calls = running.gateway.metrics.render()

    assert sorted(codes(both)) == [
        ("INVALID", ["cartId"]),
        ("INVALID", ["input", "items", "1", "product", "productId"]),
        ("OUT_OF_RANGE", ["input", "items", "0", "product", "quantity"]),
        ("REQUIRED", ["input", "items", "0", "product", "productId"]),
        ("REQUIRED", ["input", "items", "2", "custom", "name"]),
    ]
    assert codes(empty) == [("REQUIRED", ["input", "items"])]
    assert codes(many) == [("LIMIT_REACHED", ["input", "items"])]
    assert codes(nothing) == [("REQUIRED", ["input", "itemIds"])]
    assert b"/v2/carts" not in calls


async def test_the_hundred_and_first_item_is_one_too_many(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        full = {"items": [custom(f"item {number}", 1) for number in range(100)]}
        filled = await write(running, ADD, {"cartId": "c-4", "input": full})
        over = await write(running, ADD, {"cartId": "c-4", "input": {"items": [custom("one more", 1)]}})

    assert len(filled["cart"]["items"]) == 100
    assert codes(over) == [("LIMIT_REACHED", None)]


async def test_a_cart_is_made_a_customers_and_let_go(store: RunningSandbox, executor: str) -> None:
    make, let_go = ASSOCIATE.format("Associate"), ASSOCIATE.format("Dissociate")
    own = create_customer(store, "ana@example.test")
    other = create_customer(store, "ben@example.test")
    async with served(store.url, executor=executor) as running:
        token = await sign_in(running, "ana@example.test")
        await fill(running, "c-5")
        made = await write(running, make, {"cartId": "c-5"}, customer=token)
        listed = await running.ask("{ me { carts { nodes { id } } } }", customer=token)
        foreign = await write(running, make, {"cartId": "c-5", "customerId": other}, customer=token)
        nobody = await running.answer(make, {"cartId": "c-5"})
        gone = await write(running, let_go, {"cartId": "c-5"}, customer=token)
        by_staff = await write(running, make, {"cartId": "c-5", "customerId": own}, bearer=store.staff)
        after = await running.ask("{ me { carts { nodes { id } totalCount } } }", customer=token)

    assert made == {"cart": {"id": "c-5"}, "userErrors": []}
    assert listed["me"]["carts"]["nodes"] == [{"id": "c-5"}]
    assert codes(foreign) == [("FORBIDDEN", None)]
    assert nobody["errors"][0]["extensions"]["code"] == "CUSTOMER_TOKEN_MISSING"
    assert gone["userErrors"] == by_staff["userErrors"] == []
    assert after["me"]["carts"] == {"nodes": [{"id": "c-5"}], "totalCount": 1}
