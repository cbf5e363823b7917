"""What a table can say about a value: where it stands, what it is, who may write it.

A core attribute and a custom field are the same kind of row.

Never here: I/O, Strawberry, anything that is true of one resource only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from penstock.definitions.model import FieldDefinition

Path: TypeAlias = tuple[str, ...]
"""Keys from a row of upstream JSON down to a value."""

Presence: TypeAlias = Literal["absent", "optional", "required"]
"""Whether an input carries an attribute."""


class Kind(Enum):
    """What a value is; the value of the member is the GraphQL scalar's name (an enum has its own)."""

    ID = "ID"
    STRING = "String"
    EMAIL = "Email"
    INT = "Int"
    BIG_INT = "BigInt"
    FLOAT = "Float"
    BOOLEAN = "Boolean"
    FLOW_DATE = "FlowDate"
    DATE_TIME = "DateTime"
    EPOCH = "Epoch"
    JSON = "JSON"
    ENUM = "Enum"
    MONEY = "Money"


UNRECOGNIZED = "UNRECOGNIZED"
"""The output-only member for a stored value outside the rule."""


@dataclass(frozen=True, slots=True)
class EnumRow:
    """An enum: its GraphQL name and its members as (GraphQL name, upstream value, description)."""

    name: str
    description: str
    members: tuple[tuple[str, str, str], ...]
    open: bool = True
    """Whether upstream may hold other values: adds the output-only member `UNRECOGNIZED`."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value on a row, core or custom.

    Attributes:
        name: GraphQL name, final.
        path: Where the value stands in upstream's JSON; on input the last key is what is sent.
        output: Whether the object type shows it.
        create, update: Whether the inputs carry it.
        nullable_input: Whether an explicit null may be sent to clear it.
        max_length: Most characters an input may have.
        min_length: Fewest characters an input may have.
        least: Smallest number an input may be.
        trims_to_lower: Whether an input is trimmed and lower-cased before it is judged (Q2).
        non_null: Only `id`, and the few values the gateway itself makes.
        many: Whether an input takes a list of such values.
        field: The custom field behind it; None for a core attribute.
    """

    name: str
    path: Path
    kind: Kind
    description: str
    enum: EnumRow | None = None
    output: bool = True
    create: Presence = "absent"
    update: Presence = "absent"
    nullable_input: bool = True
    max_length: int | None = None
    min_length: int = 0
    least: int | None = None
    trims_to_lower: bool = False
    non_null: bool = False
    many: bool = False
    field: FieldDefinition | None = None

    @property
    def key(self) -> str:
        """The key under which a write sends it."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Group:
    """An object that stands inside a row, as an order's billing address: no call is needed to read it."""

    name: str
    path: Path
    type_name: str
    description: str


@dataclass(frozen=True, slots=True)
class Session:
    """What the gateway itself knows of the signed-in customer's token: it stands on that customer's row alone."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class GroupType:
    """The attributes of a `Group`."""

    type_name: str
    description: str
    attributes: tuple[Attribute, ...]
