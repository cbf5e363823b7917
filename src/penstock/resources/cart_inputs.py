"""What the writes to a cart take: lines to put in and to change, a name, a contact.

Never here: I/O, logic, which call takes it.
Source: CONTRACT §11; carts-orders.yaml (`CartItemObjectData`, `CustomItemObjectData`, `BulkUpdateCartsItemsCommon`).
"""

from __future__ import annotations

from dataclasses import replace

from penstock.resources.attributes import Attribute, Kind
from penstock.resources.inputs import Nested

_LONGEST = 255
_ITEM_TYPE = "CartItem"


def required(name: str, key: str, kind: Kind, description: str, least: int | None = None) -> Attribute:
    """A row that must be given; text must not be blank."""
    has_text = kind is Kind.STRING
    return Attribute(
        name,
        (key,),
        kind,
        description,
        create="required",
        nullable_input=False,
        min_length=1 if has_text else 0,
        max_length=_LONGEST if has_text else None,
        least=least,
    )


def optional(name: str, key: str, kind: Kind, description: str) -> Attribute:
    """A row that may be left out, and holds something when it is given."""
    return Attribute(name, (key,), kind, description, create="optional", nullable_input=False, max_length=_LONGEST)


_QUANTITY = required("quantity", "quantity", Kind.INT, "How many.", least=1)
_CUSTOM_INPUTS = Attribute(
    "customInputs",
    ("custom_inputs",),
    Kind.JSON,
    "What the customer wants written on it: an object, as the product asks for it.",
    create="optional",
    nullable_input=False,
)
_PRODUCT = Nested(
    "product",
    "cart_item",
    "CartProductInput",
    "A product of the catalogue, by `productId` or `sku`.",
    (
        optional("productId", "id", Kind.ID, "The product's id."),
        optional("sku", "sku", Kind.STRING, "The product's stock keeping unit."),
        _QUANTITY,
        _CUSTOM_INPUTS,
    ),
    any_of=("productId", "sku"),
    extended_by=_ITEM_TYPE,
)
_PRICE = Nested(
    "price",
    "price",
    "CartPriceInput",
    "What one piece costs.",
    (
        required(
            "amountInMinorUnits",
            "amount",
            Kind.INT,
            "In minor units of the cart's currency: 1250 for 12.50 dollars or 1250 yen. The currency is the cart's "
            "own, so the amount cannot be given in major units.",
        ),
        Attribute(
            "includesTax",
            ("includes_tax",),
            Kind.BOOLEAN,
            "Whether tax is in it; the store takes it for true when left out.",
            create="optional",
            nullable_input=False,
        ),
    ),
    presence="required",
)
_CUSTOM = Nested(
    "custom",
    "custom_item",
    "CartCustomItemInput",
    "Something that is in no catalogue, at a price of the caller's own.",
    (
        required("name", "name", Kind.STRING, "What it is called."),
        optional("sku", "sku", Kind.STRING, "A stock keeping unit."),
        optional("description", "description", Kind.STRING, "What is said about it."),
        _QUANTITY,
        _PRICE,
        _CUSTOM_INPUTS,
    ),
    extended_by=_ITEM_TYPE,
)
NEW_LINES = Nested(
    "items",
    "items",
    "CartItemInput",
    "What to put in: each exactly one of these.",
    (_PRODUCT, _CUSTOM),
    presence="required",
    many=True,
    one_of=True,
)
CHANGED_LINES = Nested(
    "items",
    "items",
    "CartItemUpdateInput",
    "What to change: a key left out stays as it is.",
    (
        required("id", "id", Kind.ID, "The item's id."),
        replace(_QUANTITY, create="optional", least=0, description="How many; 0 takes it out."),
        _CUSTOM_INPUTS,
    ),
    presence="required",
    many=True,
    extended_by=_ITEM_TYPE,
    changes=True,
)

NAME = Attribute(
    "name",
    ("name",),
    Kind.STRING,
    "What the cart is called.",
    create="required",
    update="optional",
    nullable_input=False,
    min_length=1,
    max_length=_LONGEST,
)
DESCRIPTION = Attribute(
    "description",
    ("description",),
    Kind.STRING,
    "What is said about it.",
    create="optional",
    update="optional",
    nullable_input=False,
    max_length=_LONGEST,
)
CONTACT = Nested(
    "contact",
    "contact",
    "CartContactInput",
    "Where to write to whoever fills it. A cart with a customer takes none.",
    (
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
