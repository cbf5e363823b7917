"""What has to compile to a plan, and what is left to the reference executor, with a reason and the same answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.operations.plan.both import Bench
from tests.operations.plan.random_operations import Operation
from tests.operations.plan.random_rows import RandomUpstream
from tests.operations.plan.random_stores import random_store
from tests.support.gateway import credentials_of, customer_token

STORE = random_store(1)
SIGNED_IN = credentials_of(token=customer_token("c1"))
COVERED = {
    "a row by id": '{ customer(id: "c1") { id name } }',
    "own row": "{ me { id email hasPassword createdAt updatedAt } }",
    "a page": "{ customers(first: 2) { nodes { id } } }",
    "a sorted page": "{ orders(first: 2, sort: WITH_TAX_DESC) { nodes { id } } }",
    "a filtered page": '{ customers(filter: { email: { like: "*@example.com" } }) { nodes { id } } }',
    "edges and cursors": "{ customers { edges { cursor node { id } } pageInfo { endCursor hasNextPage } } }",
    "nodes and edges at once": "{ customers { nodes { id } edges { node { name } } totalCount } }",
    "a count alone": "{ customers { totalCount } }",
    "nested edges": '{ customer(id: "c1") { addresses { id } orders { nodes { items { id } customer { name } } } } }',
    "an edge with an argument": '{ me { address(id: "a1") { line1 bell floor } } }',
    "an object inside a row": '{ order(id: "o1") { billingAddress { line1 } shippingAddress { city } } }',
    "enums": '{ order(id: "o1") { status payment shipping } me { slot } }',
    "every scalar": "{ me { note points wide share flag born } }",
    "relationships": "{ me { friend { id } friends { name friends { id } } wish { title owner { id } } } }",
    "references": "{ me { product { type id __typename } products { id } } }",
    "custom flows": '{ wishlist(id: "w1") { title } wishlists(first: 1) { nodes { title } totalCount } }',
    "raw custom values": (
        '{ me { customField(slug: "odd") { value definition { fieldType } } customFields { slug } } }'
    ),
    "a disabled field": "{ me { gone } }",
    "metadata": (
        '{ schemaInfo { version problems { reason } } fieldDefinitions(flow: "customers") { rules { type } } }'
    ),
    "type names": (
        "{ __typename me { __typename orders { __typename nodes { __typename } pageInfo { __typename } } } }"
    ),
    "aliases": '{ a: customer(id: "c1") { b: id c: name } d: customer(id: "c2") { b: name c: id } }',
    "merged fields": (
        '{ customer(id: "c1") { id orders { totalCount } orders { nodes { id } } } customer(id: "c1") { name } }'
    ),
    "named fragments": "{ me { ...A } } fragment A on Customer { id ...B } fragment B on Customer { name }",
    "inline fragments": (
        "{ ... on Query { me { ... { id } ... on Customer { name } ... @include(if: true) { email } } } }"
    ),
    "constant conditions": "{ me { id name @skip(if: true) email @include(if: true) @skip(if: false) } }",
    "conditions": (
        "query ($a: Boolean!, $b: Boolean = false) { me @skip(if: $b) { id ...F @include(if: $a) } } fragment "
        "F on Customer { name }"
    ),
    "nothing selected": "{ me @skip(if: true) { id } }",
    "an id variable": "query ($id: ID!) { customer(id: $id) { id } }",
    "an id variable with a default": 'query ($id: ID = "c1") { customer(id: $id) { id } }',
    "page variables": "query ($n: Int, $after: String) { customers(first: $n, after: $after) { nodes { id } } }",
    "an enum variable": "query ($by: CustomerSort = ID_ASC) { customers(sort: $by) { nodes { id } } }",
    "a filter variable": "query ($f: OrderFilter) { orders(filter: $f) { nodes { id } } }",
    "variables in a filter": (
        "query ($s: OrderStatusEnum, $d: DateTime) { orders(filter: { status: { eq: $s }, createdAt: { gt: $d "
        "} }) { nodes { id } } }"
    ),
    "an input variable": (
        'mutation ($in: CustomerUpdateInput!) { customerUpdate(id: "c1", input: $in) { customer { id name '
        "email note points slot } userErrors { code field message } } }"
    ),
    "variables in an input": (
        "mutation ($n: String, $w: BigInt, $d: FlowDate, $f: Float, $b: Boolean, $e: Email) { "
        'customerUpdate(id: "c1", input: { note: $n, wide: $w, born: $d, share: $f, flag: $b, email: $e }) { '
        "customer { id name email note points slot } userErrors { code field message } } }"
    ),
    "a create": (
        'mutation { customerCreate(input: { name: "Ines", email: "ines@example.com" }) { customer { id } '
        "userErrors { code } } }"
    ),
    "a refused create": (
        'mutation { customerCreate(input: { name: "", email: "x", slot: UNRECOGNIZED }) { __typename customer '
        "{ id } userErrors { __typename code field message } } }"
    ),
    "a delete": 'mutation { customerDelete(id: "c1") { deletedCustomerId userErrors { code } } }',
    "own delete": "mutation { customerDelete { deletedCustomerId } }",
    "signing in": (
        'mutation { customerTokenCreate(input: { password: { email: "a@b.co", password: "12345678" } }) { '
        "customerToken { token customerId expiresAt } userErrors { code } } }"
    ),
    "several writes": (
        'mutation { a: customerUpdate(id: "c1", input: { name: "x" }) { customer { id name email note points '
        'slot } userErrors { code field message } } __typename b: customerUpdate(id: "c2", input: { name: "y" '
        "}) { customer { id name email note points slot } userErrors { code field message } } }"
    ),
    "edges of a payload": (
        'mutation { customerUpdate(id: "c1", input: {}) { customer { addresses { id } orders { nodes { '
        "customer { id } } } } } }"
    ),
    "one operation of several": "query A { me { id } } query B { schemaInfo { version } }",
}
VARIABLES: dict[str, dict[str, Any]] = {
    "conditions": {"a": True},
    "an id variable": {"id": 7},
    "page variables": {"n": 2},
    "an enum variable": {"by": "ID_DESC"},
    "a filter variable": {"f": {"status": {"eq": "COMPLETE"}, "withTax": {"ge": 100}}},
    "variables in a filter": {"s": "PROCESSING", "d": "2024-03-09T16:20:00Z"},
    "an input variable": {"in": {"name": "x", "points": 3, "wide": "99", "share": 1, "flag": None, "slot": "NOON"}},
    "variables in an input": {"n": None, "w": 5, "d": "2024-01-01", "f": 2, "e": "A@b.co"},
}
LEFT_OUT = {
    "{ __schema { queryType { name } } }": "introspection",
    '{ __type(name: "Customer") { name } customer(id: "c1") { id } }': "introspection",
    "{ ...F } fragment F on Query { __schema { types { name } } }": "introspection",
    "query ($a: Boolean!) { __schema @include(if: $a) { queryType { name } } }": "introspection",
    'query ($s: String = "note") { me { customField(slug: $s) { value } } }': "nullable variable for a slug",
}


@pytest.mark.parametrize("feature", COVERED)
def test_it_compiles_to_a_plan(running: Bench, feature: str) -> None:
    document = COVERED[feature]
    operation = Operation(document, VARIABLES.get(feature), "A" if "query A " in document else None)
    upstream = RandomUpstream(7, STORE, 1_000_000)

    planned, reference = running.both(STORE, operation, upstream, credentials=SIGNED_IN)

    assert planned.result.path == "plan", planned.reason
    assert planned.result.outcome == "executed", planned.body
    assert "errors" not in planned.body
    assert planned.seen() == reference.seen()


@pytest.mark.parametrize("document", LEFT_OUT)
def test_it_is_left_to_the_reference_executor_with_a_reason(running: Bench, document: str) -> None:
    operation = Operation(document, {"a": True} if "$a" in document else None)
    upstream = RandomUpstream(7, STORE, 1_000_000)

    planned, reference = running.both(STORE, operation, upstream, credentials=SIGNED_IN)

    assert (planned.result.path, planned.reason) == ("reference", LEFT_OUT[document])
    assert "errors" not in planned.body
    assert planned.seen() == reference.seen()


NULLS: dict[str, tuple[str, dict[str, Any], str]] = {
    "an argument": (
        'query ($i: ID = "c1") { me { id } customer(id: $i) { id } }',
        {"i": None},
        "Argument 'id' has invalid value: Expected variable '$i' provided to non-null type 'ID!' not to be None.",
    ),
    "an input field": (
        'mutation ($n: String = "x") { customerCreate(input: { name: $n, email: "a@b.co" }) { userErrors { code } } }',
        {"n": None},
        "Argument 'input' has invalid value at .name: Expected variable '$n' provided to non-null type 'String!' "
        "not to be None.",
    ),
    "an argument of a row's field": (
        'query ($s: String = "note") { me { id customField(slug: $s) { value } } }',
        {"s": None},
        "Argument 'slug' has invalid value: Expected variable '$s' provided to non-null type 'String!' not to be None.",
    ),
    "a condition": (
        "query ($c: Boolean = true) { me { id name @include(if: $c) } }",
        {"c": None},
        "Variable '$c' decides a @skip or an @include and must not be null.",
    ),
}


@pytest.mark.parametrize("where", NULLS)
def test_a_null_in_place_of_a_default_is_the_callers_mistake(running: Bench, where: str) -> None:
    document, variables, message = NULLS[where]
    upstream = RandomUpstream(7, STORE, 1_000_000)

    planned, reference = running.both(STORE, Operation(document, variables), upstream, credentials=SIGNED_IN)

    assert [entry["message"] for entry in planned.body["errors"]] == [message]
    assert planned.result.codes == ("BAD_USER_INPUT",)
    assert all(call.method == "GET" for call in planned.calls)
    assert planned.seen() == reference.seen()
