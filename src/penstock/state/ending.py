"""Ending a task for certain.

Never here: what the task does.
"""

from __future__ import annotations

import asyncio

_PATIENCE_SECONDS = 0.05


async def end(task: asyncio.Task[None] | None) -> None:
    """Cancel a task until it is done: a library under it may swallow a cancellation, as redis-py sometimes does."""
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait((task,), timeout=_PATIENCE_SECONDS)
