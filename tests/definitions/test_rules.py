from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.model import JSON, FieldDefinition, FieldType, Rule, RuleKind
from penstock.definitions.rules import is_date, is_email, is_slug, is_uuid, is_wide_integer, sole_rule, violations

SIZES = Rule(RuleKind.ENUM, options=("S", "M"))
RULES = [
    SIZES,
    Rule(RuleKind.ENUM, options=(1, 2.5)),
    Rule(RuleKind.BETWEEN, minimum=1, maximum=10),
    Rule(RuleKind.EMAIL),
    Rule(RuleKind.SLUG),
    Rule(RuleKind.UUID),
    Rule(RuleKind.ONE_TO_ONE, target="customer"),
]
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


def field(field_type: FieldType, *rules: Rule, required: bool = False, unread_rules: int = 0) -> FieldDefinition:
    return FieldDefinition(
        "f1", "size", "Size", "", field_type, required=required, rules=rules, unread_rules=unread_rules
    )


def codes(definition: FieldDefinition, value: JSON) -> list[str]:
    return [violation.code for violation in violations(definition, value)]


@pytest.mark.parametrize(
    ("field_type", "value"),
    [
        (FieldType.STRING, "text"),
        (FieldType.STRING, ""),
        (FieldType.INTEGER, 0),
        (FieldType.FLOAT, 1),
        (FieldType.FLOAT, 1.5),
        (FieldType.BOOLEAN, False),
        (FieldType.DATE, "2032-02-29"),
        (FieldType.DATE, "2031-01-01 23:59:59"),
    ],
)
def test_a_value_of_the_field_type_is_accepted(field_type: FieldType, value: JSON) -> None:
    assert violations(field(field_type), value) == ()


@pytest.mark.parametrize(
    ("field_type", "value"),
    [
        (FieldType.STRING, 1),
        (FieldType.STRING, "\ud800"),
        (FieldType.INTEGER, 1.0),
        (FieldType.INTEGER, True),
        (FieldType.INTEGER, "1"),
        (FieldType.FLOAT, True),
        (FieldType.FLOAT, math.nan),
        (FieldType.FLOAT, math.inf),
        (FieldType.FLOAT, "1.5"),
        (FieldType.BOOLEAN, 1),
        (FieldType.BOOLEAN, "true"),
        (FieldType.DATE, "2031-02-29"),
        (FieldType.DATE, "2031-01-01T00:00:00"),
        (FieldType.DATE, 20310101),
        (FieldType.RELATIONSHIP, "some-id"),
    ],
)
def test_a_value_of_another_type_is_invalid(field_type: FieldType, value: JSON) -> None:
    assert codes(field(field_type), value) == ["INVALID"]


def test_null_clears_an_optional_field_and_not_a_required_one() -> None:
    assert violations(field(FieldType.STRING, SIZES), None) == ()
    assert codes(field(FieldType.STRING, SIZES, required=True), None) == ["REQUIRED"]


def test_integers_beyond_64_bits_are_out_of_range() -> None:
    assert codes(field(FieldType.INTEGER), 2**63) == ["OUT_OF_RANGE"]
    assert codes(field(FieldType.INTEGER), 2**63 - 1) == []


@pytest.mark.parametrize(
    ("rule", "good", "bad", "code"),
    [
        (SIZES, "S", "s", "NOT_IN_ENUM"),
        (SIZES, "M", "", "NOT_IN_ENUM"),
        (Rule(RuleKind.EMAIL), "ines@example.test", "ines", "NOT_AN_EMAIL"),
        (Rule(RuleKind.SLUG), "a-b_C9", "a b", "NOT_A_SLUG"),
        (Rule(RuleKind.UUID), "6f1f7c38-0a43-4a58-9b1c-3a52a3f9a111", "6f1f7c38", "NOT_A_UUID"),
    ],
)
def test_the_rule_of_a_string_is_enforced(rule: Rule, good: str, bad: str, code: str) -> None:
    assert codes(field(FieldType.STRING, rule), good) == []
    assert codes(field(FieldType.STRING, rule), bad) == [code]


def test_between_includes_its_bounds() -> None:
    rated = field(FieldType.INTEGER, Rule(RuleKind.BETWEEN, minimum=1, maximum=10))

    assert [codes(rated, value) for value in (0, 1, 10, 11)] == [["OUT_OF_RANGE"], [], [], ["OUT_OF_RANGE"]]


def test_an_open_side_of_between_bounds_nothing() -> None:
    rated = field(FieldType.FLOAT, Rule(RuleKind.BETWEEN, minimum=1))

    assert codes(rated, 1e300) == []
    assert codes(rated, 0.9) == ["OUT_OF_RANGE"]


