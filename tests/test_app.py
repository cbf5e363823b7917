"""The gateway put together, in front of a real sandbox, over real sockets."""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
import pytest

from penstock.app import Gateway, create_gateway, load_generation
from penstock.cli.servers import Server, address_of, configure, listen
from penstock.errors import OperatorError
from penstock.sandbox import SandboxSettings, seeded_login
from penstock.settings import Secret, Settings
from tests.support.sandboxes import RunningSandbox, sandbox

ADMIN = "planted-admin-token"


@dataclass(frozen=True, slots=True)
class Running:
    """A served gateway."""

    gateway: Gateway
    client: httpx.AsyncClient
    logged: io.StringIO

    async def ask(self, query: str, variables: object = None, **headers: str) -> dict[str, object]:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        answer = await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=sent)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert "errors" not in body, body
        data: dict[str, object] = body["data"]
        return data


def settings_of(url: str, **changes: object) -> Settings:
    settings = Settings(
        upstream_url=url,
        client_id="sandbox",
        client_secret=Secret("sandbox-secret"),
        admin_token=Secret(ADMIN),
        upstream_rate_limit=0,
        log_level="debug",
    )
    return replace(settings, **changes)  # type: ignore[arg-type]  # the tests know the attributes


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[Running]:
    logged = io.StringIO()
    gateway = create_gateway(settings, log_stream=logged)
    listener = listen("127.0.0.1", 0)
    server = Server(configure(gateway.app, 1))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.answers.wait()
    try:
        async with httpx.AsyncClient(base_url=address_of(listener), timeout=10) as client:
            yield Running(gateway, client, logged)
    finally:
        server.should_exit = True
        await task


async def test_a_query_goes_through_to_the_store_and_is_counted(seeded: RunningSandbox) -> None:
    async with served(settings_of(seeded.url)) as running:
        data = await running.ask(
            "query First { customers(first: 1) { nodes { name deliveryDetails } } }",
            authorization=f"Bearer {seeded.staff}",
        )
        metrics = (await running.client.get("/metrics")).text

    assert data["customers"]["nodes"][0]["deliveryDetails"]  # type: ignore[index]
    assert 'penstock_upstream_requests_total{method="GET",route="/v2/customers",status="200"} 1.0' in metrics
    assert "penstock_schema_generation 1.0" in metrics
    assert '"operation":"First"' in running.logged.getvalue()


@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_the_executor_is_a_setting(seeded: RunningSandbox, executor: str) -> None:
    async with served(settings_of(seeded.url, executor=executor)) as running:
        await running.ask("{ schemaInfo { version } customers(first: 1) { nodes { name } } }", **_staff(seeded))

    assert f'"path":"{executor}"' in running.logged.getvalue()


async def test_the_httpx_transport_serves_as_well(seeded: RunningSandbox) -> None:
    async with served(settings_of(seeded.url, upstream_transport="httpx")) as running:
        data = await running.ask("{ customers(first: 1) { nodes { name } } }", **_staff(seeded))

    assert data["customers"]


async def test_a_new_field_is_in_the_schema_after_a_reload() -> None:
    with sandbox() as store:
        async with served(settings_of(store.url, schema_poll_seconds=0)) as running:
            before = (await running.client.get("/schema.graphql")).text
            flows = store.call("GET", "/v2/flows").json()["data"]
            flow = next(flow["id"] for flow in flows if flow["slug"] == "customers")
            field = {
                "type": "field",
                "name": "Gate colour",
                "slug": "gate_colour",
                "field_type": "string",
                "description": "The colour of the gate",
                "required": False,
                "enabled": True,
                "relationships": {"flow": {"data": {"type": "flow", "id": flow}}},
            }
            created = store.call("POST", "/v2/fields", field)
            answer = await running.client.post("/admin/schema/reload", headers={"authorization": f"Bearer {ADMIN}"})
            after = await running.client.get("/schema.graphql")

    assert created.status_code == 201, created.text
    assert "gateColour" not in before
    assert answer.json()["outcome"] == "swapped"
    assert answer.json()["number"] == 2
    assert "gateColour" in after.text


async def test_a_store_that_is_down_at_boot_is_looked_for_until_it_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with served(settings_of(f"http://127.0.0.1:{port}", upstream_connect_timeout_seconds=0.2)) as running:
        ready = await running.client.get("/readyz")
        alive = await running.client.get("/healthz")
        answer = await running.client.post("/graphql", json={"query": "{ __typename }"})

    assert ready.status_code == 503
    assert ready.json()["reason"]
    assert alive.status_code == 200
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"


