"""Whatever is sent, the sandbox answers with JSON and never with a fault of its own."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penstock.sandbox import SandboxSettings, seeded_login

from .serving import serve

ME = seeded_login.customer_id
TARGETS = [
    ("POST", "/v2/customers"),
    ("PUT", f"/v2/customers/{ME}"),
    ("POST", "/v2/customers/tokens"),
    ("POST", f"/v2/customers/{ME}/addresses"),
    ("POST", "/v2/flows"),
    ("POST", "/v2/fields"),
    ("PUT", f"/v2/flows/customers/entries/{ME}"),
    ("POST", f"/v2/flows/customers/entries/{ME}/relationships/saved_wishlists"),
    ("DELETE", f"/v2/flows/customers/entries/{ME}/relationships/saved_wishlists"),
    ("POST", "/v2/carts"),
    ("POST", "/v2/carts/c/items"),
    ("POST", "/v2/carts/c/relationships/customers"),
    ("POST", "/v2/carts/c/checkout"),
    ("POST", "/v2/integrations"),
    ("PUT", "/v2/settings"),
    ("PUT", "/v2/settings/cart"),
    ("POST", "/__control/faults"),
]
KEYS = (
    "type id name email password external_ref slug field_type description required enabled default order"
    " omit_null validation_rules options from to relationships flow data first_name line_1 county postcode"
    " country quantity sku price amount code customer billing_address shipping_address integration_type"
    " observes configuration url secret_key delivery_slot shoe-size loyalty_points date_of_birth contact"
    " custom_attributes discounts page_length count status"
).split()
WORDS = (
    "customer address flow field entry token cart cart_item custom_item promotion_item order_items"
    " cart_items integration settings string integer float date boolean relationship enum between one-to-"
    " one wishlists LAMP-OAK WELCOME10 webhook order.created http://127.0.0.1/ 2025-01-01"
).split()
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.sampled_from(WORDS),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=6),
    max_leaves=12,
)
TYPES = {"customers": "customer", "tokens": "token", "addresses": "address", "flows": "flow", "fields": "field"}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("method", "path"), TARGETS)
def test_no_body_makes_the_sandbox_fail(method: str, path: str) -> None:
    with serve(SandboxSettings()) as url, httpx.Client(base_url=url) as client:
        form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox-secret"}
        token = client.post("/oauth/access_token", data=form).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"

        @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(body=VALUES, wrapped=st.booleans())
        def answers(body: Any, wrapped: bool) -> None:
            typed = {"type": TYPES.get(path.rpartition("/")[2], "entry"), **body} if isinstance(body, dict) else body
            answer = client.request(method, path, json={"data": typed} if wrapped else body)
            client.delete("/__control/faults")

            assert answer.status_code < 500, answer.text
            assert answer.status_code == 204 or answer.json() is not None

        answers()


@given(query=st.text(max_size=60), operator=st.sampled_from(["eq", "like", "ge", "in", "is_null", ""]))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_no_filter_makes_the_sandbox_fail(hostile: httpx.Client, query: str, operator: str) -> None:
    for path, attribute in (
        ("customers", "email"),
        ("customers", "created_at"),
        ("orders", "with_tax"),
        ("orders", "product_id"),
    ):
        for text in (query, f"{operator}({attribute},{query})", f'{operator}({attribute},"{query}")'):
            answer = hostile.get(f"/v2/{path}", params={"filter": text})

            assert answer.status_code in (200, 400), answer.text


@pytest.fixture(scope="module")
def hostile() -> Any:
    with serve(SandboxSettings()) as url, httpx.Client(base_url=url) as client:
        form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox-secret"}
        token = client.post("/oauth/access_token", data=form).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client
