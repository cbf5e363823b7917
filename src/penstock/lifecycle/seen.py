"""A rolling sample of the operations that ran, without the values in them, so that a change can be held against them.

Never here: variables, counting fields.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
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
_AGAIN_SECONDS = 900.0
_MOST_REMEMBERED = 5000


class _Seen(msgspec.Struct, frozen=True):
    """One operation: its digest, its name, who ran it, its text."""

    digest: str
    name: str
    client: str
    text: str


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
        self._written: dict[tuple[str, str], float] = {}

    async def __call__(self, ran: Sequence[tuple[Footprint, str, int]]) -> None:
        """Note operations with their client and how often they ran: the most frequent first, only some at a time."""
        if not self._keep or self._state.is_standing_in:
            return
        now = self._clock()
        left = fresh = _MOST_AT_ONCE
        for footprint, client, _ in sorted(ran, key=lambda one: -one[2]):
            blanked = self._texts.get(footprint)
            if blanked is None:
                if not fresh:
                    continue
                fresh -= 1
                blanked = await self._blank(footprint)
            digest, text = blanked
            key = (digest, client)
            if not text or now - self._written.get(key, 0.0) < _AGAIN_SECONDS:
                continue
            try:
                entry = _Seen(digest, footprint.name, client, text)
                await self._state.append(_LOG, _encoder.encode(entry), keep=self._keep)
            except StateError:
                return
            self._remember(key, now)
            left -= 1
            if not left:
                return

    async def known(self) -> list[KnownOperation]:
        """The operations of the sample, the newest first, each client's once.

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
        return list(found.values())

    async def _blank(self, footprint: Footprint) -> tuple[str, str]:
        text = await asyncio.to_thread(blank, footprint.document)
        made = (hashlib.sha256(text.encode()).hexdigest(), text if len(text) <= _LONGEST else "")
        self._texts[footprint] = made
        return made

    def _remember(self, key: tuple[str, str], now: float) -> None:
        if len(self._written) >= _MOST_REMEMBERED:
            self._written = {one: at for one, at in self._written.items() if now - at < _AGAIN_SECONDS}
        self._written[key] = now
