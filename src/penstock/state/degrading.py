"""State that goes on when what it is shared through is down: each process for itself, until it is back.

Never here: who is told, and how.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from penstock.errors import StateError
from penstock.state.ending import end
from penstock.state.memory import MemoryState
from penstock.state.protocol import Grant, Lease, State

_MARK = "mark"
_REMEMBERED_SECONDS = 10 * 365 * 86_400.0

T = TypeVar("T")


def _tell_nobody(_reason: str) -> None:
    """Whoever wants to know says so."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told of an outage, and how often it is looked for.

    Attributes:
        on_down: Told the reason, once when an outage begins.
        on_up: Told when it is over.
        on_failure: Told the reason of every call that failed.
        sleep: Waits for seconds.
        down_seconds: Time between looks while it is down.
        up_seconds: Time between looks while it is up.
    """

    on_down: Callable[[str], None] = _tell_nobody
    on_up: Callable[[], None] = lambda: None
    on_failure: Callable[[str], None] = _tell_nobody
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    down_seconds: float = 1.0
    up_seconds: float = 5.0


class Degrading:
    """See `State`. No call of this one fails.

    A call that fails is made again in memory, and so are those that follow, without asking, until a look says that
    what is shared is back. What was read or written before the outage can be read during it. What is written during
    it stays in this process, and whatever must outlive it is written again by whoever owns it. When the server comes
    back empty, this process gives it again what it had written there for good.

    Args:
        shared: What may be down.
        local: What stands in.
        watch: Who is told.
    """

    def __init__(self, shared: State, local: MemoryState, watch: Watch) -> None:
        self._shared = shared
        self._local = local
        self._watch = watch
        self._is_down = False
        self._mark: bytes | None = None
        self._lasting: dict[str, bytes] = {}
        self._watching: asyncio.Task[None] | None = None

    @property
    def is_shared(self) -> bool:
        """See `State.is_shared`."""
        return not self._is_down

    @property
    def is_standing_in(self) -> bool:
        """See `State.is_standing_in`."""
        return self._is_down

    async def get(self, key: str) -> bytes | None:
        """See `State.get`."""
        found = await self._do(lambda state: state.get(key))
        if not self._is_down:
            await self._remember(key, found)
        return found

    async def put(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        """See `State.put`."""
        await self._do(lambda state: state.put(key, value, seconds=seconds))
        await self._wrote(key, value, seconds)

    async def add(self, key: str, value: bytes, *, seconds: float | None = None) -> bool:
        """See `State.add`."""
        added = await self._do(lambda state: state.add(key, value, seconds=seconds))
        if added:
            await self._wrote(key, value, seconds)
        return added

    async def swap(self, key: str, expected: bytes | None, value: bytes) -> bool:
        """See `State.swap`."""
        swapped = await self._do(lambda state: state.swap(key, expected, value))
        if swapped:
            await self._wrote(key, value, None)
        return swapped

    async def remove(self, key: str) -> None:
        """See `State.remove`."""
        await self._do(lambda state: state.remove(key))
        await self._local.remove(key)
        self._lasting.pop(key, None)

    async def keys(self, prefix: str) -> list[str]:
        """See `State.keys`."""
        return await self._do(lambda state: state.keys(prefix))

    async def append(self, key: str, entry: bytes, *, keep: int) -> None:
        """See `State.append`."""
        await self._do(lambda state: state.append(key, entry, keep=keep))

    async def entries(self, key: str, count: int) -> list[bytes]:
        """See `State.entries`."""
        return await self._do(lambda state: state.entries(key, count))

    async def count(self, key: str, amounts: Mapping[str, float]) -> None:
        """See `State.count`."""
        await self._do(lambda state: state.count(key, amounts))

    async def counts(self, key: str) -> dict[str, float]:
        """See `State.counts`."""
        return await self._do(lambda state: state.counts(key))

    async def lease(self, key: str, seconds: float) -> Lease | None:
        """See `State.lease`."""
        return await self._do(lambda state: state.lease(key, seconds))

    async def renew(self, lease: Lease, seconds: float) -> bool:
        """See `State.renew`; a lease does not pass from one side of an outage to the other."""
        return await self._do(lambda state: state.renew(lease, seconds))

    async def release(self, lease: Lease) -> None:
        """See `State.release`."""
        await self._do(lambda state: state.release(lease))

    async def take(self, key: str, amount: int, *, limit: int, seconds: float) -> Grant:
        """See `State.take`."""
        return await self._do(lambda state: state.take(key, amount, limit=limit, seconds=seconds))

    async def publish(self, channel: str, message: bytes) -> None:
        """See `State.publish`."""
        await self._do(lambda state: state.publish(channel, message))

    def listen(self, channel: str) -> AsyncIterator[bytes]:
        """See `State.listen`; during an outage it hears this process alone."""
        self._begin()
        return self._shared.listen(channel)

    async def epoch(self) -> float | None:
        """See `State.epoch`."""
        return await self._do(lambda state: state.epoch())

    async def aclose(self) -> None:
        """See `State.aclose`."""
        await end(self._watching)
        await self._shared.aclose()
        await self._local.aclose()

    async def look(self) -> None:
        """See whether what is shared is there, and whether it is what it was."""
        try:
            await self._check_mark()
        except StateError as error:
            self._fail(error)
        else:
            if self._is_down:
                self._is_down = False
                self._watch.on_up()

    async def _do(self, ask: Callable[[State], Awaitable[T]]) -> T:
        self._begin()
        if not self._is_down:
            try:
                return await ask(self._shared)
            except StateError as error:
                self._fail(error)
        return await ask(self._local)

    def _begin(self) -> None:
        if self._watching is None:
            self._watching = asyncio.create_task(self._look_again_and_again())

    async def _look_again_and_again(self) -> None:
        while True:
            await self.look()
            await self._watch.sleep(self._watch.down_seconds if self._is_down else self._watch.up_seconds)

    def _fail(self, error: StateError) -> None:
        self._watch.on_failure(str(error))
        if not self._is_down:
            self._is_down = True
            self._watch.on_down(str(error))

    async def _check_mark(self) -> None:
        """A write as well as a read: a server that can only be read is down."""
        mark = secrets.token_bytes(8)
        fresh = await self._shared.add(_MARK, mark)
        found = mark if fresh else await self._shared.get(_MARK)
        if self._mark is not None and found != self._mark:
            for key, value in tuple(self._lasting.items()):
                await self._shared.add(key, value)
        self._mark = found

    async def _wrote(self, key: str, value: bytes, seconds: float | None) -> None:
        if seconds is None:
            self._lasting[key] = value
        else:
            self._lasting.pop(key, None)
        if not self._is_down:
            await self._local.put(key, value, seconds=seconds)

    async def _remember(self, key: str, found: bytes | None) -> None:
        if found is None:
            await self._local.remove(key)
            return
        if key in self._lasting:
            self._lasting[key] = found
        await self._local.put(key, found, seconds=_REMEMBERED_SECONDS)
