"""What upstream's own resources are called, and which keys they keep for themselves.

Never here: custom flows, rows.

Source: CONTRACT §9.1 (core slugs), §9.2 (reserved slugs), §6.1, §8, §10.1, §11.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CORE_SLUGS = _words(
    """
    accounts account-members account-memberships addresses authentication-realms carts cart_items customers
    oidc-profiles order_items orders password-profiles products promotions rule-promotions user-authentication-info
    user-authentication-oidc-profile-info user-authentication-password-profile-info catalogs
    brands collections categories files
    """
)
_RESERVED = _words("id type meta links relationships")
_RESERVED_OF = {
    "customers": _words("name email password external_ref"),
    "addresses": _words(
        """
        name first_name last_name company_name line_1 line_2 city county region postcode country phone_number
        instructions
        """
    ),
    "orders": _words(
        """
        status payment shipping anonymized order_number external_ref payment_intent_id custom_attributes customer
        contact account billing_address shipping_address
        """
    ),
    "order_items": _words("quantity product_id name sku unit_price value discounts catalog_id catalog_source"),
    "carts": _words("name description contact custom_attributes discount_settings snapshot_date payment_intent_id"),
    "cart_items": _words(
        """
        product_id name description sku slug image quantity manage_stock unit_price value custom_inputs price
        custom_attributes catalog_id catalog_source
        """
    ),
}


def reserved_slugs(flow_slug: str) -> frozenset[str]:
    """Return the keys that no field of a flow may take."""
    return _RESERVED | _RESERVED_OF.get(flow_slug, frozenset())
