"""The filter grammar: text in, conditions out.

Never here: SQL, which attributes an endpoint can filter.

Source: CONTRACT §4, Q8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from penstock.sandbox.errors import bad_filter

_MOST_CONDITIONS = 10
_HEAD = re.compile(r"([a-z_]+)\(([A-Za-z0-9_.\-]+)", re.ASCII)
_LEGACY_OPERAND = re.compile(r"[A-Za-z0-9$\-_*. ]+", re.ASCII)
_OPERAND = re.compile(r"[A-Za-z0-9$\-_*. @{}|:/+]+", re.ASCII)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Condition:
    """One `op(attribute,operand…)`, operands unquoted; `is_null` has none."""

    operator: str
    attribute: str
    operands: tuple[str, ...]


def parse_filter(source: str, *, quotes: bool = True) -> list[Condition]:
    """Read a filter: conditions joined by `:`, all of which must hold.

    Args:
        source: the decoded value of the query parameter.
        quotes: the endpoint has the new parser (quoted operands, more characters); entries have the legacy one only.

    Raises:
        ApiError: 400, the text is no such filter or has more than ten conditions.
    """
    conditions: list[Condition] = []
    position = 0
    while True:
        condition, position = _read_condition(source, position, quotes)
        conditions.append(condition)
        if position == len(source):
            break
        if source[position] != ":":
            raise _unparsable()
        position += 1
    if len(conditions) > _MOST_CONDITIONS:
        raise bad_filter(f"A request may hold {_MOST_CONDITIONS} filters, not {len(conditions)}")
    return conditions


def _read_condition(source: str, position: int, quotes: bool) -> tuple[Condition, int]:
    head = _HEAD.match(source, position)
    if head is None:
        raise _unparsable()
    operands: list[str] = []
    position = head.end()
    while source[position : position + 1] == ",":
        operand, position = _read_operand(source, position + 1, quotes)
        operands.append(operand)
    if source[position : position + 1] != ")":
        raise _unparsable()
    operator = head[1]
    if (operator == "is_null") == bool(operands) or (len(operands) > 1 and operator != "in"):
        raise _unparsable()
    return Condition(operator, head[2], tuple(operands)), position + 1


def _read_operand(source: str, position: int, quotes: bool) -> tuple[str, int]:
    quoted = _QUOTED.match(source, position) if quotes else None
    if quoted is not None:
        inside = quoted[1] if quoted[1] is not None else quoted[2]
        return _ESCAPE.sub(r"\1", inside), quoted.end()
    plain = (_OPERAND if quotes else _LEGACY_OPERAND).match(source, position)
    if plain is None or not plain[0].strip():
        raise _unparsable()
    return plain[0].lstrip(), plain.end()


def _unparsable() -> Exception:
    return bad_filter("Could not parse the supplied filter")
