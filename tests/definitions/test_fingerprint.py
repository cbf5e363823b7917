from __future__ import annotations

from dataclasses import replace

import pytest

from penstock.definitions.fingerprint import fingerprint
from penstock.definitions.model import (
    FieldDefinition,
    FieldType,
    FlowDefinition,
    Problem,
    Rule,
    RuleKind,
    StoreDefinitions,
)

SIZES = Rule(RuleKind.ENUM, options=("S", "M"))
FIELD = FieldDefinition("f1", "size", "Size", "About", FieldType.STRING, rules=(SIZES, Rule(RuleKind.SLUG)))
OTHER = FieldDefinition("f2", "fit", "Fit", "", FieldType.STRING)
FLOW = FlowDefinition("w1", "customers", "Customers", "About", enabled=True, fields=(FIELD, OTHER))
PROBLEM = Problem("customers", "size", "f1", "A reason.")
STORE = StoreDefinitions(
    flows=(FLOW, FlowDefinition("w2", "orders", "Orders", "", enabled=True)),
    quarantined=(("customers", "f8", "a"), ("customers", "f9", "b")),
    problems=(PROBLEM, Problem(None, None, None, "Another.")),
)


def with_field(field: FieldDefinition) -> StoreDefinitions:
    return replace(STORE, flows=(replace(FLOW, fields=(field, OTHER)), STORE.flows[1]))


def test_it_is_a_hex_digest_that_does_not_count_itself() -> None:
    digest = fingerprint(STORE)

    assert len(digest) == 64
    assert int(digest, 16) >= 0
    assert fingerprint(replace(STORE, fingerprint=digest)) == digest


def test_the_order_of_lists_does_not_matter() -> None:
    turned = replace(
        STORE,
        flows=(STORE.flows[1], replace(FLOW, fields=(OTHER, replace(FIELD, rules=FIELD.rules[::-1])))),
        quarantined=STORE.quarantined[::-1],
        problems=STORE.problems[::-1],
    )

    assert fingerprint(turned) == fingerprint(STORE)


@pytest.mark.parametrize(
    "field",
    [
        replace(FIELD, id="f3"),
        replace(FIELD, slug="sizes"),
        replace(FIELD, name="Sizes"),
        replace(FIELD, description=""),
        replace(FIELD, field_type=FieldType.DATE),
        replace(FIELD, required=True),
        replace(FIELD, enabled=False),
        replace(FIELD, omit_null=True),
        replace(FIELD, order=0),
        replace(FIELD, default="0"),
        replace(FIELD, rules=(SIZES,)),
        replace(FIELD, rules=(Rule(RuleKind.ENUM, options=("M", "S")), Rule(RuleKind.SLUG))),
        replace(FIELD, created_at="2031-01-01T00:00:00Z"),
        replace(FIELD, updated_at="2031-01-01T00:00:00Z"),
        replace(FIELD, unread_rules=1),
    ],
)
def test_everything_about_a_field_counts(field: FieldDefinition) -> None:
    assert fingerprint(with_field(field)) != fingerprint(STORE)


@pytest.mark.parametrize(
    "store",
    [
        replace(STORE, flows=STORE.flows[:1]),
        replace(STORE, flows=(replace(FLOW, enabled=False), STORE.flows[1])),
        replace(STORE, flows=(replace(FLOW, name="X"), STORE.flows[1])),
        replace(STORE, flows=(replace(FLOW, description="X"), STORE.flows[1])),
        replace(STORE, flows=(replace(FLOW, created_at="2031"), STORE.flows[1])),
        replace(STORE, quarantined=()),
        replace(STORE, problems=(PROBLEM,)),
    ],
)
def test_everything_about_the_store_counts(store: StoreDefinitions) -> None:
    assert fingerprint(store) != fingerprint(STORE)
