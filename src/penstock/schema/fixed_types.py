"""The types that every store's schema has and that no resource describes: pages, user errors, metadata.

Never here: anything that depends on a store's definitions.
"""

from __future__ import annotations

from penstock.schema.life_types import LIFE_ENUMS, LIFE_OBJECTS
from penstock.schema.model import (
    ArgumentDescription,
    EnumDescription,
    FieldDescription,
    Metadata,
    ObjectDescription,
    PagePart,
    TypeRef,
)
from penstock.schema.plain_fields import REQUIRED_ID, REQUIRED_TEXT, TEXT, plain

USER_ERROR_CODES: tuple[tuple[str, str], ...] = (
    ("REQUIRED", "A value must be given."),
    ("INVALID", "The value is not of the right form."),
    ("TOO_LONG", "The value has too many characters."),
    ("NOT_IN_ENUM", "The value is none of the options."),
    ("OUT_OF_RANGE", "The number is too small or too large."),
    ("NOT_AN_EMAIL", "The value is no e-mail address."),
    ("NOT_A_SLUG", "The value has characters other than letters, digits, hyphens and underscores."),
    ("NOT_A_UUID", "The value is no UUID."),
    ("EMAIL_TAKEN", "Another customer has this e-mail address."),
    ("INVALID_CREDENTIALS", "The sign-in was refused."),
    ("NOT_FOUND", "There is nothing with this id."),
    ("CONFLICT", "Someone else changed it at the same time; read it again and retry."),
    ("LIMIT_REACHED", "A quota of the store is used up."),
    ("FORBIDDEN", "These credentials may not do this."),
    ("REJECTED", "The store refused the value."),
)

_REQUIRED_BOOLEAN = TypeRef("Boolean", non_null=True)


PAGE_INFO = ObjectDescription(
    "PageInfo",
    "Where a page stands in its connection.",
    (
        plain("hasNextPage", _REQUIRED_BOOLEAN, "Whether there are more after this page."),
        plain("hasPreviousPage", _REQUIRED_BOOLEAN, "Whether this page was asked for with `after`."),
        plain("startCursor", TEXT, "Cursor of the first item; null on an empty page."),
        plain("endCursor", TEXT, "Cursor of the last item, for `after`; null on an empty page."),
    ),
)

USER_ERROR = ObjectDescription(
    "UserError",
    "Something in the input that has to be changed.",
    (
        plain("code", TypeRef("UserErrorCode", non_null=True), "What kind of error it is."),
        plain("field", TypeRef("String", is_list=True), "Path to the value, as `[input, email]`; null for the whole."),
        plain("message", REQUIRED_TEXT, "What is wrong and what would be right, for people."),
    ),
)

WARNING = ObjectDescription(
    "Warning",
    "Something that deserves a look although the write succeeded.",
    (
        plain("code", REQUIRED_TEXT, "A short word for the kind, as `INSUFFICIENT_STOCK` or `WARNING`."),
        plain("message", REQUIRED_TEXT, "What it is, for people."),
        plain("id", TypeRef("ID"), "What it is about, as the id of an item; null where that is not known."),
    ),
)

USER_ERROR_CODE = EnumDescription(
    "UserErrorCode",
    "What kind of user error it is.",
    tuple((name, name, description) for name, description in USER_ERROR_CODES),
)

ENTRY_REFERENCE = ObjectDescription(
    "EntryReference",
    "A related resource that this API does not serve: its upstream type and id.",
    (
        plain("type", TEXT, "Upstream's word for what it is."),
        plain("id", REQUIRED_ID, "Its id."),
    ),
)

FIELD_RULE = ObjectDescription(
    "FieldRule",
    "A validation rule of a custom field.",
    (
        plain("type", REQUIRED_TEXT, "`enum`, `email`, `slug`, `uuid`, `between`, `one-to-one` or `one-to-many`."),
        plain("options", TypeRef("JSON"), "For `enum`: the allowed values."),
        plain("min", TypeRef("Float"), "For `between`: the smallest allowed number."),
        plain("max", TypeRef("Float"), "For `between`: the largest allowed number."),
        plain("to", TEXT, "For relationships: what the field points to."),
    ),
)

