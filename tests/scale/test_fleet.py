"""Three gateways behind nginx: one may die under load, the schema may change under load, and Redis may go."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.scale.load import READ, READERS, WRITE, WRITERS, Sent, load, send
from tests.support.fleet import REPLICAS, Fleet, fleet

POLL = "1"
HALF = """query Half($id: ID!) {
  schemaInfo { version }
  __type(name: "Customer") { fields { name } }
  fieldDefinitions(flow: "customers") { graphqlField }
  customer(id: $id) { id name }
}"""
NEW = "query New($id: ID!) { customer(id: $id) { id favouriteTea } }"


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


async def test_a_killed_replica_takes_only_what_was_in_its_hands_and_one_that_is_told_to_end_nothing(
    running: Fleet,
) -> None:
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
        await under_way.more(100)
        await asyncio.to_thread(running.replicas[2].stop)
        await under_way.more(50)
        for replica in running.replicas[1:]:
            replica.launch()
        for replica in running.replicas[1:]:
            await asyncio.to_thread(replica.ready)
        await under_way.more(50)
    slow_store(running, 0)

    failed = [sent for sent in (*under_way.reads, *under_way.writes) if not sent.is_good]
    written = Counter(path.rpartition("/")[2] for path in running.calls("PUT", "/v2/customers/"))
    assert [sent for sent in failed if not (sent.began <= after and sent.ended >= before)] == []
    assert len(failed) <= READERS + WRITERS
    assert len(under_way.writes) > 10
    assert {who: times for who, times in written.items() if times != 1} == {}
    assert [sent.about for sent in under_way.writes if sent.is_good and sent.about not in written] == []


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
    assert different < alike


async def _write(client: httpx.AsyncClient, running: Fleet, number: int, who: str) -> dict[str, Any]:
    url = f"{running.replicas[number % REPLICAS].url}/graphql"
    answer = await client.post(url, json={"query": WRITE, "variables": {"id": who, "name": f"n{number}"}})
    body: dict[str, Any] = answer.json()
    return body


def define_field(running: Fleet, slug: str) -> None:
    """A new custom field of customers, made by the merchant."""
    flows = running.store.call("GET", "/v2/flows").json()["data"]
    (flow,) = (row["id"] for row in flows if row["slug"] == "customers")
    field = {"type": "field", "name": slug, "slug": slug, "description": slug, "field_type": "string"}
    field |= {"required": False, "enabled": True}
    data = field | {"relationships": {"flow": {"data": {"type": "flow", "id": flow}}}}
    answer = running.store.call("POST", "/v2/fields", data)
    assert answer.status_code == 201, answer.text


async def swapped(running: Fleet, before: str) -> None:
    """Wait until all replicas have come to one and the same new version."""
    async with asyncio.timeout(20):
        while True:
            versions = await asyncio.to_thread(running.versions)
            if len(versions) == 1 and before not in versions:
                return
            await asyncio.sleep(0.05)


async def test_no_request_sees_a_half_while_the_schema_is_swapped_everywhere(running: Fleet) -> None:
    (who,) = make_customers(running, 1)
    (before,) = running.versions()
    turns = itertools.cycle((HALF, NEW))

    async def read(client: httpx.AsyncClient) -> Sent:
        query = next(turns)
        return await send(client, query, {"id": who}, about="new" if query is NEW else "half")

    async with load(running, read) as under_way:
        await under_way.more(30)
        await asyncio.to_thread(define_field, running, "favourite_tea")
        defined = time.monotonic()
        await swapped(running, before)
        seconds = time.monotonic() - defined
        await under_way.more(60)

    (after,) = running.versions()
    assert seconds < 10
    assert {sent.version for sent in under_way.reads} == {before, after}
    seen: dict[str, set[frozenset[str]]] = {before: set(), after: set()}
    for sent in under_way.reads:
        assert sent.answer is not None
        if sent.about == "half":
            data = sent.answer["data"]
            assert data["schemaInfo"]["version"] == sent.version
            assert data["customer"]["id"] == who
            names = frozenset(field["name"] for field in data["__type"]["fields"])
            assert {row["graphqlField"] for row in data["fieldDefinitions"]} <= names
            seen[sent.version].add(names)
        elif sent.version == after:
            assert sent.answer == {"data": {"customer": {"id": who, "favouriteTea": None}}}
        else:
            assert [error["extensions"]["code"] for error in sent.answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
            assert "data" not in sent.answer
    ((old,), (new,)) = seen[before], seen[after]
    assert new - old == {"favouriteTea"}


async def looked(running: Fleet, times: int) -> None:
    """Wait until the store was asked for its flows so many times."""
    async with asyncio.timeout(30):
        while True:
            if running.calls("GET", "/v2/flows").count("/v2/flows") >= times:
                return
            await asyncio.sleep(0.05)


async def test_one_replica_asks_the_store_for_all_of_them(running: Fleet) -> None:
    running.forget_calls()
    begun = time.monotonic()
    await looked(running, 4)
    seconds = time.monotonic() - begun

    assert seconds > 2 * float(POLL)  # if each of the three asked, it would be little more than one


async def test_what_one_replica_was_told_the_others_know(running: Fleet) -> None:
    query = "{ __typename }"
    stored = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}
    changes = "{ schemaInfo { version changes(first: 20) { level coordinate description at } } }"
    headers = {"authorization": f"Bearer {running.store.staff}"}
    async with httpx.AsyncClient(headers=headers, timeout=20) as client:
        first, *others = [f"{replica.url}/graphql" for replica in running.replicas]
        await client.post(first, json={"query": query, "extensions": stored})
        told = [(await client.post(url, json={"extensions": stored})).json() for url in others]
        lists = [(await client.post(url, json={"query": changes})).json()["data"] for url in (first, *others)]

    assert told == [{"data": {"__typename": "Query"}}] * len(others)
    assert lists[0] == lists[1] == lists[2]


async def test_without_redis_each_replica_looks_for_itself_and_with_it_one_does_again(running: Fleet) -> None:
    (before,) = running.versions()
    (who,) = make_customers(running, 1)

    async def read(client: httpx.AsyncClient) -> Sent:
        return await send(client, READ, {"id": who})

    async with load(running, read) as under_way:
        await under_way.more(20)
        running.state.stop()
        await under_way.more(50)
        await asyncio.to_thread(define_field, running, "favourite_cake")
        await swapped(running, before)
        await asyncio.to_thread(running.state.start)
        (before,) = running.versions()
        await asyncio.to_thread(define_field, running, "favourite_pie")
        await swapped(running, before)
        await under_way.more(20)

    assert [sent for sent in under_way.reads if not sent.is_good] == []
    for replica in running.replicas:
        logged = replica.log.read_text()
        assert logged.count('"shared state down"') == 1
        assert '"error"' not in logged


async def test_a_redis_that_hangs_delays_a_write_by_its_timeout_and_no_more(running: Fleet) -> None:
    reader, *rest = make_customers(running, 7)

    async def read(client: httpx.AsyncClient) -> Sent:
        return await send(client, READ, {"id": reader})

    async with load(running, read, itertools.cycle(rest)) as under_way:
        await under_way.more(20)
        running.state.hang()
        try:
            known = len(under_way.writes)
            await under_way.until(lambda: len(under_way.writes) > known + 3 * WRITERS)
        finally:
            running.state.go_on()

    assert [sent for sent in (*under_way.reads, *under_way.writes) if not sent.is_good] == []
    assert any(sent.ended - sent.began > 0.5 for sent in under_way.writes)
    assert all(sent.ended - sent.began < 10 for sent in under_way.writes)
