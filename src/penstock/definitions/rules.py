"""Local checks of a value that a caller writes: its type, its length and, where a field has exactly one, its rule.

Never here: liberal reading of stored values (`coerce`), whether a key must be present, GraphQL paths.
Source: CONTRACT §9.3, §9.4, Q3 (length of text), Q7 (only a sole rule is enforced).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, assert_never

from penstock.definitions.coerce import INT32_MAX, INT32_MIN
from penstock.definitions.model import JSON, FieldDefinition, FieldType, Rule, RuleKind
from penstock.definitions.text import clean_line, has_surrogates
from penstock.definitions.words import rule_in_words

LONGEST_TEXT = 10_000
"""Characters a custom string may have (Q3)."""

ViolationCode: TypeAlias = Literal[
    "REQUIRED",
    "INVALID",
    "TOO_LONG",
    "NOT_IN_ENUM",
    "OUT_OF_RANGE",
    "NOT_AN_EMAIL",
    "NOT_A_SLUG",
    "NOT_A_UUID",
]
"""The user error codes that a value can earn before upstream has seen it."""

_LONGEST_EMAIL = 254
_ATOM = r"[^\s@.,;:<>()\[\]\\\"\x00-\x20\x7f-\x9f]+"
_LABEL = r"[^\W_](?:[^\W_]|-)*"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_SLUG = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?: (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])?",
    re.ASCII,
)
_WIDEST_BITS = 63


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with one value.

    Attributes:
        code: The user error code.
        message: One sentence that names the field and the remedy, never the value.
    """

    code: ViolationCode
    message: str


def is_email(text: str) -> bool:
    """Whether the text is an address: no dot at either end of a part or twice in a row, a domain of two labels."""
    return (
        len(text) <= _LONGEST_EMAIL and not has_surrogates(text) and _EMAIL.fullmatch(text) is not None
    ) and not any(label.endswith("-") for label in text.rpartition("@")[2].split("."))


def is_slug(text: str) -> bool:
    """Whether the text is ASCII letters, digits, `-` and `_`, at least one."""
    return _SLUG.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    """Whether the text is a UUID in its hyphenated form, in either case."""
    return _UUID.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Whether the text is a day of the calendar, `YYYY-MM-DD`, optionally with a space and `HH:MM:SS`."""
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True


def sole_rule(field: FieldDefinition) -> Rule | None:
    """The rule of a field that has exactly one and nothing beside it that could not be read, else None (Q7)."""
    return field.rules[0] if len(field.rules) == 1 and not field.unread_rules else None


def is_wide_integer(field: FieldDefinition) -> bool:
    """Whether a rule of an integer field admits values beyond the 32 bits of a GraphQL `Int`."""
    if field.field_type is not FieldType.INTEGER:
        return False
    numbers = [option for rule in field.rules for option in (*rule.options, rule.minimum, rule.maximum)]
    return any(isinstance(number, int | float) and not INT32_MIN <= number <= INT32_MAX for number in numbers)


def violations(field: FieldDefinition, value: JSON) -> tuple[Violation, ...]:
    """Everything that is wrong with a value given for a field, empty where upstream may be asked.

    A null is wrong only on a required field. The rule is enforced only where it is the field's sole one.
    """
    label = clean_line(field.name, 80) or clean_line(field.slug, 80)
    if value is None:
        return (Violation("REQUIRED", f"{label} is required and cannot be cleared."),) if field.required else ()
    wrong_type = _type_violation(field.field_type, label, value)
    if wrong_type is not None:
        return (wrong_type,)
    found: list[Violation] = []
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        found.append(Violation("TOO_LONG", f"{label} can have at most {LONGEST_TEXT:,} characters."))
    rule = sole_rule(field)
    broken = None if rule is None else _rule_violation(rule, label, value)
    return (*found, broken) if broken is not None else tuple(found)


def _type_violation(field_type: FieldType, label: str, value: JSON) -> Violation | None:
    match field_type:
        case FieldType.STRING:
            fits, wanted = isinstance(value, str) and not has_surrogates(value), "must be text."
        case FieldType.BOOLEAN:
            fits, wanted = isinstance(value, bool), "must be true or false."
        case FieldType.DATE:
            fits = isinstance(value, str) and is_date(value)
            wanted = "must be a date of the calendar: YYYY-MM-DD or YYYY-MM-DD HH:MM:SS."
        case FieldType.INTEGER:
            fits, wanted = isinstance(value, int) and not isinstance(value, bool), "must be a whole number."
        case FieldType.FLOAT:
            fits = isinstance(value, int | float) and not isinstance(value, bool)
            fits, wanted = fits and not (isinstance(value, float) and not math.isfinite(value)), "must be a number."
        case FieldType.RELATIONSHIP:
            fits, wanted = False, "is a relationship: it is set by its own mutation."
        case _:
            assert_never(field_type)
    if not fits:
        return Violation("INVALID", f"{label} {wanted}")
    if isinstance(value, int) and value.bit_length() > _WIDEST_BITS:
        return Violation("OUT_OF_RANGE", f"{label} must fit into 64 bits.")
    return None


def _rule_violation(rule: Rule, label: str, value: JSON) -> Violation | None:
    code: ViolationCode
    match rule.kind:
        case RuleKind.ENUM:
            fits, code = not isinstance(value, bool) and value in rule.options, "NOT_IN_ENUM"
        case RuleKind.BETWEEN:
            fits, code = _is_between(rule, value), "OUT_OF_RANGE"
        case RuleKind.EMAIL:
            fits, code = isinstance(value, str) and is_email(value), "NOT_AN_EMAIL"
        case RuleKind.SLUG:
            fits, code = isinstance(value, str) and is_slug(value), "NOT_A_SLUG"
        case RuleKind.UUID:
            fits, code = isinstance(value, str) and is_uuid(value), "NOT_A_UUID"
        case RuleKind.ONE_TO_ONE | RuleKind.ONE_TO_MANY:
            return None
        case _:
            assert_never(rule.kind)
    return None if fits else Violation(code, f"{label} does not follow its rule. {rule_in_words(rule)}")


def _is_between(rule: Rule, value: JSON) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    above = rule.minimum is None or value >= rule.minimum
    return above and (rule.maximum is None or value <= rule.maximum)
