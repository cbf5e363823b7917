"""Traces of a whole gateway: from the caller's header through both executors to the store and to a collector."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.gateway import EXECUTORS
from tests.support.sandboxes import RunningSandbox
from tests.support.scripted import Call, Reply, ScriptedUpstream, scripted
from tests.support.served import Served, served

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
ROW = {"data": {"id": "c1", "type": "customer", "name": "Ines"}}
TOKEN = {"access_token": "t", "token_type": "Bearer", "expires_in": 3600, "expires": 4_000_000_000}
ONE = 'query Page { customer(id: "c1") { name } }'


@pytest.fixture
async def collector() -> AsyncIterator[ScriptedUpstream]:
    """A collector that takes whatever comes."""
    async with scripted() as running:
        running.answers["POST /v1/traces"] = Reply(200, b"")
        yield running


def towards(collector: ScriptedUpstream, **more: str) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "20"} | more


def spans_of(call: Call) -> list[Span]:
    body = gzip.decompress(call.body) if call.header("content-encoding") == "gzip" else call.body
    request = ExportTraceServiceRequest.FromString(body)
    return [span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans]


def values(span: Span) -> dict[str, Any]:
    return {item.key: item.value.string_value or item.value.int_value for item in span.attributes}


async def delivered(collector: ScriptedUpstream, most: int = 1) -> list[Span]:
    """The spans of all deliveries, once there are so many."""
    async with asyncio.timeout(10):
        while sum(len(spans_of(call)) for call in collector.calls) < most:
            await collector.until(len(collector.calls) + 1)
    return [span for call in collector.calls for span in spans_of(call)]


async def post(running: Served, document: str, **headers: str) -> Any:
    return await running.client.post(
        "/graphql", json={"query": document}, headers={"authorization": "Bearer b"} | headers
    )


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("transport", ["lean", "httpx"])
async def test_a_trace_goes_from_the_caller_to_the_store(
    upstream: ScriptedUpstream, collector: ScriptedUpstream, executor: str, transport: str
) -> None:
    upstream.answers |= {"POST /oauth/access_token": TOKEN, "/v2/flows": {"data": []}, "/v2/customers/c1": ROW}
    options: dict[str, Any] = {"executor": executor, "upstream_transport": transport}
    async with served(upstream.url, environ=towards(collector), **options) as running:
        await post(running, ONE, traceparent=PARENT, tracestate="vendor=1")
        spans = await delivered(collector, 3)
    asked = next(call for call in upstream.calls if call.path == "/v2/customers/c1")
    request, operation, call = (
        next(span for span in spans if span.name == name)
        for name in ("POST /graphql", "query", "GET /v2/customers/{id}")
    )

    assert {span.trace_id.hex() for span in spans} == {TRACE}
    assert request.parent_span_id.hex() == "00f067aa0ba902b7"
    assert operation.parent_span_id == request.span_id
    assert call.parent_span_id == operation.span_id
    assert asked.header("traceparent") == f"00-{TRACE}-{call.span_id.hex()}-01"
    assert asked.header("tracestate") == "vendor=1"
    assert asked.header("authorization") == "Bearer b"
    assert (request.kind, operation.kind, call.kind) == (
        Span.SPAN_KIND_SERVER,
        Span.SPAN_KIND_SERVER,
        Span.SPAN_KIND_CLIENT,
    )
    assert values(request) == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "url.path": "/graphql",
        "url.scheme": "http",
        "http.response.status_code": 200,
    }
    assert values(operation) == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Page",
        "penstock.path": executor,
    }
    assert values(call)["http.response.status_code"] == 200
    assert request.start_time_unix_nano <= operation.start_time_unix_nano <= call.start_time_unix_nano
    assert call.end_time_unix_nano <= operation.end_time_unix_nano <= request.end_time_unix_nano


async def test_the_line_of_a_request_names_its_trace(seeded: RunningSandbox, collector: ScriptedUpstream) -> None:
    async with served(seeded.url, environ=towards(collector)) as running:
        await post(running, "{ schemaInfo { version } }", traceparent=PARENT)
        await delivered(collector, 2)
        lines = [json.loads(line) for line in running.logged.getvalue().splitlines()]

    assert [line["trace_id"] for line in lines if line["event"] == "request"] == [TRACE]


async def test_a_failure_of_the_store_is_an_error_of_its_span(
    upstream: ScriptedUpstream, collector: ScriptedUpstream
) -> None:
    upstream.answers |= {
        "POST /oauth/access_token": TOKEN,
        "/v2/flows": {"data": []},
        "/v2/customers/c1": Reply(500, {"errors": [{"title": "planted"}]}),
    }
    async with served(upstream.url, environ=towards(collector)) as running:
        await post(running, ONE)
        spans = await delivered(collector, 3)
    by_name = {span.name: span for span in spans}

    assert values(by_name["GET /v2/customers/{id}"])["error.type"] == "500"
    assert by_name["GET /v2/customers/{id}"].status.code == 2
    assert values(by_name["query"])["error.type"].startswith("UPSTREAM_")
    assert by_name["query"].status.code == 2
    assert by_name["POST /graphql"].status.code == 0


async def test_a_refused_request_is_a_span_without_an_operation(
    seeded: RunningSandbox, collector: ScriptedUpstream
) -> None:
    async with served(seeded.url, environ=towards(collector)) as running:
        answer = await running.client.post("/graphql", content=b"{", headers={"content-type": "application/json"})
        spans = await delivered(collector)

    assert answer.status_code == 400
    assert [values(span)["http.response.status_code"] for span in spans] == [400]


async def test_requests_at_the_same_time_keep_to_their_own_traces(
    seeded: RunningSandbox, collector: ScriptedUpstream
) -> None:
    document = "{ customers(first: 3) { nodes { addresses { id } } } }"
    async with served(seeded.url, environ=towards(collector)) as running:
        await asyncio.gather(*(post(running, document, authorization=f"Bearer {seeded.staff}") for _ in range(10)))
        spans = await delivered(collector, 60)
    traces: dict[bytes, list[Span]] = {}
    for span in spans:
        traces.setdefault(span.trace_id, []).append(span)

    assert len(traces) == 10
    assert {len(found) for found in traces.values()} == {6}
    for found in traces.values():
        ids = {span.span_id for span in found}
        assert sum(span.parent_span_id not in ids for span in found) == 1


async def test_deliveries_are_packed_and_signed_as_the_variables_say(
    seeded: RunningSandbox, collector: ScriptedUpstream
) -> None:
    more = {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip", "OTEL_EXPORTER_OTLP_HEADERS": "api-key=planted"}
    async with served(seeded.url, environ=towards(collector, **more)) as running:
        await post(running, "{ schemaInfo { version } }")
        spans = await delivered(collector, 2)
        logged = running.logged.getvalue()

    assert len(spans) == 2
    assert collector.calls[0].header("api-key") == "planted"
    assert collector.calls[0].header("content-type") == "application/x-protobuf"
    assert "planted" not in logged


async def test_a_collector_that_is_down_stops_nobody_and_is_told_of_once(seeded: RunningSandbox) -> None:
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_BSP_SCHEDULE_DELAY": "20"}
    async with served(seeded.url, environ=environ) as running:
        answers = [await post(running, "{ schemaInfo { version } }") for _ in range(5)]
    lines = [json.loads(line) for line in running.logged.getvalue().splitlines()]

    assert {answer.status_code for answer in answers} == {200}
    assert len([line for line in lines if line["event"] == "traces are not delivered"]) == 1
    assert running.gateway.metrics.spans.value("dropped") == 10


async def test_what_is_kept_is_delivered_at_the_end(seeded: RunningSandbox, collector: ScriptedUpstream) -> None:
    async with served(seeded.url, environ=towards(collector, OTEL_BSP_SCHEDULE_DELAY="600000")) as running:
        await post(running, "{ schemaInfo { version } }")
    spans = [span for call in collector.calls for span in spans_of(call)]

    assert len(spans) == 2
    assert running.gateway.metrics.spans.value("sent") == 2


async def test_without_the_variables_nothing_is_added_to_a_call(upstream: ScriptedUpstream) -> None:
    upstream.answers |= {"POST /oauth/access_token": TOKEN, "/v2/flows": {"data": []}, "/v2/customers/c1": ROW}
    async with served(upstream.url) as running:
        await post(running, ONE, traceparent=PARENT)
    asked = next(call for call in upstream.calls if call.path == "/v2/customers/c1")

    assert asked.header("traceparent") is None
