"""Customer addresses: their rows and the two ways from a customer to them.

Never here: I/O, logic.
Source: CONTRACT §8.
"""

from __future__ import annotations

from penstock.resources.core import CREATED_AT, POSTAL, UPDATED_AT, identity, text
from penstock.resources.rows import Resource
from penstock.resources.ways import Edge, FromArgument, FromRow, Route, Shape

ONE = Route("GET", "/v2/customers/{customer_id}/addresses/{id}")
MANY = Route("GET", "/v2/customers/{customer_id}/addresses")

_OWNER = ("customer_id", FromRow((("id",),)))

ADDRESSES_OF_CUSTOMER = Edge(
    "addresses",
    "The customer's address book.",
    Shape.LIST,
    "Address",
    MANY,
    origins=(_OWNER,),
)
ADDRESS_OF_CUSTOMER = Edge(
    "address",
    "One address of the customer by id; null when there is none.",
    Shape.ONE,
    "Address",
    ONE,
    origins=(_OWNER, ("id", FromArgument("id"))),
)

ADDRESS = Resource(
    type_name="Address",
    description="An entry of a customer's address book.",
    flow="addresses",
    attributes=(
        identity("The address's id."),
        text("name", "name", "The customer's own label, as `Home`."),
        *POSTAL,
        CREATED_AT,
        UPDATED_AT,
    ),
)
