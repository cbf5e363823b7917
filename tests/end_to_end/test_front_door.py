"""GraphQL over HTTP through the whole product: what each kind of request is answered with, by both executors."""

from __future__ import annotations

import json

import pytest

from tests.support.sandboxes import RunningSandbox
from tests.support.served import served

GRAPHQL = "application/graphql-response+json"
INVISIBLE = "{ me { id } schemaInfo { version } }"
CASES: list[tuple[dict[str, object], int, str]] = [
    ({"query": "{ schemaInfo { version } }"}, 200, ""),
    ({"query": INVISIBLE}, 294, "CUSTOMER_TOKEN_MISSING"),
    ({"query": "{ me { id } }"}, 294, "CUSTOMER_TOKEN_MISSING"),
    ({"query": "{ customers(first: 0) { totalCount } __schema { queryType { name } } }"}, 294, "BAD_USER_INPUT"),
    ({"query": "{"}, 400, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ nowhere }"}, 400, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "query A { __typename } query B { __typename }"}, 422, "BAD_REQUEST"),
    ({"query": "query A { __typename }", "operationName": "B"}, 422, "BAD_REQUEST"),
    ({"query": "query ($n: Int!) { customers(first: $n) { totalCount } }"}, 400, "BAD_USER_INPUT"),
    ({"query": "{" + " ".join(f"a{n}: __typename" for n in range(31)) + "}"}, 400, "LIMIT_EXCEEDED"),
    (
        {"query": "{ customers(first: 100) { nodes { orders(first: 100) { nodes { items { id } } } } } }"},
        400,
        "BUDGET_EXCEEDED",
    ),
    ({"documentId": "unknown"}, 400, "DOCUMENT_NOT_FOUND"),
]


@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_every_kind_of_request_has_its_status_in_both_media_types(seeded: RunningSandbox, executor: str) -> None:
    async with served(seeded.url, executor=executor) as running:
        for body, status, code in CASES:
            typed = await running.client.post("/graphql", json=body, headers={"accept": GRAPHQL})
            plain = await running.client.post("/graphql", json=body)
            answer = typed.json()

            assert (typed.status_code, plain.status_code) == (status, 200), body
            assert typed.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"
            assert ("data" in answer) == (status < 300)
            assert [error["extensions"]["code"] for error in answer.get("errors", [])][:1] == [code][: bool(code)]


@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_a_safe_method_runs_queries_and_no_page_of_another_site_runs_any(
    seeded: RunningSandbox, executor: str
) -> None:
    async with served(seeded.url, executor=executor) as running:
        get, query = running.client.get, {"query": "{ schemaInfo { version } }"}
        mutation = await get("/graphql", params={"query": "mutation { accessTokenCreate { __typename } }"})
        variables = {"query": "query ($n: Int) { customers(first: $n) { totalCount } }", "variables": '{"n": 0}'}
        refused = await get("/graphql", params=variables)
        own = await get("/graphql", params=query)
        page = await get("/graphql", params=query, headers={"origin": "https://elsewhere.test"})
        form = await running.client.post("/graphql", data=query)
        metrics = (await running.client.get("/metrics")).text

    assert (mutation.status_code, mutation.headers["allow"]) == (405, "POST")
    assert refused.json()["errors"][0]["path"] == ["customers"]
    assert own.json()["data"]["schemaInfo"]
    assert (page.status_code, form.status_code) == (403, 415)
    assert "data" not in page.json()
    assert json.loads(form.content)["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert 'penstock_errors_total{code="FORBIDDEN"} 1.0' in metrics
