"""One pass over the headers of a request: the few that mean something here, each in its own place.

Never here: what a value means.
Source: CONTRACT §1.1 (the headers that travel upstream; internal ones are no part of the list, so never travel).
"""

from __future__ import annotations

from typing import NamedTuple

from penstock.http.asgi import Headers

FORWARDED = (
    b"Authorization",
    b"X-Moltin-Customer-Token",
    b"EP-Account-Management-Authentication-Token",
    b"X-MOLTIN-CURRENCY",
    b"X-MOLTIN-LANGUAGE",
    b"EP-Channel",
    b"EP-Context-Tag",
    b"EP-Beta-Features",
)
"""What travels upstream, as upstream spells it; their places are the first in a `Head`."""

AUTHORIZATION = 0
CUSTOMER_TOKEN = 1
CONTENT_TYPE = len(FORWARDED)
ACCEPT = CONTENT_TYPE + 1
CONTENT_LENGTH = ACCEPT + 1
CONTENT_ENCODING = CONTENT_LENGTH + 1
REQUEST_ID = CONTENT_ENCODING + 1
CLIENT_NAME = REQUEST_ID + 1
FETCH_SITE = CLIENT_NAME + 1
REQUIRE_PREFLIGHT = FETCH_SITE + 1
ACCEPT_ENCODING = REQUIRE_PREFLIGHT + 1
USER_AGENT = ACCEPT_ENCODING + 1
IF_NONE_MATCH = USER_AGENT + 1
COST = IF_NONE_MATCH + 1
ORIGIN = COST + 1
REFERER = ORIGIN + 1
APOLLO_PREFLIGHT = REFERER + 1
_OWN = (
    b"content-type",
    b"accept",
    b"content-length",
    b"content-encoding",
    b"x-request-id",
    b"apollographql-client-name",
    b"sec-fetch-site",
    b"graphql-require-preflight",
    b"accept-encoding",
    b"user-agent",
    b"if-none-match",
    b"penstock-cost",
    b"origin",
    b"referer",
    b"apollo-require-preflight",
)
_LISTS = frozenset({ACCEPT, ACCEPT_ENCODING, IF_NONE_MATCH})
"""Repeated, they are one list."""

_PLACES = {name.lower(): place for place, name in enumerate((*FORWARDED, *_OWN))}
_SIZE = len(_PLACES)
ABSENT: tuple[bytes | None, ...] = (None,) * _SIZE


class Head(NamedTuple):
    """The headers of a request.

    Attributes:
        values: A value or None for each place named above.
        repeated: The place of a header that came twice and may not, or -1.
    """

    values: list[bytes | None]
    repeated: int


def read_head(headers: Headers) -> Head:
    """Sort headers into their places; repeated lists are one list, any other repeated header is noted."""
    values: list[bytes | None] = [None] * _SIZE
    repeated = -1
    places = _PLACES
    for name, value in headers:
        place = places.get(name)
        if place is not None:
            before = values[place]
            if before is None:
                values[place] = value
            elif place in _LISTS:
                values[place] = before + b", " + value
            elif place <= CONTENT_ENCODING or place == FETCH_SITE:
                repeated = place
    return Head(values, repeated)


def name_of(place: int) -> str:
    """The name of the header at a place, as people write it."""
    return (*FORWARDED, *_OWN)[place].decode()
