from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.age import age_key


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2031-01-01T00:00:00Z", "2031-01-01T00:00:00.5Z"),
        ("2031-01-01T00:00:00.4Z", "2031-01-01T00:00:00.45Z"),
        ("2031-01-01T01:00:00+02:00", "2031-01-01T00:00:00Z"),
        ("2031-01-01T00:00:00Z", "2031-01-01T00:00:00-01:00"),
        ("2031-01-01", "2031-01-01T00:00:01Z"),
        ("", "0001-01-01T00:00:00Z"),
        ("2031-02-30T00:00:00Z", "2031-01-01T00:00:00Z"),
    ],
)
def test_the_older_moment_sorts_first_whatever_its_form(older: str, newer: str) -> None:
    assert age_key(older, "z") < age_key(newer, "a")


def test_the_id_decides_between_equal_moments_of_different_form() -> None:
    assert age_key("2031-01-01T00:00:00.000Z", "a") < age_key("2031-01-01T00:00:00+00:00", "b")


@given(st.text(), st.text())
def test_any_text_has_an_age(created_at: str, identity: str) -> None:
    assert age_key(created_at, identity) == age_key(created_at, identity)


@given(st.datetimes(), st.datetimes())
def test_moments_sort_as_they_follow_each_other(one: datetime, other: datetime) -> None:
    assert (age_key(str(one), "") < age_key(str(other), "")) == (one < other)
