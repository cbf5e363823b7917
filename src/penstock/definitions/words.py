"""Rules in words, for descriptions and for what a caller reads when a value breaks one.

Never here: checks; Markdown or GraphQL syntax.
Source: CONTRACT §9.3.
"""

from __future__ import annotations

from typing import assert_never

from penstock.definitions.model import FieldDefinition, Number, Rule, RuleKind
from penstock.definitions.text import clean_line

_LISTED_OPTIONS = 30
_OPTION_CHARACTERS = 80


def rule_in_words(rule: Rule) -> str:
    """One sentence on one line for a rule: "From 1 to 10.", "One of: a, b.", "An e-mail address."."""
    match rule.kind:
        case RuleKind.ENUM:
            return f"One of: {_options_in_words(rule.options)}."
        case RuleKind.BETWEEN:
            return _range_in_words(rule.minimum, rule.maximum)
        case RuleKind.EMAIL:
            return "An e-mail address."
        case RuleKind.SLUG:
            return "Letters, digits, hyphens and underscores only."
        case RuleKind.UUID:
            return "A UUID."
        case RuleKind.ONE_TO_ONE:
            return f"At most one related {clean_line(rule.target or 'entry', _OPTION_CHARACTERS)}."
        case RuleKind.ONE_TO_MANY:
            return f"Any number of related resources of type {clean_line(rule.target or 'entry', _OPTION_CHARACTERS)}."
        case _:
            assert_never(rule.kind)


def rules_in_words(field: FieldDefinition) -> str:
    """All rules of a field on one line, "" where it has none; several are said to be checked by the store alone."""
    if not field.rules:
        return ""
    sentences = " ".join(rule_in_words(rule) for rule in field.rules)
    if len(field.rules) == 1 and not field.unread_rules:
        return sentences
    return f"Several rules, checked by the store: {sentences}"


def number_in_words(number: Number) -> str:
    """A number as one writes it: a whole float of modest size without its decimal point."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return str(number)


def _range_in_words(minimum: Number | None, maximum: Number | None) -> str:
    if minimum is None:
        return "Any number." if maximum is None else f"At most {number_in_words(maximum)}."
    if maximum is None:
        return f"At least {number_in_words(minimum)}."
    return f"From {number_in_words(minimum)} to {number_in_words(maximum)}."


def _options_in_words(options: tuple[str | Number, ...]) -> str:
    listed = [
        (clean_line(option, _OPTION_CHARACTERS) or '""') if isinstance(option, str) else number_in_words(option)
        for option in options[:_LISTED_OPTIONS]
    ]
    if len(options) > _LISTED_OPTIONS:
        listed.append(f"… and {len(options) - _LISTED_OPTIONS} more")
    return ", ".join(listed)
