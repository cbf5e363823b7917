"""A Redis that goes away and comes back: nobody fails, somebody is told once, and it is used again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from penstock.settings import read_state_address
from penstock.state import Clocks, Degrading, State, Watch, open_state
from tests.support.redis_servers import RunningRedis, redis


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningRedis]:
    with redis(tmp_path) as running:
        yield running


class Told:
    """What was told of outages."""

    def __init__(self) -> None:
        self.down: list[str] = []
        self.up = 0
        self.failures: list[str] = []

    def _count_up(self) -> None:
        self.up += 1

    def watch(self) -> Watch:
        return Watch(self.down.append, self._count_up, self.failures.append, down_seconds=0.02, up_seconds=0.02)


@asynccontextmanager
async def replica(server: RunningRedis, told: Told | None = None, options: str = "") -> AsyncIterator[State]:
    state = open_state(
        read_state_address(server.url + options),
        prefix="test",
        timeout_seconds=1.0,
        clocks=Clocks(time.monotonic, time.time),
        watch=(told or Told()).watch(),
    )
    assert isinstance(state, Degrading)
    try:
        yield state
    finally:
        await state.aclose()


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for another process; the test's own timeout is the bound."""
    while True:
        found = condition()
        if found if isinstance(found, bool) else await found:
            return
        await asyncio.sleep(0.01)


async def test_while_it_is_up_replicas_share_and_nobody_is_told_anything(server: RunningRedis) -> None:
    told = Told()
    async with replica(server, told) as one, replica(server) as other:
        await one.put("a", b"1")
        assert await other.get("a") == b"1"
        assert one.is_shared

    assert (told.down, told.up, told.failures) == ([], 0, [])


async def test_an_outage_is_told_once_and_no_call_fails_during_it(server: RunningRedis) -> None:
    told = Told()
    async with replica(server, told) as state:
        await state.put("a", b"1")
        server.stop()

        assert await asyncio.gather(*(state.get("a") for _ in range(20))) == [b"1"] * 20
        assert not state.is_shared
        assert await state.add("b", b"2")
        assert not await state.add("b", b"2")
        assert await state.lease("poll", 5) is not None
        assert (await state.take("store", 3, limit=10, seconds=1)).amount == 3
        await state.append("log", b"x", keep=3)
        await state.count("tally", {"x": 1})
        await state.publish("schema", b"x")
        assert await state.keys("b") == ["b"]

    assert len(told.down) == 1
    assert told.down[0].startswith("The shared state cannot be reached")
    assert len(told.failures) >= 1
    assert told.up == 0


async def test_it_is_used_again_by_itself_when_it_is_back(server: RunningRedis) -> None:
    told = Told()
    async with replica(server, told) as one, replica(server) as other:
        await one.put("a", b"1")
        server.stop()
        await one.put("a", b"2")
        server.start()

        await until(lambda: one.is_shared)
        await one.put("a", b"3")

        async def is_seen() -> bool:
            return await other.get("a") == b"3"

        await until(is_seen)

    assert (len(told.down), told.up) == (1, 1)


async def test_a_server_that_is_down_at_the_start_is_no_failure(server: RunningRedis) -> None:
    server.stop()
    told = Told()
    async with replica(server, told) as state:
        assert await state.get("a") is None
        assert await state.swap("a", None, b"1")
        assert await state.get("a") == b"1"
        assert len(told.down) == 1

        server.start()
        await until(lambda: state.is_shared)

    assert told.up == 1


async def test_a_server_that_comes_back_empty_is_given_what_was_kept_for_good(server: RunningRedis) -> None:
    async with replica(server) as one, replica(server) as other:
        await one.put("lock", b"names")
        await one.put("apq:1", b"text", seconds=60)
        await one.put("gone", b"x")
        await one.remove("gone")
        assert await other.get("lock") == b"names"
        server.stop()
        server.start()

        async def is_back() -> bool:
            return other.is_shared and await other.get("lock") == b"names"

        await until(is_back)
        assert await other.get("apq:1") is None
        assert await other.get("gone") is None


async def test_listeners_outlast_an_outage(server: RunningRedis) -> None:
    async with replica(server) as one, replica(server) as other:
        messages = other.listen("schema")
        heard = asyncio.ensure_future(anext(messages))

        async def hears(sender: State) -> bool:
            await sender.publish("schema", b"1")
            await asyncio.sleep(0)
            return heard.done()

        await until(lambda: hears(one))
        server.stop()
        heard = asyncio.ensure_future(anext(messages))
        await until(lambda: hears(other))
        server.start()
        await until(lambda: one.is_shared and other.is_shared)
        while heard.done():
            heard = asyncio.ensure_future(anext(messages))
            await asyncio.sleep(0.05)
        await until(lambda: hears(one))


async def test_a_server_that_hangs_costs_its_timeout_once(server: RunningRedis) -> None:
    told = Told()
    async with replica(server, told) as state:
        await state.put("a", b"1")
        server.hang()
        begun = time.monotonic()

        for _ in range(50):
            assert await state.get("a") == b"1"

        assert time.monotonic() - begun < 4
        assert told.down == ["The shared state does not answer in time."]
        server.go_on()
        await until(lambda: state.is_shared)


async def test_a_server_that_cannot_be_written_counts_as_down(server: RunningRedis) -> None:
    told = Told()
    async with replica(server, told) as state:
        await state.put("a", b"1")
        server.command("REPLICAOF", "127.0.0.1", "1")

        await until(lambda: not state.is_shared)
        await state.put("a", b"2")
        assert await state.get("a") == b"2"
        server.command("REPLICAOF", "NO", "ONE")
        await until(lambda: state.is_shared)

    assert told.down == ["The shared state refuses a command (ReadOnlyError)."]


async def test_a_wrong_password_is_said_without_it(tmp_path: Path) -> None:
    told = Told()
    with redis(tmp_path, "--requirepass", "right-one") as server:
        server.url = server.url.replace("//", "//:wrong-one@")
        async with replica(server, told) as state:
            await state.put("a", b"1")
            await until(lambda: bool(told.down))

    assert told.down == ["The shared state refuses the user or the password of PENSTOCK_STATE_URL."]
    assert not any("-one" in reason for reason in told.failures)
