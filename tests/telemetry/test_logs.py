"""Log lines: one form, and nothing in them that should not be."""

from __future__ import annotations

import io
import json
import logging

import pytest

from penstock.errors import UpstreamTimeout
from penstock.settings import LogFormat, LogLevel, Secret
from penstock.telemetry.logs import adopt_library_logs, create_log, drop_library_logs
from penstock.telemetry.metrics import Metrics
from penstock.telemetry.redaction import describe_failure
from penstock.telemetry.requests import RequestFacts, RequestLines, RequestMeter, log_each_request

PLANTED = "planted-secret"
FACTS = RequestFacts("id-1", "Page", "query", "plan", 200, ("FORBIDDEN",), 1.25, 3)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_are_redacted_by_kind_and_by_name(stream: io.StringIO, form: LogFormat) -> None:
    log = create_log("debug", form, stream)
    log.info(
        "hello", admin_token=PLANTED, Authorization=PLANTED, x=Secret(PLANTED), variables={"a": PLANTED}, email=PLANTED
    )

    assert PLANTED not in stream.getvalue()
    assert "hello" in stream.getvalue()


def test_long_texts_are_cut(stream: io.StringIO) -> None:
    create_log("info", "json", stream).info("hello", text="a" * 10_000)

    assert len(stream.getvalue()) < 1000


@pytest.mark.parametrize(("level", "lines"), [("debug", 3), ("info", 2), ("warning", 1), ("error", 0)])
def test_the_level_is_the_least_that_shows(stream: io.StringIO, level: LogLevel, lines: int) -> None:
    log = create_log(level, "json", stream)
    log.debug("a")
    log.info("b")
    log.warning("c")

    assert len(stream.getvalue().splitlines()) == lines


def test_a_foreign_exception_is_told_without_its_text() -> None:
    error = RuntimeError(PLANTED)
    error.__cause__ = ValueError(PLANTED)
    told = describe_failure(error)

    assert told["failure"] == "RuntimeError"
    assert told["cause"] == "ValueError"
    assert PLANTED not in repr(told)


def test_our_own_exception_is_told_with_its_text() -> None:
    assert describe_failure(UpstreamTimeout("/v2/customers/{id} took too long"))["reason"]


def test_libraries_are_heard_from_warning_up_and_without_their_arguments(stream: io.StringIO) -> None:
    handler = adopt_library_logs(create_log("debug", "json", stream))
    library = logging.getLogger("some.library")
    library.setLevel(logging.DEBUG)
    library.debug("headers %s", PLANTED)
    library.info("GET %s", PLANTED)
    library.warning("gave up on %s", PLANTED)
    library.error("broken", exc_info=RuntimeError(PLANTED))
    drop_library_logs(handler)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]

    assert [line["level"] for line in lines] == ["warning", "error"]
    assert lines[0]["message"] == "gave up on %s"
    assert lines[1]["failure"] == "RuntimeError"
    assert PLANTED not in stream.getvalue()


async def test_request_lines_are_gathered_and_are_json() -> None:
    stream = io.BytesIO()
    lines = RequestLines(stream, lambda: 1_800_000_000.25)
    lines(FACTS)
    lines(FACTS)
    before = stream.getvalue()
    lines.flush()
    first, second = stream.getvalue().splitlines()

    assert before == b""
    assert first == second
    assert json.loads(first) == {
        "timestamp": "2027-01-15T08:00:00.250Z",
        "level": "info",
        "event": "request",
        "request_id": "id-1",
        "operation": "Page",
        "type": "query",
        "path": "plan",
        "status": 200,
        "codes": ["FORBIDDEN"],
        "ms": 1.25,
        "upstream_calls": 3,
    }


async def test_a_closed_stream_loses_lines_and_nothing_else() -> None:
    stream = io.BytesIO()
    lines = RequestLines(stream, lambda: 0.0)
    lines(FACTS)
    stream.close()
    lines.flush()


def test_a_request_is_counted_and_told(stream: io.StringIO) -> None:
    metrics = Metrics(lambda: 0.0)
    RequestMeter(metrics, log_each_request(create_log("info", "json", stream)))(FACTS)

    assert metrics.requests.value("query", "plan", "200") == 1
    assert metrics.errors.value("FORBIDDEN") == 1
    assert json.loads(stream.getvalue())["operation"] == "Page"
