"""Planted tokens, passwords, names and custom values: they show nowhere but in the data of whoever asked for them.

Everything that is planted has the word `planted` in it, so that one look finds it, however it got there.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import Collection, Iterator
from typing import Any

import pytest

from penstock.settings import LogFormat, Secret
from tests.cli.test_commands import run
from tests.support.gateway import EXECUTORS, customer_token
from tests.support.scripted import Reply, ScriptedUpstream, scripted
from tests.support.served import Served, served
from tests.support.stores import field_json, flow_json

NAME = "Planted Person"
EMAIL = "planted.person@example.test"
PASSWORD = "planted-password"
CUSTOM = "planted custom value"
ID = "planted-customer-id"
BEARER = "planted-bearer"
CUSTOMER = customer_token(ID, exp=4_000_000_000, name=NAME)
HEADERS = {
    "authorization": f"Bearer {BEARER}",
    "x-moltin-customer-token": CUSTOMER,
    "ep-account-management-authentication-token": "planted-account-token",
    "x-moltin-currency": "PLANTED",
    "cookie": "session=planted-cookie",
    "x-anything-else": "planted-header",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}
ROW = {"id": ID, "type": "customer", "name": NAME, "email": EMAIL, "drop_off_note": CUSTOM, "shoe_size": CUSTOM}
TOKEN = {"access_token": "planted-own-token", "token_type": "Bearer", "expires_in": 3600, "expires": 4_000_000_000}
ERRORS = {"errors": [{"title": "planted title", "detail": f"planted detail of {EMAIL}", "request_id": "r-1"}]}

OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    ("query One($id: ID!) { customer(id: $id) { name email dropOffNote shoeSize } }", {"id": ID}),
    (f'{{ customer(id: "{ID}") {{ name dropOffNote customField(slug: "drop_off_note") {{ value }} }} }}', {}),
    ("{ me { name dropOffNote addresses { line1 } orders { nodes { id } } } }", {}),
    ("query List($e: Email!) { customers(filter: {email: {eq: $e}}) { nodes { name shoeSize } } }", {"e": EMAIL}),
    (
        "mutation New($i: CustomerCreateInput!) "
        "{ customerCreate(input: $i) { customer { id } userErrors { message } } }",
        {"i": {"name": NAME, "email": EMAIL, "password": PASSWORD, "dropOffNote": CUSTOM}},
    ),
    (
        "mutation Change($i: CustomerUpdateInput!) "
        "{ customerUpdate(input: $i) { customer { id } userErrors { message } } }",
        {"i": {"dropOffNote": CUSTOM, "name": NAME}},
    ),
    (
        "mutation In($p: String!) { customerTokenCreate(input: {password: {email: "
        f'"{EMAIL}", password: $p}}}}) {{ customerToken {{ expiresAt }} userErrors {{ message }} }} }}',
        {"p": PASSWORD},
    ),
    (f'{{ customer(id: "{PASSWORD}" }}', {}),
    (f'{{ customers(first: "{PASSWORD}") {{ totalCount }} }}', {}),
    (f'{{ customers(sort: "{PASSWORD}") {{ totalCount }} }}', {}),
    ("query One($id: ID!) { customer(id: $id) { name } }", {"id": {"planted": PASSWORD}}),
    (
        "mutation New($i: CustomerCreateInput!) { customerCreate(input: $i) { customer { id } } }",
        {"i": {"name": NAME, "email": f"{PASSWORD} no address", "shoeSize": PASSWORD}},
    ),
    ("{ __schema { queryType { name } } }", {}),
]

ANSWERS: dict[str, Any] = {
    "rows": None,
    "refused": Reply(422, ERRORS),
    "unauthorised": Reply(401, ERRORS),
    "forbidden": Reply(403, ERRORS),
    "missing": Reply(404, ERRORS),
    "conflict": Reply(409, ERRORS),
    "broken": Reply(500, b"<html>planted page</html>"),
    "nonsense": Reply(200, b'{"data": {"name": "planted'),
    "another shape": Reply(200, {"data": "planted text"}),
    "elsewhere": Reply(302, b"planted", (("location", "https://planted.example.test/planted-path"),)),
    "warned": Reply(200, {"data": ROW, **ERRORS}),
}

PROFILES: dict[str, dict[str, Any]] = {
    "development": {"show_calls": True, "log_format": "console"},
    "production": {"introspection": False, "suggestions": False, "explorer": False, "log_format": "json"},
}


def store(upstream: ScriptedUpstream, answer: Any) -> None:
    """A store with one customer, whose every other answer is this one."""
    flow = flow_json("customers")
    fields = [field_json("drop_off_note"), field_json("shoe_size", "integer")]
    upstream.answers |= {
        "POST /oauth/access_token": TOKEN,
        "GET /v2/flows": {"data": [flow]},
        "GET /v2/flows/customers/fields": {"data": fields},
    }
    token = {"data": {"type": "token", "id": "t", "customer_id": ID, "token": CUSTOMER, "expires": 4_000_000_000}}
    rows: dict[str, Any] = {
        f"GET /v2/customers/{ID}": {"data": ROW},
        f"PUT /v2/customers/{ID}": {"data": ROW},
        "GET /v2/customers": {"data": [ROW], "meta": {"results": {"total": 1}}},
        "POST /v2/customers": Reply(201, {"data": ROW}),
        "POST /v2/customers/tokens": token,
        f"GET /v2/customers/{ID}/addresses": {"data": [{"id": "planted-address", "line_1": CUSTOM}]},
        "GET /v2/orders": {"data": [{"id": "planted-order", "type": "order"}]},
    }
    upstream.answers |= rows if answer is None else dict.fromkeys(rows, answer)


async def all_that_is_told(running: Served) -> dict[str, str]:
    """Every place where something could show, by name."""
    told: dict[str, str] = {}
    for number, (document, variables) in enumerate(OPERATIONS):
        body = {"query": document, "variables": variables}
        answer = await running.client.post("/graphql", json=body, headers=HEADERS)
        decoded = answer.json()
        payloads = decoded.get("data") or {}
        told[f"errors of {number}"] = json.dumps(decoded.get("errors", []))
        told[f"user errors of {number}"] = json.dumps(
            [payload.get("userErrors") for payload in payloads.values() if isinstance(payload, dict)]
        )
        told[f"headers of {number}"] = repr(answer.headers)
        for secret in (BEARER, CUSTOMER, PASSWORD, "planted-own-token", "planted-account-token"):
            told[f"{secret} in the whole answer of {number}"] = "planted" if secret in answer.text else ""
    for path in ("/metrics", "/readyz", "/healthz", "/schema.graphql", "/nothing-here", "/graphql/"):
        told[path] = (await running.client.get(path, headers=HEADERS | {"accept": "text/html"})).text
    told["the log"] = running.logged.getvalue()
    return told


def shown_objects(older: Collection[object]) -> Iterator[str]:
    """`repr` of every object of ours that is alive and not of an older test, and of what they hold directly."""
    strange, seen = {id(each) for each in older}, set[int]()
    for holder in gc.get_objects():
        if not is_ours(holder) or id(holder) in strange:
            continue
        for found in (holder, *gc.get_referents(holder)):
            if is_ours(found) and id(found) not in seen and id(found) not in strange:
                seen.add(id(found))
                yield f"{type(found).__qualname__}: {found!r}"


def is_ours(found: object) -> bool:
    module = str(type(found).__module__)  # of some types made in C it is no text
    return module.startswith("penstock.") and not module.startswith("penstock.sandbox")


def leaks(told: dict[str, str]) -> dict[str, str]:
    """Where the word shows, with what is around it."""
    found = {}
    for place, text in told.items():
        at = text.lower().find("planted")
        if at >= 0:
            found[place] = text[max(0, at - 160) : at + 80]
    return found


@pytest.mark.parametrize("transport", ["lean", "httpx"])
@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("profile", list(PROFILES))
async def test_what_is_planted_shows_nowhere(
    capfd: pytest.CaptureFixture[str], profile: str, executor: str, transport: str
) -> None:
    older = [each for each in gc.get_objects() if is_ours(each)]
    async with scripted() as upstream, scripted() as collector:
        store(upstream, None)
        collector.answers["POST /v1/traces"] = Reply(200, b"")
        environ = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_EXPORTER_OTLP_HEADERS": "api-key=planted-otel-key",
            "OTEL_BSP_SCHEDULE_DELAY": "10",
        }
        options: dict[str, Any] = {
            **PROFILES[profile],
            "executor": executor,
            "upstream_transport": transport,
            "log_level": "debug",
            "client_secret": Secret("planted-client-secret"),
            "admin_token": Secret("planted-admin-token"),
            "upstream_timeout_seconds": 5.0,
        }
        async with served(upstream.url, environ=environ, **options) as running:
            for name, answer in ANSWERS.items():
                store(upstream, answer)
                told = await all_that_is_told(running)
                if name in ("rows", "refused"):
                    told["what is in memory, shown"] = "\n".join(shown_objects(older))
                assert leaks(told) == {}, name
        traces = "".join(call.body.decode("latin-1") for call in collector.calls)
        written = capfd.readouterr()
        logged = running.logged.getvalue()

    assert leaks({"the log": logged, "traces": traces, "the terminal": written.out + written.err}) == {}
    assert "GET /v2/customers/{id}" in traces
    assert "PUT /v2/customers/{id}" in traces
    assert logged.count("request") > len(ANSWERS) * len(OPERATIONS)


@pytest.mark.parametrize("form", ["json", "console"])
async def test_what_breaks_on_its_own_is_told_without_its_text(
    upstream: ScriptedUpstream, form: LogFormat, capfd: pytest.CaptureFixture[str]
) -> None:
    async def fail() -> None:
        raise RuntimeError("planted text of a foreign failure")

    def fail_at_once() -> None:
        raise ValueError("planted text of a foreign failure")

    store(upstream, None)
    async with served(upstream.url, log_level="debug", log_format=form) as running:
        loop = asyncio.get_running_loop()
        task = loop.create_task(fail(), name="planted-name")
        loop.call_soon(fail_at_once)
        loop.call_exception_handler({"message": "odd", "thing": "planted thing"})
        await asyncio.wait((task,))
        del task
        gc.collect()
        await asyncio.sleep(0)
        logged = running.logged.getvalue()
    written = capfd.readouterr()

    assert logged.count("asyncio") >= 3
    assert "odd" in logged
    assert "RuntimeError" in logged
    assert "ValueError" in logged
    assert "planted" not in logged + written.out + written.err


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PENSTOCK_UPSTREAM_URL", "https://user:planted@store.example.test"),
        ("PENSTOCK_UPSTREAM_URL", "https://store.example.test/?key=planted"),
        ("PENSTOCK_UPSTREAM_URL", "//user:pl@planted@x"),
        ("PENSTOCK_CORS_ORIGINS", "https://user:planted@shop.example.test"),
        ("PENSTOCK_STATE_URL", "redis:/user:planted@cache"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user:planted@collector.example.test"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "planted"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_without_its_secret(variable: str, value: str) -> None:
    variables = {"PENSTOCK_UPSTREAM_URL": "http://127.0.0.1:9", "PENSTOCK_CLIENT_ID": "id"} | {variable: value}
    if variable == "OTEL_EXPORTER_OTLP_HEADERS":
        variables |= {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_CERTIFICATE": "/nowhere"}
        variables |= {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://127.0.0.1:9"}
    done = run("serve", "--port", "0", **variables)

    assert done.returncode == 2
    assert "planted" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_crash_tells_what_and_where_and_not_its_text() -> None:
    script = """
import threading
from penstock.cli.crash import tell_crashes
tell_crashes()
def fail(): raise RuntimeError("planted") from ValueError("planted")
thread = threading.Thread(target=fail, name="planted")
thread.start()
thread.join()
fail()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)

    assert done.returncode == 1
    assert done.stderr.count("RuntimeError, because of ValueError") == 2
    assert "fail" in done.stderr
    assert "planted" not in done.stdout + done.stderr
