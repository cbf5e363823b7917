"""What holds for any store and any file: a plan leads where it says, once, and destroys nothing unasked."""

from __future__ import annotations

from hypothesis import assume, given

from penstock.definitions import parse_definitions
from penstock.definitions.flow_file import (
    DeclaredStore,
    StepKind,
    StoreDocuments,
    after,
    hold,
    plan_flows,
    read_flow_file,
    write_flow_file,
)
from tests.definitions.flow_file.files import RULES
from tests.definitions.flow_file.random_stores import stores


def declared_by(documents: StoreDocuments) -> DeclaredStore:
    """What the export of a store declares."""
    return read_flow_file(write_flow_file(hold(documents))).declared


@given(stores(), stores())
def test_a_plan_leads_to_what_the_file_declares(wanted: StoreDocuments, present: StoreDocuments) -> None:
    declared = declared_by(wanted)
    plan = plan_flows(declared, hold(present), RULES)
    assume(not plan.forbidden)

    result = after(present, plan.writes(destroy=True))

    again = plan_flows(declared, hold(result), RULES)
    assert (again.steps, again.forbidden) == ((), ())


@given(stores(), stores())
def test_without_leave_nothing_that_is_there_goes(wanted: StoreDocuments, present: StoreDocuments) -> None:
    plan = plan_flows(declared_by(wanted), hold(present), RULES)

    result = hold(after(present, plan.writes(destroy=False)))

    before = hold(present)
    assert {flow.id for flow in before.flows} <= {flow.id for flow in result.flows}
    kept = {field.id for flow in result.flows for field in flow.fields}
    assert {field.id for flow in before.flows for field in flow.fields} <= kept


@given(stores(), stores())
def test_only_what_the_file_does_not_name_is_destroyed(wanted: StoreDocuments, present: StoreDocuments) -> None:
    declared = declared_by(wanted)

    plan = plan_flows(declared, hold(present), RULES)

    named = {flow.attributes.slug: {field.attributes.slug for field in flow.fields} for flow in declared.flows}
    for step in plan.of(StepKind.DESTROY):
        assert step.slug not in (named if step.subject == "flow" else named[step.flow])


@given(stores(), stores())
def test_the_gateway_can_read_whatever_comes_of_a_plan(wanted: StoreDocuments, present: StoreDocuments) -> None:
    plan = plan_flows(declared_by(wanted), hold(present), RULES)

    result = after(present, plan.writes(destroy=True))

    parse_definitions(result.flows, result.fields)
