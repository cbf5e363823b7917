"""State of one process: gone when it ends, seen by nobody else.

Never here: sockets, files.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping

from penstock.state.protocol import Lease

_MOST_VALUES = 100_000
_MOST_WAITING = 1000


class MemoryState:
    """See `State`. Bounded: of more than so many values the one written longest ago is forgotten.

    Args:
        clock: Seconds, monotonic.
    """

    is_shared = False

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._values: OrderedDict[str, tuple[bytes, float | None]] = OrderedDict()
        self._logs: dict[str, list[bytes]] = {}
        self._tallies: dict[str, dict[str, float]] = {}
        self._leases: dict[str, tuple[str, float]] = {}
        self._buckets: dict[str, tuple[float, float]] = {}
        self._listeners: dict[str, set[asyncio.Queue[bytes | None]]] = {}

    async def get(self, key: str) -> bytes | None:
        """See `State.get`."""
        return self._read(key)

    async def put(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        """See `State.put`."""
        self._values[key] = (value, None if seconds is None else self._clock() + seconds)
        self._values.move_to_end(key)
        while len(self._values) > _MOST_VALUES:
            self._values.popitem(last=False)

    async def add(self, key: str, value: bytes, *, seconds: float | None = None) -> bool:
        """See `State.add`."""
        if self._read(key) is not None:
            return False
        await self.put(key, value, seconds=seconds)
        return True

    async def swap(self, key: str, expected: bytes | None, value: bytes) -> bool:
        """See `State.swap`."""
        if self._read(key) != expected:
            return False
        await self.put(key, value)
        return True

    async def remove(self, key: str) -> None:
        """See `State.remove`."""
        self._values.pop(key, None)
        self._logs.pop(key, None)
        self._tallies.pop(key, None)

    async def keys(self, prefix: str) -> list[str]:
        """See `State.keys`."""
        return sorted(key for key in tuple(self._values) if key.startswith(prefix) and self._read(key) is not None)

    async def append(self, key: str, entry: bytes, *, keep: int) -> None:
        """See `State.append`."""
        log = self._logs.setdefault(key, [])
        log.append(entry)
        del log[:-keep]

    async def entries(self, key: str, count: int) -> list[bytes]:
        """See `State.entries`."""
        return self._logs.get(key, [])[::-1][:count]

    async def count(self, key: str, amounts: Mapping[str, float]) -> None:
        """See `State.count`."""
        tally = self._tallies.setdefault(key, {})
        for name, amount in amounts.items():
            tally[name] = tally.get(name, 0.0) + amount

    async def counts(self, key: str) -> dict[str, float]:
        """See `State.counts`."""
        return dict(self._tallies.get(key, {}))

    async def lease(self, key: str, seconds: float) -> Lease | None:
        """See `State.lease`."""
        now = self._clock()
        _, until = self._leases.get(key, ("", now))
        if until > now:
            return None
        lease = Lease(key, secrets.token_hex(16))
        self._leases[key] = (lease.holder, now + seconds)
        return lease

    async def renew(self, lease: Lease, seconds: float) -> bool:
        """See `State.renew`."""
        now = self._clock()
        holder, until = self._leases.get(lease.key, ("", now))
        if holder != lease.holder or until <= now:
            return False
        self._leases[lease.key] = (holder, now + seconds)
        return True

    async def release(self, lease: Lease) -> None:
        """See `State.release`."""
        if self._leases.get(lease.key, ("", 0.0))[0] == lease.holder:
            del self._leases[lease.key]

    async def take(self, key: str, *, per_second: float, burst: float) -> float:
        """See `State.take`."""
        now = self._clock()
        level, at = self._buckets.get(key, (burst, now))
        level = min(burst, level + (now - at) * per_second)
        if level < 1:
            self._buckets[key] = (level, now)
            return (1 - level) / per_second
        self._buckets[key] = (level - 1, now)
        return 0.0

    async def publish(self, channel: str, message: bytes) -> None:
        """See `State.publish`."""
        for queue in self._listeners.get(channel, ()):
            if queue.qsize() < _MOST_WAITING:
                queue.put_nowait(message)

    async def listen(self, channel: str) -> AsyncIterator[bytes]:
        """See `State.listen`."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._listeners.setdefault(channel, set()).add(queue)
        try:
            while (message := await queue.get()) is not None:
                yield message
        finally:
            self._listeners[channel].discard(queue)

    async def aclose(self) -> None:
        """See `State.aclose`."""
        for queues in self._listeners.values():
            for queue in queues:
                queue.put_nowait(None)

    def _read(self, key: str) -> bytes | None:
        value, until = self._values.get(key, (None, None))
        if until is not None and until <= self._clock():
            del self._values[key]
            return None
        return value
