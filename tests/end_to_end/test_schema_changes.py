"""A merchant changes a field: what serves, what waits, what is written down, who is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.support.scripted import ScriptedUpstream
from tests.support.served import ADMIN, Served, served
from tests.support.stores import field_json, flow_json

INFO = """{ schemaInfo {
  version impact
  changes(first: 50) { level coordinate description at }
  held { version since reason impact changes(first: 2) { level coordinate } }
} }"""


def store(upstream: ScriptedUpstream, *fields: str) -> None:
    upstream.answers |= {
        "POST /oauth/access_token": {"access_token": "own", "expires_in": 3600},
        "/v2/flows": {"data": [flow_json("customers")]},
        "/v2/flows/customers/fields": {"data": [field_json(slug) for slug in fields]},
    }


async def info(running: Served) -> dict[str, Any]:
    found: dict[str, Any] = (await running.ask(INFO))["schemaInfo"]
    return found


async def release(running: Served, token: str = ADMIN) -> httpx.Response:
    return await running.client.post("/admin/schema/release", headers={"authorization": f"Bearer {token}"})


@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_a_swap_is_written_down_and_told_by_both_executors(upstream: ScriptedUpstream, executor: str) -> None:
    store(upstream, "before")
    async with served(upstream.url, field_grace_days=0.0, executor=executor) as running:
        first = await info(running)
        store(upstream, "before", "slot")
        await running.reload()
        second = await info(running)
        none = await running.ask("{ schemaInfo { changes(first: 0) { at } few: changes(first: 1) { level } } }")
        by_variable = await running.ask(
            "query($n: Int) { schemaInfo { changes(first: $n) { coordinate } } }", {"n": -3}
        )

    assert first["changes"] == []
    assert [(one["level"], one["coordinate"], one["description"]) for one in second["changes"]] == [
        ("DANGEROUS", "CustomerCreateInput.slot", "CustomerCreateInput.slot added: String"),
        ("DANGEROUS", "CustomerUpdateInput.slot", "CustomerUpdateInput.slot added: String"),
        ("SAFE", "Customer.slot", "Customer.slot added: String"),
    ]
    assert second["held"] is None
    assert none["schemaInfo"] == {"changes": [], "few": [{"level": "DANGEROUS"}]}
    assert by_variable["schemaInfo"]["changes"] == []


async def test_a_breaking_change_waits_until_it_is_released(upstream: ScriptedUpstream) -> None:
    store(upstream, "before", "slot")
    async with served(upstream.url, field_grace_days=0.0, schema_policy="hold-breaking") as running:
        version = (await info(running))["version"]
        store(upstream, "before")
        report = await running.reload()
        again = await running.reload()
        held = await info(running)
        ready = (await running.client.get("/readyz")).json()
        metrics = (await running.client.get("/metrics")).text
        still = await running.ask('{ schemaInfo { version } __type(name: "Customer") { fields { name } } }')
        token = {"authorization": f"Bearer {ADMIN}"}
        another = await running.client.post("/admin/schema/release?version=another", headers=token)
        waiting = held["held"]["version"]
        released = await running.client.post(f"/admin/schema/release?version={waiting}", headers=token)
        after = await info(running)
        nothing = await release(running)

    assert (report["outcome"], again["outcome"]) == ("held", "held")
    assert report["reason"].startswith("It breaks: Customer.slot removed;")
    assert held["version"] == version
    assert held["held"]["reason"] == report["reason"]
    assert held["held"]["changes"][0] == {"level": "BREAKING", "coordinate": "Customer.slot"}
    assert ready["held"]["version"] == held["held"]["version"]
    assert (ready["ready"], ready["held"]["breaking"], ready["held"]["reason"]) == (True, 3, report["reason"])
    assert "penstock_schema_held 1.0" in metrics
    assert {"name": "slot"} in still["__type"]["fields"]
    assert another.status_code == 409
    assert "Version 'another' does not wait" in another.text
    assert (released.status_code, released.json()["outcome"]) == (200, "swapped")
    assert after["version"] == held["held"]["version"]
    assert after["held"] is None
    assert after["changes"][0]["coordinate"] == "Customer.slot"
    assert nothing.status_code == 409


async def test_a_held_schema_is_cleared_when_the_store_takes_it_back(upstream: ScriptedUpstream) -> None:
    store(upstream, "before", "slot")
    async with served(upstream.url, field_grace_days=0.0, schema_policy="hold-breaking") as running:
        store(upstream, "before")
        await running.reload()
        store(upstream, "before", "slot")
        report = await running.reload()
        found = await info(running)
        metrics = (await running.client.get("/metrics")).text

    assert report["outcome"] == "unchanged"
    assert found["held"] is None
    assert found["changes"] == []
    assert "penstock_schema_held 0.0" in metrics


async def test_a_newer_candidate_replaces_a_held_one(upstream: ScriptedUpstream) -> None:
    store(upstream, "before", "slot")
    async with served(upstream.url, field_grace_days=0.0, schema_policy="hold-breaking") as running:
        store(upstream, "before")
        await running.reload()
        first = (await info(running))["held"]["version"]
        store(upstream, "slot")
        await running.reload()
        second = (await info(running))["held"]
        store(upstream, "before", "slot", "more")
        added = await running.reload()
        last = await info(running)

    assert second["version"] != first
    assert "Customer.before removed" in second["reason"]
    assert added["outcome"] == "swapped"
    assert last["held"] is None


async def test_a_frozen_schema_holds_every_change(upstream: ScriptedUpstream) -> None:
    store(upstream, "before")
    async with served(upstream.url, field_grace_days=0.0, schema_policy="freeze") as running:
        version = (await info(running))["version"]
        store(upstream, "before", "slot")
        report = await running.reload()
        frozen = await info(running)
        await release(running)
        thawed = await info(running)

    assert report["outcome"] == "held"
    assert report["reason"].startswith("The schema is frozen (0 breaking, 2 dangerous, 1 safe).")
    assert frozen["version"] == version
    assert thawed["version"] == frozen["held"]["version"]


async def test_a_release_wants_the_admin_token(upstream: ScriptedUpstream) -> None:
    store(upstream, "before", "slot")
    async with served(upstream.url, field_grace_days=0.0, schema_policy="hold-breaking") as running:
        store(upstream, "before")
        await running.reload()
        answer = await release(running, "wrong")

        assert answer.status_code == 401
        assert (await info(running))["held"] is not None


class Stream:
    """The events of one client."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> dict[str, Any]:
        """The next event: its `event`, `id` and decoded `data`."""
        found: dict[str, Any] = {}
        async for line in self._lines:
            if not line and "event" in found:
                return found
            name, _, value = line.partition(": ")
            if name in ("event", "id", "data"):
                found[name] = json.loads(value) if name == "data" else value
        raise EOFError


