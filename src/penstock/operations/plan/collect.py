"""What an operation selects, fragments merged and conditions decided: a tree of fields in answer order.

Never here: what a field leads to, running.
Source: the GraphQL specification, "CollectFields"; every type of this schema is an object type, so that a fragment
applies where it names the type, and nowhere else. The one exception is the union of a subgraph, which validation lets
stand only where it applies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

from penstock.definitions.model import JSON
from penstock.errors import CallerError
from penstock.operations.faults import RequestError

_ENTITY = "_Entity"


class NotCovered(Exception):  # noqa: N818 (not an error: the reference executor takes over)
    """The compiler leaves this operation to the reference executor; the text is the reason, for a metric."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A field of the answer: its response key and every field node that was merged into it."""

    key: str
    nodes: tuple[FieldNode, ...]

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.nodes[0].name.value

    @property
    def locations(self) -> tuple[tuple[int, int], ...]:
        """Line and column of each node, for errors."""
        return tuple(place for node in self.nodes for place in locations_of(node))


class Collector:
    """Collects selections of one document under decided conditions.

    Args:
        document: Validated.
        conditions: The value of each Boolean variable that a `@skip` or `@include` of the document names; None
            collects everything, whatever is decided.
    """

    def __init__(self, document: DocumentNode, conditions: Mapping[str, bool] | None) -> None:
        self._fragments = fragments_of(document)
        self._conditions = conditions

    def root(self, operation: OperationDefinitionNode, type_name: str) -> list[Selected]:
        """What the operation itself selects."""
        return self._collect([operation.selection_set], type_name)

    def below(self, field: Selected, type_name: str) -> list[Selected]:
        """What a field selects of its type."""
        return self._collect([node.selection_set for node in field.nodes if node.selection_set], type_name)

    def _collect(self, sets: Sequence[SelectionSetNode], type_name: str) -> list[Selected]:
        found: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for selection_set in sets:
            self._visit(selection_set, type_name, found, visited)
        return [Selected(key, tuple(nodes)) for key, nodes in found.items()]

    def _visit(
        self, selection_set: SelectionSetNode, type_name: str, found: dict[str, list[FieldNode]], visited: set[str]
    ) -> None:
        for selection in selection_set.selections:
            if not self._is_included(selection):
                continue
            match selection:
                case FieldNode():
                    key = selection.alias.value if selection.alias else selection.name.value
                    found.setdefault(key, []).append(selection)
                case InlineFragmentNode():
                    condition = selection.type_condition
                    if condition is None or condition.name.value in (type_name, _ENTITY):
                        self._visit(selection.selection_set, type_name, found, visited)
                case FragmentSpreadNode():
                    name = selection.name.value
                    if name not in visited:
                        visited.add(name)
                        fragment = self._fragments[name]
                        if fragment.type_condition.name.value in (type_name, _ENTITY):
                            self._visit(fragment.selection_set, type_name, found, visited)
                case _:
                    raise NotCovered("unknown selection")

    def _is_included(self, selection: SelectionNode) -> bool:
        if self._conditions is None:
            return True
        for directive in selection.directives or ():
            decided = self._decide(directive, self._conditions)
            if (directive.name.value == "skip" and decided) or (directive.name.value == "include" and not decided):
                return False
        return True

    @staticmethod
    def _decide(directive: DirectiveNode, conditions: Mapping[str, bool]) -> bool:
        value = condition_of(directive)
        return value.value if isinstance(value, BooleanValueNode) else conditions[value.name.value]


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The document's fragments by name."""
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def condition_of(directive: DirectiveNode) -> BooleanValueNode | VariableNode:
    """What a `@skip` or `@include` depends on.

    Raises:
        NotCovered: It is another directive, or depends on something else.
    """
    if directive.name.value not in {"skip", "include"}:
        raise NotCovered("unknown directive")
    for argument in directive.arguments or ():
        if argument.name.value == "if" and isinstance(argument.value, BooleanValueNode | VariableNode):
            return argument.value
    raise NotCovered("unknown condition")


def condition_variables(document: DocumentNode, operation: OperationDefinitionNode) -> list[str]:
    """The variables that decide what the operation selects, sorted; each fragment is looked at once.

    Raises:
        NotCovered: A selection carries a directive that only the reference executor knows.
    """
    fragments = fragments_of(document)
    names: set[str] = set()
    visited: set[str] = set()
    waiting: list[SelectionSetNode] = [operation.selection_set]
    while waiting:
        for selection in waiting.pop().selections:
            for directive in selection.directives or ():
                value = condition_of(directive)
                if isinstance(value, VariableNode):
                    names.add(value.name.value)
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in visited:
                    visited.add(name)
                    waiting.append(fragments[name].selection_set)
            elif isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set is not None:
                waiting.append(selection.selection_set)
    return sorted(names)


def check_conditions(operation: OperationDefinitionNode, conditions: Sequence[str], values: Mapping[str, JSON]) -> None:
    """Refuse a null that would have to decide a `@skip` or an `@include`, before anything is run.

    Args:
        operation: Where the variables are declared.
        conditions: The variables that decide something.
        values: Coerced variable values.

    Raises:
        RequestError: One of them was given as null; a default makes that valid, but nothing can be decided by it.
    """
    undecided = [name for name in conditions if values.get(name, False) is None]
    if undecided:
        places = {node.variable.name.value: locations_of(node) for node in operation.variable_definitions or ()}
        raise RequestError(
            [
                (CallerError(f"Variable '${name}' decides a @skip or an @include and must not be null."), places[name])
                for name in undecided
            ]
        )


def locations_of(node: Node) -> list[tuple[int, int]]:
    """Line and column of a node, for errors."""
    if node.loc is None:
        return []
    where = node.loc.source.get_location(node.loc.start)
    return [(where.line, where.column)]
