"""The stage that settles names, over the state that replicas share."""

from __future__ import annotations

import asyncio
import io

import pytest

from penstock.definitions.lock import NO_LOCK, Lock
from penstock.definitions.lock_text import parse_lock, render_lock
from penstock.definitions.reading import Reading
from penstock.errors import OperatorError, StateError
from penstock.lifecycle.pinning import LOCK_KEY, Pinning
from penstock.state import MemoryState, State
from penstock.telemetry.logs import create_log
from tests.support.stores import Raw, definitions_of, field_json

DAY = 86_400.0


class Replica:
    """A gateway's stage with a clock in the test's hands."""

    def __init__(self, state: State, reviewed: Lock = NO_LOCK) -> None:
        self.now = 1_800_000_000.0
        self.logged = io.StringIO()
        self.reviewed = reviewed
        log = create_log("info", "json", self.logged)
        self.pinning = Pinning(state, self.read_reviewed, 30 * DAY, lambda: self.now, log)

    async def read_reviewed(self) -> Lock:
        return self.reviewed

    async def look(self, *fields: Raw, source: str = "live", taken_at: float | None = None) -> Lock:
        definitions = definitions_of({"customers": list(fields)})
        reading = Reading(definitions, source, taken_at=taken_at)  # type: ignore[arg-type] # one of the three
        return (await self.pinning(reading, self.now)).lock


def field(slug: str, identity: str) -> Raw:
    return field_json(slug, id=identity)


def names(lock: Lock) -> dict[str, str]:
    return {identity: pin.name for identity, pin in lock.pins("customers").items()}


def memory() -> MemoryState:
    return MemoryState(lambda: 0.0)


async def held(state: State) -> Lock:
    return parse_lock(await state.get(LOCK_KEY) or b"", "the test's state")


async def test_what_is_learnt_is_written_for_the_others() -> None:
    state = memory()
    first, second = Replica(state), Replica(state)
    await first.look(field("size", "f1"))
    second.now += 5
    lock = await second.look(field("width", "f1"))

    assert names(lock) == {"f1": "size"}
    assert await held(state) == lock


async def test_a_restarted_gateway_knows_what_it_knew() -> None:
    state = memory()
    await Replica(state).look(field("size", "f1"))
    lock = await Replica(state).look(field("size", "f2"))

    assert names(lock) == {"f1": "size", "f2": "size2"}


async def test_the_same_definitions_write_nothing_again() -> None:
    state = memory()
    replica = Replica(state)
    await replica.look(field("size", "f1"))
    before = await state.get(LOCK_KEY)
    replica.now += DAY
    await replica.look(field("size", "f1"))

    assert await state.get(LOCK_KEY) == before


async def test_names_under_review_win_and_are_shared() -> None:
    state = memory()
    await Replica(state).look(field("size", "f1"))
    reviewed = await Replica(memory()).look(field("largeness", "f1"))
    lock = await Replica(state, reviewed).look(field("size", "f1"))

    assert names(lock) == {"f1": "largeness"}
    assert names(await held(state)) == {"f1": "largeness"}


async def test_a_snapshot_teaches_nobody_and_unlearns_nothing() -> None:
    state = memory()
    replica = Replica(state)
    await replica.look(field("size", "f1"))
    taken_at = replica.now
    replica.now += 10
    await replica.look(field("size", "f1"), field("width", "f2"))
    before = await state.get(LOCK_KEY)
    replica.now += DAY
    lock = await replica.look(field("size", "f1"), source="snapshot", taken_at=taken_at)

    assert await state.get(LOCK_KEY) == before
    assert lock.pins("customers")["f2"].gone is None


class Contended(MemoryState):
    """A state in which another replica is always a moment earlier, for a while."""

    def __init__(self, rival: Replica, times: int) -> None:
        super().__init__(lambda: 0.0)
        self.rival = rival
        self.times = times

    async def swap(self, key: str, expected: bytes | None, value: bytes) -> bool:
        if self.times:
            self.times -= 1
            lock = await self.rival.look(field(f"rival-{self.times}", f"r{self.times}"))
            await self.put(key, render_lock(lock).encode())
        return await super().swap(key, expected, value)


