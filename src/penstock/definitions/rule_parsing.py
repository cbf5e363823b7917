"""Reading of validation rules as a store holds them: what can be used, and one sentence for each that cannot.

Never here: whether a field survives without its rules (`field_parsing`), the checking of values (`rules`).
Source: CONTRACT §9.3 (rules and the types they fit; bounds may arrive as text), Q7.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from penstock.definitions.model import FieldType, Number, Rule, RuleKind
from penstock.definitions.rules import is_date
from penstock.definitions.text import has_surrogates, shown

FITTING_RULES: Mapping[FieldType, frozenset[RuleKind]] = {
    FieldType.STRING: frozenset({RuleKind.ENUM, RuleKind.EMAIL, RuleKind.SLUG, RuleKind.UUID}),
    FieldType.INTEGER: frozenset({RuleKind.BETWEEN, RuleKind.ENUM}),
    FieldType.FLOAT: frozenset({RuleKind.BETWEEN, RuleKind.ENUM}),
    FieldType.DATE: frozenset({RuleKind.ENUM}),
    FieldType.BOOLEAN: frozenset(),
    FieldType.RELATIONSHIP: frozenset({RuleKind.ONE_TO_ONE, RuleKind.ONE_TO_MANY}),
}
"""Which rules upstream defines for each field type."""

_KINDS = {kind.value: kind for kind in RuleKind}
_WHOLE = re.compile(r"[+-]?[0-9]{1,300}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
_WIDEST_BITS = 1_000
_LONGEST_TARGET = 255


@dataclass(frozen=True, slots=True)
class RulesRead:
    """What became of a field's rules.

    Attributes:
        rules: The usable ones, different from each other, in an order that does not depend on upstream's.
        unread: How many rules upstream holds beside them.
        reasons: One sentence for each thing that could not be used as it is.
    """

    rules: tuple[Rule, ...]
    unread: int
    reasons: tuple[str, ...]


def read_rules(raw: object, field_type: FieldType) -> RulesRead:
    """The rules of a field from its decoded `validation_rules`, whatever that holds."""
    if raw is None:
        return RulesRead((), 0, ())
    if not isinstance(raw, list):
        return RulesRead((), 0, (f"Its validation_rules are {shown(raw)}, not a list, and are ignored.",))
    rules: set[Rule] = set()
    unread = 0
    reasons: list[str] = []
    for item in raw:
        if not isinstance(item, dict) or not isinstance(item.get("type"), str):
            reasons.append(f"A validation rule has no type ({shown(item)}) and is ignored.")
            continue
        rule = _read_rule(item, field_type, reasons)
        if rule is None:
            unread += 1
        else:
            rules.add(rule)
    return RulesRead(tuple(sorted(rules, key=_order)), unread, tuple(reasons))


def _order(rule: Rule) -> tuple[str, str, str, str, str]:
    return (rule.kind.value, repr(rule.options), repr(rule.minimum), repr(rule.maximum), rule.target or "")


def _read_rule(item: Mapping[str, object], field_type: FieldType, reasons: list[str]) -> Rule | None:
    kind = _KINDS.get(str(item["type"]))
    if kind is None:
        reasons.append(f"The rule {shown(item['type'])} is unknown and is ignored; the store alone checks it.")
        return None
    if kind not in FITTING_RULES[field_type]:
        reasons.append(f"A rule {kind.value} does not fit a field of type {field_type.value} and is ignored.")
        return None
    match kind:
        case RuleKind.ENUM:
            return _read_enum(item.get("options"), field_type, reasons)
        case RuleKind.BETWEEN:
            return _read_between(item.get("options"), field_type, reasons)
        case RuleKind.ONE_TO_ONE | RuleKind.ONE_TO_MANY:
            return _read_relationship(kind, item.get("to"), reasons)
        case _:
            return Rule(kind)


def _read_enum(raw: object, field_type: FieldType, reasons: list[str]) -> Rule | None:
    if not isinstance(raw, list):
        reasons.append(f"The enum rule's options are {shown(raw)}, not a list; the rule is ignored.")
        return None
    options: dict[str | Number, None] = {}
    for item in raw:
        option = _text_option(item, field_type) if field_type in _TEXTUAL else _number_option(item, field_type)
        if option is None:
            reasons.append(
                f"The enum option {shown(item)} cannot be a value of type {field_type.value}; it is left out."
            )
            continue
        if option in options:
            reasons.append(f"The enum option {shown(item)} is listed more than once; it counts once.")
        elif option == "":
            reasons.append("An enum option is empty text; the field is served without a generated enum.")
        elif isinstance(option, str) is not isinstance(item, str):
            kind = "text" if isinstance(option, str) else "a number"
            reasons.append(f"The enum option {shown(item)} is not of the field's type; it is read as {kind}.")
        options[option] = None
    if not options:
        reasons.append("The enum rule has no usable option and is ignored; list at least one value.")
        return None
    return Rule(RuleKind.ENUM, options=tuple(options))


_TEXTUAL = frozenset({FieldType.STRING, FieldType.DATE})


def _text_option(raw: object, field_type: FieldType) -> str | None:
    if field_type is FieldType.DATE:
        return raw if isinstance(raw, str) and is_date(raw) else None
    if isinstance(raw, str):
        return None if has_surrogates(raw) else raw
    number = _number(raw)
    return None if number is None else str(number)


def _number_option(raw: object, field_type: FieldType) -> Number | None:
    number = _typed(_number(raw), field_type)
    return None if field_type is FieldType.INTEGER and isinstance(number, float) else number


def _read_between(raw: object, field_type: FieldType, reasons: list[str]) -> Rule | None:
    if not isinstance(raw, dict):
        reasons.append(f"The between rule's options are {shown(raw)}, not an object; the rule is ignored.")
        return None
    bounds: list[Number | None] = []
    for key in ("from", "to"):
        given = raw.get(key)
        bound = _typed(_number(given), field_type)
        if given is not None and bound is None:
            reasons.append(f"The between rule's bound {key} is {shown(given)}, not a number; the rule is ignored.")
            return None
        bounds.append(bound)
    minimum, maximum = bounds
    if minimum is None and maximum is None:
        reasons.append("The between rule has no bound and is ignored; give from and to.")
        return None
    if minimum is None or maximum is None:
        reasons.append(f"The between rule has no bound {'from' if minimum is None else 'to'}; that side stays open.")
    elif minimum > maximum:
        reasons.append(
            f"The between rule goes from {shown(minimum)} to {shown(maximum)}, which no value meets; ignored."
        )
        return None
    return Rule(RuleKind.BETWEEN, minimum=minimum, maximum=maximum)


def _read_relationship(kind: RuleKind, target: object, reasons: list[str]) -> Rule | None:
    if isinstance(target, str) and target.strip() and len(target) <= _LONGEST_TARGET and not has_surrogates(target):
        return Rule(kind, target=target.strip())
    reasons.append(f"The rule {kind.value} names {shown(target)} as its target; set to to a resource or a flow's slug.")
    return None


def _number(raw: object) -> Number | None:
    """A finite number from a number or its decimal text; never a boolean."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        text = raw.strip(" ")
        if not _DECIMAL.fullmatch(text):
            return None
        raw = int(text) if _WHOLE.fullmatch(text) else float(text)
    if isinstance(raw, int):
        return raw if raw.bit_length() <= _WIDEST_BITS else None
    return raw if isinstance(raw, float) and math.isfinite(raw) else None


def _typed(number: Number | None, field_type: FieldType) -> Number | None:
    """The number in the field's own kind, so that 1 and 1.0 are one bound: whole for integers where it is whole."""
    if number is None:
        return None
    if field_type is FieldType.FLOAT:
        return float(number)
    return int(number) if isinstance(number, float) and number.is_integer() else number