async def test_listeners_are_told_of_a_swap_and_of_what_they_missed(upstream: ScriptedUpstream) -> None:
    store(upstream, "before")
    async with served(upstream.url, field_grace_days=0.0, cors_origins=("https://shop.example",)) as running:
        async with running.client.stream("GET", "/schema/events", headers={"origin": "https://shop.example"}) as answer:
            stream = Stream(answer.aiter_lines())
            first = await stream.next()
            store(upstream, "before", "slot")
            await running.reload()
            swap = await stream.next()
        store(upstream, "before")
        await running.reload()
        async with running.client.stream("GET", "/schema/events", headers={"last-event-id": swap["id"]}) as later:
            resumed = Stream(later.aiter_lines())
            greeting, missed = await resumed.next(), await resumed.next()
        async with running.client.stream("GET", "/schema/events", headers={"last-event-id": first["id"]}) as later:
            from_the_start = Stream(later.aiter_lines())
            everything = [await from_the_start.next() for _ in range(3)]
        version = (await info(running))["version"]

    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert answer.headers["cache-control"] == "no-store"
    assert "schema-version" in answer.headers
    assert (first["event"], first["id"]) == ("version", "0")
    assert swap["event"] == "swap"
    assert swap["data"]["before"] == first["data"]["version"]
    assert swap["data"]["counts"] == {"breaking": 0, "dangerous": 2, "safe": 1}
    assert {one["coordinate"] for one in swap["data"]["changes"]} >= {"Customer.slot"}
    assert (greeting["event"], greeting["data"], "id" in greeting) == ("version", {"version": version}, False)
    assert missed["data"]["changes"][0]["description"] == "Customer.slot removed"
    assert [one["data"]["version"] for one in everything] == [version, swap["data"]["version"], version]


