"""What a table says as a whole: a resource with its attributes and ways, and what can be written.

Both executors, the schema and the field metadata derive from these rows; nothing about a resource is said anywhere
else.

Never here: I/O, Strawberry, anything that is true of one resource only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from penstock.definitions.model import FieldDefinition
from penstock.resources.attributes import Attribute, Group, GroupType, Presence, Session
from penstock.resources.ways import Edge, Relation, Route

_ENVELOPE_KEYS = frozenset({"id", "type", "meta", "links", "relationships"})

Verb: TypeAlias = Literal["create", "update", "delete", "token"]


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
    session: Session | None = None
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
