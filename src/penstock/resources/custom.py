"""A custom field becomes the same kind of row as a core attribute.

Never here: I/O, anything about one resource.
Source: CONTRACT §9.2-9.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from penstock.definitions.lock import FieldPin
from penstock.definitions.model import FieldDefinition, FieldType, RuleKind
from penstock.definitions.naming import capitalised, pinned_members
from penstock.definitions.rules import is_wide_integer, sole_rule
from penstock.definitions.text import clean_line
from penstock.definitions.words import rules_in_words
from penstock.resources.attributes import Attribute, EnumRow, Kind
from penstock.resources.ways import Relation, Route

_WRITABLE = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Slugs that may stand in the path of a write (§1)."""

_KINDS = {
    FieldType.STRING: Kind.STRING,
    FieldType.INTEGER: Kind.INT,
    FieldType.FLOAT: Kind.FLOAT,
    FieldType.BOOLEAN: Kind.BOOLEAN,
    FieldType.DATE: Kind.FLOW_DATE,
}


@dataclass(frozen=True, slots=True)
class EnumNames:
    """The names of generated enums.

    Attributes:
        taken: Type names already given; a generated enum's is added.
        pinned: Names that the lock knows: given to nobody but whose pin says so.
    """

    taken: set[str]
    pinned: frozenset[str] = frozenset()

    def give(self, stem: str, pin: FieldPin | None) -> str:
        """The name of a field's enum: the pinned one, else the first free of the stem's."""
        if pin is not None and pin.type.endswith("Enum") and pin.type not in self.taken:
            name = pin.type
        else:
            name, number = f"{stem}Enum", 2
            while name in self.taken or name in self.pinned:
                name, number = f"{stem}{number}Enum", number + 1
        self.taken.add(name)
        return name


def attribute_of(
    field: FieldDefinition, name: str, type_name: str, enums: EnumNames, pin: FieldPin | None = None
) -> Attribute:
    """The row of a custom field that is not a relationship.

    Args:
        field: The definition.
        name: Its final GraphQL name.
        type_name: The type it stands on; enum names begin with it.
        enums: The names of enums given so far.
        pin: What the lock knows of it.
    """
    enum = _enum_row(field, name, type_name, enums, pin)
    kind = Kind.ENUM if enum else Kind.BIG_INT if is_wide_integer(field) else _KINDS[field.field_type]
    return Attribute(
        name=name,
        path=(field.slug,),
        kind=kind,
        description=describe_field(field),
        enum=enum,
        create="required" if field.required else "optional",
        update="optional",
        nullable_input=not field.required,
        field=field,
    )


def relation_of(field: FieldDefinition, name: str, target: str | None, route: Route | None, item_type: str) -> Relation:
    """The row of a relationship field.

    Args:
        field: The definition.
        name: Its final GraphQL name.
        target: The type it leads to.
        route: The GET by id of the target.
        item_type: What a reference to the target says it is when it is written.
    """
    return Relation(
        name=name,
        description=describe_field(field),
        path=("relationships", field.slug),
        many=any(rule.kind is RuleKind.ONE_TO_MANY for rule in field.rules),
        target=target,
        route=route,
        field=field,
        item_type=item_type if _WRITABLE.fullmatch(field.slug) else "",
    )


def target_of(field: FieldDefinition) -> str | None:
    """The word by which a relationship field names its target."""
    return next((rule.target for rule in field.rules if rule.target is not None), None)


def describe_field(field: FieldDefinition) -> str:
    """Field name, description, rule in words, upstream slug: one paragraph each."""
    parts = (
        field.name.strip(),
        field.description.strip(),
        rules_in_words(field),
        f"Upstream field: `{clean_line(field.slug, 255)}`.",
    )
    return "\n\n".join(part for part in parts if part)


def deprecation_of(field: FieldDefinition) -> str:
    """Why a disabled field should no longer be used, as far as the store itself tells."""
    day = field.updated_at[:10]
    return f"Disabled in the store{f' on {day}' if day else ''}; it answers null and cannot be written."


def _enum_row(
    field: FieldDefinition, name: str, type_name: str, enums: EnumNames, pin: FieldPin | None
) -> EnumRow | None:
    rule = sole_rule(field)
    if field.field_type is not FieldType.STRING or rule is None or rule.kind is not RuleKind.ENUM:
        return None
    members = pinned_members(rule.options, pin.members if pin else {})
    if not members:
        return None
    return EnumRow(
        enums.give(type_name + capitalised(name), pin),
        f"What `{type_name}.{name}` can be.",
        tuple((member.name, member.value, member.value) for member in members),
    )
