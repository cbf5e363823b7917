"""A store's definitions joined with the tables: every resource with its custom fields and relationships.

Never here: GraphQL types, Strawberry, I/O.
Source: GRAPHQL conventions; CONTRACT §9.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from penstock.definitions.lock import NO_LOCK, Lock, Pins, owners_of
from penstock.definitions.model import FieldDefinition, FieldType, FlowDefinition, Problem, StoreDefinitions
from penstock.definitions.naming import assign_field_names
from penstock.resources.attributes import Attribute
from penstock.resources.catalogue import CORE_FLOWS, FUTURE_NAMES, core_of
from penstock.resources.custom import EnumNames, attribute_of, deprecation_of, relation_of, target_of
from penstock.resources.rows import Mutation, Resource, Tombstone, Verb
from penstock.resources.tombstones import farewell, tombstone_of_pin, tombstone_of_row
from penstock.resources.ways import Relation, Route
from penstock.schema.entries import EntryResource, entries_of
from penstock.schema.inner_fields import with_inner_fields
from penstock.schema.reserved import FOREIGN_NAMES, RESERVED_TYPES

_NEED_INPUT: frozenset[Verb] = frozenset({"create", "update", "relate"})
_EVERYWHERE = frozenset({"customField", "customFields", "id", "type", "meta", "links", "relationships"})


@dataclass(frozen=True, slots=True)
class Joined:
    """Definitions, lock and tables as one.

    Attributes:
        resources: Every resource by GraphQL type name.
        owners: GraphQL type name → the key under which the names of its fields are pinned.
        problems: What could not be served as it is.
    """

    resources: dict[str, Resource]
    owners: dict[str, str]
    problems: tuple[Problem, ...]


def extend(definitions: StoreDefinitions, lock: Lock = NO_LOCK) -> tuple[dict[str, Resource], tuple[Problem, ...]]:
    """Every resource of the store by GraphQL type name, and what could not be served as it is."""
    joined = join(definitions, lock)
    return joined.resources, joined.problems


def join(definitions: StoreDefinitions, lock: Lock) -> Joined:
    """Definitions, lock and tables as one: a function of these alone, whatever came before."""
    slugs = owners_of(definitions.flows, CORE_FLOWS)
    entries = entries_of(definitions, lock, slugs)
    served: list[tuple[Resource, str, FlowDefinition | None]] = []
    for resource in core_of(definitions.mandatory_address_keys):
        flow = definitions.flow(resource.flow) if resource.flow else None
        served.append((resource, resource.flow or "", flow))
    served += [(entry.resource, entry.owner, entry.flow) for entry in entries.served]
    types = frozenset(resource.type_name for resource, _, _ in served)
    pinned = frozenset(pin.type for pins in lock.fields.values() for pin in pins.values() if pin.type.endswith("Enum"))
    joiner = _Joiner(
        definitions, lock, _targets(served, entries.served), types, EnumNames({*RESERVED_TYPES, *types}, pinned)
    )
    resources = {resource.type_name: joiner.extended(resource, owner, flow) for resource, owner, flow in served}
    resources = {name: with_inner_fields(resource, resources) for name, resource in resources.items()}
    clashes = [problem for resource, _, flow in served for problem in _clashes(resource, flow)]
    return Joined(
        resources,
        {resource.type_name: owner for resource, owner, _ in served if owner},
        (*entries.problems, *_disguised(definitions), *clashes),
    )


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a relationship leads.

    Attributes:
        route: The GET by id of the type.
        item_type: What a reference to it says it is when it is written, "" for the word itself.
        farewell: Why it leads there no longer, or "".
    """

    type_name: str
    route: Route | None
    item_type: str
    farewell: str = ""


def _targets(
    served: list[tuple[Resource, str, FlowDefinition | None]], entries: tuple[EntryResource, ...]
) -> dict[str, _Target]:
    """Every word by which a rule may name a target."""
    targets: dict[str, _Target] = {}
    customs = {entry.resource.type_name for entry in entries}
    for resource, _, _ in served:
        if resource.relation_key and resource.one:
            # A word of upstream's own means upstream's own resource, whatever a store calls a flow of its own.
            targets.setdefault(
                resource.relation_key,
                _Target(resource.type_name, resource.one, "entry" if resource.type_name in customs else ""),
            )
    for entry in sorted(entries, key=lambda entry: entry.gone is not None):
        reason = farewell(entry.gone) if entry.gone else ""
        for slug in entry.slugs:
            targets.setdefault(slug, _Target(entry.resource.type_name, entry.resource.one, "entry", reason))
    for word, target in list(targets.items()):
        targets.setdefault(_hyphen_blind(word), target)
    return targets


def _disguised(definitions: StoreDefinitions) -> list[Problem]:
    """Flows whose slug a store might read as a core one: entries of core flows are personal data (§9.7)."""
    reason = (
        "The slug is that of a core flow but for its capitals; entries of core flows are never served. "
        "Give the flow another slug."
    )
    flows = (flow.slug for flow in definitions.flows if flow.slug not in CORE_FLOWS)
    return [Problem(slug, None, None, reason) for slug in flows if slug.lower() in CORE_FLOWS]


