"""Two schemas compared as wholes: roots, types, directives.

Never here: members of types, reading text.
Source: the catalogues of graphql-core's `find_schema_changes` and of GraphQL Inspector.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphql import (
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
)

from penstock.schema.diff.applied import diff_all_applied
from penstock.schema.diff.change import Change, Kind, change, in_order
from penstock.schema.diff.members import (
    diff_arguments,
    diff_enum_values,
    diff_fields,
    diff_input_fields,
    diff_words,
    moved,
)
from penstock.schema.diff.reading import read_schema

_KINDS: tuple[tuple[type[GraphQLNamedType], str], ...] = (
    (GraphQLScalarType, "scalar"),
    (GraphQLObjectType, "object"),
    (GraphQLInterfaceType, "interface"),
    (GraphQLUnionType, "union"),
    (GraphQLEnumType, "enum"),
    (GraphQLInputObjectType, "input"),
)


def diff_texts(old: str, new: str) -> tuple[Change, ...]:
    """Every change from one schema, as text, to another; equal texts have none.

    Raises:
        OperatorError: A text is no schema.
    """
    return () if old == new else diff_schemas(read_schema(old), read_schema(new))


def diff_schemas(old: GraphQLSchema, new: GraphQLSchema) -> tuple[Change, ...]:
    """Every change from one schema to another, the worst first, then by coordinate.

    What the language itself brings (its scalars, directives and introspection) is not compared. A type that came or
    went is one change, whatever it holds. Applied directives are compared where both schemas were read from text.
    """
    is_text = _is_text(old) and _is_text(new)
    applied = diff_all_applied("schema", old, new, is_input=False, is_text=is_text)
    return in_order(
        [*_diff_roots(old, new), *applied, *_diff_types(old, new, is_text=is_text), *_diff_directives(old, new)]
    )


def _is_text(schema: GraphQLSchema) -> bool:
    return any(one.ast_node is not None or one.extension_ast_nodes for one in schema.type_map.values())


def _diff_roots(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    for word, before, after in (
        ("query", old.query_type, new.query_type),
        ("mutation", old.mutation_type, new.mutation_type),
        ("subscription", old.subscription_type, new.subscription_type),
    ):
        where = f"schema.{word}"
        if before is None and after is not None:
            yield change("safe", "ROOT_ADDED", where, f"added: {after.name}")
        elif before is not None and after is None:
            yield change("breaking", "ROOT_REMOVED", where, "removed")
        elif before is not None and after is not None and before.name != after.name:
            yield change("breaking", "ROOT_CHANGED", where, f"changed from {before.name} to {after.name}")


def _diff_types(old: GraphQLSchema, new: GraphQLSchema, *, is_text: bool) -> Iterator[Change]:
    before, after = _own_types(old), _own_types(new)
    names = moved(before, after)
    for name in names.removed:
        yield change("breaking", "TYPE_REMOVED", name, "removed")
    for name in names.added:
        yield change("safe", "TYPE_ADDED", name, "added")
    for name in names.kept:
        yield from _diff_type(before[name], after[name], is_text=is_text)


def _own_types(schema: GraphQLSchema) -> dict[str, GraphQLNamedType]:
    return {
        name: one
        for name, one in schema.type_map.items()
        if not is_introspection_type(one) and not is_specified_scalar_type(one)
    }


def _diff_type(old: GraphQLNamedType, new: GraphQLNamedType, *, is_text: bool) -> Iterator[Change]:
    before, after = _kind_of(old), _kind_of(new)
    if before != after:
        yield change("breaking", "TYPE_KIND_CHANGED", old.name, f"changed from {before} to {after}")
        return
    yield from diff_words(old.name, old.description, new.description)
    is_input = isinstance(old, GraphQLInputObjectType | GraphQLScalarType)
    yield from diff_all_applied(old.name, old, new, is_input=is_input, is_text=is_text)
    yield from _diff_insides(old, new)


def _kind_of(one: GraphQLNamedType) -> str:
    return next(word for kind, word in _KINDS if isinstance(one, kind))


def _diff_insides(old: GraphQLNamedType, new: GraphQLNamedType) -> Iterator[Change]:
    match old, new:
        case (GraphQLObjectType() | GraphQLInterfaceType(), GraphQLObjectType() | GraphQLInterfaceType()):
            yield from _diff_members(old.name, "INTERFACE", "interface", old.interfaces, new.interfaces)
            yield from diff_fields(old, new)
        case (GraphQLInputObjectType(), GraphQLInputObjectType()):
            yield from diff_input_fields(old, new)
        case (GraphQLEnumType(), GraphQLEnumType()):
            yield from diff_enum_values(old, new)
        case (GraphQLUnionType(), GraphQLUnionType()):
            yield from _diff_members(old.name, "UNION_MEMBER", "member", old.types, new.types)
        case (GraphQLScalarType(), GraphQLScalarType()):
            if old.specified_by_url != new.specified_by_url:
                words = f"is specified by {new.specified_by_url}, no longer by {old.specified_by_url}"
                yield change("dangerous", "SPECIFIED_BY_CHANGED", old.name, words)


def _diff_members(
    owner: str, kind: str, word: str, old: Sequence[GraphQLNamedType], new: Sequence[GraphQLNamedType]
) -> Iterator[Change]:
    names = moved({one.name: one for one in old}, {one.name: one for one in new})
    removed: Kind = "INTERFACE_REMOVED" if kind == "INTERFACE" else "UNION_MEMBER_REMOVED"
    added: Kind = "INTERFACE_ADDED" if kind == "INTERFACE" else "UNION_MEMBER_ADDED"
    for name in names.removed:
        yield change("breaking", removed, owner, f"lost the {word} {name}")
    for name in names.added:
        yield change("dangerous", added, owner, f"has the new {word} {name}")


def _diff_directives(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    before, after = _own_directives(old), _own_directives(new)
    names = moved(before, after)
    for name in names.removed:
        yield change("breaking", "DIRECTIVE_REMOVED", f"@{name}", "removed")
    for name in names.added:
        yield change("safe", "DIRECTIVE_ADDED", f"@{name}", "added")
    for name in names.kept:
        yield from _diff_directive(f"@{name}", before[name], after[name])


def _own_directives(schema: GraphQLSchema) -> dict[str, GraphQLDirective]:
    return {one.name: one for one in schema.directives if not is_specified_directive(one)}


def _diff_directive(coordinate: str, old: GraphQLDirective, new: GraphQLDirective) -> Iterator[Change]:
    before, after = {one.name for one in old.locations}, {one.name for one in new.locations}
    for name in sorted(before - after):
        yield change("breaking", "DIRECTIVE_LOCATION_REMOVED", coordinate, f"can no longer stand on {name}")
    for name in sorted(after - before):
        yield change("safe", "DIRECTIVE_LOCATION_ADDED", coordinate, f"can stand on {name}")
    if old.is_repeatable and not new.is_repeatable:
        yield change("breaking", "DIRECTIVE_REPEATABLE_REMOVED", coordinate, "can no longer be repeated")
    elif new.is_repeatable and not old.is_repeatable:
        yield change("safe", "DIRECTIVE_REPEATABLE_ADDED", coordinate, "can be repeated")
    yield from diff_arguments(coordinate, old.args, new.args, added="safe")
    yield from diff_words(coordinate, old.description, new.description)