async def test_what_another_wrote_in_between_is_built_upon() -> None:
    state = Contended(Replica(memory()), times=3)
    replica = Replica(state)
    lock = await replica.look(field("size", "f1"))

    assert names(lock)["f1"] == "size"
    assert {"r0", "r1", "r2"} <= set(names(lock))
    assert await held(state) == lock


async def test_a_lock_that_never_stops_changing_does_not_stop_the_look() -> None:
    replica = Replica(Contended(Replica(memory()), times=1_000))
    lock = await replica.look(field("size", "f1"))

    assert names(lock)["f1"] == "size"
    assert "contended" in replica.logged.getvalue()


class Down(MemoryState):
    """A state that can be switched off."""

    is_down = False

    async def get(self, key: str) -> bytes | None:
        self.check()
        return await super().get(key)

    async def swap(self, key: str, expected: bytes | None, value: bytes) -> bool:
        self.check()
        return await super().swap(key, expected, value)

    def check(self) -> None:
        if self.is_down:
            raise StateError("The state is switched off.")


async def test_without_its_state_a_gateway_goes_on_from_what_it_knew() -> None:
    state = Down(lambda: 0.0)
    replica = Replica(state)
    await replica.look(field("size", "f1"))
    state.is_down = True
    replica.now += 1
    unplugged = await replica.look(field("size", "f1"), field("size-", "f2"))
    state.is_down = False
    replica.now += 1
    lock = await replica.look(field("size-", "f2"))

    assert names(unplugged) == {"f1": "size", "f2": "size2"}
    assert names(await held(state)) == {"f1": "size", "f2": "size2"}
    assert lock.pins("customers")["f1"].gone is not None
    assert "schema lock not read" in replica.logged.getvalue()


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"format": "penstock-schema-lock", "version": 2}', b"\xff"])
async def test_a_broken_shared_lock_is_told_and_left_alone(text: bytes) -> None:
    state = memory()
    await state.put(LOCK_KEY, text)
    replica = Replica(state)
    lock = await replica.look(field("size", "f1"))

    assert names(lock) == {"f1": "size"}
    assert await state.get(LOCK_KEY) == text
    assert "schema lock unusable" in replica.logged.getvalue()


async def test_names_outlive_the_loss_of_the_shared_lock() -> None:
    state = memory()
    await Replica(state).look(field("size", "f1"))
    await state.remove(LOCK_KEY)
    lock = await Replica(state).look(field("largeness", "f1"), field("size", "f2"))

    assert names(lock) == {"f1": "size", "f2": "size2"}
    assert await held(state) == lock


@pytest.mark.parametrize("text", [b"", b"{", b'{"format": "penstock-schema-lock", "version": 2}'])
async def test_names_outlive_a_shared_lock_that_is_spoilt(text: bytes) -> None:
    state = memory()
    await Replica(state).look(field("size", "f1"))
    await state.put(LOCK_KEY, text)
    replica = Replica(state)
    lock = await replica.look(field("largeness", "f1"), field("size", "f2"))

    assert names(lock) == {"f1": "size", "f2": "size2"}
    assert await state.get(LOCK_KEY) == text
    assert "schema lock unusable" in replica.logged.getvalue()


async def test_a_broken_reviewed_lock_fails_the_look() -> None:
    async def broken() -> Lock:
        raise OperatorError("The lock 'x' cannot be read.")

    replica = Replica(memory())
    replica.pinning = Pinning(memory(), broken, 1, lambda: 0.0, create_log("info", "json", replica.logged))

    with pytest.raises(OperatorError):
        await replica.look(field("size", "f1"))


async def test_replicas_that_look_at_once_agree() -> None:
    state = memory()
    replicas = [Replica(state) for _ in range(8)]
    await asyncio.gather(*(replica.look(field("a b", "f1"), field("a-b", "f2")) for replica in replicas))
    locks = [await replica.look(field("a b", "f1"), field("a-b", "f2")) for replica in replicas]

    assert all(lock == locks[0] for lock in locks)
