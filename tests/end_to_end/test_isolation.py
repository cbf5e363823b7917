"""No answer crosses: many customers, one gateway, every memory of it in use, calls that end in no order."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from penstock.http.asgi import App
from tests.support.echo_store import Customer, customers, echo_store
from tests.support.served import served

REQUESTS = int(os.environ.get("PENSTOCK_TEST_ISOLATION_REQUESTS", "100000"))
"""How many requests; all of them in CI, fewer by this variable while something else is worked on."""
CUSTOMERS = 500
WRITE = "customerUpdate(input: {externalRef: $ref}) { customer { name externalRef } }"
BY_DIGEST = "query ByDigest { me { name email } }"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and what its answer has to be for a customer."""

    body: dict[str, Any]
    expected: Callable[[Customer, Customer], object]


def asked(query: str, expected: Callable[[Customer, Customer], object], variables: str = "") -> Asked:
    return Asked({"query": query, "variables": variables}, expected)


def names(customer: Customer) -> dict[str, str]:
    return {"name": customer.mark, "email": f"{customer.mark}@example.test"}


OPERATIONS = {
    "me": asked("query Me { me { id name email } }", lambda own, _: {"me": {"id": own.identity, **names(own)}}),
    "twice": asked(
        "query Twice($id: ID!) { a: customer(id: $id) { name } b: customer(id: $id) { name email } }",
        lambda own, _: {"a": {"name": own.mark}, "b": names(own)},
        "own",
    ),
    "digest": Asked(
        {
            "extensions": {
                "persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(BY_DIGEST.encode()).hexdigest()}
            }
        },
        lambda own, _: {"me": names(own)},
    ),
    "nested": asked(
        "query Nested { me { name addresses { line1 } orders(first: 1) { nodes { id } } } }",
        lambda own, _: {
            "me": {
                "name": own.mark,
                "addresses": [{"line1": own.mark}],
                "orders": {"nodes": [{"id": f"order-{own.mark}"}]},
            }
        },
    ),
    "write": asked(
        f"mutation Write($ref: String!) {{ {WRITE} }}",
        lambda own, _: {"customerUpdate": {"customer": {"name": own.mark, "externalRef": own.identity}}},
        "ref",
    ),
    "reference": asked(
        'query Reference { __type(name: "Customer") { name } me { name email } }',
        lambda own, _: {"__type": {"name": "Customer"}, "me": names(own)},
    ),
    "other": asked(
        "query Other($id: ID!) { theirs: customer(id: $id) { name } me { name } }",
        lambda own, _: {"theirs": None, "me": {"name": own.mark}},
        "other",
    ),
}
MIX = (
    ["me"] * 40 + ["twice"] * 20 + ["digest"] * 15 + ["nested"] * 5 + ["write"] * 8 + ["reference"] * 2 + ["other"] * 10
)


async def ask(app: App, customer: Customer, other: Customer, wanted: Asked) -> dict[str, Any]:
    """One request by ASGI: sockets of clients would only take time."""
    body = dict(wanted.body)
    variables = {"own": {"id": customer.identity}, "other": {"id": other.identity}, "ref": {"ref": customer.identity}}
    body["variables"] = variables.get(body.get("variables", ""), {})
    text = json.dumps(body).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"authorization", f"Bearer {customer.bearer}".encode()),
        (b"x-moltin-customer-token", customer.token.encode()),
    ]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    sent: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": text, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    await app(scope, receive, send)  # type: ignore[arg-type] # a scope as a server makes it
    answer: dict[str, Any] = json.loads(b"".join(sent))
    return answer


@pytest.mark.timeout(300)
async def test_no_answer_crosses() -> None:
    people = customers(CUSTOMERS)
    seen: Counter[str] = Counter()
    async with echo_store() as store, served(store.url, log_level="error", introspection=True) as running:
        app = running.gateway.app
        await ask(app, people[0], people[1], Asked({"query": BY_DIGEST, **OPERATIONS["digest"].body}, names_of_nobody))

        async def shop(place: int) -> None:
            own = people[place]
            for number in range(REQUESTS // CUSTOMERS):
                kind = MIX[(number * 7 + place * 13) % len(MIX)]
                other = people[(place + number + 1) % CUSTOMERS]
                answer = await ask(app, own, other, OPERATIONS[kind])

                assert answer["data"] == OPERATIONS[kind].expected(own, other), (kind, answer)
                assert ("errors" in answer) == (kind == "other"), answer
                assert kind != "other" or other.mark not in str(answer)
                seen[kind] += 1

        await asyncio.gather(*[shop(place) for place in range(CUSTOMERS)])

    assert sum(seen.values()) == REQUESTS // CUSTOMERS * CUSTOMERS
    assert set(seen) == set(OPERATIONS) or CUSTOMERS * len(MIX) > REQUESTS
    assert len(store.known) >= CUSTOMERS


def names_of_nobody(_own: Customer, _other: Customer) -> object:
    """What is not looked at."""
    return None
