"""Uses of custom fields are counted by client and written into one book by all replicas; who ran what is sampled."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
import pytest
from graphql import parse

from penstock.errors import StateError
from penstock.lifecycle.seen import SeenOperations
from penstock.lifecycle.usage import Clocks, FieldUsage
from penstock.lifecycle.usage_book import MOST_PAIRS, OTHERS, UsageBook, Use, book_use, read_book
from penstock.operations.footprint import ByVariable, Footprint, Keys
from penstock.state import Degrading, MemoryState
from penstock.telemetry.metrics import Metrics
from tests.support.outages import Shared, replica_of

KEYS = Keys({"slot": "f1", "size": "f2"})
NAMES = {"f1": ("Customer", "slot"), "f2": ("Customer", "size")}


def footprint(reads: tuple[str, ...] = (), writes: tuple[str, ...] = (), text: str = "{ me { id } }") -> Footprint:
    return Footprint("Op", "query", parse(text), frozenset(reads), frozenset(writes))


class Flaky(MemoryState):
    """A state that a test can take down, or let another replica get in first."""

    down = False
    intruder: bytes | None = None

    async def get(self, key: str) -> bytes | None:
        if self.down:
            raise StateError("down")
        return await super().get(key)

    async def swap(self, key: str, expected: bytes | None, value: bytes) -> bool:
        if self.intruder is not None:
            raw, self.intruder = self.intruder, None
            await super().put(key, raw)
        return await super().swap(key, expected, value)


class Bench:
    """A counter whose clock and state are in the test's hands."""

    def __init__(self, state: Flaky | Degrading | None = None) -> None:
        self.now = 1_800_000_030.0
        self.state: Flaky | Degrading = state or Flaky(lambda: 0.0)
        self.metrics = Metrics(lambda: 0.0)
        self.seen = SeenOperations(self.state, 5, lambda: self.now)
        clocks = Clocks(lambda: self.now, asyncio.sleep)
        self.usage = FieldUsage(self.state, self.names, self.seen, clocks, self.metrics)

    def names(self) -> Mapping[str, tuple[str, str]]:
        return NAMES

    async def uses(self) -> dict[str, dict[str, tuple[int, int]]]:
        book = await self.usage.book()
        return {
            field: {client: (use.reads, use.writes) for client, use in clients.items()}
            for field, clients in book.uses.items()
        }


async def test_reads_and_writes_are_counted_by_field_and_client() -> None:
    bench = Bench()
    page = footprint(reads=("f1",))
    form = footprint(reads=("f1",), writes=("f2",))
    for _ in range(3):
        bench.usage(page, "web", None)
    bench.usage(form, "app", None)
    bench.usage(page, "", {"x": 1})

    assert await bench.uses() == {"f1": {"web": (3, 0), "app": (1, 0), "": (1, 0)}, "f2": {"app": (0, 1)}}
    assert bench.metrics.field_uses.value("Customer", "slot", "read") == 5
    assert bench.metrics.field_uses.value("Customer", "size", "write") == 1


async def test_what_variables_name_is_counted() -> None:
    bench = Bench()
    form = Footprint("", "mutation", parse("{ a }"), by_variable=(ByVariable("input", KEYS),))
    bench.usage(form, "web", {"input": {"size": 1}})
    bench.usage(form, "web", {"input": {"size": 2, "slot": "x"}})
    bench.usage(form, "web", {})

    assert await bench.uses() == {"f1": {"web": (0, 1)}, "f2": {"web": (0, 2)}}


async def test_a_default_counts_where_no_variables_came() -> None:
    bench = Bench()
    form = Footprint("", "mutation", parse("{ a }"), by_variable=(ByVariable("input", KEYS, default={"slot": 1}),))
    bench.usage(form, "web", None)
    bench.usage(form, "web", {"input": {"size": 2}})

    assert await bench.uses() == {"f1": {"web": (0, 1)}, "f2": {"web": (0, 1)}}


