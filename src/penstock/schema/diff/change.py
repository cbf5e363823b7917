"""One change between two schemas: how much it matters, where, and in words.

Never here: how changes are found.
Source: the GraphQL specification (schema coordinates); the catalogues of graphql-core and GraphQL Inspector.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["breaking", "dangerous", "safe"]
"""``breaking``: what is valid today may fail; ``dangerous``: it stays valid but may behave otherwise; ``safe``."""

Kind: TypeAlias = Literal[
    "TYPE_ADDED",
    "TYPE_REMOVED",
    "TYPE_KIND_CHANGED",
    "FIELD_ADDED",
    "FIELD_REMOVED",
    "FIELD_TYPE_CHANGED",
    "ARGUMENT_ADDED",
    "REQUIRED_ARGUMENT_ADDED",
    "ARGUMENT_REMOVED",
    "ARGUMENT_TYPE_CHANGED",
    "INPUT_FIELD_ADDED",
    "REQUIRED_INPUT_FIELD_ADDED",
    "INPUT_FIELD_REMOVED",
    "INPUT_FIELD_TYPE_CHANGED",
    "ONE_OF_ADDED",
    "ONE_OF_REMOVED",
    "DEFAULT_ADDED",
    "DEFAULT_REMOVED",
    "DEFAULT_CHANGED",
    "ENUM_VALUE_ADDED",
    "ENUM_VALUE_REMOVED",
    "UNION_MEMBER_ADDED",
    "UNION_MEMBER_REMOVED",
    "INTERFACE_ADDED",
    "INTERFACE_REMOVED",
    "DEPRECATION_ADDED",
    "DEPRECATION_REMOVED",
    "DEPRECATION_REASON_CHANGED",
    "DESCRIPTION_CHANGED",
    "SPECIFIED_BY_CHANGED",
    "ROOT_ADDED",
    "ROOT_REMOVED",
    "ROOT_CHANGED",
    "DIRECTIVE_ADDED",
    "DIRECTIVE_REMOVED",
    "DIRECTIVE_LOCATION_ADDED",
    "DIRECTIVE_LOCATION_REMOVED",
    "DIRECTIVE_REPEATABLE_ADDED",
    "DIRECTIVE_REPEATABLE_REMOVED",
    "APPLIED_DIRECTIVE_ADDED",
    "APPLIED_DIRECTIVE_REMOVED",
]

LEVELS: tuple[Level, ...] = ("breaking", "dangerous", "safe")
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        level: How much it matters.
        kind: What kind of change it is.
        coordinate: Where: a schema coordinate, as ``Customer.deliverySlot`` or ``Query.customers(first:)``.
        description: The whole change in words, the coordinate included: ``Customer.deliverySlot removed``.
    """

    level: Level
    kind: Kind
    coordinate: str
    description: str


def change(level: Level, kind: Kind, coordinate: str, words: str) -> Change:
    """A change whose description is its coordinate and some words."""
    return Change(level, kind, coordinate, f"{coordinate} {words}")


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The worst first, then by coordinate."""
    return tuple(sorted(changes, key=lambda one: (LEVELS.index(one.level), one.coordinate, one.kind, one.description)))


def worst(changes: Iterable[Change]) -> Level | None:
    """The worst level among changes, or None where there are none."""
    levels = {one.level for one in changes}
    return next((level for level in LEVELS if level in levels), None)
