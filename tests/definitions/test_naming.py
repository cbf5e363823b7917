from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.model import FieldDefinition, FieldType
from penstock.definitions.naming import (
    EnumMember,
    assign_field_names,
    camel_name,
    enum_members,
    pascal_name,
)

GRAPHQL_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
RESERVED = frozenset({"id", "name", "orders", "customField", "a2"})
SLUGS = st.sampled_from(
    ["a", "A", "a-", "a2", "a_2", "a3", "orders", "Orders", "custom_orders", "customOrders2", "-", "é"]
)


def field(slug: str, identity: str = "f1", created_at: str = "") -> FieldDefinition:
    return FieldDefinition(identity, slug, slug, "", FieldType.STRING, created_at=created_at)


def fields_of(slugs: list[str]) -> list[FieldDefinition]:
    return [field(slug, f"f{index}", f"2031-01-01T00:00:{index:02}Z") for index, slug in enumerate(slugs)]


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("delivery_details", "deliveryDetails"),
        ("shoe-size", "shoeSize"),
        ("line_1", "line1"),
        ("2fa_secret", "field2faSecret"),
        ("URL", "url"),
        ("URL_path", "urlPath"),
        ("home_URL", "homeUrl"),
        ("DeliverySlot", "deliverySlot"),
        ("my_deliverySlot", "myDeliverySlot"),
        ("iPhone_case", "iPhoneCase"),
        ("__typename", "typename"),
        ("_", "field0b7c1d2e"),
        ("日本", "field0b7c1d2e"),
        ("size (EU)", "sizeEu"),
        ("ﬁne", "ne"),
    ],
)
def test_a_slug_becomes_a_camel_case_name(slug: str, name: str) -> None:
    assert camel_name(slug, "0b7c-1d2e-ffff") == name


def test_a_type_name_begins_with_a_capital() -> None:
    assert pascal_name("delivery_details", "f1") == "DeliveryDetails"
    assert pascal_name("2fa", "f1") == "Field2fa"


@given(st.text(st.characters()), st.text(st.characters()))
def test_any_text_becomes_a_valid_name(slug: str, identity: str) -> None:
    name = camel_name(slug, identity)

    assert GRAPHQL_NAME.fullmatch(name)
    assert not name.startswith("__")
    assert GRAPHQL_NAME.fullmatch(pascal_name(slug, identity))


def test_a_reserved_name_wins_over_a_custom_field() -> None:
    names = assign_field_names([field("orders")], frozenset({"orders"}))

    assert names == {"f1": "customOrders"}


def test_the_name_that_replaces_a_reserved_one_may_itself_be_taken() -> None:
    names = assign_field_names(fields_of(["custom_orders", "orders"]), frozenset({"orders"}))

    assert names == {"f0": "customOrders", "f1": "customOrders2"}


def test_of_two_slugs_that_meet_the_older_field_keeps_the_name() -> None:
    newer, older = field("a_b", "f1", "2031-01-02T00:00:00Z"), field("a-b", "f2", "2031-01-01T00:00:00Z")

    names = assign_field_names([newer, older], frozenset())

    assert names == {"f2": "aB", "f1": "aB2"}


def test_a_slug_that_spells_a_number_is_passed_over_when_the_number_is_taken() -> None:
    assert assign_field_names(fields_of(["a", "a-", "a2"]), frozenset()) == {"f0": "a", "f1": "a2", "f2": "a22"}
    assert assign_field_names(fields_of(["a2", "a", "a-"]), frozenset()) == {"f0": "a2", "f1": "a", "f2": "a3"}


def test_a_pinned_name_is_kept_and_taken_first() -> None:
    names = assign_field_names(fields_of(["a", "b"]), frozenset(), {"f1": "a"})

    assert names == {"f0": "a2", "f1": "a"}


@pytest.mark.parametrize("pin", ["orders", "not a name", "__secret", "", "1st"])
def test_a_pin_that_cannot_stand_in_the_schema_is_passed_over(pin: str) -> None:
    assert assign_field_names([field("a")], frozenset({"orders"}), {"f1": pin}) == {"f1": "a"}


def test_a_pin_of_a_field_that_is_gone_reserves_nothing() -> None:
    assert assign_field_names([field("a")], frozenset(), {"gone": "a"}) == {"f1": "a"}


@given(st.lists(SLUGS, max_size=12), st.data())
def test_names_differ_and_do_not_depend_on_the_order(slugs: list[str], data: st.DataObject) -> None:
    fields = fields_of(slugs)

    names = assign_field_names(fields, RESERVED)

    assert assign_field_names(data.draw(st.permutations(fields)), RESERVED) == names
    assert len(set(names.values())) == len(fields)
    assert not RESERVED & set(names.values())
    assert all(GRAPHQL_NAME.fullmatch(name) for name in names.values())


@given(st.lists(SLUGS, min_size=1, max_size=12))
def test_adding_a_newer_field_renames_no_other(slugs: list[str]) -> None:
    fields = fields_of(slugs)

    before = assign_field_names(fields[:-1], RESERVED)

    assert before.items() <= assign_field_names(fields, RESERVED).items()


@given(st.lists(SLUGS, min_size=1, max_size=12), st.data())
def test_with_all_names_pinned_adding_any_field_renames_no_other(slugs: list[str], data: st.DataObject) -> None:
    fields = fields_of(slugs)
    added = data.draw(st.sampled_from(fields))
    pinned = assign_field_names([known for known in fields if known != added], RESERVED)

    names = assign_field_names(fields, RESERVED, pinned)

    assert pinned.items() <= names.items()
    assert len(set(names.values())) == len(fields)


def test_thousands_of_fields_that_meet_are_named_quickly() -> None:
    fields = [field("a" + "-" * index, f"f{index:05}") for index in range(20_000)]

    names = assign_field_names(fields, frozenset())

    assert names["f19999"] == "a20000"


def test_options_become_members_in_their_order() -> None:
    members = enum_members(["next-day", "2 days", "true", "Évening"])

    assert members == (
        EnumMember("NEXT_DAY", "next-day"),
        EnumMember("OPTION_2_DAYS", "2 days"),
        EnumMember("TRUE", "true"),
        EnumMember("VENING", "Évening"),
    )


@pytest.mark.parametrize(
    "options",
    [
        [],
        [""],
        ["a", "日本"],
        ["a", "A"],
        ["next-day", "next_day"],
        ["2", "option 2"],
        ["unrecognized"],
        ["a", 1],
        ["x" * 300],
    ],
)
def test_options_that_cannot_be_mapped_one_to_one_make_no_enum(options: list[str | int]) -> None:
    assert enum_members(options) is None


@given(st.lists(st.text(st.characters()), max_size=6))
def test_members_are_valid_different_and_lead_back_to_their_options(options: list[str]) -> None:
    members = enum_members(options) or ()

    assert all(GRAPHQL_NAME.fullmatch(member.name) for member in members)
    assert len({member.name for member in members}) == len(members)
    assert not {member.name for member in members} & {"true", "false", "null", "UNRECOGNIZED"}
    assert [member.value for member in members] in ([], options)
