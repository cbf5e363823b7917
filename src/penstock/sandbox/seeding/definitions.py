"""The seeded flows and fields: at least one field of every type and rule.

Never here: values of fields.

Source: CONTRACT §9.1 to 9.3, R3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from penstock.sandbox.database import Row
from penstock.sandbox.documents import Document
from penstock.sandbox.seeding.stamps import seeded_id, seeded_moment


@dataclass(frozen=True, slots=True)
class FieldSeed:
    """One field: the parts that differ from an optional, enabled field without rules."""

    slug: str
    type: str
    name: str
    description: str
    rules: tuple[Document, ...] = ()
    default: object = None
    required: bool = False
    omit_null: bool = False


@dataclass(frozen=True, slots=True)
class FlowSeed:
    """One flow and its fields, in output order."""

    slug: str
    name: str
    description: str
    fields: tuple[FieldSeed, ...]


def _between(low: float, high: float) -> Document:
    return {"type": "between", "options": {"from": low, "to": high}}


def _enum(*options: object) -> Document:
    return {"type": "enum", "options": list(options)}


def _to(rule: str, target: str) -> Document:
    return {"type": rule, "to": target}


_CUSTOMER_FIELDS = (
    FieldSeed("delivery_details", "string", "Delivery details", "Where the courier leaves the parcel", default=0),
    FieldSeed(
        "delivery_slot",
        "string",
        "Delivery slot",
        "When the customer is at home",
        (_enum("morning", "afternoon", "evening", "weekend-only"),),
    ),
    FieldSeed("contact_email", "string", "Contact e-mail", "Where delivery notices go", ({"type": "email"},)),
    FieldSeed("referral_code", "string", "Referral code", "The code a friend came with", ({"type": "slug"},)),
    FieldSeed("crm_id", "string", "CRM id", "The customer in the back office", ({"type": "uuid"},)),
    FieldSeed("gift_note", "string", "Gift note", "Printed on the wrapping", omit_null=True),
    FieldSeed("loyalty_points", "integer", "Loyalty points", "Points not yet spent", default=0),
    FieldSeed("household_size", "integer", "Household size", "People living there", (_between(1, 12),)),
    FieldSeed("newsletter_days", "integer", "Newsletter interval", "Days between two newsletters", (_enum(7, 14, 30),)),
    FieldSeed(
        "lifetime_spend_cents",
        "integer",
        "Lifetime spend",
        "All orders together, in cents",
        (_between(0, 9_007_199_254_740_991),),
    ),
    FieldSeed("average_rating", "float", "Average rating", "Mean of the customer's reviews"),
    FieldSeed("shoe-size", "float", "Shoe size", "European size", (_between(16.0, 52.0),)),
    FieldSeed("ring_size", "float", "Ring size", "Inner diameter in millimetres", (_enum(15.5, 16.5, 17.25, 18.0),)),
    FieldSeed("marketing_consent", "boolean", "Marketing consent", "May be written to", default=False),
    FieldSeed("date_of_birth", "date", "Date of birth", "For the birthday voucher"),
    FieldSeed(
        "holiday_delivery",
        "date",
        "Holiday delivery",
        "The delivery day before the holidays",
        (_enum("2025-12-19", "2025-12-22", "2025-12-23 18:00:00"),),
    ),
    FieldSeed(
        "favourite_wishlist",
        "relationship",
        "Favourite wishlist",
        "Shown on the profile",
        (_to("one-to-one", "wishlists"),),
    ),
    FieldSeed(
        "saved_wishlists",
        "relationship",
        "Saved wishlists",
        "Wishlists the customer follows",
        (_to("one-to-many", "wishlists"),),
    ),
    FieldSeed(
        "referred_by",
        "relationship",
        "Referred by",
        "The friend who told of the store",
        (_to("one-to-one", "customer"),),
    ),
    FieldSeed(
        "repeat_orders",
        "relationship",
        "Repeat orders",
        "Orders kept for ordering again",
        (_to("one-to-many", "order"),),
    ),
    FieldSeed(
        "favourite_product",
        "relationship",
        "Favourite product",
        "Shown on the start page",
        (_to("one-to-one", "product"),),
    ),
)
_VISIBILITY = (_enum("private", "friends", "public"),)
FLOWS_SEED = (
    FlowSeed("customers", "Customers", "Extends the default customer object", _CUSTOMER_FIELDS),
    FlowSeed(
        "addresses",
        "Addresses",
        "Extends the default address object",
        (FieldSeed("address-priority", "integer", "Address priority", "1 is tried first", (_between(1, 5),)),),
    ),
    FlowSeed(
        "orders",
        "Orders",
        "Extends the default order object",
        (FieldSeed("gift_message", "string", "Gift message", "Printed on the delivery note"),),
    ),
    FlowSeed(
        "wishlists",
        "Wishlists",
        "What customers wish for",
        (
            FieldSeed("title", "string", "Title", "Its name", required=True),
            FieldSeed("visibility", "string", "Visibility", "Who may see it", _VISIBILITY, default="private"),
            FieldSeed("wish_count", "integer", "Wish count", "How many things are on it"),
            FieldSeed("occasion_date", "date", "Occasion date", "The day it is for"),
            FieldSeed("owner", "relationship", "Owner", "Whose wishes they are", (_to("one-to-one", "customer"),)),
            FieldSeed("products", "relationship", "Products", "What is on it", (_to("one-to-many", "product"),)),
        ),
    ),
)  # fmt: skip


def flow_id(slug: str) -> str:
    """Return the identifier of a seeded flow."""
    return seeded_id("flows", slug)


def field_id(flow_slug: str, slug: str) -> str:
    """Return the identifier of a seeded field."""
    return seeded_id("fields", f"{flow_slug}/{slug}")


def flow_rows() -> Iterator[Row]:
    """Yield the flows."""
    for index, flow in enumerate(FLOWS_SEED):
        core: Document = {"name": flow.name, "slug": flow.slug, "description": flow.description, "enabled": True}
        yield Row(flow_id(flow.slug), "", seeded_moment(index), seeded_moment(index), core)


def field_rows() -> Iterator[Row]:
    """Yield the fields of all flows."""
    for hours, flow in enumerate(FLOWS_SEED):
        for order, field in enumerate(flow.fields, 1):
            moment = seeded_moment(hours) + order * 1000
            yield Row(field_id(flow.slug, field.slug), flow_id(flow.slug), moment, moment, _field_core(field, order))


def _field_core(field: FieldSeed, order: int) -> Document:
    return {
        "name": field.name,
        "slug": field.slug,
        "field_type": field.type,
        "description": field.description,
        "required": field.required,
        "enabled": True,
        "order": order,
        "omit_null": field.omit_null,
        "default": field.default,
        "validation_rules": [dict(rule) for rule in field.rules],
    }
