"""What upstreams have been seen to send: values, bodies, errors, statuses, headers and metas of every odd kind.

Never here: how they are put together, tests.
Source: CONTRACT §1-§3, §9.4.
"""

from __future__ import annotations

from typing import Any

JSONValue = Any


def raw(token: str) -> str:
    """Text that stands for a token of JSON which no value gives."""
    return f"@raw:{token.encode('latin-1').hex()}@"


STRANGE: tuple[JSONValue, ...] = (
    *(None, True, False, 0, 1, -1, 12, 2**31, 2**53, 2**63, 2**64, 10**30, 1.5, 3.0, -0.0, 1e300),
    *("", "12", "-7", "1.5", "true", "false", "x", "\u2028", "é", "NaN", "1e5", " 1", "early bird", "noon", "a", "A"),
    *(
        "2024-01-01",
        "2024-02-30 10:00:00",
        "2024-03-09T16:20:00Z",
        "0001-01-01T00:00:00Z",
        "2024-03-09T16:20:00.123456789+02:00",
    ),
    *([], {}, [1, "a", None], {"data": None}, {"data": []}, {"a": {"b": [1]}}, [[]], {"timestamps": 1}),
    {"timestamps": {"created_at": 1, "updated_at": "2024-03-09T16:20:00+00:00"}},
    *(raw("1e400"), raw("-1e400"), raw("-0"), raw("3.0"), raw("1E5"), raw("12e0"), raw("1.0e1"), raw("9" * 25)),
    *(raw('"\\ud800"'), raw('"a\\udc00b"'), raw('"\\u0041"'), raw('"\\/"'), raw('"\xff"'), raw('"\xed\xa0\x80"')),
    *(raw("9" * 5000), raw("[" * 300 + "]" * 300), raw("[" * 5000 + "]" * 5000), raw("NaN"), raw("01"), raw('"\t"')),
)
GARBAGE = (b"", b" ", b"<html>busy</html>", b"null", b"[]", b"7", b'"x"', b"{}", b"{", b"\xff\xfe", b"\x00", b"{}}")
ERRORS: tuple[JSONValue, ...] = (
    {"errors": [{"status": 422, "title": "Unprocessable Entity", "detail": "name is too long", "source": "data.name"}]},
    {"errors": [{"status": "400", "title": "required", "detail": "email is required", "source": "email"}]},
    {"errors": [{"title": "format", "source": "data.customer.email", "detail": "must be of format email"}]},
    {"errors": [{"status": "409", "title": "Conflict", "details": "email already exists", "request_id": "r-1"}]},
    {"errors": [{"title": "Bad Request", "detail": "Could not parse the supplied filter"}]},
    {"errors": [{"title": "Unable to validate access token", "status": 401}]},
    {"errors": [{"detail": "The customer token supplied is not valid.", "x_request_id": "r-2"}]},
    {"errors": [{"status": 500, "title": "Internal Server Error", "request_id": "5d1f"}, {"code": "x"}]},
    {"errors": [{"source": {"pointer": "/data/name"}, "title": "is missing"}, None, 1, "text", []]},
    {"errors": {"title": "one object"}},
    {"errors": []},
    {"error": "invalid"},
    {"data": {"id": "c1"}, "errors": [{"title": "partly"}]},
)
STATUSES = (204, 201, 301, 304, 400, 401, 403, 404, 409, 418, 422, 429, 429, 500, 502, 503)
HEADERS = ((), ((b"retry-after", b"7"),), ((b"retry-after", b"soon"), (b"content-type", b"text/html")))
METAS: tuple[JSONValue, ...] = (
    *({}, None, [], 7, {"results": None}, {"results": {"total": "4"}}, {"results": {"total": -1}}),
    *({"results": {"total": True}}, {"results": {"total": 3.0}}, {"results": {"total": 2**31}}, {"results": []}),
    *({"results": {"total": 0}}, {"results": {"total": raw("-0")}}, {"page": 1, "results": {"total": 1}}),
)
