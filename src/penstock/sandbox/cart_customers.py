"""The association of carts with customers.

Never here: carts themselves.

Source: CONTRACT §11 (association errors), §5A.1.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.sandbox.access import Access
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.carts import find_cart, keep_cart
from penstock.sandbox.documents import listing, mapping
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import ApiError, Problem, refuse
from penstock.sandbox.tables import CUSTOMERS

_PATH = "/v2/carts/{id}/relationships/customers"


def associate(call: Call) -> Answer:
    """Answer `POST`: with a client_credentials token a further call may add a further customer."""
    customer = _read_customer(call)
    cart = find_cart(call)
    if mapping(cart.core.get("contact")).get("email"):
        detail = "A cart with a contact e-mail cannot be associated with a customer"
        raise ApiError(422, Problem("Unprocessable Entity", detail, None, 400))
    present = [str(one) for one in listing(cart.core["customers"])]
    if call.principal.customer_id is not None and present not in ([], [customer]):
        raise refuse(403, "Forbidden", "The cart is associated with another customer")
    together: list[object] = [*dict.fromkeys((*present, customer))]
    keep_cart(call, replace(cart, core=cart.core | {"customers": together}))
    return Answer(200, {"data": [{"type": "customer", "id": one} for one in together]})


def dissociate(call: Call) -> Answer:
    """Answer `DELETE`, whose body is that of `POST`."""
    customer = _read_customer(call)
    cart = find_cart(call)
    left = [one for one in listing(cart.core["customers"]) if one != customer]
    if cart.created:
        keep_cart(call, replace(cart, core=cart.core | {"customers": left}))
    return Answer(204)


def _read_customer(call: Call) -> str:
    data = call.payload().get("data")
    if not isinstance(data, list):
        raise refuse(403, "Forbidden", "Invalid JSON payload: data must be an array")
    if len(data) != 1:
        raise refuse(403, "Forbidden", "One customer can be associated in a request")
    reference = mapping(data[0])
    if reference.get("type") != "customer":
        raise refuse(400, "Bad Request", "type must be customer", "data.type")
    identifier = str(reference.get("id"))
    own = call.principal.customer_id
    if own is not None and identifier != own:
        raise refuse(403, "Forbidden", "The customer token supplied belongs to another customer.")
    if call.shop.database.get(CUSTOMERS, identifier) is None:
        raise refuse(403, "Forbidden", "There is no such customer")
    return identifier


_OWN = Access(customer=True)
ENDPOINTS = (
    Endpoint("POST", _PATH, associate, _OWN),
    Endpoint("DELETE", _PATH, dissociate, _OWN),
)
