"""Flows and fields made through the gateway: judged first, and in the schema when the answer comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from penstock.sandbox import SandboxSettings
from tests.support.sandboxes import RunningSandbox, sandbox
from tests.support.served import Served, served

pytestmark = pytest.mark.parametrize("executor", ["plan", "reference"])

FLOW = {"name": "Customers", "slug": "customers", "description": "Extends customers", "enabled": True}
FIELD = {
    "name": "Delivery details",
    "slug": "delivery_details",
    "fieldType": "STRING",
    "description": "",
    "required": False,
    "enabled": True,
}
FLOW_CREATE = """
mutation ($input: FlowCreateInput!) {
  flowCreate(input: $input) { flow { id slug enabled } warnings { code } userErrors { code field message } }
}
"""
FLOW_UPDATE = """
mutation ($id: ID!, $input: FlowUpdateInput!) {
  flowUpdate(id: $id, input: $input) { flow { id slug enabled } userErrors { code field } }
}
"""
FLOW_DELETE = "mutation ($id: ID!) { flowDelete(id: $id) { deletedFlowId userErrors { code field } } }"
FIELD_CREATE = """
mutation ($input: FlowFieldCreateInput!) {
  flowFieldCreate(input: $input) {
    flowField { id slug fieldType required default validationRules omitNull order }
    warnings { code } userErrors { code field message }
  }
}
"""
FIELD_UPDATE = """
mutation ($id: ID!, $input: FlowFieldUpdateInput!) {
  flowFieldUpdate(id: $id, input: $input) { flowField { id slug default } userErrors { code field message } }
}
"""
FIELD_DELETE = "mutation ($id: ID!) { flowFieldDelete(id: $id) { deletedFlowFieldId userErrors { code } } }"


@pytest.fixture
def store() -> Iterator[RunningSandbox]:
    """A store without any data."""
    with sandbox(SandboxSettings(seed=False)) as running:
        yield running


async def write(running: Served, store: RunningSandbox, text: str, **variables: Any) -> dict[str, Any]:
    (payload,) = (await running.ask(text, variables, bearer=store.staff)).values()
    assert isinstance(payload, dict)
    return payload


def codes(payload: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(found["code"], found["field"]) for found in payload["userErrors"]]


async def test_a_new_field_is_in_the_schema_when_the_mutation_answers(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        flow = (await write(running, store, FLOW_CREATE, input=FLOW))["flow"]
        made = await write(running, store, FIELD_CREATE, input={**FIELD, "flowId": flow["id"]})
        after_create = await running.sdl()
        customer = await running.ask(
            'mutation { customerCreate(input: {name: "Ron", email: "ron@example.com", deliveryDetails: "porch"}) '
            "{ customer { deliveryDetails } userErrors { code } } }",
            bearer=store.staff,
        )
        identity = made["flowField"]["id"]
        renamed = await write(running, store, FIELD_UPDATE, id=identity, input={"name": "Where to leave it"})
        deleted = await write(running, store, FIELD_DELETE, id=identity)
        listed = await running.ask("{ flows { id slug fields { slug } } }", bearer=store.staff)

    assert flow == {"id": flow["id"], "slug": "customers", "enabled": True}
    assert (made["userErrors"], made["warnings"]) == ([], [])
    assert made["flowField"]["fieldType"] == "STRING"
    assert "deliveryDetails: String" in after_create
    assert customer["customerCreate"]["customer"] == {"deliveryDetails": "porch"}
    assert renamed["userErrors"] == []
    assert deleted == {"deletedFlowFieldId": identity, "userErrors": []}
    assert listed["flows"] == [{"id": flow["id"], "slug": "customers", "fields": []}]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"slug": "email"}, [("REJECTED", ["input", "slug"])]),
        ({"slug": "a b", "name": "$x"}, [("INVALID", ["input", "name"]), ("NOT_A_SLUG", ["input", "slug"])]),
        ({"slug": ""}, [("REQUIRED", ["input", "slug"])]),
        ({"flowId": "11111111-1111-4111-8111-111111111111"}, [("NOT_FOUND", ["input", "flowId"])]),
        ({"flowId": "../x"}, [("INVALID", ["input", "flowId"])]),
        ({"rules": [{"type": "BETWEEN", "min": 1, "max": 2}]}, [("INVALID", ["input", "rules", "0"])]),
        ({"rules": [{"type": "ENUM", "options": []}]}, [("INVALID", ["input", "rules", "0"])]),
        (
            {"fieldType": "INTEGER", "rules": [{"type": "BETWEEN", "min": 5, "max": 1}]},
            [("INVALID", ["input", "rules", "0"])],
        ),
        (
            {"fieldType": "INTEGER", "rules": [{"type": "BETWEEN", "min": 1.5, "max": 2}]},
            [("INVALID", ["input", "rules", "0"])],
        ),
        ({"default": 0}, [("INVALID", ["input", "default"])]),
        ({"default": {"a": 1}}, [("INVALID", ["input", "default"])]),
        ({"rules": [{"type": "ENUM", "options": ["a"]}], "default": "b"}, [("INVALID", ["input", "default"])]),
        ({"fieldType": "RELATIONSHIP"}, [("REQUIRED", ["input", "rules"])]),
        (
            {"fieldType": "RELATIONSHIP", "required": True, "rules": [{"type": "ONE_TO_ONE", "to": "customer"}]},
            [("INVALID", ["input", "required"])],
        ),
        ({"fieldType": "UNRECOGNIZED"}, [("NOT_IN_ENUM", ["input", "fieldType"])]),
    ],
)
async def test_a_field_that_cannot_be_is_refused_before_the_store_is_asked(
    store: RunningSandbox, executor: str, changes: dict[str, Any], expected: list[Any]
) -> None:
    async with served(store.url, executor=executor) as running:
        flow = (await write(running, store, FLOW_CREATE, input=FLOW))["flow"]

        refused = await write(running, store, FIELD_CREATE, input={**FIELD, "flowId": flow["id"], **changes})

    assert refused["flowField"] is None
    assert codes(refused) == expected
    assert store.call("GET", "/v2/fields").json()["data"] == []


async def test_an_update_is_judged_by_the_type_the_field_has(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        flow = (await write(running, store, FLOW_CREATE, input=FLOW))["flow"]
        rules = [{"type": "BETWEEN", "min": 1, "max": 5}]
        number = {**FIELD, "slug": "shoe-size", "fieldType": "INTEGER", "rules": rules, "default": 3}
        made = await write(running, store, FIELD_CREATE, input={**number, "flowId": flow["id"]})
        identity = made["flowField"]["id"]

        text = await write(running, store, FIELD_UPDATE, id=identity, input={"default": "three"})
        outside = await write(running, store, FIELD_UPDATE, id=identity, input={"default": 9})
        other_rule = await write(running, store, FIELD_UPDATE, id=identity, input={"rules": [{"type": "EMAIL"}]})
        inside = await write(running, store, FIELD_UPDATE, id=identity, input={"default": 5})
        nothing = await write(running, store, FIELD_UPDATE, id=flow["id"], input={"default": 5})
        no_id = await write(running, store, FIELD_UPDATE, id="../x", input={"default": 5})
        await write(running, store, FIELD_CREATE, input={**FIELD, "flowId": flow["id"]})
        twin = await write(running, store, FIELD_UPDATE, id=identity, input={"slug": "delivery_details"})
        itself = await write(running, store, FIELD_UPDATE, id=identity, input={"slug": "shoe-size"})
        sdl = await running.sdl()

    assert made["flowField"]["validationRules"] == [{"type": "between", "options": {"from": 1, "to": 5}}]
    assert codes(text) == codes(outside) == [("INVALID", ["input", "default"])]
    assert codes(other_rule) == [("INVALID", ["input", "rules", "0"])]
    assert inside["flowField"]["default"] == 5
    assert codes(nothing) == [("NOT_FOUND", ["id"])]
    assert codes(no_id) == [("INVALID", ["id"])]
    assert (codes(twin), codes(itself)) == ([("CONFLICT", ["input", "slug"])], [])
    assert "shoeSize: Int @flowField" in sdl


async def test_a_flow_is_one_of_a_kind_and_a_core_one_stays(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        core = (await write(running, store, FLOW_CREATE, input=FLOW))["flow"]
        wishes = (await write(running, store, FLOW_CREATE, input={**FLOW, "name": "Wishes", "slug": "wishes"}))["flow"]

        twin = await write(running, store, FLOW_CREATE, input=FLOW)
        renamed = await write(running, store, FLOW_UPDATE, id=wishes["id"], input={"slug": "customers"})
        bad = await write(running, store, FLOW_CREATE, input={**FLOW, "name": "$", "slug": "a b"})
        long = await write(running, store, FLOW_CREATE, input={**FLOW, "slug": "x" * 65})
        kept = await write(running, store, FLOW_DELETE, id=core["id"])
        gone = await write(running, store, FLOW_DELETE, id=wishes["id"])
        missing = await write(running, store, FLOW_DELETE, id=wishes["id"])

    assert codes(twin) == codes(renamed) == [("CONFLICT", ["input", "slug"])]
    assert codes(bad) == [("INVALID", ["input", "name"]), ("NOT_A_SLUG", ["input", "slug"])]
    assert codes(long) == [("TOO_LONG", ["input", "slug"])]
    assert codes(kept) == [("REJECTED", ["id"])]
    assert gone["deletedFlowId"] == wishes["id"]
    assert codes(missing) == [("NOT_FOUND", ["id"])]


async def test_the_101st_field_is_a_limit(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        flow = (await write(running, store, FLOW_CREATE, input=FLOW))["flow"]
        for number in range(100):
            body = {"type": "field", "name": f"F{number}", "slug": f"f{number}", "field_type": "string"}
            more = {"description": "", "required": False, "enabled": True}
            to_flow = {"relationships": {"flow": {"data": {"type": "flow", "id": flow["id"]}}}}
            assert store.call("POST", "/v2/fields", body | more | to_flow).status_code == 201
        unread = await write(running, store, FIELD_CREATE, input={**FIELD, "flowId": flow["id"]})
        await running.reload()

        counted = await write(running, store, FIELD_CREATE, input={**FIELD, "flowId": flow["id"]})

    assert [found["code"] for found in unread["userErrors"]] == ["LIMIT_REACHED"]
    assert codes(counted) == [("LIMIT_REACHED", ["input", "flowId"])]


async def test_a_shopper_may_not_define_anything(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        refused = (await running.ask(FLOW_CREATE, {"input": FLOW}))["flowCreate"]
        access = (await running.ask("mutation { accessTokenCreate { accessToken { token expiresAt } } }"))[
            "accessTokenCreate"
        ]["accessToken"]
        with_it = (await running.ask(FLOW_CREATE, {"input": FLOW}, bearer=access["token"]))["flowCreate"]

    assert codes(refused) == codes(with_it) == [("FORBIDDEN", None)]
    assert access["expiresAt"].endswith("Z")
    assert store.call("GET", "/v2/flows").json()["data"] == []
