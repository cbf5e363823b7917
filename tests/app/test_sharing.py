"""A gateway whose shared state goes away: requests go on, one warning, one metric, and all is well again by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

from penstock.settings import read_state_address
from tests.support.redis_servers import redis
from tests.support.scripted import ScriptedUpstream
from tests.support.served import Served, served
from tests.support.stores import flow_json


def store(upstream: ScriptedUpstream) -> None:
    upstream.answers |= {
        "POST /oauth/access_token": {"access_token": "own", "expires_in": 3600},
        "/v2/flows": {"data": [flow_json("customers")]},
        "/v2/flows/customers/fields": {"data": []},
        "/v2/customers/c1": {"data": {"id": "c1", "type": "customer", "name": "Ines"}},
        "PUT /v2/customers/c1": {"data": {"id": "c1", "type": "customer", "name": "Ada"}},
    }


async def down(running: Served) -> float:
    text = (await running.client.get("/metrics")).text
    (line,) = (line for line in text.splitlines() if line.startswith("penstock_state_down "))
    return float(line.split()[1])


async def read_and_write(running: Served) -> None:
    read = await running.ask('{ customer(id: "c1") { name } }', bearer="b")
    written = await running.ask(
        'mutation { customerUpdate(id: "c1", input: { name: "Ada" }) { customer { name } } }', bearer="b"
    )

    assert read == {"customer": {"name": "Ines"}}
    assert written == {"customerUpdate": {"customer": {"name": "Ada"}}}


async def test_requests_go_on_while_redis_is_down_and_it_is_told_once(
    upstream: ScriptedUpstream, tmp_path: Path
) -> None:
    store(upstream)
    with redis(tmp_path, "--requirepass", "planted-password") as server:
        where = read_state_address(server.url.replace("//", "//:planted-password@"))
        async with served(upstream.url, state_url=where, upstream_rate_limit=1000) as running:
            await read_and_write(running)
            assert await down(running) == 0

            server.stop()
            for _ in range(3):
                await read_and_write(running)
            assert await down(running) == 1

            server.start()
            async with asyncio.timeout(20):
                while True:
                    if not await down(running):
                        break
                    await asyncio.sleep(0.05)
            await read_and_write(running)

        logged = running.logged.getvalue()
    assert logged.count('"shared state down"') == 1
    assert logged.count('"shared state back"') == 1
    assert "planted" not in logged


async def test_a_gateway_starts_without_its_redis(upstream: ScriptedUpstream, tmp_path: Path) -> None:
    store(upstream)
    with redis(tmp_path) as server:
        server.stop()
        async with served(upstream.url, state_url=read_state_address(server.url)) as running:
            assert (await running.client.get("/readyz")).status_code == 200
            await read_and_write(running)
            assert await down(running) == 1
