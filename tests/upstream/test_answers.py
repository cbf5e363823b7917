"""Answers of the store, read: errors of every shape, documents, waiting times."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.errors import UpstreamInvalid, UpstreamUnavailable
from penstock.upstream.answers import ErrorItem, read_data, read_document, retry_after, upstream_errors
from penstock.upstream.transport import Response

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["status", "title", "detail", "details", "source", "meta", "code", "request_id", "errors"])


def failed(body: object, status: int = 422) -> Response:
    return Response(status, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("item", "read"),
    [
        (
            {
                "status": 422,
                "title": "T",
                "detail": "D",
                "source": "data.nickname",
                "meta": {"id": "7"},
                "request_id": "r",
            },
            ErrorItem(422, "T", "D", "data.nickname", "", "r", {"id": "7"}),
        ),
        ({"status": "400", "title": "T"}, ErrorItem(400, "T")),
        ({"title": "T", "details": "D"}, ErrorItem(None, "T", "D")),
        ({"title": "T", "detail": ["a", "b"]}, ErrorItem(None, "T", "a; b")),
        ({"title": "T", "source": {"pointer": "/data/email"}}, ErrorItem(None, "T", source="data.email")),
        ({"status": True, "title": 5, "code": 7}, ErrorItem(None, "5", code="7")),
        ({"status": "4xx", "x_request_id": "r"}, ErrorItem(request_id="r")),
        ({"status": 9_999, "title": None, "meta": [], "source": 3.5}, ErrorItem(source="3.5")),
        ("plain words", ErrorItem(title="plain words")),
        ({"title": "a\x00b\u2028c\n"}, ErrorItem(title="a b c")),
    ],
)
def test_an_error_item_of_any_shape_is_read(item: object, read: ErrorItem) -> None:
    assert upstream_errors(failed({"errors": [item]})) == (read,)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>502</html>", b"\xff\xfe", b"[]", b"null", b'"text"', b"{}", b'{"errors":null}', b"[" * 100_000],
)
def test_a_body_without_error_items_has_none(body: bytes) -> None:
    assert upstream_errors(failed(body, 502)) == ()


@pytest.mark.parametrize(
    "body", [{"errors": {"title": "T"}}, {"error": "T"}, {"errors": "T"}, {"errors": [None, 1, {}, "T"]}]
)
def test_error_items_are_found_where_they_should_not_be(body: object) -> None:
    assert upstream_errors(failed(body)) == (ErrorItem(title="T"),)


@given(st.dictionaries(KEYS, JSON) | JSON)
def test_reading_errors_never_raises(item: object) -> None:
    for body in ({"errors": [item, item]}, {"errors": item}, item):
        items = upstream_errors(failed(json.dumps(body).encode()))

        assert all(len(text) <= 500 for each in items for text in (each.title, each.detail, each.source, each.code))


def test_texts_and_numbers_of_items_are_bounded() -> None:
    items = upstream_errors(failed({"errors": [{"title": "x" * 10_000, "meta": {str(n): n for n in range(99)}}] * 500}))

    assert len(items) == 100
    assert len(items[0].title) == 500
    assert len(items[0].meta) <= 16


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{", b"[" * 100_000])
def test_a_success_that_is_no_object_is_invalid(body: bytes) -> None:
    with pytest.raises(UpstreamInvalid):
        read_document(Response(200, body), "/v2/flows")


def test_data_is_read_and_missed() -> None:
    assert read_data(Response(200, b'{"data":[1],"extra":2}'), "/v2/flows") == [1]
    with pytest.raises(UpstreamInvalid, match="without data"):
        read_data(Response(200, b'{"meta":{}}'), "/v2/flows")


@pytest.mark.parametrize("status", [301, 404, 422])
def test_any_other_status_is_invalid_here(status: int) -> None:
    with pytest.raises(UpstreamInvalid) as failure:
        read_document(failed({"errors": [{"title": "T", "request_id": "r1"}]}, status), "/v2/flows")

    assert (failure.value.status, failure.value.request_id) == (status, "r1")


def test_a_server_failure_is_unavailable() -> None:
    answer = Response(503, b"", ((b"retry-after", b"7"),))
    with pytest.raises(UpstreamUnavailable) as failure:
        read_document(answer, "/v2/flows")

    assert (failure.value.status, failure.value.retry_after) == (503, 7.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({b"retry-after": b"3"}, 3.0),
        ({b"retry-after": b" 0 "}, 0.0),
        ({b"retry-after": b"soon"}, None),
        ({b"retry-after": b"-1"}, None),
        ({b"retry-after": b"9" * 400}, None),
        ({b"retry-after": b"Sat, 21 Nov 2026 02:00:30 GMT", b"date": b"Sat, 21 Nov 2026 02:00:00 GMT"}, 30.0),
        ({b"retry-after": b"Sat, 21 Nov 2026 02:00:00 GMT", b"date": b"Sat, 21 Nov 2026 02:00:30 GMT"}, 0.0),
        ({b"retry-after": b"Sat, 21 Nov 2026 02:00:30 GMT"}, None),
        ({b"retry-after": b"Sat, 21 Nov 2026 02:00:30 GMT", b"date": b"never"}, None),
        ({b"retry-after": b"Sat, 21 Nov 2026 02:00:30", b"date": b"Sat, 21 Nov 2026 02:00:00 GMT"}, None),
    ],
)
def test_the_waiting_time_is_read_or_not_there(headers: dict[bytes, bytes], seconds: float | None) -> None:
    assert retry_after(Response(429, b"", tuple(headers.items()))) == seconds
