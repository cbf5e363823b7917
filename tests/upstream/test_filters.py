"""The filter grammar: a value never becomes syntax."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.errors import CallerError
from penstock.upstream.filters import Clause, render_filter

PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200)


def read_back(rendered: str) -> list[tuple[str, str, str]]:
    """Parse quoted clauses as upstream's grammar says."""
    clauses, at = [], 0
    while at < len(rendered):
        operator, _, rest = rendered[at:].partition("(")
        attribute, _, rest = rest.partition(",")
        at = len(rendered) - len(rest)
        assert rendered[at] == '"'
        at += 1
        value = ""
        while rendered[at] != '"':
            if rendered[at] == "\\":
                at += 1
            value += rendered[at]
            at += 1
        assert rendered[at + 1] == ")"
        assert rendered[at + 2 : at + 3] in ("", ":")
        at += 3
        clauses.append((operator, attribute, value))
    return clauses


@given(st.lists(PRINTABLE, min_size=1, max_size=10))
def test_values_come_back_as_they_went_in(values: list[str]) -> None:
    rendered = render_filter([Clause("email", "eq", value) for value in values])

    assert read_back(rendered) == [("eq", "email", value) for value in values]


def test_clauses_are_joined_and_quotes_and_backslashes_escaped() -> None:
    rendered = render_filter(
        [Clause("name", "eq", 'a"b\\c'), Clause("created_at", "ge", "2024-01-01"), Clause("x", "like", "*é*")]
    )

    assert rendered == 'eq(name,"a\\"b\\\\c"):ge(created_at,"2024-01-01"):like(x,"*é*")'


@pytest.mark.parametrize("value", ["a\x00", "a\n", "\x7f", "\x85", "\ud800", "\x1b[31m"])
def test_control_characters_are_refused(value: str) -> None:
    for quoted in (True, False):
        with pytest.raises(CallerError):
            render_filter([Clause("name", "eq", value)], quoted=quoted)


def test_ten_clauses_are_the_most_and_one_the_least() -> None:
    clause = Clause("name", "eq", "a")
    for count in (0, 11):
        with pytest.raises(CallerError):
            render_filter([clause] * count)

    assert render_filter([clause] * 10).count("eq(") == 10


def test_more_than_eight_kilobytes_are_refused() -> None:
    with pytest.raises(CallerError):
        render_filter([Clause("name", "eq", "é" * 4_100)])


@pytest.mark.parametrize("attribute", ["", "a,b", "a)", "a b", "a(b", "9a", "a:b", 'a"', "a\n"])
def test_an_attribute_that_is_none_is_refused(attribute: str) -> None:
    with pytest.raises(CallerError):
        render_filter([Clause(attribute, "eq", "x")])


@pytest.mark.parametrize("value", ["a", "A1 b2", "6f1f-_", "$a.b*", "*a*"])
def test_the_legacy_grammar_takes_its_own_characters_unquoted(value: str) -> None:
    assert render_filter([Clause("id", "eq", value)], quoted=False) == f"eq(id,{value})"


@pytest.mark.parametrize("value", ["", " ", " a", "a ", "a,b", "a)", "a:b", 'a"', "é", "a@b", "a+b", "a\n", "a\\"])
def test_the_legacy_grammar_refuses_all_others(value: str) -> None:
    with pytest.raises(CallerError):
        render_filter([Clause("id", "eq", value)], quoted=False)


def test_a_null_check_has_no_operand() -> None:
    assert render_filter([Clause("external_ref", "is_null")]) == "is_null(external_ref)"
