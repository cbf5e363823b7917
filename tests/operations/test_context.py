"""Credentials of one request: what travels, what is refused before any call, what upstream's refusals mean."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from penstock.upstream.config import RetryConfig
from tests.support.gateway import NOW, credentials_of, customer_token, gateway
from tests.support.scripted import Call, Reply, ScriptedUpstream, error, listing
from tests.support.stores import generation_of

STORE = generation_of({"wishlists": []})
ME = "{ me { id name } }"
CUSTOMER = {"data": {"id": "c1", "type": "customer", "name": "Ines"}}
NOT_VALID = "The customer token supplied is not valid."


class Tokens:
    """A token endpoint that gives another token each time."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self, _call: Call) -> Any:
        self.given += 1
        return {"access_token": f"own-{self.given}", "expires_in": 3600}


async def test_forwarded_headers_travel_unchanged_and_absent_ones_stay_absent(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/c1": CUSTOMER}
    token = customer_token("c1")
    caller = credentials_of("b", token, {"x-moltin-language": "fr", "ep-channel": "web"})

    async with gateway(upstream.url, STORE) as running:
        await running.run(ME, credentials=caller)
        await running.run('{ customer(id: "c1") { id } }')

    own = {"host", "user-agent", "accept", "accept-encoding", "connection", "content-length"}
    sent = [{key: value for key, value in call.headers if key not in own} for call in upstream.calls]
    assert sent == [
        {"authorization": "Bearer b", "x-moltin-customer-token": token, "x-moltin-language": "fr", "ep-channel": "web"},
        {"authorization": "Bearer bearer-1"},
    ]


@pytest.mark.parametrize("document", [ME, "{ orders { nodes { id } } }", "{ wishlists { nodes { id } } }"])
@pytest.mark.parametrize("expires", [NOW, NOW - 1, 1])
async def test_an_expired_customer_token_is_refused_before_any_call(
    upstream: ScriptedUpstream, document: str, expires: float
) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(document, credentials=credentials_of("b", customer_token("c1", expires)))

    assert answer.codes == ["CUSTOMER_TOKEN_EXPIRED"]
    assert upstream.calls == []


async def test_a_write_with_an_expired_customer_token_is_refused_before_any_call(upstream: ScriptedUpstream) -> None:
    expired = credentials_of("b", customer_token("c1", NOW))

    async with gateway(upstream.url, STORE) as running:
        update = await running.run(
            'mutation { customerUpdate(input: {name: "x"}) { customer { id } } }', credentials=expired
        )
        create = await running.run(
            'mutation { customerCreate(input: {name: "x", email: "a@b.co"}) { customer { id } } }', credentials=expired
        )

    assert update.codes == create.codes == ["CUSTOMER_TOKEN_EXPIRED"]
    assert upstream.calls == []


@pytest.mark.parametrize(
    "token", ["garbled", "a.b.c", "..", "a.!!!.c", customer_token(7), customer_token("../c1"), "x" * 5000]
)
async def test_an_undecodable_customer_token_still_passes_through(upstream: ScriptedUpstream, token: str) -> None:
    upstream.answers = {"/v2/orders": listing({"id": "o1"})}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ orders { nodes { id } } me { id } }", credentials=credentials_of("b", token))

    assert answer.partial == {"orders": {"nodes": [{"id": "o1"}]}, "me": None}
    assert answer.codes == ["CUSTOMER_TOKEN_INVALID"]
    assert [call.header("x-moltin-customer-token") for call in upstream.calls] == [token]


