"""What a store holds, from upstream's documents, as a file could describe it.

A flow or field that a file cannot describe (an unknown type, a name that is no text) is left alone and said so.

Never here: the reading that the gateway itself does (`definitions.parse`): it cleans what this keeps verbatim.
Source: CONTRACT §9.1 (templates, owner), §9.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from penstock.definitions.age import age_key
from penstock.definitions.field_parsing import read_field_type, read_id, read_timestamps
from penstock.definitions.flow_file.held_values import Values
from penstock.definitions.flow_file.model import FieldAttributes, FlowAttributes, HeldField, HeldFlow, HeldStore
from penstock.definitions.model import FieldType
from penstock.definitions.text import shown


@dataclass(frozen=True, slots=True)
class StoreDocuments:
    """What upstream answered.

    Attributes:
        flows: The decoded `data` of `GET /v2/flows`.
        fields: Flow slug → the decoded `data` of `GET /v2/flows/{slug}/fields`.
        settings: The decoded `data` of `GET /v2/settings`, or None where it was not read.
    """

    flows: object
    fields: Mapping[str, object]
    settings: object = None


def hold(documents: StoreDocuments) -> HeldStore:
    """What the store holds, flows sorted by slug; of two that share a slug the older counts. Never raises."""
    notes: list[str] = []
    closed: list[str] = []
    flows: dict[str, HeldFlow] = {}
    for raw in _by_age(documents.flows):
        values = Values(raw)
        flow = _flow(values)
        slug = flow.attributes.slug
        if "(" in str(raw.get("slug")):
            continue  # a template of the product catalogue, no flow of anybody's
        if slug in flows:
            values.refuse("has the slug of an older flow")
        if values.reasons:
            notes.append(f"Flow {shown(raw.get('slug'))} {values.reasons[0]}; it is left alone.")
            closed.append(slug)
        else:
            flows[slug] = _with_fields(flow, documents.fields.get(slug), notes)
    return HeldStore(tuple(flows[slug] for slug in sorted(flows)), tuple(closed), tuple(sorted(notes)))


def _by_age(listed: object) -> Iterable[Mapping[str, object]]:
    found = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return sorted(found, key=lambda raw: age_key(read_timestamps(raw)[0], read_id(raw.get("id"))))


def _with_fields(flow: HeldFlow, listed: object, notes: list[str]) -> HeldFlow:
    fields: dict[str, HeldField] = {}
    closed: list[str] = []
    for raw in _by_age(listed):
        values = Values(raw)
        field = _field(values)
        slug = field.attributes.slug
        if slug in fields:
            values.refuse("has the slug of an older field of the flow")
        if values.reasons:
            notes.append(
                f"Field {shown(raw.get('slug'))} of {flow.attributes.slug} {values.reasons[0]}; it is left alone."
            )
            closed.append(slug)
        else:
            fields[slug] = field
    ordered = sorted(fields.values(), key=lambda held: (held.attributes.order is None, held.attributes.order or 0))
    return replace(flow, fields=tuple(ordered), closed=tuple(closed))


def _flow(values: Values) -> HeldFlow:
    attributes = FlowAttributes(
        slug=values.address("slug"),
        name=values.text("name"),
        description=values.text("description", absent=""),
        enabled=values.flag("enabled", absent=True),
    )
    return HeldFlow(values.id(), values.is_own(), attributes, ())


def _field(values: Values) -> HeldField:
    field_type = read_field_type(values.raw.get("field_type"))
    if field_type is None:
        values.refuse(f"has the type {shown(values.raw.get('field_type'))}, which is unknown")
    rules = values.rules()
    is_relationship = field_type is FieldType.RELATIONSHIP
    if is_relationship and not rules:
        values.refuse("is a relationship without a target")
    attributes = FieldAttributes(
        slug=values.text("slug"),
        name=values.text("name"),
        description=values.text("description", absent=""),
        field_type="" if field_type is None else field_type.value,
        required=values.flag("required", absent=False) and not is_relationship,
        enabled=values.flag("enabled", absent=True),
        order=values.order(),
        omit_null=values.flag("omit_null", absent=False),
        default=values.scalar("default"),
        rules=rules,
    )
    return HeldField(values.id(), values.is_own(), attributes)
