"""What a store says about its custom data, as frozen values: flows, fields, rules, and what was wrong with them.

Never here: GraphQL types, I/O.
Source: CONTRACT §9.1-9.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
"""Any JSON value as msgspec decodes it."""


class FieldType(Enum):
    """The six field types of §9.2; the value is upstream's word."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    FLOAT = "float"
    DATE = "date"
    RELATIONSHIP = "relationship"


class RuleKind(Enum):
    """The seven rule types of §9.3; the value is upstream's word."""

    ENUM = "enum"
    EMAIL = "email"
    SLUG = "slug"
    UUID = "uuid"
    BETWEEN = "between"
    ONE_TO_ONE = "one-to-one"
    ONE_TO_MANY = "one-to-many"


Number: TypeAlias = int | float


@dataclass(frozen=True, slots=True)
class Rule:
    """One validation rule.

    Attributes:
        kind: Which of the seven.
        options: For `enum`: the allowed values, of the field's type (text for string and date).
        minimum: For `between`: the inclusive lower bound.
        maximum: For `between`: the inclusive upper bound.
        target: For relationships: the singular core type or custom flow slug that `to` names.
    """

    kind: RuleKind
    options: tuple[str | Number, ...] = ()
    minimum: Number | None = None
    maximum: Number | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field of a flow.

    Attributes:
        id: Upstream's id; names are pinned to it.
        slug: The JSON key on the resource, verbatim.
        default: Echoed verbatim by upstream, of any JSON type; metadata only (R3, R10). Held as JSON text.
        created_at: RFC 3339 text, or "" where upstream gave none.
        unread_rules: How many rules upstream holds for the field that the gateway could not use; while there is
            one, no other rule of the field is enforced locally (Q7).
    """

    id: str
    slug: str
    name: str
    description: str
    field_type: FieldType
    required: bool = False
    enabled: bool = True
    omit_null: bool = False
    order: int | None = None
    default: str = "null"
    rules: tuple[Rule, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    unread_rules: int = 0


@dataclass(frozen=True, slots=True)
class FlowDefinition:
    """One flow with its usable fields, in a deterministic order (`order`, created_at, id)."""

    id: str
    slug: str
    name: str
    description: str
    enabled: bool
    fields: tuple[FieldDefinition, ...] = ()
    created_at: str = ""
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the definitions that could not be used as it is, and what was done about it.

    Attributes:
        flow: Slug of the flow, or None where not even that could be read.
        slug: Slug of the field, or None.
        field_id: Id of the field, or None.
        reason: One sentence: what is wrong, what the gateway does instead, and the remedy.
    """

    flow: str | None
    slug: str | None
    field_id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class StoreDefinitions:
    """All that a store says about its custom data.

    Attributes:
        flows: Every readable flow (core and custom, enabled or not), sorted by slug.
        quarantined: Fields that could be identified but not typed: (flow slug, field id, field slug), reachable
            through `customField` only.
        problems: What could not be used as it is, sorted.
        fingerprint: Hex digest over everything here that can change the schema.
        mandatory_address_keys: What the store's settings want of every address, sorted or not (§8).
    """

    flows: tuple[FlowDefinition, ...] = ()
    quarantined: tuple[tuple[str, str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    fingerprint: str = ""
    mandatory_address_keys: tuple[str, ...] = ("first_name", "last_name", "line_1", "county", "postcode", "country")

    def flow(self, slug: str) -> FlowDefinition | None:
        """The flow with this slug, or None."""
        return next((flow for flow in self.flows if flow.slug == slug), None)
