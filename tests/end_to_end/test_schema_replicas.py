"""Two gateways with one state: swaps are written once and told to all, releases and counts are shared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from penstock.settings import read_state_address
from tests.support.scripted import ScriptedUpstream
from tests.support.served import ADMIN, Served, served

from .test_schema_changes import Stream, info, release, store


@asynccontextmanager
async def replicas(upstream: ScriptedUpstream, folder: Path, **changes: Any) -> AsyncIterator[tuple[Served, Served]]:
    """Two gateways that share a folder."""
    shared = {"state_url": read_state_address(str(folder)), **changes}
    async with served(upstream.url, **shared) as one, served(upstream.url, **shared) as two:
        yield one, two


async def test_a_swap_is_written_once_and_told_to_the_listeners_of_both(
    upstream: ScriptedUpstream, tmp_path: Path
) -> None:
    store(upstream, "slot")
    async with (
        replicas(upstream, tmp_path) as (one, two),
        one.client.stream("GET", "/schema/events") as here,
        two.client.stream("GET", "/schema/events") as there,
    ):
        streams = [Stream(here.aiter_lines()), Stream(there.aiter_lines())]
        for stream in streams:
            await stream.next()
        store(upstream, "slot", "more")
        await asyncio.gather(one.reload(), two.reload())
        async with asyncio.timeout(10):
            told = [await stream.next() for stream in streams]
        changes = [(await info(running))["changes"] for running in (one, two)]

    assert told[0] == told[1]
    assert told[0]["data"]["counts"] == {"breaking": 0, "dangerous": 2, "safe": 1}
    assert changes[0] == changes[1]
    assert len(changes[0]) == 3


async def test_what_changed_between_two_runs_is_found(upstream: ScriptedUpstream, tmp_path: Path) -> None:
    store(upstream, "slot")
    shared = {"state_url": read_state_address(str(tmp_path))}
    async with served(upstream.url, **shared) as running:
        await info(running)
    store(upstream, "slot", "more")
    async with served(upstream.url, **shared) as running:
        await running.reload()
        found = await info(running)

    assert {one["coordinate"] for one in found["changes"]} == {
        "Customer.more",
        "CustomerCreateInput.more",
        "CustomerUpdateInput.more",
    }


async def test_a_release_on_one_replica_holds_for_a_candidate_on_the_other(
    upstream: ScriptedUpstream, tmp_path: Path
) -> None:
    store(upstream, "slot")
    async with replicas(upstream, tmp_path, schema_policy="freeze") as (one, two):
        store(upstream, "slot", "more")
        await one.reload()
        before = (await info(two))["version"]
        await release(one)
        report = await two.reload()
        versions = [(await info(running))["version"] for running in (one, two)]

    assert report["outcome"] in ("swapped", "unchanged")  # asked, or told by the other a moment before
    assert versions[0] == versions[1] != before


@pytest.mark.parametrize("policy", ["freeze", "hold-breaking"])
async def test_a_restart_lets_nothing_through_that_was_held(
    upstream: ScriptedUpstream, tmp_path: Path, policy: str
) -> None:
    store(upstream, "slot")
    shared = {"state_url": read_state_address(str(tmp_path)), "schema_policy": policy, "field_grace_days": 0.0}
    async with served(upstream.url, **shared) as running:
        version = (await info(running))["version"]
        store(upstream, "other")
        assert (await running.reload())["outcome"] == "held"
    async with served(upstream.url, **shared) as running:
        again = await running.reload()
        held = await info(running)
        await release(running)
        released = await info(running)
    async with served(upstream.url, **shared) as running:
        after = await info(running)

    assert again["outcome"] == "held"
    assert held["version"] == version
    assert held["held"]["version"] == released["version"] == after["version"]
    assert after["held"] is None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_uses_on_both_add_up(upstream: ScriptedUpstream, tmp_path: Path, order: tuple[int, int]) -> None:
    store(upstream, "slot")
    async with replicas(upstream, tmp_path) as running:
        for place, client in zip(order, ("web", "app"), strict=True):
            headers = {"apollographql-client-name": client}
            answer = await running[place].client.post(
                "/graphql", json={"query": "query Q { me { slot } }"}, headers=headers
            )
            assert answer.status_code == 200
            await running[place].gateway.life.usage.flush()
        reports = [
            (await one.client.get("/admin/fields/usage", headers={"authorization": f"Bearer {ADMIN}"})).json()
            for one in running
        ]

    (field,) = reports[0]["fields"]
    assert (field["place"], field["reads"]) == ("Customer.slot", 2)
    assert {one["client"] for one in field["clients"]} == {"web", "app"}
    assert reports[0] == reports[1]
