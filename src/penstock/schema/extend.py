"""A store's definitions joined with the tables: every resource with its custom fields and relationships.

Never here: GraphQL types, Strawberry, I/O.
Source: GRAPHQL conventions; CONTRACT §9.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from penstock.definitions.model import FieldDefinition, FieldType, FlowDefinition, Problem, StoreDefinitions
from penstock.definitions.naming import assign_field_names
from penstock.definitions.type_naming import assign_type_names
from penstock.resources.attributes import Attribute
from penstock.resources.catalogue import CORE_FLOWS, FUTURE_NAMES, core_of
from penstock.resources.custom import attribute_of, relation_of, target_of
from penstock.resources.entry import entry_resource
from penstock.resources.rows import Mutation, Resource, Verb
from penstock.resources.ways import Relation, Route
from penstock.schema.reserved import RESERVED_ROOTS, RESERVED_TYPES

_NEED_INPUT: frozenset[Verb] = frozenset({"create", "update", "relate"})
_EVERYWHERE = frozenset({"customField", "customFields", "id", "type", "meta", "links", "relationships"})


@dataclass(frozen=True, slots=True)
class _Targets:
    """What the words of relationship rules lead to: type and GET by id; and which of the types are entries."""

    by_word: dict[str, tuple[str, Route]]
    entries: frozenset[str]

    def of(self, word: str) -> tuple[tuple[str, Route] | None, str]:
        """Where a word leads, and what a reference to it says it is."""
        found = self.by_word.get(word) or self.by_word.get(_hyphen_blind(word))
        return found, "entry" if found is not None and found[0] in self.entries else word


def extend(definitions: StoreDefinitions) -> tuple[dict[str, Resource], tuple[Problem, ...]]:
    """Every resource of the store by GraphQL type name, and what could not be served as it is."""
    entries, problems = _entry_resources(definitions)
    resources = {resource.type_name: resource for resource in (*core_of(definitions.mandatory_address_keys), *entries)}
    targets: dict[str, tuple[str, Route]] = {}
    for resource in resources.values():
        if resource.relation_key and resource.one:
            # A word of upstream's own means upstream's own resource, whatever a store calls a flow of its own.
            targets.setdefault(resource.relation_key, (resource.type_name, resource.one))
    targets |= {_hyphen_blind(key): target for key, target in targets.items() if _hyphen_blind(key) not in targets}
    taken_types = set(RESERVED_TYPES) | set(resources)
    served = _Targets(targets, frozenset(entry.type_name for entry in entries))
    extended = {name: _extend_one(resource, definitions, served, taken_types) for name, resource in resources.items()}
    clashes = (problem for resource in resources.values() for problem in _clashes(resource, definitions))
    return extended, (*problems, *clashes)


def _entry_resources(definitions: StoreDefinitions) -> tuple[list[Resource], tuple[Problem, ...]]:
    flows = [flow for flow in definitions.flows if flow.slug.lower() not in CORE_FLOWS]
    names, found = assign_type_names(flows, RESERVED_TYPES, RESERVED_ROOTS)
    problems = [*found, *_disguised(definitions)]
    resources = []
    for flow in flows:
        given = names.get(flow.slug)
        if flow.enabled and given is not None:
            about = "\n\n".join(
                part for part in (flow.name, flow.description, f"Entry of the flow `{flow.slug}`.") if part
            )
            resources.append(entry_resource(flow.slug, about, given))
    return resources, tuple(problems)


def _disguised(definitions: StoreDefinitions) -> list[Problem]:
    """Flows whose slug a store might read as a core one: entries of core flows are personal data (§9.7)."""
    reason = (
        "The slug is that of a core flow but for its capitals; entries of core flows are never served. "
        "Give the flow another slug."
    )
    flows = (flow.slug for flow in definitions.flows if flow.slug not in CORE_FLOWS)
    return [Problem(slug, None, None, reason) for slug in flows if slug.lower() in CORE_FLOWS]


def _clashes(resource: Resource, definitions: StoreDefinitions) -> list[Problem]:
    """Fields whose slug is one of upstream's own keys (§9.2 reserves them): a write could not tell the two apart."""
    flow = definitions.flow(resource.flow) if resource.flow else None
    if flow is None:
        return []
    reason = "The slug is a key of upstream's own; the field is served for reading only. Give it another slug."
    return [
        Problem(flow.slug, field.slug, field.id, reason)
        for field in flow.fields
        if field.slug in resource.core_keys and field.field_type is not FieldType.RELATIONSHIP
    ]


def _extend_one(
    resource: Resource,
    definitions: StoreDefinitions,
    served: _Targets,
    taken_types: set[str],
) -> Resource:
    flow = definitions.flow(resource.flow) if resource.flow else None
    quarantined = tuple((field_id, slug) for owner, field_id, slug in definitions.quarantined if owner == resource.flow)
    if flow is None:
        return replace(resource, quarantined=quarantined, mutations=_useful(resource))
    if not flow.enabled:
        flow = _all_disabled(flow)
    names = assign_field_names(flow.fields, _reserved_names(resource))
    attributes: list[Attribute] = []
    relations: list[Relation] = []
    for field in flow.fields:
        name = names[field.id]
        if field.field_type is FieldType.RELATIONSHIP:
            relations.append(relation_of(field, name, *served.of(target_of(field) or "")))
        else:
            row = attribute_of(field, name, resource.type_name, taken_types)
            clashes = field.slug in resource.core_keys
            attributes.append(replace(row, create="absent", update="absent") if clashes else row)
    extended = replace(
        resource,
        attributes=(*resource.attributes, *attributes),
        relations=tuple(relations),
        quarantined=quarantined,
    )
    return replace(extended, mutations=_useful(extended))


def _useful(resource: Resource) -> tuple[Mutation, ...]:
    """The mutations that have something to write: no update without a writable attribute."""
    return tuple(
        mutation for mutation in resource.mutations if mutation.verb not in _NEED_INPUT or resource.input_of(mutation)
    )


def _all_disabled(flow: FlowDefinition) -> FlowDefinition:
    """The fields of a disabled flow are not emitted upstream (Q14): each counts as disabled."""
    fields: tuple[FieldDefinition, ...] = tuple(
        replace(field, enabled=False, updated_at=field.updated_at if not field.enabled else flow.updated_at)
        for field in flow.fields
    )
    return replace(flow, fields=fields)


def _reserved_names(resource: Resource) -> frozenset[str]:
    names = (
        *(row.name for row in resource.attributes),
        *(group.name for group in resource.groups),
        *(edge.name for edge in resource.edges),
        *((resource.session.name,) if resource.session else ()),
    )
    return frozenset(names) | _EVERYWHERE | FUTURE_NAMES.get(resource.type_name, frozenset())


def _hyphen_blind(word: str) -> str:
    """Upstream does not spell the targets of rules consistently: `shipping-provider` is `shipping_provider`."""
    return word.replace("-", "_")
