"""The types of `schemaInfo`: where a schema comes from, what changed in it, what waits behind it.

Never here: anything that depends on a store's definitions.
"""

from __future__ import annotations

from penstock.schema.model import (
    ArgumentDescription,
    EnumDescription,
    FieldDescription,
    ObjectDescription,
    Plain,
    TypeRef,
)
from penstock.schema.plain_fields import REQUIRED_TEXT, TEXT, plain

SCHEMA_PROBLEM = ObjectDescription(
    "SchemaProblem",
    "Something in the store's definitions that could not be used as it is.",
    (
        plain("flow", TEXT, "Slug of the flow."),
        plain("slug", TEXT, "Slug of the field."),
        plain("fieldId", TypeRef("ID"), "Id of the field."),
        plain("reason", REQUIRED_TEXT, "What is wrong, what is done instead, and the remedy."),
    ),
)

SCHEMA_CHANGE_LEVEL = EnumDescription(
    "SchemaChangeLevel",
    "How much a change of the schema matters to its clients.",
    (
        ("BREAKING", "BREAKING", "What was valid may fail."),
        ("DANGEROUS", "DANGEROUS", "Everything stays valid, but may behave otherwise."),
        ("SAFE", "SAFE", "Nobody notices who does not look."),
    ),
)

SCHEMA_CHANGE = ObjectDescription(
    "SchemaChange",
    "A change of this schema.",
    (
        plain("level", TypeRef("SchemaChangeLevel", non_null=True), "How much it matters."),
        plain("coordinate", REQUIRED_TEXT, "Where, as `Customer.deliverySlot` or `Query.customers(first:)`."),
        plain("description", REQUIRED_TEXT, "What changed, for people."),
        plain("at", TypeRef("DateTime", non_null=True), "When it came to serve, or began to wait."),
    ),
)

HELD_SCHEMA = ObjectDescription(
    "HeldSchema",
    "A newer schema that waits until an operator releases it.",
    (
        plain("version", REQUIRED_TEXT, "What `Schema-Version` will be."),
        plain("since", TypeRef("DateTime", non_null=True), "Since when it waits."),
        plain("reason", REQUIRED_TEXT, "Why it waits."),
        FieldDescription(
            "changes",
            TypeRef("SchemaChange", non_null=True, is_list=True),
            "What it would change, the worst first.",
            Plain("changes", is_cut=True),
            (ArgumentDescription("first", TypeRef("Int"), "How many at the most.", 100),),
        ),
        plain(
            "impact",
            TypeRef("String", non_null=True, is_list=True),
            "The known operations that it would break, a line each.",
        ),
    ),
)

SCHEMA_INFO = ObjectDescription(
    "SchemaInfo",
    "Where this schema comes from and how well the store's definitions fit.",
    (
        plain("version", REQUIRED_TEXT, "A short text that changes whenever the schema does."),
        plain("fingerprint", REQUIRED_TEXT, "A digest over all that the schema is made of."),
        plain("loadedAt", TypeRef("DateTime", non_null=True), "When the definitions were read."),
        plain("source", REQUIRED_TEXT, "`live`; `snapshot` while the store cannot be read; or `file`."),
        plain("problems", TypeRef("SchemaProblem", non_null=True, is_list=True), "What could not be used as it is."),
        FieldDescription(
            "changes",
            TypeRef("SchemaChange", non_null=True, is_list=True),
            "What changed in this schema, newest first, as far back as it is remembered.",
            Plain("changes", is_cut=True),
            (ArgumentDescription("first", TypeRef("Int"), "How many at the most.", 20),),
        ),
        plain(
            "impact",
            TypeRef("String", non_null=True, is_list=True),
            "The known operations that the last change broke, a line each.",
        ),
        plain("held", TypeRef("HeldSchema"), "A newer schema that waits to be released; null where none does."),
    ),
)

LIFE_OBJECTS = (SCHEMA_INFO, SCHEMA_PROBLEM, SCHEMA_CHANGE, HELD_SCHEMA)
LIFE_ENUMS = (SCHEMA_CHANGE_LEVEL,)