def _clashes(resource: Resource, flow: FlowDefinition | None) -> list[Problem]:
    """Fields whose slug is one of upstream's own keys (§9.2 reserves them): a write could not tell the two apart."""
    if flow is None:
        return []
    reason = "The slug is a key of upstream's own; the field is served for reading only. Give it another slug."
    return [
        Problem(flow.slug, field.slug, field.id, reason)
        for field in flow.fields
        if field.slug in resource.core_keys and field.field_type is not FieldType.RELATIONSHIP
    ]


@dataclass(frozen=True, slots=True)
class _Joiner:
    """Extends resources one after the other; `enums` remembers the names given on the way."""

    definitions: StoreDefinitions
    lock: Lock
    targets: dict[str, _Target]
    types: frozenset[str]
    enums: EnumNames

    def extended(self, resource: Resource, owner: str, flow: FlowDefinition | None) -> Resource:
        """The resource with the fields of its flow, and with those that have gone."""
        pins = self.lock.pins(owner)
        fields = flow.fields if flow is not None else ()
        known = {field.id for field in fields}
        reserved = _reserved_names(resource)
        gone_names = frozenset(pin.name for field_id, pin in pins.items() if field_id not in known)
        names = assign_field_names(fields, reserved, {key: pin.name for key, pin in pins.items()}, gone_names)
        attributes: list[Attribute] = []
        relations: list[Relation] = []
        tombstones: list[Tombstone] = []
        for field in fields:
            row = self._row(resource, field, names[field.id], owner)
            reason = self._farewell(field, flow, owner)
            if reason is not None:
                tombstones += [tombstone_of_row(row, field, reason)] if reason else []
            elif isinstance(row, Relation):
                relations.append(row)
            else:
                attributes.append(row)
        deleted = {field_id: pin for field_id, pin in pins.items() if field_id not in known}
        tombstones += self._deleted(deleted, resource.type_name, {*reserved, *names.values()})
        extended = replace(
            resource,
            attributes=(*resource.attributes, *attributes),
            relations=tuple(relations),
            tombstones=tuple(sorted(tombstones, key=lambda tombstone: tombstone.name)),
            quarantined=tuple(
                (field_id, slug)
                for slug_of_flow, field_id, slug in self.definitions.quarantined
                if flow is not None and slug_of_flow == flow.slug
            ),
        )
        return replace(extended, mutations=_useful(extended))

    def _row(self, resource: Resource, field: FieldDefinition, name: str, owner: str) -> Attribute | Relation:
        if field.field_type is FieldType.RELATIONSHIP:
            target, word = self._target(field), target_of(field) or ""
            if target is None:
                return relation_of(field, name, None, None, word)
            return relation_of(field, name, target.type_name, target.route, target.item_type or word)
        row = attribute_of(field, name, resource.type_name, self.enums, self.lock.pins(owner).get(field.id))
        clashes = field.slug in resource.core_keys
        return replace(row, create="absent", update="absent") if clashes else row

    def _deleted(self, pins: Pins, type_name: str, taken: set[str]) -> list[Tombstone]:
        """The tombstones of fields of which the lock alone tells; what cannot be shown as it was is left out."""
        tombstones = []
        for field_id, pin in sorted(pins.items()):
            is_enum_of_another = pin.type.endswith("Enum") and pin.type in self.enums.taken
            if pin.gone is None or pin.gone.is_over or pin.name in taken or is_enum_of_another:
                continue
            tombstone = tombstone_of_pin(field_id, pin, pin.gone, type_name, self.types)
            tombstones.append(tombstone)
            taken.add(pin.name)
            if tombstone.enum is not None:
                self.enums.taken.add(tombstone.enum.name)
        return tombstones

    def _target(self, field: FieldDefinition) -> _Target | None:
        word = target_of(field)
        return (self.targets.get(word) or self.targets.get(_hyphen_blind(word))) if word else None

    def _farewell(self, field: FieldDefinition, flow: FlowDefinition | None, owner: str) -> str | None:
        """Why a field is shown as a tombstone, "" where it is not shown at all, None where it is alive."""
        is_switched_off = flow is not None and not flow.enabled
        if field.enabled and not is_switched_off:
            target = self._target(field) if field.field_type is FieldType.RELATIONSHIP else None
            return (target.farewell if target else "") or None
        pin = self.lock.pins(owner).get(field.id)
        if pin is None or pin.gone is None:
            # The fields of a disabled flow are not emitted upstream (Q14): each counts as disabled.
            since = flow.updated_at if flow is not None and field.enabled else field.updated_at
            return deprecation_of(replace(field, updated_at=since))
        return "" if pin.gone.is_over else farewell(pin.gone)


def _useful(resource: Resource) -> tuple[Mutation, ...]:
    """The mutations that have something to write: no update without a writable attribute."""
    return tuple(
        mutation for mutation in resource.mutations if mutation.verb not in _NEED_INPUT or resource.input_of(mutation)
    )


def _reserved_names(resource: Resource) -> frozenset[str]:
    names = (
        *(row.name for row in resource.attributes),
        *(group.name for group in resource.groups),
        *(edge.name for edge in resource.edges),
        *((resource.session.name,) if resource.session else ()),
    )
    return frozenset(names) | _EVERYWHERE | FOREIGN_NAMES | FUTURE_NAMES.get(resource.type_name, frozenset())


def _hyphen_blind(word: str) -> str:
    """Upstream does not spell the targets of rules consistently: `shipping-provider` is `shipping_provider`."""
    return word.replace("-", "_")
