"""Small descriptions for the tests of the schema room.

Never here: tests.
"""

from __future__ import annotations

from penstock.definitions.model import FieldDefinition, FieldType, Rule
from penstock.schema.model import (
    ArgumentDescription,
    EnumDescription,
    FieldDescription,
    InputDescription,
    InputFieldDescription,
    ObjectDescription,
    Plain,
    SchemaDescription,
    TypeRef,
)


def output(
    name: str,
    type_name: str = "String",
    *arguments: ArgumentDescription,
    description: str = "",
    definition: FieldDefinition | None = None,
    deprecation: str | None = None,
) -> FieldDescription:
    return FieldDescription(name, TypeRef(type_name), description, Plain(name), arguments, deprecation, definition)


def given(name: str, type_name: str = "String", *, definition: FieldDefinition | None = None) -> InputFieldDescription:
    return InputFieldDescription(name, TypeRef(type_name), "", definition=definition)


def argument(name: str, type_name: str, default: int | str | bool | None = None) -> ArgumentDescription:
    return ArgumentDescription(name, TypeRef(type_name), "", default)


def custom(field_type: FieldType, *rules: Rule, slug: str = "a_slug", unread_rules: int = 0) -> FieldDefinition:
    return FieldDefinition("field-1", slug, "A name", "", field_type, rules=rules, unread_rules=unread_rules)


def schema_of(
    *fields: FieldDescription,
    objects: tuple[ObjectDescription, ...] = (),
    inputs: tuple[InputDescription, ...] = (),
    enums: tuple[EnumDescription, ...] = (),
) -> SchemaDescription:
    return SchemaDescription(
        query=ObjectDescription("Query", "", fields),
        mutation=None,
        objects={one.name: one for one in objects},
        inputs={one.name: one for one in inputs},
        enums={one.name: one for one in enums},
    )
