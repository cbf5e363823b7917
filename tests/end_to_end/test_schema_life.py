"""A store's fields come, change and go under a running gateway, and gateways start while the store is down."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penstock.app.keeping import read_store
from penstock.definitions.snapshot import render_snapshot
from penstock.settings import Secret, Settings
from penstock.settings.state_address import read_state_address
from tests.support.redis_servers import redis
from tests.support.sandboxes import RunningSandbox, sandbox
from tests.support.scripted import Reply, ScriptedUpstream
from tests.support.served import Served, served
from tests.support.stores import field_json, flow_json

EXECUTORS = ("plan", "reference")


@pytest.fixture
def store() -> Iterator[RunningSandbox]:
    """A seeded sandbox of the test's own."""
    with sandbox() as running:
        yield running


class Flows:
    """The flows of a store, changed as a merchant changes them."""

    def __init__(self, store: RunningSandbox) -> None:
        self.store = store

    def find(self, slug: str) -> str:
        listed = self.store.call("GET", "/v2/flows").json()["data"]
        return str(next(flow["id"] for flow in listed if flow["slug"] == slug))

    def field(self, flow: str, slug: str) -> str:
        listed = self.store.call("GET", f"/v2/flows/{flow}/fields").json()["data"]
        return str(next(field["id"] for field in listed if field["slug"] == slug))

    def change(self, path: str, **values: Any) -> None:
        identity = path.rpartition("/")[2]
        kind = "flow" if "/flows/" in path else "field"
        answer = self.store.call("PUT", path, {"id": identity, "type": kind, **values})
        assert answer.status_code == 200, answer.text

    def add(self, flow: str, slug: str, field_type: str = "string") -> str:
        answer = self.store.call(
            "POST",
            "/v2/fields",
            {
                "type": "field",
                "name": slug,
                "slug": slug,
                "field_type": field_type,
                "description": "",
                "required": False,
                "enabled": True,
                "relationships": {"flow": {"data": {"type": "flow", "id": self.find(flow)}}},
            },
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["id"])

    def delete(self, path: str) -> None:
        answer = self.store.call("DELETE", path)
        assert answer.status_code == 204, answer.text


async def names(running: Served, type_name: str = "Customer") -> dict[str, str | None]:
    """Field → why it is deprecated."""
    told = await running.ask(
        "query ($name: String!) { __type(name: $name) { fields(includeDeprecated: true) { name deprecationReason } } }",
        {"name": type_name},
    )
    return {field["name"]: field["deprecationReason"] for field in (told["__type"] or {"fields": []})["fields"]}


async def first_customer(running: Served, store: RunningSandbox, field: str) -> Any:
    told = await running.ask(f"{{ customers(first: 1, sort: ID_ASC) {{ nodes {{ {field} }} }} }}", bearer=store.staff)
    return told["customers"]["nodes"][0][field]


@pytest.mark.parametrize("executor", EXECUTORS)
async def test_a_renamed_slug_keeps_its_name_for_reading_and_writing(store: RunningSandbox, executor: str) -> None:
    flows = Flows(store)
    async with served(store.url, executor=executor) as running:
        before = await first_customer(running, store, "deliveryDetails")
        flows.change(f"/v2/fields/{flows.field('customers', 'delivery_details')}", slug="where_to_leave_it")
        report = await running.reload()
        after = await first_customer(running, store, "deliveryDetails")
        told = await running.ask(
            'mutation ($id: ID!) { customerUpdate(id: $id, input: {deliveryDetails: "at the pier"}) '
            "{ customer { deliveryDetails } userErrors { code } } }",
            {"id": await first_customer(running, store, "id")},
            bearer=store.staff,
        )

    assert report["outcome"] == "swapped"
    assert before == after
    assert told["customerUpdate"] == {"customer": {"deliveryDetails": "at the pier"}, "userErrors": []}


