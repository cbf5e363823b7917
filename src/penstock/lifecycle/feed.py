"""Those who listen for swaps: each entry of the changelog reaches each of them once, from whichever replica it came.

Never here: what they are told over, how entries are written.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType

from penstock.errors import StateError
from penstock.lifecycle.changelog import CHANNEL, Changelog, SwapEntry, read_entry
from penstock.state import State

_MOST_KEPT = 200
_MOST_BEHIND = 50
_POLL_SECONDS = 15.0


class Subscription:
    """One who listens; use it as a context manager.

    Args:
        missed: What happened since the entry that was last seen.
        leave: Called when it is over.
    """

    __slots__ = ("_leave", "_most", "_queue", "is_over")

    def __init__(self, missed: tuple[SwapEntry, ...], leave: Callable[[Subscription], None]) -> None:
        self._queue: asyncio.Queue[SwapEntry | None] = asyncio.Queue()
        self._leave = leave
        self._most = len(missed) + _MOST_BEHIND
        self.is_over = False
        for entry in missed:
            self._queue.put_nowait(entry)

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(self)

    def tell(self, entry: SwapEntry) -> None:
        """Add an entry; who is too far behind is let go, and may come back for what was missed."""
        if self._queue.qsize() >= self._most:
            self.end()
        else:
            self._queue.put_nowait(entry)

    def end(self) -> None:
        """Nothing more will come."""
        self.is_over = True
        self._queue.put_nowait(None)

    async def next(self) -> SwapEntry | None:
        """The next entry, waited for; None when it is over."""
        return await self._queue.get()


class Feed:
    """Hands entries of the changelog on.

    Attributes:
        entries: The entries that are known, by their time, newest first.

    Args:
        changelog: Where entries stand.
        state: What replicas share.
        sleep: Waits that many seconds.
        most: Most subscriptions at a time.
    """

    def __init__(
        self, changelog: Changelog, state: State, sleep: Callable[[float], Awaitable[None]], most: int
    ) -> None:
        self._changelog = changelog
        self._state = state
        self._sleep = sleep
        self._most = most
        self._subscriptions: set[Subscription] = set()
        self._known: deque[str] = deque(maxlen=_MOST_KEPT * 2)
        self._log: tuple[SwapEntry, ...] = ()
        self.entries: tuple[SwapEntry, ...] = ()

    @property
    def last_id(self) -> str | None:
        """Id of the entry that came last; None before the first."""
        return self._log[0].id if self._log else None

    async def run(self) -> None:
        """Until cancelled: pass on what any replica writes, from its message or, where that was lost, from the log."""
        await self.look(is_first=True)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._poll())

    async def look(self, *, is_first: bool = False) -> None:
        """Read the log, and pass on what is new in it; at first everything is old."""
        before = self._log
        try:
            found = tuple(await self._changelog.entries(_MOST_KEPT))
            if before and not found and not self._state.is_standing_in:
                await self._changelog.restore(before)
        except StateError:
            return
        for entry in reversed(found):
            self._take(entry, is_new=not is_first)
        if found and not self._state.is_standing_in:  # what was written during an outage is told as all replicas do
            meanwhile = (entry for entry in self._log if entry not in before and entry not in found)
            self._set((*meanwhile, *found))

    def subscribe(self, last_id: str | None) -> Subscription | None:
        """A new subscription, or None where there are too many.

        Args:
            last_id: Id of the entry that was last seen: what came after it is told at once. An id that is not known
                (any more) brings everything that is.
        """
        if len(self._subscriptions) >= self._most:
            return None
        subscription = Subscription(self._after(last_id), self._subscriptions.discard)
        self._subscriptions.add(subscription)
        return subscription

    def end(self) -> None:
        """End every subscription."""
        for subscription in tuple(self._subscriptions):
            subscription.end()

    def _after(self, last_id: str | None) -> tuple[SwapEntry, ...]:
        if last_id is None:
            return ()
        missed = itertools.takewhile(lambda entry: entry.id != last_id, self._log)
        return tuple(reversed(tuple(missed)))

    def _take(self, entry: SwapEntry, *, is_new: bool = True) -> None:
        if entry.id in self._known:
            return
        self._known.append(entry.id)
        self._set((entry, *self._log))
        if is_new:
            for subscription in tuple(self._subscriptions):
                subscription.tell(entry)

    def _set(self, log: tuple[SwapEntry, ...]) -> None:
        if log != self._log:
            self._log = log[:_MOST_KEPT]
            self.entries = tuple(sorted(self._log, key=lambda one: -one.at))

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(StateError):
                async for raw in self._state.listen(CHANNEL):
                    entry = read_entry(raw)
                    if entry is not None:
                        self._take(entry)
            await self._sleep(_POLL_SECONDS)

    async def _poll(self) -> None:
        while True:
            await self._sleep(_POLL_SECONDS)
            await self.look()
