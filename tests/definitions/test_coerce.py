from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.coerce import (
    INT32_MAX,
    INT32_MIN,
    coerce_boolean,
    coerce_date,
    coerce_float,
    coerce_integer,
    coerce_string,
    coerce_wide_integer,
)

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["12", "-0", "1e999", "2031-01-01", "true", "\ud800", "\u0663", 10**400, "9" * 500]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        (0, "0"),
        (-7, "-7"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        (None, None),
        ([], None),
        ({"a": 1}, None),
        (math.nan, None),
        (math.inf, None),
        pytest.param(10**5000, None, id="very large"),
        ("a\ud800b", "a\ufffdb"),
    ],
)
def test_text_is_read_from_every_scalar(value: object, expected: str | None) -> None:
    assert coerce_string(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12, 12),
        (12.0, 12),
        ("12", 12),
        ("+12", 12),
        ("-12", -12),
        ("0012", 12),
        (INT32_MAX, INT32_MAX),
        (INT32_MIN, INT32_MIN),
        (INT32_MAX + 1, None),
        (INT32_MIN - 1, None),
        (str(INT32_MAX + 1), None),
        (12.5, None),
        (math.inf, None),
        (math.nan, None),
        (True, None),
        (" 12 ", None),
        ("12\n", None),
        ("12.0", None),
        ("1_000", None),
        ("\u0663", None),
        ("", None),
        ("0x10", None),
        ([12], None),
        (None, None),
    ],
)
def test_an_integer_is_read_from_whole_numbers_and_plain_decimal_text(value: object, expected: int | None) -> None:
    assert coerce_integer(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**40, 2**40),
        (str(2**70), 2**70),
        (1e20, 10**20),
        ("9" * 401, None),
        pytest.param(10**401, None, id="very large"),
        (False, None),
    ],
)
def test_a_wide_integer_goes_beyond_32_bits(value: object, expected: int | None) -> None:
    assert coerce_wide_integer(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0),
        (1.5, 1.5),
        ("1.5", 1.5),
        ("-2e3", -2000.0),
        (".5", 0.5),
        ("1e999", None),
        (10**400, None),
        (math.nan, None),
        (-math.inf, None),
        ("nan", None),
        ("Infinity", None),
        (" 1.5", None),
        ("1,5", None),
        ("1_0.5", None),
        (True, None),
        ({}, None),
    ],
)
def test_a_float_is_read_from_finite_numbers_and_decimal_text(value: object, expected: float | None) -> None:
    assert coerce_float(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("false", False),
        ("True", None),
        (1, None),
        (0, None),
        (1.0, None),
        ("", None),
        ([], None),
    ],
)
def test_a_boolean_is_read_from_booleans_and_their_text_alone(value: object, expected: bool | None) -> None:
    assert coerce_boolean(value) is expected


@pytest.mark.parametrize(
    "text",
    [
        "2031-02-03",
        "2031-02-03 04:05:06",
        "2031-02-03T04:05:06",
        "2031-02-03T04:05:06Z",
        "2031-02-03T04:05:06.123456789+00:00",
        "2031-02-03 04:05",
        "0001-01-01T00:00:00Z",
    ],
)
def test_a_date_of_any_known_form_is_read_verbatim(text: str) -> None:
    assert coerce_date(text) == text


@pytest.mark.parametrize(
    "value", ["2031", "03/02/2031", "2031-02-03\n", "\uff12031-02-03", "", 20310203, True, None, []]
)
def test_what_has_no_form_of_a_date_is_no_date(value: object) -> None:
    assert coerce_date(value) is None


@given(ANYTHING)
def test_every_coercion_is_total_and_gives_its_own_type(value: object) -> None:
    text, date = coerce_string(value), coerce_date(value)
    integer, wide, number = coerce_integer(value), coerce_wide_integer(value), coerce_float(value)

    assert text is None or text.encode() is not None
    assert date is None or date == value
    assert integer is None or (type(integer) is int and INT32_MIN <= integer <= INT32_MAX)
    assert wide is None or type(wide) is int
    assert number is None or (type(number) is float and math.isfinite(number))
    assert coerce_boolean(value) in (None, True, False)


@given(st.integers(INT32_MIN, INT32_MAX))
def test_an_integer_survives_being_stored_as_text(number: int) -> None:
    assert coerce_integer(coerce_string(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_survives_being_stored_as_text(number: float) -> None:
    assert coerce_float(coerce_string(number)) == number
