"""Money as upstream shows it: minor units, a currency, a formatted text.

Never here: what anything costs.

Source: CONTRACT §10.1 (`meta.display_price`).
"""

from __future__ import annotations

from penstock.sandbox.documents import Document

# currency → (symbol, decimal places)
_CURRENCIES = {"USD": ("$", 2), "EUR": ("€", 2), "GBP": ("£", 2), "JPY": ("¥", 0), "KWD": ("KD", 3)}


def show_money(amount: int, currency: str) -> Document:
    """Return `{amount, currency, formatted}`; amount in minor units, no currency formats as `0` (CONTRACT §11)."""
    if not currency:
        return {"amount": amount, "currency": currency, "formatted": str(amount)}
    symbol, places = _CURRENCIES.get(currency, (f"{currency} ", 2))
    sign, digits = "-" if amount < 0 else "", f"{abs(amount):0{places + 1}d}"
    whole, fraction = digits[: len(digits) - places], digits[len(digits) - places :]
    text = f"{int(whole):,}" + (f".{fraction}" if places else "")
    return {"amount": amount, "currency": currency, "formatted": f"{sign}{symbol}{text}"}