async def test_a_refused_secret_is_told_without_the_secret(seeded: RunningSandbox) -> None:
    async with served(settings_of(seeded.url, client_secret=Secret("planted-wrong-secret"))) as running:
        ready = await running.client.get("/readyz")

    assert ready.status_code == 503
    assert "PENSTOCK_CLIENT_ID" in ready.json()["reason"]
    assert "planted" not in ready.text + running.logged.getvalue()


async def test_planted_secrets_and_values_show_in_no_log_and_no_metric(seeded: RunningSandbox) -> None:
    document = 'query { customers(filter: { email: { eq: "planted@example.test" } }) { nodes { id } } }'
    async with served(settings_of(seeded.url)) as running:
        headers = {
            "authorization": "Bearer planted-bearer",
            "x-moltin-customer-token": "planted.customer.token",
            "x-moltin-currency": "planted-currency",
        }
        bodies = [
            {"query": document},
            {"query": "query ($p: String) { planted(id: $p) }", "variables": {"p": "planted-variable"}},
            {"query": "{ planted"},
        ]
        for body in bodies:
            await running.client.post("/graphql", json=body, headers=headers)
        await running.client.post("/admin/schema/reload", headers={"authorization": "Bearer planted-wrong"})
        metrics = (await running.client.get("/metrics")).text

    assert "planted" not in running.logged.getvalue() + metrics
    assert running.logged.getvalue().count('"event":"request"') == 3


async def test_switched_off_means_not_there(seeded: RunningSandbox) -> None:
    off = settings_of(seeded.url, metrics=False, admin_token=Secret(), explorer=False, introspection=False)
    async with served(off) as running:
        metrics = await running.client.get("/metrics")
        reload = await running.client.post("/admin/schema/reload", headers={"authorization": "Bearer x"})
        page = await running.client.get("/graphql", headers={"accept": "text/html,*/*;q=0.1"})
        introspection = await running.client.post("/graphql", json={"query": "{ __schema { types { name } } }"})

    assert metrics.status_code == 404
    assert reload.status_code == 404
    assert page.status_code == 400
    assert introspection.json()["errors"]


async def test_cors_is_a_setting(seeded: RunningSandbox) -> None:
    headers = {"origin": "https://shop.example", "access-control-request-method": "POST"}
    async with served(settings_of(seeded.url, cors_origins=("https://shop.example",))) as running:
        allowed = await running.client.options("/graphql", headers=headers)
    async with served(settings_of(seeded.url)) as running:
        unknown = await running.client.options("/graphql", headers=headers)

    assert allowed.headers["access-control-allow-origin"] == "https://shop.example"
    assert unknown.status_code == 405


async def test_a_customer_signs_in_and_reads_itself(seeded: RunningSandbox) -> None:
    sign_in = """
      mutation ($password: CustomerTokenPasswordInput!) {
        customerTokenCreate(input: { password: $password }) { customerToken { token } userErrors { code } }
      }
    """
    login = {"email": seeded_login.email, "password": seeded_login.password}
    async with served(settings_of(seeded.url)) as running:
        data = await running.ask(sign_in, {"password": login})
        token = data["customerTokenCreate"]["customerToken"]["token"]  # type: ignore[index]
        me = await running.ask("{ me { name deliveryDetails } }", x_moltin_customer_token=token)

    assert me["me"]["name"]  # type: ignore[index]
    assert token not in running.logged.getvalue()


async def test_the_schema_can_be_had_without_serving(seeded: RunningSandbox) -> None:
    generation = await load_generation(settings_of(seeded.url))

    assert "deliveryDetails" in generation.sdl


@pytest.mark.parametrize(
    ("settings", "variable"),
    [(Settings(), "PENSTOCK_UPSTREAM_URL"), (Settings(upstream_url="http://127.0.0.1:1"), "PENSTOCK_CLIENT_ID")],
)
async def test_settings_without_a_store_are_refused_by_name(settings: Settings, variable: str) -> None:
    with pytest.raises(OperatorError, match=variable):
        create_gateway(settings)


def test_workers_share_the_rate_of_the_store() -> None:
    with sandbox(SandboxSettings(seed=False)) as store:

        async def main() -> str:
            async with served(settings_of(store.url, workers=4, upstream_rate_limit=25)) as running:
                return (await running.client.get("/readyz")).text

        assert json.loads(asyncio.run(main()))["ready"]


def _staff(seeded: RunningSandbox) -> dict[str, str]:
    return {"authorization": f"Bearer {seeded.staff}"}
