"""Every kind of call made once, under keys of the trial's own that are gone when it is over.

Never here: who wants to know, what is done about it.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from penstock.state.protocol import State

_SECONDS = 30.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it.

    Attributes:
        wrong: What did not do what it should, in words; empty where all did.
        seconds: How long the slowest call took.
        skew_seconds: How far the state's clock is ahead of ours; None where it has none of its own.
    """

    wrong: tuple[str, ...]
    seconds: float
    skew_seconds: float | None


async def try_out(state: State, monotonic: Callable[[], float], epoch: Callable[[], float]) -> Trial:
    """Write, read, compare and swap, lease and count once each; nothing of it is left behind.

    Args:
        state: What is tried.
        monotonic: Seconds that only grow.
        epoch: Seconds since the epoch.

    Raises:
        StateError: A call failed.
    """
    key = f"trial:{secrets.token_hex(8)}"
    watch = _Stopwatch(monotonic)
    try:
        wrong = [words for words, is_well in await _calls(state, key, watch) if not is_well]
        there = await watch.over(state.epoch())
        skew = None if there is None else there - epoch()
    finally:
        await state.remove(key)
    return Trial(tuple(wrong), watch.slowest, skew)


class _Stopwatch:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.slowest = 0.0

    async def over(self, asked: Awaitable[T]) -> T:
        """The answer, its time taken."""
        began = self._clock()
        answer = await asked
        self.slowest = max(self.slowest, self._clock() - began)
        return answer


async def _calls(state: State, key: str, watch: _Stopwatch) -> list[tuple[str, bool]]:
    """What goes wrong where a call does not do what it should, and whether it did."""
    await watch.over(state.put(key, b"1", seconds=_SECONDS))
    read = await watch.over(state.get(key))
    added = await watch.over(state.add(key, b"2", seconds=_SECONDS))
    swapped = await watch.over(state.swap(key, b"1", b"3"))
    swapped_late = await watch.over(state.swap(key, b"1", b"4"))
    lease = await watch.over(state.lease(key, _SECONDS))
    second = await watch.over(state.lease(key, _SECONDS))
    if lease is not None:
        await watch.over(state.release(lease))
    await watch.over(state.count(key, {"one": 1.0}))
    counted = await watch.over(state.counts(key))
    return [
        ("a value that was written is not read again", read == b"1"),
        ("a key is written twice that may be written once", not added),
        ("compare-and-swap does not swap", swapped),
        ("compare-and-swap swaps what has changed", not swapped_late),
        ("no lease can be taken", lease is not None),
        ("a lease is given to two", second is None),
        ("what is counted is not there", counted == {"one": 1.0}),
    ]
