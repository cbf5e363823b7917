"""Writes to one resource wait for each other; nothing is kept of those that are done."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from penstock.errors import UpstreamTimeout
from penstock.operations.locks import WriteLocks

LATE = math.inf


async def test_writes_to_one_resource_are_served_in_order_and_to_others_at_once() -> None:
    locks, seen = WriteLocks(), []
    gate = asyncio.Event()

    async def write(resource: str, name: str) -> None:
        async with locks.hold(resource, LATE):
            seen.append(name)
            await gate.wait()

    writes = [asyncio.create_task(write(*one)) for one in (("a", "a1"), ("a", "a2"), ("b", "b1"), ("a", "a3"))]
    for _ in range(5):
        await asyncio.sleep(0)
    before = list(seen)
    gate.set()
    await asyncio.gather(*writes)

    assert before == ["a1", "b1"]
    assert seen == ["a1", "b1", "a2", "a3"]
    assert len(locks) == 0


async def test_a_write_that_is_given_up_lets_the_next_one_in() -> None:
    locks = WriteLocks()
    gate = asyncio.Event()

    async def write() -> None:
        async with locks.hold("a", LATE):
            await gate.wait()

    first, waiting, last = (asyncio.create_task(write()) for _ in range(3))
    for _ in range(5):
        await asyncio.sleep(0)
    waiting.cancel()
    first.cancel()
    gate.set()
    await asyncio.gather(first, waiting, return_exceptions=True)
    await asyncio.wait_for(last, 5)

    assert len(locks) == 0


async def test_whoever_waits_too_long_is_told_so_and_lets_the_next_one_in() -> None:
    locks = WriteLocks()
    async with locks.hold("a", LATE):
        with pytest.raises(UpstreamTimeout, match="it was not sent"):
            async with locks.hold("a", asyncio.get_running_loop().time() + 0.01):
                raise AssertionError("it was held")

    async with locks.hold("a", LATE):
        assert len(locks) == 1
    assert len(locks) == 0


async def test_other_processes_are_kept_out_once_it_is_our_turn_here() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def elsewhere(resource: str) -> AsyncIterator[None]:
        seen.append(f"take {resource}")
        yield
        seen.append(f"give {resource}")

    locks = WriteLocks(elsewhere)

    async def write(name: str) -> None:
        async with locks.hold("a", LATE):
            seen.append(name)
            await asyncio.sleep(0)

    await asyncio.gather(write("1"), write("2"))

    assert seen == ["take a", "1", "give a", "take a", "2", "give a"]


async def test_a_write_that_waits_for_other_processes_has_a_deadline_too() -> None:
    @asynccontextmanager
    async def elsewhere(_resource: str) -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield

    locks = WriteLocks(elsewhere)

    with pytest.raises(UpstreamTimeout):
        async with locks.hold("a", asyncio.get_running_loop().time() + 0.01):
            raise AssertionError("it was held")

    assert len(locks) == 0


async def test_a_timeout_of_the_write_itself_stays_what_it_is() -> None:
    locks = WriteLocks()

    async def write() -> None:
        async with locks.hold("a", asyncio.get_running_loop().time() + 0.001):
            await asyncio.sleep(0.01)
            raise TimeoutError("the write's own")

    with pytest.raises(TimeoutError, match="the write's own"):
        await write()