def test_numeric_options_are_compared_by_value_and_never_with_booleans() -> None:
    rated = field(FieldType.FLOAT, Rule(RuleKind.ENUM, options=(1.0, 2.5)))

    assert codes(rated, 1) == []
    assert codes(rated, True) == ["INVALID"]
    assert codes(rated, 2) == ["NOT_IN_ENUM"]


def test_date_options_are_compared_as_text() -> None:
    dated = field(FieldType.DATE, Rule(RuleKind.ENUM, options=("2031-01-01",)))

    assert codes(dated, "2031-01-01") == []
    assert codes(dated, "2031-01-01 00:00:00") == ["NOT_IN_ENUM"]


def test_all_violations_come_at_once() -> None:
    assert codes(field(FieldType.STRING, SIZES), "x" * 10_001) == ["TOO_LONG", "NOT_IN_ENUM"]
    assert codes(field(FieldType.STRING), "x" * 10_000) == []


def test_several_rules_are_left_to_the_store() -> None:
    assert codes(field(FieldType.STRING, SIZES, Rule(RuleKind.SLUG)), "anything at all") == []
    assert codes(field(FieldType.STRING, SIZES, unread_rules=1), "anything at all") == []
    assert sole_rule(field(FieldType.STRING, SIZES, unread_rules=1)) is None


@pytest.mark.parametrize(
    "text",
    ["a@b.co", "first.last+tag@sub.example.test", "o'neil@example.ie", "x@a.b.c-d.e", "é@exämple.de"],
)
def test_addresses_are_recognised(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@b",
        "@b.co",
        "a@",
        "a@b.co\n",
        "\na@b.co",
        ".a@b.co",
        "a.@b.co",
        "a..b@c.co",
        "a@b..co",
        "a@.b.co",
        "a@b.co.",
        "a@-b.co",
        "a@b-.co",
        "a b@c.co",
        "a@b@c.co",
        "a,b@c.co",
        "<a@b.co>",
        "a\x00@b.co",
        "\ud800@b.co",
        "a" * 250 + "@b.co",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize("text", ["", "a\n", "a b", "é", "a.b"])
def test_what_is_no_slug_is_refused(text: str) -> None:
    assert not is_slug(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "6f1f7c380a434a589b1c3a52a3f9a111",
        "6f1f7c38-0a43-4a58-9b1c-3a52a3f9a111\n",
        "{6f1f7c38-0a43-4a58-9b1c-3a52a3f9a11}",
    ],
)
def test_what_is_no_uuid_is_refused(text: str) -> None:
    assert not is_uuid(text)


@pytest.mark.parametrize(
    "text",
    [
        "0000-01-01",
        "2031-13-01",
        "2031-04-31",
        "2031-1-1",
        "2031-01-01 24:00:00",
        "2031-01-01 00:60:00",
        "2031-01-01 00:00:60",
        "2031-01-01 00:00",
        "2031-01-01\n",
        "\u0662031-01-01",
    ],
)
def test_what_is_no_day_of_the_calendar_is_refused(text: str) -> None:
    assert not is_date(text)


@given(st.datetimes())
def test_every_day_and_second_is_a_date(moment: object) -> None:
    assert is_date(str(moment)[:19])
    assert is_date(str(moment)[:10])


def test_a_long_hostile_text_is_judged_at_once() -> None:
    for text in ("a" * 10**6, "a." * 10**6, "a@" + "b-" * 10**6, "-" * 10**6 + "\n"):
        assert not is_email(text)
        assert not is_uuid(text)


def test_an_integer_field_is_wide_when_a_rule_leaves_32_bits() -> None:
    assert is_wide_integer(field(FieldType.INTEGER, Rule(RuleKind.BETWEEN, minimum=0, maximum=2**31)))
    assert is_wide_integer(field(FieldType.INTEGER, Rule(RuleKind.ENUM, options=(1, -(2**31) - 1))))
    assert not is_wide_integer(field(FieldType.INTEGER, Rule(RuleKind.BETWEEN, minimum=0, maximum=2**31 - 1)))
    assert not is_wide_integer(field(FieldType.FLOAT, Rule(RuleKind.BETWEEN, minimum=0, maximum=2**40)))


@given(st.sampled_from(FieldType), st.lists(st.sampled_from(RULES), max_size=2), JSONS)
def test_any_value_can_be_judged_and_is_never_repeated(field_type: FieldType, rules: list[Rule], value: JSON) -> None:
    found = violations(field(field_type, *rules), value)

    assert all(violation.message.startswith("Size ") for violation in found)
    assert len({violation.code for violation in found}) == len(found)
