"""Definitions are read with the gateway's own token, flow by flow, and whole or not at all."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from penstock.errors import OperatorError, UpstreamError, UpstreamInvalid
from penstock.upstream.config import BreakerConfig, RetryConfig, StackConfig
from penstock.upstream.definitions_source import DefinitionsSource
from penstock.upstream.stack import build_stack
from penstock.upstream.tokens import ClientCredentials, TokenSource
from tests.support.scripted import Reply, ScriptedUpstream

TOKEN = {"access_token": "own-token", "expires_in": 3600}


def flow(slug: str, **more: object) -> dict[str, object]:
    return {"id": f"flow-{slug}", "type": "flow", "slug": slug, "name": slug, "description": "", "enabled": True} | more


def field(slug: str) -> dict[str, object]:
    return {"id": f"field-{slug}", "type": "field", "slug": slug, "name": slug, "field_type": "string", "enabled": True}


@asynccontextmanager
async def source(upstream: ScriptedUpstream, secret: str | None = "s") -> AsyncIterator[DefinitionsSource]:
    upstream.answers.setdefault("POST /oauth/access_token", TOKEN)
    config = StackConfig(upstream.url, retry=RetryConfig(max_attempts=1), breaker=BreakerConfig(failures=0))
    transport = build_stack(config)
    tokens = TokenSource(transport, ClientCredentials("c", secret), clock=time.monotonic)
    try:
        yield DefinitionsSource(transport, tokens, timeout_seconds=5, concurrency=3)
    finally:
        await tokens.aclose()
        await transport.aclose()


async def test_every_flow_but_templates_is_asked_for_its_fields(upstream: ScriptedUpstream) -> None:
    flows = [flow("customers"), flow("wishlists", enabled=False), flow("products(shoe)"), flow("../orders")]
    upstream.answers["/v2/flows"] = {"data": flows}
    upstream.answers["/v2/flows/customers/fields"] = {"data": [field("delivery_details")]}
    async with source(upstream) as definitions:
        found = (await definitions.load()).definitions

    customers = found.flow("customers")
    assert customers is not None
    assert [one.slug for one in customers.fields] == ["delivery_details"]
    assert sorted(upstream.paths) == [
        "/oauth/access_token",
        "/v2/flows",
        "/v2/flows",  # again, since there are no fields of wishlists, which may have been renamed meanwhile
        "/v2/flows/customers/fields",
        "/v2/flows/wishlists/fields",
    ]


async def test_a_flow_that_is_renamed_while_it_is_read_loses_no_field(upstream: ScriptedUpstream) -> None:
    upstream.answers["/v2/flows"] = [
        {"data": [flow("customers-for-now", id="flow-c")]},
        {"data": [flow("customers", id="flow-c")]},
    ]
    upstream.answers["/v2/flows/customers/fields"] = {"data": [field("delivery_details")]}
    async with source(upstream) as definitions:
        found = (await definitions.load()).definitions

    assert [(one.slug, len(one.fields)) for one in found.flows] == [("customers", 1)]


async def test_the_token_is_the_gateways_own(upstream: ScriptedUpstream) -> None:
    upstream.answers["/v2/flows"] = {"data": []}
    async with source(upstream) as definitions:
        await definitions.load()
    async with source(upstream, secret=None) as definitions:
        await definitions.load()

    assert upstream.calls[1].header("authorization") == "Bearer own-token"
    assert b"client_credentials" in upstream.calls[0].body
    assert b"implicit" in upstream.calls[2].body


async def test_calls_under_way_are_bounded(upstream: ScriptedUpstream) -> None:
    upstream.answers["/v2/flows"] = {"data": [flow(f"flow-{number}") for number in range(20)]}
    async with source(upstream) as definitions:
        await definitions.load()

    assert len(upstream.calls) == 23  # a token, twenty flows without fields, and the list of flows twice
    assert upstream.most_under_way <= 3


async def test_a_refused_token_is_renewed_once(upstream: ScriptedUpstream) -> None:
    upstream.answers["POST /oauth/access_token"] = [TOKEN, {"access_token": "second", "expires_in": 3600}]
    upstream.answers["/v2/flows"] = [Reply(401), {"data": []}]
    async with source(upstream) as definitions:
        await definitions.load()

    assert [call.header("authorization") for call in upstream.calls if call.path == "/v2/flows"] == [
        "Bearer own-token",
        "Bearer second",
    ]


@pytest.mark.parametrize(
    "answer", [Reply(401), Reply(403), Reply(500), Reply(200, b"no json"), Reply(200, {}), Reply(302)]
)
@pytest.mark.parametrize("path", ["/v2/flows", "/v2/flows/customers/fields"])
async def test_a_call_that_fails_fails_the_whole(upstream: ScriptedUpstream, path: str, answer: Reply) -> None:
    upstream.answers["/v2/flows"] = {"data": [flow("customers"), flow("orders")]}
    upstream.answers[path] = answer
    async with source(upstream) as definitions:
        with pytest.raises(UpstreamError):
            await definitions.load()


async def test_a_missing_list_of_flows_is_no_empty_store(upstream: ScriptedUpstream) -> None:
    async with source(upstream) as definitions:
        with pytest.raises(UpstreamInvalid):
            await definitions.load()


async def test_a_refused_client_is_the_operators_to_mend(upstream: ScriptedUpstream) -> None:
    upstream.answers["POST /oauth/access_token"] = Reply(401)
    async with source(upstream) as definitions:
        with pytest.raises(OperatorError, match="PENSTOCK_CLIENT_ID"):
            await definitions.load()


@pytest.mark.parametrize("data", [None, [None, 7, {"slug": 3}, []]])
async def test_nonsense_in_the_list_is_no_error(upstream: ScriptedUpstream, data: object) -> None:
    upstream.answers["/v2/flows"] = {"data": data}
    async with source(upstream) as definitions:
        found = (await definitions.load()).definitions

    assert found.flows == ()


@pytest.mark.parametrize("data", [7, "flows", {"a": 1}, False])
async def test_data_that_is_no_list_never_passes_for_an_empty_store(upstream: ScriptedUpstream, data: object) -> None:
    upstream.answers["/v2/flows"] = {"data": data}
    async with source(upstream) as definitions:
        with pytest.raises(UpstreamInvalid):
            await definitions.load()
