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
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    value_from_ast_untyped,
)

from penstock.definitions.model import JSON
from penstock.resources.ways import Edge
from penstock.schema.generation import Generation
from penstock.schema.model import CustomValue, InputFieldDescription, ObjectDescription, SchemaDescription


@dataclass(frozen=True, slots=True)
class Keys:
    """Fields that the keys of an input name, of the inputs within it as well.

    Attributes:
        fields: Key → field id.
        within: Key → the keys of the inputs under it; an input may hold itself.
    """

    fields: Mapping[str, str]
    within: Mapping[str, Keys] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ByVariable:
    """Fields that the value of a variable names.

    Attributes:
        variable: Its name.
        keys: Keys of the input, or slug → field id.
        is_slug: Whether the value is the slug itself; else it is an input whose keys are given or not.
        default: The value where none is given.
    """

    variable: str
    keys: Keys
    is_slug: bool = False
    default: JSON = None


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
        is_private: Whether it leads to what is one visitor's own, though no credential proves it.
    """

    name: str
    kind: str
    document: DocumentNode = field(repr=False)
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    by_variable: tuple[ByVariable, ...] = ()
    is_private: bool = False


def footprint_of(generation: Generation, document: DocumentNode, operation: OperationDefinitionNode) -> Footprint:
    """What a validated operation touches; each fragment is looked at once."""
    description = generation.description
    root = description.root(operation.operation.value)
    walk = _Walk(generation, document, operation.variable_definitions or ())
    if root is not None:
        walk.select(root.name, operation.selection_set)
    return Footprint(
        operation.name.value if operation.name else "",
        operation.operation.value,
        document,
        frozenset(walk.reads),
        frozenset(walk.writes),
        tuple(walk.by_variable.values()),
        walk.is_private,
    )


def given_by(footprint: Footprint, variables: Mapping[str, JSON]) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of the fields that the values of variables name: those that are read, and those that are written."""
    reads: set[str] = set()
    writes: set[str] = set()
    for one in footprint.by_variable:
        value = variables.get(one.variable, one.default)
        if not one.is_slug:
            _gather(one.keys, value, writes)
        elif isinstance(value, str) and value in one.keys.fields:
            reads.add(one.keys.fields[value])
    return frozenset(reads), frozenset(writes)


def _gather(keys: Keys, value: JSON, found: set[str]) -> None:
    """Add the ids of the fields that an input gives, or that those of a list of inputs do."""
    if isinstance(value, list):
        for item in value:
            _gather(keys, item, found)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in keys.fields:
                found.add(keys.fields[name])
            elif name in keys.within:
                _gather(keys.within[name], item, found)


class _Lookup:
    """Fields by name, made once for a generation: descriptions are lists."""

    def __init__(self, description: SchemaDescription) -> None:
        owners = [*description.roots, *description.objects.values()]
        self.outputs = {owner.name: {one.name: one for one in owner.fields} for owner in owners}
        self.inputs = {name: {one.name: one for one in made.fields} for name, made in description.inputs.items()}
        self.owners: dict[str, ObjectDescription] = {owner.name: owner for owner in owners}
        self.keys = _keys_of(self.inputs)


def _keys_of(inputs: Mapping[str, Mapping[str, InputFieldDescription]]) -> dict[str, Keys]:
    """Input type → its keys, of those types alone that lead to a custom field."""
    leading = {name for name, fields in inputs.items() if any(one.definition is not None for one in fields.values())}
    while more := {
        name
        for name, fields in inputs.items()
        if name not in leading and any(one.type.name in leading for one in fields.values())
    }:
        leading |= more
    within: dict[str, dict[str, Keys]] = {name: {} for name in leading}
    made = {
        name: Keys({key: one.definition.id for key, one in inputs[name].items() if one.definition is not None}, inner)
        for name, inner in within.items()
    }
    for name, inner in within.items():
        inner.update((key, made[one.type.name]) for key, one in inputs[name].items() if one.type.name in leading)
    return made


def _lookup_of(generation: Generation) -> _Lookup:
    kept = generation.prepared.get(_Lookup)
    if not isinstance(kept, _Lookup):
        kept = generation.prepared[_Lookup] = _Lookup(generation.description)
    return kept


class _Walk:
    def __init__(
        self, generation: Generation, document: DocumentNode, variables: Iterable[VariableDefinitionNode]
    ) -> None:
        self._generation = generation
        self._defaults = {
            node.variable.name.value: _plain(node.default_value) for node in variables if node.default_value is not None
        }
        self._lookup = _lookup_of(generation)
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._seen: set[str] = set()
        self.reads: set[str] = set()
        self.writes: set[str] = set()
        self.by_variable: dict[tuple[str, str], ByVariable] = {}
        self.is_private = False

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
        self.is_private |= isinstance(described.source, Edge) and described.source.private
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
            slug = argument.value.value
            self.reads.update([slugs[slug]] if slug in slugs else ())
        elif isinstance(argument.value, VariableNode) and slugs:
            variable = argument.value.name.value
            default = self._defaults.get(variable)
            self.by_variable[variable, owner] = ByVariable(variable, Keys(slugs), is_slug=True, default=default)

    def _given(self, type_name: str, value: ValueNode) -> None:
        keys = self._lookup.keys.get(type_name)
        if keys is None:
            return
        if isinstance(value, VariableNode):
            variable = value.name.value
            self.by_variable[variable, type_name] = ByVariable(variable, keys, default=self._defaults.get(variable))
        elif isinstance(value, ListValueNode):
            for item in value.values:
                self._given(type_name, item)
        elif isinstance(value, ObjectValueNode):
            for part in value.fields:
                name = part.name.value
                if name in keys.fields:
                    self.writes.add(keys.fields[name])
                elif name in keys.within:
                    self._given(self._lookup.inputs[type_name][name].type.name, part.value)


def _plain(value: ValueNode) -> JSON:
    """A literal as the JSON of a variable would say it."""
    found: JSON = value_from_ast_untyped(value)
    return found
