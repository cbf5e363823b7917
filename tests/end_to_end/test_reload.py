"""A schema is replaced under way: what began on one generation ends on it."""

from __future__ import annotations

import asyncio
import gc
import weakref

from tests.support.scripted import Reply, ScriptedUpstream
from tests.support.served import served
from tests.support.stores import field_json, flow_json


def store(upstream: ScriptedUpstream, *fields: str) -> None:
    upstream.answers |= {
        "POST /oauth/access_token": {"access_token": "own", "expires_in": 3600},
        "/v2/flows": {"data": [flow_json("customers")]},
        "/v2/flows/customers/fields": {"data": [field_json(slug) for slug in fields]},
        "/v2/customers/c1": {"data": {"id": "c1", "type": "customer", "before": "b", "after": "a"}},
    }


async def test_a_request_under_way_ends_on_the_schema_it_began_with(upstream: ScriptedUpstream) -> None:
    store(upstream, "before")
    async with served(upstream.url) as running:
        upstream.gate, upstream.gated = asyncio.Event(), "/v2/customers"
        known = len(upstream.calls)
        under_way = asyncio.create_task(running.ask('{ customer(id: "c1") { before } }', bearer="b"))
        await upstream.until(known + 1)
        store(upstream, "after")
        report = await running.reload()
        upstream.gate.set()

        told = await under_way
        newer = await running.ask('{ customer(id: "c1") { after } }', bearer="b")
        gone = await running.ask('{ customer(id: "c1") { before } }', bearer="b")

    assert report["outcome"] == "swapped"
    assert told == {"customer": {"before": "b"}}
    assert newer == {"customer": {"after": "a"}}
    assert gone == {"customer": {"before": None}}


async def test_a_generation_without_requests_is_freed_by_the_next_swap_but_one(upstream: ScriptedUpstream) -> None:
    store(upstream, "before")
    async with served(upstream.url) as running:
        await running.ask('{ customer(id: "c1") { before } }', bearer="b")
        generation = running.gateway.holder.current
        assert generation is not None
        old = weakref.ref(generation)
        del generation
        for slug in ("after", "after_that"):
            store(upstream, slug)
            await running.reload()
        await running.ask("{ schemaInfo { version } }")
        gc.collect()

        assert old() is None


async def test_definitions_that_cannot_be_read_keep_the_schema(upstream: ScriptedUpstream) -> None:
    store(upstream, "before")
    async with served(upstream.url) as running:
        upstream.answers["/v2/flows"] = Reply(500, b"<html>")
        answer = await running.client.post(
            "/admin/schema/reload", headers={"authorization": "Bearer admin-token-of-the-tests"}
        )
        told = await running.ask('{ customer(id: "c1") { before } }', bearer="b")

    assert answer.status_code == 502
    assert answer.json()["outcome"] == "failed"
    assert "html" not in answer.text
    assert told == {"customer": {"before": "b"}}


async def test_a_store_that_loses_its_mind_never_loses_its_schema(upstream: ScriptedUpstream) -> None:
    store(upstream, "before")
    async with served(upstream.url) as running:
        outcomes = []
        for body in (b"", b"null", b"[]", b'{"data": 7}', b'{"data": [null, 3, {}]}', b'{"data": [{"slug": {}}]}'):
            upstream.answers["/v2/flows"] = Reply(200, body)
            answer = await running.client.post(
                "/admin/schema/reload", headers={"authorization": "Bearer admin-token-of-the-tests"}
            )
            outcomes.append((answer.status_code, answer.json()["outcome"]))
            assert (await running.ask("{ schemaInfo { version } }"))["schemaInfo"]["version"]

    assert {code for code, _ in outcomes} <= {200, 502}
