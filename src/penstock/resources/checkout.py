"""Checking a cart out: who buys, where the bill and the goods go.

Never here: I/O, logic.
Source: CONTRACT §11 (checkout), §10.1, R25; carts-orders.yaml (`CustomerCheckout`, `AddressCommon`).
"""

from __future__ import annotations

from dataclasses import replace

from penstock.resources.attributes import Attribute, Kind
from penstock.resources.core import POSTAL
from penstock.resources.inputs import Nested
from penstock.resources.rows import Mutation
from penstock.resources.ways import FromArgument, Route

_LONGEST = 255
_REQUIRED = frozenset({"first_name", "last_name", "line_1", "postcode", "country"})
_SHIPPING_ALONE = frozenset({"phone_number", "instructions"})


def _line(row: Attribute) -> Attribute:
    if row.key in _REQUIRED:
        return replace(row, create="required", nullable_input=False, min_length=1, max_length=_LONGEST)
    return replace(row, create="optional", max_length=_LONGEST)


_LINES = tuple(_line(row) for row in POSTAL)

BILLING_ADDRESS = Nested(
    "billingAddress",
    "billing_address",
    "BillingAddressInput",
    "Where the bill goes. `region` or `county` must be given.",
    tuple(row for row in _LINES if row.key not in _SHIPPING_ALONE),
    presence="required",
    any_of=("region", "county"),
)
SHIPPING_ADDRESS = Nested(
    "shippingAddress",
    "shipping_address",
    "ShippingAddressInput",
    "Where the goods go. `region` or `county` must be given.",
    _LINES,
    any_of=("region", "county"),
)
GUEST = Nested(
    "guest",
    "customer",
    "CartGuestInput",
    "Who buys, without signing in. The order is linked to no customer, whoever has that e-mail address.",
    (
        Attribute(
            "name",
            ("name",),
            Kind.STRING,
            "Full name.",
            create="required",
            nullable_input=False,
            min_length=1,
            max_length=_LONGEST,
        ),
        Attribute(
            "email",
            ("email",),
            Kind.EMAIL,
            "E-mail address.",
            create="required",
            nullable_input=False,
            max_length=_LONGEST,
            trims_to_lower=True,
        ),
    ),
)
ORDER_NUMBER = Attribute(
    "orderNumber",
    ("order_number",),
    Kind.STRING,
    "The store's own number for the order.",
    create="optional",
    max_length=64,
)
EXTERNAL_REF = Attribute(
    "externalRef",
    ("external_ref",),
    Kind.STRING,
    "The order's reference in another system.",
    create="optional",
    max_length=64,
)
_IDEMPOTENCY_KEY = Attribute(
    "idempotencyKey",
    ("idempotency_key",),
    Kind.STRING,
    "A text of your own, new for each purchase: the cart is checked out once, however often it is sent by the same "
    "customer, or with the same access token by a guest, within a day.",
    create="optional",
    nullable_input=False,
    min_length=1,
    max_length=_LONGEST,
)

CHECKOUT = Mutation(
    "cartCheckout",
    "check_out",
    "Makes an order of a cart: as `guest`, or else as the signed-in customer. The cart stays as it is, and without an "
    "`idempotencyKey` a second checkout makes a second order. One upstream call for a guest. Two for a customer: the "
    "customer is read first, which proves the token; when that fails, nothing was ordered. When the checkout itself "
    "ends without a clear answer, an order may have been made, and the same key answers `CONFLICT` for a day.",
    Route("POST", "/v2/carts/{cart_id}/checkout"),
    "order",
    "order",
    "Order",
    origins=(("cart_id", FromArgument("cartId")),),
    input=(
        GUEST,
        BILLING_ADDRESS,
        replace(SHIPPING_ADDRESS, description=f"{SHIPPING_ADDRESS.description} Without it, the billing address."),
        ORDER_NUMBER,
        EXTERNAL_REF,
        _IDEMPOTENCY_KEY,
    ),
    lock="/v2/carts/{cart_id}",
    brings="items",
    is_sale=True,
    warns=True,
)