@pytest.mark.parametrize("executor", EXECUTORS)
async def test_a_field_of_another_type_leaves_the_old_one_as_a_tombstone(store: RunningSandbox, executor: str) -> None:
    flows = Flows(store)
    async with served(store.url, executor=executor) as running:
        flows.delete(f"/v2/fields/{flows.field('customers', 'shoe-size')}")
        flows.add("customers", "shoe-size", "string")
        await running.reload()
        identity = await first_customer(running, store, "id")
        told = await running.ask(
            'mutation ($id: ID!) { customerUpdate(id: $id, input: {shoeSize2: "43 wide"}) '
            "{ customer { shoeSize shoeSize2 } userErrors { code } } }",
            {"id": identity},
            bearer=store.staff,
        )
        refused = await running.answer(
            "mutation ($id: ID!) { customerUpdate(id: $id, input: {shoeSize: 43}) { userErrors { code } } }",
            {"id": identity},
            bearer=store.staff,
        )
        reasons = await names(running)

    assert told["customerUpdate"]["customer"] == {"shoeSize": None, "shoeSize2": "43 wide"}
    assert refused["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "Deleted from the store on " in str(reasons["shoeSize"])
    assert reasons["shoeSize2"] is None


@pytest.mark.parametrize("executor", EXECUTORS)
async def test_a_disabled_field_answers_null_and_is_back_when_it_is(store: RunningSandbox, executor: str) -> None:
    flows = Flows(store)
    path = f"/v2/fields/{flows.field('customers', 'delivery_details')}"
    async with served(store.url, executor=executor) as running:
        before = await first_customer(running, store, "deliveryDetails")
        flows.change(path, enabled=False)
        await running.reload()
        off, reasons = await first_customer(running, store, "deliveryDetails"), await names(running)
        flows.change(path, enabled=True)
        await running.reload()
        on, reasons_again = await first_customer(running, store, "deliveryDetails"), await names(running)

    assert before is not None
    assert off is None
    assert "Disabled in the store on " in str(reasons["deliveryDetails"])
    assert on == before
    assert reasons_again["deliveryDetails"] is None


@pytest.mark.parametrize("executor", EXECUTORS)
async def test_a_deleted_flow_answers_null_without_a_call(store: RunningSandbox, executor: str) -> None:
    flows = Flows(store)
    async with served(store.url, executor=executor) as running:
        flows.delete(f"/v2/flows/{flows.find('wishlists')}")
        await running.reload()
        calls = running.gateway.metrics.upstream_requests
        before = calls.value("GET", "/v2/flows/wishlists/entries", "200")
        told = await running.ask(
            '{ wishlists(first: 2) { nodes { title } } wishlist(id: "x") { title owner { id } } }', bearer=store.staff
        )
        reasons, fields = await names(running, "Query"), await names(running)
        mutations = await names(running, "Mutation")
        after = calls.value("GET", "/v2/flows/wishlists/entries", "200")

    assert told == {"wishlists": None, "wishlist": None}
    assert before == after
    assert "Deleted from the store on " in str(reasons["wishlists"])
    assert fields["savedWishlists"] is not None
    assert not {name for name in mutations if name.startswith("wishlist")}


async def test_a_core_flow_may_be_renamed_and_come_back(store: RunningSandbox) -> None:
    flows = Flows(store)
    path = f"/v2/flows/{flows.find('customers')}"
    async with served(store.url) as running:
        before = await running.sdl()
        flows.change(path, slug="customers-for-now")
        await running.reload()
        away, value = await names(running), await first_customer(running, store, "deliveryDetails")
        flows.change(path, slug="customers")
        await running.reload()
        back = await running.sdl()

    assert away["deliveryDetails"]
    assert value is None
    assert _type(back, "Customer") == _type(before, "Customer")


def _type(sdl: str, name: str) -> str:
    return sdl.partition(f"\ntype {name} {{")[2].partition("\n}")[0]


async def test_without_grace_a_field_goes_at_once(store: RunningSandbox) -> None:
    flows = Flows(store)
    async with served(store.url, field_grace_days=0.0) as running:
        flows.delete(f"/v2/fields/{flows.field('customers', 'shoe-size')}")
        await running.reload()

        assert "shoeSize" not in await names(running)


async def test_a_restart_remembers_names_and_replicas_serve_the_same_bytes(
    store: RunningSandbox, tmp_path: Path
) -> None:
    flows, shared = Flows(store), {"state_url": read_state_address(str(tmp_path))}
    async with served(store.url, **shared) as running:
        await running.reload()
    flows.change(f"/v2/fields/{flows.field('customers', 'delivery_details')}", slug="elsewhere")
    flows.delete(f"/v2/fields/{flows.field('customers', 'shoe-size')}")
    flows.add("customers", "shoe-size", "integer")
    async with served(store.url, **shared) as first, served(store.url, **shared) as second:
        await first.serves("live")
        await second.serves("live")
        sdls = [await first.sdl(), await second.sdl()]
        customer = await names(first)

    assert sdls[0] == sdls[1]
    assert {"deliveryDetails", "shoeSize", "shoeSize2"} <= set(customer)
    assert customer["shoeSize"]


async def test_a_gateway_that_starts_with_its_redis_waits_for_the_names(store: RunningSandbox, tmp_path: Path) -> None:
    with redis(tmp_path) as server:
        shared = {"state_url": read_state_address(server.url), "state_timeout_seconds": 0.2}
        async with served(store.url, **shared) as running:
            await running.reload()
        flows = Flows(store)
        flows.change(f"/v2/fields/{flows.field('customers', 'delivery_details')}", slug="elsewhere")
        server.hang()
        asyncio.get_running_loop().call_later(0.5, server.go_on)
        async with served(store.url, **shared) as running:
            await running.serves("live")
            customer = await names(running)

    assert "deliveryDetails" in customer
    assert "elsewhere" not in customer


async def test_a_gateway_starts_without_its_store_and_takes_it_when_it_is_back(tmp_path: Path) -> None:
    shared = {"state_url": read_state_address(str(tmp_path))}
    with sandbox() as store:
        async with served(store.url, **shared) as running:
            await running.reload()  # the look before it is over, and all is kept
            before = await running.sdl()
        url = store.url
    async with served(url, **shared) as running:
        ready = await running.serves("snapshot")
        told = await running.ask("{ schemaInfo { source loadedAt } }")
        stale = await running.sdl()
        logged = running.logged.getvalue()

    assert (ready["ready"], ready["source"]) == (True, "snapshot")
    assert ready["reason"]
    assert told["schemaInfo"]["source"] == "snapshot"
    assert stale == before
    assert '"source":"snapshot"' in logged.replace(" ", "")


async def test_a_store_that_comes_back_replaces_the_snapshot(upstream: ScriptedUpstream, tmp_path: Path) -> None:
    shared = {"state_url": read_state_address(str(tmp_path))}
    upstream.answers |= {
        "POST /oauth/access_token": {"access_token": "own", "expires_in": 3600},
        "/v2/flows": {"data": [flow_json("customers")]},
        "/v2/flows/customers/fields": {"data": [field_json("size")]},
    }
    async with served(upstream.url, **shared) as running:
        await running.reload()  # the look before it is over, and all is kept
        before = await running.sdl()
    flows = upstream.answers.pop("/v2/flows")
    upstream.answers["/v2/flows"] = Reply(500)
    async with served(upstream.url, **shared) as running:
        stale = await running.serves("snapshot")
        upstream.answers["/v2/flows"] = flows
        report = await running.reload()
        fresh = (await running.client.get("/readyz")).json()
        after = await running.sdl()

    assert (stale["ready"], stale["source"], stale["generation"]) == (True, "snapshot", 1)
    assert report["outcome"] in ("swapped", "unchanged")  # unchanged where it had just looked again by itself
    assert report["number"] == 2
    assert (fresh["source"], fresh["reason"]) == ("live", None)
    assert before == after


async def test_a_gateway_serves_on_a_file_and_reads_it_again_when_told(store: RunningSandbox, tmp_path: Path) -> None:
    settings = Settings(upstream_url=store.url, client_id="sandbox", client_secret=Secret("sandbox-secret"))
    reading = await read_store(settings)
    path = tmp_path / "definitions.json"
    path.write_bytes(render_snapshot(reading.documents, 1_800_000_000.0, reading.definitions.fingerprint))
    async with served(store.url, definitions=str(path)) as running:
        told = await running.ask("{ schemaInfo { source loadedAt } }")
        value = await first_customer(running, store, "deliveryDetails")
        changed = json.loads(path.read_text())
        changed["fields"]["customers"] = []
        path.write_text(json.dumps(changed))
        report = await running.reload()
        after = await running.ask("{ schemaInfo { source } }")

    assert told["schemaInfo"] == {"source": "file", "loadedAt": "2027-01-15T08:00:00Z"}
    assert isinstance(value, str)
    assert report["outcome"] == "swapped"
    assert after["schemaInfo"]["source"] == "file"
