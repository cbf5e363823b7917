"""One of everything in a fresh store, and a body for each write that must succeed."""

from __future__ import annotations

from typing import Any

import httpx

from penstock.sandbox import seeded_login

from .test_carts import ADDRESS, GUEST, LAMP

Known = dict[str, list[str]]
ME = {"type": "customer", "id": seeded_login.customer_id}
FIELD = {"type": "field", "name": "N", "description": "d", "required": False, "enabled": True}

# The manual gateway knows neither step; real gateways, which do, are not imitated.
NEVER_SUCCEEDS = frozenset(
    f"POST /v2/orders/{{orderID}}/transactions/{{transactionID}}/{step}" for step in ("confirm", "cancel")
)


def prepare(client: httpx.Client) -> Known:
    """Make one of everything and return ids by the name of their path parameter."""

    def make(path: str, data: Any) -> Any:
        return client.post(path, json={"data": data}).json()["data"]

    customer = seeded_login.customer_id
    flow = make("/v2/flows", {"type": "flow", "name": "F", "slug": "things", "description": "d", "enabled": True})
    relation = {"flow": {"data": {"type": "flow", "id": flow["id"]}}}
    field = {"type": "field", "name": "N", "description": "d", "required": False, "enabled": True}
    kinds = {"label": ("string", []), "friends": ("relationship", [{"type": "one-to-many", "to": "customer"}])}
    made = [
        make(
            "/v2/fields",
            field | {"slug": slug, "field_type": kind, "validation_rules": rules, "relationships": relation},
        )
        for slug, (kind, rules) in kinds.items()
    ]
    entry = make("/v2/flows/things/entries", {"type": "entry", "label": "x"})
    items = make("/v2/carts/conformance/items", LAMP)
    orders = [make("/v2/carts/conformance/checkout", GUEST)["id"] for _ in range(3)]
    transactions = [
        make(f"/v2/orders/{order}/payments", {"gateway": "manual", "method": method})["id"]
        for order, method in zip(orders[1:], ("purchase", "authorize"), strict=True)
    ]
    hook = {"type": "integration", "name": "n", "configuration": {"url": "http://127.0.0.1:9/"}}
    integration = make("/v2/integrations", hook)
    address = make(f"/v2/customers/{customer}/addresses", {"type": "address", **ADDRESS})
    erasure = {"type": "erasure_request", "resource_type": "customer", "resource_id": customer}
    return {
        "customerID": [customer],
        "addressID": [address["id"]],
        "flowID": [flow["id"]],
        "flowSlug": ["things", "customers"],
        "flowFieldID": [one["id"] for one in made],
        "flowFieldSlug": ["friends", "label"],
        "flowEntryID": [entry["id"], customer],
        "cartID": ["conformance", "new-cart"],
        "cartitemID": [items[0]["id"]],
        "promoCode": ["WELCOME10"],
        "orderID": orders,
        "transactionID": transactions,
        "integration_uuid": [integration["id"]],
        "job_uuid": ["job"],
        "erasure_request_id": [make("/v2/personal-data/erasure-requests", erasure)["id"]],
    }


def good_case(operation: Any, known: Known) -> Any:
    """Return a call that must succeed: of resources that exist, with a body where one is written down."""
    body = good_bodies(known).get(operation.label)
    parameters = {name: ids[0] for name, ids in known.items() if f"{{{name}}}" in operation.path}
    if operation.label in PAID:
        order, transaction = PAID[operation.label]
        parameters |= {"orderID": known["orderID"][order], "transactionID": known["transactionID"][transaction]}
    if body is None:
        return operation.Case(path_parameters=parameters)
    media_type = "application/x-www-form-urlencoded" if "oauth" in operation.path else "application/json"
    return operation.Case(path_parameters=parameters, body=body, media_type=media_type)


# operation → which order and which transaction of `prepare` it takes: the purchased one, the authorized one
PAID = {
    "GET /v2/orders/{orderID}/transactions/{transactionID}": (1, 0),
    "POST /v2/orders/{orderID}/confirm": (1, 0),
    "POST /v2/orders/{orderID}/transactions/{transactionID}/refund": (1, 0),
    "POST /v2/orders/{orderID}/transactions/{transactionID}/capture": (2, 1),
}


def good_bodies(known: Known) -> dict[str, Any]:
    """Return bodies by operation label."""
    flow = {"flow": {"data": {"type": "flow", "id": known["flowID"][0]}}}
    hook = {"type": "integration", "name": "n", "configuration": {"url": "http://127.0.0.1:9/"}}
    settings = {"type": "settings", "page_length": 20}
    bodies: dict[str, Any] = {
        "POST /v2/carts": {"name": "Mine"},
        "PUT /v2/carts/{cartID}": {"name": "Mine"},
        "POST /v2/carts/{cartID}/items": LAMP,
        "PUT /v2/carts/{cartID}/items": [{"id": known["cartitemID"][0], "quantity": 2}],
        "PUT /v2/carts/{cartID}/items/{cartitemID}": {"quantity": 2},
        "POST /v2/carts/{cartID}/relationships/customers": [ME],
        "DELETE /v2/carts/{cartID}/relationships/customers": [ME],
        "POST /v2/carts/{cartID}/checkout": GUEST,
        "PUT /v2/orders/{orderID}": {"type": "order", "external_ref": "e-1"},
        "POST /v2/orders/anonymize": {"order_ids": known["orderID"]},
        "POST /v2/orders/{orderID}/payments": {"gateway": "manual", "method": "purchase"},
        "POST /v2/orders/{orderID}/confirm": {},
        "POST /v2/orders/{orderID}/transactions/{transactionID}/refund": {},
        "POST /v2/orders/{orderID}/transactions/{transactionID}/capture": {},
        "POST /v2/customers/{customerID}/addresses": {"type": "address", **ADDRESS},
        "PUT /v2/customers/{customerID}/addresses/{addressID}": {"type": "address", "line_2": "Flat 3"},
        "POST /v2/flows": {"type": "flow", "name": "G", "slug": "gifts", "description": "d", "enabled": True},
        "PUT /v2/flows/{flowID}": {"type": "flow", "name": "H"},
        "POST /v2/fields": FIELD | {"slug": "size", "field_type": "integer", "relationships": flow},
        "PUT /v2/fields/{flowFieldID}": {"type": "field", "name": "M"},
        "POST /v2/flows/{flowSlug}/entries": {"type": "entry", "label": "y"},
        "PUT /v2/flows/{flowSlug}/entries/{flowEntryID}": {"type": "entry", "label": "z"},
        "POST /v2/flows/{flowSlug}/entries/{flowEntryID}/relationships/{flowFieldSlug}": [ME],
        "PUT /v2/flows/{flowSlug}/entries/{flowEntryID}/relationships/{flowFieldSlug}": [ME],
        "POST /v2/integrations": hook,
        "PUT /v2/integrations/{integration_uuid}": {"type": "integration", "name": "m"},
        "POST /v2/personal-data/erasure-requests": {
            "type": "erasure_request",
            "resource_type": "customer",
            "resource_id": seeded_login.customer_id,
        },
        "PUT /v2/settings/logs-ttl": {"type": "time_to_live", "days": 10},
        "PUT /v2/settings/cart": {"type": "settings", "cart_expiry_days": 9},
    }
    return {label: {"data": body} for label, body in bodies.items()} | {
        "PUT /v2/settings": settings,
        "POST /oauth/access_token": {"grant_type": "implicit", "client_id": "sandbox"},
    }
