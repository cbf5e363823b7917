"""Lines of a cart: what is sent for one and for several, and what a refusal means."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.gateway import gateway
from tests.support.scripted import Reply, ScriptedUpstream, error
from tests.support.stores import field_json, generation_of

STORE = generation_of({"cart_items": [field_json("engraving", required=True)]})
LOOSE = generation_of({})
ADD = """mutation ($input: CartItemsAddInput!) { cartItemsAdd(cartId: "c1", input: $input) {
  cart { id items { id } } warnings { code id } userErrors { code field message } } }"""
REMOVE = """mutation { cartItemsRemove(cartId: "c1", input: {itemIds: ["i1", "i2", "i1"]}) {
  cart { id items { id } } warnings { code } userErrors { code field } } }"""
ITEMS = "/v2/carts/c1/items"
MUG = {"product": {"sku": "MUG", "quantity": 2}}
CART = {"data": {"type": "cart", "id": "c1"}}
LISTED = {"data": [{"type": "cart_item", "id": "i1"}], "meta": {}}


async def test_one_item_is_sent_as_itself_and_several_together(upstream: ScriptedUpstream) -> None:
    upstream.answers = {f"POST {ITEMS}": Reply(201, LISTED), "/v2/carts/c1": CART}
    custom = {"custom": {"name": "Card", "quantity": 1, "price": {"amountInMinorUnits": 5, "includesTax": False}}}

    async with gateway(upstream.url, LOOSE) as running:
        answer = await running.run(ADD, {"input": {"items": [MUG]}})
        await running.run(ADD, {"input": {"items": [MUG, custom], "allOrNothing": True}})

    mug = {"type": "cart_item", "sku": "MUG", "quantity": 2}
    assert answer.data["cartItemsAdd"]["cart"] == {"id": "c1", "items": [{"id": "i1"}]}
    assert upstream.lines[:2] == [f"POST {ITEMS}", "GET /v2/carts/c1"]
    assert upstream.calls[0].json == {"data": mug}
    assert upstream.calls[2].json == {
        "data": [
            mug,
            {"type": "custom_item", "name": "Card", "quantity": 1, "price": {"amount": 5, "includes_tax": False}},
        ],
        "options": {"add_all_or_nothing": True},
    }


async def test_a_required_field_of_the_stores_own_must_be_given(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(ADD, {"input": {"items": [MUG]}})

    assert answer.codes == ["BAD_USER_INPUT"]
    assert upstream.calls == []


@pytest.mark.parametrize(
    ("reply", "code", "message"),
    [
        (error(404, title="Not Found", detail="Product not found"), "NOT_FOUND", "There is no such product."),
        (
            error(400, title="Insufficient stock", detail="only 3 of 5 are left"),
            "REJECTED",
            "There is not enough of it in stock.",
        ),
        (
            error(422, title="Unprocessable Entity", detail="A cart may hold 100 different items"),
            "LIMIT_REACHED",
            "The store takes no more of these: remove one first.",
        ),
        (error(400, title="Bad Request", detail="currency mismatch"), "REJECTED", "The cart is in another currency."),
        (error(403, title="Forbidden"), "FORBIDDEN", "These credentials do not allow this."),
    ],
)
async def test_a_refusal_is_told_in_our_words(
    upstream: ScriptedUpstream, reply: Reply, code: str, message: str
) -> None:
    upstream.answers = {f"POST {ITEMS}": reply}

    async with gateway(upstream.url, LOOSE) as running:
        answer = await running.run(ADD, {"input": {"items": [MUG]}})

    (told,) = answer.data["cartItemsAdd"]["userErrors"]
    assert (told["code"], told["message"]) == (code, message)
    assert answer.data["cartItemsAdd"]["cart"] is None


@pytest.mark.parametrize(("lines", "place"), [(1, ["0"]), (2, [])])
async def test_what_is_refused_of_the_only_line_is_at_that_line(
    upstream: ScriptedUpstream, lines: int, place: list[str]
) -> None:
    upstream.answers = {f"POST {ITEMS}": error(422, source="data.quantity", detail="quantity is too high")}

    async with gateway(upstream.url, LOOSE) as running:
        answer = await running.run(ADD, {"input": {"items": [MUG] * lines}})

    (told,) = answer.data["cartItemsAdd"]["userErrors"]
    assert told["field"] == ["input", "items", *place, "product", "quantity"]


async def test_items_are_taken_out_one_by_one_until_one_is_refused(upstream: ScriptedUpstream) -> None:
    answers: dict[str, Any] = {"/v2/carts/c1": CART, ITEMS: {"data": []}}
    upstream.answers = answers | {f"DELETE {ITEMS}/i1": error(404), f"DELETE {ITEMS}/i2": error(409, title="Conflict")}

    async with gateway(upstream.url, LOOSE) as running:
        refused = await running.run(REMOVE)
        upstream.answers[f"DELETE {ITEMS}/i2"] = {"data": [], "errors": []}
        gone = await running.run(REMOVE)

    assert refused.data["cartItemsRemove"]["userErrors"] == [{"code": "CONFLICT", "field": None}]
    assert gone.data["cartItemsRemove"] == {"cart": {"id": "c1", "items": []}, "warnings": [], "userErrors": []}
    assert upstream.lines == [f"DELETE {ITEMS}/i1", f"DELETE {ITEMS}/i2"] * 2 + ["GET /v2/carts/c1"]


@pytest.mark.parametrize(("items", "budget"), [(101, 0), (5, 4)])
async def test_what_is_too_much_to_take_out_is_refused_before_the_first_call(
    upstream: ScriptedUpstream, items: int, budget: int
) -> None:
    text = REMOVE.replace('["i1", "i2", "i1"]', "[" + ", ".join(f'"i{number}"' for number in range(items)) + "]")

    async with gateway(upstream.url, LOOSE, budget=budget) as running:
        answer = await running.run(text)

    if budget:
        assert answer.codes == ["BUDGET_EXCEEDED"]
    else:
        (told,) = answer.data["cartItemsRemove"]["userErrors"]
        assert told == {"code": "LIMIT_REACHED", "field": ["input", "itemIds"]}
    assert upstream.calls == []


async def test_when_the_cart_cannot_be_read_after_the_write_the_payload_stays(upstream: ScriptedUpstream) -> None:
    upstream.answers = {f"POST {ITEMS}": Reply(201, LISTED), "/v2/carts/c1": error(503)}

    async with gateway(upstream.url, LOOSE) as running:
        answer = await running.run(ADD, {"input": {"items": [MUG]}})

    assert answer.partial["cartItemsAdd"] == {"cart": None, "warnings": [], "userErrors": []}
    assert answer.errors[0]["path"] == ["cartItemsAdd", "cart"]


async def test_a_cart_without_an_id_is_not_shown_after_a_write(upstream: ScriptedUpstream) -> None:
    upstream.answers = {f"POST {ITEMS}": Reply(201, LISTED), "/v2/carts/c1": {"data": {"type": "cart"}}}

    async with gateway(upstream.url, LOOSE) as running:
        answer = await running.run(ADD, {"input": {"items": [MUG]}})

    assert answer.partial["cartItemsAdd"]["cart"] is None
    assert answer.codes == ["UPSTREAM_INVALID_RESPONSE"]
