"""The store's settings and cart settings: the endpoints over them.

Never here: where they are kept.

Source: CONTRACT §13, R21; settings.yaml.
"""

from __future__ import annotations

from penstock.sandbox.access import ANYBODY
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.endpoints import Endpoint


def read_settings(call: Call) -> Answer:
    """Answer `GET /v2/settings`."""
    return Answer(200, {"data": {"type": "settings", **call.shop.preferences()}})


def read_customer_authentication(call: Call) -> Answer:
    """Answer `GET /v2/settings/customer-authentication`: a realm that nobody can sign in to (R21)."""
    realm = {"data": {"type": "authentication-realm", "id": "00000000-0000-4000-8000-000000000001"}}
    meta = {"client_id": call.shop.settings.client_id}
    data = {"type": "customer_authentication_settings", "meta": meta, "relationships": {"authentication-realm": realm}}
    return Answer(200, {"data": data})


ENDPOINTS = (
    Endpoint("GET", "/v2/settings", read_settings),
    Endpoint("GET", "/v2/settings/customer-authentication", read_customer_authentication, ANYBODY),
)
