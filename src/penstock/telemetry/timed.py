"""A counter and a histogram that tell of the same event, counted together: one look-up and three additions.

Only the event loop's thread may count.

Never here: which events there are.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TypeAlias

from penstock.telemetry.tables import MAX_SERIES, CounterTable, HistogramTable

Key: TypeAlias = tuple[str | int, ...]
"""The counter's label values; a number stands for its digits, which are made once."""


class TimedCounter:
    """Counts events and how long they took.

    Args:
        counts: Counts them.
        seconds: Sorts their times; its labels are the first of the counter's.
        timed: How many these are.
    """

    __slots__ = ("_bounds", "_counts", "_numbers", "_places", "_seconds", "_timed")

    def __init__(self, counts: CounterTable, seconds: HistogramTable, timed: int) -> None:
        self._counts = counts
        self._seconds = seconds
        self._timed = timed
        self._bounds = seconds.bounds
        self._numbers = counts.numbers
        self._places: dict[Key, tuple[int, int]] = {}

    def note(self, key: Key, seconds: float) -> None:
        """Count one event, and sort its time into its bucket."""
        places = self._places.get(key)
        if places is None:
            places = self._find(key)
            if places is None:
                return
        count, total = places
        numbers = self._numbers
        numbers[count] += 1
        numbers[total] += seconds
        numbers[total + 1 + bisect_left(self._bounds, seconds)] += 1

    def _find(self, key: Key) -> tuple[int, int] | None:
        labels = tuple([str(value) for value in key])
        count, total = self._counts.place(labels), self._seconds.place(labels[: self._timed])
        if count is None or total is None:
            return None
        if len(self._places) < MAX_SERIES:
            self._places[key] = count, total
        return count, total
