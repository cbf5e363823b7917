"""Custom flows, those that have gone included, as resources with final names.

Never here: their fields, GraphQL types, I/O.
Source: GRAPHQL conventions (custom flows); CONTRACT §9.6, §9.7.
"""

from __future__ import annotations

from dataclasses import dataclass

from penstock.definitions.lock import FlowPin, Gone, Lock
from penstock.definitions.model import FlowDefinition, Problem, StoreDefinitions
from penstock.definitions.type_naming import EntryNames, are_free, assign_type_names
from penstock.resources.catalogue import CORE_FLOWS
from penstock.resources.entry import entry_resource
from penstock.resources.rows import Resource
from penstock.resources.tombstones import bury
from penstock.schema.reserved import RESERVED_ROOTS, RESERVED_TYPES


@dataclass(frozen=True, slots=True)
class EntryResource:
    """The resource of a custom flow, still without its fields.

    Attributes:
        owner: The key under which its names are pinned.
        slugs: Its slug and those it had before.
        flow: The flow, or None where the store no longer has it.
        gone: What became of it, or None while it is there.
    """

    resource: Resource
    owner: str
    slugs: tuple[str, ...]
    flow: FlowDefinition | None
    gone: Gone | None


@dataclass(frozen=True, slots=True)
class Entries:
    """All custom flows.

    Attributes:
        served: Those that the schema shows, in its order.
        names: Owner → names, of every flow that the store has, switched off or not.
        problems: Flows that could not have their own names.
    """

    served: tuple[EntryResource, ...]
    names: dict[str, EntryNames]
    problems: tuple[Problem, ...]


def entries_of(definitions: StoreDefinitions, lock: Lock, owners: dict[str, str]) -> Entries:
    """The custom flows of a store and of its lock.

    Args:
        definitions: What the store says.
        lock: What was pinned earlier.
        owners: Flow slug → the key under which its names are pinned.
    """
    flows = [flow for flow in definitions.flows if flow.slug.lower() not in CORE_FLOWS]
    there = {owners[flow.slug] for flow in flows}
    pinned = {flow.slug: _names(lock.flows[owners[flow.slug]]) for flow in flows if owners[flow.slug] in lock.flows}
    deleted = {owner: pin for owner, pin in sorted(lock.flows.items()) if owner not in there}
    taken = [_names(pin) for pin in deleted.values()]
    names, problems = assign_type_names(flows, RESERVED_TYPES, RESERVED_ROOTS, pinned, taken)
    served = [
        entry
        for flow in flows
        if (entry := _served(flow, owners[flow.slug], names[flow.slug], lock.flows.get(owners[flow.slug]))) is not None
    ]
    given = list(names.values())
    for owner, pin in deleted.items():
        if pin.gone is None or pin.gone.is_over:
            continue
        if are_free(_names(pin), given, RESERVED_TYPES, RESERVED_ROOTS):
            given.append(_names(pin))
            made = entry_resource(pin.slug, f"Entry of the flow `{pin.slug}`.", _names(pin))
            served.append(EntryResource(bury(made, pin.gone), owner, (pin.slug, *pin.former), None, pin.gone))
    return Entries(tuple(served), {owners[slug]: given for slug, given in names.items()}, problems)


def _names(pin: FlowPin) -> EntryNames:
    return EntryNames(pin.type, pin.one, pin.many)


def _served(flow: FlowDefinition, owner: str, names: EntryNames, pin: FlowPin | None) -> EntryResource | None:
    gone = pin.gone if pin is not None and not flow.enabled else None
    if not flow.enabled and (gone is None or gone.is_over):
        return None
    about = "\n\n".join(part for part in (flow.name, flow.description, f"Entry of the flow `{flow.slug}`.") if part)
    made = entry_resource(flow.slug, about, names)
    former = pin.former if pin is not None else ()
    return EntryResource(bury(made, gone) if gone else made, owner, (flow.slug, *former), flow, gone)
