"""The store's settings and cart settings: the endpoints over them.

Never here: where they are kept.

Source: CONTRACT §13, R21; settings.yaml.
"""

from __future__ import annotations

from penstock.sandbox.access import ANYBODY
from penstock.sandbox.body_checks import BodyChecks
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.documents import Document, mapping
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.events import publish
from penstock.sandbox.preferences import (
    CART,
    WRITABLE,
    forget_preferences,
    keep_cart_preferences,
    keep_preferences,
    read_cart_preferences,
)

# setting → least and greatest whole number
_RANGES = {"page_length": (1, 100), "shopper_address_limit": (1, 25_000), "cart_expiry_days": (1, 365)}


def read_settings(call: Call) -> Answer:
    """Answer `GET /v2/settings`."""
    return Answer(200, {"data": _show(call)})


def update_settings(call: Call) -> Answer:
    """Answer `PUT /v2/settings`: what is given changes; read-only settings are ignored silently."""
    given = _read(call)
    checks = BodyChecks()
    for key, present in WRITABLE.items():
        if key in given:
            _check(checks, key, given[key], present)
    if given.get("calculation_method", "simple") not in ("simple", "line"):
        checks.note("enum", "data.calculation_method", "must be simple or line")
    checks.settle()
    keep_preferences(call.shop.database, {key: given[key] for key in WRITABLE if key in given})
    publish(call, "settings.updated", {"data": _show(call)})
    return Answer(200, {"data": _show(call)})


def reset_settings(call: Call) -> Answer:
    """Answer `DELETE /v2/settings`: everything is as it was at first."""
    forget_preferences(call.shop.database)
    publish(call, "settings.updated", {"data": _show(call)})
    return Answer(204)


def read_cart_settings(call: Call) -> Answer:
    """Answer `GET /v2/settings/cart`."""
    return Answer(200, {"data": {"type": "settings", **read_cart_preferences(call.shop.database)}})


def update_cart_settings(call: Call) -> Answer:
    """Answer `PUT /v2/settings/cart`: what is given changes."""
    given = _read(call)
    checks = BodyChecks()
    present = read_cart_preferences(call.shop.database)
    changes: Document = {}
    for key, default in CART.items():
        if key not in given:
            continue
        _check(checks, key, given[key], default)
        for inner, flag in mapping(given[key]).items():
            if not isinstance(flag, bool):
                checks.note("invalid_type", f"data.{key}.{inner}", "must be a boolean")
        merged = mapping(present[key]) | {
            inner: flag for inner, flag in mapping(given[key]).items() if inner in mapping(default)
        }
        changes[key] = merged if isinstance(default, dict) else given[key]
    checks.settle()
    keep_cart_preferences(call.shop.database, changes)
    return read_cart_settings(call)


def read_customer_authentication(call: Call) -> Answer:
    """Answer `GET /v2/settings/customer-authentication`: a realm that nobody can sign in to (R21)."""
    realm = {"data": {"type": "authentication-realm", "id": "00000000-0000-4000-8000-000000000001"}}
    meta = {"client_id": call.shop.settings.client_id}
    data = {"type": "customer_authentication_settings", "meta": meta, "relationships": {"authentication-realm": realm}}
    return Answer(200, {"data": data})


def _show(call: Call) -> Document:
    return {"type": "settings", **call.shop.preferences()}


def _read(call: Call) -> Document:
    """Return the settings of a body, in `data` as clients send them or bare as the official spec has it."""
    payload = call.payload()
    given = payload.get("data", payload)
    checks = BodyChecks()
    if not isinstance(given, dict) or not isinstance(given.get("type"), str):
        checks.note("required", "data.type", "is required")
    checks.settle()
    return mapping(given)


def _check(checks: BodyChecks, key: str, value: object, like: object) -> None:
    """Check a setting by the type of its default, an array of texts by its members."""
    low, high = _RANGES.get(key, (0, 2**31))
    match like:
        case bool():
            fits = isinstance(value, bool)
        case int():
            fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        case list():
            fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        case _:
            fits = isinstance(value, type(like))
    if not fits:
        checks.note("invalid_type", f"data.{key}", "has the wrong type or is out of range")


ENDPOINTS = (
    Endpoint("GET", "/v2/settings", read_settings),
    Endpoint("PUT", "/v2/settings", update_settings),
    Endpoint("DELETE", "/v2/settings", reset_settings),
    Endpoint("GET", "/v2/settings/cart", read_cart_settings),
    Endpoint("PUT", "/v2/settings/cart", update_cart_settings),
    Endpoint("GET", "/v2/settings/customer-authentication", read_customer_authentication, ANYBODY),
)
