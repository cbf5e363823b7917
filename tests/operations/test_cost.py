"""What an operation may cost is known before it is run: an upper bound, and no higher than it has to be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from penstock.operations.documents import Documents, DocumentSettings
from penstock.operations.limits import Limits
from penstock.operations.request import OperationRequest
from tests.support.gateway import Answer, credentials_of, gateway
from tests.support.scripted import ScriptedUpstream
from tests.support.stores import generation_of

STORE = generation_of()
ROOMY = DocumentSettings(limits=Limits(cost=0, aliases=0, depth=0))
W3 = "query ($n: Int) { customers(first: $n) { nodes { addresses { id } orders { nodes { id } } } } }"


def cost(document: str, variables: dict[str, Any] | None = None) -> int:
    documents = Documents(STORE, ROOMY, lambda *_: "reference")
    return documents.prepare(document, None).cost.estimate(variables)


@pytest.mark.parametrize(
    ("document", "calls"),
    [
        ("{ schemaInfo { version } __typename }", 0),
        ('{ customer(id: "a") { id name } }', 1),
        ('{ a: customer(id: "a") { id } b: customer(id: "b") { id } }', 2),
        ('{ a: customer(id: "a") { id } b: customer(id: "a") { name } }', 1),
        ('{ a: customer(id: "a") { orders { nodes { id } } } b: customer(id: "a") { orders { totalCount } } }', 2),
        ("{ me { id } you: me { name addresses { id } more: addresses { city } } }", 2),
        ("{ customers { nodes { id } } }", 1),
        ("{ customers { nodes { addresses { id } } } }", 26),
        ("{ customers(first: 20) { nodes { addresses { id } orders { nodes { id } } } } }", 41),
        ("{ customers(first: 20) { nodes { addresses { id } } edges { node { addresses { city } } } } }", 21),
        ("{ customers(first: 3) { nodes { orders(first: 2) { nodes { customer { id } } } } } }", 1 + 3 + 3),
        ("{ orders(first: 5) { nodes { customer { id orders { totalCount } } } } }", 1 + 5 + 5),
        ("{ customers(first: 1000) { nodes { addresses { id } } } }", 101),
        ('{ customers(after: "x") { totalCount } }', 2),
        ("{ customers { totalCount } }", 1),
        ('mutation { customerDelete(id: "a") { deletedCustomerId } }', 1),
        ('mutation { a: customerDelete(id: "a") { __typename } b: customerDelete(id: "a") { __typename } }', 2),
        ('mutation { customerUpdate(id: "a", input: {}) { customer { addresses { id } } } }', 2),
    ],
)
def test_the_estimate_counts_every_row_and_nothing_twice(document: str, calls: int) -> None:
    assert cost(document) == calls


@pytest.mark.parametrize(
    ("variables", "calls"),
    [({"n": 20}, 41), ({"n": 1}, 3), ({}, 51), (None, 51), ({"n": None}, 51), ({"n": 500}, 201), ({"n": "x"}, 201)],
)
def test_a_page_is_as_large_as_the_variable_says(variables: dict[str, Any] | None, calls: int) -> None:
    assert cost(W3, variables) == calls


def test_the_default_of_a_variable_holds_where_it_is_absent() -> None:
    assert cost(W3.replace("$n: Int", "$n: Int = 10"), {}) == 21


@pytest.mark.parametrize(("given", "calls"), [(True, 26), (False, 1), (None, 26)])
def test_what_is_decided_against_costs_nothing(given: bool | None, calls: int) -> None:
    document = "query ($more: Boolean!) { customers { nodes { id addresses @include(if: $more) { id } } } }"

    assert cost(document, {} if given is None else {"more": given}) == calls


def test_fragments_are_looked_at_once_each() -> None:
    spreads = " ".join(
        f"fragment f{n} on Customer {{ orders(first: 1) {{ nodes {{ customer {{ ...f{n + 1} ...f{n + 1} }} }} }} "
        f"a: orders(first: 1) {{ nodes {{ customer {{ ...f{n + 1} }} }} }} }}"
        for n in range(30)
    )
    document = f"{{ me {{ ...f0 }} }} {spreads} fragment f30 on Customer {{ id }}"

    assert cost(document) == 61


def removing(given: str, declared: str = "") -> str:
    """A mutation that takes items out of a cart."""
    return f'mutation {declared} {{ cartItemsRemove(cartId: "c", input: {given}) {{ cart {{ id }} }} }}'


REMOVES = removing("$input", "($input: CartItemsRemoveInput!)")
PAYS = 'mutation ($input: OrderPayInput!) { orderPay(id: "o", input: $input) { transaction { id } } }'
BUYS = 'mutation ($input: CartCheckoutInput!) { cartCheckout(cartId: "c", input: $input) { order { id } } }'


@pytest.mark.parametrize(
    ("document", "variables", "calls"),
    [
        (removing('{itemIds: "a"}'), None, 2),
        (removing('{itemIds: ["a", "b"]}'), None, 3),
        (removing('{itemIds: [$a, "b"]}', "($a: ID!)"), {"a": "a"}, 3),
        (removing("{itemIds: $a}", "($a: [ID!]!)"), {"a": "a"}, 2),
        (removing("{itemIds: $a}", "($a: [ID!]! = [1, 2])"), {}, 3),
        (REMOVES, {"input": {"itemIds": "a"}}, 2),
        (REMOVES, {"input": {"itemIds": [str(n) for n in range(1000)]}}, 1001),
        (REMOVES.replace("!)", '! = {itemIds: ["a", "b", "c"]})'), None, 4),
        (PAYS, {"input": {"gateway": "STRIPE", "method": "PURCHASE"}}, 1),
        (PAYS, {"input": {"gateway": "MANUAL", "method": "PURCHASE"}}, 2),
        (BUYS, {"input": {"guest": {}}}, 1),
        (BUYS, {"input": {"guest": None}}, 2),
        ("query ($a: String) { customers(after: $a) { totalCount } }", {}, 1),
        ("query ($a: String) { customers(after: $a) { totalCount } }", {"a": "x"}, 2),
        ("{ customers(after: null) { totalCount } }", None, 1),
        ("{ customers { nodes { addresses @skip(if: true) { id } } } }", None, 1),
        ("query ($m: Boolean = false) { customers { nodes { addresses @include(if: $m) { id } } } }", None, 1),
    ],
)
def test_an_operation_costs_what_its_input_asks_for(document: str, variables: Any, calls: int) -> None:
    assert cost(document, variables) == calls


async def test_a_list_that_costs_too_much_is_refused_however_it_is_given(upstream: ScriptedUpstream) -> None:
    given = {"input": {"itemIds": [str(n) for n in range(600)]}}
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(REMOVES, given)

    assert answer.codes == ["BUDGET_EXCEEDED"]
    assert upstream.calls == []


async def ask(upstream: ScriptedUpstream, document: str, *, shows: bool = False, **limits: int) -> tuple[Answer, Any]:
    settings = DocumentSettings(limits=Limits(**limits))
    async with gateway(upstream.url, STORE, settings=settings) as running:
        request = OperationRequest(document, shows_cost=shows)
        answer = Answer(await running.runner.run(running.generation, request, credentials_of()))
    return answer, running


async def test_what_may_cost_too_much_is_refused_before_a_call_is_made(upstream: ScriptedUpstream) -> None:
    document = "{ orders(first: 100) { nodes { customer { orders(first: 100) { nodes { items { id } } } } } } }"

    answer, running = await ask(upstream, document)

    assert answer.codes == ["BUDGET_EXCEEDED"]
    assert "10201 calls" in answer.errors[0]["message"]
    assert answer.body["extensions"]["cost"] == {
        "estimatedUpstreamCalls": 10_201,
        "actualUpstreamCalls": 0,
        "limit": 500,
    }
    assert "data" not in answer.body
    assert running.limits == ["cost"]
    assert upstream.calls == []


async def test_where_there_is_no_limit_everything_is_tried(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": {"data": []}}

    answer, _ = await ask(upstream, "{ customers(first: 100) { nodes { addresses { id } } } }", cost=0)

    assert answer.data == {"customers": {"nodes": []}}


async def test_an_answer_tells_its_cost_to_whoever_asks(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": {"data": []}}
    document = "{ customers(first: 3) { nodes { addresses { id } } } }"

    lean, _ = await ask(upstream, document)
    told, _ = await ask(upstream, document, shows=True)

    assert "extensions" not in lean.body
    assert told.body == {
        **lean.body,
        "extensions": {"cost": {"estimatedUpstreamCalls": 4, "actualUpstreamCalls": 1, "limit": 500}},
    }
    assert json.loads(told.result.body)["data"] == lean.data
