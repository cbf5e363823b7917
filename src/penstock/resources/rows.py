"""The vocabulary of the tables: what a row about an attribute, an edge, a listing or a mutation can say.

A core attribute and a custom field are the same kind of row. Both executors, the schema and the field metadata derive
from these rows; nothing about a resource is said anywhere else.

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
        trims_to_lower: Whether an input is trimmed and lower-cased before it is judged (Q2).
        non_null: Only `id`, and the few values the gateway itself makes.
        field: The custom field behind it; None for a core attribute.
        deprecation: Why it should no longer be used, or None.
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
    trims_to_lower: bool = False
    non_null: bool = False
    field: FieldDefinition | None = None
    deprecation: str | None = None

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
class GroupType:
    """The attributes of a `Group`."""

    type_name: str
    description: str
    attributes: tuple[Attribute, ...]


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


Origin: TypeAlias = FromRow | FromArgument | FromToken


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
    deprecation: str | None = None


_ENVELOPE_KEYS = frozenset({"id", "type", "meta", "links", "relationships"})

Verb = Literal["create", "update", "delete", "token"]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A write: one upstream call, one payload.

    Attributes:
        verb: What kind of write; each kind is run by one function, whatever the resource.
        item_type: ``data.type`` of the body.
        payload: Name of the payload's resource field.
        target: Type of that field.
        id_argument: `absent`, `optional` (the signed-in customer when left out) or `required`.
        email_is_unique: Whether a refusal that mentions the e-mail means it is taken (Q1).
        carries_token: Whether the customer token travels along.
        is_sign_up: Whether the gateway's own client_credentials may stand in where the operator allows sign-up.
    """

    name: str
    verb: Verb
    description: str
    route: Route
    item_type: str
    payload: str
    target: str
    id_argument: Presence = "absent"
    email_is_unique: bool = False
    carries_token: bool = True
    is_sign_up: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """Everything about one upstream resource."""

    type_name: str
    description: str
    flow: str | None
    attributes: tuple[Attribute, ...]
    groups: tuple[Group, ...] = ()
    edges: tuple[Edge, ...] = ()
    relations: tuple[Relation, ...] = ()
    roots: tuple[Edge, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    one: Route | None = None
    """The GET by id whose answer rows of this resource are; loaders are primed under it."""
    group_types: tuple[GroupType, ...] = ()
    relation_key: str = ""
    """The word by which a relationship rule names this resource (`customer`, `order`, a custom flow's slug)."""
    quarantined: tuple[tuple[str, str], ...] = ()
    """Custom fields that could not be typed: (field id, slug)."""
    other_keys: frozenset[str] = frozenset()
    """Upstream's own keys that no row above shows: never taken for custom values."""

    @property
    def core_keys(self) -> frozenset[str]:
        """The top-level keys of a row that are upstream's own."""
        shown = {row.path[0] for row in self.attributes if row.field is None}
        return frozenset(shown | {group.path[0] for group in self.groups}) | self.other_keys | _ENVELOPE_KEYS

    @property
    def definitions(self) -> tuple[FieldDefinition, ...]:
        """The custom fields that are served, relationships included."""
        fields = (*(row.field for row in self.attributes), *(relation.field for relation in self.relations))
        return tuple(field for field in fields if field is not None)
