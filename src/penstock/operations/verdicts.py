"""What upstream's refusal of a write means to the person at the form: user errors, never upstream's own words.

Never here: sending, failures that are nobody's input.
Source: CONTRACT §2 (errors of every shape), Q1, Q5, Q10.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from penstock.operations.judging import UserError, UserErrorCode
from penstock.resources.rows import Attribute, Mutation
from penstock.upstream.answers import ErrorItem, upstream_errors
from penstock.upstream.transport import Response

_TAKEN = re.compile(r"duplicate|already|exist|taken|unique|in use", re.IGNORECASE)
_EMAIL = re.compile(r"e-?mail", re.IGNORECASE)
_MALFORMED = re.compile(r"format|valid|required|blank|missing", re.IGNORECASE)
_REQUIRED = re.compile(r"\brequired\b|\bmissing\b|can'?t be blank", re.IGNORECASE)
_REFUSED_STATUSES = frozenset({400, 403, 404, 409, 422})
_LOGIN_STATUSES = frozenset({400, 401, 403, 404, 422})
_BEARER_REFUSED = re.compile(r"unable to validate access token", re.IGNORECASE)


def user_errors(mutation: Mutation, attributes: Sequence[Attribute], response: Response) -> list[UserError] | None:
    """The user errors of a refusal, or None where it is nobody's input that was at fault.

    Args:
        mutation: The row of the write.
        attributes: The rows of its input, to find which value upstream means.
        response: The answer; its status is not 2xx.
    """
    status = response.status
    items = upstream_errors(response)
    said = " ".join(_words(item) for item in items)
    if mutation.verb == "token":
        if status not in _LOGIN_STATUSES or (status == 401 and _BEARER_REFUSED.search(said)):
            return None
        return [UserError("INVALID_CREDENTIALS", None, "The e-mail address or the password is wrong.")]
    if status not in _REFUSED_STATUSES or (status != 404 and "customer token" in said.lower()):
        return None
    if mutation.email_is_unique and status != 404 and _is_taken(items, status):
        return [UserError("EMAIL_TAKEN", ("input", "email"), "Another customer has this e-mail address.")]
    match status:
        case 403:
            return [UserError("FORBIDDEN", None, "These credentials do not allow this.")]
        case 404:
            path = ("id",) if mutation.id_argument != "absent" else None
            return [UserError("NOT_FOUND", path, "There is nothing with this id.")]
        case 409:
            message = "Someone else changed it at the same time: read it again and retry."
            return [UserError("CONFLICT", None, message)]
    found = [_read(item, attributes) for item in items]
    return list(dict.fromkeys(found)) or [UserError("REJECTED", None, "The store refused the input.")]


def _is_taken(items: Sequence[ErrorItem], status: int) -> bool:
    for item in items:
        words = _words(item)
        if _EMAIL.search(words) and (_TAKEN.search(words) or (status == 409) or not _MALFORMED.search(words)):
            return True
    return False


def _read(item: ErrorItem, attributes: Sequence[Attribute]) -> UserError:
    row = _meant(item, attributes)
    words = _words(item)
    path = ("input", row.name) if row is not None else None
    label = row.name if row is not None else "the input"
    code: UserErrorCode = "REJECTED"
    message = f"The store refused {label}."
    if row is not None and _REQUIRED.search(words):
        code, message = "REQUIRED", f"{label} is required."
    elif row is not None and _EMAIL.search(row.name) and "format" in words.lower():
        code, message = "NOT_AN_EMAIL", f"{label} must be an e-mail address, as name@example.com."
    return UserError(code, path, message)


def _meant(item: ErrorItem, attributes: Sequence[Attribute]) -> Attribute | None:
    """The row whose upstream key the error's source names, else the one its text names first."""
    by_key = {row.key.lower(): row for row in attributes}
    for text in (item.source, f"{item.title} {item.detail}"):
        for word in re.findall(r"[A-Za-z0-9_-]+", text.lower()):
            if word in by_key:
                return by_key[word]
    return None


def _words(item: ErrorItem) -> str:
    return f"{item.source} {item.title} {item.detail}"
