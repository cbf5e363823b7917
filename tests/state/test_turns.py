"""Turns across processes: one at a time, whoever dies loses it, and nothing that is under way is ended."""

from __future__ import annotations

import asyncio
import hashlib
import time

import pytest

from penstock.state import Turns
from tests.state.conftest import OpenState


def even() -> float:
    return 0.5


async def test_one_at_a_time_of_all_processes(open_again: OpenState) -> None:
    several = [Turns(open_again(), "write", even) for _ in range(3)]
    inside: list[int] = []
    most = 0

    async def write(turns: Turns, number: int) -> None:
        nonlocal most
        async with turns.hold("/v2/customers/1"):
            inside.append(number)
            most = max(most, len(inside))
            await asyncio.sleep(0.002)
            inside.remove(number)

    await asyncio.gather(*(write(turns, number) for number, turns in enumerate(several * 4)))

    assert most == 1


async def test_other_names_do_not_wait(open_again: OpenState) -> None:
    one, other = Turns(open_again(), "write", even), Turns(open_again(), "write", even)

    async with one.hold("a"), asyncio.timeout(5), other.hold("b"):
        pass


async def test_a_long_turn_is_held_on_to(open_again: OpenState) -> None:
    one, other = (Turns(open_again(), "write", even, seconds=0.3) for _ in range(2))

    async with one.hold("a"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.8), other.hold("a"):
                raise AssertionError("it was had by two")

    async with asyncio.timeout(5), other.hold("a"):
        pass


async def test_a_holder_that_died_is_waited_for_as_long_as_its_lease(open_again: OpenState) -> None:
    turns, dead = Turns(open_again(), "write", even), open_again()
    await dead.lease(f"write:{hashlib.sha256(b'a').hexdigest()[:32]}", 0.3)
    begun = time.monotonic()

    async with asyncio.timeout(5), turns.hold("a"):
        assert 0.2 < time.monotonic() - begun < 3


async def test_what_was_given_up_while_waiting_is_not_held(open_again: OpenState) -> None:
    one, other = (Turns(open_again(), "write", even, seconds=60) for _ in range(2))
    async with one.hold("a"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), other.hold("a"):
                raise AssertionError("it was had by two")

    async with asyncio.timeout(5), one.hold("a"), other.hold("b"):
        pass
