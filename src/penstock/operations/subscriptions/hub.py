"""Who watches what in this process, within bounds, and how a change wakes them.

A watcher keeps no events, only whether there was one since it last looked: what is told is read anew, so that ten
changes that nobody has looked at yet are one, and whoever is slow costs nothing.

Never here: what is told, who may be told.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Literal, NamedTuple


class Subject(NamedTuple):
    """What can change: upstream's word for the kind of resource, and its id; no id for the schema."""

    kind: str
    id: str = ""


SCHEMA = Subject("schema")


class Watcher:
    """One subscription's place in the hub; use it as a context manager.

    Attributes:
        subject: What it watches.
        is_told: Whether the subject changed since that was last taken.
    """

    __slots__ = ("_client", "_hub", "_woken", "field", "is_told", "subject")

    def __init__(self, hub: Hub, subject: Subject, field: str, client: bytes) -> None:
        self._hub = hub
        self._client = client
        self._woken = asyncio.Event()
        self.subject = subject
        self.field = field
        self.is_told = False

    def __enter__(self) -> Watcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> None:
        """Watch no more; once is enough, twice does no harm."""
        self._hub.leave(self, self._client)

    def tell(self) -> None:
        """The subject has changed."""
        self.is_told = True
        self._woken.set()

    def wake(self) -> None:
        """Look whether anything is otherwise than it was."""
        self._woken.set()

    async def wait(self, seconds: float | None) -> None:
        """Until something is told, but no longer than so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()


class Hub:
    """The watchers of this process.

    Args:
        most: Most watchers at a time.
        most_per_client: Most of one client.
    """

    __slots__ = ("_by_client", "_by_subject", "_most", "_most_per_client", "_open")

    def __init__(self, most: int, most_per_client: int) -> None:
        self._most = most
        self._most_per_client = most_per_client
        self._by_subject: dict[Subject, set[Watcher]] = {}
        self._by_client: Counter[bytes] = Counter()
        self._open: Counter[str] = Counter()

    @property
    def open(self) -> Mapping[str, int]:
        """How many there are, by the name of the field."""
        return self._open

    def join(self, subject: Subject, field: str, client: bytes) -> Watcher | Literal["total", "client"]:
        """A new watcher, or which bound leaves no place for it.

        Args:
            subject: What is watched.
            field: The name of the root field.
            client: Whoever has the same is one client.
        """
        if self._open.total() >= self._most:
            return "total"
        if self._by_client[client] >= self._most_per_client:
            return "client"
        watcher = Watcher(self, subject, field, client)
        self._by_subject.setdefault(subject, set()).add(watcher)
        self._by_client[client] += 1
        self._open[field] += 1
        return watcher

    def leave(self, watcher: Watcher, client: bytes) -> None:
        """Forget a watcher."""
        watchers = self._by_subject.get(watcher.subject, set())
        if watcher not in watchers:
            return
        watchers.discard(watcher)
        if not watchers:
            del self._by_subject[watcher.subject]
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]
        self._open[watcher.field] -= 1

    def tell(self, subject: Subject) -> None:
        """Wake whoever watches a subject."""
        for watcher in self._by_subject.get(subject, ()):
            watcher.tell()

    def swap(self) -> None:
        """Another schema serves: wake everybody."""
        for watchers in self._by_subject.values():
            for watcher in watchers:
                watcher.wake()
