"""Objects that the gateway itself holds, selected: user errors, schema info, field definitions, custom values.

Never here: fetching, upstream rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from penstock.definitions.model import JSON
from penstock.operations.edges import session_of
from penstock.operations.metadata import custom_value, custom_values, field_definitions, schema_info
from penstock.operations.plan.arguments import Arguments
from penstock.operations.plan.entries import Entry
from penstock.operations.plan.node import Output, Place, Run
from penstock.operations.values import Row
from penstock.resources.rows import Resource


@dataclass(frozen=True, slots=True)
class PlainEntry:
    """One field selected: response key, the object's key or None for a constant, what is below it."""

    key: str
    name: str | None
    below: PlainSelection | None = None
    constant: str = ""


@dataclass(frozen=True, slots=True)
class PlainSelection:
    """What is selected of such an object."""

    entries: tuple[PlainEntry, ...]

    def answer(self, value: JSON) -> Output:
        """The selected parts of an object or of each of a list; null stays null."""
        if isinstance(value, list):
            return [self.answer(item) for item in value]
        if not isinstance(value, dict):
            return None
        return {entry.key: _read(entry, value) for entry in self.entries}


def _read(entry: PlainEntry, value: Mapping[str, JSON]) -> Output:
    if entry.name is None:
        return entry.constant
    found = value.get(entry.name)
    return entry.below.answer(found) if entry.below is not None else found


@dataclass(frozen=True, slots=True)
class MetadataNode:
    """`schemaInfo` and `fieldDefinitions`: answered from the generation."""

    what: str
    arguments: Arguments
    selection: PlainSelection
    locations: tuple[tuple[int, int], ...] = ()

    async def resolve(self, run: Run, _row: Row, _place: Place) -> Output:
        """The selected parts."""
        generation = run.context.generation
        if self.what == "schemaInfo":
            return self.selection.answer(schema_info(generation))
        flow = self.arguments.read(run.variables).get("flow")
        return self.selection.answer(field_definitions(generation, flow if isinstance(flow, str) else None))


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
        return selection.answer(custom_values(run.context.generation, resource, row))

    def read_one(row: Row, run: Run) -> Output:
        slug = str(arguments.read(run.variables).get("slug"))
        return selection.answer(custom_value(run.context.generation, resource, row, slug))

    from_row: Callable[[Row, Run], Output] = read_many if many else read_one
    return Entry(key, from_row)
