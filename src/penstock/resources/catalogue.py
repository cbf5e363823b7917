"""All resources by name, and which flow slugs belong to upstream's own resources.

Never here: rows of one resource.
Source: CONTRACT §9.1 (core slugs), R18.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.resources.address import ADDRESS, with_mandatory
from penstock.resources.cart import CART, CART_ITEM
from penstock.resources.customer import CUSTOMER
from penstock.resources.flow import FLOW, FLOW_FIELD
from penstock.resources.order import ORDER, ORDER_ITEM
from penstock.resources.order_writes import TRANSACTION
from penstock.resources.rows import Resource
from penstock.resources.token import ACCESS_TOKEN, CUSTOMER_TOKEN

CORE: tuple[Resource, ...] = (
    CUSTOMER,
    ADDRESS,
    ORDER,
    ORDER_ITEM,
    CART,
    CART_ITEM,
    TRANSACTION,
    CUSTOMER_TOKEN,
    ACCESS_TOKEN,
    FLOW,
    FLOW_FIELD,
)
"""The resources that every store has, in the order in which the schema shows them."""


def core_of(mandatory_address_keys: tuple[str, ...]) -> tuple[Resource, ...]:
    """`CORE` in a store that wants these keys of every address (§8)."""
    attributes = with_mandatory(ADDRESS.attributes, frozenset(mandatory_address_keys))
    return tuple(replace(one, attributes=attributes) if one is ADDRESS else one for one in CORE)


CORE_FLOWS = frozenset(
    (
        "accounts account-members account-memberships addresses authentication-realms carts cart_items customers "
        "oidc-profiles order_items orders password-profiles products promotions rule-promotions "
        "user-authentication-info user-authentication-oidc-profile-info user-authentication-password-profile-info "
        "catalogs brands collections categories files"
    ).split()
)
"""Slugs whose entries are upstream's own resources: never exposed as entries (§9.7)."""

FUTURE_NAMES: dict[str, frozenset[str]] = {
    "Customer": frozenset({"account", "accounts"}),
    "Address": frozenset({"customer"}),
    "Order": frozenset({"total", "transactions", "payments", "promotions", "customAttributes", "metadata"}),
    "OrderItem": frozenset({"prices", "value", "discounts", "order", "product"}),
    "Cart": frozenset({"total", "customer", "customers", "promotions", "discounts", "customAttributes", "metadata"}),
    "CartItem": frozenset({"price", "prices", "value", "discounts", "cart", "product", "custom", "promotion"}),
}
"""Names that core resources will need: reserved from the start, so that no custom field ever has to give one up."""
