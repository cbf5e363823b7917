"""The routes beside GraphQL."""

from __future__ import annotations

import json

import pytest

from .conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_schema_is_text_with_a_strong_tag(stage: Stage) -> None:
    first = await stage.client.get("/schema.graphql")
    etag = first.headers["etag"]
    again = await stage.client.get("/schema.graphql", headers={"if-none-match": f'"x", W/{etag}'})
    other = await stage.client.get("/schema.graphql", headers={"if-none-match": '"x"'})
    meant = await stage.client.get("/schema.graphql", headers={"if-match": f'"x", {etag}'})
    both = await stage.client.get("/schema.graphql", headers={"if-match": f"W/{etag}", "if-none-match": etag})

    assert first.text == stage.holder.current.sdl
    assert etag.startswith('"')
    assert (meant.status_code, meant.content) == (200, first.content)
    assert (both.status_code, both.json()["errors"][0]["extensions"]["code"]) == (412, "BAD_REQUEST")
    assert first.headers["schema-version"] == stage.holder.current.version
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert other.status_code == 200


async def test_readiness_follows_the_first_generation(stage: Stage) -> None:
    ready = await stage.client.get("/readyz")
    stage.holder.current = None
    stage.holder.fail("GET /v2/flows: refused")
    waiting = await stage.client.get("/readyz")
    schema = await stage.client.get("/schema.graphql")
    alive = await stage.client.get("/healthz")

    assert ready.status_code == 200
    assert ready.json()["generation"] == 1
    assert waiting.status_code == 503
    assert waiting.json() == {"ready": False, "reason": "GET /v2/flows: refused"}
    assert schema.status_code == 503
    assert schema.json()["reason"].startswith("The store's definitions could not be read yet")
    assert "flows" not in schema.text
    assert alive.status_code == 200


async def test_metrics_are_served(stage: Stage) -> None:
    answer = await stage.client.get("/metrics")

    assert answer.text == "metric 1\n"
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic adm-1", "adm-1", "Bearer adm-1x"])
async def test_a_reload_wants_the_admin_token(stage: Stage, authorization: str) -> None:
    answer = await stage.client.post("/admin/schema/reload", headers={"authorization": authorization})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert json.loads(answer.content)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_reload_says_what_came_of_it(stage: Stage) -> None:
    answer = await stage.client.post("/admin/schema/reload", headers={"authorization": "bearer adm-1"})

    assert answer.status_code == 200
    assert answer.json()["outcome"] == "unchanged"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/graphql/x", 404), ("POST", "/healthz", 405), ("GET", "/admin/schema/reload", 405)],
)
async def test_everything_else_is_a_json_error(stage: Stage, method: str, path: str, status: int) -> None:
    answer = await stage.client.request(method, path, headers={"x-request-id": "mine"})

    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST", "requestId": "mine"}
    assert answer.headers["x-request-id"] == "mine"
    assert "schema-version" in answer.headers
    if status == 405:
        assert answer.headers["allow"]
