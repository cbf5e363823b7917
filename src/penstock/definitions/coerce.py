"""Liberal reading of stored values: each field type's own function from whatever a row holds to what it means.

Every function is total and never raises; None stands for null and for a value that cannot be read as the type.

Never here: the checks of what a caller writes (`rules`), metrics.
Source: CONTRACT §9.4, R3, Q11; rows written before 2020-09-10 may hold values of any type.
"""

from __future__ import annotations

import math
import re

from penstock.definitions.text import without_surrogates

INT32_MIN = -(2**31)
INT32_MAX = 2**31 - 1
SAFE_INTEGER = 2**53 - 1
"""The largest integer that every reader of JSON reads exactly."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,400}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
DATE_PATTERN = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?(?:[Zz]|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
)
"""The form of a stored date: a day, optionally with a time and a zone (Q11)."""

_DATE = re.compile(DATE_PATTERN, re.ASCII)
_WIDEST_BITS = 1_330  # four hundred decimal digits, the longest text read


def coerce_string(value: object) -> str | None:
    """Text as it is; a number or boolean as its JSON text (`0` → "0", `true` → "true"); else None."""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _WIDEST_BITS else None
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    return None


def coerce_wide_integer(value: object) -> int | None:
    """An integer of up to 400 digits from an integer, a whole float or plain decimal text; booleans are not numbers.

    Text is ASCII digits with an optional sign and nothing around them.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value.bit_length() <= _WIDEST_BITS else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    return None


def coerce_integer(value: object) -> int | None:
    """As `coerce_wide_integer`, within the 32 bits of a GraphQL `Int`."""
    number = coerce_wide_integer(value)
    return number if number is not None and INT32_MIN <= number <= INT32_MAX else None


def coerce_float(value: object) -> float | None:
    """A finite float from a number or decimal text ("1.5", "-2e3"); booleans are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def coerce_boolean(value: object) -> bool | None:
    """`true` and `false`, also as the texts "true" and "false"; 0 and 1 are numbers and mean neither."""
    if isinstance(value, bool):
        return value
    if value == "true":
        return True
    return False if value == "false" else None


def coerce_date(value: object) -> str | None:
    """The text verbatim where its form is a date, optionally with a time (space or `T`) and a zone; else None."""
    return value if isinstance(value, str) and _DATE.fullmatch(value) else None
