"""Known operations are held against what changes: who breaks, why, and whether that is certain."""

from __future__ import annotations

import pytest
from graphql import build_schema

from penstock.schema.diff import diff_schemas
from penstock.schema.impact import Broken, KnownOperation, find_broken

BASE = """
type Query { customer(id: ID!, slot: Slot): Customer customers(first: Int = 25, filter: Filter): [Customer] }
type Mutation { customerUpdate(input: CustomerInput!): Customer }
type Customer { id: ID! name: String deliverySlot: Slot friend: Customer age: Int! }
enum Slot { MORNING EVENING }
input CustomerInput { name: String deliverySlot: Slot nested: Nested }
input Nested { text: String }
input Filter { name: String }
directive @mark(text: String) on FIELD
"""


def broken(document: str, *replacements: tuple[str, str], client: str = "web") -> tuple[Broken, ...]:
    """Whether an operation breaks when parts of the base are replaced."""
    changed = BASE
    for old, new in replacements:
        assert old in changed
        changed = changed.replace(old, new)
    old_schema, new_schema = build_schema(BASE), build_schema(changed)
    changes = diff_schemas(old_schema, new_schema)
    return find_broken(old_schema, new_schema, changes, [KnownOperation("ProfilePage", client, document)])


def test_a_removed_field_breaks_who_reads_it_in_one_line() -> None:
    (one,) = broken(
        '{ customer(id: "1") { ...F } } fragment F on Customer { deliverySlot }', (" deliverySlot: Slot f", " f")
    )

    assert one.line == "ProfilePage (client web) breaks: Customer.deliverySlot removed"
    assert one.is_certain


def test_a_client_without_a_name_is_left_out_of_the_line() -> None:
    (one,) = broken('{ customer(id: "1") { deliverySlot } }', (" deliverySlot: Slot f", " f"), client="")

    assert one.line == "ProfilePage breaks: Customer.deliverySlot removed"


@pytest.mark.parametrize(
    ("document", "old", "new", "reason", "is_certain"),
    [
        (
            "{ customer(id: 1) { age } }",
            "age: Int!",
            "age: Int",
            "Customer.age changed its type from Int! to Int",
            True,
        ),
        (
            "{ customer(id: 1) { id } }",
            "id: ID!, slot",
            "id: ID!, by: Int!, slot",
            "Query.customer(by:) added and required: Int!",
            True,
        ),
        ("{ customer(id: 1, slot: MORNING) { id } }", ", slot: Slot", "", "Query.customer(slot:) removed", True),
        ("{ customer(id: 1, slot: MORNING) { id } }", "MORNING EVENING", "EVENING", "Slot.MORNING removed", True),
        (
            "query($s: Slot) { customer(id: 1, slot: $s) { id } }",
            "MORNING EVENING",
            "EVENING",
            "Slot.MORNING removed",
            False,
        ),
        (
            "{ customers { ... on Customer { id @mark } } }",
            "directive @mark(text: String) on FIELD",
            "",
            "@mark removed",
            True,
        ),
        ('{ customers { id @mark(text: "t") } }', "@mark(text: String)", "@mark", "@mark(text:) removed", True),
        (
            "{ customers(first: 5) { id } }",
            "first: Int = 25",
            "first: String",
            "Query.customers(first:) changed its type from Int to String",
            False,
        ),
        (
            "query($n: Int) { customers(first: $n) { id } }",
            "first: Int = 25",
            "first: String",
            "Query.customers(first:) changed its type from Int to String",
            True,
        ),
        (
            "mutation($i: CustomerInput!) { customerUpdate(input: $i) { id } }",
            "deliverySlot: Slot n",
            "n",
            "CustomerInput.deliverySlot removed",
            False,
        ),
        (
            "mutation($i: CustomerInput!) { customerUpdate(input: $i) { id } }",
            "text: String }",
            "text: String more: Int! }",
            "Nested.more added and required: Int!",
            False,
        ),
        (
            "mutation($n: Nested!) { customerUpdate(input: {nested: $n}) { id } }",
            "text: String }",
            "text: String more: Int! }",
            "Nested.more added and required: Int!",
            True,
        ),
        (
            "mutation { customerUpdate(input: {nested: {text: null}}) { id } }",
            "text: String }",
            "text: String more: Int! }",
            "Nested.more added and required: Int!",
            True,
        ),
        (
            "query($f: Filter) { customers(filter: $f) { id } }",
            "input Filter { name: String }",
            "input Filter { name: String by: Int! }",
            "Filter.by added and required: Int!",
            False,
        ),
        (
            "query($f: Filter! = {}) { customers(filter: $f) { id } }",
            "input Filter { name: String }",
            "input Filter { name: String by: Int! }",
            "Filter.by added and required: Int!",
            True,
        ),
        (
            "mutation { customerUpdate(input: {deliverySlot: MORNING}) { id } }",
            "deliverySlot: Slot n",
            "n",
            "CustomerInput.deliverySlot removed",
            True,
        ),
        (
            "mutation { customerUpdate(input: {name: null}) { id } }",
            "nested: Nested",
            "nested: Nested more: Int!",
            "CustomerInput.more added and required: Int!",
            True,
        ),
        (
            "mutation { customerUpdate(input: {}) { id } }",
            "type Mutation { customerUpdate(input: CustomerInput!): Customer }",
            "",
            "Mutation removed; schema.mutation removed",
            True,
        ),
    ],
)
def test_every_way_to_break_is_found(document: str, old: str, new: str, reason: str, is_certain: bool) -> None:
    (one,) = broken(document, (old, new))

    assert "; ".join(one.reasons) == reason
    assert one.is_certain is is_certain


