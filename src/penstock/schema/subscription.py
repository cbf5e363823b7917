"""The subscription root: what clients are told of, and the payloads that tell it.

Never here: who is told when.
Source: CONTRACT §12 (upstream tells of customers and orders, never of flows).
"""

from __future__ import annotations

from collections.abc import Iterable

from penstock.resources.attributes import Attribute, Kind
from penstock.resources.rows import Resource
from penstock.resources.ways import FromArgumentOrToken, Watching
from penstock.schema.model import ArgumentDescription, FieldDescription, Metadata, ObjectDescription, TypeRef
from penstock.schema.plain_fields import REQUIRED_ID

SCHEMA_CHANGED = FieldDescription(
    "schemaChanged",
    TypeRef("SchemaInfo", non_null=True),
    "Told whenever another schema has come to serve. Costs no upstream call.",
    Metadata("schemaInfo"),
)

_ID = Attribute("id", ("id",), Kind.ID, "Whose change it is.", non_null=True)
_IS_DELETED = Attribute(
    "isDeleted", ("isDeleted",), Kind.BOOLEAN, "Whether it is gone: the last that is told.", non_null=True
)


def describe_subscription(resources: Iterable[Resource]) -> tuple[ObjectDescription, tuple[ObjectDescription, ...]]:
    """The subscription root and the payloads of its fields."""
    watched = [resource.watching for resource in resources if resource.watching is not None]
    root = ObjectDescription(
        "Subscription",
        "What clients can be told of, over server-sent events.",
        (*(_root_field(watching) for watching in watched), SCHEMA_CHANGED),
    )
    return root, tuple(_payload(watching) for watching in watched)


def _payload_name(watching: Watching) -> str:
    return watching.name[0].upper() + watching.name[1:]


def _root_field(watching: Watching) -> FieldDescription:
    arguments = [
        ArgumentDescription("id", TypeRef("ID"), "Its id; without it, the signed-in customer's.")
        if isinstance(origin, FromArgumentOrToken)
        else ArgumentDescription("id", REQUIRED_ID, "Its id.")
        for _, origin in watching.origins
    ]
    type_ref = TypeRef(_payload_name(watching), non_null=True)
    return FieldDescription(watching.name, type_ref, watching.description, watching, tuple(arguments))


def _payload(watching: Watching) -> ObjectDescription:
    edge = watching.edge
    rows = [
        FieldDescription(row.name, TypeRef(kind, non_null=True), row.description, row)
        for row, kind in ((_ID, "ID"), (_IS_DELETED, "Boolean"))
    ]
    target = FieldDescription(edge.name, TypeRef(edge.target), edge.description, edge)
    return ObjectDescription(_payload_name(watching), f"What `{watching.name}` tells.", (*rows, target))
