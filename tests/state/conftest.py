"""The three kinds of state, ready to be used."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from penstock.settings import read_state_address
from penstock.state.directory import DirectoryState
from penstock.state.memory import MemoryState
from penstock.state.protocol import State
from penstock.state.redis_server import RedisServer
from penstock.state.redis_state import RedisState
from penstock.state.switchboard import Switchboard
from tests.support.redis_servers import RunningRedis, redis

OpenState = Callable[[], State]
"""Opens the same state once more, as another process would."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    with redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(params=["memory", "directory", "redis"])
async def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenState]:
    """What opens one state; in memory, there is one only."""
    opened: list[State] = []
    prefix = f"test-{secrets.token_hex(4)}"
    memory = MemoryState(time.monotonic)

    def open_one() -> State:
        if request.param == "memory":
            opened.append(memory)
        elif request.param == "directory":
            opened.append(DirectoryState(tmp_path / "state", time.time, look_seconds=0.02))
        else:
            running: RunningRedis = request.getfixturevalue("server")
            opened.append(RedisState(RedisServer(read_state_address(running.url), 5.0), prefix, Switchboard()))
        return opened[-1]

    yield open_one
    for state in opened:
        await state.aclose()


@pytest.fixture
async def state(open_again: OpenState) -> State:
    return open_again()
