"""What a cart costs: its lines, its promotion, its sums.

Never here: rows being written, endpoints.

Source: CONTRACT §10.1 (`display_price`), §11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from penstock.sandbox.database import Row
from penstock.sandbox.documents import Document, whole

PROMOTION = "promotion_item"


@dataclass(frozen=True, slots=True)
class Line:
    """One priced line; amounts in minor units, negative on a promotion."""

    item: Row
    unit: int
    quantity: int

    @property
    def value(self) -> int:
        """Return the amount of the whole line."""
        return self.unit * self.quantity

    @property
    def is_promotion(self) -> bool:
        """Tell whether the line takes something off."""
        return self.item.core["type"] == PROMOTION


def price_lines(items: Iterable[Row]) -> list[Line]:
    """Price the lines of a cart: each promotion takes its percentage off what the goods cost together."""
    items = list(items)
    goods = [
        Line(item, whole(item.core.get("unit_amount")) or 0, whole(item.core.get("quantity")) or 0)
        for item in items
        if item.core["type"] != PROMOTION
    ]
    sum_of_goods = sum(line.value for line in goods)
    off = {item.id: (whole(item.core.get("percent")) or 0) * sum_of_goods // 100 for item in items}
    by_id = {line.item.id: line for line in goods}
    return [by_id.get(item.id) or Line(item, -off[item.id], 1) for item in items]


def sum_prices(lines: Iterable[Line], currency: str) -> Document:
    """Return the prices of a whole cart or order, `{name: {amount, currency}}`; tax is never charged."""
    lines = list(lines)
    goods = sum(line.value for line in lines if not line.is_promotion)
    total = max(sum(line.value for line in lines), 0)
    amounts = {
        "with_tax": total,
        "without_tax": total,
        "tax": 0,
        "discount": total - goods,
        "without_discount": goods,
        "shipping": 0,
        "shipping_discount": 0,
    }
    return {name: {"amount": amount, "currency": currency} for name, amount in amounts.items()}


def line_prices(line: Line, currency: str, price: Callable[[int, str], Document]) -> Document:
    """Return the prices of one line, `{name: {unit, value}}`, each made by `price` of amount and currency."""
    both = (line.unit, line.value)
    amounts = {"with_tax": both, "without_tax": both, "tax": (0, 0), "discount": (0, 0), "without_discount": both}
    return {
        name: {"unit": price(unit, currency), "value": price(value, currency)}
        for name, (unit, value) in amounts.items()
    }
