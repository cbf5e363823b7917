"""What changed in the schema, and when: written down once for all replicas, whichever of them swapped first.

Never here: how changes are found, who is told.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import msgspec

from penstock.lifecycle.stages import Change
from penstock.schema.diff import LEVELS, Level, diff_texts
from penstock.schema.diff import Change as SchemaChange
from penstock.state import State

CHANNEL = "schema:swaps"
"""Where each entry is published as it is written."""

_LOG = "schema:log"
_HEAD = "schema:head"
_MOST_SWAPS = 200
_MOST_CHANGES = 500
_MOST_LINES = 100
_MOST_TRIES = 8


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
    """The schema that the newest entry ends with."""

    version: str
    sdl: str


_heads = msgspec.json.Decoder(_Head)
_entries = msgspec.json.Decoder(SwapEntry)
_encoder = msgspec.json.Encoder()


class Changelog:
    """Writes swaps down and reads them back; as a `Record` it is called with each swap.

    The first to move the head from one version to another writes the entry: replicas that swap to the same schema
    write nothing, and a change that happened while no replica ran is found by the next one to start.

    Args:
        state: What replicas share.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    async def __call__(self, change: Change) -> None:
        """Write a swap down, unless another replica has, or nothing changed.

        Raises:
            StateError: It cannot be written.
        """
        after = change.after
        if after.source == "snapshot":  # the past again: when the store answers, it is compared with what was last
            return
        wanted = _encoder.encode(_Head(after.version, after.sdl))
        for _ in range(_MOST_TRIES):
            found = await self._state.get(_HEAD)
            head = _read_head(found)
            if head is not None and head.version == after.version:
                return
            if await self._state.swap(_HEAD, found, wanted):
                await self._write(change, head or _before(change))
                return

    async def entries(self, count: int = _MOST_SWAPS) -> list[SwapEntry]:
        """The newest entries, newest first; what cannot be read is passed over.

        Raises:
            StateError: They cannot be had.
        """
        return [entry for raw in await self._state.entries(_LOG, count) if (entry := read_entry(raw)) is not None]

    async def _write(self, change: Change, head: _Head | None) -> None:
        if head is None:
            return
        is_judged = change.before is not None and change.before.version == head.version
        changes = change.verdict.changes if is_judged else ()
        if not changes:
            changes = await asyncio.to_thread(diff_texts, head.sdl, change.after.sdl)
        entry = SwapEntry(
            f"{int(change.at * 1000):x}-{change.after.version}",
            change.at,
            change.after.version,
            head.version,
            {level: sum(one.level == level for one in changes) for level in LEVELS},
            tuple(line_of(one) for one in changes[:_MOST_CHANGES]),
            tuple(one.line for one in change.verdict.broken[:_MOST_LINES]) if is_judged else (),
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
    """A change as it is written down."""
    return ChangeLine(**asdict(change))


def _read_head(raw: bytes | None) -> _Head | None:
    try:
        return None if raw is None else _heads.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _before(change: Change) -> _Head | None:
    return None if change.before is None else _Head(change.before.version, change.before.sdl)
