"""Writes to one resource wait for each other; nothing is kept of those that are done."""

from __future__ import annotations

import asyncio

from penstock.operations.locks import WriteLocks


async def test_writes_to_one_resource_are_served_in_order_and_to_others_at_once() -> None:
    locks, seen = WriteLocks(), []
    gate = asyncio.Event()

    async def write(resource: str, name: str) -> None:
        async with locks.hold(resource):
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
        async with locks.hold("a"):
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
