"""The guides' walk-through: REST on the left, GraphQL on the right, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from penstock.sandbox import SandboxSettings
from tests.support.sandboxes import RunningSandbox, sandbox
from tests.support.served import served

EXECUTORS = ("plan", "reference")
CREATE = """
mutation ($input: CustomerCreateInput!) {
  customerCreate(input: $input) { customer { id name email deliveryDetails hasPassword } userErrors { code field } }
}
"""
UPDATE = """
mutation ($id: ID, $input: CustomerUpdateInput!) {
  customerUpdate(id: $id, input: $input) { customer { id name email deliveryDetails } userErrors { code field } }
}
"""
LOGIN = """
mutation ($email: Email!, $password: String!) {
  customerTokenCreate(input: {password: {email: $email, password: $password}}) {
    customerToken { token customerId expiresAt } userErrors { code field }
  }
}
"""
DELETE = "mutation ($id: ID) { customerDelete(id: $id) { deletedCustomerId userErrors { code field } } }"


@pytest.fixture
def bare() -> Iterator[RunningSandbox]:
    """A store without any data."""
    with sandbox(SandboxSettings(seed=False)) as running:
        yield running


def create_flow(store: RunningSandbox, slug: str) -> str:
    flow = {"type": "flow", "name": slug.title(), "slug": slug, "description": f"Extends {slug}", "enabled": True}
    answer = store.call("POST", "/v2/flows", flow)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


def create_field(store: RunningSandbox, flow: str, slug: str, field_type: str = "string", **more: object) -> str:
    field = {
        "type": "field",
        "name": slug.replace("_", " ").title(),
        "slug": slug,
        "field_type": field_type,
        "description": "",
        "required": False,
        "enabled": True,
        "relationships": {"flow": {"data": {"type": "flow", "id": flow}}},
    }
    answer = store.call("POST", "/v2/fields", field | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


@pytest.mark.parametrize("executor", EXECUTORS)
async def test_the_walk_through_of_the_guides(bare: RunningSandbox, executor: str) -> None:
    async with served(bare.url, executor=executor) as running:
        assert "deliveryDetails" not in await running.sdl()

        flow = create_flow(bare, "customers")
        create_field(bare, flow, "delivery_details", default=0, validation_rules=[])
        report = await running.reload()
        sdl = await running.sdl()
        assert report["outcome"] == "swapped"
        assert "deliveryDetails: String" in sdl

        given = {
            "name": "Ron Swanson",
            "email": "Ron@Example.com",
            "password": "correct horse",
            "deliveryDetails": "Leave it on the porch",
        }
        created = (await running.ask(CREATE, {"input": given}, bearer=bare.staff))["customerCreate"]
        assert created["userErrors"] == []
        identity = created["customer"]["id"]
        assert created["customer"] == {
            "id": identity,
            "name": "Ron Swanson",
            "email": "ron@example.com",
            "deliveryDetails": "Leave it on the porch",
            "hasPassword": True,
        }

        read = await running.ask(
            "query ($id: ID!) { customer(id: $id) { name deliveryDetails customFields { slug value } } }",
            {"id": identity},
            bearer=bare.staff,
        )
        assert read["customer"] == {
            "name": "Ron Swanson",
            "deliveryDetails": "Leave it on the porch",
            "customFields": [{"slug": "delivery_details", "value": "Leave it on the porch"}],
        }
        over_rest = bare.call("GET", f"/v2/customers/{identity}").json()["data"]
        assert over_rest["delivery_details"] == "Leave it on the porch"

        updated = await running.ask(
            UPDATE, {"id": identity, "input": {"deliveryDetails": "Side gate"}}, bearer=bare.staff
        )
        assert updated["customerUpdate"]["customer"]["deliveryDetails"] == "Side gate"
        over_rest = bare.call("GET", f"/v2/customers/{identity}").json()["data"]
        assert (over_rest["delivery_details"], over_rest["name"], over_rest["email"], over_rest["password"]) == (
            "Side gate",
            "Ron Swanson",
            "ron@example.com",
            True,
        )

        login = await running.ask(LOGIN, {"email": "RON@example.com ", "password": "correct horse"})
        token = login["customerTokenCreate"]["customerToken"]["token"]
        assert login["customerTokenCreate"]["customerToken"]["customerId"] == identity

        me = await running.ask("{ me { name deliveryDetails } }", customer=token)
        assert me == {"me": {"name": "Ron Swanson", "deliveryDetails": "Side gate"}}

        own = await running.ask(UPDATE, {"input": {"deliveryDetails": None}}, customer=token)
        assert own["customerUpdate"]["customer"]["deliveryDetails"] is None

        deleted = await running.ask(DELETE, {"id": identity}, bearer=bare.staff)
        assert deleted["customerDelete"] == {"deletedCustomerId": identity, "userErrors": []}

        again = await running.ask(DELETE, {"id": identity}, bearer=bare.staff)
        gone = await running.ask("query ($id: ID!) { customer(id: $id) { id } }", {"id": identity}, bearer=bare.staff)
        orphan = await running.answer("{ me { id } }", customer=token)
        assert again["customerDelete"]["userErrors"] == [{"code": "NOT_FOUND", "field": ["id"]}]
        assert gone == {"customer": None}
        assert orphan["errors"][0]["extensions"]["code"] == "CUSTOMER_TOKEN_INVALID"


async def test_a_schema_grows_shrinks_and_stays_when_nothing_changed(bare: RunningSandbox) -> None:
    async with served(bare.url, field_grace_days=0) as running:
        flow = create_flow(bare, "customers")
        field = create_field(bare, flow, "shoe_size", "integer")
        grown = await running.reload()
        same = await running.reload()
        bare.call("DELETE", f"/v2/fields/{field}")
        shrunk = await running.reload()
        sdl = await running.sdl()

    assert [report["outcome"] for report in (grown, same, shrunk)] == ["swapped", "unchanged", "swapped"]
    assert "shoeSize" not in sdl


async def test_a_field_without_a_reload_is_reached_by_its_key(bare: RunningSandbox) -> None:
    flow = create_flow(bare, "customers")
    async with served(bare.url) as running:
        create_field(bare, flow, "brand_new", "integer")
        customer = bare.call(
            "POST", "/v2/customers", {"type": "customer", "name": "A", "email": "a@example.com", "brand_new": 7}
        ).json()["data"]["id"]
        data = await running.ask(
            'query ($id: ID!) { customer(id: $id) { customField(slug: "brand_new") { value definition { id } } } }',
            {"id": customer},
            bearer=bare.staff,
        )

    assert data["customer"]["customField"] == {"value": 7, "definition": None}


async def test_a_custom_flow_becomes_a_type(bare: RunningSandbox) -> None:
    flow = create_flow(bare, "pick_up_points")
    create_field(bare, flow, "opening-hours")
    entry = bare.call("POST", "/v2/flows/pick_up_points/entries", {"type": "entry", "opening-hours": "9-17"}).json()

    async with served(bare.url) as running:
        data = await running.ask(
            "query ($id: ID!) { pickUpPoint(id: $id) { openingHours } pickUpPoints { nodes { id openingHours } } }",
            {"id": entry["data"]["id"]},
        )

    assert data["pickUpPoint"] == {"openingHours": "9-17"}
    assert data["pickUpPoints"]["nodes"] == [{"id": entry["data"]["id"], "openingHours": "9-17"}]
