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
}
READ_ONLY: Document = {
    "page_offset_limit": 10000,
    "shopper_address_limit": 25,
    "field_limit": 100,
    "filter_limit": 10,
    "event_limit": 5,
}
CART: Document = {
    "cart_expiry_days": 7,
    "custom_discounts_enabled": False,
    "tax_inclusive_custom_discounts_enabled": False,
    "use_rule_promotions": False,
    "inventory_enabled": False,
    "show_all_carts": True,
}


def read_preferences(database: Database) -> Document:
    """Return the store's settings as they are now."""
    return WRITABLE | READ_ONLY | mapping(read_json(database.fact(_FACT) or "{}"))


def keep_preferences(database: Database, changes: Document) -> None:
    """Change some of the store's settings."""
    database.remember(_FACT, write_json(mapping(read_json(database.fact(_FACT) or "{}")) | changes))


def read_cart_preferences(database: Database) -> Document:
    """Return the cart settings as they are now."""
    return CART | mapping(read_json(database.fact(_CART_FACT) or "{}"))


def keep_cart_preferences(database: Database, changes: Document) -> None:
    """Change some of the cart settings."""
    database.remember(_CART_FACT, write_json(mapping(read_json(database.fact(_CART_FACT) or "{}")) | changes))
