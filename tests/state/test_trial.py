"""A trial uses every kind of call, finds what does not do what it should, and leaves nothing behind."""

from __future__ import annotations

import time

import pytest

from penstock.errors import StateError
from penstock.state import MemoryState, State, try_out


async def test_a_state_that_works_has_nothing_wrong_and_keeps_nothing(state: State) -> None:
    tried = await try_out(state, time.monotonic, time.time)

    assert tried.wrong == ()
    assert tried.skew_seconds is None or abs(tried.skew_seconds) < 1
    assert tried.seconds >= 0
    assert [key for key in await state.keys("") if key.startswith("trial")] == []


class Forgetful(MemoryState):
    """Writes where it should not, as a proxy over several servers would."""

    async def add(self, key: str, value: bytes, *, seconds: float | None = None) -> bool:
        await self.put(key, value, seconds=seconds)
        return True


async def test_a_key_that_is_written_twice_is_found() -> None:
    tried = await try_out(Forgetful(lambda: 0.0), lambda: 0.0, lambda: 0.0)

    assert "a key is written twice that may be written once" in tried.wrong


class Broken(MemoryState):
    """Cannot count."""

    async def counts(self, key: str) -> dict[str, float]:
        raise StateError("no")


async def test_what_was_written_before_a_failure_is_gone() -> None:
    state = Broken(lambda: 0.0)

    with pytest.raises(StateError):
        await try_out(state, lambda: 0.0, lambda: 0.0)

    assert await state.keys("") == []
