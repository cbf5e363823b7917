"""What is known beforehand is asked for at once, deduped and within the bound; what is here is not asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from penstock.errors import PenstockError, UpstreamTimeout, UpstreamUnavailable
from penstock.upstream.transport import Request, Response
from tests.operations.plan.both import Bench
from tests.operations.plan.oddities import STATUSES
from tests.operations.plan.quiet import Answering
from tests.operations.plan.random_operations import Operation
from tests.operations.plan.random_stores import random_store

STORE = random_store(1)
PLAIN = random_store(0)
QUICK_FIRST = 6
"""A salt by which the second customer is answered before the first."""


def person(identity: str, **more: Any) -> dict[str, Any]:
    return {"id": identity, "type": "customer", "name": f"N {identity}"} | more


def order(identity: str, customer: str) -> dict[str, Any]:
    return {"id": identity, "relationships": {"customer": {"data": {"id": customer}}}}


def store_of(*identities: str, friends: tuple[str, ...] = ()) -> Answering:
    """A store with these customers; each has one order and one address, and all of the friends."""
    related = {"relationships": {"friends": {"data": [{"type": "customer", "id": friend} for friend in friends]}}}

    def answer(request: Request, _earlier: int) -> Response:
        path, _, query = request.target.partition("?")
        owner = re.search(r"customer_id%2C%22(\w+)%22", query)
        if path == "/v2/customers":
            rows = [person(identity, **related) for identity in identities]
        elif path == "/v2/orders":
            rows = [order(f"o-{owner[1]}", owner[1])] if owner else [order(f"o-{one}", one) for one in identities]
        elif path.endswith("/addresses"):
            rows = [{"id": "a1", "line_1": "1 Hill"}]
        else:
            return Response(200, json.dumps({"data": person(path.rpartition("/")[2], **related)}).encode())
        return Response(200, json.dumps({"data": rows, "meta": {"results": {"total": len(rows)}}}).encode())

    return answer


def aliases(count: int, ids: int) -> Operation:
    fields = " ".join(f'a{number}: customer(id: "c{number % ids}") {{ id name }}' for number in range(count))
    return Operation(f"{{ {fields} }}")


def test_twenty_aliases_of_ten_ids_are_ten_calls_that_start_together(running: Bench) -> None:
    planned, reference = running.both(PLAIN, aliases(20, 10), store_of(), in_waves=True)

    assert planned.upstream.waves == [10]
    assert reference.upstream.waves == [10]
    assert planned.seen() == reference.seen()


def test_edges_below_a_page_start_together(running: Bench) -> None:
    document = "{ customers(first: 3) { nodes { id addresses { id } orders { totalCount nodes { id } } } } }"

    planned, reference = running.both(PLAIN, Operation(document), store_of("c1", "c2", "c3"), in_waves=True)

    assert planned.upstream.waves == [1, 6]
    assert reference.upstream.waves == [1, 6]
    assert planned.seen() == reference.seen()


def test_roots_of_every_kind_and_counts_start_together(running: Bench) -> None:
    after = "MXxpZHxrYzA"
    document = f"""{{
      one: customer(id: "c1") {{ id }}
      page: customers(first: 2, after: "{after}") {{ nodes {{ id }} }}
      orders {{ nodes {{ id }} }}
      schemaInfo {{ version }}
      gone: customer(id: "no id") {{ id }}
    }}"""

    planned, reference = running.both(PLAIN, Operation(document), store_of("c1"), in_waves=True)

    assert planned.upstream.waves == [3]
    assert planned.seen() == reference.seen()


def test_related_rows_and_what_is_below_them_start_together(running: Bench) -> None:
    document = '{ customer(id: "c1") { friends { id addresses { id } orders { nodes { id } } } } }'

    planned, reference = running.both(STORE, Operation(document), store_of(friends=("c2", "c3", "c4")), in_waves=True)

    assert planned.upstream.waves == [1, 3, 6]
    assert planned.seen() == reference.seen()


@pytest.mark.parametrize("bound", [1, 4, 16])
def test_no_more_calls_are_under_way_than_the_bound(running: Bench, bound: int) -> None:
    document = "{ customers(first: 9) { nodes { id addresses { id } orders { nodes { id } } } } }"
    ids = [f"c{number}" for number in range(9)]

    planned, reference = running.both(PLAIN, Operation(document), store_of(*ids), in_waves=True, concurrency=bound)

    assert max(planned.upstream.waves) == bound
    assert max(reference.upstream.waves) == bound
    assert sum(planned.upstream.waves) == 19
    assert planned.seen() == reference.seen()


def test_rows_of_a_page_answer_the_reads_by_id_below_it(running: Bench) -> None:
    document = "{ customers { nodes { id friends { name } orders { nodes { id customer { name } } } } } }"

    planned, reference = running.both(
        STORE, Operation(document), store_of("c1", "c2", friends=("c1", "c2")), in_waves=True
    )

    assert planned.upstream.waves == [1, 2]
    assert planned.seen() == reference.seen()


def test_a_slow_answer_holds_back_nothing_but_its_own_field(running: Bench) -> None:
    document = '{ slow: customer(id: "c1") { id } quick: customer(id: "c2") { addresses { id } } }'

    planned, reference = running.both(PLAIN, Operation(document), store_of(), salt=QUICK_FIRST)

    assert planned.upstream.waves == reference.upstream.waves == [2, 2, 1]
    assert planned.seen() == reference.seen()


@pytest.mark.parametrize("budget", [1, 3, 5, 6])
def test_calls_beyond_the_budget_fail_alike(running: Bench, budget: int) -> None:
    planned, reference = running.both(PLAIN, aliases(6, 6), store_of(), budget=budget)

    assert len(planned.calls) == budget
    assert planned.result.codes == ("BUDGET_EXCEEDED",) * (6 - budget)
    assert planned.seen() == reference.seen()


WRITES = {
    "customerCreate": '(input: { name: "Ines", email: "ines@example.com" }) { customer { id orders { totalCount } }',
    "customerUpdate": '(id: "c1", input: { name: "Ines" }) { customer { id orders { totalCount } }',
    "customerDelete": '(id: "c1") { deletedCustomerId',
    "customerTokenCreate": '(input: { password: { email: "ines@example.com", password: "12345678" } }) '
    "{ customerToken { token customerId expiresAt }",
}
FAILURES: dict[str, Callable[[], Response | PenstockError]] = {
    **{str(status): (lambda status=status: Response(status, b"")) for status in STATUSES},
    "no JSON": lambda: Response(200, b"<html>"),
    "no row": lambda: Response(200, b'{"data": []}'),
    "no id": lambda: Response(201, b'{"data": {"name": "x"}}'),
    "another row": lambda: Response(200, b'{"data": {"id": "c9"}}'),
    "odd values": lambda: Response(200, b'{"data": {"id": "c1", "name": {}, "meta": 7, "token": [], "expires": "x"}}'),
    "unauthorized": lambda: Response(401, b'{"errors": [{"title": "Unable to validate access token"}]}'),
    "broken off": lambda: UpstreamUnavailable("It broke off."),
    "too slow": lambda: UpstreamTimeout("It took too long."),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_sent_once_whatever_comes_back(running: Bench, name: str, failure: str) -> None:
    store = store_of()

    def answering(request: Request, earlier: int) -> Response | PenstockError:
        return store(request, earlier) if request.method == "GET" else FAILURES[failure]()

    document = f"mutation {{ {name}{WRITES[name]} userErrors {{ code field message }} }} }}"
    planned, reference = running.both(PLAIN, Operation(document), answering)

    assert planned.result.path == "plan"
    assert sum(call.method != "GET" for call in planned.calls) == 1
    assert planned.seen() == reference.seen()


def test_what_has_no_plan_is_run_once_and_by_the_reference_executor_alone(running: Bench) -> None:
    document = """mutation ($slug: String = "note") { customerUpdate(id: "c1", input: { name: "x" }) {
      customer { id customField(slug: $slug) { slug } } userErrors { code } } }"""

    planned, reference = running.both(STORE, Operation(document), store_of())

    assert (planned.reason, planned.result.path) == ("nullable variable for a slug", "reference")
    assert [call.method for call in planned.calls] == ["PUT"]
    assert planned.seen() == reference.seen()
