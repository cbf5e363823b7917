"""Counts what operations do with custom fields, a look-up and an addition each, and writes it down every few seconds.

Never here: what an operation touches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from penstock.definitions.lock import moment
from penstock.definitions.model import JSON
from penstock.errors import StateError
from penstock.lifecycle.usage_book import OTHERS, Names, UsageBook, Uses, book_uses, read_book, totals_of, write_book
from penstock.operations.chronicle import NEVER_USED
from penstock.operations.footprint import Footprint, given_by
from penstock.state import State
from penstock.telemetry.metrics import Metrics

_KEY = "fields:usage"
_MOST_KEYS = 5000
_MOST_TRIES = 10
_FLUSH_SECONDS = 10.0
_MINUTE = 60.0

Seen = Callable[[Sequence[tuple[Footprint, str, int]]], Awaitable[None]]
"""Told which operations ran, by whom and how often, since the last time."""


_Ran: TypeAlias = tuple[Footprint, str]
_Given: TypeAlias = tuple[str, frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Clocks:
    """The time, and waiting.

    Attributes:
        now: Seconds since the epoch.
        sleep: Waits that many seconds.
    """

    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


class FieldUsage:
    """Counts operations; as an `OnRun` it is called with each that ran.

    Args:
        state: Where the book is kept.
        names: Where each field stands in the schema that serves.
        seen: Told which operations ran.
        clocks: The time, and waiting.
        metrics: Where uses are counted as well.
    """

    def __init__(self, state: State, names: Callable[[], Names], seen: Seen, clocks: Clocks, metrics: Metrics) -> None:
        self._state = state
        self._names = names
        self._seen = seen
        self._clocks = clocks
        self._metrics = metrics
        self._counts: dict[_Ran, int] = {}
        self._given: dict[_Given, int] = {}
        self._waiting = UsageBook(clocks.now())
        self._writing = asyncio.Lock()
        self._raw: bytes | None = None
        self._last_used: Mapping[str, str] = NEVER_USED

    def __call__(self, footprint: Footprint, client: str, variables: Mapping[str, JSON] | None) -> None:
        """Count one operation; call on the event loop."""
        try:
            self._counts[footprint, client] += 1
        except KeyError:
            self._count_first(footprint, client)
        if footprint.by_variable:
            self._count_given(footprint, client, variables or {})

    def last_used(self) -> Mapping[str, str]:
        """When fields were last used, to the minute, in RFC 3339, by id; the same object until that changes."""
        return self._last_used

    async def run(self) -> None:
        """Until cancelled: write down what was counted, and once more at the end."""
        try:
            while True:
                await self.flush()
                await self._clocks.sleep(_FLUSH_SECONDS)
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Write down what was counted, and learn what other replicas counted; what cannot be written waits.

        Whoever is cancelled while it goes on leaves it to its end: nothing that was counted is lost.
        """
        await asyncio.shield(self._flush())

    async def _flush(self) -> None:
        async with self._writing:
            counts, self._counts = self._counts, {}
            given, self._given = self._given, {}
            uses = await asyncio.to_thread(_uses_of, counts, given, self._clocks.now())
            self._tell(await asyncio.to_thread(totals_of, uses))
            await asyncio.to_thread(self._waiting.add, uses)
            try:
                await self._write()
            except StateError:
                return
            finally:
                self._note(await asyncio.to_thread(self._waiting.last_used))
            await self._seen([(one, _shown(client), count) for (one, client), count in counts.items()])

    async def book(self) -> UsageBook:
        """All that was counted, what has just been counted included.

        Raises:
            StateError: It cannot be read.
        """
        await self.flush()
        async with self._writing:
            book = read_book(await self._state.get(_KEY), self._waiting.since)
            book.add(self._waiting.uses)
            return book

    async def _write(self) -> None:
        for _ in range(_MOST_TRIES):
            raw = await self._state.get(_KEY)
            if not self._waiting.uses:
                await self._learn(raw)
            if not self._waiting.uses or self._is_out():
                return
            written = await asyncio.to_thread(_joined, raw, self._waiting)
            if await self._state.swap(_KEY, raw, written):
                if self._is_out():  # only just
                    return
                self._waiting = UsageBook(self._clocks.now())
                await self._learn(written)
                return
            await asyncio.sleep(0)

    def _is_out(self) -> bool:
        return self._state.is_standing_in

    async def _learn(self, raw: bytes | None) -> None:
        if raw == self._raw or raw is None:
            return
        self._raw = raw
        self._note(await asyncio.to_thread(_last_used_in, raw))

    def _note(self, found: Mapping[str, float]) -> None:
        told = {field: moment(at // _MINUTE * _MINUTE) for field, at in found.items()}
        later = {field: at for field, at in told.items() if at > self._last_used.get(field, "")}
        if later:  # never earlier than before: a state that was lost forgets what was known
            self._last_used = {**self._last_used, **later}

    def _count_first(self, footprint: Footprint, client: str) -> None:
        key = (footprint, client)
        if len(self._counts) >= _MOST_KEYS:
            key = (footprint, OTHERS)
            if len(self._counts) >= 2 * _MOST_KEYS and key not in self._counts:
                return
        self._counts[key] = self._counts.get(key, 0) + 1

    def _count_given(self, footprint: Footprint, client: str, variables: Mapping[str, JSON]) -> None:
        key = (client, *given_by(footprint, variables))
        if key not in self._given and len(self._given) >= _MOST_KEYS:
            return
        self._given[key] = self._given.get(key, 0) + 1

    def _tell(self, totals: Mapping[str, tuple[int, int]]) -> None:
        names = self._names()
        for field, (reads, writes) in totals.items():
            place = names.get(field)
            if place is not None:
                self._metrics.field_used(*place, reads, writes)


def _uses_of(counts: Mapping[_Ran, int], given: Mapping[_Given, int], now: float) -> Uses:
    """What operations did; many milliseconds where strangers give themselves thousands of names."""
    uses: Uses = {}
    for (one, client), count in counts.items():
        book_uses(uses, _shown(client), count, now, one.reads, one.writes)
    for (client, reads, writes), count in given.items():
        book_uses(uses, _shown(client), count, now, reads, writes)
    return uses


def _joined(raw: bytes | None, waiting: UsageBook) -> bytes:
    book = read_book(raw, waiting.since)
    book.add(waiting.uses)
    return write_book(book)


def _last_used_in(raw: bytes) -> dict[str, float]:
    return read_book(raw, 0.0).last_used()


def _shown(client: str) -> str:
    """A client's name as it may be shown anywhere."""
    return "".join(character if character.isprintable() else "?" for character in client).strip()[:64]
