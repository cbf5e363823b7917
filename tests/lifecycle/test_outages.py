"""A shared state that is down when a gateway begins is waited for, and looked into as soon as it is back."""

from __future__ import annotations

import asyncio

import pytest

from penstock.lifecycle.outages import look_after_outages, wait_for_state
from penstock.state import MemoryState


class Script(MemoryState):
    """A state that is shared from the n-th question on, and asks for time to be counted."""

    def __init__(self, *is_shared: bool) -> None:
        super().__init__(lambda: 0.0)
        self.script = list(is_shared)
        self.slept: list[float] = []

    @property
    def is_shared(self) -> bool:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


async def test_a_state_that_is_there_is_not_waited_for() -> None:
    state = Script(True)
    await wait_for_state(state, state.sleep)

    assert state.slept == []


async def test_a_state_that_comes_is_waited_for() -> None:
    state = Script(False, False, True)
    await wait_for_state(state, state.sleep)

    assert len(state.slept) == 2


async def test_a_state_that_does_not_come_is_not_waited_for_long() -> None:
    state = Script(False)
    await wait_for_state(state, state.sleep)

    assert sum(state.slept) == pytest.approx(3.0, abs=0.2)


async def test_a_state_that_is_back_is_looked_into_once() -> None:
    state = Script(True, False, False, True, True, False, True)
    looks = 0

    async def look() -> None:
        nonlocal looks
        looks += 1

    following = asyncio.create_task(look_after_outages(state, look, state.sleep))
    for _ in range(100):
        await asyncio.sleep(0)
    following.cancel()

    assert looks == 2
