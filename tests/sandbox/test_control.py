"""Fault switches, the log of calls, the rate limit."""

from __future__ import annotations

from typing import Any

import pytest

from penstock.sandbox import SandboxSettings, seeded_login

from .conftest import Store, run_store

CUSTOMER = f"/v2/customers/{seeded_login.customer_id}"


async def switch(store: Store, **fault: Any) -> None:
    answer = await store.client.post("/__control/faults", json=fault)
    assert answer.status_code == 200, answer.text


async def test_a_burst_of_429_ends_after_its_count(store: Store) -> None:
    await switch(store, fault="rate_limit", count=2, path="^/v2/customers")

    statuses = [(await store.call("GET", CUSTOMER)).status_code for _ in range(3)]

    assert statuses == [429, 429, 200]


async def test_a_fault_meets_only_its_method_and_path(store: Store) -> None:
    await switch(store, fault="server_error", method="PUT", status=502)

    read = await store.call("GET", CUSTOMER)
    write = await store.call("PUT", CUSTOMER, {"type": "customer"})

    assert (read.status_code, write.status_code) == (200, 502)
    assert write.json()["errors"][0]["request_id"]


async def test_a_write_can_be_carried_out_although_its_answer_is_an_error(store: Store) -> None:
    await switch(store, fault="server_error", method="PUT", count=1, after=True)

    answer = await store.call("PUT", CUSTOMER, {"type": "customer", "delivery_details": "bin"})

    assert answer.status_code == 503
    assert (await store.call("GET", CUSTOMER)).json()["data"]["delivery_details"] == "bin"


async def test_a_body_can_be_no_json(store: Store) -> None:
    await switch(store, fault="not_json", count=1)

    answer = await store.call("GET", CUSTOMER)

    assert (answer.status_code, answer.text[:6]) == (200, "<html>")


async def test_tokens_expire_at_a_switch(store: Store) -> None:
    signed_in = await store.sign_in()
    await switch(store, fault="expired_bearer", count=1)
    bearer = await store.call("GET", CUSTOMER, headers=signed_in)
    await switch(store, fault="expired_customer_token", count=1)

    customer = await store.call("GET", CUSTOMER, headers=signed_in)

    assert bearer.json()["errors"][0]["title"] == "Unable to validate access token"
    assert customer.json()["errors"][0]["detail"] == "The customer token supplied is not valid."
    assert (await store.call("GET", CUSTOMER, headers=signed_in)).status_code == 200


async def test_answers_can_be_misshapen(store: Store) -> None:
    for fault in ("status_as_string", "wrong_types", "no_links"):
        await switch(store, fault=fault)

    missing = await store.call("GET", "/v2/customers/x")
    customer = (await store.call("GET", CUSTOMER)).json()["data"]
    listing = (await store.call("GET", "/v2/customers")).json()

    assert missing.json()["errors"][0]["status"] == "404"
    assert (customer["loyalty_points"], customer["marketing_consent"]) == ("0", "true")
    assert "links" not in listing


async def test_the_previous_link_can_have_its_old_name(store: Store) -> None:
    await switch(store, fault="previous_link")

    answer = await store.call("GET", "/v2/customers", params={"page[offset]": 25})

    assert answer.json()["links"]["previous"]
    assert "prev" not in answer.json()["links"]


async def test_duplicate_emails_can_be_allowed(store: Store) -> None:
    await switch(store, fault="duplicate_emails")

    answer = await store.call("POST", "/v2/customers", {"type": "customer", "name": "I", "email": seeded_login.email})

    assert answer.status_code == 201


async def test_a_new_field_can_lag_on_its_resource(store: Store) -> None:
    await switch(store, fault="field_lag", seconds=60)
    flows = (await store.call("GET", "/v2/flows")).json()["data"]
    flow = next(flow["id"] for flow in flows if flow["slug"] == "customers")
    field = {
        "type": "field", "name": "Hat", "slug": "hat", "field_type": "string", "description": "", "required": False,
        "enabled": True, "relationships": {"flow": {"data": {"type": "flow", "id": flow}}},
    }  # fmt: skip
    assert (await store.call("POST", "/v2/fields", field)).status_code == 201
    before = (await store.call("GET", CUSTOMER)).json()["data"]

    store.clock.advance(61)

    assert "hat" not in before
    assert "hat" in (await store.call("GET", CUSTOMER)).json()["data"]


async def test_deleting_the_faults_ends_them(store: Store) -> None:
    await switch(store, fault="server_error")
    await store.client.delete("/__control/faults")

    assert (await store.call("GET", CUSTOMER)).status_code == 200
    assert (await store.client.get("/__control/faults")).json()["data"] == []


@pytest.mark.parametrize(
    "wrong", [{}, {"fault": "x"}, {"fault": "latency", "count": 0}, {"fault": "latency", "path": "("}]
)
async def test_an_unusable_switch_is_refused(store: Store, wrong: dict[str, Any]) -> None:
    answer = await store.client.post("/__control/faults", json=wrong)

    assert answer.status_code == 400


async def test_the_log_counts_calls_without_their_secrets(store: Store) -> None:
    await store.client.delete("/__control/requests")
    await store.call("GET", CUSTOMER, params={"include": "secret"})

    log = (await store.client.get("/__control/requests")).json()

    assert log == {"data": [{"method": "GET", "path": CUSTOMER, "status": 200}], "meta": {"total": 1}}


async def test_the_rate_limit_is_a_second_long() -> None:
    async with run_store(SandboxSettings(rate_limit=3)) as store:
        store.clock.advance(1)
        statuses = [(await store.call("GET", CUSTOMER)).status_code for _ in range(4)]
        store.clock.advance(1)
        statuses.append((await store.call("GET", CUSTOMER)).status_code)

    assert statuses == [200, 200, 200, 429, 200]
