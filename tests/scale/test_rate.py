"""The store's rate holds for all replicas together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from penstock.settings import read_state_address
from tests.support.redis_servers import RunningRedis, redis
from tests.support.scripted import ScriptedUpstream
from tests.support.served import served
from tests.support.stores import flow_json

RATE = 40
REPLICAS = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    with redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.mark.parametrize("kind", ["redis", "directory"])
async def test_no_second_has_more_calls_than_the_rate_over_all_replicas(
    upstream: ScriptedUpstream, server: RunningRedis, tmp_path: Path, kind: str
) -> None:
    upstream.answers |= {
        "POST /oauth/access_token": {"access_token": "own", "expires_in": 3600},
        "/v2/flows": {"data": [flow_json("customers")]},
        "/v2/flows/customers/fields": {"data": []},
        "/v2/customers/c1": {"data": {"id": "c1", "type": "customer", "name": "Ines"}},
    }
    where = read_state_address(server.url if kind == "redis" else str(tmp_path / "state"))
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        replicas = [
            await stack.enter_async_context(served(upstream.url, state_url=where, upstream_rate_limit=RATE))
            for _ in range(REPLICAS)
        ]
        await asyncio.sleep(1.2)  # the calls that read the definitions are out of the window
        begun, known = loop.time(), len(upstream.calls)
        await asyncio.gather(
            *(
                replica.ask(f'{{ customer(id: "c1") {{ n{number}: name }} }}', bearer="b")
                for number in range(20)
                for replica in replicas
            )
        )
        seconds = loop.time() - begun

    assert len(upstream.calls) - known == 20 * REPLICAS
    assert 1.0 < seconds < 15.0  # 40 at once, 20 a second later, on a machine that may be busy
