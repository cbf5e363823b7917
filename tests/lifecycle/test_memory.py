"""Old generations are freed when nobody uses them, and memory stays flat however often a schema is replaced."""

from __future__ import annotations

import asyncio
import gc
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from penstock.definitions.lock import NO_LOCK
from penstock.definitions.model import StoreDefinitions
from penstock.definitions.reading import Reading
from penstock.lifecycle.memory import Sweeper, set_aside, short_turns
from penstock.lifecycle.stages import Change, Settled
from penstock.schema.generation import Generation, build_generation
from tests.support.scripted import ScriptedUpstream
from tests.support.served import served
from tests.support.stores import field_json, flow_json


@pytest.fixture
def collector() -> Iterator[None]:
    """The collector as the test found it, and never on its own."""
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()


def generation(number: int) -> Generation:
    made = build_generation(StoreDefinitions(), number, 0.0)
    made.prepared[made] = made  # in a circle, as prepared operations are
    return made


def change(before: Generation | None, after: Generation) -> Change:
    return Change(before, after, Settled(Reading(StoreDefinitions()), NO_LOCK, "f", 0.0), 0.0)


async def comes(condition: Callable[[], bool]) -> bool:
    """Whether something becomes so within some turns of the event loop."""
    for _ in range(4000):
        if condition():
            return True
        await asyncio.sleep(0.005)
    return False


async def test_a_replaced_generation_is_freed_beside_the_requests(collector: None) -> None:
    sweeper = Sweeper((0.0,))
    running = asyncio.create_task(sweeper.run())
    old, new = generation(1), generation(2)
    gone = weakref.ref(old)
    await sweeper(change(old, new))
    del old

    assert await comes(lambda: gone() is None)
    running.cancel()


async def test_a_generation_in_use_is_freed_when_its_last_request_has_ended(collector: None) -> None:
    sweeper = Sweeper((0.0, *[0.01] * 100))
    running = asyncio.create_task(sweeper.run())
    held, new = generation(1), generation(2)
    gone = weakref.ref(held)
    await sweeper(change(held, new))
    await asyncio.sleep(0.05)
    assert gone() is held
    del held

    assert await comes(lambda: gone() is None)
    running.cancel()


async def test_a_swap_while_it_waits_is_not_kept_waiting(collector: None) -> None:
    sweeper = Sweeper((0.0, 3600.0))
    running = asyncio.create_task(sweeper.run())
    held, second, third = generation(1), generation(2), generation(3)
    await sweeper(change(held, second))
    await asyncio.sleep(0.05)
    gone = weakref.ref(second)
    await sweeper(change(second, third))
    del second

    assert await comes(lambda: gone() is None)
    running.cancel()


def test_what_lives_before_the_first_schema_is_set_aside_once(collector: None) -> None:
    gc.unfreeze()
    set_aside()
    first = gc.get_freeze_count()
    kept = [[] for _ in range(1000)]  # type: ignore[var-annotated] # objects for the collector, of no type
    set_aside()

    assert first > 10_000
    assert gc.get_freeze_count() <= first
    assert len(kept) == 1000


def test_turns_are_short_only_while_a_schema_is_built() -> None:
    usual = sys.getswitchinterval()
    with short_turns():
        inside = sys.getswitchinterval()

    assert inside < usual
    assert sys.getswitchinterval() == usual


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


async def test_one_generation_is_left_and_memory_is_flat_over_many_swaps_under_requests(
    upstream: ScriptedUpstream,
) -> None:
    def say(slug: str) -> None:
        upstream.answers |= {
            "POST /oauth/access_token": {"access_token": "own", "expires_in": 3600},
            "/v2/flows": {"data": [flow_json("customers")]},
            "/v2/flows/customers/fields": {"data": [field_json(slug, id=f"id-{slug}")]},
            "/v2/customers/c1": {"data": {"id": "c1", "type": "customer", slug: "b"}},
        }

    alive: list[weakref.ref[Generation]] = []
    levels = []
    say("f0")
    async with served(upstream.url, field_grace_days=0.0) as running:
        for number in range(1, 16):
            say(f"f{number % 7}")
            assert (await running.reload())["outcome"] == "swapped"
            await running.ask(f'{{ customer(id: "c1") {{ f{number % 7} }} }}', bearer="b")
            current = running.gateway.holder.current
            assert current is not None
            alive.append(weakref.ref(current))
            del current
            if number % 5 == 0:
                assert await comes(lambda: len([one for one in alive if one() is not None]) == 1)
                levels.append(resident_bytes())

    assert levels[2] - levels[0] < 12 * 1024 * 1024
