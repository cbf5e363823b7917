"""Whether fields that meet under one key of the answer can be merged, found level by level instead of pair by pair.

All fields that meet at one place of the answer are looked at together: each is compared with the first, not with every
other. What lies below them is one set again, and a set that was looked at is not looked at again. The work is counted,
so that a document made to have very many such sets is refused.

Never here: any other rule of validation, which the document has passed before.
Source: the GraphQL specification, "Field Selection Merging"; the way is Simon Adameit's, known from Sangria.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)
from graphql.language import print_ast

from penstock.errors import LimitError

MOST_STEPS = 30_000
"""Fields looked at before a document is refused; an ordinary one looks at each of its fields once."""

_MOST_CONFLICTS = 20
_LONGEST_NAME = 200

_Shape: TypeAlias = tuple[str, str]
"""The wrappers of a type, and the name of a leaf; all composite types have one shape."""


class _Field(NamedTuple):
    node: FieldNode
    parent: GraphQLNamedType | None
    type: GraphQLOutputType | None


class _Set(NamedTuple):
    """A selection set and the type it selects of."""

    node: SelectionSetNode
    parent: GraphQLNamedType | None


_Mark: TypeAlias = Callable[[_Field], object]
"""What must be equal of fields that meet; None where it is not known."""


class _Work(NamedTuple):
    """Selection sets whose fields meet; ``is_strict`` where they may be about one object, not only of one shape."""

    sets: tuple[_Set, ...]
    is_strict: bool


@dataclass(slots=True)
class Findings:
    """What came of it.

    Attributes:
        conflicts: Fields that cannot be merged, the first few.
        steps: Fields that were looked at.
    """

    conflicts: list[GraphQLError]
    steps: int = 0


def find_overlaps(schema: GraphQLSchema, document: DocumentNode, most_steps: int = MOST_STEPS) -> Findings:
    """The fields of a document that meet in the answer and cannot be merged.

    Args:
        schema: What the document asks.
        document: Parsed; valid in every other respect, or fields and types that are unknown are passed over.
        most_steps: How many fields are looked at before the document is refused.

    Raises:
        LimitError: It takes more steps.
    """
    return _Search(schema, document, most_steps).run()


class _Search:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, most_steps: int) -> None:
        self._schema = schema
        self._most_steps = most_steps
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self._found = Findings([])
        self._spread: set[str] = set()
        self._waiting: list[_Work] = []
        self._seen: set[tuple[frozenset[int], bool]] = set()

    def run(self) -> Findings:
        """Look at every operation, then at fragments that none of them spreads."""
        for operation in self._operations:
            root = self._schema.get_root_type(operation.operation)
            self._work_off((_Set(operation.selection_set, root),))
        for name, fragment in self._fragments.items():
            if name not in self._spread:
                self._work_off((_Set(fragment.selection_set, self._type(fragment.type_condition.name.value)),))
        return self._found

    def _work_off(self, sets: tuple[_Set, ...]) -> None:
        self._add(sets, is_strict=True)
        while self._waiting and len(self._found.conflicts) < _MOST_CONFLICTS:
            sets, is_strict = self._waiting.pop()
            for key, fields in self._collect(sets).items():
                if len(fields) == 1:
                    self._add(_below(fields), is_strict=is_strict)
                else:
                    self._compare(key, fields, is_strict=is_strict)

    def _add(self, sets: tuple[_Set, ...], *, is_strict: bool) -> None:
        if not sets:
            return
        key = (frozenset([id(item.node) for item in sets]), is_strict)
        if key not in self._seen:
            self._seen.add(key)
            self._waiting.append(_Work(sets, is_strict))

    def _collect(self, sets: tuple[_Set, ...]) -> dict[str, list[_Field]]:
        """The fields of selection sets by their key in the answer, fragments taken apart, each once."""
        found: dict[str, list[_Field]] = {}
        spread: set[str] = set()
        waiting = [*reversed(sets)]
        while waiting:
            node, parent = waiting.pop()
            self._found.steps += len(node.selections)
            if self._found.steps > self._most_steps:
                raise LimitError("The document repeats too much to be validated. Split it.", limit="overlaps")
            for selection in node.selections:
                match selection:
                    case FieldNode():
                        key = selection.alias.value if selection.alias else selection.name.value
                        found.setdefault(key, []).append(_Field(selection, parent, _type_of(selection, parent)))
                    case InlineFragmentNode(type_condition=condition):
                        owner = parent if condition is None else self._type(condition.name.value)
                        waiting.append(_Set(selection.selection_set, owner))
                    case FragmentSpreadNode() if selection.name.value not in spread:
                        spread.add(selection.name.value)
                        fragment = self._fragments.get(selection.name.value)
                        if fragment is not None:
                            owner = self._type(fragment.type_condition.name.value)
                            waiting.append(_Set(fragment.selection_set, owner))
                    case _:
                        pass
        self._spread |= spread
        return found

    def _type(self, name: str) -> GraphQLNamedType | None:
        return self._schema.type_map.get(name)

    def _compare(self, key: str, fields: list[_Field], *, is_strict: bool) -> None:
        groups = _by_object(fields) if is_strict else []
        if any(self._is_told(key, group) for group in groups):
            return
        if self._is_reported(key, fields, _shape, "they return conflicting types"):
            return
        if len(groups) != 1:
            self._add(_below(fields), is_strict=False)
        for group in groups:
            self._add(_below(group), is_strict=True)

    def _is_told(self, key: str, group: list[_Field]) -> bool:
        """Report fields of one object that are not the same field with the same arguments; whether there were any."""
        first = group[0].node.name.value
        other = next((field for field in group if field.node.name.value != first), None)
        if other is None:
            return self._is_reported(key, group, _arguments, "they have differing arguments")
        reason = f"'{_cut(first)}' and '{_cut(other.node.name.value)}' are different fields"
        self._report(key, reason, group[0], other)
        return True

    def _is_reported(self, key: str, fields: list[_Field], mark: _Mark, reason: str) -> bool:
        """Report the first field whose mark is another than the first one's; whether there was one."""
        marked = [(found, field) for field in fields if (found := mark(field)) is not None]
        for found, field in marked[1:]:
            if found != marked[0][0]:
                self._report(key, reason, marked[0][1], field)
                return True
        return False

    def _report(self, key: str, reason: str, one: _Field, other: _Field) -> None:
        message = (
            f"Fields '{_cut(key)}' conflict because {reason}."
            " Use different aliases on the fields to fetch both if this was intentional."
        )
        self._found.conflicts.append(GraphQLError(message, [one.node, other.node]))


