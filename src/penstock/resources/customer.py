"""Customers: the rows that describe them, the ways out of them, and what can be written.

Never here: I/O, logic.
Source: CONTRACT §6, §7 (own data), R8-R9, R22, Q1-Q4.
"""

from __future__ import annotations

from penstock.resources.address import ADDRESS_OF_CUSTOMER, ADDRESSES_OF_CUSTOMER
from penstock.resources.attributes import Attribute, Kind, Session
from penstock.resources.cart import CARTS_OF_CUSTOMER
from penstock.resources.core import CREATED_AT, UPDATED_AT, identity, relationship_set
from penstock.resources.order import ORDER_LISTING
from penstock.resources.rows import Mutation, Resource
from penstock.resources.ways import (
    Edge,
    FilterRow,
    FixedFilter,
    FromArgument,
    FromArgumentOrToken,
    FromRow,
    FromToken,
    Listing,
    Route,
    Shape,
    SortRow,
    Watching,
)

ONE = Route("GET", "/v2/customers/{id}")
MANY = Route("GET", "/v2/customers")

ATTRIBUTES = (
    identity("The customer's id."),
    Attribute(
        "name",
        ("name",),
        Kind.STRING,
        "Full name.",
        create="required",
        update="optional",
        nullable_input=False,
        max_length=255,
        min_length=1,
    ),
    Attribute(
        "email",
        ("email",),
        Kind.EMAIL,
        "E-mail address. Not a key: upstream may hold several customers with the same one.",
        create="required",
        update="optional",
        nullable_input=False,
        max_length=255,
        trims_to_lower=True,
    ),
    Attribute("hasPassword", ("password",), Kind.BOOLEAN, "Whether the customer can sign in with a password."),
    Attribute(
        "password",
        ("password",),
        Kind.STRING,
        "A new password, at least 8 characters. It is never given back.",
        output=False,
        create="optional",
        update="optional",
        nullable_input=False,
        max_length=255,
        min_length=8,
    ),
    Attribute(
        "externalRef",
        ("external_ref",),
        Kind.STRING,
        "The customer's reference in another system.",
        create="optional",
        update="optional",
        max_length=2048,
    ),
    CREATED_AT,
    UPDATED_AT,
)

LISTING = Listing(
    route=MANY,
    filters=(
        FilterRow("id", "id", Kind.ID, ("eq", "gt", "ge", "lt", "le"), checks=(("id",),)),
        FilterRow("email", "email", Kind.STRING, ("eq", "like"), checks=(("email",),), trims_to_lower=True),
        FilterRow("name", "name", Kind.STRING, ("eq", "like"), checks=(("name",),)),
        FilterRow("externalRef", "external_ref", Kind.STRING, ("eq",), checks=(("external_ref",),)),
        FilterRow("createdAt", "created_at", Kind.DATE_TIME, ("eq", "gt", "ge", "lt", "le"), checks=(CREATED_AT.path,)),
        FilterRow("updatedAt", "updated_at", Kind.DATE_TIME, ("eq", "gt", "ge", "lt", "le"), checks=(UPDATED_AT.path,)),
    ),
    sorts=(
        SortRow("ID", "id"),
        SortRow("CREATED_AT", "created_at"),
        SortRow("UPDATED_AT", "updated_at"),
        SortRow("EMAIL", "email"),
        SortRow("NAME", "name"),
    ),
    default_sort="id",
    keyset="id",
)

_OWN = (("id", FromArgumentOrToken("id")),)
_THIS_CUSTOMER = FromRow((("id",),))

CUSTOMER = Resource(
    type_name="Customer",
    description="Someone who buys from the store.",
    flow="customers",
    relation_key="customer",
    attributes=ATTRIBUTES,
    one=ONE,
    edges=(
        ADDRESSES_OF_CUSTOMER,
        ADDRESS_OF_CUSTOMER,
        Edge(
            "orders",
            "The customer's orders, newest first unless sorted otherwise.",
            Shape.CONNECTION,
            "Order",
            ORDER_LISTING.route,
            listing=ORDER_LISTING,
            fixed=(
                FixedFilter(
                    "customer_id", _THIS_CUSTOMER, (("relationships", "customer", "data", "id"), ("customer", "id"))
                ),
            ),
            primes=True,
        ),
        CARTS_OF_CUSTOMER,
    ),
    session=Session("session", "The sign-in behind this request; null on any customer but the signed-in one."),
    watching=Watching(
        "customerChanged",
        "Told whenever a customer has changed, or is gone. Without `id` it is the signed-in customer.",
        "customer",
        Edge(
            "customer",
            "The customer as it is now, read with the subscriber's own credentials; null once it is gone.",
            Shape.ONE,
            "Customer",
            ONE,
            origins=(("id", FromRow((("id",),))),),
        ),
        _OWN,
    ),
    roots=(
        Edge(
            "me",
            "The customer whose token came with the request.",
            Shape.ONE,
            "Customer",
            ONE,
            origins=(("id", FromToken()),),
            missing_is_null=False,
        ),
        Edge(
            "customer",
            "A customer by id; null when there is none.",
            Shape.ONE,
            "Customer",
            ONE,
            origins=(("id", FromArgument("id")),),
        ),
        Edge(
            "customers",
            "All customers. Needs a client_credentials bearer.",
            Shape.CONNECTION,
            "Customer",
            MANY,
            listing=LISTING,
            primes=True,
        ),
    ),
    mutations=(
        Mutation(
            "customerCreate",
            "create",
            "Signs up a customer. One upstream call; when it fails, nothing was created.",
            Route("POST", "/v2/customers"),
            "customer",
            "customer",
            "Customer",
            email_is_unique=True,
            is_sign_up=True,
        ),
        Mutation(
            "customerUpdate",
            "update",
            "Changes the given attributes of a customer and leaves the others alone. Without `id` it is the "
            "signed-in customer. One upstream call.",
            Route("PUT", "/v2/customers/{id}"),
            "customer",
            "customer",
            "Customer",
            origins=_OWN,
            email_is_unique=True,
        ),
        Mutation(
            "customerDelete",
            "delete",
            "Deletes a customer with its addresses; orders stay. Without `id` it is the signed-in customer. One "
            "upstream call.",
            Route("DELETE", "/v2/customers/{id}"),
            "customer",
            "deletedCustomerId",
            "Customer",
            origins=_OWN,
        ),
        relationship_set("customer", "customer", "Customer", "customers", _OWN, ONE),
    ),
)