@pytest.mark.parametrize(
    ("document", "old", "new"),
    [
        ("{ customers { id } }", " deliverySlot: Slot f", " f"),
        ("{ customer(id: 1) { id } }", ", slot: Slot", ""),
        ("{ customer(id: 1) { deliverySlot } }", "MORNING EVENING", "EVENING"),
        ("{ customer(id: 1, slot: EVENING) { id } }", "MORNING EVENING", "EVENING"),
        ("{ customers { id } }", "first: Int = 25", "first: Int! = 25"),
        ("mutation { customerUpdate(input: {name: null}) { id } }", "deliverySlot: Slot n", "n"),
        ("{ customers { id } }", "age: Int!", "age: Int"),
        ("{ customers { id deliverySlot } }", "name: String d", "name: String! another: Int d"),
    ],
)
def test_who_makes_no_use_of_it_does_not_break(document: str, old: str, new: str) -> None:
    assert broken(document, (old, new)) == ()


@pytest.mark.parametrize(
    "document", ["", "{", "{ nothingKnown }", "{ customers { deliverySlot gone } }", "type X { a: Int }"]
)
def test_what_never_ran_cannot_break(document: str) -> None:
    assert broken(document, (" deliverySlot: Slot f", " f")) == ()


def test_literals_that_were_blanked_out_do_not_matter() -> None:
    (one,) = broken('{ customer(id: "", slot: MORNING) { deliverySlot } }', (" deliverySlot: Slot f", " f"))

    assert one.reasons == ("Customer.deliverySlot removed",)


def test_they_come_certain_first_by_name_and_once() -> None:
    old = build_schema(BASE)
    new = build_schema(BASE.replace("MORNING EVENING", "EVENING"))
    certain = "{ customer(id: 1, slot: MORNING) { id } }"
    possible = "query($s: Slot) { customer(id: 1, slot: $s) { id } }"
    known = [
        KnownOperation(name, "", text)
        for name, text in (("A", possible), ("C", certain), ("B", certain), ("B", certain))
    ]

    found = find_broken(old, new, diff_schemas(old, new), known)

    assert [(one.operation, one.is_certain) for one in found] == [("B", True), ("C", True), ("A", False)]


def test_fragments_in_circles_and_deep_documents_end() -> None:
    circle = "{ customers { ...F } } fragment F on Customer { friend { ...F } deliverySlot }"
    deep = "{ customers " + "{ friend " * 3000 + "{ id }" + "}" * 3001

    for document in (circle, deep):
        broken(document, (" deliverySlot: Slot f", " f"))


def test_what_a_router_asks_for_breaks_as_everything_else_does() -> None:
    selected = "__typename ... on Customer { deliverySlot }"
    document = f"query ($these: [_Any!]!) {{ _entities(representations: $these) {{ {selected} }} }}"

    (one,) = broken(document, (" deliverySlot: Slot f", " f"))

    assert one.line == "ProfilePage (client web) breaks: Customer.deliverySlot removed"
