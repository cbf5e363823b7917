"""How many calls to the store an operation may take, told before one is made.

The estimate is an upper bound: every page is full, every reference leads somewhere, every condition holds that is not
decided. What is provably read once is counted once: the same way with the same arguments from the same row, the way
back from the rows of a page to the row it hangs on, and what hangs on the caller's token alone. Two things no document
tells, and they are assumed: how long a list without pages is, and how many references a relationship to many has. The
budget holds for those all the same, call by call.

Never here: running, making calls, what happens beyond a limit.
Source: HOUSE (cost is counted in upstream calls); CONTRACT §6.3, Q9 (no batch read by id: each row is a call).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from graphql import (
    DocumentNode,
    FieldNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    ValueNode,
    VariableNode,
    value_from_ast_untyped,
)

from penstock.definitions.model import JSON
from penstock.operations.overlaps import written_arguments
from penstock.operations.plan.collect import Collector, NotCovered, Selected, condition_variables
from penstock.operations.sizes import Number, OneMore, Represented, Size, Step, sum_calls
from penstock.operations.writes.costing import calls_of
from penstock.resources.rows import Mutation
from penstock.resources.ways import DEFAULT_PAGE, LARGEST_PAGE, Edge, FromRow, FromToken, Relation, Shape, Watching
from penstock.schema.generation import Generation
from penstock.schema.model import Entities, FieldDescription, ObjectDescription, PayloadPart

LIST_ROWS = 100
"""Rows assumed of a list without pages."""

RELATED_ROWS = 25
"""References assumed of a relationship to many."""


class Cost:
    """What an operation may cost.

    Args:
        document: Validated.
        operation: The operation.
        generation: Whose schema it is valid for.

    Attributes:
        most: The estimate whatever the variables are.
    """

    __slots__ = ("_conditions", "_defaults", "_document", "_generation", "_operation", "_steps", "most")

    def __init__(self, generation: Generation, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._generation = generation
        self._document = document
        self._operation = operation
        self._conditions = _conditions(document, operation)
        everything = Collector(document, {} if self._conditions == [] else None)
        self._steps = _Estimator(generation, operation, everything).roots()
        self._defaults = _defaults(operation)
        self.most = sum_calls(self._steps, None)

    def estimate(self, variables: Mapping[str, JSON] | None) -> int:
        """Upper bound of the calls with these variables, raw as they came."""
        steps = self._steps
        given = {**self._defaults, **(variables or {})}
        decided = {name: given.get(name) for name in self._conditions or ()}
        if decided and all(isinstance(value, bool) for value in decided.values()):
            collector = Collector(self._document, {name: value is True for name, value in decided.items()})
            steps = _Estimator(self._generation, self._operation, collector).roots()
        return sum_calls(steps, given)


def _conditions(document: DocumentNode, operation: OperationDefinitionNode) -> list[str] | None:
    """The variables that decide what is selected; None where that is not for them alone to decide."""
    try:
        return condition_variables(document, operation)
    except NotCovered:
        return None


def _defaults(operation: OperationDefinitionNode) -> dict[str, JSON]:
    """What holds of variables that are absent."""
    definitions = operation.variable_definitions or ()
    written = {node.variable.name.value: node.default_value for node in definitions}
    return {name: value_from_ast_untyped(value) for name, value in written.items() if value is not None}


_ONE = Size(1)


class _Estimator:
    def __init__(self, generation: Generation, operation: OperationDefinitionNode, collector: Collector) -> None:
        self._generation = generation
        self._description = generation.description
        self._operation = operation
        self._collector = collector

    def roots(self) -> tuple[Step, ...]:
        is_mutation = self._operation.operation is OperationType.MUTATION
        owner = self._description.root(self._operation.operation.value)
        if owner is None:
            return ()
        selected = self._collector.root(self._operation, owner.name)
        if is_mutation:  # nothing is shared between writes
            return tuple(step for item in selected for step in self._below(owner, [item]))
        return self._below(owner, selected)

    def _below(self, owner: ObjectDescription, selected: list[Selected], page: Edge | None = None) -> tuple[Step, ...]:
        """The steps of what is selected of a row, of a page or not; the same way with the same arguments is one."""
        same: dict[tuple[str, object], list[FieldNode]] = {}
        for item in selected:
            if not item.name.startswith("__"):
                same.setdefault((item.name, written_arguments(item.nodes[0])), []).extend(item.nodes)
        steps: list[Step] = []
        for (name, _), nodes in same.items():
            steps += self._steps(owner.field(name), Selected(name, tuple(nodes)), page)
        return tuple(steps)

    def _steps(self, field: FieldDescription, item: Selected, page: Edge | None) -> tuple[Step, ...]:
        source = field.source
        match source:
            case Edge(deprecation=str()):
                return ()
            case Edge():
                is_page = source.shape is Shape.CONNECTION
                inner = self._of_page(field, item, source) if is_page else self._inner(field, item)
                calls = self._pages(field, item) if is_page else _ONE
                return (Step(calls, self._rows(source, item.nodes[0]), inner, _scope(source, page)),)
            case Entities(edges):
                return tuple(step for edge in edges for step in self._represented(edge, item))
            case Relation(route=None):
                return ()
            case Relation(many=many):
                size = Size(RELATED_ROWS) if many else _ONE
                return (Step(size, size, self._inner(field, item)),)
            case Mutation():
                calls = calls_of(source, _argument(item.nodes[0], "input"), self._generation)
                return (Step(calls, _ONE, self._inner(field, item)),)
            case Watching():  # what is told is read to see whether it may be, selected or not
                return (Step(_ONE, _ONE, ()), *self._inner(field, item))
            case PayloadPart(result=result) if result is not None and result.by:
                return (Step(_ONE, _ONE, self._inner(field, item)),)
            case _:
                return self._inner(field, item)

    def _inner(self, field: FieldDescription, item: Selected) -> tuple[Step, ...]:
        owner = self._description.objects.get(field.type.name)
        return () if owner is None else self._below(owner, self._collector.below(item, owner.name))

    def _represented(self, edge: Edge, item: Selected) -> tuple[Step, ...]:
        """The steps of the entities of one type."""
        given = _argument(item.nodes[0], "representations")
        if given is None or edge.deprecation is not None:
            return ()
        owner = self._description.object(edge.target)
        size = Represented(edge.target, given)
        return (Step(size, size, self._below(owner, self._collector.below(item, owner.name))),)

    def _of_page(self, field: FieldDescription, item: Selected, page: Edge) -> tuple[Step, ...]:
        """The steps of a page's rows, whether they are selected as `nodes` or behind `edges`."""
        nodes: list[FieldNode] = []
        for part in self._collector.below(item, field.type.name):
            if part.name == "nodes":
                nodes += part.nodes
            elif part.name == "edges":
                inside = self._collector.below(part, f"{page.target}Edge")
                nodes += [node for below in inside if below.name == "node" for node in below.nodes]
        if not nodes:
            return ()
        selected = self._collector.below(Selected("nodes", tuple(nodes)), page.target)
        return self._below(self._description.object(page.target), selected, page)

    def _pages(self, field: FieldDescription, item: Selected) -> Number:
        """The calls of a page: behind a cursor, it is counted by a call of its own."""
        after = _argument(item.nodes[0], "after")
        names = {below.name for below in self._collector.below(item, field.type.name)}
        if "totalCount" not in names or after is None or isinstance(after, NullValueNode):
            return _ONE
        return OneMore(after.name.value) if isinstance(after, VariableNode) else Size(2)

    def _rows(self, edge: Edge, node: FieldNode) -> Size:
        if edge.shape is Shape.ONE:
            return _ONE
        if edge.shape is Shape.LIST:
            return Size(LIST_ROWS)
        first = _argument(node, "first")
        if isinstance(first, VariableNode):
            return Size(LARGEST_PAGE, first.name.value, DEFAULT_PAGE)
        if isinstance(first, IntValueNode):
            return Size(max(0, min(int(first.value), LARGEST_PAGE)))
        return Size(DEFAULT_PAGE)


def _scope(edge: Edge, page: Edge | None) -> Literal["row", "page", "operation"]:
    """For what an edge leads to the same place, so that it is read once."""
    origins = [origin for _, origin in edge.origins]
    if edge.shape is not Shape.ONE or not origins:
        return "row"
    if all(isinstance(origin, FromToken) for origin in origins):
        return "operation"
    # Rows of a page are served only where they show the id they hang on; who reads that id reads the same one.
    shown = {path for fixed in page.fixed[:1] for path in fixed.checks} if page is not None else set()
    leads_back = all(isinstance(origin, FromRow) and shown.issuperset(origin.paths) for origin in origins)
    return "page" if leads_back else "row"


def _argument(node: FieldNode, name: str) -> ValueNode | None:
    return next((argument.value for argument in node.arguments or () if argument.name.value == name), None)
