"""Every answer says which schema it is of, and the schema's own text can be asked for conditionally."""

from __future__ import annotations

import httpx
import pytest

from tests.support.scripted import ScriptedUpstream
from tests.support.served import ADMIN, Served, served
from tests.support.stores import field_json, flow_json

ORIGIN = "https://shop.example"


def store(upstream: ScriptedUpstream, *fields: str) -> None:
    upstream.answers |= {
        "POST /oauth/access_token": {"access_token": "own", "expires_in": 3600},
        "/v2/flows": {"data": [flow_json("customers")]},
        "/v2/flows/customers/fields": {"data": [field_json(slug) for slug in fields]},
    }


async def answers(running: Served) -> dict[str, httpx.Response]:
    """One answer of every kind there is."""
    client, json = running.client, {"query": "{ schemaInfo { version } }"}
    asked = {"origin": ORIGIN, "access-control-request-method": "POST"}
    bearer = {"authorization": f"Bearer {ADMIN}"}
    return {
        "operation": await client.post("/graphql", json=json),
        "operation by GET": await client.get("/graphql", params=json),
        "no JSON": await client.post("/graphql", content="x"),
        "malformed": await client.post("/graphql", content="{", headers={"content-type": "application/json"}),
        "invalid": await client.post("/graphql", json={"query": "{ nothing }"}),
        "unacceptable": await client.post("/graphql", json=json, headers={"accept": "text/csv"}),
        "method": await client.put("/graphql", json=json),
        "mutation by GET": await client.get("/graphql", params={"query": "mutation { x }"}),
        "page": await client.get("/graphql", headers={"accept": "text/html"}),
        "no asset": await client.get("/graphql/assets/nothing.js"),
        "schema": await client.get("/schema.graphql"),
        "schema HEAD": await client.head("/schema.graphql"),
        "events": await client.head("/schema/events"),
        "health": await client.get("/healthz"),
        "ready": await client.get("/readyz"),
        "metrics": await client.get("/metrics"),
        "nowhere": await client.get("/nowhere"),
        "wrong method": await client.post("/healthz"),
        "reload": await client.post("/admin/schema/reload", headers=bearer),
        "release": await client.post("/admin/schema/release", headers=bearer),
        "closed": await client.get("/admin/fields/usage"),
        "usage": await client.get("/admin/fields/usage", headers=bearer),
        "changes": await client.get("/admin/schema/changes", headers=bearer),
        "check": await client.post("/admin/schema/check", headers=bearer, content="type Query { a: Int }"),
        "no schema": await client.post("/admin/schema/check", headers=bearer, content="?"),
        "preflight": await client.options("/graphql", headers=asked),
    }


async def test_every_answer_carries_the_version_that_serves(upstream: ScriptedUpstream) -> None:
    store(upstream, "slot")
    async with served(upstream.url, cors_origins=(ORIGIN,)) as running:
        found = await answers(running)
        current = running.gateway.holder.current

    assert current is not None
    assert {name for name, one in found.items() if one.headers.get_list("schema-version") != [current.version]} == set()
    assert found["check"].json()["changes"][0]["level"] == "breaking"
    assert found["preflight"].status_code == 204


async def test_without_a_schema_every_answer_says_none(upstream: ScriptedUpstream) -> None:
    upstream.answers |= {
        "POST /oauth/access_token": {"access_token": "own", "expires_in": 3600},
        "/v2/flows": {"data": 7},
    }
    async with served(upstream.url, cors_origins=(ORIGIN,)) as running:
        found = await answers(running)

    assert {name for name, one in found.items() if one.headers.get_list("schema-version") != ["none"]} == set()


async def test_the_text_of_the_schema_is_asked_for_conditionally(upstream: ScriptedUpstream) -> None:
    store(upstream, "slot")
    async with served(upstream.url) as running:
        first = await running.client.get("/schema.graphql")
        tag = first.headers["etag"]
        known = [tag, f"W/{tag}", f'"x", {tag}', f'"x",W/{tag} , "y"', "*", f'"a,b", {tag}']
        unknown = ["", '"x"', tag.strip('"'), f"w/{tag}", '"*"', f'"{tag}', tag.upper(), f"W/W/{tag}"]
        matched = [await running.client.get("/schema.graphql", headers={"if-none-match": one}) for one in known]
        others = [await running.client.get("/schema.graphql", headers={"if-none-match": one}) for one in unknown]
        twice = await running.client.get("/schema.graphql", headers=[("if-none-match", '"x"'), ("if-none-match", tag)])
        head = await running.client.head("/schema.graphql")
        store(upstream, "slot", "more")
        await running.reload()
        later = await running.client.get("/schema.graphql", headers={"if-none-match": tag})

    assert tag.startswith('"')
    assert [one.status_code for one in matched] == [304] * len(known)
    assert {(one.content, one.headers["etag"], one.headers["cache-control"]) for one in matched} == {
        (b"", tag, "public, no-cache")
    }
    assert [one.status_code for one in others] == [200] * len(unknown)
    assert twice.status_code == 304
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    assert later.status_code == 200
    assert later.headers["etag"] != tag
    assert later.headers["schema-version"] != first.headers["schema-version"]


@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_an_operation_says_the_version_that_it_ran_on(upstream: ScriptedUpstream, executor: str) -> None:
    store(upstream, "slot")
    async with served(upstream.url, executor=executor) as running:
        answer = await running.client.post("/graphql", json={"query": "{ schemaInfo { version } }"})

    assert answer.headers["schema-version"] == answer.json()["data"]["schemaInfo"]["version"]
