"""A write that has begun is finished, whoever stops waiting for it."""

from __future__ import annotations

import asyncio

import pytest

from penstock.errors import UpstreamUnavailable
from penstock.operations.under_way import WritesUnderWay


async def test_who_waits_has_the_result() -> None:
    writes = WritesUnderWay()

    async def write() -> int:
        return 7

    assert await writes.finish(write()) == 7
    assert len(writes) == 0


async def test_who_waits_has_the_failure() -> None:
    writes = WritesUnderWay()

    async def write() -> int:
        raise UpstreamUnavailable("x")

    with pytest.raises(UpstreamUnavailable):
        await writes.finish(write())
    await asyncio.sleep(0)

    assert len(writes) == 0


@pytest.mark.parametrize("fails", [False, True])
async def test_giving_up_does_not_break_it_off(fails: bool) -> None:
    writes = WritesUnderWay()
    gate, ended = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        await gate.wait()
        ended.set()
        if fails:
            raise UpstreamUnavailable("x")

    waiting = asyncio.create_task(writes.finish(write()))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    gate.set()
    left = await writes.drain(5)

    assert waiting.cancelled()
    assert ended.is_set()
    assert left == 0


async def test_draining_ends_when_its_time_is_over() -> None:
    writes = WritesUnderWay()
    gate = asyncio.Event()
    waiting = asyncio.create_task(writes.finish(gate.wait()))
    await asyncio.sleep(0)

    assert await writes.drain(0.01) == 1
    gate.set()
    await waiting
