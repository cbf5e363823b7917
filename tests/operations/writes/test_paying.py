"""Paying: sent once without a type; by hand only for staff who proved themselves."""

from __future__ import annotations

from typing import Any

import pytest

from penstock.operations.request import Credentials
from tests.support.gateway import credentials_of, customer_token, gateway
from tests.support.scripted import Reply, ScriptedUpstream, error
from tests.support.stores import generation_of

STORE = generation_of({})
PAY = """mutation ($input: OrderPayInput!) { orderPay(id: "o1", input: $input) {
  transaction { id kind amount { amount currencyCode } } order { id } userErrors { code field message } } }"""
PATH = "POST /v2/orders/o1/payments"
PROOF = "/v2/orders/o1/transactions"
BY_HAND: dict[str, Any] = {"gateway": "MANUAL", "method": "PURCHASE"}
PAID = {
    "data": {
        "type": "transaction",
        "id": "t1",
        "transaction_type": "purchase",
        "meta": {"display_price": {"amount": 1250, "currency": "JPY", "formatted": "¥1,250"}},
    }
}


async def test_a_payment_is_sent_as_it_is_given_and_without_a_type(upstream: ScriptedUpstream) -> None:
    upstream.answers = {PATH: PAID, "/v2/orders/o1": {"data": {"type": "order", "id": "o1"}}}
    given = {
        "gateway": "STRIPE",
        "method": "PURCHASE",
        "payment": "tok_1",
        "amountInMinorUnits": 1250,
        "options": {"receipt_email": "a@b.co"},
        "reference": {"customReference": "R-1"},
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(PAY, {"input": given})

    assert answer.data["orderPay"] == {
        "transaction": {"id": "t1", "kind": "purchase", "amount": {"amount": "1250", "currencyCode": "JPY"}},
        "order": {"id": "o1"},
        "userErrors": [],
    }
    assert upstream.lines == [PATH, "GET /v2/orders/o1"]
    assert upstream.calls[0].json == {
        "data": {
            "gateway": "stripe",
            "method": "purchase",
            "amount": 1250,
            "payment": "tok_1",
            "options": {"receipt_email": "a@b.co"},
            "paymentmethod_meta": {"custom_reference": "R-1"},
        }
    }


@pytest.mark.parametrize(
    ("caller", "calls"),
    [
        (credentials_of(bearer=None), []),
        (credentials_of(bearer=None, token=customer_token("u1")), []),
        (credentials_of(token=customer_token("u1")), []),
        (credentials_of(), [f"GET {PROOF}"]),
    ],
)
async def test_a_shopper_pays_nothing_by_hand(
    upstream: ScriptedUpstream, caller: Credentials, calls: list[str]
) -> None:
    upstream.answers = {PROOF: error(403, title="Forbidden"), PATH: PAID}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(PAY, {"input": BY_HAND}, credentials=caller)

    assert [entry["code"] for entry in answer.data["orderPay"]["userErrors"]] == ["FORBIDDEN"]
    assert upstream.lines == calls


@pytest.mark.parametrize(
    ("status", "code"), [(401, "UNAUTHENTICATED"), (429, "RATE_LIMITED"), (500, "UPSTREAM_UNAVAILABLE")]
)
async def test_who_could_not_be_proved_pays_nothing_by_hand(upstream: ScriptedUpstream, status: int, code: str) -> None:
    upstream.answers = {PROOF: error(status), PATH: PAID}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(PAY, {"input": BY_HAND})

    assert answer.codes == [code]
    assert PATH not in upstream.lines


async def test_staff_pay_by_hand(upstream: ScriptedUpstream) -> None:
    upstream.answers = {PROOF: {"data": []}, PATH: Reply(201, PAID), "/v2/orders/o1": {"data": {"id": "o1"}}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(PAY, {"input": BY_HAND})

    assert answer.data["orderPay"]["transaction"]["id"] == "t1"
    assert upstream.lines[:2] == [f"GET {PROOF}", PATH]


async def test_a_refused_second_payment_invites_no_third(upstream: ScriptedUpstream) -> None:
    upstream.answers = {PATH: error(409, title="Conflict", detail="Order is already paid")}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(PAY, {"input": {"gateway": "STRIPE", "method": "PURCHASE", "payment": "tok_1"}})

    (told,) = answer.data["orderPay"]["userErrors"]
    assert told["code"] == "CONFLICT"
    assert "retry" not in told["message"]
