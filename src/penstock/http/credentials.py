"""The headers that a caller may send upstream, checked and rendered once per caller.

Never here: what upstream makes of them.
Source: CONTRACT §1.1 (the list), §7 (customer tokens), R5 (`Bearer`).
"""

from __future__ import annotations

import hashlib
import re

from penstock.http.answers import Refusal
from penstock.http.customer_token import NO_HINT, read_hint
from penstock.http.head import AUTHORIZATION, CUSTOMER_TOKEN, FORWARDED, name_of
from penstock.operations.request import Credentials
from penstock.upstream.transport import HeaderBlock

_LONGEST = 8192
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_BEARER = re.compile(rb"(?i:bearer) +[^\s,]+")
_NOT_BEARER = "The header `Authorization` must be `Bearer <access token>`."
_CHALLENGE = ((b"www-authenticate", b"Bearer"),)

Key = tuple[bytes | None, ...]
"""The raw values of the forwarded headers, in their places."""


class CredentialReader:
    """Makes `Credentials` of raw header values, and remembers them: a caller's second request builds nothing.

    The memory is two generations of a bounded dictionary: what is not asked for again falls out.

    Args:
        entries: How many callers each of the two holds.
    """

    __slots__ = ("_entries", "_old", "_young")

    def __init__(self, entries: int = 1024) -> None:
        self._entries = entries
        self._young: dict[Key, Credentials] = {}
        self._old: dict[Key, Credentials] = {}

    def read(self, key: Key) -> Credentials | Refusal:
        """The credentials for these values, or why they are refused."""
        found = self._young.get(key)
        if found is not None:
            return found
        made = self._old.get(key) or make_credentials(key)
        if isinstance(made, Credentials):
            if len(self._young) >= self._entries:
                self._old, self._young = self._young, {}
            self._young[key] = made
        return made


def make_credentials(key: Key) -> Credentials | Refusal:
    """Check the values and render them as they travel.

    Args:
        key: A value or None for each of `FORWARDED`; an empty value counts as absent.
    """
    pairs = []
    digest = hashlib.sha256()
    for place, raw in enumerate(key):
        value = raw.strip(b" \t") if raw else b""
        if not value:
            continue
        refusal = _check(place, value)
        if refusal is not None:
            return refusal
        pairs.append((FORWARDED[place], value))
        digest.update(b"%d:%d:%b" % (place, len(value), value))
    token = (key[CUSTOMER_TOKEN] or b"").strip(b" \t")
    hint = read_hint(token) if token else NO_HINT
    block = HeaderBlock(tuple(pairs))
    return Credentials(
        headers=block,
        has_bearer=bool(pairs) and pairs[0][0] is FORWARDED[AUTHORIZATION],
        customer_token=bool(token),
        customer_id=hint.customer_id,
        expires=hint.expires,
        digest=digest.digest(),
        headers_without_customer=_without_customer(block) if token else block,
    )


def _without_customer(block: HeaderBlock) -> HeaderBlock:
    return HeaderBlock(tuple(pair for pair in block.pairs if pair[0] is not FORWARDED[CUSTOMER_TOKEN]))


def _check(place: int, value: bytes) -> Refusal | None:
    if len(value) > _LONGEST:
        return Refusal(431, f"The header `{name_of(place)}` is longer than {_LONGEST} bytes.")
    if _CONTROL.search(value):
        return Refusal(400, f"The header `{name_of(place)}` has control characters; remove them.")
    if place == AUTHORIZATION and not _BEARER.fullmatch(value):
        return Refusal(401, _NOT_BEARER, "UNAUTHENTICATED", _CHALLENGE)
    return None
