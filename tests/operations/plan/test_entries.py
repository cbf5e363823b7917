"""Forms of texts, judged one by one and column by column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.coerce import DATE_PATTERN, coerce_date
from penstock.operations.plan.entries import Form
from penstock.operations.values import DATE_TIME_PATTERN, UNSET_MOMENT, coerce_date_time

DATES = Form(DATE_PATTERN)
MOMENTS = Form(DATE_TIME_PATTERN, UNSET_MOMENT)

_TEXTS = st.one_of(
    st.none(),
    st.from_regex(DATE_PATTERN, fullmatch=True),
    st.from_regex(DATE_TIME_PATTERN, fullmatch=True),
    st.sampled_from(
        [
            "",
            "\n",
            "2024-02-03\n2024-02-04",
            "2024-02-03\n",
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:01Z",
            "२०२४-०२-०३",
            "2024-02-03T10:11:12.5Z",
        ]
    ),
    st.text(alphabet="0123456789-:TZ+. \n", max_size=25),
)


@given(st.lists(_TEXTS, max_size=8))
def test_a_column_has_a_form_when_every_text_of_it_has(column: list[str | None]) -> None:
    assert DATES.holds(column) == all(text is None or coerce_date(text) is not None for text in column)
    assert MOMENTS.holds(column) == all(text is None or coerce_date_time(text) is not None for text in column)


@pytest.mark.parametrize("form", [DATES, MOMENTS])
@given(_TEXTS)
def test_one_text_is_a_column_of_one(form: Form, text: str | None) -> None:
    assert form.holds_one(text) == form.holds([text])
