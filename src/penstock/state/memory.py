"""State of one process: gone when it ends, seen by nobody else.

Never here: sockets, files.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping

from penstock.state.protocol import Grant, Lease
from penstock.state.switchboard import Switchboard
from penstock.state.window import Taken, take_from

_MOST_VALUES = 10_000
_MOST_BYTES = 32 * 1024 * 1024
_MOST_LEASES = 10_000


class _Mortals:
    """Values with a life that share the first word of their keys: of too many, the ones written longest ago go."""

    __slots__ = ("_size", "values")

    def __init__(self) -> None:
        self.values: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._size = 0

    def put(self, key: str, value: bytes, until: float) -> None:
        self.drop(key)
        self.values[key] = (value, until)
        self._size += len(value)
        while len(self.values) > _MOST_VALUES or self._size > _MOST_BYTES:
            _, (old, _) = self.values.popitem(last=False)
            self._size -= len(old)

    def drop(self, key: str) -> None:
        old = self.values.pop(key, None)
        if old is not None:
            self._size -= len(old[0])


class MemoryState:
    """See `State`.

    Bounded: of the values with a life under ``word:…``, 10 000 or 32 MiB are kept, whatever other words hold.

    Args:
        clock: Seconds, monotonic.
        board: Who listens in this process; None for a board of its own.
    """

    def __init__(self, clock: Callable[[], float], board: Switchboard | None = None) -> None:
        self._clock = clock
        self._board = board or Switchboard()
        self._lasting: dict[str, bytes] = {}
        self._mortal: dict[str, _Mortals] = {}
        self._logs: dict[str, list[bytes]] = {}
        self._tallies: dict[str, dict[str, float]] = {}
        self._leases: dict[str, tuple[str, float]] = {}
        self._windows: dict[str, Taken] = {}

    @property
    def is_shared(self) -> bool:
        """See `State.is_shared`."""
        return False

    @property
    def is_standing_in(self) -> bool:
        """See `State.is_standing_in`."""
        return False

    async def get(self, key: str) -> bytes | None:
        """See `State.get`."""
        return self._read(key)

    async def put(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        """See `State.put`."""
        self._forget(key)
        if seconds is None:
            self._lasting[key] = value
        else:
            self._mortal.setdefault(_word(key), _Mortals()).put(key, value, self._clock() + seconds)

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
        self._forget(key)
        self._logs.pop(key, None)
        self._tallies.pop(key, None)

    async def keys(self, prefix: str) -> list[str]:
        """See `State.keys`."""
        mortal = [key for found in self._mortal.values() for key in tuple(found.values)]
        return sorted(
            key for key in (*self._lasting, *mortal) if key.startswith(prefix) and self._read(key) is not None
        )

    async def append(self, key: str, entry: bytes, *, keep: int) -> None:
        """See `State.append`."""
        log = self._logs.setdefault(key, [])
        log.append(entry)
        del log[:-keep]

    async def entries(self, key: str, count: int) -> list[bytes]:
        """See `State.entries`."""
        return self._logs.get(key, [])[::-1][: max(0, count)]

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
        if self._leases.get(key, ("", now))[1] > now:
            return None
        if len(self._leases) >= _MOST_LEASES:
            self._leases = {name: held for name, held in self._leases.items() if held[1] > now}
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

    async def take(self, key: str, amount: int, *, limit: int, seconds: float) -> Grant:
        """See `State.take`."""
        taken = self._windows.setdefault(key, [])
        return take_from(taken, amount, limit=limit, seconds=seconds, now=self._clock())

    async def publish(self, channel: str, message: bytes) -> None:
        """See `State.publish`."""
        self._board.tell(channel, message)

    def listen(self, channel: str) -> AsyncIterator[bytes]:
        """See `State.listen`."""
        return self._board.listen(channel)

    async def epoch(self) -> float | None:
        """See `State.epoch`."""
        return None

    async def aclose(self) -> None:
        """See `State.aclose`."""
        self._board.close()

    def _read(self, key: str) -> bytes | None:
        found = self._lasting.get(key)
        if found is not None:
            return found
        mortals = self._mortal.get(_word(key))
        value, until = mortals.values.get(key, (None, 0.0)) if mortals else (None, 0.0)
        if mortals and value is not None and until <= self._clock():
            mortals.drop(key)
            return None
        return value

    def _forget(self, key: str) -> None:
        self._lasting.pop(key, None)
        mortals = self._mortal.get(_word(key))
        if mortals is not None:
            mortals.drop(key)


def _word(key: str) -> str:
    return key.partition(":")[0]
