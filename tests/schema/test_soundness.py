"""A description that Strawberry would swallow or choke on is refused with the type and the field in the message."""

from __future__ import annotations

import pytest

from penstock.errors import DefinitionError
from penstock.schema.model import (
    EnumDescription,
    InputDescription,
    InputFieldDescription,
    ObjectDescription,
    SchemaDescription,
    TypeRef,
)
from penstock.schema.soundness import assert_sound

from .descriptions import argument, given, output, schema_of

QUERY = output("x")


def customer(*names: str) -> ObjectDescription:
    return ObjectDescription("Customer", "", tuple(output(name) for name in names))


@pytest.mark.parametrize("name", ["", "1a", "a-b", "a b", "é", "__x", "a\n", "a.b", "\uff41"])
def test_a_bad_field_name_is_refused_by_type_and_name(name: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        assert_sound(schema_of(QUERY, objects=(customer("fine", name),)))

    assert "Type Customer" in str(caught.value)
    assert repr(name) in str(caught.value)


def test_two_fields_of_one_name_are_refused() -> None:
    with pytest.raises(DefinitionError, match="Type Customer: field 'a' is there twice"):
        assert_sound(schema_of(QUERY, objects=(customer("a", "b", "a"),)))


def test_two_arguments_of_one_name_are_refused() -> None:
    with pytest.raises(DefinitionError, match=r"Field Query\.x: argument 'id' is there twice"):
        assert_sound(schema_of(output("x", "String", argument("id", "ID"), argument("id", "Int"))))


def test_one_name_for_an_object_and_an_input_is_refused() -> None:
    shared = InputDescription("Customer", "", (given("a"),))

    with pytest.raises(DefinitionError, match="Type 'Customer' is there twice"):
        assert_sound(schema_of(QUERY, objects=(customer("a"),), inputs=(shared,)))


def test_a_type_named_like_a_root_or_a_scalar_is_refused() -> None:
    for name in ("Query", "JSON", "String", "DateTime"):
        with pytest.raises(DefinitionError, match=repr(name)):
            assert_sound(schema_of(QUERY, objects=(ObjectDescription(name, "", (output("a"),)),)))


def test_a_type_filed_under_another_name_is_refused() -> None:
    description = SchemaDescription(
        query=ObjectDescription("Query", "", (QUERY,)), mutation=None, objects={"Other": customer("a")}
    )

    with pytest.raises(DefinitionError, match="'Customer' is filed under 'Other'"):
        assert_sound(description)


@pytest.mark.parametrize("name", ["Nothing", "CustomerInput", "string"])
def test_a_reference_that_leads_nowhere_or_to_an_input_is_refused(name: str) -> None:
    written = InputDescription("CustomerInput", "", (given("a"),))

    with pytest.raises(DefinitionError, match=rf"Field Query\.x refers to '{name}'"):
        assert_sound(schema_of(output("x", name), inputs=(written,)))


def test_an_argument_of_an_object_type_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"Field Query\.x: argument who refers to 'Customer'"):
        assert_sound(schema_of(output("x", "String", argument("who", "Customer")), objects=(customer("a"),)))


def test_types_with_nothing_in_them_are_refused() -> None:
    with pytest.raises(DefinitionError, match="Type Customer has no fields"):
        assert_sound(schema_of(QUERY, objects=(customer(),)))
    with pytest.raises(DefinitionError, match="Type Empty has no fields"):
        assert_sound(schema_of(QUERY, inputs=(InputDescription("Empty", "", ()),)))
    with pytest.raises(DefinitionError, match="Enum NoneEnum has no members"):
        assert_sound(schema_of(QUERY, enums=(EnumDescription("NoneEnum", "", ()),)))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ((("true", "a", ""),), "'true' is a word of GraphQL"),
        ((("A", "a", ""), ("A", "b", "")), "'A' is there twice"),
        ((("A", "a", ""), ("B", "a", "")), "two members stand for 'a'"),
        ((("A B", "a", ""),), "'A B' is not a GraphQL name"),
    ],
)
def test_a_bad_member_is_refused(members: tuple[tuple[str, str, str], ...], message: str) -> None:
    with pytest.raises(DefinitionError, match=f"Enum SlotEnum: .*{message}"):
        assert_sound(schema_of(QUERY, enums=(EnumDescription("SlotEnum", "", members),)))


def test_a_default_that_is_no_member_of_its_enum_is_refused() -> None:
    slot = EnumDescription("SlotEnum", "", (("EARLY", "early", ""),))

    with pytest.raises(DefinitionError, match=r"Query\.x: argument slot defaults to 'early'"):
        assert_sound(schema_of(output("x", "String", argument("slot", "SlotEnum", "early")), enums=(slot,)))


def test_a_required_field_of_a_one_of_input_is_refused() -> None:
    login = InputDescription(
        "Login", "", (InputFieldDescription("password", TypeRef("String", non_null=True), ""),), one_of=True
    )

    with pytest.raises(DefinitionError, match=r"Input field Login\.password is non-null"):
        assert_sound(schema_of(QUERY, inputs=(login,)))
