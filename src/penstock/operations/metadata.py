"""What the gateway says about itself and its custom fields: schemaInfo, fieldDefinitions, customField, customFields.

Never here: upstream calls; a custom value is read from a row that is here already.
Source: GRAPHQL conventions (escape hatch, metadata).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from penstock.definitions.coerce import INT32_MAX, INT32_MIN
from penstock.definitions.model import JSON, FieldDefinition, FlowDefinition, Number
from penstock.operations.chronicle import NEVER_USED, Chronicle
from penstock.operations.values import Row, at
from penstock.resources.rows import Resource
from penstock.schema.generation import Generation

_decoder = msgspec.json.Decoder()


def schema_info(generation: Generation, chronicle: Chronicle) -> dict[str, JSON]:
    """The `schemaInfo` of a generation and of what is known around it, under GraphQL names."""
    return {
        "version": generation.version,
        "fingerprint": generation.fingerprint,
        "loadedAt": datetime.fromtimestamp(generation.loaded_at, UTC).isoformat().replace("+00:00", "Z"),
        "source": generation.source,
        "problems": [
            {"flow": problem.flow, "slug": problem.slug, "fieldId": problem.field_id, "reason": problem.reason}
            for problem in generation.problems
        ],
        "held": chronicle.held(),
        "changes": [*chronicle.changes()],
        "impact": [*chronicle.impact()],
    }


def first_of(items: JSON, first: JSON) -> JSON:
    """The first so many of a list; all where no number is given, none of a number below zero."""
    return items[: max(0, first)] if isinstance(items, list) and isinstance(first, int) else items


def field_definitions(generation: Generation, flow: str | None, last_used: Mapping[str, str]) -> list[JSON]:
    """The `fieldDefinitions` of a generation, of one flow or of all; an unknown flow has none."""
    names = graphql_names(generation)
    made: list[JSON] = []
    for definition in generation.definitions.flows:
        if flow is None or flow == definition.slug:
            made += [_definition(field, definition, names.get(field.id), last_used) for field in definition.fields]
            made += [
                _quarantined(owner, identity, slug)
                for owner, identity, slug in generation.definitions.quarantined
                if owner == definition.slug
            ]
    return made


def custom_value(generation: Generation, resource: Resource, row: Row, slug: str, last_used: Mapping[str, str]) -> JSON:
    """The raw value under a custom key, or None where there is no such key, or it is upstream's own."""
    known = _definitions_by_slug(generation, resource, last_used)
    if slug not in known and (
        slug in resource.core_keys or (slug not in row and at(row, ("relationships", slug)) is None)
    ):
        return None
    return {"slug": slug, "value": _raw(row, slug), "definition": known.get(slug)}


def custom_values(
    generation: Generation, resource: Resource, row: Row, last_used: Mapping[str, str] = NEVER_USED
) -> list[JSON]:
    """Every custom value of a row: the schema's fields, quarantined ones, and keys newer than the schema."""
    known, core = _definitions_by_slug(generation, resource, last_used), resource.core_keys
    slugs = dict.fromkeys([*known, *(key for key in row if key not in core)])
    return [{"slug": slug, "value": _raw(row, slug), "definition": known.get(slug)} for slug in slugs]


def _raw(row: Row, slug: str) -> JSON:
    if slug in row:
        return row[slug]
    value = at(row, ("relationships", slug))
    return value.get("data") if isinstance(value, dict) and "data" in value else value


class _DefinitionsBySlug(dict[str, dict[str, JSON]]):
    """Type name → slug → definition, kept on the generation: a page of rows asks for the same again and again."""

    def __init__(self, last_used: Mapping[str, str]) -> None:
        super().__init__()
        self.last_used = last_used


def _definitions_by_slug(generation: Generation, resource: Resource, last_used: Mapping[str, str]) -> dict[str, JSON]:
    kept = generation.prepared.get(_DefinitionsBySlug)
    if not isinstance(kept, _DefinitionsBySlug) or kept.last_used is not last_used:
        kept = generation.prepared[_DefinitionsBySlug] = _DefinitionsBySlug(last_used)
    found = kept.get(resource.type_name)
    if found is None:
        found = kept[resource.type_name] = _read_definitions(generation, resource, last_used)
    return found


def _read_definitions(generation: Generation, resource: Resource, last_used: Mapping[str, str]) -> dict[str, JSON]:
    flow = generation.definitions.flow(resource.flow) if resource.flow else None
    if flow is None:
        return {}
    names = graphql_names(generation)
    served = {field.slug: _definition(field, flow, names.get(field.id), last_used) for field in flow.fields}
    for identity, slug in resource.quarantined:
        served.setdefault(slug, _quarantined(flow.slug, identity, slug))
    return served


def graphql_names(generation: Generation) -> dict[str, tuple[str, str]]:
    """Where each custom field stands in the schema: its id → type and field."""
    names: dict[str, tuple[str, str]] = {}
    for resource in generation.description.resources.values():
        fields = [(row.field, row.name) for row in resource.attributes]
        fields += [(relation.field, relation.name) for relation in resource.relations]
        fields += [(tombstone.field, tombstone.name) for tombstone in resource.tombstones]
        names |= {field.id: (resource.type_name, name) for field, name in fields if field is not None}
    return names


def _definition(
    field: FieldDefinition, flow: FlowDefinition, names: tuple[str, str] | None, last_used: Mapping[str, str]
) -> JSON:
    rules: list[JSON] = [
        {
            "type": rule.kind.value,
            "options": list(rule.options) or None,
            "min": _as_float(rule.minimum),
            "max": _as_float(rule.maximum),
            "to": rule.target,
        }
        for rule in field.rules
    ]
    return {
        "id": field.id,
        "flow": flow.slug,
        "slug": field.slug,
        "name": field.name,
        "description": field.description,
        "fieldType": field.field_type.value,
        "required": field.required,
        "enabled": field.enabled and flow.enabled,
        "omitNull": field.omit_null,
        "order": field.order if field.order is None or INT32_MIN <= field.order <= INT32_MAX else None,
        "default": _decoder.decode(field.default),
        "rules": rules,
        "graphqlType": names[0] if names else None,
        "graphqlField": names[1] if names else None,
        "createdAt": field.created_at or None,
        "updatedAt": field.updated_at or None,
        "lastUsedAt": last_used.get(field.id),
    }


def _as_float(bound: Number | None) -> float | None:
    return None if bound is None else float(bound)


def _quarantined(flow: str, identity: str, slug: str) -> JSON:
    return {
        "id": identity,
        "flow": flow,
        "slug": slug,
        "name": None,
        "description": None,
        "fieldType": None,
        "required": False,
        "enabled": False,
        "omitNull": False,
        "order": None,
        "default": None,
        "rules": [],
        "graphqlType": None,
        "graphqlField": None,
        "createdAt": None,
        "updatedAt": None,
        "lastUsedAt": None,
    }
