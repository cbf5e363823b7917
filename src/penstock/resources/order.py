"""Orders and their items: rows, filters, sorts, and the way back to the customer.

Never here: I/O, logic.
Source: CONTRACT §10, §10.1.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.resources.attributes import Attribute, EnumRow, Group, GroupType, Kind
from penstock.resources.checkout import CHECKOUT, EXTERNAL_REF, ORDER_NUMBER
from penstock.resources.core import CREATED_AT, POSTAL, UPDATED_AT, identity, relationship_set, text
from penstock.resources.money import (
    DISPLAY_PRICE,
    ITEM_PRICE_GROUPS,
    ITEM_PRICES,
    LINE_PRICES,
    ORDER_PRICES,
    UNIT_PRICES,
)
from penstock.resources.order_writes import UPDATE
from penstock.resources.rows import Resource
from penstock.resources.ways import (
    Edge,
    FilterRow,
    FromArgument,
    FromRow,
    Listing,
    Operator,
    Route,
    Shape,
    SortRow,
    Watching,
)

ONE = Route("GET", "/v2/orders/{id}")
MANY = Route("GET", "/v2/orders")

_EXACT: tuple[Operator, ...] = ("eq",)
_TEXT: tuple[Operator, ...] = ("eq", "like")
_RANGE: tuple[Operator, ...] = ("gt", "ge", "lt", "le")
_DATE: tuple[Operator, ...] = ("eq", "gt", "ge", "lt", "le")


def _states(name: str, description: str, *values: str) -> EnumRow:
    return EnumRow(name, description, tuple((value.upper(), value, f"`{value}`") for value in values))


STATUS = _states("OrderStatusEnum", "Where an order stands.", "incomplete", "processing", "complete", "cancelled")
PAYMENT = _states(
    "OrderPaymentEnum",
    "How far an order is paid.",
    "unpaid",
    "authorized",
    "partially_authorized",
    "partially_paid",
    "paid",
    "refunded",
)
SHIPPING = _states("OrderShippingEnum", "Whether an order was shipped.", "unfulfilled", "fulfilled")

_CUSTOMER_ID = (("relationships", "customer", "data", "id"), ("customer", "id"))

ORDER_LISTING = Listing(
    route=MANY,
    filters=(
        FilterRow("status", "status", Kind.ENUM, _EXACT, checks=(("status",),), enum=STATUS),
        FilterRow("payment", "payment", Kind.ENUM, _EXACT, checks=(("payment",),), enum=PAYMENT),
        FilterRow("shipping", "shipping", Kind.ENUM, _EXACT, checks=(("shipping",),), enum=SHIPPING),
        FilterRow("currency", "currency", Kind.STRING, _EXACT, checks=((*DISPLAY_PRICE, "with_tax", "currency"),)),
        FilterRow("productId", "product_id", Kind.STRING, _EXACT),
        FilterRow("productSku", "product_sku", Kind.STRING, _EXACT),
        FilterRow("name", "name", Kind.STRING, _TEXT, checks=(("customer", "name"), ("contact", "name"))),
        FilterRow(
            "email",
            "email",
            Kind.STRING,
            _TEXT,
            checks=(("customer", "email"), ("contact", "email")),
            trims_to_lower=True,
        ),
        FilterRow("customerId", "customer_id", Kind.ID, _TEXT, checks=_CUSTOMER_ID),
        FilterRow("accountId", "account_id", Kind.ID, _TEXT),
        FilterRow("accountMemberId", "account_member_id", Kind.ID, _TEXT),
        FilterRow("contactName", "contact.name", Kind.STRING, _TEXT, checks=(("contact", "name"),)),
        FilterRow(
            "contactEmail", "contact.email", Kind.STRING, _TEXT, checks=(("contact", "email"),), trims_to_lower=True
        ),
        FilterRow(
            "shippingPostcode", "shipping_postcode", Kind.STRING, _TEXT, checks=(("shipping_address", "postcode"),)
        ),
        FilterRow("billingPostcode", "billing_postcode", Kind.STRING, _TEXT, checks=(("billing_address", "postcode"),)),
        FilterRow("externalRef", "external_ref", Kind.STRING, _TEXT, checks=(("external_ref",),)),
        FilterRow("orderNumber", "order_number", Kind.STRING, _TEXT, checks=(("order_number",),)),
        FilterRow("withTax", "with_tax", Kind.INT, _RANGE),
        FilterRow("withoutTax", "without_tax", Kind.INT, _RANGE),
        FilterRow("createdAt", "created_at", Kind.DATE_TIME, _DATE, checks=(CREATED_AT.path,)),
        FilterRow("updatedAt", "updated_at", Kind.DATE_TIME, _DATE, checks=(UPDATED_AT.path,)),
    ),
    sorts=(
        SortRow("CREATED_AT", "created_at"),
        SortRow("STATUS", "status"),
        SortRow("PAYMENT", "payment"),
        SortRow("SHIPPING", "shipping"),
        SortRow("WITH_TAX", "with_tax"),
    ),
    default_sort="-created_at",
)

ORDER_CONTACT = GroupType(
    "OrderContact",
    "Whom to write to about the order of an account.",
    (text("name", "name", "Full name."), text("email", "email", "E-mail address.")),
)

ORDER_ADDRESS = GroupType(
    "OrderAddress",
    "An address as it stood when the order was placed.",
    POSTAL,
)

_ITEMS = Edge(
    "items",
    "What was ordered.",
    Shape.LIST,
    "OrderItem",
    Route("GET", "/v2/orders/{order_id}/items"),
    origins=(("order_id", FromRow((("id",),))),),
)

ORDER = Resource(
    type_name="Order",
    description="An order placed at a checkout.",
    flow="orders",
    relation_key="order",
    attributes=(
        identity("The order's id."),
        Attribute("status", ("status",), Kind.ENUM, "Where the order stands.", enum=STATUS),
        Attribute("payment", ("payment",), Kind.ENUM, "How far the order is paid.", enum=PAYMENT),
        Attribute("shipping", ("shipping",), Kind.ENUM, "Whether the order was shipped.", enum=SHIPPING),
        replace(ORDER_NUMBER, create="absent", update="optional"),
        replace(EXTERNAL_REF, create="absent", update="optional"),
        Attribute("anonymized", ("anonymized",), Kind.BOOLEAN, "Whether personal data was taken out of the order."),
        Attribute("customerName", ("customer", "name"), Kind.STRING, "Name given at the checkout."),
        Attribute("customerEmail", ("customer", "email"), Kind.STRING, "E-mail address given at the checkout."),
        CREATED_AT,
        UPDATED_AT,
        Attribute(
            "fullyPaidAt",
            ("meta", "timestamps", "fully_paid_at"),
            Kind.DATE_TIME,
            "When the last of it was paid; null until then.",
        ),
    ),
    groups=(
        Group("prices", DISPLAY_PRICE, ORDER_PRICES.type_name, "What it all costs, and what is paid of it."),
        Group("contact", ("contact",), "OrderContact", "Whom to write to about an account's order; null on any other."),
        Group("billingAddress", ("billing_address",), "OrderAddress", "Where the bill goes."),
        Group("shippingAddress", ("shipping_address",), "OrderAddress", "Where the goods go."),
    ),
    group_types=(ORDER_PRICES, ORDER_CONTACT, ORDER_ADDRESS),
    other_keys=frozenset(
        {
            "customer",
            "account",
            "account_member",
            "payment_intent_id",
            "custom_attributes",
            "included",
            "items",
            "promotions",
            "custom_discounts",
        }
    ),
    one=ONE,
    edges=(
        _ITEMS,
        Edge(
            "customer",
            "Who placed the order; null for a guest.",
            Shape.ONE,
            "Customer",
            Route("GET", "/v2/customers/{id}"),
            origins=(("id", FromRow(_CUSTOMER_ID)),),
        ),
    ),
    watching=Watching(
        "orderChanged",
        "Told whenever an order has changed: paid, shipped, cancelled, or anything else of it; or is gone.",
        "order",
        Edge(
            "order",
            "The order as it is now, read with the subscriber's own credentials; null once it is gone.",
            Shape.ONE,
            "Order",
            ONE,
            origins=(("id", FromRow((("id",),))),),
        ),
        (("id", FromArgument("id")),),
    ),
    roots=(
        Edge(
            "order",
            "An order by id; null when there is none.",
            Shape.ONE,
            "Order",
            ONE,
            origins=(("id", FromArgument("id")),),
        ),
        Edge(
            "orders",
            "Orders, newest first unless sorted otherwise: the signed-in customer's own, or all of the store's with "
            "a client_credentials bearer.",
            Shape.CONNECTION,
            "Order",
            MANY,
            listing=ORDER_LISTING,
            primes=True,
        ),
    ),
    mutations=(
        CHECKOUT,
        UPDATE,
        relationship_set("order", "order", "Order", "orders", (("id", FromArgument("id")),), ONE),
    ),
)

ORDER_ITEM = Resource(
    type_name="OrderItem",
    description="One line of an order.",
    flow="order_items",
    attributes=(
        identity("The item's id."),
        text("productId", "product_id", "The product's id; absent for custom items."),
        text("name", "name", "The product's name when it was ordered."),
        text("sku", "sku", "The product's stock keeping unit."),
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
            "discounts",
            "catalog_id",
            "catalog_source",
            "components",
            "bundle_configuration",
            "cart_item",
            "location",
            "shipping_group_id",
            "promotion_source",
            "subscription_configuration",
            "subscription_offering_id",
            "tax_items",
            "custom_discounts",
            "promotions",
        }
    ),
)
