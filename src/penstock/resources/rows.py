"""What a table says as a whole: a resource with its attributes and ways, and what can be written.

Both executors, the schema and the field metadata derive from these rows; nothing about a resource is said anywhere
else.

Never here: I/O, Strawberry, anything that is true of one resource only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, assert_never

from penstock.definitions.model import FieldDefinition
from penstock.resources.attributes import Attribute, EnumRow, Group, GroupType, Kind, Session
from penstock.resources.inputs import InputRow
from penstock.resources.ways import Edge, Origin, Relation, Route, Watching

ENVELOPE_KEYS = frozenset({"id", "type", "meta", "links", "relationships"})
"""Keys of every row, core or custom: no field has one of them as its slug."""

Verb: TypeAlias = Literal[
    "create",
    "update",
    "delete",
    "send",
    "token",
    "relate",
    "access",
    "define",
    "put_in",
    "change_lines",
    "take_out",
    "associate",
    "check_out",
    "pay",
]


@dataclass(frozen=True, slots=True)
class StaffOnly:
    """What a write may ask for with the rights of staff alone, where upstream itself would let anybody.

    Attributes:
        when: Upstream key → value of the input: where all of them are so, the proof is asked for.
        proof: A GET that upstream answers to a client_credentials bearer alone.
        message: What a shopper reads.
    """

    when: tuple[tuple[str, str], ...]
    proof: Route
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """A resource that a payload shows.

    Attributes:
        name: Field of the payload.
        target: Type of that field.
        by: The path parameter of the write that holds its id, where it is read again after the write and only when
            it is selected; "" where the answer to the write is the resource.
        route: The GET by which it is read again, where that is not the resource's own.
    """

    name: str
    target: str
    description: str = "As it is now; null on user errors."
    by: str = ""
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class Mutation:
    """A write and its payload.

    Attributes:
        verb: What kind of write; each kind is run by one function, whatever the resource. `create` and `update` take
            the attributes of the resource, the others an input of their own.
        item_type: ``data.type`` of the body.
        payload: Name of the payload's first field: the resource, or the id of what is gone.
        target: Type of the resource that is written.
        origins: Path parameter → where its value comes from; the arguments beside `input` derive from them.
        input: What `send` takes; for the other verbs what is taken beside the resource's own attributes.
        merges: Whether an update reads the resource first and sends it whole, because upstream wants it so.
        by, reread: See `Result.by` and `Result.route`, for the payload's first field.
        also: Other resources that the payload shows.
        lock: Path template of what is written, where that is more than the route's own path: no two writes to it meet.
        brings: Name of the edge of the payload's first resource whose rows the answer brings along: they are not read
            again. "" for none.
        staff_only: What needs the rights of staff, or None.
        is_sale: Whether a refusal may speak of stock, carts and orders.
        warns: Whether the payload shows what upstream says beside a success.
        has_quota: Whether upstream bounds how many there may be (Q10).
        email_is_unique: Whether a refusal that mentions the e-mail means it is taken (Q1).
        carries_token: Whether the customer token travels along.
        one_of: Whether exactly one row of the input is given.
        is_sign_up: Whether the gateway's own client_credentials may stand in where the operator allows sign-up.
    """

    name: str
    verb: Verb
    description: str
    route: Route
    item_type: str
    payload: str
    target: str
    origins: tuple[tuple[str, Origin], ...] = ()
    input: tuple[InputRow, ...] = ()
    merges: bool = False
    by: str = ""
    reread: Route | None = None
    also: tuple[Result, ...] = ()
    lock: str = ""
    brings: str = ""
    staff_only: StaffOnly | None = None
    is_sale: bool = False
    warns: bool = False
    has_quota: bool = False
    email_is_unique: bool = False
    carries_token: bool = True
    is_sign_up: bool = False
    one_of: bool = False

    @property
    def is_deletion(self) -> bool:
        """Whether the payload's first field is the id of what is gone."""
        return self.verb == "delete" or (self.verb == "define" and self.route.method == "DELETE")

    @property
    def results(self) -> tuple[Result, ...]:
        """The resources that the payload shows."""
        if self.is_deletion:
            return self.also
        return (Result(self.payload, self.target, by=self.by, route=self.reread), *self.also)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A custom field that has gone from the store and is still shown: null whatever a row holds, and in no input.

    Attributes:
        name: GraphQL name.
        type_name: What it was: a scalar, an enum, an object type.
        deprecation: Why it should no longer be used, with dates.
        field: What is known of the custom field.
        many: Whether it was a list.
        enum: The enum, where the type is one.
    """

    name: str
    type_name: str
    description: str
    deprecation: str
    field: FieldDefinition
    many: bool = False
    enum: EnumRow | None = None


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
    tombstones: tuple[Tombstone, ...] = ()
    roots: tuple[Edge, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    one: Route | None = None
    """The GET by id whose answer rows of this resource are; loaders are primed under it."""
    group_types: tuple[GroupType, ...] = ()
    relation_key: str = ""
    """The word by which a relationship rule names this resource (`customer`, `order`, a custom flow's slug)."""
    quarantined: tuple[tuple[str, str], ...] = ()
    """Custom fields that could not be typed: (field id, slug)."""
    session: Session | None = None
    watching: Watching | None = None
    other_keys: frozenset[str] = frozenset()
    """Upstream's own keys that no row above shows: never taken for custom values."""

    @property
    def core_keys(self) -> frozenset[str]:
        """The top-level keys of a row that are upstream's own."""
        shown = {row.path[0] for row in self.attributes if row.field is None}
        return frozenset(shown | {group.path[0] for group in self.groups}) | self.other_keys | ENVELOPE_KEYS

    @property
    def definitions(self) -> tuple[FieldDefinition, ...]:
        """The custom fields that are served, relationships included."""
        fields = (*(row.field for row in self.attributes), *(relation.field for relation in self.relations))
        return tuple(field for field in fields if field is not None)

    def input_of(self, mutation: Mutation) -> tuple[InputRow, ...]:
        """The rows of a mutation's input; each says by its `create` whether it must be given."""
        match mutation.verb:
            case "create":
                return (*(row for row in self.attributes if row.create != "absent"), *mutation.input)
            case "update":
                rows = (replace(row, create=row.update) for row in self.attributes if row.update != "absent")
                return (*rows, *mutation.input)
            case "relate":
                return tuple(_reference(relation) for relation in self.relations if relation.item_type)
            case (
                "send"
                | "token"
                | "delete"
                | "access"
                | "define"
                | "put_in"
                | "change_lines"
                | "take_out"
                | "associate"
                | "check_out"
                | "pay"
            ):
                return mutation.input
            case _:
                assert_never(mutation.verb)


def _reference(relation: Relation) -> Attribute:
    """A relationship field as an input takes it: the id, or the ids, of what it leads to."""
    return Attribute(
        relation.name,
        relation.path,
        Kind.ID,
        relation.description,
        output=False,
        create="optional",
        many=relation.many,
        field=relation.field,
    )
