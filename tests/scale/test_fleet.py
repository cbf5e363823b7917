"""Three gateways behind nginx: one may die under load, the schema may change under load, and Redis may go."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.scale.load import READ, READERS, WRITE, WRITERS, Sent, load, send
from tests.support.fleet import REPLICAS, Fleet, fleet

POLL = "1"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with fleet(tmp_path_factory.mktemp("fleet"), SCHEMA_POLL_SECONDS=POLL, LOG_LEVEL="warning") as found:
        yield found


def make_customers(running: Fleet, count: int) -> list[str]:
    """New customers of the store."""
    made = []
    stamp = time.monotonic_ns()
    with httpx.Client(base_url=running.store.url, headers={"authorization": f"Bearer {running.store.staff}"}) as client:
        for number in range(count):
            body = {"type": "customer", "name": "Ines", "email": f"c{stamp}-{number}@example.com"}
            made.append(client.post("/v2/customers", json={"data": body}).json()["data"]["id"])
    return made


def slow_store(running: Fleet, seconds: float) -> None:
    """Let every call to the store take so long, or none where it is 0."""
    url = f"{running.store.url}/__control/faults"
    httpx.delete(url)
    if seconds:
        httpx.post(url, json={"fault": "latency", "seconds": seconds, "path": "^/v2/customers"}).raise_for_status()


async def test_a_killed_replica_takes_only_what_was_in_its_hands_and_no_write_is_made_twice(running: Fleet) -> None:
    reader, *rest = make_customers(running, 300)
    slow_store(running, 0.02)
    running.forget_calls()

    async def read(client: httpx.AsyncClient) -> Sent:
        return await send(client, READ, {"id": reader})

    async with load(running, read, rest) as under_way:
        await under_way.more(100)
        before = time.monotonic()
        running.replicas[1].kill()
        after = time.monotonic()
        await under_way.more(150)
        running.replicas[1].launch()
        await asyncio.to_thread(running.replicas[1].ready)
        await under_way.more(100)
    slow_store(running, 0)

    failed = [sent for sent in (*under_way.reads, *under_way.writes) if not sent.is_good]
    written = Counter(path.rpartition("/")[2] for path in running.calls("PUT", "/v2/customers/"))
    assert [sent for sent in failed if not (sent.began <= after and sent.ended >= before)] == []
    assert len(failed) <= READERS + WRITERS
    assert len(under_way.writes) > 10
    assert {who: times for who, times in written.items() if times != 1} == {}
    assert [sent.id for sent in under_way.writes if sent.is_good and sent.id not in written] == []


async def test_writes_to_one_customer_take_turns_whichever_replica_they_come_through(running: Fleet) -> None:
    one, *others = make_customers(running, 7)
    slow_store(running, 0.1)

    async def seconds(whom: list[str]) -> float:
        headers = {"authorization": f"Bearer {running.store.staff}"}
        begun = time.monotonic()
        async with httpx.AsyncClient(headers=headers, timeout=20) as client:
            sent = await asyncio.gather(*(_write(client, running, number, who) for number, who in enumerate(whom)))
        assert all("errors" not in answer for answer in sent), sent
        return time.monotonic() - begun

    alike, different = await seconds([one] * 6), await seconds(others)
    slow_store(running, 0)

    assert alike > 6 * 0.1
    assert different < 6 * 0.1


async def _write(client: httpx.AsyncClient, running: Fleet, number: int, who: str) -> dict[str, Any]:
    url = f"{running.replicas[number % REPLICAS].url}/graphql"
    answer = await client.post(url, json={"query": WRITE, "variables": {"id": who, "name": f"n{number}"}})
    body: dict[str, Any] = answer.json()
    return body
