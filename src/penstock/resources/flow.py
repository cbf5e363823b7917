"""Flows and their fields, as those who run a store read and write them.

Never here: what definitions mean to the schema, I/O, logic.
Source: CONTRACT §9.1-9.3, R3, R4, R19.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.definitions.model import FieldType, RuleKind
from penstock.resources.attributes import Attribute, EnumRow, Kind, Presence
from penstock.resources.core import CREATED_AT, UPDATED_AT, identity
from penstock.resources.inputs import InputRow, Nested
from penstock.resources.rows import Mutation, Resource
from penstock.resources.ways import Edge, FromArgument, FromRow, Route, Shape

ONE = Route("GET", "/v2/flows/{id}")
MANY = Route("GET", "/v2/flows")
ONE_FIELD = Route("GET", "/v2/fields/{id}")
FIELDS_OF_FLOW = Route("GET", "/v2/flows/{slug}/fields")

MOST_FIELDS = 100
"""Fields that a flow can have (§5)."""

_BY_ID = (("id", FromArgument("id")),)
_LONGEST = 255
_RULES_AT_MOST = 20
_NEEDS = "Needs a client_credentials bearer. The schema has the change when the answer comes."


def _enum(name: str, description: str, values: tuple[str, ...]) -> EnumRow:
    members = tuple((value.replace("-", "_").upper(), value, f"`{value}`") for value in values)
    return EnumRow(name, description, members)


FIELD_TYPE = _enum("FlowFieldTypeEnum", "What values of a field are.", tuple(one.value for one in FieldType))
RULE_TYPE = _enum("FlowFieldRuleTypeEnum", "What a rule asks of a value.", tuple(one.value for one in RuleKind))


def _text(name: str, description: str, *, shortest: int = 1, longest: int = _LONGEST) -> Attribute:
    return Attribute(
        name, (name,), Kind.STRING, description, nullable_input=False, min_length=shortest, max_length=longest
    )


_NAME = _text("name", "The name for people; it does not begin with `$`.")
_SLUG = _text("slug", "The key: letters, digits, hyphens and underscores.")
_ABOUT = _text("description", "What it is for.", shortest=0, longest=10_000)
_ENABLED = Attribute("enabled", ("enabled",), Kind.BOOLEAN, "Whether it is in use.", nullable_input=False)
_TYPE = Attribute(
    "fieldType",
    ("field_type",),
    Kind.ENUM,
    "What its values are; it cannot be changed.",
    FIELD_TYPE,
    nullable_input=False,
)
_REQUIRED = Attribute("required", ("required",), Kind.BOOLEAN, "Whether a create must give it.", nullable_input=False)
_ORDER = Attribute("order", ("order",), Kind.INT, "Where it is shown among the fields.")
_OMIT_NULL = Attribute(
    "omitNull",
    ("omit_null",),
    Kind.BOOLEAN,
    "Whether the key is left out when there is no value.",
    nullable_input=False,
)
_DEFAULT = Attribute("default", ("default",), Kind.JSON, "What a create without the key stores: a value of the type.")
_RULES = Nested(
    "rules",
    "validation_rules",
    "FlowFieldRuleInput",
    "A rule for the values of a field.",
    (
        Attribute("type", ("type",), Kind.ENUM, "What it asks.", RULE_TYPE, create="required", nullable_input=False),
        Attribute("options", ("options",), Kind.JSON, "For `ENUM`: the allowed values.", create="optional", many=True),
        Attribute("min", ("min",), Kind.FLOAT, "For `BETWEEN`: the smallest allowed number.", create="optional"),
        Attribute("max", ("max",), Kind.FLOAT, "For `BETWEEN`: the largest allowed number.", create="optional"),
        Attribute(
            "to",
            ("to",),
            Kind.STRING,
            "For relationships: what it points to, as `customer`, `order` or the slug of a custom flow.",
            create="optional",
            max_length=_LONGEST,
        ),
    ),
    many=True,
    most=_RULES_AT_MOST,
)
_FLOW_ID = Attribute(
    "flowId", ("flow_id",), Kind.ID, "The flow it is a field of.", create="required", nullable_input=False
)


def _taken(presence: Presence, *rows: Attribute) -> tuple[Attribute, ...]:
    return tuple(replace(row, create=presence) for row in rows)


_FLOW_ROWS = (
    _NAME,
    replace(_SLUG, description=f"{_SLUG.description} 64 at the most: it stands in addresses.", max_length=64),
    _ABOUT,
    _ENABLED,
)
_FIELD_ROWS = (_NAME, _SLUG, _ABOUT, _REQUIRED, _ENABLED)
_FIELD_OPTIONS: tuple[InputRow, ...] = (*_taken("optional", _ORDER, _OMIT_NULL, _DEFAULT), _RULES)

FLOW = Resource(
    type_name="Flow",
    description="Custom data as a store defines it: a flow extends a resource, or is one of its own.",
    flow=None,
    attributes=(identity("The flow's id."), *_FLOW_ROWS, CREATED_AT, UPDATED_AT),
    one=ONE,
    edges=(
        Edge(
            "fields",
            "Its fields, as the store has them now.",
            Shape.LIST,
            "FlowField",
            FIELDS_OF_FLOW,
            origins=(("slug", FromRow((("slug",),))),),
        ),
    ),
    roots=(
        Edge(
            "flow",
            "A flow by id; null when there is none.",
            Shape.ONE,
            "Flow",
            ONE,
            origins=_BY_ID,
        ),
        Edge("flows", "All flows, as the store has them now.", Shape.LIST, "Flow", MANY),
    ),
    mutations=(
        Mutation(
            "flowCreate",
            "define",
            f"Makes a flow. {_NEEDS} One upstream call; when it fails, nothing was made.",
            Route("POST", MANY.template),
            "flow",
            "flow",
            "Flow",
            input=_taken("required", *_FLOW_ROWS),
            warns=True,
        ),
        Mutation(
            "flowUpdate",
            "define",
            f"Changes the given attributes of a flow. {_NEEDS} One upstream call.",
            Route("PUT", ONE.template),
            "flow",
            "flow",
            "Flow",
            origins=_BY_ID,
            input=_taken("optional", *_FLOW_ROWS),
            warns=True,
        ),
        Mutation(
            "flowDelete",
            "define",
            "Deletes a flow with its fields and values. A flow of upstream's own resources cannot be deleted while it "
            f"has its slug. {_NEEDS} One upstream call.",
            Route("DELETE", ONE.template),
            "flow",
            "deletedFlowId",
            "Flow",
            origins=_BY_ID,
            warns=True,
        ),
    ),
)

FLOW_FIELD = Resource(
    type_name="FlowField",
    description="A field of a flow, as the store has it now.",
    flow=None,
    attributes=(
        identity("The field's id."),
        _NAME,
        _SLUG,
        _TYPE,
        _ABOUT,
        _REQUIRED,
        _ENABLED,
        _ORDER,
        _OMIT_NULL,
        _DEFAULT,
        Attribute("validationRules", ("validation_rules",), Kind.JSON, "Its rules, in upstream's own form."),
        CREATED_AT,
        UPDATED_AT,
    ),
    one=ONE_FIELD,
    mutations=(
        Mutation(
            "flowFieldCreate",
            "define",
            f"Adds a field to a flow. {_NEEDS} One upstream call; when it fails, nothing was added.",
            Route("POST", "/v2/fields"),
            "field",
            "flowField",
            "FlowField",
            input=(_FLOW_ID, *_taken("required", _TYPE, *_FIELD_ROWS), *_FIELD_OPTIONS),
            warns=True,
            has_quota=True,
        ),
        Mutation(
            "flowFieldUpdate",
            "define",
            f"Changes the given attributes of a field; its type cannot be changed. {_NEEDS} Two upstream calls: the "
            "field is read, so that rules and default can be judged by its type, then written.",
            Route("PUT", ONE_FIELD.template),
            "field",
            "flowField",
            "FlowField",
            origins=_BY_ID,
            input=(*_taken("optional", *_FIELD_ROWS), *_FIELD_OPTIONS),
            warns=True,
        ),
        Mutation(
            "flowFieldDelete",
            "define",
            f"Deletes a field with its values. {_NEEDS} One upstream call.",
            Route("DELETE", ONE_FIELD.template),
            "field",
            "deletedFlowFieldId",
            "FlowField",
            origins=_BY_ID,
            warns=True,
        ),
    ),
)