async def test_me_without_a_customer_token_says_so(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(ME)

    assert answer.codes == ["CUSTOMER_TOKEN_MISSING"]
    assert answer.partial == {"me": None}
    assert upstream.calls == []


@pytest.mark.parametrize(
    "refusal",
    [
        error(401, title="Unauthorized", detail=NOT_VALID),
        error(403, title="Forbidden", detail=NOT_VALID),
        error(422, title="Invalid", detail=NOT_VALID),
        error(400, title=NOT_VALID),
        error(404, title="Not Found", detail="customer not found"),
        error(403, title="Forbidden"),
        error(422, title="Unprocessable Entity"),
    ],
)
async def test_a_customer_token_that_upstream_refuses_is_invalid(upstream: ScriptedUpstream, refusal: Reply) -> None:
    upstream.answers = {"/v2/customers/c1": refusal}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(ME, credentials=credentials_of("b", customer_token("c1")))

    assert answer.codes == ["CUSTOMER_TOKEN_INVALID"]
    assert answer.errors[0]["extensions"]["upstream"]["status"] == refusal.status
    assert "supplied" not in answer.text


async def test_a_good_customer_token_before_another_customers_data_is_forbidden(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        "/v2/customers/c2": error(403, detail="The customer token supplied belongs to another customer.")
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            '{ customer(id: "c2") { id } }', credentials=credentials_of("b", customer_token("c1"))
        )

    assert answer.codes == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (error(401, title="Unable to validate access token"), "UNAUTHENTICATED"),
        (error(401, title="Unauthorized"), "UNAUTHENTICATED"),
        (error(403, title="Forbidden"), "FORBIDDEN"),
        (error(400, title="Bad Request"), "BAD_USER_INPUT"),
        (error(422, title="x"), "BAD_USER_INPUT"),
        (error(409, title="x"), "UPSTREAM_INVALID_RESPONSE"),
        (error(418, title="x"), "UPSTREAM_INVALID_RESPONSE"),
        (Reply(301, b"", (("location", "http://127.0.0.1:1/"),)), "UPSTREAM_INVALID_RESPONSE"),
        (Reply(429, b""), "RATE_LIMITED"),
        (Reply(500, b"<html>"), "UPSTREAM_UNAVAILABLE"),
        (Reply(503, b""), "UPSTREAM_UNAVAILABLE"),
    ],
)
async def test_refusals_of_reads_have_their_codes(upstream: ScriptedUpstream, reply: Reply, code: str) -> None:
    upstream.answers = {"/v2/customers/c1": reply, "/v2/customers": reply}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id: "c1") { id } customers { nodes { id } } }')

    assert answer.partial == {"customer": None, "customers": None}
    assert answer.codes == [code, code]
    assert [entry["path"] for entry in answer.errors] == [["customer"], ["customers"]]
    assert {entry["extensions"]["requestId"] for entry in answer.errors} == {"request-1"}


async def test_upstreams_own_request_id_is_told_and_nothing_else(upstream: ScriptedUpstream) -> None:
    item = {"title": "Internal", "detail": "db-7 http://10.0.0.1", "request_id": "up-1", "meta": {"host": "db-7"}}
    upstream.answers = {"/v2/customers/c1": Reply(500, {"errors": [item]}, (("x-powered-by", "secret-stack"),))}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id: "c1") { id } }')

    assert answer.errors[0]["extensions"]["upstream"] == {"status": 500, "requestId": "up-1"}
    for leaked in ("db-7", "10.0.0.1", "secret-stack", "127.0.0.1", "bearer-1"):
        assert leaked not in answer.text


async def test_a_rate_limit_says_when_to_come_back(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/c1": Reply(429, b"", (("retry-after", "7"),))}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id: "c1") { id } }')

    assert answer.errors[0]["extensions"]["retryAfter"] == 7


async def test_without_any_bearer_and_without_a_client_id_nobody_is_asked(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id: "c1") { id } }', credentials=credentials_of(None))

    assert answer.codes == ["UNAUTHENTICATED"]
    assert upstream.calls == []


async def test_the_implicit_token_stands_in_for_a_missing_bearer_alone(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"POST /oauth/access_token": Tokens(), "/v2/customers/c1": CUSTOMER}

    async with gateway(upstream.url, STORE, client_id="shop") as running:
        await running.run(ME, credentials=credentials_of(None, customer_token("c1")))
        await running.run(ME, credentials=credentials_of("callers", customer_token("c1")))

    reads = [call for call in upstream.calls if call.method == "GET"]
    assert [call.header("authorization") for call in reads] == ["Bearer own-1", "Bearer callers"]
    assert all(call.header("x-moltin-customer-token") for call in reads)


