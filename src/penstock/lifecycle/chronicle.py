"""The life of the schema as `schemaInfo` and `fieldDefinitions` tell it: changes, what waits, who breaks, who uses.

Never here: how any of it is found.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

from penstock.definitions.lock import moment
from penstock.definitions.model import JSON
from penstock.lifecycle.changelog import ChangeLine, SwapEntry, line_of
from penstock.lifecycle.holder import GenerationHolder
from penstock.lifecycle.stages import Held

_MOST_CHANGES = 1000
_MOST_LINES = 100


class LifeChronicle:
    """A `Chronicle`.

    Args:
        holder: Where the serving generation and the candidate that waits stand.
        entries: The entries of the changelog that are known, newest first.
        last_used: When custom fields were last used, by id.
    """

    def __init__(
        self,
        holder: GenerationHolder,
        entries: Callable[[], tuple[SwapEntry, ...]],
        last_used: Callable[[], Mapping[str, str]],
    ) -> None:
        self._holder = holder
        self._entries = entries
        self._last_used = last_used
        self._told: tuple[SwapEntry, ...] = ()
        self._changes: Sequence[JSON] = ()
        self._told_held = ("", 0.0)
        self._held: JSON = None

    def changes(self) -> Sequence[JSON]:
        """See `Chronicle.changes`."""
        entries = self._entries()
        if entries is not self._told:
            newest = itertools.islice(((line, entry.at) for entry in entries for line in entry.changes), _MOST_CHANGES)
            self._told, self._changes = entries, [_change(line, at) for line, at in newest]
        return self._changes

    def held(self) -> JSON:
        """See `Chronicle.held`."""
        held = self._holder.held
        if held is None:
            return None
        key = (held.change.after.version, held.change.at)
        if key != self._told_held:
            self._told_held, self._held = key, _waiting(held)
        return self._held

    def impact(self) -> Sequence[str]:
        """See `Chronicle.impact`."""
        current, entries = self._holder.current, self._entries()
        is_told = current is not None and bool(entries) and entries[0].version == current.version
        return entries[0].breaks if is_told else ()

    def last_used(self) -> Mapping[str, str]:
        """See `Chronicle.last_used`."""
        return self._last_used()


def _waiting(held: Held) -> JSON:
    change = held.change
    return {
        "version": change.after.version,
        "since": moment(change.at),
        "reason": held.reason,
        "changes": [_change(line_of(one), change.at) for one in change.verdict.changes[:_MOST_CHANGES]],
        "impact": [one.line for one in change.verdict.broken[:_MOST_LINES]],
    }


def _change(line: ChangeLine, at: float) -> JSON:
    return {
        "level": line.level.upper(),
        "coordinate": line.coordinate,
        "description": line.description,
        "at": moment(at),
    }
