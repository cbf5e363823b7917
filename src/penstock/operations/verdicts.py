"""What upstream's refusal of a write means to the person at the form: user errors, never upstream's own words.

Never here: sending, failures that are nobody's input.
Source: CONTRACT §2 (errors of every shape), Q1, Q5, Q10.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from penstock.operations.failures import blames_bearer, blames_customer_token
from penstock.operations.judging import UserError, UserErrorCode
from penstock.resources.attributes import Attribute, Kind
from penstock.resources.rows import Mutation
from penstock.upstream.answers import ErrorItem, upstream_errors
from penstock.upstream.transport import Response

_TAKEN = re.compile(r"duplicate|already|exist|taken|unique|in use", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w-])e-?mail(?:[ _-]?address)?(?![\w-])", re.IGNORECASE)
_MALFORMED = re.compile(r"format|valid|required|blank|missing|long|short|length|character|must|empty", re.IGNORECASE)
_TOO_LONG = re.compile(r"\btoo long\b|\bmaximum\b|\bmax\b", re.IGNORECASE)
_REQUIRED = re.compile(r"\brequired\b|\bmissing\b|can'?t be blank", re.IGNORECASE)
_REFUSED_STATUSES = frozenset({400, 403, 404, 409, 422})
_LOGIN_STATUSES = frozenset({400, 401, 403, 404, 422})


def user_errors(
    mutation: Mutation, attributes: Sequence[Attribute], response: Response, *, has_id: bool
) -> list[UserError] | None:
    """The user errors of a refusal, or None where it is nobody's input that was at fault.

    Args:
        mutation: The row of the write.
        attributes: The rows of its input, to find which value upstream means.
        response: The answer; its status is not 2xx.
        has_id: Whether the client gave the id that was written to.
    """
    status = response.status
    if mutation.verb == "token":
        if status not in _LOGIN_STATUSES or (status == 401 and blames_bearer(response)):
            return None
        return [UserError("INVALID_CREDENTIALS", None, "The e-mail address or the password is wrong.")]
    if status not in _REFUSED_STATUSES or (status != 404 and blames_customer_token(response)):
        return None
    match status:
        case 403:
            return [UserError("FORBIDDEN", None, "These credentials do not allow this.")]
        case 404:
            return [UserError("NOT_FOUND", ("id",) if has_id else None, "There is nothing with this id.")]
    items = upstream_errors(response)
    taken = [mutation.email_is_unique and _is_taken(item, attributes, status) for item in items]
    if status == 409:
        return [_EMAIL_TAKEN if any(taken) else _CONFLICT]
    found = [_EMAIL_TAKEN if is_taken else _read(item, attributes) for item, is_taken in zip(items, taken, strict=True)]
    return list(dict.fromkeys(found)) or [UserError("REJECTED", None, "The store refused the input.")]


_EMAIL_TAKEN = UserError("EMAIL_TAKEN", ("input", "email"), "Another customer has this e-mail address.")
_CONFLICT = UserError("CONFLICT", None, "Someone else changed it at the same time: read it again and retry.")


def _is_taken(item: ErrorItem, attributes: Sequence[Attribute], status: int) -> bool:
    """Whether an error that mentions the e-mail address, and no other value, is anything but about its form (Q1)."""
    named = _named(item.source, attributes)
    words = _words(item)
    if not _EMAIL.search(words) or (named is not None and named.key != "email"):
        return False
    return status == 409 or _TAKEN.search(words) is not None or _MALFORMED.search(words) is None


def _read(item: ErrorItem, attributes: Sequence[Attribute]) -> UserError:
    row = _meant(item, attributes)
    words = _words(item)
    path = ("input", row.name) if row is not None else None
    label = row.name if row is not None else "the input"
    code: UserErrorCode = "REJECTED"
    message = f"The store refused {label}."
    if row is not None and _REQUIRED.search(words):
        code, message = "REQUIRED", f"{label} is required."
    elif row is not None and _TOO_LONG.search(words):
        code, message = "TOO_LONG", f"{label} is too long."
    elif row is not None and row.kind is Kind.EMAIL and "format" in words.lower():
        code, message = "NOT_AN_EMAIL", f"{label} must be an e-mail address, as name@example.com."
    return UserError(code, path, message)


def _meant(item: ErrorItem, attributes: Sequence[Attribute]) -> Attribute | None:
    """The row whose upstream key the error's source names, else the one its text names first."""
    return _named(item.source, attributes) or _named(f"{item.title} {item.detail}", attributes)


def _named(text: str, attributes: Sequence[Attribute]) -> Attribute | None:
    by_key = {row.key.lower(): row for row in attributes}
    words = re.findall(r"[A-Za-z0-9_-]+", text.lower())
    return next((by_key[word] for word in words if word in by_key), None)


def _words(item: ErrorItem) -> str:
    return f"{item.source} {item.title} {item.detail}"
