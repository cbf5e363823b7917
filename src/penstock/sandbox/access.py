"""The gate: which tokens a call carries, and whether they open the endpoint.

Never here: how tokens are issued, which endpoint asks for what.

Source: CONTRACT §5A.1 (permission matrix), §7 (customer tokens), R5, Q6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from penstock.sandbox.calls import Grant, Principal, Shop
from penstock.sandbox.customer_tokens import read_customer_token
from penstock.sandbox.errors import ApiError, Problem, refuse
from penstock.sandbox.faults import Fault
from penstock.sandbox.tables import CUSTOMERS

_CUSTOMER_TOKEN_HEADER = "x-moltin-customer-token"  # noqa: S105 (the name of a header)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call an endpoint.

    Attributes:
        bearer: an access token is needed at all.
        implicit: an implicit token alone suffices.
        customer: an implicit token with a customer token suffices; the customer token is checked whenever it is sent.
        owner: the path parameter that must be the customer's own id when a customer token is sent.
    """

    bearer: bool = True
    implicit: bool = False
    customer: bool = False
    owner: str | None = None


STAFF = Access()
ANYBODY = Access(implicit=True)
OPEN = Access(bearer=False)


def identify(shop: Shop, access: Access, call: tuple[str, str], headers: Mapping[str, str]) -> Principal:
    """Read the tokens that the endpoint cares for.

    Args:
        shop: knows the tokens.
        access: of the endpoint.
        call: its method and path.
        headers: lower-case names.

    Raises:
        ApiError: 401, a token is missing, unknown or expired.
    """
    if not access.bearer:
        return Principal()
    grant = _read_bearer(shop, call, headers.get("authorization", ""))
    token = headers.get(_CUSTOMER_TOKEN_HEADER)
    if not access.customer or token is None:
        return Principal(grant)
    customer_id = read_customer_token(shop, token)
    expired = shop.faults.strike(Fault.EXPIRED_CUSTOMER_TOKEN, *call)
    if expired or customer_id is None or shop.database.get(CUSTOMERS, customer_id) is None:
        raise refuse(401, "Unauthorized", "The customer token supplied is not valid.")
    return Principal(grant, customer_id)


def admit(access: Access, principal: Principal, params: Mapping[str, str]) -> None:
    """Let the caller in.

    Raises:
        ApiError: 403, these tokens do not open the endpoint, or the customer is another one.
    """
    if not access.bearer:
        return
    if principal.customer_id is not None:
        if access.owner is not None and params[access.owner] != principal.customer_id:
            raise refuse(403, "Forbidden", "The customer token supplied belongs to another customer.")
        return
    if principal.grant is not Grant.CLIENT_CREDENTIALS and not access.implicit:
        raise refuse(403, "Forbidden", "You do not have permission to access this resource.")


def _read_bearer(shop: Shop, call: tuple[str, str], header: str) -> Grant:
    scheme, _, token = header.partition(" ")
    known = shop.database.access_token(token.strip()) if scheme.lower() == "bearer" else None
    expired = shop.faults.strike(Fault.EXPIRED_BEARER, *call)
    if known is None or known[1] <= shop.clock() or expired:
        raise ApiError(401, Problem("Unable to validate access token", status=401))
    return Grant(known[0])
