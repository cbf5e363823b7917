"""Type descriptions: the explicit middle form between the tables and a Strawberry schema.

Every name is final here. A field knows the row it comes from, so that an executor can follow it.

Never here: Strawberry, resolvers, I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from penstock.definitions.model import FieldDefinition
from penstock.resources.attributes import Attribute, EnumRow, Group, Session
from penstock.resources.rows import Mutation, Resource, Result, Tombstone
from penstock.resources.ways import Edge, FilterRow, Relation, Watching


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A reference to a named type with its wrappers: ``Name``, ``Name!``, ``[Name!]``, ``[Name!]!``."""

    name: str
    non_null: bool = False
    is_list: bool = False
    item_non_null: bool = True


@dataclass(frozen=True, slots=True)
class PagePart:
    """A field of a connection, its edge or its page info: read from the page that the connection fetched."""

    part: Literal["nodes", "edges", "pageInfo", "totalCount", "node", "cursor"]


@dataclass(frozen=True, slots=True)
class PayloadPart:
    """A field of a mutation payload: a resource, the user errors, the warnings, or the id that is gone."""

    part: Literal["resource", "userErrors", "warnings", "deletedId"]
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class CustomValue:
    """`customField(slug:)` and `customFields`: raw values with their definitions."""

    many: bool


@dataclass(frozen=True, slots=True)
class Plain:
    """A value that the gateway itself holds under ``key`` in a plain mapping (schemaInfo, fieldDefinitions, …).

    ``is_cut`` where it is a list of which the argument `first` says how much is wanted.
    """

    key: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Metadata:
    """A root field answered from the generation alone."""

    what: Literal["fieldDefinitions", "schemaInfo"]


@dataclass(frozen=True, slots=True)
class Service:
    """`_service`: the schema as a subgraph of a federated graph."""


@dataclass(frozen=True, slots=True)
class Entities:
    """`_entities`: what a router of a federated graph knows by type and id.

    Attributes:
        edges: The root fields that read one by its id; each target once.
    """

    edges: tuple[Edge, ...]


Source: TypeAlias = (
    Attribute
    | Group
    | Session
    | Edge
    | Relation
    | Tombstone
    | Mutation
    | PagePart
    | PayloadPart
    | CustomValue
    | Plain
    | Metadata
    | Service
    | Entities
    | Watching
)


@dataclass(frozen=True, slots=True)
class ArgumentDescription:
    """An argument of a field. ``default`` is GraphQL literal text as a Python value, or None for no default."""

    name: str
    type: TypeRef
    description: str
    default: int | str | bool | None = None


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """A field of an object type, and the row it comes from."""

    name: str
    type: TypeRef
    description: str
    source: Source
    arguments: tuple[ArgumentDescription, ...] = ()
    deprecation: str | None = None
    definition: FieldDefinition | None = None


@dataclass(frozen=True, slots=True)
class ObjectDescription:
    """An object type. ``resource`` is the row source for types that are resources, else None."""

    name: str
    description: str
    fields: tuple[FieldDescription, ...]
    resource: Resource | None = None

    def field(self, name: str) -> FieldDescription:
        """The field of this name.

        Raises:
            KeyError: There is none.
        """
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class InputFieldDescription:
    """A field of an input type, and the row that judges and names it upstream."""

    name: str
    type: TypeRef
    description: str
    attribute: Attribute | None = None
    filter: FilterRow | None = None
    definition: FieldDefinition | None = None


@dataclass(frozen=True, slots=True)
class InputDescription:
    """An input type."""

    name: str
    description: str
    fields: tuple[InputFieldDescription, ...]
    one_of: bool = False


@dataclass(frozen=True, slots=True)
class EnumDescription:
    """An enum type: members as (GraphQL name, internal value, description). Internal values are text."""

    name: str
    description: str
    members: tuple[tuple[str, str, str], ...]
    row: EnumRow | None = None


@dataclass(frozen=True, slots=True)
class SchemaDescription:
    """A whole schema, every mapping in the order in which it is printed."""

    query: ObjectDescription
    mutation: ObjectDescription | None
    objects: dict[str, ObjectDescription] = field(default_factory=dict)
    inputs: dict[str, InputDescription] = field(default_factory=dict)
    enums: dict[str, EnumDescription] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    """Resources by GraphQL type name, extended by the store's definitions."""
    subscription: ObjectDescription | None = None

    @property
    def roots(self) -> tuple[ObjectDescription, ...]:
        """The root types that there are."""
        return tuple(root for root in (self.query, self.mutation, self.subscription) if root is not None)

    def root(self, operation: str) -> ObjectDescription | None:
        """The root type of an operation by its keyword: ``query``, ``mutation`` or ``subscription``."""
        return {"query": self.query, "mutation": self.mutation, "subscription": self.subscription}[operation]

    def object(self, name: str) -> ObjectDescription:
        """The object type of this name, the roots included.

        Raises:
            KeyError: There is none.
        """
        return next((root for root in self.roots if root.name == name), None) or self.objects[name]
