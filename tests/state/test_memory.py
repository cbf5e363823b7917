"""Memory is bounded, and a flood under one word drowns nothing under another."""

from __future__ import annotations

from penstock.state.memory import MemoryState


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_of_too_many_values_with_a_life_those_written_longest_ago_go() -> None:
    state = MemoryState(Clock())
    for number in range(10_001):
        await state.put(f"apq:{number}", b"x", seconds=60)

    assert await state.get("apq:0") is None
    assert await state.get("apq:1") == b"x"
    assert len(await state.keys("apq:")) == 10_000


async def test_of_too_many_bytes_those_written_longest_ago_go() -> None:
    state = MemoryState(Clock())
    for number in range(40):
        await state.put(f"apq:{number}", bytes(1024 * 1024), seconds=60)
        await state.put("apq:same", bytes(1024), seconds=60)

    assert len(await state.keys("apq:")) == 32


async def test_a_flood_leaves_what_is_for_good_and_other_words_alone() -> None:
    state = MemoryState(Clock())
    await state.put("lock", b"names")
    await state.put("apq:lasting", b"for good")
    await state.put("checkout:1", b"key", seconds=60)
    for number in range(10_500):
        await state.put(f"apq:{number}", b"x", seconds=60)

    assert await state.get("lock") == b"names"
    assert await state.get("apq:lasting") == b"for good"
    assert await state.get("checkout:1") == b"key"


async def test_leases_that_nobody_gave_back_do_not_pile_up() -> None:
    clock = Clock()
    state = MemoryState(clock)
    for number in range(10_000):
        await state.lease(f"write:{number}", 1)
    clock.now = 2

    await state.lease("write:new", 1)

    assert len(state._leases) == 1
