"""JSON documents: strict reading, compact writing, narrowing of what was read.

Never here: what a document means.
"""

from __future__ import annotations

import json
import math

Document = dict[str, object]


class MalformedJsonError(ValueError):
    """The text is not JSON that the sandbox can keep."""


def read_json(source: str | bytes) -> object:
    """Parse JSON, refusing what cannot be written back: NaN, infinities, lone surrogates, bottomless nesting.

    Raises:
        MalformedJsonError: the text is not such JSON.
    """
    try:
        value: object = json.loads(source, parse_constant=_refuse_constant, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate fails here instead of when it is answered
    except (ValueError, RecursionError) as error:
        raise MalformedJsonError(str(error)) from error
    if not _is_shallow(value, 64):
        raise MalformedJsonError("nested deeper than 64 levels")
    return value


def write_json(value: object) -> str:
    """Return compact JSON text, non-ASCII characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def mapping(value: object) -> Document:
    """Return the value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> list[object]:
    """Return the value when it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Return the value when it is a string, else None."""
    return value if isinstance(value, str) else None


def whole(value: object) -> int | None:
    """Return the value when it is a whole number (booleans are not), else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_shallow(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        return levels > 0 and all(_is_shallow(inner, levels - 1) for inner in value.values())
    if isinstance(value, list):
        return levels > 0 and all(_is_shallow(inner, levels - 1) for inner in value)
    return True


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits} is not a finite number")
    return value
