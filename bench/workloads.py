"""What is asked: six workloads and a mix, in our schema, in the peers' schema, and as bare GETs.

Never here: how a server is started, how a result is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

CUSTOM = "member_tier points newsletter credit birthday phone remark visits vip discount last_seen referrer".split()
"""The custom fields of the stub's customers, as the store calls them."""
EIGHT = ["id", "name", "email", *CUSTOM[:5]]
SIXTEEN = ["id", "name", "email", "external_ref", *CUSTOM]
PEOPLE = 100
"""How many different customers W1, W4 and W6 ask for in turn."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One GraphQL request."""

    document: str
    variables: dict[str, str] | None = None

    def body(self) -> str:
        """As it is posted, on one line."""
        return json.dumps({"query": self.document, "variables": self.variables or {}}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Workload:
    """One workload.

    Attributes:
        words: What it is, for the report.
        connections: How many clients ask at once.
        ours: The requests in our schema.
        theirs: The same in the peers' schema.
        latency_ms: How long the stub holds an answer back.
        raw: Targets of the same reads for the raw proxy; empty where one read does not make the answer.
    """

    words: str
    connections: int
    ours: Callable[[], list[Ask]]
    theirs: Callable[[], list[Ask]]
    latency_ms: int = 0
    raw: tuple[str, ...] = ()


def customer_id(number: int) -> str:
    return f"c0ffee00-0000-4000-8000-{number:012d}"


def camel(slug: str) -> str:
    first, *rest = slug.split("_")
    return first + "".join([word.capitalize() for word in rest])


def ours_are(names: list[str]) -> str:
    return " ".join([camel(name) for name in names])


def by_id(selection: str, name: str = "C") -> list[Ask]:
    document = f"query {name}($id: ID!) {{ customer(id: $id) {{ {selection} }} }}"
    return [Ask(document, {"id": customer_id(number)}) for number in range(PEOPLE)]


def a_tenth_fresh(selection: str) -> list[Ask]:
    known = by_id(selection)
    return [by_id(selection, "F@@")[i] if i % 10 == 0 else known[i] for i in range(PEOPLE)]


def nested(customers: str, addresses: str, orders: str) -> list[Ask]:
    return [Ask(f"query N {{ customers{customers} id name email addresses {addresses} orders{orders} }}")]


def update(field: str, selection: str) -> list[Ask]:
    document = f"mutation U($id: ID!, $name: String!) {{ {field} {selection} }}"
    return [Ask(document, {"id": customer_id(number), "name": "Ines Okafor"}) for number in range(PEOPLE)]


def aliases() -> list[Ask]:
    fields = [f'c{k}: customer(id: "{customer_id(k % 10)}") {{ id name email }}' for k in range(20)]
    return [Ask(f"query A {{ {' '.join(fields)} }}")]


RAW = tuple([f"/v2/customers/{customer_id(number)}" for number in range(PEOPLE)])
WORKLOADS: dict[str, Workload] = {
    "W1": Workload(
        "one customer, 8 fields, one call",
        32,
        lambda: by_id(ours_are(EIGHT)),
        lambda: by_id(" ".join(EIGHT)),
        raw=RAW,
    ),
    "W2": Workload(
        "100 customers, 16 fields each, one call",
        8,
        lambda: [Ask(f"query L {{ customers(first: 100) {{ nodes {{ {ours_are(SIXTEEN)} }} }} }}")],
        lambda: [Ask(f"query L {{ customers(limit: 100) {{ {' '.join(SIXTEEN)} }} }}")],
        raw=("/v2/customers",),
    ),
    "W3": Workload(
        "20 customers with addresses and orders, 41 calls",
        8,
        lambda: nested(
            "(first: 20) { nodes {",
            "{ id line1 city postcode country }",
            "(first: 10) { nodes { id status payment } } } }",
        ),
        lambda: nested("(limit: 20) {", "{ id line_1 city postcode country }", " { id status payment } }"),
    ),
    "W4": Workload(
        "one update",
        32,
        lambda: update("customerUpdate(id: $id, input: { name: $name })", "{ customer { id name email } }"),
        lambda: update("updateCustomer(id: $id, name: $name)", "{ id name email }"),
    ),
    "W5": Workload("20 aliases of 10 ids", 8, aliases, aliases),
    "W6": Workload(
        "W1 with 20 ms of upstream latency",
        64,
        lambda: by_id(ours_are(EIGHT)),
        lambda: by_id(" ".join(EIGHT)),
        latency_ms=20,
        raw=RAW,
    ),
    "MIX": Workload(
        "W1 with 10 % never-seen documents",
        32,
        lambda: a_tenth_fresh(ours_are(EIGHT)),
        lambda: a_tenth_fresh(" ".join(EIGHT)),
    ),
}


def requests_of(workload: Workload, dialect: str, path: str) -> list[str]:
    """The requests as `load.lua` reads them; none where the dialect has no such workload."""
    if dialect == "raw":
        return [f"GET {target}" for target in workload.raw]
    asks = workload.ours() if dialect == "ours" else workload.theirs()
    return [f"POST {path} {ask.body()}" for ask in asks]


def leaves(value: object) -> list[object]:
    """The scalars of an answer in the order they stand there: the same for both schemas when the answers agree.

    Text is compared without case: what upstream calls ``paid`` is an enum's ``PAID`` in our schema.
    """
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value.casefold() if isinstance(value, str) else value]
