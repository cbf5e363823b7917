"""Swaps are written down once, by whichever replica is first, across restarts, and reach every listener once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from penstock.definitions.lock import NO_LOCK
from penstock.definitions.reading import Reading
from penstock.errors import StateError
from penstock.lifecycle.changelog import Changelog, SwapEntry
from penstock.lifecycle.feed import Feed
from penstock.lifecycle.holder import GenerationHolder
from penstock.lifecycle.releases import Releases
from penstock.lifecycle.stages import Change, Held, Settled, Verdict
from penstock.schema.diff import Change as SchemaChange
from penstock.schema.generation import Generation
from penstock.schema.impact import Broken
from penstock.state import MemoryState
from tests.support.outages import Shared, replica_of
from tests.support.stores import field_json, generation_of

A, B = (generation_of({"customers": [field_json(slug) for slug in slugs]}) for slugs in (("slot",), ("slot", "more")))

C = generation_of({"customers": [field_json("slot"), field_json("other")]})
BROKEN = Broken("ProfilePage", "web", ("Customer.more removed",))


def step(before: Generation | None, after: Generation, at: float = 1.0, verdict: Verdict | None = None) -> Change:
    settled = Settled(Reading(after.definitions), NO_LOCK, after.fingerprint, at)
    return Change(before, after, settled, at, verdict or Verdict())


@pytest.fixture
def state() -> MemoryState:
    return MemoryState(lambda: 0.0)


async def test_the_first_schema_ever_changes_nothing(state: MemoryState) -> None:
    log = Changelog(state)
    await log(step(None, A))

    assert await log.entries() == []


async def test_replicas_write_the_same_swap_once(state: MemoryState) -> None:
    logs = [Changelog(state) for _ in range(3)]
    for log in logs:
        await log(step(None, A))
    await asyncio.gather(*[log(step(A, B, 2.0)) for log in logs])
    entries = await logs[0].entries()

    assert [(one.before, one.version, one.at) for one in entries] == [(A.version, B.version, 2.0)]
    assert entries[0].counts == {"breaking": 0, "dangerous": 2, "safe": 1}


async def test_there_and_back_and_there_again_are_three_swaps(state: MemoryState) -> None:
    log = Changelog(state)
    for number, (before, after) in enumerate([(None, A), (A, B), (B, A), (A, B)]):
        await log(step(before, after, float(number)))

    assert [one.version for one in await log.entries()] == [B.version, A.version, B.version]


def read_at(generation: Generation, at: float) -> Generation:
    return replace(generation, loaded_at=at, prepared={})


async def test_a_replica_that_is_late_writes_nothing(state: MemoryState) -> None:
    quick, late = Changelog(state), Changelog(state)
    await quick(step(None, read_at(A, 100.0)))
    await quick(step(A, read_at(B, 101.0), 101.0))
    await quick(step(B, read_at(C, 102.0), 102.0))
    await late(step(A, read_at(B, 101.5), 102.1))
    await late(step(B, read_at(C, 102.5), 102.6))

    assert [one.version for one in await late.entries()] == [C.version, B.version]


async def test_a_replica_whose_clock_is_wrong_does_write(state: MemoryState) -> None:
    await Changelog(state)(step(None, read_at(A, 7200.0)))
    await Changelog(state)(step(A, read_at(B, 100.0), 100.0))

    assert [one.version for one in await Changelog(state).entries()] == [B.version]


async def test_what_happens_during_an_outage_is_written_when_it_is_over() -> None:
    shared = Shared()
    states = [replica_of(shared) for _ in range(2)]
    logs = [Changelog(state) for state in states]
    for log in logs:
        await log(step(None, read_at(A, 100.0)))
    shared.is_down = True
    for number, log in enumerate(logs):
        await log(step(A, read_at(B, 200.0 + number), 201.0 + number, Verdict(broken=(BROKEN,))))
        await log(step(B, read_at(C, 300.0 + number), 301.0 + number))
        await log.catch_up()
    during = [await state.entries("schema:log", 10) for state in states]
    shared.is_down = False
    for state, log in zip(states, logs, strict=True):
        await state.look()
        await log.catch_up()
        await log.catch_up()
    after = await logs[1].entries()
    for state in states:
        await state.aclose()

    assert [len(one) for one in during] == [2, 2]
    assert [(one.before, one.version, one.at) for one in after] == [
        (B.version, C.version, 301.0),
        (A.version, B.version, 201.0),
    ]
    assert after[1].breaks == (BROKEN.line,)


async def test_what_cannot_be_written_is_written_later(state: MemoryState) -> None:
    shared = Shared()
    log = Changelog(shared)
    await log(step(None, A))
    shared.is_down = True
    with pytest.raises(StateError):
        await log(step(A, B, 2.0))
    shared.is_down = False
    await log.catch_up()

    assert [one.version for one in await log.entries()] == [B.version]


async def test_a_change_made_while_nobody_ran_is_found_at_the_next_start(state: MemoryState) -> None:
    await Changelog(state)(step(None, A))
    later = Changelog(state)
    await later(step(None, B, 9.0))

    (entry,) = await later.entries()
    assert (entry.before, entry.version) == (A.version, B.version)
    assert any(one.coordinate == "Customer.more" for one in entry.changes)


async def test_a_snapshot_is_the_past_and_changes_nothing(state: MemoryState) -> None:
    log = Changelog(state)
    await log(step(None, B))
    await log(step(None, replace(A, source="snapshot", prepared={})))

    assert await log.entries() == []


async def test_who_broke_is_written_down(state: MemoryState) -> None:
    log = Changelog(state)
    await log(step(None, B))
    await log(step(B, A, 2.0, Verdict(broken=(BROKEN,))))

    assert (await log.entries())[0].breaks == ("ProfilePage (client web) breaks: Customer.more removed",)


async def test_what_is_written_down_is_bounded(state: MemoryState) -> None:
    log = Changelog(state)
    await log(step(None, A))
    long = SchemaChange("dangerous", "APPLIED_DIRECTIVE_ADDED", "T.f", "T.f is marked @constraint " + "x, " * 5000)
    await log(step(A, B, 2.0, Verdict(changes=(long,) * 5000)))
    (entry,) = await log.entries()

    assert entry.counts["dangerous"] == 5000
    assert len(entry.changes) == 500
    assert len(entry.changes[0].description) <= 500
    assert entry.changes[0].description.startswith("T.f is marked @constraint x,")


async def test_what_cannot_be_read_is_passed_over(state: MemoryState) -> None:
    await state.put("schema:head", b"\xff{")
    await state.append("schema:log", b"nonsense", keep=10)
    log = Changelog(state)
    await log(step(A, B, 2.0))

    assert [one.version for one in await log.entries()] == [B.version]


async def quiet(_seconds: float) -> None:
    await asyncio.Event().wait()


@pytest.fixture
async def feed(state: MemoryState) -> AsyncIterator[Feed]:
    """A feed that runs."""
    made = Feed(Changelog(state), state, quiet, 2)
    running = asyncio.create_task(made.run())
    for _ in range(5):
        await asyncio.sleep(0)
    yield made
    running.cancel()
    await asyncio.wait((running,))


async def test_a_swap_of_another_replica_reaches_each_listener_once(state: MemoryState, feed: Feed) -> None:
    with feed.subscribe(None) or pytest.fail("full") as one, feed.subscribe(None) or pytest.fail("full") as two:
        assert feed.subscribe(None) is None
        other = Changelog(state)
        await other(step(None, A))
        await other(step(A, B, 2.0))
        told = [await one.next(), await two.next()]
        await feed.look()
        feed.end()
        last = await one.next()

    assert [entry.version for entry in told if entry] == [B.version, B.version]
    assert last is None
    assert feed.subscribe(None) is not None


async def test_a_lost_message_is_found_in_the_log(state: MemoryState) -> None:
    feed = Feed(Changelog(state), state, quiet, 2)
    subscription = feed.subscribe(None) or pytest.fail("full")
    log = Changelog(state)
    await log(step(None, A))
    await log(step(A, B, 2.0))
    await feed.look()
    entry = await subscription.next()

    assert entry is not None
    assert entry.version == B.version
    assert [one.version for one in feed.entries] == [B.version]


async def test_after_an_outage_every_replica_tells_the_same() -> None:
    shared = Shared()
    states = [replica_of(shared) for _ in range(2)]
    logs = [Changelog(state) for state in states]
    feeds = [Feed(log, state, quiet, 2) for log, state in zip(logs, states, strict=True)]
    for log in logs:
        await log(step(None, read_at(A, 100.0)))
    shared.is_down = True
    for number, (log, feed) in enumerate(zip(logs, feeds, strict=True)):
        await log(step(A, read_at(B, 200.0 + number), 201.0 + number))
        await feed.look()
    during = [[one.at for one in feed.entries] for feed in feeds]
    shared.is_down = False
    for state, log in zip(states, logs, strict=True):
        await state.look()
        await log.catch_up()
    for feed in feeds:
        await feed.look()
    after = [[one.at for one in feed.entries] for feed in feeds]
    for state in states:
        await state.aclose()

    assert during == [[201.0], [202.0]]
    assert after == [[201.0], [201.0]]


async def test_a_log_that_was_lost_is_written_again_once(state: MemoryState) -> None:
    logs = [Changelog(state) for _ in range(2)]
    feeds = [Feed(log, state, quiet, 2) for log in logs]
    for number, (before, after) in enumerate([(None, A), (A, B), (B, C)]):
        await logs[0](step(before, after, float(number)))
    for feed in feeds:
        await feed.look(is_first=True)
    await state.remove("schema:log")
    for _ in range(2):
        await asyncio.gather(*[feed.look() for feed in feeds])

    assert [one.version for one in await logs[0].entries()] == [C.version, B.version]
    assert [one.version for one in feeds[1].entries] == [C.version, B.version]


async def test_who_is_too_far_behind_is_let_go(state: MemoryState) -> None:
    feed = Feed(Changelog(state), state, quiet, 1)
    subscription = feed.subscribe(None) or pytest.fail("full")
    for number in range(60):
        subscription.tell(SwapEntry(str(number), float(number), "v", "", {}))

    assert subscription.is_over


async def test_a_release_reaches_the_replica_that_holds_the_same_step(state: MemoryState) -> None:
    holders = [GenerationHolder() for _ in range(3)]
    for holder, after in zip(holders, (A, A, B), strict=True):
        holder.hold(Held(step(generation_of({}), after), "why"), 1.0)
    released: list[tuple[int, str]] = []
    turns = iter((None,))

    async def one_turn(_seconds: float) -> None:
        if next(turns, "over") == "over":
            raise asyncio.CancelledError

    async def serve(number: int, version: str) -> None:
        released.append((number, version))

    await Releases(state, holders[0], quiet).release(lambda version: serve(0, version))
    for number in (1, 2):
        turns = iter((None,))
        with pytest.raises(asyncio.CancelledError):
            await Releases(state, holders[number], one_turn).follow(
                lambda version, number=number: serve(number, version)
            )  # type: ignore[misc] # a lambda's default has no type

    assert released == [(0, A.version), (1, A.version)]


async def test_a_release_during_an_outage_is_told_when_it_is_over() -> None:
    shared = Shared()
    state = replica_of(shared)
    holder = GenerationHolder()
    holder.hold(Held(step(B, A), "why"), 1.0)
    turns = iter((None,))

    async def one_turn(_seconds: float) -> None:
        if next(turns, "over") == "over":
            raise asyncio.CancelledError

    async def serve(_version: str) -> None:
        holder.confirm(1.0)

    releases = Releases(state, holder, one_turn)
    shared.is_down = True
    await releases.release(serve)
    told = await shared.keys("schema:released:")
    shared.is_down = False
    await state.look()
    with pytest.raises(asyncio.CancelledError):
        await releases.follow(serve)
    await state.aclose()

    assert told == []
    assert await shared.keys("schema:released:") == [f"schema:released:{B.version}:{A.version}"]


async def test_nothing_held_is_nothing_released_nor_is_another_version(state: MemoryState) -> None:
    async def serve(_version: str) -> None:
        raise AssertionError

    holder = GenerationHolder()
    nothing = await Releases(state, holder, quiet).release(serve)
    holder.hold(Held(step(generation_of({}), A), "why"), 1.0)
    another = await Releases(state, holder, quiet).release(serve, B.version)

    assert (nothing, another) == (None, None)
    assert await state.keys("schema:released:") == []
