"""The door behind a real socket, with a runner that shows what reached it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import msgspec
import pytest
import pytest_asyncio

from penstock.cli.servers import Server, address_of, configure, listen
from penstock.definitions.model import StoreDefinitions
from penstock.http.asgi import App
from penstock.http.compression import Compression
from penstock.http.credentials import CredentialReader
from penstock.http.endpoint import EndpointParts, GraphQLEndpoint
from penstock.http.explorer import load_explorer
from penstock.http.front import Front
from penstock.http.intake import Intake, Limits
from penstock.http.operating import OperatingParts, create_operating_app
from penstock.http.request_id import RequestIds
from penstock.http.stamp import Stamp
from penstock.lifecycle.holder import GenerationHolder
from penstock.lifecycle.reload import ReloadReport
from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.schema.generation import Generation, build_generation
from penstock.settings import Secret
from penstock.telemetry.logs import create_log
from penstock.telemetry.requests import RequestFacts

BODY_LIMIT = 4096


@dataclass(slots=True)
class Runner:
    """Answers by the document's first word and keeps what it was asked."""

    asked: list[tuple[OperationRequest, Credentials]] = field(default_factory=list)

    async def run(self, generation: Generation, request: OperationRequest, credentials: Credentials) -> OperationResult:
        self.asked.append((request, credentials))
        await asyncio.sleep(0.15 if request.document == "slow" else 0)
        if "boom" in request.document:
            raise RuntimeError("planted-secret in the text of an exception")
        if request.document == "{":
            return _refused("GRAPHQL_PARSE_FAILED")
        if request.document.startswith("refuse "):
            return _refused(request.document.removeprefix("refuse "))
        if request.document == "partial":
            return OperationResult(b'{"errors":[{"message":"half"}],"data":null}', codes=("INTERNAL",))
        if request.document == "undetermined":
            return msgspec.structs.replace(_refused("BAD_REQUEST"), outcome="undetermined")
        if request.document.startswith("mutation") and not request.allow_mutation:
            return OperationResult(b'{"errors":[]}', "method", "mutation", codes=("BAD_REQUEST",))
        data = {"variables": request.variables, "name": request.operation_name, "schema": generation.version}
        return OperationResult(
            msgspec.json.encode({"data": data}),
            operation_type="mutation" if request.document.startswith("mutation") else "query",
            operation_name="Q",
            path="plan",
        )


def _refused(code: str) -> OperationResult:
    body = msgspec.json.encode({"errors": [{"message": "no", "extensions": {"code": code}}]})
    return OperationResult(body, outcome="refused", codes=(code,))


@dataclass(slots=True)
class Stage:
    """Everything a test may look at."""

    url: str
    client: httpx.AsyncClient
    runner: Runner
    holder: GenerationHolder
    told: list[RequestFacts]
    logged: io.StringIO
    limits: list[str] = field(default_factory=list)

    async def post(self, content: bytes | str, **headers: str) -> httpx.Response:
        sent = {"content-type": "application/json"} | {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.client.post("/graphql", content=content, headers=sent)


@pytest.fixture(scope="session")
def generation() -> Generation:
    return build_generation(StoreDefinitions(fingerprint="first"), 1, 1_800_000_000.0)


@asynccontextmanager
async def serve(app: App) -> AsyncIterator[str]:
    """Run an application on a port of the system's choice."""
    listener = listen("127.0.0.1", 0)
    server = Server(configure(app, 1.0))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.answers.wait()
    try:
        yield address_of(listener)
    finally:
        server.should_exit = True
        await task


async def _reload() -> ReloadReport:
    return ReloadReport("unchanged", 1, "v", 0, 0.1)


@pytest.fixture
def stage(running_stage: Stage, generation: Generation) -> Stage:
    """The running door of this module, as new."""
    running_stage.holder.swap(generation, 1_800_000_001.0)
    running_stage.runner.asked.clear()
    running_stage.told.clear()
    running_stage.limits.clear()
    running_stage.logged.truncate(0)
    return running_stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_stage() -> AsyncIterator[Stage]:
    async with staged(Compression(0)) as stage:
        yield stage


@asynccontextmanager
async def staged(compression: Compression, body_limit: int = BODY_LIMIT) -> AsyncIterator[Stage]:
    """A door of its own, with a generation."""
    runner, holder, told, logged = Runner(), GenerationHolder(), [], io.StringIO()
    holder.swap(build_generation(StoreDefinitions(fingerprint="first"), 1, 1_800_000_000.0), 1_800_000_001.0)
    limits: list[str] = []
    ids = RequestIds("t")
    endpoint = GraphQLEndpoint(
        EndpointParts(
            runner=runner,
            holder=holder,
            intake=Intake(Limits(body_limit, 0.3), CredentialReader()),
            request_ids=ids,
            explorer=Stamp(load_explorer(holder), holder, ids),
            tell=told.append,
            log=create_log("info", "json", logged),
            clock=asyncio.get_running_loop().time,
            on_limit=limits.append,
            compression=compression,
        )
    )
    operating = create_operating_app(OperatingParts(holder, _reload, lambda: b"metric 1\n", Secret("adm-1")))
    async with serve(Front(endpoint, Stamp(operating, holder, ids))) as url, httpx.AsyncClient(base_url=url) as client:
        yield Stage(url, client, runner, holder, told, logged, limits)
