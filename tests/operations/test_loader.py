"""The laws of loaders: deduplication, the bound, priming, failures that stay alone, cancelled waiters."""

from __future__ import annotations

import asyncio

import pytest

from penstock.errors import PenstockError, UpstreamUnavailable
from penstock.operations.loader import Loader
from penstock.upstream.transport import Response
from tests.support.gateway import gateway
from tests.support.scripted import Call, Reply, ScriptedUpstream, error, listing
from tests.support.stores import generation_of

EMPTY = generation_of()


def person(identity: str, **more: object) -> dict[str, object]:
    return {"id": identity, "type": "customer", "name": f"N {identity}", "email": f"{identity}@example.com"} | more


def any_customer(call: Call) -> object:
    return {"data": person(call.path.rpartition("/")[2])}


class Reads:
    """Reads that land when a test says so."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.failing: set[str] = set()
        self.under_way = 0
        self.most_under_way = 0

    async def __call__(self, route: str, target: str) -> Response:
        self.started.append(target)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.gates.setdefault(target, asyncio.Event()).wait()
        finally:
            self.under_way -= 1
        if target in self.failing:
            raise UpstreamUnavailable(f"{route} broke off.")
        return Response(200, target.encode())

    def land(self, *targets: str) -> None:
        for target in targets:
            self.gates.setdefault(target, asyncio.Event()).set()


async def turns(count: int = 10) -> None:
    """Let everything that can run do so."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_twenty_aliases_of_ten_ids_make_ten_calls(upstream: ScriptedUpstream) -> None:
    upstream.answers = {f"/v2/customers/c{number}": any_customer for number in range(10)}
    aliases = " ".join(f'a{number}: customer(id:"c{number % 10}") {{ id name }}' for number in range(20))

    async with gateway(upstream.url, EMPTY) as running:
        answer = await running.run(f"{{ {aliases} }}")

    assert len(upstream.calls) == 10
    assert [answer.data[f"a{number}"]["id"] for number in range(20)] == [f"c{number % 10}" for number in range(20)]


