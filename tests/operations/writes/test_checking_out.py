"""A checkout is sent once; what came with its answer is not read again; a key outlives an unclear end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.gateway import credentials_of, customer_token, gateway
from tests.support.scripted import Reply, ScriptedUpstream, error
from tests.support.stores import generation_of

STORE = generation_of({})
CHECKOUT = """mutation ($input: CartCheckoutInput!) {
  cartCheckout(cartId: "c1", input: $input) {
    order { id items { id sku } customer { id } }
    warnings { code message id } userErrors { code field message }
  }
}"""
HOME = {"firstName": "I", "lastName": "O", "line1": "1", "region": "D", "postcode": "E", "country": "GB"}
SENT_HOME = {"first_name": "I", "last_name": "O", "line_1": "1", "region": "D", "postcode": "E", "country": "GB"}
GUEST: dict[str, Any] = {"guest": {"name": "Gus", "email": "gus@example.test"}, "billingAddress": HOME}
KEYED = GUEST | {"idempotencyKey": "k"}
ORDER = {"type": "order", "id": "o1", "relationships": {"customer": {"data": {"type": "customer", "id": "u1"}}}}
PLACED = {"data": ORDER, "included": {"items": [{"type": "order_item", "id": "i1", "sku": "MUG"}]}}
PATH = "POST /v2/carts/c1/checkout"
SIGNED_IN = credentials_of(token=customer_token("u1"))


async def test_items_that_came_with_the_order_are_not_read_again(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        "/v2/customers/u1": {"data": {"type": "customer", "id": "u1"}},
        PATH: Reply(201, PLACED),
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(CHECKOUT, {"input": {"billingAddress": HOME}}, credentials=SIGNED_IN)

    made = answer.data["cartCheckout"]["order"]
    assert made == {"id": "o1", "items": [{"id": "i1", "sku": "MUG"}], "customer": {"id": "u1"}}
    assert upstream.lines == ["GET /v2/customers/u1", PATH]
    assert upstream.calls[1].json == {
        "data": {"customer": {"id": "u1"}, "billing_address": SENT_HOME, "shipping_address": SENT_HOME}
    }


async def test_a_guests_checkout_carries_no_customer_token(upstream: ScriptedUpstream) -> None:
    upstream.answers = {PATH: Reply(201, PLACED)}

    async with gateway(upstream.url, STORE) as running:
        await running.run(CHECKOUT, {"input": GUEST}, credentials=SIGNED_IN)

    assert upstream.calls[0].line == PATH
    assert upstream.calls[0].header("x-moltin-customer-token") is None
    assert upstream.calls[0].json["data"]["customer"] == {"name": "Gus", "email": "gus@example.test"}


@pytest.mark.parametrize("status", [401, 403, 404, 422, 500])
async def test_nothing_is_ordered_for_a_customer_that_upstream_does_not_show(
    upstream: ScriptedUpstream, status: int
) -> None:
    upstream.answers = {"/v2/customers/u1": error(status, title="no"), PATH: Reply(201, PLACED)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(CHECKOUT, {"input": {"billingAddress": HOME}}, credentials=SIGNED_IN)

    assert len(answer.codes) == 1
    assert answer.partial is None
    assert upstream.lines == ["GET /v2/customers/u1"]


async def test_nothing_is_ordered_when_upstream_shows_another_customer(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/u1": {"data": {"type": "customer", "id": "u2"}}, PATH: Reply(201, PLACED)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(CHECKOUT, {"input": {"billingAddress": HOME}}, credentials=SIGNED_IN)

    assert answer.codes == ["UPSTREAM_INVALID_RESPONSE"]
    assert upstream.lines == ["GET /v2/customers/u1"]


@pytest.mark.parametrize("reply", [Reply(500, {}), Reply(201, b"no json"), Reply(201, {"data": {"type": "order"}})])
async def test_after_an_unclear_end_the_same_key_orders_nothing_more(upstream: ScriptedUpstream, reply: Reply) -> None:
    upstream.answers = {PATH: [reply, Reply(201, PLACED)]}

    async with gateway(upstream.url, STORE) as running:
        unclear = await running.run(CHECKOUT, {"input": KEYED})
        again = await running.run(CHECKOUT, {"input": KEYED})
        new = await running.run(CHECKOUT, {"input": KEYED | {"idempotencyKey": "k2"}})

    assert len(unclear.codes) == 1
    errors = again.data["cartCheckout"]["userErrors"]
    assert [(entry["code"], entry["field"]) for entry in errors] == [("CONFLICT", ["input", "idempotencyKey"])]
    assert new.data["cartCheckout"]["order"]["id"] == "o1"
    assert [line for line in upstream.lines if line.startswith("POST")] == [PATH, PATH]


@pytest.mark.parametrize("reply", [error(400, title="Bad Request", detail="The cart is empty"), error(429), error(401)])
async def test_after_a_plain_refusal_the_same_key_tries_again(upstream: ScriptedUpstream, reply: Reply) -> None:
    upstream.answers = {PATH: [reply, Reply(201, PLACED)]}

    async with gateway(upstream.url, STORE) as running:
        await running.run(CHECKOUT, {"input": KEYED})
        again = await running.run(CHECKOUT, {"input": KEYED})

    assert again.data["cartCheckout"]["order"]["id"] == "o1"


async def test_a_repeated_checkout_reads_the_order_with_the_callers_own_credentials(
    upstream: ScriptedUpstream,
) -> None:
    upstream.answers = {
        PATH: Reply(201, PLACED),
        "/v2/orders/o1": [{"data": ORDER}, error(403, title="Forbidden"), error(503)],
        "/v2/orders/o1/items": {"data": [{"id": "i1", "sku": "MUG"}]},
        "/v2/customers/u1": {"data": {"id": "u1"}},
    }

    async with gateway(upstream.url, STORE) as running:
        answers = [await running.run(CHECKOUT, {"input": KEYED}) for _ in range(4)]

    first, read, hidden, down = answers
    assert read.data == first.data
    assert hidden.partial["cartCheckout"]["order"]["id"] == "o1"
    assert [one["code"] for one in hidden.partial["cartCheckout"]["warnings"]] == ["ORDER_NOT_READABLE"]
    assert down.codes == ["UPSTREAM_UNAVAILABLE"]
    assert [line for line in upstream.lines if line.startswith("POST")] == [PATH]


async def test_a_customer_who_signs_in_again_gets_the_order_of_the_first_submission(
    upstream: ScriptedUpstream,
) -> None:
    given = {"input": {"billingAddress": HOME, "idempotencyKey": "k"}}
    upstream.answers = {
        PATH: Reply(201, PLACED),
        "/v2/orders/o1": {"data": ORDER},
        "/v2/orders/o1/items": {"data": [{"id": "i1", "sku": "MUG"}]},
        "/v2/customers/u1": {"data": {"id": "u1"}},
    }

    async with gateway(upstream.url, STORE) as running:
        first = await running.run(CHECKOUT, given, credentials=SIGNED_IN)
        later = credentials_of("bearer-2", customer_token("u1", jti="another sign-in"))
        again = await running.run(CHECKOUT, given, credentials=later)

    assert again.data == first.data
    assert [line for line in upstream.lines if line.startswith("POST")] == [PATH]


async def test_what_upstream_says_beside_a_success_is_a_warning_in_our_words(upstream: ScriptedUpstream) -> None:
    said = [
        {"title": "Insufficient stock", "detail": "internal host 10.0.0.1", "meta": {"id": "p1"}},
        {"title": "Something else", "detail": "at /srv/app"},
    ]
    upstream.answers = {PATH: Reply(201, {**PLACED, "errors": said})}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(CHECKOUT, {"input": GUEST})

    assert [(one["code"], one["id"]) for one in answer.partial["cartCheckout"]["warnings"]] == [
        ("INSUFFICIENT_STOCK", "p1"),
        ("WARNING", None),
    ]
    assert answer.partial["cartCheckout"]["userErrors"] == []
    assert "10.0.0.1" not in answer.text
    assert "/srv" not in answer.text


async def test_a_repeated_checkout_shows_no_other_order(upstream: ScriptedUpstream) -> None:
    upstream.answers = {PATH: Reply(201, PLACED), "/v2/orders/o1": {"data": {"type": "order", "id": "o2"}}}

    async with gateway(upstream.url, STORE) as running:
        await running.run(CHECKOUT, {"input": KEYED})
        again = await running.run(CHECKOUT, {"input": KEYED})

    assert again.codes == ["UPSTREAM_INVALID_RESPONSE"]
    assert again.partial is None
