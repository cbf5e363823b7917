"""The seam to what replicas share: one protocol, whatever holds the bytes.

Keys are text of ours (``lock``, ``apq:<digest>``, ``changes``): never a token, never personal data. Values are bytes
that the caller alone understands. Every call may be slow and may fail with `StateError`; whoever calls decides what
that means.

Never here: who uses it or why.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do something alone, for a while.

    Attributes:
        key: What is held.
        holder: A random text that nobody else has: only who knows it may renew or release.
    """

    key: str
    holder: str


@dataclass(frozen=True, slots=True)
class Grant:
    """How much of a rate was given.

    Attributes:
        amount: Units, from 0 to what was asked for.
        wait_seconds: Until a unit is free, where none was; else 0.
    """

    amount: int
    wait_seconds: float = 0.0


class State(Protocol):
    """What replicas share. Nothing here blocks the event loop.

    A value written without a life is kept for good; of those with one, a store may forget the ones written longest ago.
    """

    @property
    def is_shared(self) -> bool:
        """Whether other processes see what is written here, now."""
        ...

    @property
    def is_standing_in(self) -> bool:
        """Whether what is written now is lost to everybody when what is shared is back: whoever owns it keeps it."""
        ...

    async def get(self, key: str) -> bytes | None:
        """The value under a key, or None when there is none or its life has ended."""

    async def put(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        """Write a value, for so many seconds or for good."""

    async def add(self, key: str, value: bytes, *, seconds: float | None = None) -> bool:
        """Write a value only where there is none; whether it was written. Of many who try, one succeeds."""

    async def swap(self, key: str, expected: bytes | None, value: bytes) -> bool:
        """Write a value for good, only where the old one is as expected (None: none); whether it was written."""

    async def remove(self, key: str) -> None:
        """Forget a key, a count, a log."""

    async def keys(self, prefix: str) -> list[str]:
        """The keys of values that begin so, sorted."""

    async def append(self, key: str, entry: bytes, *, keep: int) -> None:
        """Add an entry to a log, of which the newest ``keep`` are kept."""

    async def entries(self, key: str, count: int) -> list[bytes]:
        """The newest entries of a log, newest first."""

    async def count(self, key: str, amounts: Mapping[str, float]) -> None:
        """Add to the named numbers of a tally."""

    async def counts(self, key: str) -> dict[str, float]:
        """All numbers of a tally."""

    async def lease(self, key: str, seconds: float) -> Lease | None:
        """Take a lease for so many seconds, or None while another has it."""

    async def renew(self, lease: Lease, seconds: float) -> bool:
        """Hold a lease for so many seconds more, from now; False when it was lost."""

    async def release(self, lease: Lease) -> None:
        """Give a lease back; one that was lost is left alone."""

    async def take(self, key: str, amount: int, *, limit: int, seconds: float) -> Grant:
        """Take up to so many units, of which ``limit`` may be taken in any ``seconds``: a sliding window."""

    async def publish(self, channel: str, message: bytes) -> None:
        """Tell everyone who listens now; nobody who listens later."""

    def listen(self, channel: str) -> AsyncIterator[bytes]:
        """The messages of a channel from now on, until the iterator is closed. Some may be lost: poll as well."""

    async def epoch(self) -> float | None:
        """What time it is where values are kept, in seconds since the epoch; None where that is this machine."""
        ...

    async def aclose(self) -> None:
        """End connections and listeners."""
