"""Whether one type reference can stand for another: what comes out may become narrower, what goes in wider.

Never here: types themselves, only references to them.
Source: the GraphQL specification (nullability and lists); graphql-core's `find_schema_changes`.
"""

from __future__ import annotations

from graphql import GraphQLList, GraphQLNamedType, GraphQLNonNull, GraphQLType


def is_output_safe(old: GraphQLType, new: GraphQLType) -> bool:
    """Whether every value of the new reference was one of the old: ``X`` may become ``X!``."""
    if isinstance(old, GraphQLNonNull):
        return isinstance(new, GraphQLNonNull) and is_output_safe(old.of_type, new.of_type)
    if isinstance(new, GraphQLNonNull):
        return is_output_safe(old, new.of_type)
    if isinstance(old, GraphQLList):
        return isinstance(new, GraphQLList) and is_output_safe(old.of_type, new.of_type)
    return _is_same_name(old, new)


def is_input_safe(old: GraphQLType, new: GraphQLType) -> bool:
    """Whether every value of the old reference is one of the new: ``X!`` may become ``X``."""
    if isinstance(new, GraphQLNonNull):
        return isinstance(old, GraphQLNonNull) and is_input_safe(old.of_type, new.of_type)
    if isinstance(old, GraphQLNonNull):
        return is_input_safe(old.of_type, new)
    if isinstance(old, GraphQLList):
        return isinstance(new, GraphQLList) and is_input_safe(old.of_type, new.of_type)
    return _is_same_name(old, new)


def _is_same_name(old: GraphQLType, new: GraphQLType) -> bool:
    return isinstance(old, GraphQLNamedType) and isinstance(new, GraphQLNamedType) and old.name == new.name
