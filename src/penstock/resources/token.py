"""Customer tokens: what signing in gives back.

Never here: I/O, logic.
Source: CONTRACT §7, R7, Q5.
"""

from __future__ import annotations

from penstock.resources.attributes import Attribute, Kind
from penstock.resources.rows import Mutation, Resource
from penstock.resources.ways import Route

CUSTOMER_TOKEN = Resource(
    type_name="CustomerToken",
    description="Proof that a customer signed in: sent back in the `X-Moltin-Customer-Token` header.",
    flow=None,
    attributes=(
        Attribute("token", ("token",), Kind.STRING, "The token itself: opaque, and a secret."),
        Attribute("customerId", ("customer_id",), Kind.ID, "Whose token it is."),
        Attribute("expiresAt", ("expires",), Kind.EPOCH, "When it stops working."),
    ),
    mutations=(
        Mutation(
            "customerTokenCreate",
            "token",
            "Signs a customer in. Wrong e-mail and wrong password are told apart nowhere. One upstream call.",
            Route("POST", "/v2/customers/tokens"),
            "token",
            "customerToken",
            "CustomerToken",
            carries_token=False,
        ),
    ),
)

PASSWORD_LOGIN = (
    Attribute(
        "email", ("email",), Kind.EMAIL, "The customer's e-mail address.", create="required", trims_to_lower=True
    ),
    Attribute("password", ("password",), Kind.STRING, "The customer's password.", create="required"),
)
