"""What a client wants to write, judged by the rows before any call: all violations at once, then only the given keys.

Never here: sending, what upstream makes of it.
Source: GRAPHQL conventions (three states, expected failures); CONTRACT §9.3-9.4, Q3, Q4, Q16, Q24.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from penstock.definitions.model import JSON
from penstock.definitions.rules import ViolationCode, is_email, violations
from penstock.resources.attributes import Attribute, Kind
from penstock.resources.inputs import InputRow, Nested
from penstock.upstream.wire import is_id

UserErrorCode: TypeAlias = (
    ViolationCode
    | Literal["EMAIL_TAKEN", "INVALID_CREDENTIALS", "NOT_FOUND", "CONFLICT", "LIMIT_REACHED", "FORBIDDEN", "REJECTED"]
)

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class UserError:
    """Something in the input that has to be changed; ``field`` is a GraphQL path, or None for the whole."""

    code: UserErrorCode
    field: tuple[str, ...] | None
    message: str

    def entry(self) -> dict[str, JSON]:
        """The `UserError` object, under GraphQL names."""
        return {"code": self.code, "field": list(self.field) if self.field else None, "message": self.message}


def judge_input(
    rows: Iterable[InputRow], given: Mapping[str, JSON], prefix: tuple[str, ...] = ("input",)
) -> tuple[dict[str, JSON], list[UserError]]:
    """The keys to send, by upstream slug, and everything that is wrong with the values.

    Args:
        rows: What the input is made of.
        given: GraphQL name → coerced value, given keys only.
        prefix: GraphQL path to the input.
    """
    body: dict[str, JSON] = {}
    errors: list[UserError] = []
    for row in rows:
        if row.name not in given:
            continue
        value = given[row.name]
        if isinstance(row, Nested):
            body[row.key], faults = _judge_nested(row, value, (*prefix, row.name))
            errors += faults
            continue
        if row.many:
            found = dict.fromkeys(fault for one in _items(value) for fault in _faults(row, one))
            errors += [UserError(code, (*prefix, row.name), message) for code, message in found]
            body[row.key] = value
            continue
        if row.trims_to_lower and isinstance(value, str):
            value = value.strip().lower()
        errors += [UserError(code, (*prefix, row.name), message) for code, message in _faults(row, value)]
        body[row.key] = value
    return body, errors


def _judge_nested(row: Nested, value: JSON, path: tuple[str, ...]) -> tuple[JSON, list[UserError]]:
    if value is None and not row.clearable:
        return None, [UserError("REQUIRED", path, f"{row.name} cannot be cleared.")]
    if not row.many:
        return _judge_object(row, value, path) if isinstance(value, dict) else (value, [])
    items = _items(value)
    if len(items) > row.most:
        return [], [UserError("LIMIT_REACHED", path, f"{row.name} can have at most {row.most} items at a time.")]
    made: list[JSON] = []
    errors: list[UserError] = []
    for index, item in enumerate(items):
        one, faults = _judge_nested(replace(row, many=False), item, (*path, str(index)))
        made.append(one)
        errors += faults
    return made, errors


def _judge_object(row: Nested, value: Mapping[str, JSON], path: tuple[str, ...]) -> tuple[JSON, list[UserError]]:
    body, errors = judge_input(row.rows, value, path)
    if row.any_of and not any(str(value.get(name) or "").strip() for name in row.any_of):
        message = f"{' or '.join(row.any_of)} is required."
        errors.append(UserError("REQUIRED", (*path, row.any_of[0]), message))
    return body, errors


def _items(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _faults(row: Attribute, value: JSON) -> list[tuple[UserErrorCode, str]]:
    if value is None:
        return [] if row.nullable_input else [("REQUIRED", f"{_label(row)} cannot be cleared.")]
    if row.enum is not None and value == "":
        return [("NOT_IN_ENUM", f"{_label(row)} cannot be set to UNRECOGNIZED: that member is for output only.")]
    if row.field is not None:
        return [(found.code, found.message) for found in violations(row.field, value)]
    if isinstance(value, str):
        return _text_faults(row, value)
    if row.least is not None and isinstance(value, int) and value < row.least:
        return [("OUT_OF_RANGE", f"{_label(row)} must be {row.least} or more.")]
    return []


def _text_faults(row: Attribute, value: str) -> list[tuple[UserErrorCode, str]]:
    label = _label(row)
    faults: list[tuple[UserErrorCode, str]] = []
    if row.kind is Kind.ID and not is_id(value):
        return [("INVALID", f"{label} is not an id: 1 to 64 of the characters A-Z a-z 0-9 _ - are expected.")]
    if _UNPRINTABLE.search(value):
        faults.append(("INVALID", f"{label} holds characters that are no text."))
    if not value.strip() and (row.min_length or row.kind is Kind.EMAIL):
        return [*faults, ("REQUIRED", f"{label} must not be blank.")]
    if len(value) < row.min_length:
        faults.append(("INVALID", f"{label} must have at least {row.min_length} characters."))
    if row.max_length is not None and len(value) > row.max_length:
        faults.append(("TOO_LONG", f"{label} can have at most {row.max_length} characters."))
    elif row.kind is Kind.EMAIL and not is_email(value):
        faults.append(("NOT_AN_EMAIL", f"{label} must be an e-mail address, as name@example.com."))
    return faults


def _label(row: Attribute) -> str:
    return row.name
