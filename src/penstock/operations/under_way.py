"""Writes under way: what has begun is finished, whoever stops waiting for it.

Never here: what is written, how long it may take.
Source: HOUSE, the way of a mutation; CONTRACT §5: a write that is broken off may or may not have happened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


class WritesUnderWay:
    """The mutations of all requests that have begun and are not over."""

    __slots__ = ("_tasks",)

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    async def finish(self, work: Coroutine[object, object, T]) -> T:
        """Do the work to its end, also when whoever waits for it is cancelled: then nobody hears what came of it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return await asyncio.shield(task)

    async def drain(self, seconds: float) -> int:
        """Wait for what is under way, so long at the most; how much of it is not over even so."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        return len(self._tasks)

    def _over(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits is told by the shield; nobody else has to be
