"""Prepared operations: kept within bounds, chosen by name, refused with the right code."""

from __future__ import annotations

from typing import Any

import pytest

from penstock.operations.documents import Documents, DocumentSettings, PreparedOperation
from penstock.operations.faults import RequestError
from tests.support.gateway import gateway
from tests.support.scripted import ScriptedUpstream, listing
from tests.support.stores import enum_rule, field_json, generation_of

STORE = generation_of({"customers": [field_json("slot", "string", enum_rule("a"))]})


def documents(settings: DocumentSettings | None = None) -> tuple[Documents, list[str]]:
    made: list[str] = []

    def compile_plan(*_: object) -> str:
        made.append("one")
        return "reference"

    return Documents(STORE, settings or DocumentSettings(), compile_plan), made


def refusal(document: str, name: str | None = None, settings: DocumentSettings | None = None) -> list[tuple[str, str]]:
    kept, _ = documents(settings)
    with pytest.raises(RequestError) as caught:
        kept.prepare(document, name)
    return [(fault.public_code, fault.public_message) for fault, _ in caught.value.faults]


def test_a_document_is_prepared_once() -> None:
    kept, made = documents()

    first, second = (kept.prepare("{ me { id } }", None) for _ in range(2))

    assert first is second
    assert len(made) == 1
    assert len(kept) == 1


def test_operations_of_one_document_are_kept_apart() -> None:
    kept, made = documents()
    document = "query A { me { id } } mutation B { customerDelete { deletedCustomerId } }"

    names = [(kept.prepare(document, name).kind, kept.prepare(document, name).name) for name in ("A", "B")]

    assert names == [("query", "A"), ("mutation", "B")]
    assert len(made) == 2


def test_no_more_entries_are_kept_than_allowed_and_the_least_used_goes_first() -> None:
    kept, made = documents(DocumentSettings(cache_entries=3))
    texts = [f"{{ a{n}: me {{ id }} }}" for n in range(4)]
    for text in texts[:3]:
        kept.prepare(text, None)
    kept.prepare(texts[0], None)

    kept.prepare(texts[3], None)
    kept.prepare(texts[0], None)

    assert len(kept) == 3
    assert len(made) == 4
    kept.prepare(texts[1], None)
    assert len(made) == 5


def test_no_more_characters_are_kept_than_allowed() -> None:
    kept, _ = documents(DocumentSettings(cache_characters=1_000))

    for number in range(100):
        kept.prepare(f"{{ a{number}: me {{ id }} }} # {'x' * 100}", None)

    assert 1 <= len(kept) <= 9


def test_a_document_that_would_push_out_the_rest_is_not_kept() -> None:
    kept, made = documents(DocumentSettings(cache_characters=1_000))
    large = "{ me { id } } # " + "x" * 300
    kept.prepare("{ me { id } }", None)

    kept.prepare(large, None)
    kept.prepare(large, None)

    assert len(kept) == 1
    assert len(made) == 3


def test_nothing_is_kept_where_the_cache_is_switched_off() -> None:
    kept, made = documents(DocumentSettings(cache_entries=0))

    for _ in range(2):
        kept.prepare("{ me { id } }", None)

    assert len(kept) == 0
    assert len(made) == 2


def test_what_is_refused_is_not_kept() -> None:
    kept, _ = documents()

    for document in ("{", "{ nothing }", "query A { me { id } } query B { me { id } }"):
        with pytest.raises(RequestError):
            kept.prepare(document, None)

    assert len(kept) == 0


