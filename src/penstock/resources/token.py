"""Tokens: what signing in gives back, and access without signing in.

Never here: I/O, logic.
Source: CONTRACT §5A, §7, R7, Q5.
"""

from __future__ import annotations

from penstock.resources.attributes import Attribute, Kind
from penstock.resources.inputs import Nested
from penstock.resources.rows import Mutation, Resource
from penstock.resources.ways import Route

_TEXT = 2048

PASSWORD_LOGIN = Nested(
    "password",
    "password",
    "CustomerTokenPasswordInput",
    "With e-mail address and password.",
    (
        Attribute(
            "email",
            ("email",),
            Kind.EMAIL,
            "The customer's e-mail address.",
            create="required",
            trims_to_lower=True,
            nullable_input=False,
        ),
        Attribute(
            "password", ("password",), Kind.STRING, "The customer's password.", create="required", nullable_input=False
        ),
    ),
)
OIDC_LOGIN = Nested(
    "oidc",
    "oidc",
    "CustomerTokenOidcInput",
    "With what an OpenID Connect provider gave to the page that the customer came back to.",
    (
        Attribute(
            "authorizationCode",
            ("oauth_authorization_code",),
            Kind.STRING,
            "The authorization code.",
            create="required",
            max_length=_TEXT,
            min_length=1,
            nullable_input=False,
        ),
        Attribute(
            "redirectUri",
            ("oauth_redirect_uri",),
            Kind.STRING,
            "The address of that page, as it was given to the provider.",
            create="required",
            max_length=_TEXT,
            min_length=1,
            nullable_input=False,
        ),
        Attribute(
            "codeVerifier",
            ("oauth_code_verifier",),
            Kind.STRING,
            "The verifier of the code challenge (PKCE).",
            create="required",
            max_length=_TEXT,
            min_length=1,
            nullable_input=False,
        ),
    ),
)

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
            "Signs a customer in, with exactly one of the ways. Wrong e-mail and wrong password are told apart "
            "nowhere. One upstream call.",
            Route("POST", "/v2/customers/tokens"),
            "token",
            "customerToken",
            "CustomerToken",
            input=(PASSWORD_LOGIN, OIDC_LOGIN),
            one_of=True,
            carries_token=False,
        ),
    ),
)

ACCESS_TOKEN = Resource(
    type_name="AccessToken",
    description="The rights of an anonymous shopper: sent back in the `Authorization` header, after `Bearer`.",
    flow=None,
    attributes=(
        Attribute("token", ("token",), Kind.STRING, "The token itself: opaque."),
        Attribute("expiresAt", ("expires",), Kind.EPOCH, "When it stops working; null where the store does not tell."),
    ),
    mutations=(
        Mutation(
            "accessTokenCreate",
            "access",
            "Gives an implicit access token of this gateway's client id. It may be one that others use as well: it "
            "proves nothing about anybody. At most one upstream call.",
            Route("POST", "/oauth/access_token"),
            "",
            "accessToken",
            "AccessToken",
            carries_token=False,
        ),
    ),
)
