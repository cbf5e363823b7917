"""What a store would answer after a plan: the same as it does answer, once the plan is carried out."""

from __future__ import annotations

from penstock.definitions import parse_definitions
from penstock.definitions.flow_file import StoreDocuments, after, hold, plan_flows, read_flow_file
from tests.definitions.flow_file.files import RULES, flow, held_field

TEXT = """
flows:
  customers:
    name: customers
    fields:
      size: {name: Size, type: float}
      new: {name: new, type: string}
  wants:
    name: wishes
    description: wishes
    was: wishes
    fields:
      title: {name: title, type: string}
  pets: {name: Pets, fields: {kind: {name: Kind, type: string}}}
"""
DOCUMENTS = StoreDocuments(
    [flow("customers"), flow("wishes"), flow("gone")],
    {"customers": [held_field("size", "float"), held_field("old")], "wishes": [held_field("title")], "gone": []},
)


def test_after_all_steps_the_store_is_as_declared() -> None:
    declared = read_flow_file(TEXT).declared
    plan = plan_flows(declared, hold(DOCUMENTS), RULES)

    result = after(DOCUMENTS, plan.writes(destroy=True))

    assert plan_flows(declared, hold(result), RULES).steps == ()


def test_after_the_steps_without_destruction_only_destruction_is_left() -> None:
    declared = read_flow_file(TEXT).declared
    plan = plan_flows(declared, hold(DOCUMENTS), RULES)

    result = after(DOCUMENTS, plan.writes(destroy=False))

    left = plan_flows(declared, hold(result), RULES).steps
    assert [step.name for step in left] == ["customers.old", "gone"]


def test_the_gateway_can_read_what_is_planned() -> None:
    plan = plan_flows(read_flow_file(TEXT).declared, hold(DOCUMENTS), RULES)

    result = after(DOCUMENTS, plan.writes(destroy=True))

    definitions = parse_definitions(result.flows, result.fields)
    assert definitions.problems == ()
    assert [found.slug for found in definitions.flows] == ["customers", "pets", "wants"]
    assert {found.slug: found.id for found in definitions.flows[0].fields}["size"] == "id-size"


def test_what_is_changed_was_not_changed_long_ago() -> None:
    stamps = {"created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z"}
    meta = {"owner": "store", "timestamps": stamps}
    documents = StoreDocuments([flow("pets", meta=meta)], {"pets": [held_field("kind", meta=meta)]})
    declared = read_flow_file("flows: {pets: {name: pets, enabled: false}}").declared

    result = after(documents, plan_flows(declared, hold(documents), RULES).writes(destroy=False))

    pets = parse_definitions(result.flows, result.fields).flows[0]
    assert (pets.enabled, pets.created_at, pets.updated_at) == (False, "2025-01-01T00:00:00Z", "")
    assert pets.fields[0].updated_at == "2025-01-01T00:00:00Z"
