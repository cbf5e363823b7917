"""Which texts are a day of the calendar."""

from __future__ import annotations

import pytest

from penstock.sandbox.moments import is_date_text


@pytest.mark.parametrize("text", ["2025-12-19", "2025-12-23 18:00:00", "0001-01-01", "0999-02-28 00:00:00"])
def test_a_day_is_taken_also_of_a_year_with_zeros(text: str) -> None:
    assert is_date_text(text)


@pytest.mark.parametrize("text", ["2025-02-29", "2025-1-1", "2025-12-19T18:00:00", "2025-12-19 18:00", "", "1-1-1"])
def test_what_is_no_day_is_refused(text: str) -> None:
    assert not is_date_text(text)
