"""Money: where upstream shows prices, and how many decimal places a currency has.

Upstream counts in minor units and leaves it to the reader to know what those are. The places are those of ISO 4217,
which are upstream's own defaults; a store that gave a currency other places is right in `formatted` alone.

Never here: I/O, arithmetic.
Source: CONTRACT §10.1 (`meta.display_price`, `unit_price`), §11; ISO 4217, list one (minor units).
"""

from __future__ import annotations

from penstock.resources.attributes import Attribute, Group, GroupType, Kind, Path

USUAL_PLACES = 2
_PLACES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
PLACES = {code: places for places, codes in _PLACES.items() for code in codes.split()}
"""Currency code → decimal places, where they are not the usual two."""


def price(name: str, path: Path, description: str) -> Attribute:
    """The row of a price, null where the store does not show it."""
    return Attribute(name, path, Kind.MONEY, description)


_SUMS = (
    ("withTax", "with_tax", "What is to be paid, tax included."),
    ("withoutTax", "without_tax", "What is to be paid, before tax."),
    ("tax", "tax", "The tax in it."),
    ("discount", "discount", "What was taken off; zero or negative."),
    ("withoutDiscount", "without_discount", "What it would cost without discounts."),
)
_SHIPPING = (
    ("shipping", "shipping", "What the shipping costs."),
    ("shippingDiscount", "shipping_discount", "What was taken off the shipping; zero or negative."),
)
_SETTLED = (
    ("balanceOwing", "balance_owing", "What is still owed."),
    ("paid", "paid", "What was paid."),
    ("authorized", "authorized", "What was authorized and not captured yet."),
)


def _prices(type_name: str, description: str, *rows: tuple[str, str, str], below: Path = ()) -> GroupType:
    attributes = tuple(price(name, (key, *below), about) for name, key, about in rows)
    return GroupType(type_name, description, attributes)


CART_PRICES = _prices("CartPrices", "What a cart costs; null where the store does not show it.", *_SUMS, *_SHIPPING)
ORDER_PRICES = _prices(
    "OrderPrices", "What an order costs; older stores show only some of it.", *_SUMS, *_SHIPPING, *_SETTLED
)
UNIT_PRICES = _prices("UnitPrices", "What one piece of a line costs.", *_SUMS, below=("unit",))
LINE_PRICES = _prices("LinePrices", "What a line costs: one piece times the quantity.", *_SUMS, below=("value",))

ITEM_PRICES = (
    price("unitPrice", ("unit_price",), "What one piece costs as it is priced; `priceIncludesTax` tells which price."),
    price("linePrice", ("value",), "What the line costs as it is priced: one piece times the quantity."),
    Attribute(
        "priceIncludesTax",
        ("unit_price", "includes_tax"),
        Kind.BOOLEAN,
        "Whether `unitPrice` and `linePrice` include tax.",
    ),
)
"""What a line costs as it was priced, on the line of a cart and of an order alike."""

DISPLAY_PRICE: Path = ("meta", "display_price")
ITEM_PRICE_GROUPS = (
    Group("unitPrices", DISPLAY_PRICE, UNIT_PRICES.type_name, "What one piece costs, with tax, without, and so on."),
    Group("linePrices", DISPLAY_PRICE, LINE_PRICES.type_name, "What the line costs, with tax, without, and so on."),
)