FIELD_DEFINITION = ObjectDescription(
    "FieldDefinition",
    "A custom field as the store defines it, and where it stands in this schema.",
    (
        plain("id", REQUIRED_ID, "The field's id."),
        plain("flow", REQUIRED_TEXT, "Slug of the flow it belongs to."),
        plain("slug", REQUIRED_TEXT, "The key upstream uses."),
        plain("name", TEXT, "The name the merchant gave it."),
        plain("description", TEXT, "What the merchant says about it."),
        plain(
            "fieldType", TEXT, "`string`, `integer`, `boolean`, `float`, `date` or `relationship`; null when unknown."
        ),
        plain("required", _REQUIRED_BOOLEAN, "Whether a create must give it."),
        plain("enabled", _REQUIRED_BOOLEAN, "Whether the field, and its flow, are in use."),
        plain("omitNull", _REQUIRED_BOOLEAN, "Whether upstream leaves the key out when there is no value."),
        plain("order", TypeRef("Int"), "Where the merchant wants it shown."),
        plain("default", TypeRef("JSON"), "The default as stored upstream, verbatim and unchecked."),
        plain("rules", TypeRef("FieldRule", non_null=True, is_list=True), "Its validation rules."),
        plain("graphqlType", TEXT, "The object type that carries it in this schema; null when quarantined."),
        plain("graphqlField", TEXT, "Its field name on that type; null when quarantined."),
        plain("createdAt", TypeRef("DateTime"), "When it was made."),
        plain("updatedAt", TypeRef("DateTime"), "When it was last changed."),
        plain(
            "lastUsedAt",
            TypeRef("DateTime"),
            "When an operation last read or wrote it through this API, to the minute; null when none did.",
        ),
    ),
)

CUSTOM_FIELD_VALUE = ObjectDescription(
    "CustomFieldValue",
    "A custom value as upstream holds it, unchecked and uncoerced.",
    (
        plain("slug", REQUIRED_TEXT, "The key upstream uses."),
        plain("value", TypeRef("JSON"), "The raw value."),
        plain(
            "definition", TypeRef("FieldDefinition"), "Its definition; null for a key that the definitions do not know."
        ),
    ),
)

MONEY = ObjectDescription(
    "Money",
    "A price, exactly.",
    (
        plain(
            "amount",
            TypeRef("Decimal", non_null=True),
            "In the currency's major unit, with the decimal places that ISO 4217 gives it: `12.50` for 1250 cents, "
            "`1250` for as many yen.",
        ),
        plain("currencyCode", TEXT, "ISO 4217 code; null where nothing has a currency yet, as in an empty cart."),
        plain("formatted", TEXT, "As the store writes it, for people; null where the store does not say."),
    ),
)

SESSION = ObjectDescription(
    "Session",
    "A customer's sign-in, as the customer token describes it.",
    (plain("expiresAt", TypeRef("DateTime"), "When the customer token stops working; null when it does not tell."),),
)

FIXED_OBJECTS = (
    PAGE_INFO,
    MONEY,
    SESSION,
    USER_ERROR,
    WARNING,
    ENTRY_REFERENCE,
    CUSTOM_FIELD_VALUE,
    FIELD_DEFINITION,
    FIELD_RULE,
    *LIFE_OBJECTS,
)

FIXED_ENUMS = (USER_ERROR_CODE, *LIFE_ENUMS)

FIXED_ROOTS = (
    FieldDescription(
        "fieldDefinitions",
        TypeRef("FieldDefinition", non_null=True, is_list=True),
        "The store's custom fields as this schema sees them. Costs no upstream call.",
        Metadata("fieldDefinitions"),
        (ArgumentDescription("flow", TEXT, "Only the fields of the flow with this slug."),),
    ),
    FieldDescription(
        "schemaInfo",
        TypeRef("SchemaInfo", non_null=True),
        "Where this schema comes from. Costs no upstream call.",
        Metadata("schemaInfo"),
    ),
)


def connection(type_name: str) -> tuple[ObjectDescription, ObjectDescription]:
    """The connection and edge types of an object type."""
    return (
        ObjectDescription(
            f"{type_name}Connection",
            f"A page of `{type_name}`.",
            (
                FieldDescription("nodes", TypeRef(type_name, True, True), "The items of the page.", PagePart("nodes")),
                FieldDescription(
                    "edges", TypeRef(f"{type_name}Edge", True, True), "The items with their cursors.", PagePart("edges")
                ),
                FieldDescription("pageInfo", TypeRef("PageInfo", True), "Where the page stands.", PagePart("pageInfo")),
                FieldDescription(
                    "totalCount",
                    TypeRef("Int"),
                    "How many there are in all; null where upstream does not tell. Asked upstream only when selected.",
                    PagePart("totalCount"),
                ),
            ),
        ),
        ObjectDescription(
            f"{type_name}Edge",
            f"A `{type_name}` and its place in the connection.",
            (
                FieldDescription("node", TypeRef(type_name, True), "The item.", PagePart("node")),
                FieldDescription("cursor", REQUIRED_TEXT, "Its place, for `after`.", PagePart("cursor")),
            ),
        ),
    )
