"""How many calls a write may take, told from its row and from what is given, before one is made.

Each kind of write is counted as its function in this folder makes its calls; a payload's resource that is read again is
counted where it is selected, not here.

Never here: writing, what is below a payload.
Source: CONTRACT §8 (read, merge, write), §5 (100 fields a flow), §10.2, §11 (checkout).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graphql import ListValueNode, ObjectValueNode, Undefined, ValueNode, VariableNode, value_from_ast_untyped

from penstock.definitions.model import JSON
from penstock.operations.sizes import MOST, Number, Size
from penstock.resources.attributes import Attribute
from penstock.resources.flow import FLOW, MOST_FIELDS
from penstock.resources.rows import Mutation
from penstock.schema.generation import Generation

_Count: TypeAlias = Callable[[Mapping[str, JSON]], int]


@dataclass(frozen=True, slots=True)
class _OfInput:
    """Calls that hang on the input.

    Attributes:
        written: The input as the document has it.
        count: The calls that an input takes, raw as it came.
        most: The calls that any input takes.
    """

    written: ValueNode | None
    count: _Count
    most: int

    def of(self, variables: Mapping[str, JSON] | None) -> int:
        """See `Number.of`; what is no input is refused before any call."""
        if self.written is None:
            return 0
        if variables is None and _hangs_on_variables(self.written):
            return self.most
        given = value_from_ast_untyped(self.written, dict(variables or {}))
        return self.count(given) if isinstance(given, dict) else 0


def calls_of(mutation: Mutation, written: ValueNode | None, generation: Generation) -> Number:
    """The calls of a write.

    Args:
        mutation: Its row.
        written: The input as the document has it, or None.
        generation: Whose schema the document is valid for.
    """
    match mutation.verb:
        case "take_out":
            return _OfInput(written, _items(mutation), MOST)
        case "relate":
            names = [relation.name for relation in generation.description.resources[mutation.target].relations]
            return _OfInput(
                written, lambda given: sum(given.get(name, Undefined) is not Undefined for name in names), len(names)
            )
        case "pay":
            return _OfInput(written, _payment(mutation), 2)
        case "check_out":
            buyer = next((row.name for row in mutation.input if row.key == "customer"), "")
            return _OfInput(written, lambda given: 1 if isinstance(given.get(buyer), dict) else 2, 2)
        case "define":
            return Size(1 + _is_read_first(mutation, generation))
        case _:
            return Size(1 + mutation.merges)


def _items(mutation: Mutation) -> _Count:
    """One call for each item; a single one needs no list around it."""
    names = [row.name for row in mutation.input if isinstance(row, Attribute) and row.many]

    def count(given: Mapping[str, JSON]) -> int:
        lists = [given.get(name) for name in names]
        return sum(len(items) if isinstance(items, list) else 1 for items in lists)

    return count


def _payment(mutation: Mutation) -> _Count:
    """One call, and one before it where what is given is for staff alone."""
    guard = mutation.staff_only
    rows = {row.key: row for row in mutation.input if isinstance(row, Attribute)}
    proved = []
    for key, value in guard.when if guard is not None else ():
        enum = rows[key].enum
        members = {value} if enum is None else {name for name, held, _ in enum.members if held == value}
        proved.append((rows[key].name, members))

    def count(given: Mapping[str, JSON]) -> int:
        return 1 + (bool(proved) and all(given.get(name) in members for name, members in proved))

    return count


def _is_read_first(mutation: Mutation, generation: Generation) -> bool:
    """Whether a definition is read before it is written: a field that changes, the fields of a flow that is full."""
    if mutation.is_deletion or mutation.target == FLOW.type_name:
        return False
    if mutation.origins:
        return True
    return any(len(flow.fields) >= MOST_FIELDS for flow in generation.definitions.flows)


def _hangs_on_variables(node: ValueNode) -> bool:
    match node:
        case VariableNode():
            return True
        case ListValueNode():
            return any(_hangs_on_variables(item) for item in node.values)
        case ObjectValueNode():
            return any(_hangs_on_variables(member.value) for member in node.fields)
        case _:
            return False