async def test_a_stale_implicit_token_is_renewed_once_for_all_reads(upstream: ScriptedUpstream) -> None:
    tokens = Tokens()

    def customer(call: Call) -> Any:
        if call.header("authorization") == "Bearer own-1":
            return Reply(401, {"errors": [{"title": "Unable to validate access token"}]})
        return {"data": {"id": call.path.rpartition("/")[2]}}

    upstream.answers = {"POST /oauth/access_token": tokens} | {f"/v2/customers/c{n}": customer for n in range(6)}
    aliases = " ".join(f'a{n}: customer(id: "c{n}") {{ id }}' for n in range(6))

    async with gateway(upstream.url, STORE, client_id="shop") as running:
        answer = await running.run(f"{{ {aliases} }}", credentials=credentials_of(None))

    assert answer.data == {f"a{n}": {"id": f"c{n}"} for n in range(6)}
    assert tokens.given == 2


async def test_a_token_that_is_never_accepted_is_renewed_once(upstream: ScriptedUpstream) -> None:
    tokens = Tokens()
    refused = Reply(401, {"errors": [{"title": "Unable to validate access token"}]})
    upstream.answers = {"POST /oauth/access_token": tokens} | {f"/v2/customers/c{n}": refused for n in range(5)}
    aliases = " ".join(f'a{n}: customer(id: "c{n}") {{ id }}' for n in range(5))

    async with gateway(upstream.url, STORE, client_id="shop", concurrency=1) as running:
        answer = await running.run(f"{{ {aliases} }}", credentials=credentials_of(None))

    assert answer.codes == ["UNAUTHENTICATED"] * 5
    assert tokens.given == 2


async def test_a_refused_customer_token_renews_no_bearer(upstream: ScriptedUpstream) -> None:
    tokens = Tokens()
    upstream.answers = {"POST /oauth/access_token": tokens, "/v2/customers/c1": error(401, detail=NOT_VALID)}

    async with gateway(upstream.url, STORE, client_id="shop") as running:
        answer = await running.run(ME, credentials=credentials_of(None, customer_token("c1")))

    assert answer.codes == ["CUSTOMER_TOKEN_INVALID"]
    assert tokens.given == 1


async def test_a_callers_bearer_is_never_replaced(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        "POST /oauth/access_token": Tokens(),
        "/v2/customers/c1": error(401, title="Unable to validate access token"),
    }

    async with gateway(upstream.url, STORE, client_id="shop") as running:
        answer = await running.run('{ customer(id: "c1") { id } }')

    assert answer.codes == ["UNAUTHENTICATED"]
    assert upstream.lines == ["GET /v2/customers/c1"]


async def test_reads_are_made_again_when_upstream_is_busy(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/c1": [Reply(503, b""), Reply(429, b""), CUSTOMER]}
    retry = RetryConfig(base_seconds=0.001, rate_limited_base_seconds=0.001)

    async with gateway(upstream.url, STORE, retry=retry) as running:
        answer = await running.run('{ customer(id: "c1") { name } }')

    assert answer.data == {"customer": {"name": "Ines"}}
    assert len(upstream.calls) == 3


async def test_the_deadline_of_the_operation_ends_a_call_that_hangs(upstream: ScriptedUpstream) -> None:
    upstream.gate = asyncio.Event()

    async with gateway(upstream.url, STORE, timeout_seconds=0.1) as running:
        answer = await running.run('{ customer(id: "c1") { id } }')

    assert answer.codes == ["UPSTREAM_TIMEOUT"]


async def test_writes_to_one_resource_wait_for_each_other(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"PUT /v2/customers/c1": CUSTOMER, "PUT /v2/customers/c2": {"data": {"id": "c2"}}}
    upstream.gate = asyncio.Event()

    def document(identity: str) -> str:
        return f'mutation {{ customerUpdate(id: "{identity}", input: {{name: "x"}}) {{ customer {{ id }} }} }}'

    async with gateway(upstream.url, STORE) as running:
        writes = [asyncio.create_task(running.run(document(one))) for one in ("c1", "c1", "c2")]
        await upstream.until(2)
        before = sorted(upstream.paths)
        upstream.gate.set()
        await asyncio.gather(*writes)

    assert before == ["/v2/customers/c1", "/v2/customers/c2"]
    assert sorted(upstream.paths) == ["/v2/customers/c1", "/v2/customers/c1", "/v2/customers/c2"]
    assert len(running.services.locks) == 0
