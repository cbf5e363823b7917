"""Filter arguments become clauses that mean what was asked, or are refused; never anything else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.model import JSON
from penstock.errors import CallerError
from penstock.operations.filtering import Equality, operand, read_filter
from penstock.operations.paging import page_request
from penstock.resources.attributes import Kind
from penstock.resources.customer import LISTING
from penstock.resources.order import ORDER_LISTING
from penstock.resources.ways import Edge, FilterRow, Route, Shape

EDGE = Edge("customers", "", Shape.CONNECTION, "Customer", Route("GET", "/v2/customers"), listing=LISTING)
TEXT = FilterRow("name", "name", Kind.STRING, ("eq", "like"), checks=(("name",),))
ID = FilterRow("id", "id", Kind.ID, ("eq", "like"))
MOMENT = FilterRow("createdAt", "created_at", Kind.DATE_TIME, ("eq",))
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def read_back(rendered: str) -> list[tuple[str, str, str]]:
    """The clauses of a filter value as a parser of the grammar reads them."""
    found = []
    rest = rendered
    while rest:
        clause = re.match(r'(\w+)\(([\w.]+),"((?:[^"\\]|\\.)*)"\)(?::|$)', rest, re.DOTALL)
        assert clause is not None, rest
        found.append((clause[1], clause[2], re.sub(r"\\(.)", r"\1", clause[3], flags=re.DOTALL)))
        rest = rest[clause.end() :]
    return found


@given(st.text(), st.text())
def test_any_text_reaches_upstream_as_it_is_or_is_refused(equal: str, like: str) -> None:
    arguments: dict[str, JSON] = {"filter": {"name": {"eq": equal, "like": like}}}

    if CONTROL.search(equal + like):
        with pytest.raises(CallerError):
            page_request(EDGE, LISTING, arguments)
        return
    target = page_request(EDGE, LISTING, arguments).target(None)

    assert target.isascii()
    assert not re.search(r"[\s\"<>\\^`{|}]", target)
    (sent,) = parse_qs(urlsplit(target).query, strict_parsing=True, keep_blank_values=True)["filter"]
    assert read_back(sent) == [("eq", "name", equal), ("like", "name", like)]


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_is_sent_in_utc_as_the_moment_it_is(moment: datetime) -> None:
    text = moment.isoformat()
    if not re.fullmatch(r".*[+-]\d\d:\d\d", text):
        return  # zones with seconds in their offset cannot be written by RFC 3339

    try:
        sent = operand(MOMENT, "eq", text)
    except CallerError:
        assert moment.year in (1, 9999)
        return

    assert sent.endswith("Z")
    read = datetime.fromisoformat(sent)
    assert read == moment.astimezone(UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-02-30T00:00:00Z",
        "2024-01-01T25:00:00Z",
        "1704067200",
        None,
        7,
    ],
)
def test_what_is_no_moment_is_refused(text: JSON) -> None:
    with pytest.raises(CallerError, match=r"filter\.createdAt\.eq"):
        operand(MOMENT, "eq", text)


@pytest.mark.parametrize("value", ["", "..", "a b", "a,b", "x" * 65, "é", None, 7])
def test_what_is_no_id_is_refused(value: JSON) -> None:
    with pytest.raises(CallerError, match=r"filter\.id\.eq"):
        operand(ID, "eq", value)


def test_a_pattern_of_ids_may_hold_stars() -> None:
    assert operand(ID, "like", "abc*") == "abc*"


@pytest.mark.parametrize("value", [None, True, [], {}, 7, 1.5])
def test_null_and_what_is_no_text_are_refused(value: JSON) -> None:
    with pytest.raises(CallerError):
        operand(TEXT, "eq", value)


def test_the_output_only_member_cannot_be_filtered_by() -> None:
    with pytest.raises(CallerError, match="UNRECOGNIZED"):
        read_filter(ORDER_LISTING, {"status": {"eq": ""}})


def test_clauses_stand_in_the_order_of_the_table() -> None:
    first, _ = read_filter(LISTING, {"name": {"like": "b", "eq": "a"}, "id": {"eq": "c"}})
    second, _ = read_filter(LISTING, {"id": {"eq": "c"}, "name": {"eq": "a", "like": "b"}})

    assert first == second
    assert [(clause.operator, clause.attribute) for clause in first] == [("eq", "id"), ("eq", "name"), ("like", "name")]


@pytest.mark.parametrize("given_filter", [{}, {"name": None}, {"name": {}}, {"unknown": {"eq": "x"}}])
def test_nothing_asked_for_is_no_clause(given_filter: dict[str, JSON]) -> None:
    assert read_filter(LISTING, given_filter) == ([], [])


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        ({"customer": {"email": "a@b.co"}}, True),
        ({"customer": {"email": " A@B.CO "}}, True),
        ({"customer": {"email": None}, "contact": {"email": "a@b.co"}}, True),
        ({"customer": {"email": "x@b.co"}, "contact": {"email": "a@b.co"}}, False),
        ({"customer": "a@b.co"}, False),
        ({}, False),
        ({"customer": {"email": ["a@b.co"]}}, False),
    ],
)
def test_an_equality_is_read_at_the_first_place_that_holds_anything(row: dict[str, JSON], holds: bool) -> None:
    check = Equality((("customer", "email"), ("contact", "email")), "a@b.co", any_case=True)

    assert check.holds(row) is holds


def test_a_number_in_a_row_is_the_text_that_is_shown_of_it() -> None:
    assert Equality((("external_ref",),), "5").holds({"external_ref": 5})


@pytest.mark.parametrize(
    ("shown", "holds"),
    [
        ("2024-03-09T16:20:00Z", True),
        ("2024-03-09T16:20:00.623Z", True),
        ("2024-03-09T17:20:00.123456789+01:00", True),
        ("2024-03-09T16:20:01Z", False),
        ("2019-03-09T16:20:00Z", False),
        ("0001-01-01T00:00:00Z", True),
        (None, True),
    ],
)
def test_a_moment_is_checked_to_the_second_where_a_row_shows_one(shown: JSON, holds: bool) -> None:
    _, (check,) = read_filter(LISTING, {"createdAt": {"eq": "2024-03-09T16:20:00.5Z"}})

    assert check.holds({"meta": {"timestamps": {"created_at": shown}}}) is holds
