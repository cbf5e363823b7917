"""The few products the sandbox sells, so that carts can be filled by id or SKU.

Never here: a catalogue API, which the sandbox does not imitate.

Source: CONTRACT §11 (`cart_item`).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5


@dataclass(frozen=True, slots=True)
class Product:
    """Something for sale; the price in minor units of the store's currency, tax not included."""

    sku: str
    name: str
    price: int

    @property
    def id(self) -> str:
        """Return the product's identifier, the same at every start."""
        return str(uuid5(NAMESPACE_URL, f"https://penstock.example/products/{self.sku}"))


CURRENCY = "USD"
PRODUCTS = (
    Product("LAMP-OAK", "Oak desk lamp", 8900),
    Product("MUG-BLUE", "Stoneware mug, blue", 1450),
    Product("MUG-SAND", "Stoneware mug, sand", 1450),
    Product("THROW-WOOL", "Merino throw", 12900),
    Product("SHELF-3", "Wall shelf, three boards", 15900),
    Product("CANDLE-FIG", "Fig candle", 2400),
    Product("RUG-160", "Woven rug, 160 cm", 24900),
    Product("VASE-TALL", "Tall glass vase", 4200),
)


def find_product(*, product_id: str | None = None, sku: str | None = None) -> Product | None:
    """Return the product of that id or SKU, or None."""
    return next((product for product in PRODUCTS if product_id == product.id or sku == product.sku), None)
