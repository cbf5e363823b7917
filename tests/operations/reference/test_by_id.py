"""Entities of a federated graph: read as root fields read them, and each fails for itself alone."""

from __future__ import annotations

from typing import Any

import pytest

from penstock.definitions.aging import Look
from penstock.definitions.lock import NO_LOCK
from penstock.operations.documents import Documents, DocumentSettings
from penstock.operations.limits import Limits
from penstock.operations.plan import compile_operation
from penstock.schema.generation import build_generation
from penstock.schema.settling import settle
from tests.support.gateway import Answer, credentials_of, customer_token, gateway
from tests.support.scripted import Call, Reply, ScriptedUpstream
from tests.support.stores import definitions_of, field_json

FIELDS = {"customers": [field_json("tier")], "wishlists": [field_json("title")]}
STORE = build_generation(definitions_of(FIELDS), 1, 1_800_000_000.0, is_subgraph=True)
ASK = """
query ($these: [_Any!]!) {
  _entities(representations: $these) {
    __typename
    ... on Customer { id name tier }
    ... on Wishlist { id title }
    ... on Order { id customer { name } }
  }
}
"""
SPREAD = ASK.replace("... on Order { id customer { name } }", "... on _Entity { ...F }") + (
    "fragment F on _Entity { ... on Order { id customer { name } } }"
)


def row(identity: str, kind: str = "customer", **more: Any) -> Reply:
    return Reply(200, {"data": {"type": kind, "id": identity, **more}})


def customer(call: Call) -> Reply:
    identity = call.path.rpartition("/")[2]
    return row(identity, name=f"Name of {identity}", tier="gold", __typename="Order")


def represented(*ids: object, kind: object = "Customer") -> list[Any]:
    return [{"__typename": kind, "id": identity} for identity in ids]


async def ask(upstream: ScriptedUpstream, these: object, document: str = ASK, **options: Any) -> Answer:
    async with gateway(upstream.url, STORE, **options) as running:
        return await running.run(document, {"these": these}, credentials=credentials_of(token=customer_token()))


async def test_entities_come_in_their_order_each_with_its_type(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        "/v2/customers/c1": customer,
        "/v2/customers/c2": customer,
        "/v2/flows/wishlists/entries/w1": row("w1", "entry", title="Shoes"),
    }
    these = [*represented("c2"), *represented("w1", kind="Wishlist"), *represented("c1"), *represented("c2")]

    answer = await ask(upstream, these)

    second = {"__typename": "Customer", "id": "c2", "name": "Name of c2", "tier": "gold"}
    assert answer.data["_entities"] == [
        second,
        {"__typename": "Wishlist", "id": "w1", "title": "Shoes"},
        second | {"id": "c1", "name": "Name of c1"},
        second,
    ]
    assert sorted(upstream.paths) == ["/v2/customers/c1", "/v2/customers/c2", "/v2/flows/wishlists/entries/w1"]


async def test_the_reads_are_under_way_together_with_the_credentials_of_the_caller(upstream: ScriptedUpstream) -> None:
    ids = [f"c{n}" for n in range(40)]
    upstream.answers = {f"/v2/customers/{one}": customer for one in ids}

    answer = await ask(upstream, represented(*ids), concurrency=8)

    assert [one["id"] for one in answer.data["_entities"]] == ids
    assert len(upstream.calls) == 40
    assert 1 < upstream.most_under_way <= 8
    assert {call.header("authorization") for call in upstream.calls} == {"Bearer bearer-1"}
    assert {call.header("x-moltin-customer-token") for call in upstream.calls} == {customer_token()}


async def test_what_cannot_be_read_is_null_for_itself_alone(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        "/v2/customers/good": customer,
        "/v2/customers/forbidden": Reply(403, {"errors": [{"title": "Forbidden"}]}),
        "/v2/customers/broken": Reply(200, b"<html>"),
        "/v2/customers/another": row("someone-else"),
    }

    answer = await ask(upstream, represented("gone", "forbidden", "good", "broken", "another"))

    shown = [one and one["id"] for one in answer.partial["_entities"]]
    assert shown == [None, None, "good", None, None]
    assert [(one["path"], one["extensions"]["code"]) for one in answer.errors] == [
        (["_entities", 1], "FORBIDDEN"),
        (["_entities", 3], "UPSTREAM_INVALID_RESPONSE"),
        (["_entities", 4], "UPSTREAM_INVALID_RESPONSE"),
    ]


@pytest.mark.parametrize(
    "one",
    [
        7,
        "Customer",
        [],
        {},
        {"id": "c1"},
        {"__typename": None, "id": "c1"},
        {"__typename": ["Customer"], "id": "c1"},
        {"__typename": "Query", "id": "c1"},
        {"__typename": "Cart", "id": "c1"},
        {"__typename": "_Entity", "id": "c1"},
        {"__typename": "Customer"},
        {"__typename": "Customer", "id": None},
        {"__typename": "Customer", "id": True},
        {"__typename": "Customer", "id": {"id": "c1"}},
        {"__typename": "Customer", "id": ""},
        {"__typename": "Customer", "id": ".."},
        {"__typename": "Customer", "id": "c1/../../v2/orders"},
        {"__typename": "Customer", "id": "x" * 65},
        {"__typename": "Customer", "id": "\udcff"},
        {"__typename": "Customer", "id": 10**80},
    ],
)
async def test_a_representation_of_any_form_fails_for_itself_alone(upstream: ScriptedUpstream, one: object) -> None:
    upstream.answers = {"/v2/customers/good": customer}

    answer = await ask(upstream, [one, *represented("good")])

    assert [one and one["id"] for one in answer.partial["_entities"]] == [None, "good"]
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.errors[0]["path"] == ["_entities", 0]
    assert upstream.paths == ["/v2/customers/good"]


