"""Whether an answer may be kept by others, and whether the caller has it already.

Only answers to GETs that run a trusted document, without errors and without a credential, are anybody's. All others are
one caller's own, a cart among them: there the id is the credential.

Never here: what an answer says.
Source: RFC 9111; RFC 9110, 13.1.2.
"""

from __future__ import annotations

import hashlib

from penstock.http.asgi import Headers
from penstock.http.entity_tags import is_known
from penstock.http.head import AUTHORIZATION, COST, CUSTOMER_TOKEN, IF_NONE_MATCH, Head
from penstock.operations.request import OperationResult

_OWN = (*range(AUTHORIZATION, CUSTOMER_TOKEN + 2), COST)
"""The places of the headers that make an answer one caller's own: bearer, customer token, account token; and the one
that asks for what the answer cost."""

_TAG_DIGITS = 32


def is_public(head: Head, result: OperationResult) -> bool:
    """Whether an answer to a GET is the same for everybody who sends the same URL and no credential."""
    if not result.is_trusted or result.is_private or result.codes or result.outcome != "executed":
        return False
    return not any(head.values[place] for place in _OWN)


def tag_of(body: bytes) -> bytes:
    """The entity tag of an answer: weak, since it comes packed in several ways."""
    return b'W/"%b"' % hashlib.sha256(body).hexdigest()[:_TAG_DIGITS].encode()


def as_public(headers: Headers, tag: bytes, max_age_seconds: int) -> Headers:
    """The headers of an answer that may be kept by anybody for so long; 0 seconds: asked for again each time."""
    kept = [pair for pair in headers if pair[0] != b"cache-control"]
    rule = b"public, max-age=%d" % max_age_seconds if max_age_seconds else b"public, no-cache"
    return [*kept, (b"cache-control", rule), (b"etag", tag)]


def has_already(head: Head, tag: bytes) -> bool:
    """Whether the caller has the answer of this tag already."""
    given = head.values[IF_NONE_MATCH]
    return given is not None and is_known(given.decode("latin-1"), tag.decode("ascii"))
