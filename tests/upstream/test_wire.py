"""Targets, envelopes and forms: nothing a caller gives can leave its place."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.errors import CallerError, PenstockError
from penstock.upstream.wire import encode_json, envelope, form, is_id, target

IDS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def test_a_target_is_its_template_filled_and_its_query_encoded() -> None:
    made = target(
        "/v2/customers/{id}/addresses", {"id": "6f1f7c38-0a43"}, [("page[limit]", "25"), ("filter", 'eq(a,"b+c@d")')]
    )

    assert made == "/v2/customers/6f1f7c38-0a43/addresses?page%5Blimit%5D=25&filter=eq%28a%2C%22b%2Bc%40d%22%29"


@pytest.mark.parametrize(
    "value", ["", ".", "..", "a/b", "a%2Fb", "a?b", "a#b", "a b", "a\n", "\nab", "é", "٣", "x" * 65, "a\x00", "a\ud800"]
)
def test_what_is_no_id_is_refused_by_name_before_any_call(value: str) -> None:
    with pytest.raises(CallerError, match="customerId") as failure:
        target("/v2/customers/{customerId}", {"customerId": value})

    assert failure.value.public_code == "BAD_USER_INPUT"
    assert not is_id(value)


@given(IDS, st.lists(st.tuples(TEXTS, TEXTS), max_size=8))
def test_a_query_is_read_back_as_it_was_given(identifier: str, query: list[tuple[str, str]]) -> None:
    made = target("/v2/x/{id}", {"id": identifier}, query)
    path, _, text = made.partition("?")

    assert made.isascii()
    assert path == f"/v2/x/{identifier}"
    assert parse_qsl(text, keep_blank_values=True, max_num_fields=20) == query


@given(TEXTS)
def test_only_unreserved_characters_stay_as_they_are(value: str) -> None:
    encoded = target("/x", {}, [("a", value)]).removeprefix("/x?a=")

    assert set(encoded) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%")


def test_a_query_that_is_too_long_or_no_text_is_refused() -> None:
    for value in ("x" * 9_000, "\ud800"):
        with pytest.raises(CallerError):
            target("/v2/customers", {}, [("filter", value)])


@pytest.mark.parametrize("values", [{}, {"other": "1"}])
def test_a_template_without_its_value_is_our_own_fault(values: dict[str, str]) -> None:
    with pytest.raises(PenstockError) as failure:
        target("/v2/customers/{id}", values)

    assert not isinstance(failure.value, CallerError)


def test_an_envelope_holds_exactly_the_given_keys_and_its_own_type() -> None:
    body = envelope("customer", {"name": None, "loyalty-points": 1, "type": "order"})

    assert json.loads(body) == {"data": {"type": "customer", "name": None, "loyalty-points": 1}}


def test_a_value_that_is_no_json_is_the_callers_fault() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in ("\ud800", deep):
        with pytest.raises(CallerError):
            encode_json(value)
    while deep:  # taken apart by hand: freeing so deep a list at once is slow
        deep = deep[0]  # type: ignore[assignment] # a list or nothing


@given(st.dictionaries(TEXTS, TEXTS, max_size=5))
def test_a_form_is_read_back_as_it_was_given(fields: dict[str, str]) -> None:
    pairs = [part.split("=") for part in form(fields).decode().split("&") if part]

    assert {unquote_plus(name): unquote_plus(value) for name, value in pairs} == fields
