"""Field types and validation rules: is a definition sound, does a value comply.

Never here: rows, calls, where a value comes from.

Source: CONTRACT §9.3, §9.4, Q7.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from penstock.sandbox.documents import Document, listing, mapping
from penstock.sandbox.moments import is_date_text

FIELD_TYPES = ("string", "integer", "boolean", "float", "date", "relationship")
RULES_OF = {
    "string": ("enum", "email", "slug", "uuid"),
    "integer": ("between", "enum"),
    "float": ("between", "enum"),
    "date": ("enum",),
    "boolean": (),
    "relationship": ("one-to-one", "one-to-many"),
}
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
)
_SLUG = re.compile(r"[A-Za-z0-9_-]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_email(value: str) -> bool:
    """Tell whether the text is an address: no dot at an end of the local part, none doubled (CONTRACT §6.4)."""
    return len(value) <= 254 and _EMAIL.fullmatch(value) is not None


def is_slug(value: str) -> bool:
    """Tell whether the text has only characters that are safe in a path (CONTRACT §1)."""
    return _SLUG.fullmatch(value) is not None


def is_of_type(field_type: str, value: object) -> bool:
    """Tell whether a JSON value is of a field type; a whole number is a float too, a boolean is no number."""
    match field_type:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "date":
            return isinstance(value, str) and is_date_text(value)
        case _:
            return False


def find_fault(field_type: str, rules: Sequence[Document], value: object) -> str | None:
    """Return what is wrong with a value, or None; with several rules one that accepts is enough (Q7)."""
    if not is_of_type(field_type, value):
        return f"must be of type {field_type}"
    if not rules or any(_accepts(rule, value) for rule in rules):
        return None
    return f"Invalid Value: must satisfy the validation rule {' or '.join(str(rule['type']) for rule in rules)}"


def find_rules_fault(field_type: str, rules: object) -> str | None:
    """Return what is wrong with the `validation_rules` of a definition, or None."""
    if not isinstance(rules, list):
        return "validation_rules must be an array"
    if field_type == "relationship" and not rules:
        return "a relationship needs the rule one-to-one or one-to-many"
    return next((fault for fault in (_find_rule_fault(field_type, rule) for rule in rules) if fault), None)


def _find_rule_fault(field_type: str, rule: object) -> str | None:
    if not isinstance(rule, dict) or rule.get("type") not in RULES_OF[field_type]:
        return f"a {field_type} field takes the rules {', '.join(RULES_OF[field_type]) or '(none)'}"
    options = rule.get("options")
    match rule["type"]:
        case "enum":
            if not isinstance(options, list) or not options or not all(is_of_type(field_type, one) for one in options):
                return f"an enum rule needs options of type {field_type}"
        case "between":
            bounds = mapping(options)
            low, high = _bound(bounds.get("from")), _bound(bounds.get("to"))
            if low is None or high is None or low > high:
                return "a between rule needs the numbers options.from and options.to, in this order"
        case "one-to-one" | "one-to-many":
            to = rule.get("to")
            if not isinstance(to, str) or not is_slug(to):
                return "a relationship rule needs to, the type it points at"
    return None


def _accepts(rule: Document, value: object) -> bool:
    check = _CHECKS.get(str(rule.get("type")))
    return check is not None and check(rule, value)


def _is_option(rule: Document, value: object) -> bool:
    return any(
        value == option and isinstance(value, bool) == isinstance(option, bool)
        for option in listing(rule.get("options"))
    )


def _is_between(rule: Document, value: object) -> bool:
    bounds = mapping(rule.get("options"))
    low, high = _bound(bounds.get("from")), _bound(bounds.get("to"))
    return isinstance(value, int | float) and low is not None and high is not None and low <= value <= high


def _bound(value: object) -> int | float | None:
    """Read a bound, which the official spec also allows as text."""
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


_CHECKS: Mapping[str, Callable[[Document, object], bool]] = {
    "enum": _is_option,
    "between": _is_between,
    "email": lambda _, value: isinstance(value, str) and is_email(value),
    "slug": lambda _, value: isinstance(value, str) and is_slug(value),
    "uuid": lambda _, value: isinstance(value, str) and _UUID.fullmatch(value) is not None,
}