@pytest.mark.parametrize(
    ("document", "name", "code"),
    [
        ("", None, "GRAPHQL_PARSE_FAILED"),
        ("   \n#x", None, "GRAPHQL_PARSE_FAILED"),
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("\ufeff{", None, "GRAPHQL_PARSE_FAILED"),
        ("{ me { id } } \x00", None, "GRAPHQL_PARSE_FAILED"),
        ('{ me(x: "\ud800") { id } }', None, "GRAPHQL_PARSE_FAILED"),
        ("type A { b: Int }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ me { id } } type A { b: Int }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ me { id } } extend type Query { b: Int }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("schema { query: Query }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("fragment f on Customer { id }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { me { id } }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { me { id } } query B { me { id } }", None, "BAD_REQUEST"),
        ("query A { me { id } } query B { me { id } }", "C", "BAD_REQUEST"),
        ("query A { me { id } }", "", "BAD_REQUEST"),
        ("{ me { id } }", "A", "BAD_REQUEST"),
        ("{ me }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ me { id { x } } }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ customer { id } }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ customers(first: 9999999999) { nodes { id } } }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($a: Int!) { customers(after: $a) { nodes { id } } }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($a: Int) { me { id } }", None, "GRAPHQL_VALIDATION_FAILED"),
        ('{ customers(filter: "eq(name,x)") { nodes { id } } }', None, "GRAPHQL_VALIDATION_FAILED"),
        ('{ customers(filter: {deliveryDetails: {eq: "x"}}) { nodes { id } } }', None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ customers(filter: {slot: {eq: A}}) { nodes { id } } }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ customers(sort: SLOT_ASC) { nodes { id } } }", None, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_what_cannot_be_run_has_its_code(document: str, name: str | None, code: str) -> None:
    assert {found for found, _ in refusal(document, name)} == {code}


def test_the_operation_can_be_left_unnamed_where_there_is_one() -> None:
    kept, _ = documents()

    prepared: PreparedOperation = kept.prepare("query A { me { id } }", None)

    assert prepared.name == "A"


def test_a_long_name_is_not_echoed_whole() -> None:
    ((_, message),) = refusal("{ me { id } }", "x" * 5_000)

    assert len(message) < 200


def test_many_faults_are_told_within_bounds() -> None:
    faults = refusal("{ me { " + " ".join(f"nope{n}" for n in range(29)) + " } }")

    assert 20 <= len(faults) <= 21


@pytest.mark.parametrize("document", ["{ __schema { queryType { name } } }", '{ __type(name: "Customer") { name } }'])
async def test_introspection_can_be_switched_off(upstream: ScriptedUpstream, document: str) -> None:
    async with gateway(upstream.url, STORE) as running:
        switched_on = await running.run(document)
    async with gateway(upstream.url, STORE, settings=DocumentSettings(introspection=False)) as running:
        switched_off = await running.run(document)
        typename = await running.run("{ __typename fieldDefinitions { __typename } }")

    assert switched_on.data
    assert set(switched_off.codes) == {"GRAPHQL_VALIDATION_FAILED"}
    assert "data" not in switched_off.body
    assert typename.data["__typename"] == "Query"


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("{ customer(id: 1) { nam } }", {}),
        ("{ custome(id: 1) { name } }", {}),
        ("{ customers(firs: 1) { nodes { id } } }", {}),
        ("{ customers(sort: NAME_AS) { nodes { id } } }", {}),
        ("{ customers(filter: {nam: {eq: 1}}) { nodes { id } } }", {}),
        ("query ($s: CustomerSort) { customers(sort: $s) { nodes { id } } }", {"s": "NAME_AS"}),
        ("query ($f: CustomerFilter) { customers(filter: $f) { nodes { id } } }", {"f": {"nam": {"eq": "x"}}}),
        (
            "mutation ($i: CustomerUpdateInput!) { customerUpdate(id: 1, input: $i) { customer { id } } }",
            {"i": {"slo": "x"}},
        ),
        (
            "mutation ($i: CustomerUpdateInput!) { customerUpdate(id: 1, input: $i) { customer { id } } }",
            {"i": {"slot": "AA"}},
        ),
        ("query ($f: CustomerFilte) { customers(filter: $f) { nodes { id } } }", {}),
        ("{ me { ... on Custome { id } } }", {}),
    ],
)
async def test_suggestions_can_be_switched_off(
    upstream: ScriptedUpstream, document: str, variables: dict[str, Any]
) -> None:
    async with gateway(upstream.url, STORE) as running:
        switched_on = await running.run(document, variables)
    async with gateway(upstream.url, STORE, settings=DocumentSettings(suggestions=False)) as running:
        switched_off = await running.run(document, variables)

    assert "Did you mean" in switched_on.text
    assert "Did you mean" not in switched_off.text
    assert switched_off.codes


