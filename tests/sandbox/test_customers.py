"""Customers over a real socket."""

from __future__ import annotations

from penstock.sandbox import SandboxSettings, seeded_login

from .conftest import Store, run_store

RON = {"type": "customer", "name": "Ron Swanson", "email": "ron@example.test"}


async def test_the_seeded_customer_shows_custom_fields_flat(store: Store) -> None:
    answer = await store.call("GET", f"/v2/customers/{seeded_login.customer_id}")

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert data["delivery_details"] == "Leave at porch"
    assert data["password"] is True
    assert data["lifetime_spend_cents"] == 4_294_967_296
    assert data["relationships"]["favourite_wishlist"]["data"]["type"] == "entry"


async def test_a_created_customer_takes_the_numeric_default_of_a_text_field(store: Store) -> None:
    answer = await store.call("POST", "/v2/customers", RON)

    assert answer.status_code == 201
    assert answer.json()["data"]["delivery_details"] == 0


async def test_every_violation_of_a_create_is_told_at_once(store: Store) -> None:
    wrong = {"type": "customer", "email": "x", "shoe-size": 9, "crm_id": "no"}

    answer = await store.call("POST", "/v2/customers", wrong)

    assert answer.status_code == 422
    sources = {problem["source"] for problem in answer.json()["errors"]}
    assert sources == {"data.name", "data.email", "data.shoe-size", "data.crm_id"}


async def test_an_update_leaves_absent_attributes_alone(store: Store) -> None:
    path = f"/v2/customers/{seeded_login.customer_id}"
    before = (await store.call("GET", path)).json()["data"]

    after = (await store.call("PUT", path, {"type": "customer", "delivery_details": "bin"})).json()["data"]

    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {"delivery_details", "meta"}


async def test_a_taken_email_is_a_conflict(store: Store) -> None:
    answer = await store.call("POST", "/v2/customers", RON | {"email": seeded_login.email})

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["title"] == "Duplicate email"


async def test_a_create_without_type_is_refused(store: Store) -> None:
    answer = await store.call("POST", "/v2/customers", {"name": "Ron", "email": "ron@example.test"})

    assert answer.status_code == 422


async def test_implicit_tokens_sign_up_only_where_the_operator_allows_it(store: Store) -> None:
    refused = await store.call("POST", "/v2/customers", RON, headers=store.shopper)
    async with run_store(SandboxSettings(allow_implicit_signup=True)) as open_store:
        allowed = await open_store.call("POST", "/v2/customers", RON, headers=open_store.shopper)

    assert (refused.status_code, allowed.status_code) == (403, 201)


async def test_unknown_keys_are_ignored_unless_the_operator_rejects_them(store: Store) -> None:
    ignored = await store.call("POST", "/v2/customers", RON | {"hat": 1})
    async with run_store(SandboxSettings(reject_unknown_keys=True)) as strict:
        rejected = await strict.call("POST", "/v2/customers", RON | {"hat": 1})

    assert ignored.status_code == 201
    assert "hat" not in ignored.json()["data"]
    assert rejected.status_code == 422


async def test_deleting_a_customer_takes_addresses_and_tokens_but_not_orders(store: Store) -> None:
    signed_in = await store.sign_in()
    orders = (await store.call("GET", "/v2/orders", headers=signed_in)).json()["meta"]["results"]["total"]

    gone = await store.call("DELETE", f"/v2/customers/{seeded_login.customer_id}")

    assert (gone.status_code, gone.content) == (204, b"")
    kept = await store.call("GET", "/v2/orders", params={"filter": f"eq(customer_id,{seeded_login.customer_id})"})
    assert kept.json()["meta"]["results"]["total"] == orders > 0
    dead = await store.call("GET", f"/v2/customers/{seeded_login.customer_id}", headers=signed_in)
    assert dead.status_code == 401
