"""The address book of a customer, written through the gateway against the sandbox, by both executors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from penstock.sandbox import SandboxSettings
from tests.end_to_end.stores import create_customer, create_field, create_flow, set_up_relationship, sign_in
from tests.support.sandboxes import RunningSandbox, sandbox
from tests.support.served import Served, served

pytestmark = pytest.mark.parametrize("executor", ["plan", "reference"])

SHOWN = "id name firstName line1 county doorCode createdAt"
CREATE = f"""
mutation ($customerId: ID, $input: CustomerAddressCreateInput!) {{
  customerAddressCreate(customerId: $customerId, input: $input) {{
    address {{ {SHOWN} }} userErrors {{ code field message }}
  }}
}}
"""
UPDATE = f"""
mutation ($id: ID!, $customerId: ID, $input: CustomerAddressUpdateInput!) {{
  customerAddressUpdate(id: $id, customerId: $customerId, input: $input) {{
    address {{ {SHOWN} }} userErrors {{ code field message }}
  }}
}}
"""
DELETE = """
mutation ($id: ID!, $customerId: ID) {
  customerAddressDelete(id: $id, customerId: $customerId) { deletedAddressId userErrors { code field } }
}
"""
BOOK = "{ me { addresses { id line1 doorCode instructions } } }"
HOME = {
    "name": "Home",
    "firstName": "Ines",
    "lastName": "Okafor",
    "line1": "1 High Street",
    "county": "Devon",
    "postcode": "EX1 1AA",
    "country": "GB",
}


@pytest.fixture
def store() -> Iterator[RunningSandbox]:
    """A store whose addresses have a field of their own."""
    with sandbox(SandboxSettings(seed=False)) as running:
        flow = create_flow(running, "addresses")
        rules = [{"type": "between", "options": {"from": 1, "to": 9999}}]
        create_field(running, flow, "door_code", "integer", validation_rules=rules)
        yield running


async def write(running: Served, text: str, variables: dict[str, Any], **credentials: str) -> dict[str, Any]:
    (payload,) = (await running.ask(text, variables, **credentials)).values()
    assert isinstance(payload, dict)
    return payload


async def test_a_customer_keeps_an_address_book(store: RunningSandbox, executor: str) -> None:
    create_customer(store, "ines@example.com")
    async with served(store.url, executor=executor) as running:
        token = await sign_in(running, "ines@example.com")

        created = await write(running, CREATE, {"input": {**HOME, "doorCode": 42}}, customer=token)
        identity = created["address"]["id"]
        changed = await write(running, UPDATE, {"id": identity, "input": {"line1": "2 High Street"}}, customer=token)
        cleared = await write(
            running, UPDATE, {"id": identity, "input": {"doorCode": None, "name": None}}, customer=token
        )
        book = await running.ask(BOOK, customer=token)
        deleted = await write(running, DELETE, {"id": identity}, customer=token)
        empty = await running.ask(BOOK, customer=token)

    assert created["userErrors"] == []
    assert (created["address"]["doorCode"], created["address"]["name"]) == (42, "Home")
    assert changed["address"] | {"line1": "1 High Street"} == created["address"]
    assert (cleared["address"]["doorCode"], cleared["address"]["firstName"]) == (None, "Ines")
    assert book["me"]["addresses"] == [{"id": identity, "line1": "2 High Street", "doorCode": None, "instructions": ""}]
    assert deleted == {"deletedAddressId": identity, "userErrors": []}
    assert empty["me"]["addresses"] == []


async def test_all_violations_are_told_at_once_and_nothing_is_sent(store: RunningSandbox, executor: str) -> None:
    create_customer(store, "ines@example.com")
    async with served(store.url, executor=executor) as running:
        token = await sign_in(running, "ines@example.com")
        bad = {**HOME, "firstName": " ", "line1": "x" * 256, "doorCode": 10_000}

        refused = await write(running, CREATE, {"input": bad}, customer=token)
        book = await running.ask(BOOK, customer=token)

    assert refused["address"] is None
    assert [(found["code"], found["field"]) for found in refused["userErrors"]] == [
        ("REQUIRED", ["input", "firstName"]),
        ("TOO_LONG", ["input", "line1"]),
        ("OUT_OF_RANGE", ["input", "doorCode"]),
    ]
    assert book["me"]["addresses"] == []


async def test_the_26th_address_is_a_limit(store: RunningSandbox, executor: str) -> None:
    create_customer(store, "ines@example.com")
    async with served(store.url, executor=executor) as running:
        token = await sign_in(running, "ines@example.com")
        for _ in range(25):
            await write(running, CREATE, {"input": HOME}, customer=token)

        refused = await write(running, CREATE, {"input": HOME}, customer=token)

    assert refused["address"] is None
    assert [(found["code"], found["field"]) for found in refused["userErrors"]] == [("LIMIT_REACHED", None)]


async def test_another_customers_address_is_not_there(store: RunningSandbox, executor: str) -> None:
    owner = create_customer(store, "ines@example.com")
    create_customer(store, "ron@example.com")
    async with served(store.url, executor=executor) as running:
        own = await sign_in(running, "ines@example.com")
        foreign = await sign_in(running, "ron@example.com")
        created = await write(running, CREATE, {"input": HOME}, customer=own)
        identity = created["address"]["id"]

        changed = await write(running, UPDATE, {"id": identity, "input": {"city": "Exeter"}}, customer=foreign)
        deleted = await write(running, DELETE, {"id": identity}, customer=foreign)
        reached = await write(
            running, UPDATE, {"id": identity, "customerId": owner, "input": {"city": "Exeter"}}, customer=foreign
        )
        none = await write(running, UPDATE, {"id": "../x", "input": {"line1": ""}}, customer=own)

    assert [(found["code"], found["field"]) for found in changed["userErrors"]] == [("NOT_FOUND", ["id"])]
    assert [(found["code"], found["field"]) for found in deleted["userErrors"]] == [("NOT_FOUND", ["id"])]
    assert [(found["code"], found["field"]) for found in reached["userErrors"]] == [("FORBIDDEN", None)]
    assert [found["code"] for found in none["userErrors"]] == ["REQUIRED", "INVALID"]


async def test_without_a_customer_there_is_no_address_book(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        answer = await running.answer(CREATE, {"input": HOME})

    assert answer["errors"][0]["extensions"]["code"] == "CUSTOMER_TOKEN_MISSING"
    assert answer["data"] is None


async def test_the_stores_settings_say_what_an_address_needs(store: RunningSandbox, executor: str) -> None:
    answer = store.call("PUT", "/v2/settings", {"type": "settings", "address_mandatory_fields": ["line_1", "city"]})
    assert answer.status_code == 200, answer.text

    async with served(store.url, executor=executor) as running:
        sdl = await running.sdl()

    wanted = sdl.split("input CustomerAddressCreateInput {")[1].split("}")[0]
    assert "  city: String!" in wanted
    assert "  line1: String!" in wanted
    assert "  county: String\n" in wanted


async def test_a_relationship_of_an_address_can_be_set(store: RunningSandbox, executor: str) -> None:
    create_customer(store, "ines@example.com")
    keeper = set_up_relationship(store, "addresses", "key_keeper", "customer")
    friend = create_customer(store, "ron@example.com")
    text = """
    mutation ($id: ID!, $customerId: ID, $input: CustomerAddressRelationshipSetInput!) {
      customerAddressRelationshipSet(id: $id, customerId: $customerId, input: $input) {
        address { id keyKeeper { email } } userErrors { code field message }
      }
    }
    """
    async with served(store.url, executor=executor) as running:
        token = await sign_in(running, "ines@example.com")
        created = await write(running, CREATE, {"input": HOME}, customer=token)
        identity = created["address"]["id"]
        owner = (await running.ask("{ me { id } }", customer=token))["me"]["id"]
        own = {"id": identity, "customerId": owner}

        set_ = await write(running, text, {**own, "input": {"keyKeeper": friend}}, bearer=store.staff)
        not_theirs = {"id": identity, "customerId": friend, "input": {"keyKeeper": None}}
        refused = await write(running, text, not_theirs, bearer=store.staff)
        kept = store.call("GET", f"/v2/customers/{owner}/addresses/{identity}").json()["data"]["relationships"]
        cleared = await write(running, text, {**own, "input": {"keyKeeper": None}}, bearer=store.staff)

    assert keeper
    assert [(found["code"], found["field"]) for found in refused["userErrors"]] == [("NOT_FOUND", ["id"])]
    assert kept["key_keeper"]["data"]["id"] == friend
    assert set_["userErrors"] == []
    assert set_["address"] == {"id": identity, "keyKeeper": {"email": "ron@example.com"}}
    assert cleared["address"]["keyKeeper"] is None