async def test_two_requests_share_nothing(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/c1": any_customer}

    async with gateway(upstream.url, EMPTY) as running:
        await running.run('{ customer(id:"c1") { id } }')
        await running.run('{ customer(id:"c1") { id } }')

    assert upstream.lines == ["GET /v2/customers/c1"] * 2


async def test_no_more_calls_are_under_way_than_the_bound(upstream: ScriptedUpstream) -> None:
    upstream.answers = {f"/v2/customers/c{number}": any_customer for number in range(20)}
    aliases = " ".join(f'a{number}: customer(id:"c{number}") {{ id }}' for number in range(20))
    upstream.gate = asyncio.Event()

    async with gateway(upstream.url, EMPTY, concurrency=3) as running:
        asking = asyncio.create_task(running.run(f"{{ {aliases} }}"))
        await upstream.until(3)
        upstream.gate.set()
        answer = await asking

    assert len(answer.data) == 20
    assert upstream.most_under_way == 3


async def test_a_failed_key_fails_alone(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        "/v2/customers/c1": any_customer,
        "/v2/customers/c2": Reply(500, b"<html>"),
        "/v2/customers/c3": any_customer,
    }

    async with gateway(upstream.url, EMPTY) as running:
        answer = await running.run(
            '{ a:customer(id:"c1"){id} b:customer(id:"c2"){id} c:customer(id:"c3"){id} d:customer(id:"c2"){id} }'
        )

    assert answer.partial == {"a": {"id": "c1"}, "b": None, "c": {"id": "c3"}, "d": None}
    assert [(entry["path"], entry["extensions"]["code"]) for entry in answer.errors] == [
        (["b"], "UPSTREAM_UNAVAILABLE"),
        (["d"], "UPSTREAM_UNAVAILABLE"),
    ]
    assert len(upstream.calls) == 3


async def test_a_list_primes_the_reads_by_id_behind_it(upstream: ScriptedUpstream) -> None:
    orders = [{"id": f"o{n}", "relationships": {"customer": {"data": {"id": f"c{n}"}}}} for n in (1, 2)]
    upstream.answers = {
        "/v2/customers": listing(person("c1"), person("c2")),
        "/v2/orders": lambda call: listing(*(row for row in orders if f"c{row['id'][1]}" in call.target)),
    }

    async with gateway(upstream.url, EMPTY) as running:
        answer = await running.run("{ customers(first: 2) { nodes { id orders { nodes { id customer { name } } } } } }")

    customers = answer.data["customers"]["nodes"]
    assert [customer["orders"]["nodes"][0]["customer"]["name"] for customer in customers] == ["N c1", "N c2"]
    assert sorted(upstream.paths) == ["/v2/customers", "/v2/orders", "/v2/orders"]


@pytest.mark.parametrize("value", [10**30, "\ud800", float("inf"), float("nan"), {"\udfff": ["\ud800"]}, [[[1e300]]]])
async def test_priming_survives_values_that_json_can_hardly_carry(upstream: ScriptedUpstream, value: object) -> None:
    order = {"id": "o1", "relationships": {"customer": {"data": {"id": "c1"}}}}
    upstream.answers = {"/v2/customers": listing(person("c1", odd=value)), "/v2/orders": listing(order)}

    async with gateway(upstream.url, EMPTY) as running:
        answer = await running.run(
            "{ customers { nodes { id customFields { slug value } orders { nodes { customer { name } } } } } }"
        )

    assert answer.data["customers"]["nodes"][0]["orders"]["nodes"] == [{"customer": {"name": "N c1"}}]


async def test_a_write_is_read_back_from_its_own_answer(upstream: ScriptedUpstream) -> None:
    order = {"id": "o1", "relationships": {"customer": {"data": {"id": "c1"}}}}
    upstream.answers = {"PUT /v2/customers/c1": {"data": person("c1")}, "/v2/orders": listing(order)}

    async with gateway(upstream.url, EMPTY) as running:
        answer = await running.run(
            'mutation { customerUpdate(id: "c1", input: {name: "N"}) { customer { '
            "orders { nodes { customer { name } } } } } }"
        )

    assert answer.data["customerUpdate"]["customer"]["orders"]["nodes"] == [{"customer": {"name": "N c1"}}]
    assert upstream.paths == ["/v2/customers/c1", "/v2/orders"]


async def test_a_second_write_forgets_what_was_read_after_the_first(upstream: ScriptedUpstream) -> None:
    order = {"id": "o1", "relationships": {"customer": {"data": {"id": "c1"}}}}
    upstream.answers = {
        "PUT /v2/customers/c1": [{"data": person("c1", name="first")}, {"data": person("c1", name="second")}],
        "/v2/orders": listing(order),
    }
    fields = "{ customer { name orders { nodes { customer { name } } } } }"

    async with gateway(upstream.url, EMPTY) as running:
        answer = await running.run(
            f'mutation {{ a: customerUpdate(id: "c1", input: {{name: "x"}}) {fields}'
            f' b: customerUpdate(id: "c1", input: {{name: "y"}}) {fields} }}'
        )

    assert [answer.data[key]["customer"]["orders"]["nodes"][0]["customer"]["name"] for key in "ab"] == [
        "first",
        "second",
    ]


async def test_calls_beyond_the_budget_fail_on_their_edges(upstream: ScriptedUpstream) -> None:
    upstream.answers = {f"/v2/customers/c{number}": any_customer for number in range(8)}
    aliases = " ".join(f'a{number}: customer(id:"c{number}") {{ id }}' for number in range(8))

    async with gateway(upstream.url, EMPTY, budget=5) as running:
        answer = await running.run(f"{{ {aliases} }}")

    assert len(upstream.calls) == 5
    assert answer.codes == ["BUDGET_EXCEEDED"] * 3
    assert sum(value is not None for value in answer.partial.values()) == 5


async def test_the_budget_counts_writes_too(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"PUT /v2/customers/c1": {"data": person("c1")}}

    async with gateway(upstream.url, EMPTY, budget=1) as running:
        answer = await running.run(
            'mutation { a: customerUpdate(id:"c1", input:{name:"x"}) { customer { id } } '
            'b: customerUpdate(id:"c1", input:{name:"y"}) { customer { id } } }'
        )

    assert answer.codes == ["BUDGET_EXCEEDED"]
    assert upstream.lines == ["PUT /v2/customers/c1"]


async def test_a_refused_key_is_not_asked_for_again(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/c1": error(403, title="Forbidden")}

    async with gateway(upstream.url, EMPTY) as running:
        answer = await running.run('{ a:customer(id:"c1"){id} b:customer(id:"c1"){name} }')

    assert answer.codes == ["FORBIDDEN", "FORBIDDEN"]
    assert len(upstream.calls) == 1


@pytest.mark.parametrize("method", ["load", "now"])
async def test_a_cancelled_waiter_poisons_nobody(method: str) -> None:
    reads = Reads()
    loader = Loader(reads, 4)
    ask = getattr(loader, method)
    first = asyncio.create_task(ask("/r", "/a"))
    second = asyncio.create_task(ask("/r", "/a"))
    await turns()

    first.cancel()
    await turns()
    reads.land("/a")

    assert (await second).body == b"/a"
    assert (await ask("/r", "/a")).body == b"/a"
    assert first.cancelled()


@pytest.mark.parametrize("method", ["load", "now"])
async def test_all_waiters_cancelled_leave_a_key_that_can_be_asked_for(method: str) -> None:
    reads = Reads()
    loader = Loader(reads, 1)
    ask = getattr(loader, method)
    waiters = [asyncio.create_task(ask("/r", target)) for target in ("/a", "/a", "/b")]
    await turns()

    for waiter in waiters:
        waiter.cancel()
    await asyncio.gather(*waiters, return_exceptions=True)
    reads.land("/a", "/b")

    assert (await asyncio.wait_for(ask("/r", "/a"), 5)).body == b"/a"
    assert (await asyncio.wait_for(ask("/r", "/b"), 5)).body == b"/b"


async def test_a_waiter_cancelled_in_line_gives_its_place_back() -> None:
    reads = Reads()
    loader = Loader(reads, 1)
    flying = asyncio.create_task(loader.now("/r", "/a"))
    waiting = asyncio.create_task(loader.now("/r", "/b"))
    await turns()

    waiting.cancel()
    await turns()
    reads.land("/a", "/b", "/c")

    assert (await flying).body == b"/a"
    assert (await asyncio.wait_for(loader.now("/r", "/c"), 5)).body == b"/c"
    assert (await asyncio.wait_for(loader.now("/r", "/b"), 5)).body == b"/b"


async def test_loads_and_immediate_reads_of_one_target_are_one_call() -> None:
    reads = Reads()
    loader = Loader(reads, 4)
    asking = [asyncio.create_task(ask("/r", "/a")) for ask in (loader.load, loader.now, loader.load, loader.now)]
    await turns()
    reads.land("/a")

    answers = await asyncio.gather(*asking)

    assert [answer.body for answer in answers] == [b"/a"] * 4
    assert reads.started == ["/a"]


async def test_a_failure_is_told_to_everyone_who_asked_and_to_nobody_else() -> None:
    reads = Reads()
    reads.failing = {"/bad"}
    loader = Loader(reads, 4)
    asking = [asyncio.create_task(loader.load("/r", target)) for target in ("/bad", "/good", "/bad")]
    await turns()
    reads.land("/bad", "/good")

    outcomes = await asyncio.gather(*asking, return_exceptions=True)

    assert isinstance(outcomes[0], PenstockError)
    assert isinstance(outcomes[1], Response)
    assert isinstance(outcomes[2], PenstockError)
    with pytest.raises(UpstreamUnavailable):
        await loader.now("/r", "/bad")
    assert reads.started == ["/bad", "/good"]


async def test_what_is_known_already_is_not_primed_over() -> None:
    reads = Reads()
    loader = Loader(reads, 4)
    loader.prime("/a", Response(200, b"first"))
    loader.prime("/a", Response(200, b"second"))

    answer = await loader.load("/r", "/a")

    assert answer.body == b"first"
    assert reads.started == []


async def test_a_read_under_way_when_all_is_forgotten_is_made_again() -> None:
    reads = Reads()
    loader = Loader(reads, 4)
    old = asyncio.create_task(loader.now("/r", "/a"))
    await turns()

    loader.forget()
    reads.land("/a")

    assert (await old).body == b"/a"
    assert (await loader.now("/r", "/a")).body == b"/a"
    assert reads.started == ["/a", "/a"]


async def test_a_failure_nobody_waits_for_makes_no_noise() -> None:
    reads = Reads()
    reads.failing = {"/bad"}
    loader = Loader(reads, 4)
    waiting = asyncio.create_task(loader.load("/r", "/bad"))
    await turns()
    waiting.cancel()
    await turns()

    reads.land("/bad")
    await turns()

    assert waiting.cancelled()
