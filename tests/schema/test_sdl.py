"""A printed schema parses back to what was described, whatever text a store puts into it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from graphql import (
    GraphQLInputObjectType,
    assert_enum_type,
    assert_object_type,
    find_schema_changes,
    get_directive_values,
)
from graphql import (
    build_schema as parse_schema,
)
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from penstock.definitions.model import FieldType, Rule, RuleKind
from penstock.definitions.text import without_surrogates
from penstock.schema.build import build_schema
from penstock.schema.model import EnumDescription, InputDescription, ObjectDescription, SchemaDescription
from penstock.schema.sdl import print_sdl

from .descriptions import argument, custom, given, output, schema_of

HOSTILE = [
    '"',
    '"""',
    '\\"""',
    "\\",
    'ends in a quote"',
    "ends in a backslash\\",
    "line\nline\n\n  indented\n",
    "\n\nblank first",
    "  leading",
    "tab\tand\rreturn\r\nboth",
    "\x00\x07\x1b\x7f\x85",
    "\u2028\u2029\ufeff\uffff",
    "😀é漢\u202e",
    "\ud800 \udfff",
    "{ } @deprecated # no comment",
    " ",
]


def described(text: str) -> SchemaDescription:
    """A schema with this text in every place that takes text from a store."""
    definition = replace(custom(FieldType.STRING, Rule(RuleKind.ENUM, options=(text, "b")), slug=text), id=text)
    slot = EnumDescription("SlotEnum", text, (("A", "a", text), ("B", "b", "")))
    first = output("first", description=text, deprecation=text, definition=definition)
    second = output("second", "String", replace(argument("x", "Int", 1), description=text), description=text)
    customer = ObjectDescription("Customer", text, (first, second))
    login = InputDescription("Login", text, (given("a", definition=definition), given("b", "SlotEnum")), one_of=True)
    root = output("customer", "Customer", argument("login", "Login"), argument("slot", "SlotEnum", "A"))
    return schema_of(root, objects=(customer,), inputs=(login,), enums=(slot,))


def assert_parses_back(text: str) -> None:
    built = build_schema(described(text))

    sdl = print_sdl(built)
    parsed = parse_schema(sdl)

    clean = without_surrogates(text)
    customer = assert_object_type(parsed.type_map["Customer"])
    first = customer.fields["first"]
    assert find_schema_changes(built._schema, parsed) == []
    assert (customer.description or "") == (first.description or "") == clean
    assert (customer.fields["second"].args["x"].description or "") == clean
    assert (first.deprecation_reason or "") == clean
    assert (assert_enum_type(parsed.type_map["SlotEnum"]).values["A"].description or "") == clean
    flow_field, constraint = parsed.get_directive("flowField"), parsed.get_directive("constraint")
    assert flow_field is not None
    assert constraint is not None
    assert first.ast_node is not None
    assert get_directive_values(flow_field, first.ast_node) == {"id": clean, "slug": clean}
    assert get_directive_values(constraint, first.ast_node) == {"options": [clean, "b"]}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_parses_back(text: str) -> None:
    assert_parses_back(text)


@for_all(st.text(st.characters() | st.sampled_from('"\\\n\r\t #\ud800'), max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_text_parses_back(text: str) -> None:
    assert_parses_back(text)


def test_a_one_of_input_prints_and_parses_back_as_one() -> None:
    parsed = parse_schema(print_sdl(build_schema(described("x")))).type_map["Login"]

    assert isinstance(parsed, GraphQLInputObjectType)
    assert parsed.is_one_of


def test_equal_descriptions_print_the_same_bytes() -> None:
    first, second = (print_sdl(build_schema(described("text"))) for _ in range(2))

    assert first == second
    assert first.endswith("}\n")


def test_an_empty_description_prints_nothing() -> None:
    assert '""""""' not in print_sdl(build_schema(described("")))
