"""Of several replicas one asks the store, all know the same, and whoever is left goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from penstock.definitions.flow_file import StoreDocuments
from penstock.definitions.parse import parse_definitions
from penstock.definitions.reading import Reading
from penstock.errors import StateError, UpstreamUnavailable
from penstock.lifecycle.together import Together
from penstock.state import Lease, MemoryState
from tests.support.stores import field_json, flow_json


class DownState(MemoryState):
    """A state that fails whenever the test says so."""

    is_down = False

    @property
    def is_standing_in(self) -> bool:
        return self.is_down

    async def get(self, key: str) -> bytes | None:
        self._check()
        return await super().get(key)

    async def lease(self, key: str, seconds: float) -> Lease | None:
        self._check()
        return await super().lease(key, seconds)

    async def renew(self, lease: Lease, seconds: float) -> bool:
        self._check()
        return await super().renew(lease, seconds)

    def listen(self, channel: str) -> AsyncIterator[bytes]:
        self._check()
        return super().listen(channel)

    def _check(self) -> None:
        if self.is_down:
            raise StateError("down")


@dataclass
class Store:
    """A store, the state its replicas share, and the time."""

    slugs: tuple[str, ...] = ("size",)
    asked: list[int] = field(default_factory=list)
    unreachable: set[int] = field(default_factory=set)
    now: float = 1_800_000_000.0

    def __post_init__(self) -> None:
        self.state = DownState(lambda: self.now)

    def replica(self, number: int) -> Together:
        async def load() -> Reading:
            self.asked.append(number)
            if number in self.unreachable:
                raise UpstreamUnavailable("unreachable")
            documents = StoreDocuments(
                [flow_json("customers")], {"customers": [field_json(slug) for slug in self.slugs]}
            )
            return Reading(parse_definitions(documents.flows, documents.fields), documents=documents)

        return Together(load, self.state, 60.0, lambda: self.now)


async def test_one_asks_and_the_others_take_its_word() -> None:
    store = Store()
    replicas = [store.replica(number) for number in range(3)]

    for _ in range(4):
        readings = [await replica.glance() for replica in replicas]
        store.now += 60

    assert store.asked == [0, 0, 0, 0]
    assert len({reading.definitions.fingerprint for reading in readings}) == 1
    assert readings[1].definitions == readings[0].definitions
    assert {reading.source for reading in readings} == {"live"}


async def test_the_others_see_what_has_changed() -> None:
    store = Store()
    first, second = store.replica(1), store.replica(2)
    before = [await first.glance(), await second.glance()][1]

    store.slugs = ("size", "width")
    await first.glance()
    after = await second.glance()

    assert store.asked == [1, 1]
    assert after.definitions != before.definitions
    assert after.taken_at == store.now


async def test_whoever_must_know_asks_and_tells_the_others() -> None:
    store = Store()
    first, second = store.replica(1), store.replica(2)
    await first.glance()
    await second.glance()
    looked = asyncio.Event()

    async def look() -> None:
        looked.set()

    following = asyncio.create_task(first.follow(look))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    store.slugs = ("size", "width")
    await second.ask()
    await asyncio.wait_for(looked.wait(), 5)
    following.cancel()

    assert store.asked == [1, 2]


async def test_what_one_knows_already_makes_nobody_look() -> None:
    store = Store()
    first, second = store.replica(1), store.replica(2)
    looks = 0

    async def look() -> None:
        nonlocal looks
        looks += 1

    await first.ask()
    following = asyncio.create_task(first.follow(look))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    store.now += 1000  # so that the same reading is told as if it were new
    await second.ask()
    for _ in range(5):
        await asyncio.sleep(0)
    following.cancel()

    assert looks == 0


async def test_another_asks_when_the_one_is_gone() -> None:
    store = Store()
    first, second, third = (store.replica(number) for number in range(3))
    for replica in (first, second, third):
        await replica.glance()

    for _ in range(4):
        store.now += 60
        await second.glance()
        await third.glance()

    assert store.asked == [0, 1, 1, 1]  # within two beats, and one of them only


async def test_one_that_cannot_reach_the_store_leaves_it_to_another() -> None:
    store = Store()
    first, second = store.replica(1), store.replica(2)
    await first.glance()
    await second.glance()
    store.unreachable = {1}
    store.slugs = ("size", "width")

    with pytest.raises(UpstreamUnavailable):
        await first.glance()
    seen = await second.glance()
    again = await first.glance()

    assert store.asked == [1, 1, 2]
    assert again.definitions == seen.definitions


async def test_without_the_state_each_asks_for_itself_and_with_it_one_does_again() -> None:
    store = Store()
    replicas = [store.replica(number) for number in range(3)]
    for replica in replicas:
        await replica.glance()
    store.state.is_down = True
    store.asked.clear()
    for replica in replicas:
        await replica.glance()
    down = list(store.asked)
    store.state.is_down = False
    store.asked.clear()
    for replica in replicas:
        await replica.glance()

    assert down == [0, 1, 2]
    assert store.asked == [0]


async def test_what_cannot_be_read_there_is_asked_for() -> None:
    store = Store()
    first, second = store.replica(1), store.replica(2)
    await first.glance()
    await store.state.put("schema:reading", b"{")

    await second.glance()

    assert store.asked == [1, 2]


async def test_a_slow_look_does_not_replace_a_later_one() -> None:
    store = Store()
    slow, quick, other = (store.replica(number) for number in range(3))
    reading = await slow._load()
    began = store.now
    store.now += 5
    store.slugs = ("size", "width")
    later = await quick.ask()
    await slow._tell(reading, began)

    assert (await other._told() or reading).definitions == later.definitions


async def test_one_that_begins_asks_for_what_was_told_before_it() -> None:
    store = Store()
    await store.replica(1).glance()
    store.now += 1
    store.slugs = ("size", "width")
    second = store.replica(2)

    seen = await second.glance()

    assert store.asked == [1, 2]
    assert len(seen.definitions.flows[0].fields) == 2


async def test_one_that_ends_leaves_the_looking_to_the_others() -> None:
    store = Store()
    first, second = store.replica(1), store.replica(2)
    await first.glance()
    await second.glance()

    async def look() -> None:
        pass

    following = asyncio.create_task(first.follow(look))
    await asyncio.sleep(0)
    following.cancel()
    await asyncio.wait((following,))
    await second.glance()

    assert store.asked == [1, 2]


async def soon(_seconds: float) -> None:
    """A pause that only lets others run."""
    await asyncio.sleep(0)


async def test_a_message_that_was_lost_is_made_good_by_a_look_at_what_was_told() -> None:
    store = Store()
    first, second = store.replica(1), store.replica(2)
    await second.glance()
    await first.glance()
    looked = asyncio.Event()

    async def look() -> None:
        await first.glance()
        looked.set()

    store.slugs = ("size", "width")
    await second.ask()  # nobody listens yet
    following = asyncio.create_task(first.follow(look, soon))
    await asyncio.wait_for(looked.wait(), 5)
    following.cancel()

    assert store.asked == [2, 2]


async def test_two_that_read_the_same_differently_do_not_chase_each_other() -> None:
    store = Store()
    first, second = store.replica(1), store.replica(2)
    looks: list[int] = []

    def follow(number: int, replica: Together, slugs: tuple[str, ...]) -> asyncio.Task[None]:
        async def look() -> None:
            looks.append(number)
            store.slugs = slugs  # what this one makes of whatever the store says
            store.now += 1
            await replica.ask()

        return asyncio.create_task(replica.follow(look, soon))

    await first.ask()
    followers = [follow(1, first, ("size",)), follow(2, second, ("width",))]
    store.slugs = ("width",)
    store.now += 1
    await second.ask()
    for _ in range(200):
        await asyncio.sleep(0)
    for follower in followers:
        follower.cancel()

    assert 1 <= len(looks) <= 6  # each by its message and by its look, and no more


async def test_what_comes_back_is_followed_again() -> None:
    store = Store()
    first, second = store.replica(1), store.replica(2)
    looks = 0

    async def look() -> None:
        nonlocal looks
        looks += 1
        await first.glance()

    await second.ask()
    await first.glance()
    following = asyncio.create_task(first.follow(look, soon))
    for slugs in (("width",), ("size",), ("width",), ("size",)):
        store.slugs = slugs
        store.now += 1
        await second.ask()
        for _ in range(20):
            await asyncio.sleep(0)
    following.cancel()

    assert looks == 4


async def test_what_was_read_during_an_outage_is_told_when_it_is_over() -> None:
    store = Store()
    first, second = store.replica(1), store.replica(2)
    await second.glance()
    await first.glance()
    looked = asyncio.Event()

    async def look() -> None:
        reading = await first.glance()
        if len(reading.definitions.flows[0].fields) == 2:
            looked.set()

    async def nothing() -> None:
        pass

    store.state.is_down = True
    store.slugs = ("size", "width")
    await second.ask()
    following = [asyncio.create_task(first.follow(look, soon)), asyncio.create_task(second.follow(nothing, soon))]
    await asyncio.sleep(0)
    store.state.is_down = False
    await asyncio.wait_for(looked.wait(), 5)
    for follower in following:
        follower.cancel()

    assert store.asked == [2, 2]
