"""Fields become the parts of a plan, each kind of row in its own way.

Never here: running, decoding.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphql import GraphQLField, GraphQLObjectType, OperationDefinitionNode

from penstock.operations.edges import Way
from penstock.operations.plan.arguments import Arguments, required_variables
from penstock.operations.plan.collect import Collector, NotCovered, Selected
from penstock.operations.plan.connections import ConnectionNode, PagePartEntry
from penstock.operations.plan.entries import (
    EdgeEntry,
    Entry,
    Uncoercible,
    attribute_entry,
    constant_entry,
    group_entry,
    null_entry,
)
from penstock.operations.plan.fetches import ListNode, OneNode, RelationNode, reference_values
from penstock.operations.plan.mutations import MutationNode, PayloadEntry
from penstock.operations.plan.node import Node
from penstock.operations.plan.plain import MetadataNode, PlainEntry, PlainSelection, SessionNode, custom_entry
from penstock.operations.plan.rows import RowSelection, SharedSelections
from penstock.operations.plan.told import ToldNode
from penstock.resources.attributes import Attribute, Group, Path, Session
from penstock.resources.rows import Mutation, Tombstone
from penstock.resources.ways import Edge, FromRow, Relation, Shape, Watching
from penstock.schema.generation import Generation
from penstock.schema.model import (
    CustomValue,
    Entities,
    FieldDescription,
    Metadata,
    ObjectDescription,
    PagePart,
    PayloadPart,
    Plain,
    Service,
)


class FieldCompiler:
    """Compiles the fields of one operation under decided conditions.

    Attributes:
        reads: Reads that the compiled parts can make, each counted once however many rows it is made for.
    """

    def __init__(
        self,
        generation: Generation,
        collector: Collector,
        operation: OperationDefinitionNode,
        uncoercible: Uncoercible,
    ) -> None:
        self._description = generation.description
        shared = generation.prepared.setdefault(SharedSelections, SharedSelections())
        self._shared = shared if isinstance(shared, SharedSelections) else SharedSelections()
        self._types = generation.schema.type_map
        self._collector = collector
        self._required = required_variables(operation)
        self._uncoercible = uncoercible
        self._read_by_id: set[str] = set()
        self.reads = 0

    def note_reads_by_id(self, owner: ObjectDescription, selected: Sequence[Selected]) -> None:
        """Find out which types something below a row reads by id: lists of those are worth remembering."""
        for item in selected:
            if item.name.startswith("__"):
                continue
            field = owner.field(item.name)
            source = field.source
            is_by_id = isinstance(source, Edge) and source.shape is Shape.ONE and owner is not self._description.query
            if isinstance(source, Edge | Relation) and (is_by_id or isinstance(source, Relation)):
                self._read_by_id.add(source.target or "")
            if field.type.name in self._description.objects:
                below = self._description.object(field.type.name)
                self.note_reads_by_id(below, self._collector.below(item, below.name))

    def root(self, owner: ObjectDescription, item: Selected) -> Node:
        """The node of a root field."""
        field = owner.field(item.name)
        source = field.source
        match source:
            case Edge():
                return self._edge(owner, item, source)
            case Mutation():
                return self._mutation(owner, item, field, source)
            case Watching():
                return ToldNode(self._rows(self._description.object(field.type.name), [item]), item.locations)
            case Metadata(what):
                below = self._description.object(field.type.name)
                return MetadataNode(what, self._arguments(owner, item), self._plain(item, below), item.locations)
            case Entities() | Service():
                raise NotCovered("federation")
        raise NotCovered("unknown root field")

    def _arguments(self, owner: ObjectDescription, item: Selected) -> Arguments:
        return Arguments(item.nodes[0], self._graphql_field(owner, item.name))

    def _graphql_field(self, owner: ObjectDescription, name: str) -> GraphQLField:
        graphql_type = self._types[owner.name]
        if not isinstance(graphql_type, GraphQLObjectType):
            raise NotCovered("unknown type")
        field: GraphQLField = graphql_type.fields[name]
        return field

    def _edge(self, owner: ObjectDescription, item: Selected, edge: Edge) -> Node:
        self.reads += 1
        target = self._description.object(edge.target)
        arguments = self._arguments(owner, item)
        if edge.shape is Shape.ONE:
            return OneNode(edge, Way(edge), arguments, self._rows(target, [item]), item.locations)
        if edge.shape is Shape.LIST:
            return ListNode(edge, Way(edge), arguments, self._rows(target, [item]), item.locations)
        return self._connection(item, edge, arguments)

    def _rows(self, owner: ObjectDescription, items: Sequence[Selected], checks: Sequence[Path] = ()) -> RowSelection:
        merged = Selected(items[0].key, tuple(node for item in items for node in item.nodes))
        selected = self._collector.below(merged, owner.name)
        resource = owner.resource
        has_id = resource is not None and any(row.name == "id" for row in resource.attributes)

        def make() -> RowSelection:
            entries = [self._row_entry(owner, item) for item in selected]
            return RowSelection(entries, has_id=has_id, checks=checks)

        if not all(self._is_leaf(owner, item) for item in selected):
            return make()
        key = (owner.name, tuple([(item.key, item.name) for item in selected]), tuple(checks), self._uncoercible)
        return self._shared.get(key, make)

    def _is_leaf(self, owner: ObjectDescription, item: Selected) -> bool:
        """Whether a field's name and response key say all about it."""
        if item.name == "__typename":
            return True
        field = owner.field(item.name)
        return isinstance(field.source, Attribute) and field.type.name not in self._description.objects

    def _row_entry(self, owner: ObjectDescription, item: Selected) -> Entry | EdgeEntry:
        if item.name == "__typename":
            return constant_entry(item.key, owner.name)
        field = owner.field(item.name)
        source = field.source
        match source:
            case Attribute():
                inner = self._description.objects.get(field.type.name)
                select = self._plain(item, inner).answer if inner is not None else None
                return attribute_entry(item.key, owner.name, source, self._uncoercible, select)
            case Group():
                return self._group(item, field, source)
            case Session():
                below = self._description.object(field.type.name)
                return EdgeEntry(item.key, SessionNode(self._plain(item, below), item.locations), ("id",))
            case Edge():
                return EdgeEntry(item.key, self._edge(owner, item, source), _needs(source))
            case Relation():
                return self._relation(item, source)
            case Tombstone():
                return null_entry(item.key)
            case CustomValue(many) if owner.resource is not None:
                below = self._description.object(field.type.name)
                arguments = self._arguments(owner, item)
                if not arguments.variables <= self._required:
                    # A null would fail this field alone, at its own place in the answer.
                    raise NotCovered("nullable variable for a slug")
                return custom_entry(item.key, owner.resource, arguments, self._plain(item, below), many=many)
        raise NotCovered("unknown field")

    def _group(self, item: Selected, field: FieldDescription, group: Group) -> Entry:
        owner = self._description.object(field.type.name)
        entries = []
        for below in self._collector.below(item, owner.name):
            entry = self._row_entry(owner, below)
            if isinstance(entry, EdgeEntry):
                raise NotCovered("a fetched field inside a group")
            entries.append(entry)
        return group_entry(item.key, group.path, entries)

    def _relation(self, item: Selected, relation: Relation) -> Entry | EdgeEntry:
        if relation.route is None or relation.target is None:
            owner = self._description.object("EntryReference")
            selected = self._collector.below(item, owner.name)
            keys = [(below.key, owner.name if below.name == "__typename" else below.name) for below in selected]
            top = relation.path[0]
            return Entry(
                item.key,
                lambda row, _run: reference_values(relation, row, keys),
                top,
                loosely=lambda value: reference_values(relation, {top: value}, keys),
            )
        self.reads += 2
        selection = self._rows(self._description.object(relation.target), [item])
        node = RelationNode(relation, relation.route.template, selection, item.locations)
        return EdgeEntry(item.key, node, (relation.path[0],))

    def _connection(self, item: Selected, edge: Edge, arguments: Arguments) -> ConnectionNode:
        listing = edge.listing
        if listing is None:
            raise NotCovered("a connection without a listing")
        checked = [path for fixed in edge.fixed for path in fixed.checks]
        owner = self._description.object(f"{edge.target}Connection")
        parts = self._page_parts(item, owner, edge, checked)
        row_selections = [
            part.rows for part in (*parts, *(below for part in parts for below in part.below)) if part.rows
        ]
        resource = self._description.resources[edge.target]
        primes = resource if edge.primes and edge.target in self._read_by_id else None
        main = row_selections[0] if row_selections else RowSelection([], has_id=True, checks=checked)
        is_strict = len(row_selections) <= 1 and main.is_fast and primes is None and "filter" not in arguments.names
        if any(part.part == "totalCount" for part in parts):
            self.reads += 1
        return ConnectionNode(edge, listing, arguments, parts, main if is_strict else None, primes, item.locations)

    def _page_parts(
        self, item: Selected, owner: ObjectDescription, edge: Edge, checked: Sequence[Path]
    ) -> tuple[PagePartEntry, ...]:
        parts = []
        target = self._description.object(edge.target)
        for below in self._collector.below(item, owner.name):
            source = owner.field(below.name).source if below.name != "__typename" else None
            if not isinstance(source, PagePart):
                parts.append(PagePartEntry(below.key, "constant", constant=owner.name))
            elif source.part in {"nodes", "node"}:
                parts.append(PagePartEntry(below.key, source.part, rows=self._rows(target, [below], checked)))
            elif source.part == "edges":
                edge_owner = self._description.object(f"{edge.target}Edge")
                inner = self._page_parts(below, edge_owner, edge, checked)
                parts.append(PagePartEntry(below.key, "edges", below=inner))
            elif source.part == "pageInfo":
                parts.append(PagePartEntry(below.key, "pageInfo", names=self._page_info(below)))
            else:
                parts.append(PagePartEntry(below.key, source.part, locations=below.locations))
        return tuple(parts)

    def _page_info(self, item: Selected) -> tuple[tuple[str, str], ...]:
        selected = self._collector.below(item, "PageInfo")
        return tuple((below.key, "PageInfo" if below.name == "__typename" else below.name) for below in selected)

    def _mutation(
        self, owner: ObjectDescription, item: Selected, field: FieldDescription, mutation: Mutation
    ) -> MutationNode:
        payload = self._description.object(field.type.name)
        parts = []
        for below in self._collector.below(item, payload.name):
            described = payload.field(below.name) if below.name != "__typename" else None
            source = described.source if described else None
            if described is None or not isinstance(source, PayloadPart):
                parts.append(PayloadEntry(below.key, "constant", constant=payload.name))
            elif source.part == "resource":
                target = self._description.object(described.type.name)
                rows = self._rows(target, [below])
                parts.append(PayloadEntry(below.key, "resource", rows, result=source.result, locations=below.locations))
            elif source.part == "deletedId":
                parts.append(PayloadEntry(below.key, "deletedId"))
            else:
                plain = self._plain(below, self._description.object(described.type.name))
                parts.append(PayloadEntry(below.key, source.part, plain=plain))
        resource = self._description.resources[mutation.target]
        return MutationNode(mutation, resource, self._arguments(owner, item), tuple(parts), item.locations)

    def _plain(self, item: Selected, owner: ObjectDescription) -> PlainSelection:
        entries = []
        for below in self._collector.below(item, owner.name):
            if below.name == "__typename":
                entries.append(PlainEntry(below.key, None, constant=owner.name))
                continue
            field = owner.field(below.name)
            if not isinstance(field.source, Plain):
                raise NotCovered("unknown field")
            objects = self._description.objects
            inner = self._plain(below, objects[field.type.name]) if field.type.name in objects else None
            cut = self._arguments(owner, below) if field.source.is_cut else None
            entries.append(PlainEntry(below.key, field.source.key, inner, cut=cut))
        return PlainSelection(tuple(entries))


def _needs(edge: Edge) -> tuple[str, ...]:
    """The top-level keys of a row from which an edge goes out."""
    origins = [origin for _, origin in edge.origins] + [fixed.origin for fixed in edge.fixed]
    paths: list[Path] = [path for origin in origins if isinstance(origin, FromRow) for path in origin.paths]
    return tuple(sorted({path[0] for path in paths} | ({"id"} if edge.own else set())))
