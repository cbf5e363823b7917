"""What can be written to an order, and what paying for one takes and gives.

Never here: I/O, logic, the checkout.
Source: CONTRACT §10 (`PUT`), §10.2; carts-orders.yaml (`OrdersUpdateRequest`, `Data.BasePayments`,
`TransactionResponse`).
"""

from __future__ import annotations

from dataclasses import replace

from penstock.resources.attributes import Attribute, EnumRow, Kind
from penstock.resources.checkout import SHIPPING_ADDRESS
from penstock.resources.core import CREATED_AT, UPDATED_AT, identity, text
from penstock.resources.inputs import Nested
from penstock.resources.money import DISPLAY_PRICE, price
from penstock.resources.rows import Mutation, Resource, Result, StaffOnly
from penstock.resources.ways import FromArgument, Route

_LONGEST = 255
_TOKEN = 2048
_THIS = (("id", FromArgument("id")),)


def _choice(name: str, key: str, description: str, enum: EnumRow, *, required: bool = False) -> Attribute:
    return Attribute(
        name,
        (key,),
        Kind.ENUM,
        description,
        enum=enum,
        create="required" if required else "optional",
        nullable_input=False,
    )


def _closed(name: str, description: str, *values: str) -> EnumRow:
    return EnumRow(name, description, tuple((value.upper(), value, f"`{value}`") for value in values), open=False)


_STATUS = _closed("OrderUpdateStatusEnum", "What an order can be made.", "cancelled")
_SHIPPING = _closed("OrderUpdateShippingEnum", "What the shipping of an order can be made.", "fulfilled")
_METHOD = _closed("OrderPayMethodEnum", "How far a payment goes.", "authorize", "purchase")
_GATEWAY = _closed(
    "OrderPayGatewayEnum",
    "Who handles a payment.",
    "adyen",
    "authorize_net",
    "braintree",
    "card_connect",
    "cyber_source",
    "elastic_path_payments_stripe",
    "manual",
    "paypal_express_checkout",
    "stripe",
    "stripe_payment_intents",
)

UPDATE = Mutation(
    "orderUpdate",
    "update",
    "Changes the given attributes of an order and leaves the others alone. Needs a client_credentials bearer. The "
    "store takes a new shipping address, `status` and `shipping` while the order is unfulfilled; cancelling refunds "
    "nothing. One upstream call.",
    Route("PUT", "/v2/orders/{id}"),
    "order",
    "order",
    "Order",
    origins=_THIS,
    input=(
        _choice("status", "status", "Cancels the order.", _STATUS),
        _choice("shipping", "shipping", "Marks a paid order as shipped.", _SHIPPING),
        replace(SHIPPING_ADDRESS, clearable=False),
    ),
    is_sale=True,
    warns=True,
)

_REFERENCE = Nested(
    "reference",
    "paymentmethod_meta",
    "OrderPayReferenceInput",
    "What the payment is called in the store's books. No personal data belongs here.",
    (
        Attribute("name", ("name",), Kind.STRING, "A name.", create="optional", max_length=_LONGEST),
        Attribute(
            "customReference",
            ("custom_reference",),
            Kind.STRING,
            "A reference.",
            create="optional",
            max_length=_LONGEST,
        ),
    ),
)

PAY = Mutation(
    "orderPay",
    "pay",
    "Pays for an order, or authorizes a payment. One upstream call, and one more where `order` is selected. It is "
    "never sent twice, and a refusal leaves the order as it was. `MANUAL` with `PURCHASE` marks an order as paid "
    "without any money: that needs a client_credentials bearer and no customer token, which a call before the payment "
    "proves by reading what only such a bearer may read.",
    Route("POST", "/v2/orders/{id}/payments"),
    "",
    "transaction",
    "Transaction",
    origins=_THIS,
    input=(
        _choice("gateway", "gateway", "Who handles the payment.", _GATEWAY, required=True),
        _choice("method", "method", "How far it goes.", _METHOD, required=True),
        Attribute(
            "amountInMinorUnits",
            ("amount",),
            Kind.INT,
            "A part of what is owed, in minor units of the order's currency; without it, all of it.",
            create="optional",
            nullable_input=False,
            least=1,
        ),
        Attribute(
            "payment",
            ("payment",),
            Kind.STRING,
            "What the card gateway gave to the page, as a token. It is a secret.",
            create="optional",
            nullable_input=False,
            max_length=_TOKEN,
        ),
        Attribute(
            "options",
            ("options",),
            Kind.JSON,
            "What else the gateway wants: an object, sent as it is.",
            create="optional",
            nullable_input=False,
        ),
        _REFERENCE,
    ),
    also=(Result("order", "Order", by="id"),),
    lock="/v2/orders/{id}",
    staff_only=StaffOnly(
        when=(("gateway", "manual"), ("method", "purchase")),
        proof=Route("GET", "/v2/orders/{id}/transactions"),
        message="Marking an order as paid by hand needs a client_credentials bearer, without a customer token.",
    ),
    is_sale=True,
    warns=True,
)

TRANSACTION = Resource(
    type_name="Transaction",
    description="A payment for an order, or a part of one.",
    flow=None,
    attributes=(
        identity("The transaction's id."),
        text("reference", "reference", "The gateway's own reference."),
        text("gateway", "gateway", "Who handled the payment."),
        text("kind", "transaction_type", "`purchase`, `authorize`, `capture` or `refund`."),
        text("status", "status", "How it ended, in the gateway's words."),
        price("amount", DISPLAY_PRICE, "How much."),
        CREATED_AT,
        UPDATED_AT,
    ),
    mutations=(PAY,),
)
