"""What an input can be made of: attributes, and objects or lists of objects made of them.

Never here: I/O, judging values, anything that is true of one resource only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from penstock.resources.attributes import Attribute, Presence

MOST_ITEMS = 100
"""Items of a list in an input, unless its row says otherwise."""


@dataclass(frozen=True, slots=True)
class Nested:
    """An object inside an input, or a list of such objects.

    Attributes:
        name: GraphQL name.
        key: The key under which a write sends it.
        type_name: GraphQL input type; rows of the same name are the same type.
        rows: What it is made of; the `create` of an attribute says whether it must be given.
        many: Whether it is a list.
        most: Items a list may have.
        one_of: Whether exactly one of its rows is given.
        any_of: Names of rows of which at least one must hold something.
        extended_by: GraphQL type whose custom fields it takes as well, or "".
        clearable: Whether null may be given, to clear it or to leave it out.
        changes: Whether it changes something that is there: no custom field has to be given then.
    """

    name: str
    key: str
    type_name: str
    description: str
    rows: tuple[InputRow, ...]
    presence: Presence = "optional"
    many: bool = False
    most: int = MOST_ITEMS
    one_of: bool = False
    any_of: tuple[str, ...] = ()
    extended_by: str = ""
    clearable: bool = True
    changes: bool = False


InputRow: TypeAlias = Attribute | Nested


@dataclass(frozen=True, slots=True)
class Leaf:
    """An attribute somewhere in an input: keys and GraphQL names that lead to it, lists counted as one step."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    row: Attribute


def leaves(rows: tuple[InputRow, ...], keys: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Every attribute of an input, however deep."""
    for row in rows:
        if isinstance(row, Nested):
            yield from leaves(row.rows, (*keys, row.key), (*names, row.name))
        else:
            yield Leaf((*keys, row.key), (*names, row.name), row)