async def test_an_id_may_be_a_number_as_in_an_argument(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/12": customer}

    answer = await ask(upstream, represented(12, "12"))

    assert [one["id"] for one in answer.data["_entities"]] == ["12", "12"]
    assert upstream.paths == ["/v2/customers/12"]


async def test_a_representation_may_stand_in_the_document(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/c1": customer}
    document = 'query ($id: ID!) { _entities(representations: {__typename: "Customer", id: $id}) { ...F } } '
    document += "fragment F on _Entity { ... on Customer { name } }"

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(document, {"id": "c1"})

    assert answer.data == {"_entities": [{"name": "Name of c1"}]}


@pytest.mark.parametrize("these", [None, [None], "missing"])
async def test_no_list_of_representations_is_a_request_error(upstream: ScriptedUpstream, these: object) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(ASK, {} if these == "missing" else {"these": these})

    assert "data" not in answer.body
    assert set(answer.codes) == {"BAD_USER_INPUT"}


async def test_more_representations_than_are_allowed_are_refused_without_a_call(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(ASK, {"these": represented(*["c1"] * 101)})

    assert answer.body["data"] is None
    assert answer.codes == ["LIMIT_EXCEEDED"]
    assert answer.errors[0]["path"] == ["_entities"]
    assert running.limits == ["entities"]
    assert upstream.calls == []


async def test_entities_cost_a_call_each_and_are_bound_by_the_budget(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/c1": customer, "/v2/customers/c2": customer}

    answer = await ask(upstream, represented("c1", "c2", "c1", "c3"), budget=2)

    assert [one and one["id"] for one in answer.partial["_entities"]] == ["c1", "c2", "c1", None]
    assert answer.codes == ["BUDGET_EXCEEDED"]


@pytest.mark.parametrize(
    ("these", "calls"),
    [
        ([], 0),
        (represented("c1", "c2", "c1"), 2),
        (represented("o1", "o2", kind="Order"), 4),
        ([*represented("c1"), *represented("o1", kind="Order")], 3),
        (represented("c1", kind="Nothing"), 0),
        ({"__typename": "Customer", "id": "c1"}, 1),
        ("junk", 0),
        (represented({"id": ["x"]}), 1),
    ],
)
@pytest.mark.parametrize("document", [ASK, SPREAD])
def test_the_estimate_counts_each_entity_once_and_what_hangs_on_it(document: str, these: Any, calls: int) -> None:
    documents = Documents(STORE, DocumentSettings(), lambda *_: "reference")

    assert documents.prepare(document, None).cost.estimate({"these": these}) == calls


async def test_what_may_cost_too_much_is_refused_before_a_call_is_made(upstream: ScriptedUpstream) -> None:
    these = represented(*[f"o{n}" for n in range(30)], kind="Order")

    answer = await ask(upstream, these, settings=DocumentSettings(limits=Limits(cost=59)))

    assert answer.codes == ["BUDGET_EXCEEDED"]
    assert "data" not in answer.body
    assert upstream.calls == []


async def test_the_text_of_the_subgraph_is_told(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ _service { sdl } __typename }")

    assert answer.data == {"_service": {"sdl": STORE.subgraph}, "__typename": "Query"}
    assert upstream.calls == []


def test_no_plan_covers_what_routers_ask_for() -> None:
    documents = Documents(STORE, DocumentSettings(), lambda *given: compile_operation(*given, lambda *_: None))

    assert documents.prepare(ASK, None).plan == "federation"
    assert documents.prepare("{ _service { sdl } }", None).plan == "federation"
    assert not isinstance(documents.prepare('{ customer(id: "c1") { id } }', None).plan, str)


async def test_a_fragment_on_the_union_applies_to_an_entity_wherever_it_stands(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/c1": customer}
    document = (
        '{ customer(id: "c1") { id ... on _Entity { ...F } } } fragment F on _Entity { ... on Customer { tier } }'
    )

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(document)

    assert answer.data == {"customer": {"id": "c1", "tier": "gold"}}


def test_custom_fields_of_entities_are_counted_as_used() -> None:
    documents = Documents(STORE, DocumentSettings(), lambda *_: "reference")

    footprint = documents.prepare(ASK, None).footprint

    assert len(footprint.reads) == 2


async def test_an_entity_of_a_flow_that_has_gone_is_null_without_a_call(upstream: ScriptedUpstream) -> None:
    lock = settle(definitions_of(FIELDS), NO_LOCK, Look(1.0, 1.0, 100.0))
    left = definitions_of({"customers": FIELDS["customers"]})
    store = build_generation(left, 1, 1.0, lock=settle(left, lock, Look(2.0, 2.0, 100.0)), is_subgraph=True)

    async with gateway(upstream.url, store) as running:
        answer = await running.run(ASK, {"these": represented("w1", kind="Wishlist")})

    assert answer.data == {"_entities": [None]}
    assert upstream.calls == []
