"""Prices out of upstream rows: minor units become an exact decimal text in the currency's major unit.

Never here: arithmetic on prices, fetching.
Source: CONTRACT §10.1, §11 (an empty cart has no currency); ISO 4217.
"""

from __future__ import annotations

import re

from penstock.definitions.coerce import coerce_wide_integer
from penstock.definitions.model import JSON
from penstock.resources.money import PLACES, USUAL_PLACES

_CODE = re.compile(r"[A-Za-z]{3}", re.ASCII)


def coerce_money(value: JSON) -> dict[str, JSON] | None:
    """The `Money` object of ``{amount, currency, formatted}``, under GraphQL names.

    None where the amount is no whole number of minor units, or where it cannot be told what they are worth. Nothing at
    all is zero without a currency, too.
    """
    if not isinstance(value, dict):
        return None
    units, currency = coerce_wide_integer(value.get("amount")), value.get("currency")
    if units is None:
        return None
    code = currency.upper() if isinstance(currency, str) and _CODE.fullmatch(currency) else None
    if code is None and (units or currency):
        return None
    formatted = value.get("formatted")
    return {
        "amount": decimal_text(units, PLACES.get(code, USUAL_PLACES) if code else 0),
        "currencyCode": code,
        "formatted": formatted if isinstance(formatted, str) else None,
    }


def decimal_text(units: int, places: int) -> str:
    """So many units of the last place as decimal text: ``decimal_text(-5, 2)`` is ``-0.05``."""
    digits = f"{abs(units):0{places + 1}d}"
    sign = "-" if units < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
