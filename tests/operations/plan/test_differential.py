"""Plans and the reference executor are one truth: the same bytes, the same errors, the same calls."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from penstock.operations.request import Credentials
from tests.operations.plan.both import Bench, Ran
from tests.operations.plan.random_leaves import RandomLeaves
from tests.operations.plan.random_operations import Operation, operations
from tests.operations.plan.random_rows import IDS, RandomUpstream, SeededChoices
from tests.operations.plan.random_stores import random_store
from tests.support.gateway import NOW, credentials_of, customer_token

EXAMPLES = int(os.environ.get("PENSTOCK_DIFFERENTIAL_EXAMPLES", "0"))
pytestmark = pytest.mark.timeout(600 + EXAMPLES)
STORES = st.integers(0, 199 if EXAMPLES else 11)
SEEDS = st.integers(0, 2**32)
TROUBLE = st.sampled_from((10_000, 25, 10, 5))
"""Once in how many answers something is wrong; the first is as good as never."""

SIGNED_IN = credentials_of(token=customer_token("c1"))
CALLERS = st.sampled_from(
    (
        *(SIGNED_IN,) * 6,
        credentials_of(token=customer_token("c1"), extra={"x-moltin-language": "es"}),
        credentials_of(token=customer_token("c2")),
        credentials_of(),
        credentials_of(token=customer_token("c1", exp=NOW - 1)),
        credentials_of(token=customer_token("../x")),
        credentials_of(bearer=None),
    )
)


def thorough(examples: int) -> settings:
    """As many examples as the law needs by default, or as the environment asks for; the same ones every time."""
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )


def assert_same(planned: Ran, reference: Ran) -> None:
    """Compare part by part, so that a failure says which part differs."""
    seen, wanted = planned.seen(), reference.seen()
    for part, value in wanted.items():
        assert seen[part] == value, part
    assert planned.result.upstream_calls <= (planned.estimate or 0), planned.targets


@thorough(250)
@given(st.data(), STORES, CALLERS, SEEDS, TROUBLE)
def test_any_query_gives_the_same_answer_by_the_same_calls(
    running: Bench, data: st.DataObject, store: int, caller: Credentials, seed: int, trouble: int
) -> None:
    generation = random_store(store)
    operation = data.draw(operations(generation))
    upstream = RandomUpstream(seed, generation, trouble)

    planned, reference = running.both(generation, operation, upstream, credentials=caller, salt=seed)

    assert_same(planned, reference)


@thorough(200)
@given(st.data(), STORES, CALLERS, SEEDS, TROUBLE)
def test_any_mutation_gives_the_same_answer_by_the_same_calls(
    running: Bench, data: st.DataObject, store: int, caller: Credentials, seed: int, trouble: int
) -> None:
    generation = random_store(store)
    operation = data.draw(operations(generation, "mutation"))
    upstream = RandomUpstream(seed, generation, trouble)

    planned, reference = running.both(generation, operation, upstream, credentials=caller, salt=seed)

    assert_same(planned, reference)


@thorough(300)
@given(STORES, SEEDS, st.sampled_from((25, 10, 5, 3)))
def test_rows_of_any_kind_are_read_alike(running: Bench, store: int, seed: int, trouble: int) -> None:
    generation = random_store(store)
    operation = RandomLeaves(SeededChoices(f"leaves {seed}"), generation).make()
    upstream = RandomUpstream(seed, generation, trouble)

    planned, reference = running.both(generation, operation, upstream, credentials=SIGNED_IN, salt=seed)

    assert planned.result.path == "plan"
    assert_same(planned, reference)


_SCALARS = {
    "ID": st.sampled_from((*IDS, "a/b", "")).map(nodes.String),
    "DateTime": st.sampled_from(("2024-03-09T16:20:00Z", "never")).map(nodes.String),
    "FlowDate": st.sampled_from(("2024-03-09", "never")).map(nodes.String),
    "Email": st.sampled_from(("Ines@example.com ", "nobody")).map(nodes.String),
    "BigInt": st.integers(-(2**64), 2**64).map(lambda number: nodes.Int(number)),
    "JSON": st.just(nodes.Null),
}


def _foreign_operations(store: int) -> st.SearchStrategy[str]:
    return from_schema(random_store(store).schema, custom_scalars=_SCALARS)


@thorough(120)
@given(STORES.flatmap(lambda store: st.tuples(st.just(store), _foreign_operations(store))), SEEDS, TROUBLE)
def test_operations_of_a_foreign_generator_give_the_same_answer_by_the_same_calls(
    running: Bench, asked: tuple[int, str], seed: int, trouble: int
) -> None:
    generation = random_store(asked[0])
    upstream = RandomUpstream(seed, generation, trouble)

    planned, reference = running.both(generation, Operation(asked[1]), upstream, salt=seed)

    assert_same(planned, reference)


_PAGES = """
query Page($first: Int!, $after: String, $sort: CustomerSort, $filter: CustomerFilter) {
  customers(first: $first, after: $after, sort: $sort, filter: $filter) {
    edges { cursor node { id name orders(first: $first) { totalCount edges { cursor } pageInfo { endCursor } } } }
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}
"""


@thorough(80)
@given(st.data(), STORES, SEEDS, TROUBLE)
def test_a_plan_that_is_kept_remembers_nothing_of_earlier_requests(
    running: Bench, data: st.DataObject, store: int, seed: int, trouble: int
) -> None:
    generation = random_store(store)
    operation = data.draw(operations(generation))
    given = operation.variables or {}
    others = {name: data.draw(st.sampled_from((value, None, "c2", True, 2))) for name, value in given.items()}
    kept = replace(generation, prepared={})

    for variables, caller in ((given, SIGNED_IN), (others, credentials_of()), ({}, SIGNED_IN), (given, SIGNED_IN)):
        asked, upstream = replace(operation, variables=variables), RandomUpstream(seed, generation, trouble)
        planned = running.run(kept, asked, upstream, plan=True, keep=True, credentials=caller, salt=seed)
        reference = running.run(generation, asked, upstream, plan=False, credentials=caller, salt=seed)

        for part in ("body", "calls", "outcome", "codes", "left"):
            assert planned.seen()[part] == reference.seen()[part], part


@thorough(100)
@given(STORES, SEEDS, st.sampled_from((10_000, 6, 3)))
def test_callers_without_a_bearer_share_one_token_and_renew_it_alike(
    running: Bench, store: int, seed: int, trouble: int
) -> None:
    generation = random_store(store)
    operation = RandomLeaves(SeededChoices(f"leaves {seed}"), generation).make()
    upstream = RandomUpstream(seed, generation, trouble)
    caller = credentials_of(bearer=None, token=customer_token("c1"))

    planned, reference = running.both(generation, operation, upstream, credentials=caller, salt=seed, implicit=True)

    assert_same(planned, reference)


@thorough(60)
@given(st.data(), STORES, SEEDS, TROUBLE, st.sampled_from((None, "ID_DESC", "NAME_ASC", "CREATED_AT_DESC")))
def test_cursors_of_one_answer_lead_on_to_the_same_answer(
    running: Bench, data: st.DataObject, store: int, seed: int, trouble: int, sort: str | None
) -> None:
    generation = random_store(store)
    upstream = RandomUpstream(seed, generation, trouble)
    variables: dict[str, Any] = {"first": data.draw(st.integers(1, 3)), "sort": sort}
    first, _ = running.both(generation, Operation(_PAGES, variables), upstream, salt=seed)
    variables["after"] = data.draw(st.sampled_from(cursors_in(first.body) or ["none"]))
    variables["sort"] = data.draw(st.sampled_from((sort, sort, sort, "ID_ASC", "EMAIL_ASC")))

    planned, reference = running.both(generation, Operation(_PAGES, variables), upstream, salt=seed)

    assert_same(planned, reference)


def cursors_in(value: Any) -> list[str]:
    """Every cursor of an answer, those of inner connections included."""
    if isinstance(value, list):
        return [cursor for item in value for cursor in cursors_in(item)]
    if not isinstance(value, dict):
        return []
    found = [item for key, item in value.items() if "ursor" in key and isinstance(item, str)]
    return found + [cursor for item in value.values() for cursor in cursors_in(item)]


@thorough(120)
@given(st.integers(1, 5), STORES, CALLERS, SEEDS, st.sampled_from((2, 3, 10_000)))
def test_a_write_is_sent_once_and_none_after_the_first_failure(
    running: Bench, count: int, store: int, caller: Credentials, seed: int, trouble: int
) -> None:
    generation = random_store(store)
    fields = " ".join(
        f'm{number}: customerUpdate(id: "c{number}", input: {{ email: "e{number}@example.com" }}) '
        "{ customer { id addresses { id } orders { totalCount } } userErrors { code field message } }"
        for number in range(count)
    )
    operation = Operation(f"mutation {{ {fields} }}")
    upstream = RandomUpstream(seed, generation, trouble)

    planned, reference = running.both(generation, operation, upstream, credentials=caller, salt=seed)

    assert_same(planned, reference)
    for ran in (planned, reference):
        failed = [entry["path"][0] for entry in ran.body.get("errors", []) if len(entry["path"]) == 1]
        sent = [call.target.rpartition("/")[2] for call in ran.upstream.calls if call.method != "GET"]
        assert sent == [f"c{number}" for number in range(len(sent))]
        assert len(failed) <= 1
        assert not failed or ran.body["data"] is None
        refused_unsent = bool(failed) and not has_bearer(caller)
        assert len(sent) == (int(failed[0][1:]) + (not refused_unsent) if failed else count)


@thorough(80)
@given(STORES, CALLERS, SEEDS, st.sampled_from((3, 6, 10_000)), st.booleans())
def test_a_key_means_the_same_in_both(
    running: Bench, store: int, caller: Credentials, seed: int, trouble: int, as_guest: bool
) -> None:
    generation = random_store(store)
    address = '{firstName: "a", lastName: "b", line1: "c", postcode: "d", country: "GB", region: "e"}'
    guest = 'guest: {name: "Gus", email: "gus@example.com"}' if as_guest else ""
    fields = " ".join(
        f'm{number}: cartCheckout(cartId: "c1", input: {{ {guest} billingAddress: {address} idempotencyKey: "{key}" }})'
        " { order { id status items { id sku } customer { id } } warnings { code id } userErrors { code field } }"
        for number, key in enumerate(("k", "k", "l", "k"))
    )
    operation = Operation(f"mutation {{ {fields} }}")
    upstream = RandomUpstream(seed, generation, trouble)

    planned, reference = running.both(generation, operation, upstream, credentials=caller, salt=seed)

    assert_same(planned, reference)
    for ran in (planned, reference):
        assert sum(call.method == "POST" for call in ran.calls) <= (2 if trouble == 10_000 else 4)


def has_bearer(caller: Credentials) -> bool:
    """Whether a call can be made at all: there is no other token than the caller's, and it has not expired."""
    return caller.has_bearer and (caller.expires is None or caller.expires > NOW)
