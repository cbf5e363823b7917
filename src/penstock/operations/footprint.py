"""Which custom fields an operation reads and writes: known when it is prepared, but for what its variables say.

Never here: counting, who asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from penstock.definitions.model import JSON
from penstock.schema.generation import Generation
from penstock.schema.model import CustomValue, ObjectDescription, SchemaDescription


@dataclass(frozen=True, slots=True)
class ByVariable:
    """Fields that the value of a variable names.

    Attributes:
        variable: Its name.
        fields: Key of the input, or slug → field id.
        is_slug: Whether the value is the slug itself; else it is an input whose keys are given or not.
    """

    variable: str
    fields: Mapping[str, str]
    is_slug: bool = False


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Footprint:
    """What an operation touches; compared by identity, so that counting by it costs nothing.

    Attributes:
        name: The operation's name, or "".
        kind: ``query``, ``mutation`` or ``subscription``.
        document: The whole document.
        reads: Ids of the custom fields that it selects, whatever its conditions decide.
        writes: Ids of those that its text gives.
        by_variable: Those that its variables name.
    """

    name: str
    kind: str
    document: DocumentNode = field(repr=False)
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    by_variable: tuple[ByVariable, ...] = ()


def footprint_of(generation: Generation, document: DocumentNode, operation: OperationDefinitionNode) -> Footprint:
    """What a validated operation touches; each fragment is looked at once."""
    description = generation.description
    is_mutation = operation.operation is OperationType.MUTATION
    root = description.mutation if is_mutation else description.query
    walk = _Walk(generation, document)
    if root is not None and operation.operation is not OperationType.SUBSCRIPTION:
        walk.select(root.name, operation.selection_set)
    return Footprint(
        operation.name.value if operation.name else "",
        operation.operation.value,
        document,
        frozenset(walk.reads),
        frozenset(walk.writes),
        tuple(walk.by_variable.values()),
    )


def given_by(footprint: Footprint, variables: Mapping[str, JSON]) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of the fields that the values of variables name: those that are read, and those that are written."""
    reads: set[str] = set()
    writes: set[str] = set()
    for one in footprint.by_variable:
        value = variables.get(one.variable)
        if one.is_slug and isinstance(value, str):
            reads.update(_known(one.fields, (value,)))
        elif not one.is_slug:
            for item in value if isinstance(value, list) else [value]:
                writes.update(_known(one.fields, item if isinstance(item, dict) else ()))
    return frozenset(reads), frozenset(writes)


def _known(fields: Mapping[str, str], names: Iterable[str]) -> list[str]:
    return [fields[name] for name in names if name in fields]


class _Lookup:
    """Fields by name, made once for a generation: descriptions are lists."""

    def __init__(self, description: SchemaDescription) -> None:
        mutation = description.mutation
        owners = [description.query, *description.objects.values(), *([mutation] if mutation is not None else [])]
        self.outputs = {owner.name: {one.name: one for one in owner.fields} for owner in owners}
        self.inputs = {name: {one.name: one for one in made.fields} for name, made in description.inputs.items()}
        self.owners: dict[str, ObjectDescription] = {owner.name: owner for owner in owners}


def _lookup_of(generation: Generation) -> _Lookup:
    kept = generation.prepared.get(_Lookup)
    if not isinstance(kept, _Lookup):
        kept = generation.prepared[_Lookup] = _Lookup(generation.description)
    return kept


class _Walk:
    def __init__(self, generation: Generation, document: DocumentNode) -> None:
        self._generation = generation
        self._lookup = _lookup_of(generation)
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._seen: set[str] = set()
        self.reads: set[str] = set()
        self.writes: set[str] = set()
        self.by_variable: dict[tuple[str, str], ByVariable] = {}

    def select(self, owner: str, selection_set: SelectionSetNode | None) -> None:
        for node in selection_set.selections if selection_set is not None else ():
            if isinstance(node, FieldNode):
                self._field(owner, node)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                self.select(condition.name.value if condition is not None else owner, node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in self._seen:
                self._seen.add(node.name.value)
                fragment = self._fragments.get(node.name.value)
                if fragment is not None:
                    self.select(fragment.type_condition.name.value, fragment.selection_set)

    def _field(self, owner: str, node: FieldNode) -> None:
        described = self._lookup.outputs.get(owner, {}).get(node.name.value)
        if described is None:
            return
        if described.definition is not None:
            self.reads.add(described.definition.id)
        types = {argument.name: argument.type.name for argument in described.arguments}
        for argument in node.arguments or ():
            if isinstance(described.source, CustomValue):
                self._slug(owner, argument)
            else:
                self._given(types.get(argument.name.value, ""), argument.value)
        self.select(described.type.name, node.selection_set)

    def _slug(self, owner: str, argument: ArgumentNode) -> None:
        """`customField(slug:)`: a field read by what upstream calls it."""
        resource = self._lookup.owners[owner].resource
        flow = self._generation.definitions.flow(resource.flow) if resource is not None and resource.flow else None
        slugs = {one.slug: one.id for one in flow.fields} if flow is not None else {}
        if isinstance(argument.value, StringValueNode):
            self.reads.update(_known(slugs, (argument.value.value,)))
        elif isinstance(argument.value, VariableNode) and slugs:
            variable = argument.value.name.value
            self.by_variable[variable, owner] = ByVariable(variable, slugs, is_slug=True)

    def _given(self, type_name: str, value: ValueNode) -> None:
        fields = self._lookup.inputs.get(type_name)
        if fields is None:
            return
        if isinstance(value, VariableNode):
            ids = {name: one.definition.id for name, one in fields.items() if one.definition is not None}
            if ids:
                self.by_variable[value.name.value, type_name] = ByVariable(value.name.value, ids)
        elif isinstance(value, ObjectValueNode):
            for item in value.fields:
                described = fields.get(item.name.value)
                if described is not None and described.definition is not None:
                    self.writes.add(described.definition.id)
                elif described is not None:
                    self._given(described.type.name, item.value)
