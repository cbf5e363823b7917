"""Trusted documents through the whole product: from a folder or from what replicas share, ready, and up to date."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from penstock.settings.state_address import read_state_address
from tests.support.scripted import ScriptedUpstream
from tests.support.served import ADMIN, served
from tests.support.stores import field_json, flow_json

PROFILE = "query Profile { schemaInfo { version } }"
CUSTOMER = 'query Customer { customer(id: "c1") { before } }'


def store(upstream: ScriptedUpstream, *fields: str) -> None:
    upstream.answers |= {
        "POST /oauth/access_token": {"access_token": "own", "expires_in": 3600},
        "/v2/flows": {"data": [flow_json("customers")]},
        "/v2/flows/customers/fields": {"data": [field_json(slug) for slug in fields]},
        "/v2/customers/c1": {"data": {"id": "c1", "type": "customer", "before": "b"}},
    }


def write(folder: Path, client: str, documents: dict[str, str]) -> None:
    (folder / client).mkdir(exist_ok=True, parents=True)
    (folder / client / "persisted-documents.json").write_text(json.dumps(documents))


async def test_documents_are_told_of_what_serves_and_not_of_what_waits(
    upstream: ScriptedUpstream, tmp_path: Path
) -> None:
    store(upstream, "before")
    write(tmp_path, "web", {"c": CUSTOMER})
    settings = {"trusted_documents_path": str(tmp_path), "schema_policy": "hold-breaking", "field_grace_days": 0.0}
    async with served(upstream.url, **settings) as running:
        store(upstream, "other")
        await running.reload()
        held = (await running.client.get("/readyz")).json()
        answer = await running.client.post("/graphql", json={"documentId": "c"}, headers={"authorization": "Bearer b"})
        held_metrics = (await running.client.get("/metrics")).text
        await running.client.post("/admin/schema/release", headers={"authorization": f"Bearer {ADMIN}"})
        released = (await running.client.get("/readyz")).json()
        metrics = (await running.client.get("/metrics")).text

    assert held["held"]["breaks"] == ["Customer (client web) breaks: Customer.before removed"]
    assert held["documents"] == {"ready": 1, "unusable": []}
    assert answer.json()["data"] == {"customer": {"before": "b"}}
    assert 'penstock_trusted_documents{status="ready"} 1.0' in held_metrics
    assert released["documents"]["ready"] == 0
    assert "cannot be run" in released["documents"]["unusable"][0]
    assert 'penstock_trusted_documents{status="ready"} 0.0' in metrics
    assert 'penstock_trusted_documents{status="unusable"} 1.0' in metrics


async def test_documents_of_a_folder_are_ready_before_the_first_request(
    upstream: ScriptedUpstream, tmp_path: Path
) -> None:
    store(upstream, "before")
    write(tmp_path, "web", {"p": PROFILE, "c": CUSTOMER})
    write(tmp_path, "ios", {"gone": "query Gone { nowhere }"})
    async with served(
        upstream.url, trusted_documents="only", trusted_documents_path=str(tmp_path), suggestions=False
    ) as running:
        ready = (await running.client.get("/readyz")).json()
        by_id = await running.client.post("/graphql", json={"documentId": "c"}, headers={"authorization": "Bearer b"})
        by_text = await running.client.post("/graphql", json={"query": "{ __typename }"})
        unknown = await running.client.post("/graphql", json={"documentId": "x"})
        metrics = (await running.client.get("/metrics")).text
        lines = running.logged.getvalue()

    assert ready["documents"] == {
        "ready": 2,
        "unusable": [
            "Gone of client ios cannot be run: Cannot query field 'nowhere' on type 'Query'.",
        ],
    }
    assert 'penstock_trusted_documents{status="ready"} 2.0' in metrics
    assert by_id.json()["data"] == {"customer": {"before": "b"}}
    assert by_text.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert unknown.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_FOUND"
    assert "Gone of client ios cannot be run" in lines
    assert 'penstock_document_lookups_total{outcome="hit"} 1.0' in metrics
    assert 'penstock_document_lookups_total{outcome="miss"}' not in metrics


async def test_a_look_at_the_store_is_a_look_at_the_documents(upstream: ScriptedUpstream, tmp_path: Path) -> None:
    store(upstream, "before")
    write(tmp_path, "web", {"p": PROFILE})
    async with served(upstream.url, trusted_documents_path=str(tmp_path)) as running:
        before = (await running.client.post("/graphql", json={"documentId": "c"})).json()
        write(tmp_path, "web", {"c": PROFILE})
        report = await running.reload()
        after = (await running.client.post("/graphql", json={"documentId": "c"})).json()
        gone = (await running.client.post("/graphql", json={"documentId": "p"})).json()
        known = (await running.client.get("/readyz")).json()["documents"]

    assert report["outcome"] == "unchanged"
    assert before["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_FOUND"
    assert after["data"]["schemaInfo"]
    assert gone["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_FOUND"
    assert known == {"ready": 1, "unusable": []}


async def test_a_schema_that_breaks_a_document_says_so_and_serves_the_others(
    upstream: ScriptedUpstream, tmp_path: Path
) -> None:
    store(upstream, "before")
    write(tmp_path, "web", {"p": PROFILE, "c": CUSTOMER})
    async with served(upstream.url, trusted_documents_path=str(tmp_path), field_grace_days=0) as running:
        store(upstream, "after")
        await running.reload()
        known = (await running.client.get("/readyz")).json()["documents"]
        broken = (await running.client.post("/graphql", json={"documentId": "c"})).json()
        whole = (await running.client.post("/graphql", json={"documentId": "p"})).json()

    assert known["ready"] == 1
    assert "Customer of client web" in known["unusable"][0]
    assert broken["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert whole["data"]


async def test_a_manifest_that_is_being_written_changes_nothing(upstream: ScriptedUpstream, tmp_path: Path) -> None:
    store(upstream, "before")
    write(tmp_path / "m", "web", {"p": PROFILE})
    async with served(upstream.url, trusted_documents="only", trusted_documents_path=str(tmp_path / "m")) as running:
        (tmp_path / "m" / "web" / "persisted-documents.json").write_text('{"p": "query')
        await running.reload()
        half = await running.client.post("/graphql", json={"documentId": "p"})
        told = (await running.client.get("/readyz")).json()["documents"]
        (tmp_path / "m").rename(tmp_path / "gone")
        await running.reload()
        gone = await running.client.post("/graphql", json={"documentId": "p"})
        lines = running.logged.getvalue()

    assert half.json()["data"]
    assert gone.json()["data"]
    assert told == {"ready": 1, "unusable": ["web/persisted-documents.json is not JSON in UTF-8."]}
    assert "manifests not read" in lines


async def test_manifests_may_lie_where_replicas_share_them(upstream: ScriptedUpstream, tmp_path: Path) -> None:
    store(upstream, "before")
    async with served(upstream.url, state_url=read_state_address(str(tmp_path))) as running:
        await running.gateway.state.put("documents:web", json.dumps({"p": PROFILE}).encode())
        await running.reload()
        answer = (await running.client.post("/graphql", json={"documentId": "p"})).json()

    assert answer["data"]


async def test_an_answer_that_is_nobodys_own_may_be_kept(upstream: ScriptedUpstream, tmp_path: Path) -> None:
    store(upstream, "before")
    upstream.answers["/v2/carts/g"] = {"data": {"id": "g", "type": "cart"}}
    cart = 'query ($all: Boolean = true) { ...all @include(if: $all) } fragment all on Query { cart(id: "g") { id } }'
    write(tmp_path, "web", {"p": PROFILE, "c": CUSTOMER, "k": cart})
    changes = {"trusted_documents_path": str(tmp_path), "get_documents": "trusted", "get_max_age_seconds": 60}
    async with served(upstream.url, **changes) as running:
        get = running.client.get
        public = await get("/graphql?documentId=p")
        again = await get("/graphql?documentId=p", headers={"if-none-match": f'"x", {public.headers["etag"]}'})
        stale = await get("/graphql?documentId=p", headers={"if-none-match": 'W/"x"'})
        signed = await get("/graphql?documentId=c", headers={"authorization": "Bearer b"})
        customer = await get("/graphql?documentId=p", headers={"x-moltin-customer-token": "a.b.c"})
        text = await get("/graphql", params={"query": "{ schemaInfo { version } }"})
        posted = await running.client.post("/graphql", json={"documentId": "p"})
        unknown = await get("/graphql?documentId=x")
        carts = await get("/graphql?documentId=k")
        costed = await get("/graphql?documentId=p", headers={"penstock-cost": "1"})

    assert public.headers["cache-control"] == "public, max-age=60"
    assert {"Accept", "Authorization", "X-Moltin-Customer-Token"} <= {*public.headers["vary"].split(", ")}
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", public.headers["etag"])
    assert (stale.status_code, stale.content) == (200, public.content)
    private = [answer.headers["cache-control"] for answer in (signed, customer, text, posted, unknown, carts, costed)]
    assert private == ["no-store"] * 7
    assert (text.status_code, text.headers["allow"]) == (405, "POST")
    assert signed.json()["data"] == {"customer": {"before": "b"}}
    assert carts.json()["data"] == {"cart": {"id": "g"}}


async def test_an_automatic_query_works_as_apollo_s_clients_do_it(upstream: ScriptedUpstream) -> None:
    store(upstream, "before")
    digest = hashlib.sha256(PROFILE.encode()).hexdigest()
    async with served(upstream.url) as running:
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        first = await running.client.get("/graphql", params={"extensions": json.dumps(extensions)})
        brought = await running.client.post("/graphql", json={"query": PROFILE, "extensions": extensions})
        second = await running.client.get("/graphql", params={"extensions": json.dumps(extensions)})

    assert (first.status_code, first.json()["errors"][0]["message"]) == (200, "PersistedQueryNotFound")
    assert first.headers["cache-control"] == "no-store"
    assert brought.json() == second.json()
    assert second.headers["cache-control"] == "no-store"
