"""What leaves a folder of values: the dead, the oldest of too many that will die, and files of killed processes.

Never here: when that is looked at.
"""

from __future__ import annotations

from penstock.state.files import Record, Room

_MOST_MORTALS = 10_000
_LEFTOVER_SECONDS = 3600.0


class Value(Record, array_like=True):
    """A value and until when it lives, in epoch seconds; infinity for good."""

    until: float
    value: bytes


def sweep(room: Room[Value], now: float) -> None:
    """Remove what no longer belongs; of the values with a life, as many are kept as memory would keep.

    Raises:
        StateError: The folder cannot be used.
    """
    for written, path in room.ages():
        if path.name.startswith(".") and written + _LEFTOVER_SECONDS < now:
            path.unlink(missing_ok=True)
    mortals: dict[str, list[Value]] = {}
    for record in room.records():
        if record.until <= now:
            _remove(room, record)
        elif record.until != float("inf"):
            mortals.setdefault(record.key.partition(":")[0], []).append(record)
    for family in mortals.values():
        for record in sorted(family, key=lambda record: record.until)[: max(0, len(family) - _MOST_MORTALS)]:
            _remove(room, record)


def _remove(room: Room[Value], seen: Value) -> None:
    room.change(seen.key, lambda found: (None if found == seen else found, None))
