"""How often something happens, where that may hang on variables; and what comes of adding it up along the way down.

Never here: what a field leads to, running.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from graphql import ValueNode, value_from_ast_untyped

from penstock.definitions.model import JSON

MOST = 10**9
"""Sums stop growing here."""


class Number(Protocol):
    """A number that may hang on variables."""

    def of(self, variables: Mapping[str, JSON] | None) -> int:
        """The number for these variables, raw as they came; None is the most that any can make of it."""
        ...


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows a field leads to: so many, or as many as a variable says.

    Attributes:
        most: At the most.
        variable: The variable that says it, or "".
        default: What holds where the variable is absent or null.
    """

    most: int
    variable: str = ""
    default: int = 0

    def of(self, variables: Mapping[str, JSON] | None) -> int:
        """See `Number.of`; what cannot be used as a size is refused later, and counts as the most."""
        if not self.variable or variables is None:
            return self.most
        value = variables.get(self.variable)
        if value is None:
            return self.default
        usable = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= self.most
        return value if usable and isinstance(value, int) else self.most


@dataclass(frozen=True, slots=True)
class OneMore:
    """One, and one more where a variable holds something."""

    variable: str

    def of(self, variables: Mapping[str, JSON] | None) -> int:
        """See `Number.of`."""
        return 1 if variables is not None and variables.get(self.variable) is None else 2


@dataclass(frozen=True, slots=True)
class Represented:
    """How many of a type are represented: each id once.

    Attributes:
        type_name: The type.
        given: What the document gives for the list of representations.
    """

    type_name: str
    given: ValueNode

    def of(self, variables: Mapping[str, JSON] | None) -> int:
        """See `Number.of`; what represents nothing takes no call."""
        if variables is None:
            return MOST
        items = value_from_ast_untyped(self.given, dict(variables))
        ids = [
            str(item.get("id"))
            for item in (items if isinstance(items, list) else [items])
            if isinstance(item, dict) and item.get("__typename") == self.type_name
        ]
        return len(set(ids))


@dataclass(frozen=True, slots=True)
class Step:
    """Calls that a field takes for each row it stands on.

    Attributes:
        calls: Of the field itself.
        rows: Rows it leads to.
        below: What is taken for each of those.
        scope: For what it is the same call: the ``row`` it stands on alone, all rows of the ``page`` (they lead back to
            the row that the page hangs on), or the whole ``operation``.
    """

    calls: Number
    rows: Number
    below: tuple[Step, ...] = ()
    scope: Literal["row", "page", "operation"] = "row"


def sum_calls(steps: tuple[Step, ...], variables: Mapping[str, JSON] | None, rows: int = 1, pages: int = 1) -> int:
    """The calls of steps that stand on so many rows of so many pages."""
    total = 0
    for step in steps:
        times = {"row": rows, "page": pages, "operation": 1}[step.scope]
        total += step.calls.of(variables) * times
        if step.below:
            total += sum_calls(step.below, variables, min(times * step.rows.of(variables), MOST), times)
    return min(total, MOST)
