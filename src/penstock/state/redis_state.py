"""State in a Redis or Valkey server, shared by every replica that reaches it.

Never here: connections (see `redis_server`), what to do while it is down.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import AsyncIterator, Mapping

from penstock.errors import StateError
from penstock.state import scripts
from penstock.state.protocol import Grant, Lease
from penstock.state.redis_messages import Messages
from penstock.state.redis_server import RedisServer
from penstock.state.switchboard import Switchboard

_SCANNED_AT_ONCE = 500
_NONSENSE = "The shared state answers nonsense: what listens there is no Redis."


class RedisState:
    """See `State`. Every step that must be one is one command or one script; times are the server's own.

    Args:
        server: Where it is kept.
        prefix: Begins every key and channel.
        board: Who listens in this process.
    """

    def __init__(self, server: RedisServer, prefix: str, board: Switchboard) -> None:
        self._server = server
        self._prefix = prefix
        self._messages = Messages(server, board, f"{prefix}:channel:")

    @property
    def is_shared(self) -> bool:
        """See `State.is_shared`."""
        return True

    @property
    def is_standing_in(self) -> bool:
        """See `State.is_standing_in`."""
        return False

    async def get(self, key: str) -> bytes | None:
        """See `State.get`."""
        found = await self._server.ask("GET", self._value(key))
        return found if isinstance(found, bytes) else None

    async def put(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        """See `State.put`."""
        await self._server.ask("SET", self._value(key), value, *_life(seconds))

    async def add(self, key: str, value: bytes, *, seconds: float | None = None) -> bool:
        """See `State.add`."""
        return bool(await self._server.ask("SET", self._value(key), value, "NX", *_life(seconds)))

    async def swap(self, key: str, expected: bytes | None, value: bytes) -> bool:
        """See `State.swap`."""
        known = "0" if expected is None else "1"
        return await self._server.run(scripts.SWAP, self._value(key), known, expected or b"", value) == 1

    async def remove(self, key: str) -> None:
        """See `State.remove`."""
        for name in (self._value(key), self._log(key), self._tally(key)):
            await self._server.ask("DEL", name)

    async def keys(self, prefix: str) -> list[str]:
        """See `State.keys`."""
        start = len(self._value(""))
        pattern = _literal(self._value(prefix)) + "*"
        cursor = 0
        found: set[str] = set()
        while True:
            step = await self._server.ask("SCAN", cursor, "MATCH", pattern, "COUNT", _SCANNED_AT_ONCE)
            if not isinstance(step, list | tuple) or not isinstance(step[1], list):
                raise StateError(_NONSENSE)
            found.update(name.decode()[start:] for name in step[1])
            cursor = int(step[0])
            if cursor == 0:
                return sorted(found)

    async def append(self, key: str, entry: bytes, *, keep: int) -> None:
        """See `State.append`."""
        await self._server.run(scripts.APPEND, self._log(key), entry, keep)

    async def entries(self, key: str, count: int) -> list[bytes]:
        """See `State.entries`."""
        if count < 1:
            return []
        found = await self._server.ask("LRANGE", self._log(key), 0, count - 1)
        return [entry for entry in found if isinstance(entry, bytes)] if isinstance(found, list) else []

    async def count(self, key: str, amounts: Mapping[str, float]) -> None:
        """See `State.count`."""
        if amounts:
            words = [word for name, amount in amounts.items() for word in (name, repr(float(amount)))]
            await self._server.run(scripts.COUNT, self._tally(key), *words)

    async def counts(self, key: str) -> dict[str, float]:
        """See `State.counts`."""
        found = await self._server.ask("HGETALL", self._tally(key))
        return {name.decode(): float(number) for name, number in _pairs(found)}

    async def lease(self, key: str, seconds: float) -> Lease | None:
        """See `State.lease`."""
        lease = Lease(key, secrets.token_hex(16))
        taken = await self._server.ask("SET", self._lease(key), lease.holder, "NX", *_life(seconds))
        return lease if taken else None

    async def renew(self, lease: Lease, seconds: float) -> bool:
        """See `State.renew`."""
        life = _milliseconds(seconds)
        return await self._server.run(scripts.RENEW, self._lease(lease.key), lease.holder, life) == 1

    async def release(self, lease: Lease) -> None:
        """See `State.release`."""
        await self._server.run(scripts.RELEASE, self._lease(lease.key), lease.holder)

    async def take(self, key: str, amount: int, *, limit: int, seconds: float) -> Grant:
        """See `State.take`."""
        window = round(seconds * 1_000_000)
        answer = await self._server.run(scripts.TAKE, f"{self._prefix}:window:{key}", amount, limit, window)
        if not isinstance(answer, list):
            raise StateError(_NONSENSE)
        given, wait = answer
        return Grant(int(given), int(wait) / 1_000_000)

    async def publish(self, channel: str, message: bytes) -> None:
        """See `State.publish`."""
        await self._server.ask("PUBLISH", f"{self._prefix}:channel:{channel}", message)

    def listen(self, channel: str) -> AsyncIterator[bytes]:
        """See `State.listen`."""
        return self._messages.listen(channel)

    async def epoch(self) -> float | None:
        """See `State.epoch`."""
        found = await self._server.ask("TIME")
        if not isinstance(found, list | tuple) or len(found) != 2:
            raise StateError(_NONSENSE)
        return int(found[0]) + int(found[1]) / 1_000_000

    async def aclose(self) -> None:
        """See `State.aclose`."""
        await self._messages.aclose()
        await self._server.aclose()

    def _value(self, key: str) -> str:
        return f"{self._prefix}:value:{key}"

    def _log(self, key: str) -> str:
        return f"{self._prefix}:log:{key}"

    def _tally(self, key: str) -> str:
        return f"{self._prefix}:tally:{key}"

    def _lease(self, key: str) -> str:
        return f"{self._prefix}:lease:{key}"


def _milliseconds(seconds: float) -> int:
    return max(1, math.ceil(seconds * 1000))


def _life(seconds: float | None) -> tuple[str | int, ...]:
    return () if seconds is None else ("PX", _milliseconds(seconds))


def _literal(text: str) -> str:
    """A text that a pattern of Redis takes as it is."""
    return "".join(f"\\{character}" if character in "*?[]\\^-" else character for character in text)


def _pairs(found: object) -> list[tuple[bytes, bytes]]:
    """Names and values of a hash, however the library hands them over."""
    if isinstance(found, dict):
        return list(found.items())
    return list(zip(found[::2], found[1::2], strict=True)) if isinstance(found, list) else []
