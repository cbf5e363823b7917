"""Traces: their headers, who is sampled, and messages as the official definitions read them."""

from __future__ import annotations

import random

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.semconv._incubating.attributes import graphql_attributes
from opentelemetry.semconv.attributes import error_attributes, http_attributes, server_attributes, url_attributes

from penstock.errors import OperatorError
from penstock.telemetry.traces import (
    KIND_SERVER,
    CallTracer,
    Place,
    Resource,
    Sampler,
    SamplerName,
    Tracer,
    export,
    parse_traceparent,
    read_trace_settings,
    shape,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
KNOWN = {
    value
    for module in (graphql_attributes, error_attributes, http_attributes, server_attributes, url_attributes)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str)
} | {"url.template"}


def tracer(sampler: Sampler | None = None, most: int = 100) -> Tracer:
    clock = iter(range(1_800_000_000_000_000_000, 1_900_000_000_000_000_000, 1_000_000))
    return Tracer(sampler or Sampler(), random.Random(7).getrandbits, lambda: next(clock), most)


def begun(made: Tracer, header: str = "", state: bytes = b"") -> Place:
    place = made.begin(header.encode(), state, "POST")
    assert place is not None
    return place


def read(made: Tracer) -> ExportTraceServiceRequest:
    resource = Resource({"service.name": "shop", "service.workers": 2, "is.test": True}, ("penstock", "1"))
    return ExportTraceServiceRequest.FromString(export(resource, made.take(1000)))


@pytest.mark.parametrize(
    ("value", "is_sampled"),
    [
        (f"00-{TRACE}-{SPAN}-01", True),
        (f"00-{TRACE}-{SPAN}-00", False),
        (f"00-{TRACE}-{SPAN}-03", True),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", True),
    ],
)
def test_a_valid_header_is_read(value: str, is_sampled: bool) -> None:
    parent = parse_traceparent(value.encode())

    assert parent is not None
    assert (parent.trace.decode(), f"{parent.span:016x}", parent.is_sampled) == (TRACE, SPAN, is_sampled)