async def test_a_refused_document_has_no_data_and_its_places(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{\n  nope\n}")

    assert set(answer.body) == {"errors"}
    assert answer.errors[0]["locations"] == [{"line": 2, "column": 3}]
    assert answer.errors[0]["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED", "requestId": "request-1"}
    assert answer.result.outcome == "refused"


async def test_a_mutation_never_runs_where_only_queries_may(upstream: ScriptedUpstream) -> None:
    document = 'query A { customers { nodes { id } } } mutation B { customerDelete(id: "c1") { deletedCustomerId } }'
    upstream.answers = {"/v2/customers": listing()}

    async with gateway(upstream.url, STORE) as running:
        mutation = await running.run(document, name="B", allow_mutation=False)
        query = await running.run(document, name="A", allow_mutation=False)

    assert (mutation.result.outcome, mutation.codes) == ("method", ["BAD_REQUEST"])
    assert query.data == {"customers": {"nodes": []}}
    assert [call.method for call in upstream.calls] == ["GET"]


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("query ($id: ID!) { customer(id: $id) { id } }", {}),
        ("query ($id: ID!) { customer(id: $id) { id } }", {"id": None}),
        ("query ($id: ID!) { customer(id: $id) { id } }", {"id": ["a"]}),
        ("query ($id: ID!) { customer(id: $id) { id } }", {"id": 1.5}),
        ("query ($n: Int) { customers(first: $n) { nodes { id } } }", {"n": "1"}),
        ("query ($n: Int) { customers(first: $n) { nodes { id } } }", {"n": 2**31}),
        ("query ($n: Int) { customers(first: $n) { nodes { id } } }", {"n": True}),
        ("query ($f: CustomerFilter) { customers(filter: $f) { nodes { id } } }", {"f": []}),
        ("query ($f: CustomerFilter) { customers(filter: $f) { nodes { id } } }", {"f": "eq(name,x)"}),
        ("query ($b: Boolean!) { me @include(if: $b) { id } }", {"b": "true"}),
        ("query ($b: Boolean!) { me @include(if: $b) { id } }", {}),
    ],
)
async def test_variables_that_do_not_fit_are_a_request_error(
    upstream: ScriptedUpstream, document: str, variables: dict[str, Any]
) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(document, variables)

    assert set(answer.body) == {"errors"}
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.result.outcome == "refused"
    assert upstream.calls == []


async def test_values_of_variables_are_not_echoed_at_length(upstream: ScriptedUpstream) -> None:
    document = "mutation ($i: CustomerUpdateInput!) { customerUpdate(id: 1, input: $i) { customer { id } } }"

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(document, {"i": {"password": 12345678, "name": ["x" * 50_000]}})

    assert len(answer.text) < 10_000


@pytest.mark.parametrize("depth", [10, 500, 5_000])
async def test_deep_variables_never_break(upstream: ScriptedUpstream, depth: int) -> None:
    value: Any = "x"
    for _ in range(depth):
        value = [value] if depth % 2 else {"name": value}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            "query ($f: CustomerFilter) { customers(filter: $f) { nodes { id } } }", {"f": value}
        )

    assert set(answer.codes) <= {"BAD_USER_INPUT", "LIMIT_EXCEEDED"}


async def test_variables_that_nothing_asks_for_are_left_alone(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": listing()}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ customers { nodes { id } } }", {"other": {"a": [1]}})

    assert answer.data == {"customers": {"nodes": []}}