async def test_last_use_is_told_to_the_minute_and_changes_only_with_it() -> None:
    bench = Bench()
    bench.usage(footprint(reads=("f1",)), "web", None)
    await bench.usage.flush()
    told = bench.usage.last_used()
    bench.now += 20
    bench.usage(footprint(reads=("f1",)), "web", None)
    await bench.usage.flush()

    assert told == {"f1": "2027-01-15T08:00:00.000Z"}
    assert bench.usage.last_used() is told


async def test_replicas_add_up_and_learn_from_each_other() -> None:
    state = Flaky(lambda: 0.0)
    one, two = Bench(state), Bench(state)
    one.usage(footprint(reads=("f1",)), "web", None)
    two.usage(footprint(reads=("f1", "f2")), "web", None)
    await asyncio.gather(one.usage.flush(), two.usage.flush())
    await one.usage.flush()

    assert await one.uses() == {"f1": {"web": (2, 0)}, "f2": {"web": (1, 0)}}
    assert set(one.usage.last_used()) == {"f1", "f2"}


async def test_who_comes_in_between_is_not_overwritten() -> None:
    bench = Bench()
    other = Bench(Flaky(lambda: 0.0))
    other.usage(footprint(reads=("f2",)), "app", None)
    await other.usage.flush()
    bench.state.intruder = await other.state.get("fields:usage")
    bench.usage(footprint(reads=("f1",)), "web", None)

    assert await bench.uses() == {"f1": {"web": (1, 0)}, "f2": {"app": (1, 0)}}


async def test_what_cannot_be_written_waits() -> None:
    bench = Bench()
    bench.state.down = True
    bench.usage(footprint(reads=("f1",)), "web", None)
    await bench.usage.flush()
    bench.usage(footprint(reads=("f1",)), "web", None)
    await bench.usage.flush()
    bench.state.down = False

    assert await bench.uses() == {"f1": {"web": (2, 0)}}


async def test_what_is_counted_during_an_outage_is_told_then_and_written_after() -> None:
    shared = Shared()
    state = replica_of(shared)
    bench = Bench(state)
    bench.usage(footprint(reads=("f1",)), "web", None)
    await bench.usage.flush()
    shared.is_down = True
    for _ in range(3):
        bench.usage(footprint(reads=("f1", "f2")), "web", None)
        await bench.usage.flush()
    during = await bench.uses()
    last_used = set(bench.usage.last_used())
    shared.is_down = False
    await state.look()
    after = await bench.uses()
    known = [one.client for one in await bench.seen.known()]
    await state.aclose()

    assert during == after == {"f1": {"web": (4, 0)}, "f2": {"web": (3, 0)}}
    assert last_used == {"f1", "f2"}
    assert read_book(await shared.get("fields:usage"), 0.0).uses["f2"]["web"].reads == 3
    assert known == ["web"]


async def test_a_counter_that_ends_writes_what_it_has() -> None:
    bench = Bench()
    running = asyncio.create_task(bench.usage.run())
    await asyncio.sleep(0)
    bench.usage(footprint(reads=("f1",)), "web", None)
    running.cancel()
    await asyncio.wait((running,))

    assert read_book(await bench.state.get("fields:usage"), 0.0).uses["f1"]["web"].reads == 1


async def test_clients_without_end_are_bounded() -> None:
    bench = Bench()
    page = footprint(reads=("f1",))
    for number in range(12_000):
        bench.usage(page, f"bot {number}", None)
    uses = (await bench.uses())["f1"]

    assert sum(reads for reads, _ in uses.values()) == 12_000
    assert len(uses) <= MOST_PAIRS
    assert uses[OTHERS][0] >= 8000


def test_a_full_book_makes_room_of_who_was_away_longest() -> None:
    book = UsageBook(0.0, {"f1": {"web": Use(reads=1, read_at=99.0)}})
    flood: dict[str, dict[str, Use]] = {}
    for number in range(MOST_PAIRS + 10):
        book_use(flood, "f1", f"bot {number}", Use(reads=1, read_at=float(number) / 100))
    book.add(flood)

    assert book.uses["f1"]["web"].reads == 1
    assert sum(map(len, book.uses.values())) <= MOST_PAIRS
    assert sum(use.reads for use in book.uses["f1"].values()) == MOST_PAIRS + 11


