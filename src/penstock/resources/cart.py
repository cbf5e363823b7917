"""Carts and what lies in them: rows, and the ways to them.

A cart's id is chosen by whoever begins it and is its only secret. Upstream knows no missing cart: an unknown id is an
empty one.

Never here: I/O, logic.
Source: CONTRACT §11, §5A.1; carts-orders.yaml (`BaseCartResponse`, `CartItemResponse`).
"""

from __future__ import annotations

from penstock.resources.attributes import Attribute, EnumRow, Group, GroupType, Kind
from penstock.resources.cart_inputs import DESCRIPTION, NAME
from penstock.resources.cart_writes import CART_MUTATIONS
from penstock.resources.core import CREATED_AT, UPDATED_AT, identity, relationship_set, text
from penstock.resources.money import (
    CART_PRICES,
    DISPLAY_PRICE,
    ITEM_PRICE_GROUPS,
    ITEM_PRICES,
    LINE_PRICES,
    UNIT_PRICES,
)
from penstock.resources.rows import Resource
from penstock.resources.ways import Edge, FromArgument, FromRow, Listing, Route, Shape

ONE = Route("GET", "/v2/carts/{id}")
ITEMS = Route("GET", "/v2/carts/{cart_id}/items")

CARTS_OF_CUSTOMER = Edge(
    "carts",
    "The signed-in customer's carts, changed last first; null on any other customer, and without a customer token.",
    Shape.CONNECTION,
    "Cart",
    Route("GET", "/v2/carts"),
    listing=Listing(Route("GET", "/v2/carts")),
    primes=True,
    own=True,
)

KIND = EnumRow(
    "CartItemKindEnum",
    "What lies in a cart.",
    (
        ("PRODUCT", "cart_item", "A product of the catalogue."),
        ("CUSTOM", "custom_item", "Something that is in no catalogue, priced when it was added."),
        ("PROMOTION", "promotion_item", "A promotion code; its prices are negative."),
        ("SUBSCRIPTION", "subscription_item", "A subscription."),
    ),
)

CART_CONTACT = GroupType(
    "CartContact",
    "Where to write to whoever filled a cart.",
    (Attribute("email", ("email",), Kind.STRING, "E-mail address."),),
)

CART = Resource(
    type_name="Cart",
    description="A shopping cart. Whoever knows its id may read and change it.",
    flow="carts",
    attributes=(
        identity("The cart's id."),
        NAME,
        DESCRIPTION,
        CREATED_AT,
        UPDATED_AT,
        Attribute(
            "expiresAt",
            ("meta", "timestamps", "expires_at"),
            Kind.DATE_TIME,
            "When it will be forgotten, unless it changes before.",
        ),
    ),
    groups=(
        Group("prices", DISPLAY_PRICE, CART_PRICES.type_name, "What it all costs."),
        Group("contact", ("contact",), CART_CONTACT.type_name, "Where to write to whoever filled it."),
    ),
    group_types=(CART_PRICES, CART_CONTACT),
    other_keys=frozenset(
        {
            "custom_attributes",
            "discount_settings",
            "inventory_settings",
            "payment_intent_id",
            "snapshot_date",
            "items",
            "included",
            "customers",
            "accounts",
            "custom_discounts",
            "promotions",
            "is_quote",
        }
    ),
    one=ONE,
    edges=(
        Edge(
            "items",
            "What lies in the cart: products, custom items, promotions.",
            Shape.LIST,
            "CartItem",
            ITEMS,
            origins=(("cart_id", FromRow((("id",),))),),
        ),
    ),
    roots=(
        Edge(
            "cart",
            "A cart by id. It is never null: to the store, an unknown cart is an empty one, whose `createdAt` is null.",
            Shape.ONE,
            "Cart",
            ONE,
            origins=(("id", FromArgument("id")),),
            private=True,
        ),
    ),
    mutations=(
        *CART_MUTATIONS,
        relationship_set("cart", "cart", "Cart", "carts", (("id", FromArgument("id")),), ONE),
    ),
)

CART_ITEM = Resource(
    type_name="CartItem",
    description="One line of a cart.",
    flow="cart_items",
    attributes=(
        identity("The item's id."),
        Attribute("kind", ("type",), Kind.ENUM, "What kind of line it is.", enum=KIND),
        text("productId", "product_id", "The product's id; null on anything else."),
        text("promotionId", "promotion_id", "The promotion's id; null on anything else."),
        text("name", "name", "What it is called."),
        text("description", "description", "What is said about it."),
        text("sku", "sku", "Stock keeping unit; the code, on a promotion."),
        Attribute("imageUrl", ("image", "href"), Kind.STRING, "A picture of it."),
        Attribute("quantity", ("quantity",), Kind.INT, "How many."),
        *ITEM_PRICES,
        Attribute("customInputs", ("custom_inputs",), Kind.JSON, "What the customer wanted written on it, as stored."),
        CREATED_AT,
        UPDATED_AT,
    ),
    groups=ITEM_PRICE_GROUPS,
    group_types=(UNIT_PRICES, LINE_PRICES),
    other_keys=frozenset(
        {
            "slug",
            "image",
            "manage_stock",
            "auto_add_quantity",
            "catalog_id",
            "catalog_source",
            "bundle_configuration",
            "components",
            "discounts",
            "subscription_configuration",
            "subscription_offering_id",
            "shipping_group_id",
            "promotion_source",
            "location",
            "tax_items",
            "custom_discounts",
            "promotions",
            "is_shippable",
            "price",
        }
    ),
)
