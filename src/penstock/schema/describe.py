"""A store's definitions become a whole schema's description: the explicit middle form, ready to be built.

Never here: Strawberry, I/O.
Source: GRAPHQL conventions and root fields.
"""

from __future__ import annotations

from typing import assert_never

from penstock.definitions.lock import NO_LOCK, Lock
from penstock.definitions.model import Problem, StoreDefinitions
from penstock.resources.attributes import Attribute, EnumRow, Group, GroupType, Kind
from penstock.resources.inputs import leaves
from penstock.resources.rows import Mutation, Resource, Tombstone
from penstock.resources.ways import (
    DEFAULT_PAGE,
    LARGEST_PAGE,
    Edge,
    FromArgument,
    FromArgumentOrToken,
    Listing,
    Origin,
    Relation,
    Shape,
)
from penstock.schema.extend import extend
from penstock.schema.fixed_types import (
    FIXED_ENUMS,
    FIXED_OBJECTS,
    FIXED_ROOTS,
    SESSION,
    connection,
)
from penstock.schema.inputs import enum_description, filter_inputs, input_name, sort_enum, write_inputs
from penstock.schema.model import (
    ArgumentDescription,
    CustomValue,
    EnumDescription,
    FieldDescription,
    InputDescription,
    ObjectDescription,
    PayloadPart,
    SchemaDescription,
    TypeRef,
)
from penstock.schema.plain_fields import REQUIRED_ID, REQUIRED_TEXT
from penstock.schema.subscription import describe_subscription


def describe(definitions: StoreDefinitions, lock: Lock = NO_LOCK) -> tuple[SchemaDescription, tuple[Problem, ...]]:
    """The schema that definitions and lock give, and the problems found in joining them with the tables."""
    resources, problems = extend(definitions, lock)
    objects: dict[str, ObjectDescription] = {}
    inputs: dict[str, InputDescription] = {}
    enums: dict[str, EnumDescription] = {}
    roots: list[FieldDescription] = []
    writes: list[FieldDescription] = []
    for resource in resources.values():
        objects[resource.type_name] = _resource_object(resource)
        for group_type in resource.group_types:
            objects[group_type.type_name] = _group_object(group_type)
        enums |= {row.name: enum_description(row) for row in _enum_rows(resource)}
        inputs |= write_inputs(resource)
        roots += [_edge_field(edge) for edge in resource.roots]
        for mutation in resource.mutations:
            payload = _payload_object(mutation)
            objects[payload.name] = payload
            has_input = bool(resource.input_of(mutation))
            writes.append(_mutation_field(mutation, payload.name, has_input=has_input))
    for edge in _connections(resources):
        objects |= {made.name: made for made in connection(edge.target)}
        if edge.listing is not None:
            inputs |= filter_inputs(edge.target, edge.listing)
            sort = sort_enum(edge.target, edge.listing)
            enums |= {sort.name: sort} if sort else {}
    subscription, told = describe_subscription(resources.values())
    objects |= {fixed.name: fixed for fixed in (*told, *FIXED_OBJECTS)}
    enums |= {one.name: one for one in FIXED_ENUMS}
    description = SchemaDescription(
        query=ObjectDescription("Query", "What can be read.", (*roots, *FIXED_ROOTS)),
        mutation=ObjectDescription("Mutation", "What can be changed.", tuple(writes)),
        objects=objects,
        inputs=inputs,
        enums=enums,
        resources=resources,
        subscription=subscription,
    )
    return description, problems


def _connections(resources: dict[str, Resource]) -> list[Edge]:
    edges = [edge for resource in resources.values() for edge in (*resource.roots, *resource.edges)]
    return [edge for edge in edges if edge.shape is Shape.CONNECTION]


def _enum_rows(resource: Resource) -> list[EnumRow]:
    asked = [leaf.row.enum for mutation in resource.mutations for leaf in leaves(resource.input_of(mutation))]
    shown = [row.enum for row in resource.attributes]
    gone = [tombstone.enum for tombstone in resource.tombstones]
    return [enum for enum in (*shown, *asked, *gone) if enum is not None]


def _resource_object(resource: Resource) -> ObjectDescription:
    shown = [row for row in resource.attributes if row.output]
    fields = [
        *(_attribute_field(row) for row in shown if row.field is None),
        *(_group_field(group) for group in resource.groups),
        *(_edge_field(edge) for edge in resource.edges),
        *_session_field(resource),
        *(_attribute_field(row) for row in shown if row.field is not None),
        *(_relation_field(relation) for relation in resource.relations),
        *(_tombstone_field(tombstone) for tombstone in resource.tombstones),
    ]
    if resource.flow is not None:
        fields += _CUSTOM_VALUES
    return ObjectDescription(resource.type_name, resource.description, tuple(fields), resource)


_CUSTOM_VALUES = (
    FieldDescription(
        "customField",
        TypeRef("CustomFieldValue"),
        "The raw value under a custom key, typed in this schema or not; null when there is no such key.",
        CustomValue(many=False),
        (ArgumentDescription("slug", REQUIRED_TEXT, "The key upstream uses."),),
    ),
    FieldDescription(
        "customFields",
        TypeRef("CustomFieldValue", non_null=True, is_list=True),
        "All custom values, raw: those of this schema, quarantined ones and ones newer than the schema.",
        CustomValue(many=True),
    ),
)