async def test_an_open_stream_ends_whole_when_the_gateway_stops(upstream: ScriptedUpstream) -> None:
    store(upstream, "before")
    loop = asyncio.get_running_loop()
    async with (
        httpx.AsyncClient(timeout=20) as client,
        served(upstream.url, field_grace_days=0.0) as running,
        client.stream("GET", running.client.base_url.join("/schema/events")) as answer,
    ):
        stream = Stream(answer.aiter_lines())
        await stream.next()
        running.stop()
        started = loop.time()
        with pytest.raises(EOFError):
            await stream.next()
        seconds = loop.time() - started

    assert seconds < 0.9


async def test_streams_are_bounded_and_give_their_place_back(upstream: ScriptedUpstream) -> None:
    store(upstream, "before")
    async with served(upstream.url, field_grace_days=0.0, schema_event_clients=1) as running:
        head = await running.client.head("/schema/events")
        async with running.client.stream("GET", "/schema/events") as answer:
            await Stream(answer.aiter_lines()).next()
            refused = await running.client.get("/schema/events")
        for _ in range(100):  # the server hears of the end a little later
            later = await running.client.head("/schema/events")
            if later.status_code == 200:
                break

    assert (head.status_code, head.headers["content-type"], head.content) == (
        200,
        "text/event-stream; charset=utf-8",
        b"",
    )
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert refused.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert later.status_code == 200


PROFILE = "query ProfilePage { me { slot } }"


async def test_a_change_tells_whom_it_breaks(upstream: ScriptedUpstream) -> None:
    store(upstream, "slot")
    async with served(upstream.url, field_grace_days=0.0, schema_policy="hold-breaking") as running:
        headers = {"apollographql-client-name": "web"}
        answer = await running.client.post("/graphql", json={"query": PROFILE}, headers=headers)
        await running.gateway.life.usage.flush()
        store(upstream, "other")
        await running.reload()
        held = (await info(running))["held"]
        ready = (await running.client.get("/readyz")).json()
        await release(running)
        after = await info(running)

    line = "ProfilePage (client web) breaks: Customer.slot removed"
    assert "data" in answer.json()
    assert held["impact"] == [line]
    assert ready["held"]["breaks"] == [line]
    assert after["impact"] == [line]
    assert line in running.logged.getvalue()


@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_a_field_knows_when_it_was_last_used(upstream: ScriptedUpstream, executor: str) -> None:
    store(upstream, "slot", "size")
    upstream.answers["/v2/customers/c1"] = {"data": {"id": "c1", "type": "customer", "slot": "am"}}
    asked = "{ fieldDefinitions { slug lastUsedAt } }"
    async with served(upstream.url, field_grace_days=0.0, executor=executor) as running:
        before = await running.ask(asked)
        await running.ask('{ customer(id: "c1") { slot customFields { slug definition { lastUsedAt } } } }', bearer="b")
        await running.gateway.life.usage.flush()
        after = await running.ask(asked)
        beside = await running.ask(
            '{ customer(id: "c1") { customField(slug: "slot") { definition { lastUsedAt } } } }', bearer="b"
        )

    assert [one["lastUsedAt"] for one in before["fieldDefinitions"]] == [None, None]
    used = {one["slug"]: one["lastUsedAt"] for one in after["fieldDefinitions"]}
    assert used["size"] is None
    assert used["slot"].endswith(":00.000Z")
    assert beside["customer"]["customField"]["definition"]["lastUsedAt"] == used["slot"]
