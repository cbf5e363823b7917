"""What upstream's refusal of a write means to the person at the form: user errors, never upstream's own words.

Never here: sending, failures that are nobody's input.
Source: CONTRACT §2 (errors of every shape), Q1, Q5, Q10.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from penstock.operations.failures import blames_bearer, blames_customer_token
from penstock.operations.judging import UserError, UserErrorCode
from penstock.operations.sayings import saying
from penstock.resources.attributes import Kind
from penstock.resources.inputs import InputRow, Leaf, leaves
from penstock.resources.rows import Mutation
from penstock.upstream.answers import ErrorItem, upstream_errors
from penstock.upstream.transport import Response

_TAKEN = re.compile(r"duplicate|already|exist|taken|unique|in use", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w-])e-?mail(?:[ _-]?address)?(?![\w-])", re.IGNORECASE)
_MALFORMED = re.compile(r"format|valid|required|blank|missing|long|short|length|character|must|empty", re.IGNORECASE)
_TOO_LONG = re.compile(r"\btoo long\b|\bmaximum\b|\bmax\b", re.IGNORECASE)
_REQUIRED = re.compile(r"\brequired\b|\bmissing\b|can'?t be blank", re.IGNORECASE)
_QUOTA = re.compile(
    r"quota|\blimit|at most|too many|maximum|exceed|\breached\b|no more|more than|(?<![\w-])\d+(?![\w-])", re.IGNORECASE
)
"""How a refusal that is about no value may speak of a bound; its words are nowhere documented (Q10).

A number may be the bound. A number inside an id is none, and neither is an HTTP status.
"""
_STATUS = re.compile(r"(?<![\w-])[45]\d\d(?![\w-])")
_REFUSED_STATUSES = frozenset({400, 403, 404, 409, 422})
_LOGIN_STATUSES = frozenset({400, 401, 403, 404, 422})


def user_errors(
    mutation: Mutation,
    rows: Sequence[InputRow],
    response: Response,
    *,
    named: Sequence[str] = (),
    prefix: tuple[str, ...] = ("input",),
) -> list[UserError] | None:
    """The user errors of a refusal, or None where it is nobody's input that was at fault.

    Args:
        mutation: The row of the write.
        rows: The rows of its input, to find which value upstream means.
        response: The answer; its status is not 2xx.
        named: The arguments by which the client named what was written to, the most particular last.
        prefix: GraphQL path to the rows.
    """
    status = response.status
    if mutation.verb == "token":
        if status not in _LOGIN_STATUSES or (status == 401 and blames_bearer(response)):
            return None
        return [UserError("INVALID_CREDENTIALS", None, "The e-mail address or the password is wrong.")]
    if status not in _REFUSED_STATUSES or (status != 404 and blames_customer_token(response)):
        return None
    if status == 404:
        return [nothing_there(named)]
    return _read_all(mutation, list(leaves(tuple(rows))), response, prefix)


def _read_all(
    mutation: Mutation, found_leaves: Sequence[Leaf], response: Response, prefix: tuple[str, ...]
) -> list[UserError]:
    status, items = response.status, upstream_errors(response)
    said = [saying(item) if mutation.is_sale else None for item in items]
    if mutation.has_quota and any(
        _is_about_quota(item, found_leaves) if known is None else known[0] == "LIMIT_REACHED"
        for item, known in zip(items, said, strict=True)
    ):
        return [UserError("LIMIT_REACHED", None, "The store takes no more of these: remove one first.")]
    if status == 403:
        return [UserError("FORBIDDEN", None, "These credentials do not allow this.")]
    taken = [mutation.email_is_unique and _is_taken(item, found_leaves, status) for item in items]
    if status == 409:
        return [_EMAIL_TAKEN if any(taken) else _CONFLICT]
    found = [
        _EMAIL_TAKEN if is_taken else _read(item, found_leaves, prefix, known)
        for item, is_taken, known in zip(items, taken, said, strict=True)
    ]
    return list(dict.fromkeys(found)) or [UserError("REJECTED", None, "The store refused the input.")]


def nothing_there(named: Sequence[str]) -> UserError:
    """What a 404 means: the id that was given, or whatever the token or the gateway took for one."""
    if not named:
        return UserError("NOT_FOUND", None, "What this would be written to is not there (any more).")
    return UserError("NOT_FOUND", (named[-1],), "There is nothing with this id.")


_EMAIL_TAKEN = UserError("EMAIL_TAKEN", ("input", "email"), "Another customer has this e-mail address.")
_CONFLICT = UserError("CONFLICT", None, "Someone else changed it at the same time: read it again and retry.")


def _is_about_quota(item: ErrorItem, found: Sequence[Leaf]) -> bool:
    said = f"{item.title} {item.detail}"
    return _named(f"{item.source} {said}", found) is None and _QUOTA.search(_STATUS.sub("", said)) is not None


def _is_taken(item: ErrorItem, found: Sequence[Leaf], status: int) -> bool:
    """Whether an error that mentions the e-mail address, and no other value, is anything but about its form (Q1)."""
    named = _named(item.source, found)
    words = _words(item)
    if not _EMAIL.search(words) or (named is not None and named.row.key != "email"):
        return False
    return status == 409 or _TAKEN.search(words) is not None or _MALFORMED.search(words) is None


def _read(item: ErrorItem, found: Sequence[Leaf], prefix: tuple[str, ...], known: tuple[str, str] | None) -> UserError:
    leaf = _named(item.source, found) or _named(f"{item.title} {item.detail}", found)
    words = _words(item)
    path = (*prefix, *leaf.names) if leaf is not None else None
    label = leaf.names[-1] if leaf is not None else "the input"
    code: UserErrorCode = "REJECTED"
    message = f"The store refused {label}."
    if leaf is not None and _REQUIRED.search(words):
        code, message = "REQUIRED", f"{label} is required."
    elif leaf is not None and _TOO_LONG.search(words):
        code, message = "TOO_LONG", f"{label} is too long."
    elif leaf is not None and leaf.row.kind is Kind.EMAIL and "format" in words.lower():
        code, message = "NOT_AN_EMAIL", f"{label} must be an e-mail address, as name@example.com."
    if code == "REJECTED" and known is not None:
        message = known[1]
    return UserError(code, path, message)


def _named(text: str, found: Sequence[Leaf]) -> Leaf | None:
    """The attribute whose upstream key the text names first; of several with this key, the one it leads to best.

    Some of upstream's services write `FirstName` for `first_name` (§2).
    """
    words = re.findall(r"[A-Za-z0-9_-]+", text.lower())
    for word in words:
        meant = [leaf for leaf in found if leaf.keys[-1].lower() == word]
        meant = meant or [leaf for leaf in found if leaf.keys[-1].lower().replace("_", "") == word]
        if meant:
            return max(meant, key=lambda leaf: sum(1 if key.lower() in words else -1 for key in leaf.keys[:-1]))
    return None


def _words(item: ErrorItem) -> str:
    return f"{item.source} {item.title} {item.detail}"
