"""Minor units become exact decimal text, with the places of the currency, or nothing at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.model import JSON
from penstock.operations.money import coerce_money, decimal_text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1250, "USD", "12.50"),
        (-5, "EUR", "-0.05"),
        (0, "GBP", "0.00"),
        (1250, "JPY", "1250"),
        (-1, "KRW", "-1"),
        (1250, "KWD", "1.250"),
        (7, "BHD", "0.007"),
        (12_345, "CLF", "1.2345"),
        ("1999", "usd", "19.99"),
        (1999.0, "USD", "19.99"),
        (2**53 + 1, "USD", "90071992547409.93"),
    ],
)
def test_an_amount_has_the_places_of_its_currency(amount: JSON, currency: str, text: str) -> None:
    money = coerce_money({"amount": amount, "currency": currency, "formatted": "as it is"})

    assert money == {"amount": text, "currencyCode": currency.upper(), "formatted": "as it is"}


def test_a_price_without_a_formatted_text_is_a_price() -> None:
    money = coerce_money({"amount": 100, "currency": "USD", "includes_tax": True})

    assert money == {"amount": "1.00", "currencyCode": "USD", "formatted": None}


def test_nothing_in_an_empty_cart_has_no_currency() -> None:
    money = coerce_money({"amount": 0, "currency": "", "formatted": "0"})

    assert money == {"amount": "0", "currencyCode": None, "formatted": "0"}


@pytest.mark.parametrize(
    "value",
    [
        None,
        12,
        "12.00",
        [],
        {},
        {"amount": 12.5, "currency": "USD"},
        {"amount": True, "currency": "USD"},
        {"amount": None, "currency": "USD"},
        {"amount": "12.50", "currency": "USD"},
        {"amount": 1, "currency": ""},
        {"amount": 1},
        {"amount": 0, "currency": "points"},
        {"amount": 5, "currency": "ÜSD"},
        {"amount": 5, "currency": ["USD"]},
    ],
)
def test_what_cannot_be_told_exactly_is_null(value: JSON) -> None:
    assert coerce_money(value) is None


@given(st.integers(-(10**40), 10**40), st.sampled_from((0, 2, 3, 4)))
def test_the_text_is_exactly_the_units(units: int, places: int) -> None:
    text = decimal_text(units, places)

    assert Decimal(text) == Decimal(units).scaleb(-places) or abs(units) > 10**27
    assert int(text.replace(".", "")) == units
    assert len(text.rpartition(".")[2] if places else "") == places
