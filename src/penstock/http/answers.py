"""The shape of what the door answers itself: refusals, and the headers of a GraphQL answer.

Never here: when to refuse.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from penstock.errors import Code
from penstock.http.asgi import Headers
from penstock.http.media import Media
from penstock.http.one_write import PlainAnswers
from penstock.operations.request import OperationResult

JSON_TYPE = b"application/json; charset=utf-8"
_MEDIA_TYPES: dict[Media, bytes] = {
    "json": JSON_TYPE,
    "graphql": b"application/graphql-response+json; charset=utf-8",
}
_VARY_GET = (
    b"Accept, Authorization, X-Moltin-Customer-Token, EP-Account-Management-Authentication-Token,"
    b" X-MOLTIN-CURRENCY, X-MOLTIN-LANGUAGE, EP-Channel, EP-Context-Tag, EP-Beta-Features"
)
UNKNOWN_VERSION = "none"
"""What `Schema-Version` says before the first generation."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not let in.

    Attributes:
        status: The HTTP status.
        message: One sentence: what is wrong, and the remedy.
        headers: What the status wants beside it, as `Allow`.
        limit: Which limit refused it, or "".
    """

    status: int
    message: str
    code: Code = "BAD_REQUEST"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    limit: str = ""


def error_body(message: str, code: Code, request_id: str) -> bytes:
    """A GraphQL answer that is one error and no data."""
    return msgspec.json.encode(
        {"errors": [{"message": message, "extensions": {"code": code, "requestId": request_id}}]}
    )


class AnswerHeads:
    """The headers that every answer of one schema version shares, built once.

    Attributes:
        post: By media type, for answers to POST.
        plain: The same as answers that are written at once.
        get: By media type, for answers to a method that caches know.
    """

    __slots__ = ("get", "plain", "post", "version")

    def __init__(self, version: str, *, is_packing: bool) -> None:
        """Build them.

        Args:
            version: Of the schema.
            is_packing: Whether large answers are packed, so that what comes depends on what the client can unpack.
        """
        self.version = version
        packing = b", Accept-Encoding" if is_packing else b""
        shown = (b"schema-version", version.encode("ascii", "replace"))
        private = (b"cache-control", b"no-store")
        self.post: dict[Media, Headers] = {}
        self.get: dict[Media, Headers] = {}
        for media, text in _MEDIA_TYPES.items():
            self.post[media] = [(b"content-type", text), private, (b"vary", b"Accept" + packing), shown]
            self.get[media] = [(b"content-type", text), private, (b"vary", _VARY_GET + packing), shown]
        self.plain = {media: PlainAnswers(headers) for media, headers in self.post.items()}


_PARTIAL_SUCCESS = 294
"""There is data, and there are errors: the status of GraphQL over HTTP, which every client takes for a success."""

_UNPROCESSABLE = 422
"""Nothing is wrong with the document, but which of its operations is meant cannot be told."""

_STATUS_OF_CODE: dict[str, int] = {
    "UNAUTHENTICATED": 401,
    "CUSTOMER_TOKEN_MISSING": 401,
    "CUSTOMER_TOKEN_EXPIRED": 401,
    "CUSTOMER_TOKEN_INVALID": 401,
    "FORBIDDEN": 403,
    "RATE_LIMITED": 429,
    "UPSTREAM_UNAVAILABLE": 503,
    "UPSTREAM_TIMEOUT": 504,
    "UPSTREAM_INVALID_RESPONSE": 502,
    "INTERNAL": 500,
}
"""What a request error is in `application/graphql-response+json`, where it is not 400."""


def status_of(result: OperationResult, media: Media) -> int:
    """The status of an operation's answer.

    `application/json` says 200 to every well-formed request, so that intermediaries cannot be mistaken for us; the
    GraphQL media type says what happened.
    """
    if result.outcome == "executed":
        return 200 if media == "json" or not result.codes else _PARTIAL_SUCCESS
    if result.outcome == "method":
        return 405
    if media == "json":
        return 200
    if result.outcome == "undetermined":
        return _UNPROCESSABLE
    return _STATUS_OF_CODE.get(result.codes[0], 400) if result.codes else 400
