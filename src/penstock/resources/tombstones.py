"""What has gone from a store and is still shown for a while: it answers null, takes nothing and sends nothing.

Never here: I/O, when something has gone.
Source: GRAPHQL conventions (disabled and deleted fields).
"""

from __future__ import annotations

from dataclasses import replace

from penstock.definitions.lock import FieldPin, Gone, Reason
from penstock.definitions.model import FieldDefinition, FieldType
from penstock.definitions.text import clean_line
from penstock.resources.attributes import Attribute, EnumRow
from penstock.resources.rows import Resource, Tombstone
from penstock.resources.ways import Relation

_WORDS: dict[Reason, str] = {
    "deleted": "Deleted from the store",
    "disabled": "Disabled in the store",
    "unreadable": "No longer readable in the store",
}


def farewell(gone: Gone) -> str:
    """Why something should no longer be used, since when, and until when it is shown."""
    return (
        f"{_WORDS[gone.why]} on {gone.since[:10]}: it answers null and cannot be written, "
        f"and leaves this schema on {gone.until[:10]}."
    )


def tombstone_of_row(row: Attribute | Relation, field: FieldDefinition, reason: str) -> Tombstone:
    """The tombstone of a custom field that the store still tells of: disabled, or leading to what has gone."""
    if isinstance(row, Relation):
        return Tombstone(row.name, row.target or "EntryReference", row.description, reason, field, many=row.many)
    return Tombstone(
        row.name, row.enum.name if row.enum else row.kind.value, row.description, reason, field, enum=row.enum
    )


def tombstone_of_pin(field_id: str, pin: FieldPin, gone: Gone, owner: str, types: frozenset[str]) -> Tombstone:
    """The tombstone of a field of which the lock alone still tells.

    Args:
        field_id: Its id.
        pin: What the lock tells.
        gone: What became of it.
        owner: The type that shows it.
        types: The object types that there are; a field that led to another one leads to an `EntryReference`.
    """
    many = pin.type.startswith("[")
    name = pin.type.strip("[]!")
    enum = None
    if name.endswith("Enum"):
        members = tuple((member, option, option) for option, member in pin.members.items())
        enum = EnumRow(name, f"What `{owner}.{pin.name}` could be.", members)
    elif name not in _SCALARS and name not in types:
        name = "EntryReference"
    field = FieldDefinition(field_id, pin.slug, pin.slug, "", FieldType.STRING, enabled=False)
    about = f"Upstream field: `{clean_line(pin.slug, 255)}`."
    return Tombstone(pin.name, name, about, farewell(gone), field, many=many, enum=enum)


_SCALARS = frozenset({"String", "Int", "BigInt", "Float", "Boolean", "FlowDate"})


def bury(resource: Resource, gone: Gone) -> Resource:
    """The resource of a custom flow that has gone: its type and its ways stay, and lead nowhere."""
    reason = farewell(gone)
    return replace(
        resource,
        one=None,
        relation_key="",
        roots=tuple(replace(edge, deprecation=reason) for edge in resource.roots),
        mutations=(),
    )
