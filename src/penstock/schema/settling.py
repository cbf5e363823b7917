"""Names settled: definitions and the lock as it was give the lock as it is, in which everything has its name.

What is described afterwards is a function of the definitions and this lock alone, on every replica.

Never here: clocks, files, GraphQL types.
Source: GRAPHQL conventions (collisions, tombstones).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from penstock.definitions.aging import Look, age, disabled_since
from penstock.definitions.lock import FieldPin, FlowPin, Gone, Lock, moment, owners_of
from penstock.definitions.model import FieldDefinition, FlowDefinition, StoreDefinitions
from penstock.definitions.text import canonical
from penstock.definitions.type_naming import EntryNames
from penstock.resources.attributes import Attribute, EnumRow
from penstock.resources.catalogue import CORE_FLOWS
from penstock.resources.rows import Resource, Tombstone
from penstock.schema.entries import entries_of
from penstock.schema.extend import Joined, join

_MOST_FORMER_SLUGS = 10


def settle(definitions: StoreDefinitions, lock: Lock, look: Look) -> Lock:
    """The lock after a look at a store: what it knew, what has gone marked, what is new pinned.

    Settling again at the same moment changes nothing.

    Args:
        definitions: What the store says.
        lock: What was known.
        look: When it was looked at, and how long what has gone is shown.
    """
    owners = owners_of(definitions.flows, CORE_FLOWS)
    aged = age(lock, definitions, owners, look)
    pinning = _Pinning(definitions, owners, look)
    named = Lock(aged.fields, pinning.flow_pins(aged, entries_of(definitions, aged, owners).names))
    return Lock(pinning.field_pins(named, join(definitions, named)), named.flows)


def fingerprint_of(definitions: StoreDefinitions, lock: Lock) -> str:
    """SHA-256 in hex over all that a schema is made of; when something was first seen is no part of that."""
    names = {
        owner: [[key, pin.name, pin.type, pin.slug, pin.members, _mark(pin.gone)] for key, pin in sorted(pins.items())]
        for owner, pins in lock.fields.items()
    }
    flows = {
        key: [pin.type, pin.one, pin.many, pin.slug, pin.former, _mark(pin.gone)] for key, pin in lock.flows.items()
    }
    return hashlib.sha256(canonical([definitions.fingerprint, names, flows]).encode()).hexdigest()


def _mark(gone: Gone | None) -> list[object]:
    return [gone.why, gone.since, gone.until, gone.is_over] if gone else []


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row of a custom field says about the field's pin."""

    field: FieldDefinition
    name: str
    type: str
    enum: EnumRow | None


@dataclass(frozen=True, slots=True)
class _Pinning:
    definitions: StoreDefinitions
    owners: dict[str, str]
    look: Look

    def flow_pins(self, lock: Lock, names: dict[str, EntryNames]) -> dict[str, FlowPin]:
        """The pins of all custom flows; ``names`` are those of the flows that the store has."""
        pins = dict(lock.flows)
        for flow in self.definitions.flows:
            owner = self.owners[flow.slug]
            if owner in names:
                pins[owner] = self._flow_pin(flow, names[owner], lock.flows.get(owner))
        return pins

    def _flow_pin(self, flow: FlowDefinition, names: EntryNames, old: FlowPin | None) -> FlowPin:
        fresh = FlowPin(names.type_name, names.singular, names.plural, flow.slug, moment(self.look.now))
        if old is None:
            since = disabled_since(flow.updated_at, self.look)
            return fresh if flow.enabled else replace(fresh, gone=self.look.gone("disabled", since))
        former = old.former
        if old.slug != flow.slug:
            former = (*(slug for slug in former if slug not in (old.slug, flow.slug)), old.slug)[-_MOST_FORMER_SLUGS:]
        return replace(fresh, first_seen=old.first_seen, former=former, gone=old.gone)

    def field_pins(self, lock: Lock, joined: Joined) -> dict[str, dict[str, FieldPin]]:
        """The pins of all fields, by owner."""
        by_owner = {self.owners[flow.slug]: flow for flow in self.definitions.flows}
        fields = {owner: dict(pins) for owner, pins in lock.fields.items()}
        for type_name, resource in joined.resources.items():
            owner = joined.owners.get(type_name, "")
            if owner in by_owner:
                pins = fields.setdefault(owner, {})
                known = {field.id for field in by_owner[owner].fields}
                for row in _rows(resource):
                    if row.field.id in known:
                        pins[row.field.id] = self._field_pin(row, by_owner[owner], pins.get(row.field.id))
        return {owner: pins for owner, pins in fields.items() if pins}

    def _field_pin(self, row: _Row, flow: FlowDefinition, old: FieldPin | None) -> FieldPin:
        members = {option: member for member, option, _ in row.enum.members} if row.enum else {}
        pin = FieldPin(row.name, row.type, row.field.slug, moment(self.look.now), members)
        if old is not None:
            kept = {option: name for option, name in old.members.items() if name not in members.values()}
            return replace(pin, first_seen=old.first_seen, members=kept | members, gone=old.gone)
        if row.field.enabled and flow.enabled:
            return pin
        since = disabled_since((flow if row.field.enabled else row.field).updated_at, self.look)
        return replace(pin, gone=self.look.gone("disabled", since))


def _rows(resource: Resource) -> Iterator[_Row]:
    for attribute in resource.attributes:
        if attribute.field is not None:
            yield _Row(attribute.field, attribute.name, _value_type(attribute), attribute.enum)
    for relation in resource.relations:
        if relation.field is not None:
            yield _Row(relation.field, relation.name, _listed(relation.target or "EntryReference", relation.many), None)
    for tombstone in resource.tombstones:
        yield _Row(tombstone.field, tombstone.name, _tombstone_type(tombstone), tombstone.enum)


def _value_type(attribute: Attribute) -> str:
    return attribute.enum.name if attribute.enum else attribute.kind.value


def _tombstone_type(tombstone: Tombstone) -> str:
    return _listed(tombstone.type_name, tombstone.many)


def _listed(name: str, many: bool) -> str:
    return f"[{name}!]" if many else name