@pytest.mark.parametrize("raw", [b"", b"null", b"{", b'{"since": "x"}', b'{"since": 1, "uses": {"f": [1]}}', b"\xff"])
def test_a_broken_book_is_an_empty_one(raw: bytes) -> None:
    assert read_book(raw, 5.0) == UsageBook(5.0)


async def test_a_client_shows_nothing_that_a_terminal_obeys() -> None:
    bench = Bench()
    bench.usage(footprint(reads=("f1",)), "\x1b[2Jweb\x07", None)

    assert await bench.uses() == {"f1": {"?[2Jweb?": (1, 0)}}


async def test_operations_are_sampled_without_values_once_each_client() -> None:
    bench = Bench()
    first = footprint(text='query Op { customer(id: "secret-1") { id } }')
    same = footprint(text='query Op { customer(id: "secret-2") { id } }')
    for one, client in ((first, "web"), (same, "web"), (first, "app")):
        bench.usage(one, client, None)
    await bench.usage.flush()
    known = await bench.seen.known()

    assert sorted((one.name, one.client, one.text) for one in known) == [
        ("Op", "app", 'query Op{customer(id:""){id}}'),
        ("Op", "web", 'query Op{customer(id:""){id}}'),
    ]
    assert "secret" not in repr(bench.state.__dict__)


async def test_what_runs_often_stays_in_a_sample_that_rolls() -> None:
    bench = Bench()
    often = footprint(text="query Often { me { id } }")
    for number in range(12):
        bench.now += 1000
        for _ in range(5):
            bench.usage(often, "web", None)
        bench.usage(footprint(text=f"query Rare{number} {{ me {{ id }} }}"), "web", None)
        await bench.usage.flush()
    names = [one.name for one in await bench.seen.known()]

    assert len(names) <= 5
    assert "Op" in names


async def test_long_documents_crowd_nobody_out_of_a_judgement() -> None:
    state = Flaky(lambda: 0.0)
    seen = SeenOperations(state, 500, lambda: 1000.0)
    await seen([(footprint(), "web", 1)])
    for number in range(100):
        long = {"digest": str(number), "name": "", "client": "bot", "text": "x" * 19_000}
        await state.append("operations:seen", msgspec.json.encode(long), keep=500)
    known = await seen.known()

    assert known[0].client == "web"
    assert len(known) > 50
    assert sum(len(one.text) for one in known) <= 1_000_000


async def test_a_sample_that_was_lost_fills_again() -> None:
    state = Flaky(lambda: 0.0)
    seen = SeenOperations(state, 60, lambda: 1000.0)
    await seen([(footprint(), "web", 1)])
    await state.remove("operations:seen")
    await seen([(footprint(), "web", 1)])

    assert [one.client for one in await seen.known()] == ["web"]


async def test_strangers_with_many_names_push_nobody_out_of_the_sample() -> None:
    now, state = 1000.0, Flaky(lambda: 0.0)
    seen = SeenOperations(state, 60, lambda: now)
    page = footprint(text="query Page { me { id } }")
    strangers = [footprint(text=f"query S{number} {{ me {{ id }} }}") for number in range(30)]
    missed = 0
    for look in range(60):
        now += 10
        bots = [(one, f"bot {look} {number}", 1) for number, one in enumerate(strangers)]
        await seen([(page, "web", 50), *bots])
        missed += "web" not in {one.client for one in await seen.known()}

    assert missed == 0


async def test_no_sample_is_kept_where_none_is_wanted() -> None:
    state = Flaky(lambda: 0.0)
    seen = SeenOperations(state, 0, lambda: 1000.0)
    await seen([(footprint(), "web", 1)])

    assert await seen.known() == []
    assert await state.entries("operations:seen", 10) == []