@pytest.mark.parametrize(
    "value",
    [
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-0x",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_an_invalid_header_begins_a_new_trace(value: str) -> None:
    place = begun(tracer(), value, b"vendor=1")

    assert place.trace.decode() != TRACE
    assert place.parent == 0
    assert place.state == b""
    assert place.is_sampled


def test_a_request_stands_below_its_caller_and_hands_the_trace_on() -> None:
    made = tracer()
    place = begun(made, f"00-{TRACE}-{SPAN}-01", b"vendor=1")
    made.current.set(place)
    call = CallTracer(made, "https://store.test", "store.test", 443)("GET", "/v2/customers/{id}")
    assert call is not None
    call.end(200)
    span = read(made).resource_spans[0].scope_spans[0].spans[0]

    assert (place.trace.decode(), f"{place.parent:016x}") == (TRACE, SPAN)
    assert span.parent_span_id == place.span.to_bytes(8, "big")
    expected = f"00-{TRACE}-{span.span_id.hex()}-01".encode()
    assert call.lines == ((b"traceparent", expected), (b"tracestate", b"vendor=1"))
    assert span.trace_state == "vendor=1"


@pytest.mark.parametrize(
    ("name", "ratio", "parent", "taken"),
    [
        ("always_on", 0.0, "00", True),
        ("always_off", 1.0, "01", False),
        ("parentbased_always_on", 1.0, "00", False),
        ("parentbased_always_off", 1.0, "01", True),
        ("parentbased_always_off", 1.0, "", False),
        ("traceidratio", 1.0, "00", True),
        ("traceidratio", 0.0, "01", False),
        ("parentbased_traceidratio", 0.0, "01", True),
    ],
)
def test_samplers_decide_as_they_are_named(name: SamplerName, ratio: float, parent: str, taken: bool) -> None:
    header = f"00-{TRACE}-{SPAN}-{parent}" if parent else ""

    place = tracer(Sampler(name, ratio)).begin(header.encode(), b"", "POST")

    assert (place is not None and place.is_sampled) is taken
    assert place is not None or not parent


def test_a_ratio_takes_its_part() -> None:
    made = tracer(Sampler("traceidratio", 0.25))

    taken = sum(made.begin(b"", b"", "POST") is not None for _ in range(4000))

    assert 850 < taken < 1150


def test_spans_are_what_the_official_definitions_read() -> None:
    made = tracer()
    place = begun(made)
    below = made.below(place)
    common = shape("q" * 200, KIND_SERVER, {"a.text": "wörter", "a.number": -5, "a.switch": True}, is_error=True)
    below.began = 1_700_000_000_000_000_001
    made.record(below, common)
    request = read(made)
    resource = request.resource_spans[0]
    span = resource.scope_spans[0].spans[0]

    assert {item.key: item.value for item in resource.resource.attributes}["service.name"].string_value == "shop"
    assert {item.key: item.value for item in resource.resource.attributes}["service.workers"].int_value == 2
    assert resource.scope_spans[0].scope.name == "penstock"
    assert span.trace_id.hex() == place.trace.decode()
    assert (span.span_id, span.parent_span_id) == (below.span.to_bytes(8, "big"), place.span.to_bytes(8, "big"))
    assert (span.name, span.kind) == ("q" * 200, span.SPAN_KIND_SERVER)
    assert span.start_time_unix_nano == 1_700_000_000_000_000_001
    assert span.end_time_unix_nano >= 1_800_000_000_000_000_000
    attributes = {item.key: item.value for item in span.attributes}
    assert attributes["a.text"].string_value == "wörter"
    assert attributes["a.number"].int_value == -5
    assert attributes["a.switch"].bool_value is True
    assert span.status.code == span.status.STATUS_CODE_ERROR


@pytest.mark.parametrize(("outcome", "is_error"), [(200, False), (404, True), (503, True), ("UpstreamTimeout", True)])
def test_calls_follow_the_conventions_of_http_clients(outcome: int | str, is_error: bool) -> None:
    made = tracer()
    made.current.set(begun(made))
    call = CallTracer(made, "https://store.test/x", "store.test", 443)("GET", "/v2/customers/{id}")
    assert call is not None
    call.end(outcome)
    span = read(made).resource_spans[0].scope_spans[0].spans[0]
    attributes = {item.key: item.value for item in span.attributes}

    assert span.name == "GET /v2/customers/{id}"
    assert span.kind == span.SPAN_KIND_CLIENT
    assert attributes.keys() <= KNOWN
    assert attributes["url.full"].string_value == "https://store.test/x/v2/customers/{id}"
    assert (attributes["server.address"].string_value, attributes["server.port"].int_value) == ("store.test", 443)
    assert (span.status.code == span.status.STATUS_CODE_ERROR) is is_error
    assert ("error.type" in attributes) is is_error


def test_spans_that_find_no_room_are_dropped_and_counted() -> None:
    made = tracer(most=3)
    for _ in range(5):
        made.record(begun(made), shape("x", KIND_SERVER, {}, is_error=False))

    assert (len(made), made.dropped) == (3, 2)


def test_a_trace_that_is_not_sampled_is_handed_on_and_not_kept() -> None:
    made = tracer()
    made.current.set(begun(made, f"00-{TRACE}-{SPAN}-00"))
    call = CallTracer(made, "https://store.test", "store.test", 443)("GET", "/v2/flows")
    assert call is not None
    call.end(200)

    assert len(made) == 0
    assert call.lines[0][1].startswith(f"00-{TRACE}-".encode())
    assert call.lines[0][1].endswith(b"-00")


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_SERVICE_NAME": "shop"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_without_being_asked_for_there_are_no_traces(environ: dict[str, str]) -> None:
    assert read_trace_settings(environ) is None


@pytest.mark.parametrize(
    ("environ", "where"),
    [
        ({"OTEL_TRACES_EXPORTER": "otlp"}, ("http://localhost:4318", "/v1/traces")),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "https://c:1/x/"}, ("https://c:1", "/x/v1/traces")),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://c:1/x"}, ("https://c:1", "/x")),
        (
            {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://b"},
            ("http://a", "/"),
        ),
    ],
)
def test_the_endpoint_is_where_the_variables_say(environ: dict[str, str], where: tuple[str, str]) -> None:
    chosen = read_trace_settings(environ)

    assert chosen is not None
    assert (chosen.base_url, chosen.path) == where
    assert chosen.warnings == ()


def test_every_variable_is_heard() -> None:
    chosen = read_trace_settings(
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c",
            "OTEL_EXPORTER_OTLP_HEADERS": "api-key=se%20cret, b=2",
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "2500",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
            "OTEL_RESOURCE_ATTRIBUTES": "service.name=n,deployment.environment.name=test",
            "OTEL_TRACES_SAMPLER": "traceidratio",
            "OTEL_TRACES_SAMPLER_ARG": "0.5",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
            "OTEL_BSP_MAX_QUEUE_SIZE": "9",
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "3",
        }
    )

    assert chosen is not None
    assert chosen.headers == ((b"api-key", b"se cret"), (b"b", b"2"))
    assert (chosen.timeout_seconds, chosen.is_packed, chosen.service_name) == (2.5, True, "n")
    assert chosen.sampler == Sampler("traceidratio", 0.5)
    assert (chosen.delay_seconds, chosen.queue, chosen.batch) == (0.1, 9, 3)
    assert "cret" not in repr(chosen)


def test_what_cannot_be_used_is_told_without_its_value_and_does_nothing() -> None:
    chosen = read_trace_settings(
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c",
            "OTEL_EXPORTER_OTLP_HEADERS": "planted",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
            "OTEL_TRACES_SAMPLER": "planted",
            "OTEL_TRACES_SAMPLER_ARG": "7",
            "OTEL_BSP_SCHEDULE_DELAY": "-1",
        }
    )

    assert chosen is not None
    assert len(chosen.warnings) == 5
    assert "planted" not in str(chosen.warnings)
    assert chosen.sampler == Sampler()


@pytest.mark.parametrize("endpoint", ["c:4318", "ftp://c", "http://user:planted@c", "http://c:x", "http://"])
def test_an_endpoint_that_is_none_is_the_operators(endpoint: str) -> None:
    with pytest.raises(OperatorError) as caught:
        read_trace_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})

    assert "planted" not in str(caught.value)
