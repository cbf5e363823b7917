"""The members of types compared: fields, arguments, input fields, enum values.

Never here: whole types, directives' definitions.
Source: the catalogues of graphql-core's `find_schema_changes` and of GraphQL Inspector, the stricter where they differ.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    is_required_argument,
    is_required_input_field,
    print_ast,
)
from graphql.utilities.get_default_value_ast import get_default_value_ast
from graphql.utilities.sort_value_node import sort_value_node

from penstock.schema.diff.applied import diff_applied
from penstock.schema.diff.change import Change, Kind, Level, change
from penstock.schema.diff.references import is_input_safe, is_output_safe

_Member = TypeVar("_Member")


@dataclass(frozen=True, slots=True)
class Moved:
    """The names of a mapping that are there before only, after only, and both times; each in order of the name."""

    removed: tuple[str, ...]
    added: tuple[str, ...]
    kept: tuple[str, ...]


def moved(old: Mapping[str, _Member], new: Mapping[str, _Member]) -> Moved:
    """Sort the names of two mappings."""
    return Moved(
        tuple(sorted(old.keys() - new.keys())),
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() & new.keys())),
    )


def diff_words(coordinate: str, old: str | None, new: str | None) -> Iterator[Change]:
    """A description that reads otherwise; the words themselves are not repeated."""
    if (old or "") != (new or ""):
        yield change("safe", "DESCRIPTION_CHANGED", coordinate, "has another description")


def diff_deprecation(coordinate: str, old: str | None, new: str | None) -> Iterator[Change]:
    """A deprecation that came, went or reads otherwise."""
    if old is None and new is not None:
        yield change("safe", "DEPRECATION_ADDED", coordinate, f"is deprecated: {_line(new)}")
    elif old is not None and new is None:
        yield change("safe", "DEPRECATION_REMOVED", coordinate, "is no longer deprecated")
    elif old is not None and new is not None and old != new:
        words = f"is deprecated for another reason: {_line(new)}"
        yield change("safe", "DEPRECATION_REASON_CHANGED", coordinate, words)


def _line(text: str) -> str:
    return textwrap.shorten(text[:1000], 200, placeholder=" …")


def diff_fields(
    old: GraphQLObjectType | GraphQLInterfaceType, new: GraphQLObjectType | GraphQLInterfaceType
) -> Iterator[Change]:
    """What happened to the fields of an object or interface type."""
    names = moved(old.fields, new.fields)
    for name in names.removed:
        yield change("breaking", "FIELD_REMOVED", f"{old.name}.{name}", "removed")
    for name in names.added:
        yield change("safe", "FIELD_ADDED", f"{old.name}.{name}", f"added: {new.fields[name].type}")
    for name in names.kept:
        yield from _diff_field(f"{old.name}.{name}", old.fields[name], new.fields[name])


def _diff_field(coordinate: str, old: GraphQLField, new: GraphQLField) -> Iterator[Change]:
    if str(old.type) != str(new.type):
        level: Level = "safe" if is_output_safe(old.type, new.type) else "breaking"
        yield change(level, "FIELD_TYPE_CHANGED", coordinate, f"changed its type from {old.type} to {new.type}")
    yield from diff_arguments(coordinate, old.args, new.args, added="dangerous")
    yield from diff_deprecation(coordinate, old.deprecation_reason, new.deprecation_reason)
    yield from diff_words(coordinate, old.description, new.description)
    yield from diff_applied(coordinate, old, new, is_input=False)


def diff_arguments(
    owner: str, old: Mapping[str, GraphQLArgument], new: Mapping[str, GraphQLArgument], *, added: Level
) -> Iterator[Change]:
    """What happened to the arguments of a field or a directive.

    Args:
        owner: The coordinate of the field or directive.
        old: The arguments as they were.
        new: The arguments as they are.
        added: How much an added argument matters that nobody has to give.
    """
    names = moved(old, new)
    for name in names.removed:
        yield change("breaking", "ARGUMENT_REMOVED", f"{owner}({name}:)", "removed")
    for name in names.added:
        argument = new[name]
        coordinate = f"{owner}({name}:)"
        if is_required_argument(argument):
            yield change("breaking", "REQUIRED_ARGUMENT_ADDED", coordinate, f"added and required: {argument.type}")
        else:
            yield change(added, "ARGUMENT_ADDED", coordinate, f"added: {argument.type}")
    for name in names.kept:
        yield from _diff_given(f"{owner}({name}:)", old[name], new[name], "ARGUMENT_TYPE_CHANGED")


def diff_input_fields(old: GraphQLInputObjectType, new: GraphQLInputObjectType) -> Iterator[Change]:
    """What happened to the fields of an input type."""
    names = moved(old.fields, new.fields)
    for name in names.removed:
        yield change("breaking", "INPUT_FIELD_REMOVED", f"{old.name}.{name}", "removed")
    for name in names.added:
        field = new.fields[name]
        coordinate = f"{old.name}.{name}"
        if is_required_input_field(field):
            yield change("breaking", "REQUIRED_INPUT_FIELD_ADDED", coordinate, f"added and required: {field.type}")
        else:
            yield change("dangerous", "INPUT_FIELD_ADDED", coordinate, f"added: {field.type}")
    for name in names.kept:
        yield from _diff_given(f"{old.name}.{name}", old.fields[name], new.fields[name], "INPUT_FIELD_TYPE_CHANGED")
    if old.is_one_of != new.is_one_of:
        if new.is_one_of:
            yield change("breaking", "ONE_OF_ADDED", old.name, "takes exactly one of its fields")
        else:
            yield change("dangerous", "ONE_OF_REMOVED", old.name, "no longer takes exactly one of its fields")


def _diff_given(
    coordinate: str, old: GraphQLArgument | GraphQLInputField, new: GraphQLArgument | GraphQLInputField, kind: Kind
) -> Iterator[Change]:
    """What happened to something that clients give."""
    if str(old.type) != str(new.type):
        level: Level = "safe" if is_input_safe(old.type, new.type) else "breaking"
        yield change(level, kind, coordinate, f"changed its type from {old.type} to {new.type}")
    yield from _diff_default(coordinate, old, new)
    yield from diff_deprecation(coordinate, old.deprecation_reason, new.deprecation_reason)
    yield from diff_words(coordinate, old.description, new.description)
    yield from diff_applied(coordinate, old, new, is_input=True)


def _diff_default(
    coordinate: str, old: GraphQLArgument | GraphQLInputField, new: GraphQLArgument | GraphQLInputField
) -> Iterator[Change]:
    before, after = _default(old), _default(new)
    if before is None and after is not None:
        yield change("dangerous", "DEFAULT_ADDED", coordinate, f"has the default {after}")
    elif before is not None and after is None:
        is_required_now = isinstance(old.type, GraphQLNonNull) and isinstance(new.type, GraphQLNonNull)
        level: Level = "breaking" if is_required_now else "dangerous"
        yield change(level, "DEFAULT_REMOVED", coordinate, f"no longer has the default {before}")
    elif before != after:
        yield change("dangerous", "DEFAULT_CHANGED", coordinate, f"changed its default from {before} to {after}")


def _default(given: GraphQLArgument | GraphQLInputField) -> str | None:
    node = get_default_value_ast(given)
    return None if node is None else print_ast(sort_value_node(node))


def diff_enum_values(old: GraphQLEnumType, new: GraphQLEnumType) -> Iterator[Change]:
    """What happened to the values of an enum."""
    names = moved(old.values, new.values)
    for name in names.removed:
        yield change("breaking", "ENUM_VALUE_REMOVED", f"{old.name}.{name}", "removed")
    for name in names.added:
        yield change("dangerous", "ENUM_VALUE_ADDED", f"{old.name}.{name}", "added")
    for name in names.kept:
        yield from _diff_enum_value(f"{old.name}.{name}", old.values[name], new.values[name])


def _diff_enum_value(coordinate: str, old: GraphQLEnumValue, new: GraphQLEnumValue) -> Iterator[Change]:
    yield from diff_deprecation(coordinate, old.deprecation_reason, new.deprecation_reason)
    yield from diff_words(coordinate, old.description, new.description)
    yield from diff_applied(coordinate, old, new, is_input=False)
