"""Flows and fields as a file declares them and as a store holds them, in one shape, so that they can be compared.

Never here: GraphQL, how either is read. A field here keeps what upstream keeps, usable to the gateway or not.
Source: CONTRACT §9.1-9.3.
"""

from __future__ import annotations

from dataclasses import dataclass

from penstock.definitions.model import JSON


@dataclass(frozen=True, slots=True)
class FieldAttributes:
    """All of a field that can be written.

    Attributes:
        field_type: Upstream's word; it cannot be changed.
        default: Any JSON scalar.
        rules: Validation rules in upstream's own form.
    """

    slug: str
    name: str
    description: str
    field_type: str
    required: bool = False
    enabled: bool = True
    order: int | None = None
    omit_null: bool = False
    default: JSON = None
    rules: tuple[JSON, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowAttributes:
    """All of a flow that can be written."""

    slug: str
    name: str
    description: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """A field of the file.

    Attributes:
        line: Where it stands, from 1.
        was: The slug it had before, or None.
    """

    line: int
    was: str | None
    attributes: FieldAttributes


@dataclass(frozen=True, slots=True)
class DeclaredFlow:
    """A flow of the file, with its fields in the file's order."""

    line: int
    was: str | None
    attributes: FlowAttributes
    fields: tuple[DeclaredField, ...]


@dataclass(frozen=True, slots=True)
class DeclaredStore:
    """All that a file declares, in its order."""

    flows: tuple[DeclaredFlow, ...]


@dataclass(frozen=True, slots=True)
class HeldField:
    """A field that a store holds.

    Attributes:
        own: Whether it is the store's own: an organisation's cannot be written by a store.
    """

    id: str
    own: bool
    attributes: FieldAttributes


@dataclass(frozen=True, slots=True)
class HeldFlow:
    """A flow that a store holds.

    Attributes:
        fields: Those that a file can describe, in output order.
        closed: Slugs of fields that a file cannot describe: they are left alone.
    """

    id: str
    own: bool
    attributes: FlowAttributes
    fields: tuple[HeldField, ...]
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldStore:
    """All that a store holds and a file can describe, by slug, and one sentence for each thing that it cannot."""

    flows: tuple[HeldFlow, ...]
    closed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
