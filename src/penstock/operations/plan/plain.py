"""Objects that the gateway itself holds, selected: user errors, schema info, field definitions, custom values.

Never here: fetching, upstream rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from penstock.definitions.model import JSON
from penstock.operations.edges import session_of
from penstock.operations.metadata import custom_value, custom_values, field_definitions, first_of, schema_info
from penstock.operations.plan.arguments import Arguments
from penstock.operations.plan.entries import Entry
from penstock.operations.plan.node import Output, Place, Run
from penstock.operations.values import Row
from penstock.resources.rows import Resource

_NO_VARIABLES: Mapping[str, JSON] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PlainEntry:
    """One field selected: response key, the object's key or None for a constant, what is below it, how much of it."""

    key: str
    name: str | None
    below: PlainSelection | None = None
    constant: str = ""
    cut: Arguments | None = None


@dataclass(frozen=True, slots=True)
class PlainSelection:
    """What is selected of such an object."""

    entries: tuple[PlainEntry, ...]

    def answer(self, value: JSON, variables: Mapping[str, JSON] = _NO_VARIABLES) -> Output:
        """The selected parts of an object or of each of a list; null stays null."""
        if isinstance(value, list):
            return [self.answer(item, variables) for item in value]
        if not isinstance(value, dict):
            return None
        return {entry.key: _read(entry, value, variables) for entry in self.entries}


def _read(entry: PlainEntry, value: Mapping[str, JSON], variables: Mapping[str, JSON]) -> Output:
    if entry.name is None:
        return entry.constant
    found = value.get(entry.name)
    if entry.cut is not None:
        found = first_of(found, entry.cut.read(variables).get("first"))
    return entry.below.answer(found, variables) if entry.below is not None else found


@dataclass(frozen=True, slots=True)
class MetadataNode:
    """`schemaInfo` and `fieldDefinitions`: answered from the generation."""

    what: str
    arguments: Arguments
    selection: PlainSelection
    locations: tuple[tuple[int, int], ...] = ()

    async def resolve(self, run: Run, _row: Row, _place: Place) -> Output:
        """The selected parts."""
        generation, chronicle = run.context.generation, run.context.services.chronicle
        if self.what == "schemaInfo":
            return self.selection.answer(schema_info(generation, chronicle), run.variables)
        flow = self.arguments.read(run.variables).get("flow")
        wanted = flow if isinstance(flow, str) else None
        return self.selection.answer(field_definitions(generation, wanted, chronicle.last_used()), run.variables)


@dataclass(frozen=True, slots=True)
class SessionNode:
    """`session` of a customer: answered from the request's credentials."""

    selection: PlainSelection
    locations: tuple[tuple[int, int], ...] = ()

    async def resolve(self, run: Run, row: Row, _place: Place) -> Output:
        """The selected parts, or None on anybody but the signed-in customer."""
        return self.selection.answer(session_of(row, run.context))


def custom_entry(key: str, resource: Resource, arguments: Arguments, selection: PlainSelection, *, many: bool) -> Entry:
    """The entry of `customField` or `customFields`: it needs the whole row."""

    def read_many(row: Row, run: Run) -> Output:
        context = run.context
        last_used = context.services.chronicle.last_used()
        return selection.answer(custom_values(context.generation, resource, row, last_used))

    def read_one(row: Row, run: Run) -> Output:
        slug, context = str(arguments.read(run.variables).get("slug")), run.context
        last_used = context.services.chronicle.last_used()
        return selection.answer(custom_value(context.generation, resource, row, slug, last_used))

    from_row: Callable[[Row, Run], Output] = read_many if many else read_one
    return Entry(key, from_row)