def _below(fields: Iterable[_Field]) -> tuple[_Set, ...]:
    """What is selected below fields."""
    return tuple(
        [
            _Set(field.node.selection_set, get_named_type(field.type) if field.type is not None else None)
            for field in fields
            if field.node.selection_set is not None
        ]
    )


def _by_object(fields: list[_Field]) -> list[list[_Field]]:
    """The fields that may be about one object: those of one object type, with those of every abstract type."""
    if all(field.parent is fields[0].parent for field in fields):
        return [fields]
    anywhere = [field for field in fields if not isinstance(field.parent, GraphQLObjectType)]
    objects: dict[str, list[_Field]] = {}
    for field in fields:
        if isinstance(field.parent, GraphQLObjectType):
            objects.setdefault(field.parent.name, []).append(field)
    return [[*group, *anywhere] for group in objects.values()] or [anywhere]


def _type_of(node: FieldNode, parent: GraphQLNamedType | None) -> GraphQLOutputType | None:
    name = node.name.value
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) and name in parent.fields:
        type_: GraphQLOutputType = parent.fields[name].type
        return type_
    return None  # fields that every type has are of no type here, as in graphql-core


def _shape(field: _Field) -> _Shape | None:
    """The wrappers of a field's type, and its name where it is a leaf."""
    wrappers = ""
    type_: object = field.type
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        wrappers += "!" if isinstance(type_, GraphQLNonNull) else "["
        type_ = type_.of_type
    if not isinstance(type_, GraphQLNamedType):
        return None
    return wrappers, type_.name if is_leaf_type(type_) else ""


def _arguments(field: _Field) -> tuple[tuple[str, str], ...]:
    return written_arguments(field.node)


def written_arguments(node: FieldNode) -> tuple[tuple[str, str], ...]:
    """The arguments of a field in a form that is the same where they are, in whatever order they stand."""
    return tuple(sorted([(argument.name.value, _written(argument.value)) for argument in node.arguments or ()]))


def _written(node: ValueNode) -> str:
    match node:
        case VariableNode():
            return f"${node.name.value}"
        case ObjectValueNode():
            members = sorted([f"{member.name.value}:{_written(member.value)}" for member in node.fields])
            return "{" + ",".join(members) + "}"
        case ListValueNode():
            return "[" + ",".join([_written(item) for item in node.values]) + "]"
        case _:
            return print_ast(node)


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
