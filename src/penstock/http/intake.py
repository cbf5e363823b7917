"""Decides whether a request is let in: method by method, header by header, as GraphQL over HTTP orders it.

Never here: running operations, sending answers.
Source: the GraphQL over HTTP draft; no simple cross-site request ever runs an operation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from penstock.http.answers import Refusal
from penstock.http.asgi import Receive
from penstock.http.body import check_length, read_whole
from penstock.http.credentials import CredentialReader
from penstock.http.head import (
    APOLLO_PREFLIGHT,
    AUTHORIZATION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    CUSTOMER_TOKEN,
    FETCH_SITE,
    FORWARDED,
    ORIGIN,
    REFERER,
    REQUIRE_PREFLIGHT,
    USER_AGENT,
    Head,
    name_of,
)
from penstock.http.media import Wanted, is_json
from penstock.http.parameters import Parameters, read_body, read_query_string
from penstock.operations.request import Credentials

_CREDENTIALS = len(FORWARDED)
_LONGEST_URL = 32 * 1024
_BROWSERS = (b"Mozilla/", b"Opera/")
"""How the `User-Agent` of every browser begins."""
_WITH_LEAVE = (AUTHORIZATION, CUSTOMER_TOKEN, REQUIRE_PREFLIGHT, APOLLO_PREFLIGHT)
"""Headers that a browser sends for a page only after asking; so is a content type that no form has."""
_UNACCEPTABLE = Refusal(
    406, "Nothing in `Accept` can be served; accept application/graphql-response+json or application/json."
)
_MEDIA_TYPE = Refusal(
    415, "The `Content-Type` must be application/json in UTF-8.", headers=((b"accept", b"application/json"),)
)
_ENCODED = Refusal(415, "The body is compressed; send it as it is.", headers=((b"accept-encoding", b"identity"),))
_LONG_URL = Refusal(414, f"The query of the URL is longer than {_LONGEST_URL} bytes; use POST.")
_CROSS_SITE = Refusal(
    403,
    "A page may not ask without a header that browsers let only trusted pages send; "
    "add `GraphQL-Require-Preflight: 1`, or use POST.",
    "FORBIDDEN",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a request may be.

    Attributes:
        body_bytes: The largest body.
        body_seconds: How long a body that comes in pieces may take.
    """

    body_bytes: int
    body_seconds: float


class Admitted(NamedTuple):
    """A well-formed request."""

    parameters: Parameters
    credentials: Credentials


class Intake:
    """Lets requests in or refuses them.

    Args:
        limits: How much a request may be.
        credentials: Reads the headers that travel upstream.
    """

    __slots__ = ("_credentials", "_limits")

    def __init__(self, limits: Limits, credentials: CredentialReader) -> None:
        self._limits = limits
        self._credentials = credentials

    async def from_body(self, head: Head, wanted: Wanted, receive: Receive) -> Admitted | Refusal | None:
        """A POST: what it asks to run, or why it may not, or None when the client left."""
        values = head.values
        kind = values[CONTENT_TYPE]
        if kind != b"application/json" and (kind is None or not is_json(kind.decode("latin-1"))):
            return _MEDIA_TYPE
        if _is_encoded(values[CONTENT_ENCODING]):
            return _ENCODED
        if wanted.media is None:
            return _UNACCEPTABLE
        limits = self._limits
        refusal = check_length(values[CONTENT_LENGTH], limits.body_bytes)
        if refusal is not None:
            return refusal
        body = await read_whole(receive, limits.body_bytes, limits.body_seconds)
        if body is None or isinstance(body, Refusal):
            return body
        return self._admit(head, read_body(body))

    def from_url(self, head: Head, wanted: Wanted, query_string: bytes) -> Admitted | Refusal:
        """A GET: what it asks to run, or why it may not."""
        if wanted.media is None:
            return _UNACCEPTABLE
        if len(query_string) > _LONGEST_URL:
            return _LONG_URL
        if _is_simple_cross_site(head):
            return _CROSS_SITE
        return self._admit(head, read_query_string(query_string))

    def _admit(self, head: Head, parameters: Parameters | Refusal) -> Admitted | Refusal:
        if head.repeated >= 0:
            return Refusal(400, f"The header `{name_of(head.repeated)}` is given twice; give it once.")
        if isinstance(parameters, Refusal):
            return parameters
        credentials = self._credentials.read(tuple(head.values[:_CREDENTIALS]))
        return credentials if isinstance(credentials, Refusal) else Admitted(parameters, credentials)


def _is_encoded(coding: bytes | None) -> bool:
    """Whether a body does not come as it is."""
    return coding is not None and coding.strip().lower() not in (b"", b"identity")


def _is_simple_cross_site(head: Head) -> bool:
    """Whether a browser sent this for a page of another site without asking us first.

    Browsers say where a request comes from. Old ones do not, so that whatever calls itself a browser or names a page,
    and does not say, is taken for a page of another site.
    """
    values = head.values
    site = values[FETCH_SITE]
    if site is None:
        names_page = values[ORIGIN] is not None or values[REFERER] is not None
        is_elsewhere = names_page or (values[USER_AGENT] or b"").startswith(_BROWSERS)
    else:
        is_elsewhere = site not in (b"same-origin", b"none")
    return is_elsewhere and not (
        any(values[place] for place in _WITH_LEAVE) or is_json((values[CONTENT_TYPE] or b"").decode("latin-1"))
    )
