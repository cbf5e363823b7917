"""Flows and their fields, written: judged first, then sent once, then the schema is made anew.

Never here: what a definition means to the schema.
Source: CONTRACT §5 (100 fields a flow), §9.1-9.3, R19.
"""

from __future__ import annotations

from penstock.definitions.authoring import BodyFault, field_faults, name_faults
from penstock.definitions.model import JSON, FlowDefinition
from penstock.operations.judging import UserError
from penstock.operations.rows import read_many, read_one
from penstock.operations.values import at
from penstock.operations.writes.outcome import Outcome
from penstock.operations.writes.write import Write, held_row
from penstock.resources.catalogue import CORE_FLOWS
from penstock.resources.flow import FIELDS_OF_FLOW, FLOW, MOST_FIELDS
from penstock.resources.rows import ENVELOPE_KEYS
from penstock.upstream.wire import envelope, is_id, target

_NOT_ALLOWED = 405


async def define(write: Write) -> Outcome:
    """Judge, write once, let the schema follow."""
    body, errors = write.judge()
    if errors:
        return Outcome(errors=tuple(errors))
    is_flow = write.resource.type_name == FLOW.type_name
    async with write.alone():
        errors = _flow_errors(write, body) if is_flow else await _field_errors(write, body)
        if errors:
            return Outcome(errors=tuple(errors))
        response = await write.send(_envelope(write, body))
    if response.status == _NOT_ALLOWED:
        return Outcome(errors=(_CORE_STAYS,))
    if not 200 <= response.status < 300:
        return write.refused(response)
    row = None if write.mutation.is_deletion else read_one(response, write.mutation.route.template)
    trouble = await write.context.services.redefine()
    warnings: tuple[JSON, ...] = ({"code": "SCHEMA_NOT_RENEWED", "message": trouble, "id": None},) if trouble else ()
    if row is None:
        return Outcome(deleted_id=write.values["id"], warnings=warnings)
    return Outcome(response=response, warnings=warnings)


_CORE_STAYS = UserError(
    "REJECTED", ("id",), "A flow of the store's own resources cannot be deleted. Disable it, or give it another slug."
)


def _flow_errors(write: Write, body: dict[str, JSON]) -> list[UserError]:
    definitions = write.context.generation.definitions
    held = next((flow for flow in definitions.flows if flow.id == write.values.get("id")), None)
    if write.mutation.is_deletion:
        return [_CORE_STAYS] if held is not None and held.slug in CORE_FLOWS else []
    errors = _as_errors(name_faults(body))
    slug = body.get("slug")
    twin = definitions.flow(slug) if isinstance(slug, str) else None
    if twin is not None and (held is None or twin.id != held.id):
        errors.append(UserError("CONFLICT", ("input", "slug"), "Another flow has this slug."))
    return errors


async def _field_errors(write: Write, body: dict[str, JSON]) -> list[UserError]:
    """What is wrong with a field; ``body`` is brought into upstream's own form on the way."""
    mutation = write.mutation
    if mutation.is_deletion:
        return []
    if "validation_rules" in body:
        body["validation_rules"] = _rules(body["validation_rules"])
    given = frozenset(body)
    if "id" not in write.values:
        flow = _flow(write, body.pop("flow_id"))
        if isinstance(flow, UserError):
            return [flow]
        body["relationships"] = {"flow": {"data": {"type": "flow", "id": flow.id}}}
        errors = _as_errors(field_faults(body, given, _reserved(write, flow))) + _twins(flow, body, None)
        return errors or await _crowd(write, flow)
    where = write.where()
    response = await write.context.loader.load(mutation.route.template, where)
    write.context.loader.forget()
    if not 200 <= response.status < 300:
        return list(write.refused(response).errors)
    held = held_row(write, response)
    owner = next((one for one in _flows(write) if one.id == at(held, ("relationships", "flow", "data", "id"))), None)
    return _as_errors(field_faults({**held, **body}, given, _reserved(write, owner))) + _twins(owner, body, held["id"])


def _flow(write: Write, flow_id: JSON) -> FlowDefinition | UserError:
    found = next((flow for flow in _flows(write) if flow.id == flow_id), None)
    if found is not None:
        return found
    if isinstance(flow_id, str) and is_id(flow_id):
        return UserError("NOT_FOUND", ("input", "flowId"), "There is no flow with this id.")
    return UserError("INVALID", ("input", "flowId"), "flowId is not an id.")


def _flows(write: Write) -> tuple[FlowDefinition, ...]:
    return write.context.generation.definitions.flows


def _twins(flow: FlowDefinition | None, body: dict[str, JSON], own_id: JSON) -> list[UserError]:
    """That another field of the flow has the slug which is given, if one has."""
    fields = flow.fields if flow is not None else ()
    if not any(field.slug == body.get("slug") and field.id != own_id for field in fields):
        return []
    return [UserError("CONFLICT", ("input", "slug"), "Another field of this flow has this slug.")]


def _reserved(write: Write, flow: FlowDefinition | None) -> frozenset[str]:
    """The keys that upstream keeps for itself on what a flow extends; those of every row where no more is known."""
    resources = write.context.generation.description.resources.values()
    return next((one.core_keys for one in resources if flow and one.flow == flow.slug), ENVELOPE_KEYS)


async def _crowd(write: Write, flow: FlowDefinition) -> list[UserError]:
    """A flow that seems full is counted again: fields may have gone since the schema was made."""
    if len(flow.fields) < MOST_FIELDS or not is_id(flow.slug):
        return []
    route = FIELDS_OF_FLOW.template
    response = await write.context.loader.load(route, target(route, {"slug": flow.slug}))
    write.context.loader.forget()
    if response.status != 200 or len(read_many(response, route, lambda _reason: None)[0]) < MOST_FIELDS:
        return []
    said = f"A flow can have {MOST_FIELDS} fields: delete one first."
    return [UserError("LIMIT_REACHED", ("input", "flowId"), said)]


def _rules(given: JSON) -> list[JSON]:
    """Rules of the input in upstream's own form (§9.3)."""
    made: list[JSON] = []
    for rule in given if isinstance(given, list) else []:
        if not isinstance(rule, dict):
            continue
        said: dict[str, JSON] = {"type": rule["type"]}
        if rule.get("options") is not None:
            said["options"] = rule["options"]
        if rule.get("min") is not None or rule.get("max") is not None:
            said["options"] = {"from": _whole(rule.get("min")), "to": _whole(rule.get("max"))}
        if rule.get("to") is not None:
            said["to"] = rule["to"]
        made.append(said)
    return made


def _whole(number: JSON) -> JSON:
    """A bound as upstream takes it of an integer field: without a fraction where it has none."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


_NAMES = {"validation_rules": "rules", "field_type": "fieldType"}


def _as_errors(faults: list[BodyFault]) -> list[UserError]:
    return [
        UserError(fault.code, ("input", *(_NAMES.get(step, step) for step in fault.path)), fault.message)
        for fault in faults
    ]


def _envelope(write: Write, body: dict[str, JSON]) -> bytes:
    mutation = write.mutation
    if mutation.is_deletion:
        return b""
    return envelope(mutation.item_type, {"id": write.values["id"], **body} if "id" in write.values else body)
