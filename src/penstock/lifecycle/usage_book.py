"""Who used which custom field, how often and when: a book that many write into, each adding what it counted.

Never here: counting, where the book is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

OTHERS = "(others)"
"""The client under which those are counted that there is no room for."""

MOST_PAIRS = 4000
"""Pairs of a field and a client that a book has room for."""


class Use(msgspec.Struct, array_like=True):
    """What one client did with one field.

    Attributes:
        reads: Operations that selected it.
        writes: Operations that gave it.
        read_at: When it was last selected, in epoch seconds; 0 for never.
        written_at: When it was last given.
    """

    reads: int = 0
    writes: int = 0
    read_at: float = 0.0
    written_at: float = 0.0

    @property
    def used_at(self) -> float:
        """When it was last used at all."""
        return max(self.read_at, self.written_at)

    def add(self, other: Use) -> None:
        """Add what another counted."""
        self.reads += other.reads
        self.writes += other.writes
        self.read_at = max(self.read_at, other.read_at)
        self.written_at = max(self.written_at, other.written_at)


Uses: TypeAlias = dict[str, dict[str, Use]]
"""Field id → client → what it did."""


class UsageBook(msgspec.Struct):
    """All that was counted.

    Attributes:
        since: When counting began, in epoch seconds.
        uses: What was counted.
    """

    since: float
    uses: Uses = {}

    def add(self, uses: Uses) -> None:
        """Add what somebody counted; where there is no room, who was away longest joins the others."""
        for field, clients in uses.items():
            for client, use in clients.items():
                book_use(self.uses, field, client, use)
        excess = sum(map(len, self.uses.values())) - MOST_PAIRS
        if excess > 0:
            self._make_room(excess)

    def last_used(self) -> dict[str, float]:
        """Field id → when anybody last used it, in epoch seconds."""
        return {field: max(use.used_at for use in clients.values()) for field, clients in self.uses.items() if clients}

    def _make_room(self, excess: int) -> None:
        oldest = sorted(
            (use.used_at, field, client)
            for field, clients in self.uses.items()
            for client, use in clients.items()
            if client != OTHERS
        )
        for _, field, client in oldest[: excess + len(self.uses)]:
            book_use(self.uses, field, OTHERS, self.uses[field].pop(client))


def book_use(uses: Uses, field: str, client: str, use: Use) -> None:
    """Add one client's use of one field."""
    clients = uses.setdefault(field, {})
    known = clients.get(client)
    if known is None:
        clients[client] = Use(use.reads, use.writes, use.read_at, use.written_at)
    else:
        known.add(use)


def book_uses(uses: Uses, client: str, count: int, at: float, reads: Iterable[str], writes: Iterable[str]) -> None:
    """Add operations of one client, so many that each read and wrote these fields, until now."""
    for field in reads:
        book_use(uses, field, client, Use(reads=count, read_at=at))
    for field in writes:
        book_use(uses, field, client, Use(writes=count, written_at=at))


def totals_of(uses: Uses) -> dict[str, tuple[int, int]]:
    """Field id → what all clients together read and wrote."""
    return {
        field: (sum(use.reads for use in clients.values()), sum(use.writes for use in clients.values()))
        for field, clients in uses.items()
    }


_books = msgspec.json.Decoder(UsageBook)
_encoder = msgspec.json.Encoder()


def read_book(raw: bytes | None, now: float) -> UsageBook:
    """A book as it was written; an empty one where there is none or it cannot be read."""
    try:
        return UsageBook(now) if raw is None else _books.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return UsageBook(now)


def write_book(book: UsageBook) -> bytes:
    """A book as it is kept."""
    return _encoder.encode(book)


Names: TypeAlias = Mapping[str, tuple[str, str]]
"""Field id → its type and field in the schema."""
