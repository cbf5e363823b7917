"""A rolling sample of the operations that ran, without the values in them, so that a change can be held against them.

Never here: variables, counting fields.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from weakref import WeakKeyDictionary

import msgspec

from penstock.errors import StateError
from penstock.operations.blanking import blank
from penstock.operations.footprint import Footprint
from penstock.schema.impact import KnownOperation
from penstock.state import State

_LOG = "operations:seen"
_MOST_AT_ONCE = 20
_LONGEST = 20_000
_MOST_CHARACTERS = 1_000_000
"""Held against a change, which takes some seconds; the shortest first, so that nobody crowds others out."""
_AGAIN_SECONDS = 900.0
_MOST_REMEMBERED = 5000
_ROLLED = 3
"""When a third of the log has rolled by, what still runs is written again: many names push nobody out."""


class _Seen(msgspec.Struct, frozen=True):
    """One operation: its digest, its name, who ran it, its text."""

    digest: str
    name: str
    client: str
    text: str


@dataclass(frozen=True, slots=True)
class _Written:
    """When an operation was written last, in epoch seconds, and as the how manieth of this process."""

    at: float
    number: int


_Found: TypeAlias = tuple[str, str, str, str]
"""Name, client, digest and text of an operation that ran."""

_decoder = msgspec.json.Decoder(_Seen)
_encoder = msgspec.json.Encoder()


class SeenOperations:
    """Writes operations into a log of which the newest stay: what is run often is written again and stays.

    Args:
        state: Where the log is kept.
        keep: How many operations stay; 0 for none.
        clock: Seconds since the epoch.
    """

    def __init__(self, state: State, keep: int, clock: Callable[[], float]) -> None:
        self._state = state
        self._keep = keep
        self._clock = clock
        self._texts: WeakKeyDictionary[Footprint, tuple[str, str]] = WeakKeyDictionary()
        self._written: dict[tuple[str, str], _Written] = {}
        self._number = 0
        self._most = min(_MOST_AT_ONCE, keep)

    async def __call__(self, ran: Sequence[tuple[Footprint, str, int]]) -> None:
        """Note operations with their client and how often they ran, the most frequent ones, only some at a time.

        Half of the room is for those that were written before and are about to leave the log.
        """
        if not self._keep or self._state.is_standing_in:
            return
        if ran and await self._is_lost():
            self._written = {}
        now = self._clock()
        fresh: dict[_Found, None] = {}
        rolling: dict[_Found, None] = {}
        blanks = _MOST_AT_ONCE
        for footprint, client, _ in sorted(ran, key=lambda one: -one[2]):
            blanked = self._texts.get(footprint)
            if blanked is None:
                if not blanks:
                    continue
                blanks -= 1
                blanked = await self._blank(footprint)
            if not blanked[1]:
                continue
            found = (footprint.name, client, *blanked)
            written = self._written.get((blanked[0], client))
            if written is None or now - written.at >= _AGAIN_SECONDS:
                fresh[found] = None
            elif self._number - written.number >= self._keep // _ROLLED:
                rolling[found] = None
        again = list(rolling)[: self._most // 2]
        await self._write([*again, *list(fresh)[: self._most - len(again)]], now)

    async def _write(self, found: Sequence[_Found], now: float) -> None:
        """Append operations, the most frequent last."""
        for name, client, digest, text in reversed(found):
            try:
                await self._state.append(_LOG, _encoder.encode(_Seen(digest, name, client, text)), keep=self._keep)
            except StateError:
                return
            self._number += 1
            self._remember((digest, client), _Written(now, self._number))

    async def _is_lost(self) -> bool:
        """Whether the state has forgotten what was written."""
        try:
            return bool(self._written) and not await self._state.entries(_LOG, 1)
        except StateError:
            return False

    async def known(self) -> list[KnownOperation]:
        """The operations of the sample, each client's once, the shortest first, and no more than can be judged soon.

        Raises:
            StateError: It cannot be read.
        """
        if not self._keep:
            return []
        found: dict[tuple[str, str], KnownOperation] = {}
        for raw in await self._state.entries(_LOG, self._keep):
            try:
                one = _decoder.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            name = one.name or f"unnamed {one.digest[:8]}"
            found.setdefault((one.digest, one.client), KnownOperation(name, one.client, one.text))
        left = _MOST_CHARACTERS
        known: list[KnownOperation] = []
        for operation in sorted(found.values(), key=lambda one: len(one.text)):
            left -= len(operation.text)
            if left < 0:
                break
            known.append(operation)
        return known

    async def _blank(self, footprint: Footprint) -> tuple[str, str]:
        text = await asyncio.to_thread(blank, footprint.document)
        made = (hashlib.sha256(text.encode()).hexdigest(), text if len(text) <= _LONGEST else "")
        self._texts[footprint] = made
        return made

    def _remember(self, key: tuple[str, str], written: _Written) -> None:
        if len(self._written) >= _MOST_REMEMBERED:
            since = written.at - _AGAIN_SECONDS
            self._written = {one: before for one, before in self._written.items() if before.at > since}
        self._written[key] = written
