"""What a table can say about the ways from one resource to another: routes, edges, listings, relationships.

Never here: I/O, Strawberry, anything that is true of one resource only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from penstock.definitions.model import FieldDefinition
from penstock.resources.attributes import EnumRow, Kind, Path

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class Route:
    """One REST call: method and path template with ``{names}``."""

    method: Method
    template: str


@dataclass(frozen=True, slots=True)
class FromRow:
    """A path value read from the parent row: the first of several places that holds text."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FromArgument:
    """A path value given by the client as a GraphQL argument."""

    name: str


@dataclass(frozen=True, slots=True)
class FromToken:
    """The customer id that the caller's customer token names."""


@dataclass(frozen=True, slots=True)
class FromArgumentOrToken:
    """A path value given as an argument; without it, the customer id that the caller's token names."""

    name: str


Origin: TypeAlias = FromRow | FromArgument | FromToken | FromArgumentOrToken


Operator = Literal["eq", "like", "gt", "ge", "lt", "le"]


@dataclass(frozen=True, slots=True)
class FilterRow:
    """One attribute that upstream can filter on.

    Attributes:
        name: GraphQL name in the filter input.
        attribute: Upstream's attribute name in the filter grammar.
        checks: Where an equality can be checked on a returned row; empty where the row does not show it.
        trims_to_lower: Whether the operand is trimmed and lower-cased, as every stored e-mail is (Q2).
    """

    name: str
    attribute: str
    kind: Kind
    operators: tuple[Operator, ...]
    checks: tuple[Path, ...] = ()
    enum: EnumRow | None = None
    trims_to_lower: bool = False


@dataclass(frozen=True, slots=True)
class SortRow:
    """One attribute that upstream can sort by; gives the members ``NAME_ASC`` and ``NAME_DESC``."""

    name: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A paginated collection.

    Attributes:
        route: The GET of the collection.
        filters, sorts: Exactly what upstream can do.
        default_sort: Upstream's sort text when the client gives none; "" for none.
        keyset: The upstream attribute whose ascending or descending sort is read by key, or None.
        offset_wall: First record that cannot be reached by offset.
        quoted: Whether the filter grammar of this endpoint takes quoted operands.
    """

    route: Route
    filters: tuple[FilterRow, ...] = ()
    sorts: tuple[SortRow, ...] = ()
    default_sort: str = ""
    keyset: str | None = None
    offset_wall: int = 10_000
    quoted: bool = True


@dataclass(frozen=True, slots=True)
class FixedFilter:
    """An equality that an edge always asks for: attribute, origin of the value, where rows show it."""

    attribute: str
    origin: Origin
    checks: tuple[Path, ...]


DEFAULT_PAGE = 25
LARGEST_PAGE = 100
"""Rows of a page when nobody says how many, and at the most (§3)."""


class Shape(Enum):
    """How many rows an edge leads to."""

    ONE = "one"
    LIST = "list"
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one resource to another, or from the query root to one: one table row, two executors.

    Attributes:
        target: GraphQL type name it leads to.
        route: The GET it makes (for a connection: the listing's).
        origins: Path parameter → where its value comes from. A missing value makes the edge null without a call.
        listing: For a connection: what can be filtered and sorted.
        fixed: Equalities always asked for.
        primes: Whether rows read here also answer a read by id of the target (same keys on both).
        missing_is_null: Whether upstream's 404 means null (else: the customer token is no longer valid).
        own: Whether it goes out from the signed-in customer's own row alone: upstream narrows it by the token. From any
            other row it is null without a call. For connections.
        private: Whether what it leads to is one visitor's own though no credential proves it: who knows the id has it.
        deprecation: Why it leads nowhere any more: null without a call, whoever asks; None where it leads somewhere.
    """

    name: str
    description: str
    shape: Shape
    target: str
    route: Route
    origins: tuple[tuple[str, Origin], ...] = ()
    listing: Listing | None = None
    fixed: tuple[FixedFilter, ...] = ()
    primes: bool = False
    missing_is_null: bool = True
    own: bool = False
    private: bool = False
    deprecation: str | None = None


@dataclass(frozen=True, slots=True)
class Watching:
    """A subscription to one resource: told again, read anew as whoever subscribes, whenever upstream says it changed.

    Attributes:
        name: Of the subscription's root field.
        word: Upstream's word for the resource in its events.
        edge: The way from what is told, which has the resource's id, to the resource.
        origins: Where the id comes from when it begins.
    """

    name: str
    description: str
    word: str
    edge: Edge
    origins: tuple[tuple[str, Origin], ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship field: ids stand in the row, the rows behind them are read one by one.

    Attributes:
        path: Where the references stand: ``{"data": {...}}``, ``{"data": [...]}``, null or absent (§9.5).
        target: GraphQL type name, or None where the gateway does not serve it (then an `EntryReference`).
        route: The GET by id of the target; None with no target.
    """

    name: str
    description: str
    path: Path
    many: bool
    target: str | None
    route: Route | None
    field: FieldDefinition | None = None
    item_type: str = ""
    """What a reference to the target says it is when it is written; "" where it cannot be written."""
