"""Whom a change of the schema breaks: known operations held against what changes.

Never here: where operations are known from, what is done about those that break.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FieldsOnCorrectTypeRule,
    FragmentsOnCompositeTypesRule,
    GraphQLError,
    GraphQLSchema,
    KnownArgumentNamesRule,
    KnownDirectivesRule,
    KnownTypeNamesRule,
    NamedTypeNode,
    PossibleFragmentSpreadsRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    parse,
    validate,
)

from penstock.schema.diff.change import Change
from penstock.schema.reach import Reach, reach_of

_RULES = (
    FieldsOnCorrectTypeRule,
    FragmentsOnCompositeTypesRule,
    KnownArgumentNamesRule,
    KnownDirectivesRule,
    KnownTypeNamesRule,
    PossibleFragmentSpreadsRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
)
"""Those that a change of the schema can make a document fail; literals are not judged, for they may be blanked out."""

_MOST_TOKENS = 20_000
_MOST_REASONS = 20
_OF_INPUTS = frozenset({"REQUIRED_INPUT_FIELD_ADDED", "INPUT_FIELD_TYPE_CHANGED", "DEFAULT_REMOVED", "ONE_OF_ADDED"})
_BY_VALUE = frozenset({"ARGUMENT_TYPE_CHANGED", "INPUT_FIELD_TYPE_CHANGED", "DEFAULT_REMOVED", "ONE_OF_ADDED"})
"""Breaks some values and not others: which of them are given is not known."""
_BY_SHAPE = frozenset({"UNION_MEMBER_REMOVED", "INTERFACE_REMOVED"})
"""Breaks those alone that select by it: validation tells."""


_OF_SUBGRAPHS = frozenset({"_entities", "_service", "_Any", "_Entity"})


@dataclass(frozen=True, slots=True)
class KnownOperation:
    """An operation that someone runs.

    Attributes:
        name: What people call it.
        client: Who runs it, or "" where that is not known.
        text: The document.
    """

    name: str
    client: str
    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """An operation that a change breaks.

    Attributes:
        operation: Its name.
        client: Who runs it, or "".
        reasons: What breaks it: descriptions of changes.
        is_certain: False where it depends on the values of its variables.
    """

    operation: str
    client: str
    reasons: tuple[str, ...]
    is_certain: bool = True

    @property
    def line(self) -> str:
        """The whole of it for people: ``ProfilePage (client web) breaks: Customer.deliverySlot removed``."""
        client = f" (client {self.client})" if self.client else ""
        verb = "breaks" if self.is_certain else "may break"
        return f"{self.operation}{client} {verb}: {'; '.join(self.reasons)}"


def find_broken(
    old: GraphQLSchema, new: GraphQLSchema, changes: Iterable[Change], operations: Iterable[KnownOperation]
) -> tuple[Broken, ...]:
    """The operations that break when one schema becomes the other, by name and client; those that never ran are none.

    Args:
        old: What serves.
        new: What is to serve.
        changes: What changes from one to the other.
        operations: Those that are known; a text that is no document is passed over.
    """
    breaking = [one for one in changes if one.level == "breaking"]
    if not breaking:
        return ()
    judged = [_judge(one, old, new, breaking) for one in dict.fromkeys(operations)]
    found = {one for one in judged if one is not None}
    return tuple(sorted(found, key=lambda one: (not one.is_certain, one.operation, one.client, one.reasons)))


def _judge(
    operation: KnownOperation, old: GraphQLSchema, new: GraphQLSchema, breaking: Sequence[Change]
) -> Broken | None:
    try:
        document = parse(operation.text, max_lexical_tokens=_MOST_TOKENS)
        reach = reach_of(old, document)
        if not any(_is_near(one, reach) for one in breaking):
            return None
        certain = [one.description for one in breaking if _is_certain(one, reach)]
        possible = [one.description for one in breaking if _is_possible(one, reach)]
        failures = [] if certain else _failures(new, document)
        reasons = certain or possible or failures
        if not reasons or _failures(old, document):
            return None
    except (GraphQLError, RecursionError):
        return None
    return Broken(operation.name, operation.client, tuple(reasons[:_MOST_REASONS]), bool(certain or failures))


def _failures(schema: GraphQLSchema, document: DocumentNode) -> list[str]:
    errors = validate(schema, document, _RULES, max_errors=_MOST_REASONS)
    return [error.message for error in errors if not _is_of_subgraph(error)]


def _is_of_subgraph(error: GraphQLError) -> bool:
    """Whether it is that routers ask for what no text of a schema for clients tells."""
    return any(
        isinstance(node, FieldNode | NamedTypeNode) and node.name.value in _OF_SUBGRAPHS for node in error.nodes or ()
    )


def _is_near(change: Change, reach: Reach) -> bool:
    """Whether a document passes through the type that changes: what does not cannot break, and is not validated."""
    where = change.coordinate
    head = where.partition("(")[0].partition(".")[0]
    return where in reach.certain or head in reach.certain or head in reach.inputs


def _is_certain(change: Change, reach: Reach) -> bool:
    where = change.coordinate
    if change.kind in _BY_VALUE or change.kind in _BY_SHAPE:
        return False
    if change.kind == "REQUIRED_ARGUMENT_ADDED":
        return where.partition("(")[0] in reach.certain
    if change.kind == "REQUIRED_INPUT_FIELD_ADDED":
        return where.partition(".")[0] in reach.given
    return where in reach.certain


def _is_possible(change: Change, reach: Reach) -> bool:
    where = change.coordinate
    if change.kind == "ARGUMENT_TYPE_CHANGED":
        return where in reach.certain
    return where in reach.possible or (change.kind in _OF_INPUTS and where.partition(".")[0] in reach.inputs)
