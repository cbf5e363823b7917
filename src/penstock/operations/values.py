"""Values out of upstream rows: where they stand and what they mean, liberal and total.

Never here: fetching, GraphQL types.
Source: GRAPHQL conventions (liberal out); CONTRACT §1 (timestamps), §9.4, §9.5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from penstock.definitions.coerce import (
    SAFE_INTEGER,
    coerce_boolean,
    coerce_date,
    coerce_float,
    coerce_integer,
    coerce_string,
    coerce_wide_integer,
)
from penstock.definitions.model import JSON
from penstock.operations.money import coerce_money
from penstock.resources.attributes import UNRECOGNIZED, Attribute, EnumRow, Kind, Path

Row: TypeAlias = Mapping[str, JSON]
"""A decoded JSON object of upstream's."""

Coerce: TypeAlias = Callable[[JSON], JSON]

UNSET_MOMENT = "0001-01-01T00:00:00"
"""How upstream begins a timestamp that stands for none (§1)."""

DATE_TIME_PATTERN = (
    rf"(?!{UNSET_MOMENT})"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,12})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
"""The form of a timestamp that is shown (§1)."""

_DATE_TIME = re.compile(DATE_TIME_PATTERN, re.ASCII)
_LATEST_EPOCH = 253_402_300_799


def at(row: Row, path: Path) -> JSON:
    """The value at a path, or None where any step is missing or no object."""
    value = row.get(path[0])
    for key in path[1:]:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def coercer(attribute: Attribute) -> Coerce:
    """The function that reads a stored value as the attribute's kind; None for null and for what cannot be read."""
    if attribute.enum is not None:
        return enum_coercer(attribute.enum)
    return _COERCERS[attribute.kind]


def enum_coercer(row: EnumRow) -> Coerce:
    """Upstream's text → the GraphQL member; `UNRECOGNIZED` for a value outside the rule.

    The empty text is upstream's way of storing nothing where a string has no value.
    """
    names = {value: name for name, value, _ in row.members}

    def coerce(value: JSON) -> JSON:
        text = coerce_string(value)
        if text is None or (text == "" and text not in names):
            return None
        return names.get(text, UNRECOGNIZED)

    return coerce


def coerce_date_time(value: JSON) -> str | None:
    """A timestamp's text as received; None for anything else and for upstream's way of writing "unset"."""
    return value if isinstance(value, str) and _DATE_TIME.fullmatch(value) else None


def coerce_epoch(value: JSON) -> str | None:
    """Seconds since the epoch as RFC 3339 text."""
    seconds = coerce_wide_integer(value)
    if seconds is None or not 0 < seconds <= _LATEST_EPOCH:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def coerce_id(value: JSON) -> str | None:
    """Non-empty text, or a number as text."""
    return coerce_string(value) or None if not isinstance(value, bool) else None


def coerce_big_int(value: JSON) -> int | str | None:
    """An integer of up to 64 bits: a number where JSON carries it exactly everywhere, else its digits."""
    number = coerce_wide_integer(value)
    if number is None or not -(2**63) <= number < 2**63:
        return None
    return number if -SAFE_INTEGER <= number <= SAFE_INTEGER else str(number)


_COERCERS: dict[Kind, Coerce] = {
    Kind.ID: coerce_id,
    Kind.STRING: coerce_string,
    Kind.EMAIL: coerce_string,
    Kind.INT: coerce_integer,
    Kind.BIG_INT: coerce_big_int,
    Kind.FLOAT: coerce_float,
    Kind.BOOLEAN: coerce_boolean,
    Kind.FLOW_DATE: coerce_date,
    Kind.DATE_TIME: coerce_date_time,
    Kind.EPOCH: coerce_epoch,
    Kind.JSON: lambda value: value,
    Kind.MONEY: coerce_money,
}