def _attribute_field(row: Attribute) -> FieldDescription:
    name = row.enum.name if row.enum else _OUTPUT_TYPES.get(row.kind, row.kind.value)
    return FieldDescription(
        row.name,
        TypeRef(name, non_null=row.non_null),
        row.description,
        row,
        definition=row.field,
    )


_OUTPUT_TYPES = {Kind.EMAIL: "String", Kind.EPOCH: "DateTime"}


def _group_field(group: Group) -> FieldDescription:
    return FieldDescription(group.name, TypeRef(group.type_name), group.description, group)


def _session_field(resource: Resource) -> list[FieldDescription]:
    session = resource.session
    if session is None:
        return []
    return [FieldDescription(session.name, TypeRef(SESSION.name), session.description, session)]


def _group_object(group_type: GroupType) -> ObjectDescription:
    fields = tuple(_attribute_field(row) for row in group_type.attributes)
    return ObjectDescription(group_type.type_name, group_type.description, fields)


def _relation_field(relation: Relation) -> FieldDescription:
    return FieldDescription(
        relation.name,
        TypeRef(relation.target or "EntryReference", is_list=relation.many),
        relation.description,
        relation,
        definition=relation.field,
    )


def _tombstone_field(tombstone: Tombstone) -> FieldDescription:
    return FieldDescription(
        tombstone.name,
        TypeRef(tombstone.type_name, is_list=tombstone.many),
        tombstone.description,
        tombstone,
        deprecation=tombstone.deprecation,
        definition=tombstone.field,
    )


def _edge_field(edge: Edge) -> FieldDescription:
    arguments = _id_arguments(edge.origins)
    match edge.shape:
        case Shape.ONE:
            type_ref = TypeRef(edge.target)
        case Shape.LIST:
            type_ref = TypeRef(edge.target, is_list=True)
        case Shape.CONNECTION:
            type_ref = TypeRef(f"{edge.target}Connection")
            arguments += _paging_arguments(edge)
        case _:
            assert_never(edge.shape)
    return FieldDescription(edge.name, type_ref, edge.description, edge, tuple(arguments), edge.deprecation)


def _paging_arguments(edge: Edge) -> list[ArgumentDescription]:
    listing: Listing | None = edge.listing
    arguments = [
        ArgumentDescription(
            "first", TypeRef("Int"), f"How many at the most, up to {LARGEST_PAGE}.", default=DEFAULT_PAGE
        ),
        ArgumentDescription("after", TypeRef("String"), "Go on after this cursor."),
    ]
    if listing is not None and listing.filters:
        arguments.append(ArgumentDescription("filter", TypeRef(f"{edge.target}Filter"), "Only those that match."))
    if listing is not None and listing.sorts:
        arguments.append(ArgumentDescription("sort", TypeRef(f"{edge.target}Sort"), "In this order."))
    return arguments


def _payload_name(mutation: Mutation) -> str:
    return f"{mutation.name[0].upper()}{mutation.name[1:]}Payload"


def _id_arguments(origins: tuple[tuple[str, Origin], ...]) -> list[ArgumentDescription]:
    arguments = []
    for _, origin in origins:
        match origin:
            case FromArgument("id"):
                arguments.append(ArgumentDescription("id", REQUIRED_ID, "Its id."))
            case FromArgument(name):
                arguments.append(ArgumentDescription(name, REQUIRED_ID, f"Id of the {name.removesuffix('Id')}."))
            case FromArgumentOrToken(name):
                about = "Its id" if name == "id" else f"Id of the {name.removesuffix('Id')}"
                text = f"{about}; without it, the signed-in customer's."
                arguments.append(ArgumentDescription(name, TypeRef("ID"), text))
    return arguments


def _mutation_field(mutation: Mutation, payload: str, *, has_input: bool) -> FieldDescription:
    arguments = _id_arguments(mutation.origins)
    if has_input:
        arguments.append(ArgumentDescription("input", TypeRef(input_name(mutation), non_null=True), "The values."))
    return FieldDescription(
        mutation.name, TypeRef(payload, non_null=True), mutation.description, mutation, tuple(arguments)
    )


def _payload_object(mutation: Mutation) -> ObjectDescription:
    fields = [
        FieldDescription(result.name, TypeRef(result.target), result.description, PayloadPart("resource", result))
        for result in mutation.results
    ]
    if mutation.is_deletion:
        about = "The id of what is gone; null when it is not."
        fields.insert(0, FieldDescription(mutation.payload, TypeRef("ID"), about, PayloadPart("deletedId")))
    if mutation.warns:
        fields.append(_WARNINGS)
    return ObjectDescription(_payload_name(mutation), f"What `{mutation.name}` did.", (*fields, _USER_ERRORS))


_USER_ERRORS = FieldDescription(
    "userErrors",
    TypeRef("UserError", non_null=True, is_list=True),
    "What has to be changed in the input; empty on success.",
    PayloadPart("userErrors"),
)
_WARNINGS = FieldDescription(
    "warnings",
    TypeRef("Warning", non_null=True, is_list=True),
    "What the store says although it did what was asked.",
    PayloadPart("warnings"),
)
