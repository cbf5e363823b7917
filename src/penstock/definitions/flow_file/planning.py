"""The steps from what a store holds to what a file declares, in an order that works, and what upstream would not do.

Never here: the taking of the steps, what they do to the GraphQL schema.
Source: CONTRACT §9.1 (core slugs stay, an empty text changes nothing), §9.2 (the type stays, reserved slugs), §5, R19.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from penstock.definitions.flow_file.comparing import differences, field_body, flow_body
from penstock.definitions.flow_file.judging import FieldPlace, flow_reasons, judge_field
from penstock.definitions.flow_file.model import (
    DeclaredField,
    DeclaredFlow,
    DeclaredStore,
    HeldField,
    HeldFlow,
    HeldStore,
)
from penstock.definitions.flow_file.steps import FlowPlan, Step, StepKind
from penstock.definitions.parse import MOST_FIELDS


@dataclass(frozen=True, slots=True)
class StoreRules:
    """What upstream keeps for itself.

    Attributes:
        core_flows: Slugs of flows that extend upstream's own resources: they cannot be deleted.
        reserved: Flow slug → keys that no field of it may have.
    """

    core_flows: frozenset[str]
    reserved: Callable[[str], frozenset[str]]


@dataclass(slots=True)
class _Steps:
    """The steps by their turn."""

    flows: list[Step] = field(default_factory=list)
    fields: list[Step] = field(default_factory=list)
    field_destroys: list[Step] = field(default_factory=list)
    flow_destroys: list[Step] = field(default_factory=list)
    forbidden: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plan_flows(declared: DeclaredStore, held: HeldStore, rules: StoreRules) -> FlowPlan:
    """The plan; without steps and without anything forbidden where the store is as the file declares it."""
    steps = _Steps(notes=list(held.notes))
    by_slug = {flow.attributes.slug: flow for flow in held.flows}
    wanted = {flow.attributes.slug for flow in declared.flows}
    claimed: set[str] = set()
    for flow in declared.flows:
        slug = flow.attributes.slug
        found = by_slug.get(slug) or by_slug.get(flow.was or "")
        if found is not None:
            claimed.add(found.attributes.slug)
        _plan_flow(flow, found, slug in held.closed, rules, steps)
    for slug, left in by_slug.items():
        if slug not in wanted and slug not in claimed:
            _leave_flow(left, rules, steps)
    ordered = (*steps.flows, *steps.fields, *steps.field_destroys, *steps.flow_destroys)
    return FlowPlan(ordered, tuple(steps.forbidden), tuple(steps.notes))


def _plan_flow(flow: DeclaredFlow, held: HeldFlow | None, closed: bool, rules: StoreRules, steps: _Steps) -> None:
    slug = flow.attributes.slug
    body = flow_body(flow.attributes)
    parts = differences({} if held is None else flow_body(held.attributes), body)
    reasons = flow_reasons(flow, held, parts, rules.core_flows, closed=closed)
    kind = StepKind.FORBIDDEN if reasons else StepKind.ADD if held is None else StepKind.CHANGE
    step = Step(kind, "flow", slug, slug, id=held.id if held else None, line=flow.line, parts=parts, reasons=reasons)
    if reasons:
        steps.forbidden.append(step)
    elif parts:
        steps.flows.append(step)
    _plan_fields(flow, held, rules, steps)


def _plan_fields(flow: DeclaredFlow, held: HeldFlow | None, rules: StoreRules, steps: _Steps) -> None:
    slug = flow.attributes.slug
    place = FieldPlace(slug, rules.reserved(slug), held is None or held.own, held.closed if held else ())
    by_slug = {found.attributes.slug: found for found in held.fields} if held else {}
    wanted = {found.attributes.slug for found in flow.fields}
    claimed: set[str] = set()
    adds: list[Step] = []
    for found in flow.fields:
        match = by_slug.get(found.attributes.slug) or by_slug.get(found.was or "")
        if match is not None:
            claimed.add(match.id)
        step = _field_step(found, match, held, place)
        if step is None:
            continue
        target = steps.forbidden if step.kind is StepKind.FORBIDDEN else steps.fields
        target.append(step)
        adds.extend([step] if step.kind is StepKind.ADD else [])
    _refuse_overflow(len(by_slug) + len(place.closed), adds, steps)
    left = [match for key, match in by_slug.items() if key not in wanted and match.id not in claimed]
    for match in left:
        _leave_field(slug, held, match, steps)


def _field_step(found: DeclaredField, match: HeldField | None, held: HeldFlow | None, place: FieldPlace) -> Step | None:
    body = field_body(found.attributes)
    parts = differences({} if match is None else field_body(match.attributes), body)
    reasons = judge_field(found, match, parts, place)
    if not parts and not reasons:
        return None
    return Step(
        kind=StepKind.FORBIDDEN if reasons else StepKind.ADD if match is None else StepKind.CHANGE,
        subject="field",
        flow=place.flow,
        slug=found.attributes.slug,
        id=match.id if match else None,
        flow_id=held.id if held else None,
        line=found.line,
        parts=parts,
        reasons=reasons,
    )


def _refuse_overflow(present: int, adds: Iterable[Step], steps: _Steps) -> None:
    """Forbid the additions for which the flow has no room before what is to be destroyed is gone."""
    room = MOST_FIELDS - present
    for step in list(adds)[max(0, room) :]:
        steps.fields.remove(step)
        reason = (
            f"The flow holds {present} fields and the store takes {MOST_FIELDS}; what is destroyed goes last. "
            "Take the surplus away with --allow-destroy first, then add."
        )
        steps.forbidden.append(
            Step(StepKind.FORBIDDEN, "field", step.flow, step.slug, line=step.line, parts=step.parts, reasons=(reason,))
        )


def _leave_flow(left: HeldFlow, rules: StoreRules, steps: _Steps) -> None:
    slug = left.attributes.slug
    if slug in rules.core_flows:
        steps.notes.append(
            f"Flow {slug} is not in the file; upstream deletes no flow of its own resources, so it stays."
        )
    elif not left.own:
        steps.notes.append(f"Flow {slug} is not in the file; it belongs to the organisation and stays.")
    else:
        count = len(left.fields) + len(left.closed)
        reason = f"with its {count} field{'' if count == 1 else 's'} and all of its entries"
        steps.flow_destroys.append(Step(StepKind.DESTROY, "flow", slug, slug, id=left.id, reasons=(reason,)))


def _leave_field(flow: str, held: HeldFlow | None, left: HeldField, steps: _Steps) -> None:
    slug = left.attributes.slug
    if not left.own:
        steps.notes.append(f"Field {flow}.{slug} is not in the file; it belongs to the organisation and stays.")
        return
    flow_id = held.id if held else None
    reason = "with its value on every row"
    steps.field_destroys.append(
        Step(StepKind.DESTROY, "field", flow, slug, id=left.id, flow_id=flow_id, reasons=(reason,))
    )
