"""Tokens and who may do what."""

from __future__ import annotations

import json
from base64 import b64decode

import pytest

from penstock.sandbox import seeded_login

from .conftest import Store

ME = seeded_login.customer_id
CASES = [
    ("GET", "/v2/customers", 200, 403, 403),
    ("GET", f"/v2/customers/{ME}", 200, 403, 200),
    ("GET", "/v2/customers/{other}", 200, 403, 403),
    ("GET", f"/v2/customers/{ME}/addresses", 200, 403, 200),
    ("GET", "/v2/customers/{other}/addresses", 200, 403, 403),
    ("GET", "/v2/orders", 200, 403, 200),
    ("GET", "/v2/flows", 200, 200, 200),
    ("GET", "/v2/fields", 200, 200, 200),
    ("GET", "/v2/flows/customers/fields", 200, 200, 200),
    ("GET", "/v2/flows/customers/entries", 200, 200, 200),
    ("POST", "/v2/flows", 422, 403, 403),
    ("POST", "/v2/fields", 422, 403, 403),
    ("GET", "/v2/carts", 200, 403, 200),
    ("GET", "/v2/carts/x", 200, 200, 200),
    ("GET", "/v2/settings", 200, 403, 403),
    ("GET", "/v2/integrations", 200, 403, 403),
    ("GET", "/v2/personal-data/logs", 200, 403, 403),
    ("GET", "/v2/settings/customer-authentication", 200, 200, 200),
]


@pytest.mark.parametrize(("method", "path", "staff", "shopper", "customer"), CASES)
async def test_the_permission_matrix_holds(
    store: Store, method: str, path: str, staff: int, shopper: int, customer: int
) -> None:
    rows = (await store.call("GET", "/v2/customers")).json()["data"]
    path = path.replace("{other}", next(row["id"] for row in rows if row["id"] != ME))
    body = {"type": "none"} if method == "POST" else None

    statuses = [
        (await store.call(method, path, body, headers=headers)).status_code
        for headers in (store.staff, store.shopper, await store.sign_in())
    ]

    assert statuses == [staff, shopper, customer]


async def test_an_access_token_is_flat_and_lasts_an_hour(store: Store) -> None:
    form = {"grant_type": "implicit", "client_id": "sandbox"}

    answer = (await store.client.post("/oauth/access_token", data=form)).json()

    assert answer["expires"] == int(store.clock.now) + 3600
    assert (answer["token_type"], answer["identifier"], answer["expires_in"]) == ("Bearer", "implicit", 3600)
    store.clock.advance(3600)
    late = await store.call("GET", "/v2/flows", headers={"Authorization": f"Bearer {answer['access_token']}"})
    assert (late.status_code, late.json()["errors"][0]["title"]) == (401, "Unable to validate access token")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"grant_type": "password", "client_id": "sandbox"}, 400),
        ({"grant_type": "implicit"}, 400),
        ({"grant_type": "client_credentials", "client_id": "sandbox"}, 400),
        ({"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "no"}, 401),
        ({"grant_type": "implicit", "client_id": "other"}, 401),
    ],
)
async def test_bad_token_requests_tell_their_status_as_text(store: Store, form: dict[str, str], status: int) -> None:
    answer = await store.client.post("/oauth/access_token", data=form)

    assert (answer.status_code, answer.json()["errors"][0]["status"]) == (status, str(status))


async def test_a_token_request_in_json_is_refused(store: Store) -> None:
    answer = await store.client.post("/oauth/access_token", json={"grant_type": "implicit", "client_id": "sandbox"})

    assert answer.status_code == 400


@pytest.mark.parametrize("header", ["", "{token}", "Basic {token}", "Bearer", "Bearer nonsense"])
async def test_a_bearer_is_asked_for(store: Store, header: str) -> None:
    token = store.staff["Authorization"].removeprefix("Bearer ")

    answer = await store.call("GET", "/v2/flows", headers={"Authorization": header.format(token=token)})

    assert answer.status_code == 401


async def test_a_customer_token_has_upstreams_peculiar_form(store: Store) -> None:
    token = (await store.sign_in())["X-Moltin-Customer-Token"]

    header, payload, signature = token.split(".")
    claims = json.loads(b64decode(payload, validate=True))
    assert (len(header) % 4, len(payload) % 4, len(signature)) == (0, 0, 64)
    assert (claims["sub"], claims["name"], claims["exp"] - claims["iat"]) == (ME, "Ines Okafor", 86400)


async def test_garbled_and_expired_customer_tokens_are_refused(store: Store) -> None:
    good = await store.sign_in()
    token = good["X-Moltin-Customer-Token"]
    garbled = [token[:-1] + "g", token.replace(".", ""), "", "a.b.c", token.swapcase()]

    statuses = [
        (
            await store.call("GET", f"/v2/customers/{ME}", headers=store.staff | {"X-Moltin-Customer-Token": bad})
        ).status_code
        for bad in garbled
    ]

    assert statuses == [401] * 5
    store.clock.advance(86_400)
    fresh = await store.token(grant_type="implicit")
    late = await store.call("GET", f"/v2/customers/{ME}", headers=good | fresh)
    assert (late.status_code, late.json()["errors"][0]["detail"]) == (401, "The customer token supplied is not valid.")


@pytest.mark.parametrize(
    ("email", "password"), [(seeded_login.email, "no"), ("no@example.test", seeded_login.password)]
)
async def test_wrong_credentials_are_not_told_apart(store: Store, email: str, password: str) -> None:
    data = {"type": "token", "email": email, "password": password}

    answer = await store.call("POST", "/v2/customers/tokens", data, headers=store.shopper)

    assert (answer.status_code, answer.json()["errors"][0]["title"]) == (401, "Unauthorized")


async def test_a_customer_without_password_cannot_sign_in_until_it_has_one(store: Store) -> None:
    made = await store.call("POST", "/v2/customers", {"type": "customer", "name": "N", "email": "n@example.test"})
    data = {"type": "token", "email": "n@example.test", "password": "long enough"}
    early = await store.call("POST", "/v2/customers/tokens", data, headers=store.shopper)

    path = f"/v2/customers/{made.json()['data']['id']}"
    changed = await store.call("PUT", path, {"type": "customer", "password": "long enough"})

    late = await store.call("POST", "/v2/customers/tokens", data, headers=store.shopper)
    assert (early.status_code, late.status_code) == (401, 200)
    assert changed.json()["data"]["password"] is True


async def test_the_customer_header_narrows_the_orders_of_staff_too(store: Store) -> None:
    signed_in = await store.sign_in()

    answer = await store.call("GET", "/v2/orders", headers=signed_in | store.staff)

    owners = {order["customer"]["id"] for order in answer.json()["data"]}
    assert owners == {ME}


async def test_the_log_in_endpoint_ignores_a_stale_customer_token(store: Store) -> None:
    data = {"type": "token", "email": seeded_login.email, "password": seeded_login.password}
    stale = store.shopper | {"X-Moltin-Customer-Token": "a.b.c"}

    assert (await store.call("POST", "/v2/customers/tokens", data, headers=stale)).status_code == 200
