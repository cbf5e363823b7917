"""Customer addresses."""

from __future__ import annotations

from penstock.sandbox import seeded_login

from .conftest import Store
from .test_carts import ADDRESS

PATH = f"/v2/customers/{seeded_login.customer_id}/addresses"
NEW = {"type": "address", **ADDRESS}


async def test_an_address_shows_unset_texts_as_empty(store: Store) -> None:
    answer = await store.call("POST", PATH, NEW | {"address-priority": 2})

    data = answer.json()["data"]
    assert answer.status_code == 201
    assert (data["city"], data["address-priority"]) == ("", 2)
    assert data["relationships"]["customer"] == {"type": "customer", "id": seeded_login.customer_id}


async def test_every_missing_mandatory_key_is_told(store: Store) -> None:
    answer = await store.call("POST", PATH, {"type": "address", "first_name": "A"})

    details = {problem["detail"] for problem in answer.json()["errors"]}
    assert answer.status_code == 400
    assert "Validation failed: field 'line_1' on the 'min' tag." in details
    assert len(details) == 5


async def test_the_mandatory_keys_are_a_setting_of_the_store(store: Store) -> None:
    await store.call("PUT", "/v2/settings", {"type": "settings", "address_mandatory_fields": ["first_name"]})

    answer = await store.call("POST", PATH, {"type": "address", "first_name": "A"})

    assert answer.status_code == 201


async def test_a_customer_has_at_most_twenty_five(store: Store) -> None:
    statuses = [(await store.call("POST", PATH, NEW)).status_code for _ in range(24)]

    assert statuses == [201] * 23 + [422]


async def test_an_update_changes_what_it_names(store: Store) -> None:
    one = (await store.call("GET", PATH)).json()["data"][0]

    answer = await store.call("PUT", f"{PATH}/{one['id']}", {"type": "address", "line_2": "Flat 3"})
    blank = await store.call("PUT", f"{PATH}/{one['id']}", {"type": "address", "line_1": ""})

    assert answer.json()["data"]["line_2"] == "Flat 3"
    assert answer.json()["data"]["line_1"] == one["line_1"]
    assert blank.status_code == 400


async def test_an_address_of_another_customer_is_not_found(store: Store) -> None:
    one = (await store.call("GET", PATH)).json()["data"][0]["id"]
    rows = (await store.call("GET", "/v2/customers")).json()["data"]
    other = next(row["id"] for row in rows if row["id"] != seeded_login.customer_id)

    answer = await store.call("GET", f"/v2/customers/{other}/addresses/{one}")

    assert (answer.status_code, answer.json()["errors"][0]["status"]) == (404, "404")


async def test_a_signed_in_customer_deletes_an_own_address(store: Store) -> None:
    signed_in = await store.sign_in()
    one = (await store.call("GET", PATH, headers=signed_in)).json()["data"][0]["id"]

    assert (await store.call("DELETE", f"{PATH}/{one}", headers=signed_in)).status_code == 204
    assert (await store.call("GET", f"{PATH}/{one}", headers=signed_in)).status_code == 404
