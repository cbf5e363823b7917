"""What only a Redis has: prefixes, databases, passwords, TLS, and answers of something that is none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from penstock.errors import OperatorError, StateError
from penstock.settings import StateAddress, read_state_address
from penstock.state import Clocks, open_state
from penstock.state.redis_server import RedisServer
from penstock.state.redis_state import RedisState
from penstock.state.switchboard import Switchboard
from tests.support.redis_servers import RunningRedis, redis


@asynccontextmanager
async def opened(address: StateAddress, prefix: str = "p", seconds: float = 5.0) -> AsyncIterator[RedisState]:
    state = RedisState(RedisServer(address, seconds), prefix, Switchboard())
    try:
        yield state
    finally:
        await state.aclose()


async def test_every_key_begins_with_the_prefix_and_prefixes_do_not_meet(server: RunningRedis) -> None:
    address = read_state_address(f"{server.url}/3")
    async with opened(address, "one") as one, opened(address, "two") as two, opened(address, "one*") as odd:
        await one.put("a", b"1")
        await one.append("a", b"1", keep=1)
        await one.count("a", {"x": 1})
        await one.lease("a", 60)
        await one.take("a", 1, limit=1, seconds=60)

        assert await two.get("a") is None
        assert await two.keys("") == []
        assert await odd.keys("") == []
        assert {name.split(b":")[0] for name in server.keys(database=3)} == {b"one"}
        assert len(server.keys(database=3)) == 5


async def test_what_has_a_life_expires_on_the_server(server: RunningRedis) -> None:
    async with opened(read_state_address(f"{server.url}/4")) as state:
        await state.put("a", b"1", seconds=50)
        await state.lease("b", 50)
        await state.take("c", 1, limit=1, seconds=50)
        lives = [server.command("PTTL", key, database=4) for key in server.keys(database=4)]

    assert len(lives) == 3
    assert all(0 < life <= 60_000 for life in lives)


async def test_user_and_password_open_it(tmp_path: Path) -> None:
    with redis(tmp_path, "--user", *"penstock on >pl%nted ~* &* +@all".split()) as server:
        address = read_state_address(server.url.replace("//", "//penstock:pl%25nted@"))
        async with opened(address) as state:
            await state.put("a", b"1")
            assert await state.get("a") == b"1"

    assert "nted" not in repr(address)
    assert "nted" not in address.shown


async def test_tls_is_spoken_and_the_certificate_checked(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    own = authority.issue_cert("127.0.0.1")
    own.private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    files = [f"{tmp_path}/own.pem", "--tls-key-file", f"{tmp_path}/own.pem", "--tls-ca-cert-file", f"{tmp_path}/ca.pem"]
    with redis(tmp_path, "--tls-cert-file", *files, "--tls-auth-clients", "no", tls=True) as server:
        url = server.url.replace("redis:", "rediss:")
        async with opened(read_state_address(f"{url}?ca_file={tmp_path}/ca.pem")) as state:
            await state.put("a", b"1")
            assert await state.get("a") == b"1"
        for address in (read_state_address(url), replace(read_state_address(url), tls=False)):
            async with opened(address) as state:
                with pytest.raises(StateError, match="cannot be reached"):
                    await state.get("a")


async def test_authorities_that_cannot_be_read_are_the_operators_to_mend(tmp_path: Path) -> None:
    address = read_state_address(f"rediss://localhost?ca_file={tmp_path}/none.pem")

    with pytest.raises(OperatorError, match=r"PENSTOCK_STATE_URL: ca_file .*none\.pem cannot be read"):
        open_state(address, prefix="p", timeout_seconds=1, clocks=Clocks(time.monotonic, time.time))


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"+OK\r\n", b"*2\r\n", b"$-7\r\nx\r\n", b""])
async def test_something_that_is_no_redis_is_a_failure_of_ours(answer: bytes) -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            writer.write(answer)
            if not answer:
                break
        writer.close()

    listener = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with listener, opened(read_state_address(f"redis://127.0.0.1:{port}"), seconds=0.3) as state:
        with pytest.raises(StateError):
            await state.take("a", 1, limit=1, seconds=1)
        with pytest.raises(StateError):
            await state.keys("")


async def test_many_calls_at_once_share_a_few_connections(server: RunningRedis) -> None:
    async with opened(read_state_address(server.url)) as state:
        await asyncio.gather(*(state.put(f"k{number}", b"1") for number in range(300)))

        assert len(await state.keys("k")) == 300
        assert server.connections() <= 20


async def test_a_call_given_up_leaves_no_answer_to_the_next(server: RunningRedis) -> None:
    async with opened(read_state_address(server.url), "given-up") as state:
        await state.put("a", b"right")
        for _ in range(50):
            given_up = asyncio.ensure_future(state.get("b"))
            await asyncio.sleep(0)
            given_up.cancel()

            assert await state.get("a") == b"right"
