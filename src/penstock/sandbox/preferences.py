"""The store's own settings: what they are at first, reading and keeping them.

Never here: the endpoints over them.

Source: CONTRACT §5 (quotas), §8 (mandatory address fields), §13; settings.yaml.
"""

from __future__ import annotations

from penstock.sandbox.database import Database
from penstock.sandbox.documents import Document, mapping, read_json, write_json

_FACT = "store settings"
_CART_FACT = "cart settings"

WRITABLE: Document = {
    "page_length": 25,
    "list_child_products": False,
    "additional_languages": [],
    "calculation_method": "simple",
    "address_mandatory_fields": ["first_name", "last_name", "line_1", "county", "postcode", "country"],
    "shopper_address_limit": 25,
}
_READ_ONLY: Document = {
    "page_offset_limit": 10000,
    "currency_limit": 10,
    "field_limit": 100,
    "filter_limit": 10,
    "event_limit": 5,
    "integration_limit": 100,
    "tax_item_limit": 5,
    "promotions_limit": 150,
    "promotion_codes_limit": 100,
}
CART: Document = {
    "cart_expiry_days": 7,
    "discounts": {"custom_discounts_enabled": False, "use_rule_promotions": False},
    "inventories": {"defer_inventory_check": False},
    "show_all_carts": True,
}


def read_preferences(database: Database) -> Document:
    """Return the store's settings as they are now."""
    return WRITABLE | _READ_ONLY | mapping(read_json(database.fact(_FACT) or "{}"))


def keep_preferences(database: Database, changes: Document) -> None:
    """Change some of the store's settings."""
    database.remember(_FACT, write_json(mapping(read_json(database.fact(_FACT) or "{}")) | changes))


def forget_preferences(database: Database) -> None:
    """Undo every change of the store's settings."""
    database.remember(_FACT, "{}")


def read_cart_preferences(database: Database) -> Document:
    """Return the cart settings as they are now."""
    return CART | mapping(read_json(database.fact(_CART_FACT) or "{}"))


def keep_cart_preferences(database: Database, changes: Document) -> None:
    """Change some of the cart settings."""
    database.remember(_CART_FACT, write_json(mapping(read_json(database.fact(_CART_FACT) or "{}")) | changes))
