from __future__ import annotations

import pytest

from penstock.definitions.model import FieldDefinition, FieldType, Rule, RuleKind
from penstock.definitions.words import rule_in_words, rules_in_words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(RuleKind.BETWEEN, minimum=1, maximum=10), "From 1 to 10."),
        (Rule(RuleKind.BETWEEN, minimum=16.0, maximum=52.5), "From 16 to 52.5."),
        (Rule(RuleKind.BETWEEN, minimum=1), "At least 1."),
        (Rule(RuleKind.BETWEEN, maximum=1), "At most 1."),
        (Rule(RuleKind.ENUM, options=("a", "b")), "One of: a, b."),
        (Rule(RuleKind.ENUM, options=(1, 2.0)), "One of: 1, 2."),
        (Rule(RuleKind.ENUM, options=("a\nb", "")), 'One of: a b, "".'),
        (Rule(RuleKind.EMAIL), "An e-mail address."),
        (Rule(RuleKind.SLUG), "Letters, digits, hyphens and underscores only."),
        (Rule(RuleKind.UUID), "A UUID."),
        (Rule(RuleKind.ONE_TO_ONE, target="customer"), "At most one related customer."),
        (Rule(RuleKind.ONE_TO_MANY, target="order"), "Any number of related resources of type order."),
    ],
)
def test_a_rule_is_one_sentence(rule: Rule, words: str) -> None:
    assert rule_in_words(rule) == words


def test_a_long_list_of_options_is_shortened() -> None:
    words = rule_in_words(Rule(RuleKind.ENUM, options=tuple(f"o{index}" for index in range(100))))

    assert words.endswith("o29, … and 70 more.")


def test_several_rules_are_said_to_be_checked_by_the_store() -> None:
    email, slug = Rule(RuleKind.EMAIL), Rule(RuleKind.SLUG)
    plain = FieldDefinition("f1", "a", "A", "", FieldType.STRING)
    one = FieldDefinition("f1", "a", "A", "", FieldType.STRING, rules=(email,))
    two = FieldDefinition("f1", "a", "A", "", FieldType.STRING, rules=(email, slug))

    assert rules_in_words(plain) == ""
    assert rules_in_words(one) == "An e-mail address."
    assert rules_in_words(two).startswith("Several rules, checked by the store: ")
