"""When two attributes of a flow or field are the same for upstream, and what is different where they are not.

Numbers are compared by value (`1`, `1.0` and a bound `"1"` are one), rules without their order, options with it.

Never here: what follows from a difference.
Source: CONTRACT §9.3 (bounds may arrive as text).
"""

from __future__ import annotations

from collections.abc import Mapping

from penstock.definitions.flow_file.model import FieldAttributes, FlowAttributes
from penstock.definitions.flow_file.steps import Part
from penstock.definitions.model import JSON
from penstock.definitions.text import canonical

_EMPTY: tuple[JSON, ...] = (None, "", [], {})


def field_body(attributes: FieldAttributes) -> dict[str, JSON]:
    """A field's attributes by upstream's keys."""
    return {
        "slug": attributes.slug,
        "name": attributes.name,
        "description": attributes.description,
        "field_type": attributes.field_type,
        "required": attributes.required,
        "enabled": attributes.enabled,
        "order": attributes.order,
        "omit_null": attributes.omit_null,
        "default": attributes.default,
        "validation_rules": list(attributes.rules),
    }


def flow_body(attributes: FlowAttributes) -> dict[str, JSON]:
    """A flow's attributes by upstream's keys."""
    return {
        "slug": attributes.slug,
        "name": attributes.name,
        "description": attributes.description,
        "enabled": attributes.enabled,
    }


def differences(before: Mapping[str, JSON], after: Mapping[str, JSON]) -> tuple[Part, ...]:
    """Each key of `after` whose value is another one in `before`."""
    return tuple(Part(key, before.get(key), value) for key, value in after.items() if not _same(key, before, after))


def _same(key: str, before: Mapping[str, JSON], after: Mapping[str, JSON]) -> bool:
    if key == "validation_rules":
        return _rules_key(before.get(key)) == _rules_key(after.get(key))
    return canonical(_settled(before.get(key))) == canonical(_settled(after.get(key)))


def _rules_key(rules: JSON) -> list[str]:
    return sorted(canonical(_rule(rule)) for rule in rules) if isinstance(rules, list) else []


def _rule(rule: JSON) -> JSON:
    """The rule without empty keys, and with numbers for bounds that are text."""
    if not isinstance(rule, dict):
        return _settled(rule)
    said = {key: _settled(value) for key, value in rule.items() if value not in _EMPTY}
    options = said.get("options")
    if said.get("type") == "between" and isinstance(options, dict):
        said["options"] = {key: _bound(value) for key, value in options.items()}
    return said


def _bound(value: JSON) -> JSON:
    if not isinstance(value, str):
        return value
    for kind in (int, float):
        try:
            return _settled(kind(value))
        except (ValueError, OverflowError):
            continue
    return value


def _settled(value: JSON) -> JSON:
    """The value with whole numbers for floats that are whole, at any depth."""
    match value:
        case list():
            return [_settled(item) for item in value]
        case dict():
            return {key: _settled(item) for key, item in value.items()}
        case float() if value.is_integer() and abs(value) < 2.0**53:
            return int(value)
        case _:
            return value
