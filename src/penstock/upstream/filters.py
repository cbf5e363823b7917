"""The filter grammar: typed clauses in, one safe ``filter`` value out.

Never here: which attribute of which resource may be filtered, percent-encoding.
Source: CONTRACT §4, Q8 (a backslash inside a quoted operand is doubled), §9.6 (entries know unquoted operands only).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from penstock.errors import CallerError

Operator = Literal["eq", "like", "gt", "ge", "lt", "le", "is_null"]

MAX_CLAUSES = 10
MAX_FILTER_BYTES = 8192

_ATTRIBUTE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LEGACY = re.compile(r"[A-Za-z0-9$_*.-]+( +[A-Za-z0-9$_*.-]+)*")


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: ``operator(attribute,value)``; ``is_null`` has no value."""

    attribute: str
    operator: Operator
    value: str = field(default="", repr=False)


def render_filter(clauses: Sequence[Clause], *, quoted: bool = True) -> str:
    """All clauses, AND-ed, as the unencoded value of ``filter``.

    Args:
        clauses: At least one.
        quoted: False for endpoints that know the legacy grammar only (flow entries).

    Raises:
        CallerError: No or too many clauses, more than 8 KB, or a value that the grammar cannot carry.
    """
    if not 1 <= len(clauses) <= MAX_CLAUSES:
        raise CallerError(f"A filter takes 1 to {MAX_CLAUSES} conditions, not {len(clauses)}.")
    rendered = ":".join([_render_clause(clause, quoted) for clause in clauses])
    size = len(rendered.encode())
    if size > MAX_FILTER_BYTES:
        raise CallerError(f"The filter needs {size} bytes; the store accepts {MAX_FILTER_BYTES}. Use shorter values.")
    return rendered


def _render_clause(clause: Clause, quoted: bool) -> str:
    if _ATTRIBUTE.fullmatch(clause.attribute) is None:
        raise CallerError(f"{clause.attribute[:40]!a} is not an attribute that can be filtered on.")
    if clause.operator == "is_null":
        return f"is_null({clause.attribute})"
    value = clause.value
    if quoted:
        return f"{clause.operator}({clause.attribute},{_quote(clause.attribute, value)})"
    if _LEGACY.fullmatch(value) is None:
        raise CallerError(
            f"The filter on {clause.attribute} accepts letters, digits, inner spaces and $ - _ * . only, "
            f"not {value[:40]!a}."
        )
    return f"{clause.operator}({clause.attribute},{value})"


def _quote(attribute: str, value: str) -> str:
    found = _FORBIDDEN.search(value)
    if found is not None:
        raise CallerError(
            f"The filter on {attribute} holds the character U+{ord(found[0]):04X}, which is no text: remove it."
        )
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
