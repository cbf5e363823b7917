from __future__ import annotations

import math

import pytest

from penstock.definitions.model import FieldType, Rule, RuleKind
from penstock.definitions.rule_parsing import FITTING_RULES, read_rules


def between(start: object, end: object) -> list[object]:
    return [{"type": "between", "options": {"from": start, "to": end}}]


def enum(*options: object) -> list[object]:
    return [{"type": "enum", "options": list(options)}]


@pytest.mark.parametrize(
    ("field_type", "raw", "rule"),
    [
        (FieldType.STRING, enum("b", "a"), Rule(RuleKind.ENUM, options=("b", "a"))),
        (FieldType.STRING, [{"type": "email"}], Rule(RuleKind.EMAIL)),
        (FieldType.STRING, [{"type": "slug"}], Rule(RuleKind.SLUG)),
        (FieldType.STRING, [{"type": "uuid"}], Rule(RuleKind.UUID)),
        (FieldType.INTEGER, between(1, 10), Rule(RuleKind.BETWEEN, minimum=1, maximum=10)),
        (FieldType.INTEGER, between("1", " 10 "), Rule(RuleKind.BETWEEN, minimum=1, maximum=10)),
        (FieldType.INTEGER, enum(2, 1), Rule(RuleKind.ENUM, options=(2, 1))),
        (FieldType.FLOAT, between(16, "52.5"), Rule(RuleKind.BETWEEN, minimum=16.0, maximum=52.5)),
        (FieldType.FLOAT, enum(1, 2.5), Rule(RuleKind.ENUM, options=(1.0, 2.5))),
        (FieldType.DATE, enum("2031-01-01"), Rule(RuleKind.ENUM, options=("2031-01-01",))),
        (FieldType.RELATIONSHIP, [{"type": "one-to-one", "to": "order"}], Rule(RuleKind.ONE_TO_ONE, target="order")),
    ],
)
def test_a_rule_of_the_contract_is_read_without_a_word(field_type: FieldType, raw: object, rule: Rule) -> None:
    read = read_rules(raw, field_type)

    assert (read.rules, read.unread) == ((rule,), 0)
    assert read.reasons == ()


def test_whole_bounds_of_an_integer_are_integers_however_they_are_written() -> None:
    (rule,) = read_rules(between(1.0, "1e3"), FieldType.INTEGER).rules

    assert (type(rule.minimum), type(rule.maximum), rule.maximum) == (int, int, 1000)


@pytest.mark.parametrize("raw", [None, []])
def test_no_rules_are_no_problem(raw: object) -> None:
    assert read_rules(raw, FieldType.STRING) == read_rules([], FieldType.STRING)


@pytest.mark.parametrize("raw", ["enum", 7, {}, True])
def test_rules_that_are_no_list_are_ignored(raw: object) -> None:
    read = read_rules(raw, FieldType.STRING)

    assert (read.rules, len(read.reasons)) == ((), 1)


@pytest.mark.parametrize(
    ("field_type", "raw"),
    [
        (FieldType.STRING, [{"type": "regex"}]),
        (FieldType.STRING, [{"type": "between", "options": {"from": 1, "to": 2}}]),
        (FieldType.BOOLEAN, [{"type": "enum", "options": ["true"]}]),
        (FieldType.DATE, [{"type": "between", "options": {"from": "2018", "to": "2019"}}]),
        (FieldType.STRING, [{"type": "one-to-one", "to": "order"}]),
        (FieldType.STRING, [{"type": "enum"}]),
        (FieldType.STRING, [{"type": "enum", "options": "a"}]),
        (FieldType.STRING, enum()),
        (FieldType.STRING, enum(None, [], {}, True, "\ud800")),
        (FieldType.INTEGER, between(10, 1)),
        (FieldType.INTEGER, between(None, None)),
        (FieldType.INTEGER, between(True, 10)),
        (FieldType.INTEGER, between("NaN", 10)),
        (FieldType.INTEGER, between("1_0", 10)),
        (FieldType.FLOAT, between(math.nan, 10)),
        (FieldType.FLOAT, between(1, math.inf)),
        (FieldType.FLOAT, between(1, 10**400)),
        (FieldType.FLOAT, between("1e999", 10)),
        (FieldType.INTEGER, [{"type": "between", "options": [1, 2]}]),
        (FieldType.INTEGER, [{"type": "between"}]),
    ],
)
def test_a_rule_that_cannot_be_used_is_counted_and_said(field_type: FieldType, raw: object) -> None:
    read = read_rules(raw, field_type)

    assert (read.rules, read.unread) == ((), 1)
    assert read.reasons


def test_one_missing_bound_leaves_its_side_open() -> None:
    read = read_rules([{"type": "between", "options": {"from": 1}}], FieldType.INTEGER)

    assert read.rules == (Rule(RuleKind.BETWEEN, minimum=1),)
    assert "no bound to" in read.reasons[0]


def test_options_are_read_once_each_and_by_value() -> None:
    assert read_rules(enum("a", "b", "a"), FieldType.STRING).rules[0].options == ("a", "b")
    assert read_rules(enum(1, 1.0, "1", 2), FieldType.INTEGER).rules[0].options == (1, 2)
    assert read_rules(enum(1, True, 0), FieldType.FLOAT).rules[0].options == (1.0, 0.0)


def test_options_of_another_type_are_read_where_their_meaning_is_plain() -> None:
    assert read_rules(enum("1", 2, 2.5, "x"), FieldType.INTEGER).rules[0].options == (1, 2)
    assert read_rules(enum("a", 1), FieldType.STRING).rules[0].options == ("a", "1")
    assert read_rules(enum("2031-01-01", "2031-02-30", 7), FieldType.DATE).rules[0].options == ("2031-01-01",)


def test_an_empty_option_stays_and_is_said() -> None:
    read = read_rules(enum("", "a"), FieldType.STRING)

    assert read.rules[0].options == ("", "a")
    assert len(read.reasons) == 1


def test_equal_rules_are_one_and_the_order_is_our_own() -> None:
    slug, email = {"type": "slug"}, {"type": "email"}

    assert read_rules([slug, email, slug], FieldType.STRING) == read_rules([email, slug], FieldType.STRING)


def test_items_without_a_type_are_no_rules() -> None:
    read = read_rules([None, "enum", {}, {"type": 7}, {"type": "email"}], FieldType.STRING)

    assert (read.rules, read.unread) == ((Rule(RuleKind.EMAIL),), 0)
    assert len(read.reasons) == 4


def test_every_field_type_says_which_rules_fit() -> None:
    assert FITTING_RULES.keys() == set(FieldType)
    assert frozenset().union(*FITTING_RULES.values()) == set(RuleKind)
