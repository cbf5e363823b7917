"""Customer addresses: their rows and the two ways from a customer to them.

Never here: I/O, logic.
Source: CONTRACT §8.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.resources.attributes import Attribute
from penstock.resources.core import CREATED_AT, POSTAL, UPDATED_AT, identity, relationship_set, text
from penstock.resources.rows import Mutation, Resource
from penstock.resources.ways import Edge, FromArgument, FromArgumentOrToken, FromRow, Route, Shape

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

_LONGEST = 255
_ROWS = tuple(
    replace(row, create="optional", update="optional", max_length=_LONGEST)
    for row in (text("name", "name", "The customer's own label, as `Home`."), *POSTAL)
)
_OF_CUSTOMER = ("customer_id", FromArgumentOrToken("customerId"))
_THIS = (_OF_CUSTOMER, ("id", FromArgument("id")))


def with_mandatory(attributes: tuple[Attribute, ...], keys: frozenset[str]) -> tuple[Attribute, ...]:
    """The attributes of an address in a store that wants these keys of every one."""
    return tuple(
        replace(row, create="required", nullable_input=False, min_length=1)
        if row.key in keys and row.create != "absent"
        else row
        for row in attributes
    )


ADDRESS = Resource(
    type_name="Address",
    description="An entry of a customer's address book.",
    flow="addresses",
    attributes=(
        identity("The address's id."),
        *_ROWS,
        CREATED_AT,
        UPDATED_AT,
    ),
    mutations=(
        Mutation(
            "customerAddressCreate",
            "create",
            "Adds an address to a customer's address book; without `customerId`, to the signed-in customer's. One "
            "upstream call; when it fails, nothing was added.",
            Route("POST", MANY.template),
            "address",
            "address",
            "Address",
            origins=(_OF_CUSTOMER,),
            has_quota=True,
        ),
        Mutation(
            "customerAddressUpdate",
            "update",
            "Changes the given lines of an address and leaves the others alone. Two upstream calls: the address is "
            "read and sent back whole, because the store wants it so; when the second fails, nothing was changed.",
            Route("PUT", ONE.template),
            "address",
            "address",
            "Address",
            origins=_THIS,
            merges=True,
        ),
        Mutation(
            "customerAddressDelete",
            "delete",
            "Takes an address out of a customer's address book. One upstream call.",
            Route("DELETE", ONE.template),
            "address",
            "deletedAddressId",
            "Address",
            origins=_THIS,
        ),
        relationship_set("customerAddress", "address", "Address", "addresses", _THIS, ONE),
    ),
)
