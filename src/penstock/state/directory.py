"""State in one folder, shared by the processes of one machine, and still there after a restart.

Never here: how a record reaches the disk; other machines (a network folder has no locks to rely on).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from penstock.errors import OperatorError, StateError
from penstock.state.files import Record, Room
from penstock.state.protocol import Grant, Lease
from penstock.state.sweeping import Value, sweep
from penstock.state.window import Taken, take_from

_MOST_MESSAGES = 200
_PUTS_BETWEEN_SWEEPS = 500

R = TypeVar("R", bound=Record)
T = TypeVar("T")


class _Log(Record, array_like=True):
    entries: list[bytes]


class _Tally(Record, array_like=True):
    numbers: dict[str, float]


class _Hold(Record, array_like=True):
    holder: str
    until: float


class _Window(Record, array_like=True):
    taken: Taken


class _Channel(Record, array_like=True):
    last: int
    messages: list[bytes]


class DirectoryState:
    """See `State`. Every call runs in a worker thread.

    Args:
        folder: Made where it is missing, for this user alone.
        clock: Seconds since the epoch, which all processes of the machine agree on.
        timeout_seconds: How long a call waits for another process.
        look_seconds: Time between looks for messages.

    Raises:
        OperatorError: The folder cannot be made or written.
    """

    def __init__(
        self, folder: Path, clock: Callable[[], float], *, timeout_seconds: float = 1.0, look_seconds: float = 0.2
    ) -> None:
        self._clock = clock
        self._look_seconds = look_seconds
        self._puts = 0
        self._closed = asyncio.Event()
        wait = timeout_seconds
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._values = Room(folder, "values", Value, is_durable=True, timeout_seconds=wait)
            self._logs = Room(folder, "logs", _Log, is_durable=True, timeout_seconds=wait)
            self._tallies = Room(folder, "tallies", _Tally, is_durable=False, timeout_seconds=wait)
            self._leases = Room(folder, "leases", _Hold, is_durable=False, timeout_seconds=wait)
            self._windows = Room(folder, "windows", _Window, is_durable=False, timeout_seconds=wait)
            self._channels = Room(folder, "channels", _Channel, is_durable=False, timeout_seconds=wait)
        except OSError as error:
            reason = f"the folder {folder} cannot be used ({error.strerror})"
            raise OperatorError(f"PENSTOCK_STATE_URL: {reason}; give one that can be written.") from error

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
        found = await asyncio.to_thread(self._values.read, key)
        return None if found is None or found.until <= self._clock() else found.value

    async def put(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        """See `State.put`."""
        record = Value(key, self._until(seconds), value)
        await self._change(self._values, key, lambda _: (record, None))
        self._puts += 1
        if self._puts % _PUTS_BETWEEN_SWEEPS == 0:
            await asyncio.to_thread(sweep, self._values, self._clock())

    async def add(self, key: str, value: bytes, *, seconds: float | None = None) -> bool:
        """See `State.add`."""
        record = Value(key, self._until(seconds), value)
        return await self._change(self._values, key, lambda old: (record, True) if self._dead(old) else (old, False))

    async def swap(self, key: str, expected: bytes | None, value: bytes) -> bool:
        """See `State.swap`."""
        record = Value(key, self._until(None), value)

        def judge(old: Value | None) -> tuple[Value | None, bool]:
            found = None if old is None or self._dead(old) else old.value
            return (record, True) if found == expected else (old, False)

        return await self._change(self._values, key, judge)

    async def remove(self, key: str) -> None:
        """See `State.remove`."""
        await self._change(self._values, key, lambda _: (None, None))
        await self._change(self._logs, key, lambda _: (None, None))
        await self._change(self._tallies, key, lambda _: (None, None))

    async def keys(self, prefix: str) -> list[str]:
        """See `State.keys`."""
        records = await asyncio.to_thread(self._values.records)
        now = self._clock()
        return sorted(found.key for found in records if found.key.startswith(prefix) and found.until > now)

    async def append(self, key: str, entry: bytes, *, keep: int) -> None:
        """See `State.append`."""
        await self._change(
            self._logs, key, lambda old: (_Log(key, [*(old.entries if old else ()), entry][-keep:]), None)
        )

    async def entries(self, key: str, count: int) -> list[bytes]:
        """See `State.entries`."""
        found = await asyncio.to_thread(self._logs.read, key)
        return found.entries[::-1][: max(0, count)] if found else []

    async def count(self, key: str, amounts: Mapping[str, float]) -> None:
        """See `State.count`."""

        def judge(old: _Tally | None) -> tuple[_Tally | None, None]:
            numbers = dict(old.numbers) if old else {}
            for name, amount in amounts.items():
                numbers[name] = numbers.get(name, 0.0) + amount
            return _Tally(key, numbers), None

        await self._change(self._tallies, key, judge)

    async def counts(self, key: str) -> dict[str, float]:
        """See `State.counts`."""
        found = await asyncio.to_thread(self._tallies.read, key)
        return found.numbers if found else {}

    async def lease(self, key: str, seconds: float) -> Lease | None:
        """See `State.lease`."""
        lease = Lease(key, secrets.token_hex(16))
        now = self._clock()
        held = _Hold(key, lease.holder, now + seconds)
        taken = await self._change(
            self._leases, key, lambda old: (old, False) if old and old.until > now else (held, True)
        )
        return lease if taken else None

    async def renew(self, lease: Lease, seconds: float) -> bool:
        """See `State.renew`."""
        now = self._clock()
        held = _Hold(lease.key, lease.holder, now + seconds)

        def judge(old: _Hold | None) -> tuple[_Hold | None, bool]:
            mine = old is not None and old.holder == lease.holder and old.until > now
            return (held, True) if mine else (old, False)

        return await self._change(self._leases, lease.key, judge)

    async def release(self, lease: Lease) -> None:
        """See `State.release`."""
        await self._change(
            self._leases, lease.key, lambda old: (None if old and old.holder == lease.holder else old, None)
        )

    async def take(self, key: str, amount: int, *, limit: int, seconds: float) -> Grant:
        """See `State.take`."""

        def judge(old: _Window | None) -> tuple[_Window | None, Grant]:
            taken = list(old.taken) if old else []
            grant = take_from(taken, amount, limit=limit, seconds=seconds, now=self._clock())
            return _Window(key, taken), grant

        return await self._change(self._windows, key, judge)

    async def publish(self, channel: str, message: bytes) -> None:
        """See `State.publish`."""

        def judge(old: _Channel | None) -> tuple[_Channel | None, None]:
            last, messages = (old.last, old.messages) if old else (0, [])
            return _Channel(channel, last + 1, [*messages, message][-_MOST_MESSAGES:]), None

        await self._change(self._channels, channel, judge)

    def listen(self, channel: str) -> AsyncIterator[bytes]:
        """See `State.listen`."""
        return self._messages(channel)

    async def epoch(self) -> float | None:
        """See `State.epoch`."""
        return None

    async def aclose(self) -> None:
        """See `State.aclose`."""
        self._closed.set()

    async def _messages(self, channel: str) -> AsyncGenerator[bytes, None]:
        found = await self._heard(channel)
        last = found.last if found else 0
        stamp = (0, 0)
        while not self._closed.is_set():
            seen = await self._stamp(channel)
            if seen != stamp:
                stamp = seen
                found = await self._heard(channel)
                missed = 0 if found is None else found.last - last
                last = found.last if found else 0
                for message in found.messages[-missed:] if found and missed > 0 else ():
                    yield message
            await _pause(self._closed, self._look_seconds)

    async def _heard(self, channel: str) -> _Channel | None:
        with suppress(StateError):  # listening outlasts an outage, as it does with a server
            return await asyncio.to_thread(self._channels.read, channel)
        return None

    async def _stamp(self, channel: str) -> tuple[int, int]:
        with suppress(StateError):
            return await asyncio.to_thread(self._channels.stamp, channel)
        return 0, 0

    async def _change(self, room: Room[R], key: str, judge: Callable[[R | None], tuple[R | None, T]]) -> T:
        return await asyncio.to_thread(room.change, key, judge)

    def _until(self, seconds: float | None) -> float:
        return float("inf") if seconds is None else self._clock() + seconds

    def _dead(self, record: Value | None) -> bool:
        return record is None or record.until <= self._clock()


async def _pause(closed: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await closed.wait()
