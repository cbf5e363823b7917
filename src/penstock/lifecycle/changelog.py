"""What changed in the schema, and when: written down once for all replicas, whichever of them swapped first.

Never here: how changes are found, who is told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from penstock.errors import StateError
from penstock.lifecycle.stages import Change
from penstock.schema.diff import LEVELS, Level, diff_texts
from penstock.schema.diff import Change as SchemaChange
from penstock.schema.generation import Generation
from penstock.state import State

CHANNEL = "schema:swaps"
"""Where each entry is published as it is written."""

_LOG = "schema:log"
_HEAD = "schema:head"
_RESTORING = "schema:log:restoring"
_RESTORING_SECONDS = 30.0
_MOST_SWAPS = 200
_MOST_CHANGES = 500
_MOST_LINES = 100
_LONGEST = 500
_MOST_TRIES = 8
_MOST_WAITING = 20
_RETRY_SECONDS = 15.0
_OVERTAKEN_SECONDS = 60.0
"""How much older than the newest entry a reading of the store may be to be late, and not of a clock that is wrong."""


class ChangeLine(msgspec.Struct, frozen=True):
    """One change, as `SchemaChange` has it."""

    level: Level
    kind: str
    coordinate: str
    description: str


class SwapEntry(msgspec.Struct, frozen=True):
    """One swap.

    Attributes:
        id: Of the entry: unlike any other.
        at: When it happened, in epoch seconds.
        version: Of the schema that serves since.
        before: Of the one before, or "" where that is not known.
        counts: How many changes there were of each level.
        changes: The changes, the worst first; the first so many.
        breaks: The known operations that broke, a line each.
    """

    id: str
    at: float
    version: str
    before: str
    counts: dict[str, int]
    changes: tuple[ChangeLine, ...] = ()
    breaks: tuple[str, ...] = ()


class _Head(msgspec.Struct, frozen=True):
    """The schema that the newest entry ends with, and when the store was asked that said so, in epoch seconds."""

    version: str
    sdl: str
    read_at: float = 0.0


@dataclass(frozen=True, slots=True)
class _Swap:
    """A swap as it is written down: without the generations, which are large."""

    before: _Head | None
    after: _Head
    at: float
    changes: tuple[SchemaChange, ...]
    breaks: tuple[str, ...]
    is_live: bool


_heads = msgspec.json.Decoder(_Head)
_entries = msgspec.json.Decoder(SwapEntry)
_encoder = msgspec.json.Encoder()


class Changelog:
    """Writes swaps down and reads them back; as a `Record` it is called with each swap.

    The first to move the head from one version to another writes the entry: replicas that swap to the same schema
    write nothing, and a change that happened while no replica ran is found by the next one to start. A replica that is
    late, so that another one has written what the store said after this one had asked, writes nothing either. What
    happens during an outage of the state is written when it is over.

    Args:
        state: What replicas share.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._read: dict[bytes, SwapEntry | None] = {}
        self._waiting: deque[_Swap] = deque(maxlen=_MOST_WAITING)

    async def __call__(self, change: Change) -> None:
        """Write a swap down, unless another replica has, or nothing changed.

        Raises:
            StateError: It cannot be written.
        """
        if change.after.source == "snapshot":  # the past again: the store's answer is compared with what was last
            return
        swap = _swap_of(change)
        try:
            await self._record(swap)
        except StateError:
            self._waiting.append(swap)
            raise
        if self._state.is_standing_in:
            self._waiting.append(swap)

    async def follow(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Until cancelled: write down what could not be, when an outage is over."""
        while True:
            await sleep(_RETRY_SECONDS)
            with contextlib.suppress(StateError):
                await self.catch_up()

    async def catch_up(self) -> None:
        """Write down what could not be, unless the state is out still.

        Raises:
            StateError: It cannot be written.
        """
        while self._waiting:
            if not self._state.is_standing_in:
                await self._record(self._waiting[0], is_late=True)
            if self._state.is_standing_in:
                return
            self._waiting.popleft()

    async def entries(self, count: int = _MOST_SWAPS) -> list[SwapEntry]:
        """The newest entries, newest first; what cannot be read is passed over.

        Raises:
            StateError: They cannot be had.
        """
        before, found = self._read, await self._state.entries(_LOG, count)
        self._read = {raw: before[raw] if raw in before else read_entry(raw) for raw in found}
        return [entry for entry in self._read.values() if entry is not None]

    async def restore(self, entries: Sequence[SwapEntry]) -> None:
        """Write a log again that a state has lost, newest first; of many replicas that try, one does.

        Raises:
            StateError: It cannot be written.
        """
        if await self._state.lease(_RESTORING, _RESTORING_SECONDS) is not None:
            for entry in reversed(entries):
                await self._state.append(_LOG, _encoder.encode(entry), keep=_MOST_SWAPS)

    async def _record(self, swap: _Swap, *, is_late: bool = False) -> None:
        wanted = _encoder.encode(swap.after)
        for _ in range(_MOST_TRIES):
            found = await self._state.get(_HEAD)
            head = _read_head(found)
            if head is not None and (head.version == swap.after.version or _is_overtaken(swap, head, is_late=is_late)):
                return
            if await self._state.swap(_HEAD, found, wanted):
                await self._write(swap, head or swap.before)
                return

    async def _write(self, swap: _Swap, head: _Head | None) -> None:
        if head is None:
            return
        is_judged = swap.before is not None and swap.before.version == head.version
        changes = swap.changes if is_judged else ()
        if not changes:
            changes = await asyncio.to_thread(diff_texts, head.sdl, swap.after.sdl)
        entry = SwapEntry(
            f"{int(swap.at * 1000):x}-{swap.after.version}",
            swap.at,
            swap.after.version,
            head.version,
            {level: sum(one.level == level for one in changes) for level in LEVELS},
            tuple(line_of(one) for one in changes[:_MOST_CHANGES]),
            swap.breaks if is_judged else (),
        )
        raw = _encoder.encode(entry)
        await self._state.append(_LOG, raw, keep=_MOST_SWAPS)
        await self._state.publish(CHANNEL, raw)


def read_entry(raw: bytes) -> SwapEntry | None:
    """An entry as it was written, or None where that is none."""
    try:
        return _entries.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def line_of(change: SchemaChange) -> ChangeLine:
    """A change as it is written down: options of a field by the thousand are cut short."""
    words = change.description
    short = words if len(words) <= _LONGEST else words[: _LONGEST - 2] + " …"
    return ChangeLine(change.level, change.kind, change.coordinate, short)


def _read_head(raw: bytes | None) -> _Head | None:
    try:
        return None if raw is None else _heads.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _is_overtaken(swap: _Swap, head: _Head, *, is_late: bool) -> bool:
    """Whether the head tells what the store said after this replica had asked it."""
    older = head.read_at - swap.after.read_at
    return swap.is_live and older > 0 and (is_late or older < _OVERTAKEN_SECONDS)


def _swap_of(change: Change) -> _Swap:
    lines = tuple(one.line for one in change.verdict.broken[:_MOST_LINES])
    before = None if change.before is None else _head_of(change.before)
    is_live = change.after.source == "live"
    return _Swap(before, _head_of(change.after), change.at, change.verdict.changes, lines, is_live)


def _head_of(generation: Generation) -> _Head:
    return _Head(generation.version, generation.sdl, generation.loaded_at)
