"""The real client of graphql-sse and a real gateway: it is told, it comes back after a cut, it ends when told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.codegen.workshop import install_node_tools, lay_out
from tests.end_to_end.test_subscriptions import ANY, bring, customer, told
from tests.support.scripted import Reply, ScriptedUpstream
from tests.support.served import Served

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client's program, with its packages."""
    modules = install_node_tools(tmp_path_factory.mktemp("packages"), HERE)
    made = tmp_path_factory.mktemp("client")
    if modules is not None:
        lay_out(made, {"client.js": (HERE / "client.js").read_text(encoding="utf-8")}, modules)
    return made


@dataclass(frozen=True, slots=True)
class Client:
    """A running client."""

    lines: asyncio.StreamReader

    async def next(self, what: str) -> Any:
        """The detail of the next thing that happens, which has to be this."""
        async with asyncio.timeout(30):
            line = json.loads(await self.lines.readline())
        assert line["what"] == what, line
        return line["detail"]


@asynccontextmanager
async def client(folder: Path, *gateways: Served, query: str = ANY) -> AsyncIterator[Client]:
    """A client that goes to these gateways, one after the other."""
    asked = {
        "urls": [str(one.client.base_url).rstrip("/") + "/graphql" for one in gateways],
        "headers": {"authorization": "Bearer b"},
        "request": {"query": query, "variables": {"id": "a"}},
    }
    running = await asyncio.create_subprocess_exec(
        "node", "client.js", json.dumps(asked), cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    assert running.stdout is not None
    try:
        yield Client(running.stdout)
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def test_a_client_is_told_and_comes_back_when_its_gateway_stops(upstream: ScriptedUpstream, folder: Path) -> None:
    customer(upstream)
    async with told(upstream.url) as one, told(upstream.url) as other, client(folder, one, other) as subscriber:
        again = [await subscriber.next("connected")]
        await bring(one, "e1")
        answers = [await subscriber.next("next")]
        one.stop()
        again.append(await subscriber.next("connected"))
        await bring(other, "e2")
        answers.append(await subscriber.next("next"))
        upstream.answers["/v2/customers/a"] = Reply(404, {"errors": [{"status": 404}]})
        await bring(other, "e3")
        answers.append(await subscriber.next("next"))
        await subscriber.next("complete")

    assert again == [False, True]
    assert [answer["data"]["customerChanged"]["isDeleted"] for answer in answers] == [False, False, True]


async def test_what_cannot_be_subscribed_to_is_told_with_its_errors_and_not_tried_again(
    upstream: ScriptedUpstream, folder: Path
) -> None:
    customer(upstream)
    async with (
        told(upstream.url) as running,
        client(folder, running, query="subscription { nowhere }") as subscriber,
    ):
        await subscriber.next("connected")
        answer = await subscriber.next("next")
        await subscriber.next("complete")

    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_client_for_which_there_is_no_place_tries_again(upstream: ScriptedUpstream, folder: Path) -> None:
    customer(upstream)
    async with (
        told(upstream.url, max_subscriptions=0) as full,
        told(upstream.url) as running,
        client(folder, full, running) as subscriber,
    ):
        again = await subscriber.next("connected")

    assert again is True
