"""The schema directives on generated fields: which custom field stands behind one, and what its rule allows.

Never here: prose about a rule, checks of a value.
Source: CONTRACT §9.3; Q7 (only a sole rule says what is allowed).
"""

from __future__ import annotations

import math
from typing import assert_never

import strawberry
from graphql import GraphQLScalarType
from strawberry.schema_directive import Location
from strawberry.schema_directives import OneOf

from penstock.definitions.model import FieldDefinition, Number, Rule, RuleKind
from penstock.definitions.rules import sole_rule
from penstock.definitions.text import without_surrogates
from penstock.definitions.words import number_in_words

_LOCATIONS = [Location.FIELD_DEFINITION, Location.INPUT_FIELD_DEFINITION]


@strawberry.schema_directive(
    locations=_LOCATIONS,
    name="flowField",
    description="The custom field of the store behind this field: its id, which never changes, and its slug upstream.",
)
class FlowField:
    """`@flowField(id:, slug:)`."""

    id: strawberry.ID
    slug: str


@strawberry.schema_directive(
    locations=_LOCATIONS,
    name="constraint",
    description="What the field's rule allows: a range with both ends included, a format, or a list of values.",
)
class Constraint:
    """`@constraint(min:, max:, format:, options:)`; an argument that is unset is not printed."""

    min: float | None = strawberry.UNSET
    max: float | None = strawberry.UNSET
    format: str | None = strawberry.UNSET
    options: list[str] | None = strawberry.UNSET


@strawberry.schema_directive(locations=[Location.INPUT_OBJECT], name="oneOf", print_definition=False)
class BuiltInOneOf(OneOf):
    """`@oneOf` as GraphQL has it built in: Strawberry's own would define it again in the SDL, and differently."""


def field_directives(definition: FieldDefinition | None, *, is_enum: bool) -> list[object]:
    """The directives of a field or input field.

    Args:
        definition: The custom field behind it; None for a core attribute, which has none.
        is_enum: Whether its type is a GraphQL enum, whose members already say which values there are.
    """
    if definition is None:
        return []
    identity = FlowField(id=strawberry.ID(without_surrogates(definition.id)), slug=without_surrogates(definition.slug))
    rule = sole_rule(definition)
    constraint = None if rule is None else _constraint(rule, is_enum=is_enum)
    return [identity] if constraint is None else [identity, constraint]


def _constraint(rule: Rule, *, is_enum: bool) -> Constraint | None:
    match rule.kind:
        case RuleKind.BETWEEN:
            return _range(rule.minimum, rule.maximum)
        case RuleKind.ENUM:
            return None if is_enum or not rule.options else Constraint(options=[_as_text(one) for one in rule.options])
        case RuleKind.EMAIL | RuleKind.SLUG | RuleKind.UUID:
            return Constraint(format=rule.kind.value)
        case RuleKind.ONE_TO_ONE | RuleKind.ONE_TO_MANY:
            return None
        case _:
            assert_never(rule.kind)


def _range(minimum: Number | None, maximum: Number | None) -> Constraint | None:
    lower = strawberry.UNSET if minimum is None or not _is_finite(minimum) else minimum
    upper = strawberry.UNSET if maximum is None or not _is_finite(maximum) else maximum
    if lower is strawberry.UNSET and upper is strawberry.UNSET:
        return None
    return Constraint(min=lower, max=upper)


def _is_finite(number: Number) -> bool:
    return isinstance(number, int) or math.isfinite(number)


def _as_text(option: str | Number) -> str:
    return without_surrogates(option) if isinstance(option, str) else number_in_words(option)


def exact_float() -> GraphQLScalarType:
    """A stand-in for `Float` that prints a number as it is; the built-in one rounds an integer beyond 2^53."""
    exact = GraphQLScalarType("ExactFloat")
    exact.name = "Float"  # graphql-core lets nobody but itself construct a type of this name
    return exact
