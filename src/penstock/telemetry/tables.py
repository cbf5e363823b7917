"""Counters, histograms and gauges that cost a dictionary look-up and an addition where they are counted.

Only the event loop's thread may count; a scrape reads a copy, of every worker.

Never here: which things are counted, where the numbers are kept.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, Protocol, TypeAlias, assert_never

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from penstock.telemetry.slots import Labels, Numbers, OwnSlots, Share, Slots

MAX_SERIES = 2000
"""Label combinations a table holds; whatever comes later is counted as `other`, so that memory stays bounded."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

Join: TypeAlias = Literal["sum", "max", "min"]
"""How the gauges of several workers become one."""
Reading: TypeAlias = Callable[[], Mapping[Labels, float]]
"""What a gauge says now, by label values."""


def join(how: Join, values: Iterable[float]) -> float:
    """One value of several."""
    match how:
        case "sum":
            return sum(values)
        case "max":
            return max(values)
        case "min":
            return min(values)
        case _:
            assert_never(how)


class Table(Protocol):
    """A metric, whatever its kind.

    Attributes:
        name: Without the suffixes of the exposition.
    """

    name: str

    def family(self, shares: list[Share], living: list[Share]) -> Metric:
        """The metric as Prometheus reads it.

        Args:
            shares: What every worker has counted, also those that have ended.
            living: What those say that are there now.
        """
        ...


class CounterTable:
    """A counter with labels.

    Attributes:
        numbers: Where its numbers are.
    """

    __slots__ = ("_help", "_labels", "_places", "_slots", "name", "numbers")

    def __init__(self, name: str, words: str, labels: Labels, slots: Slots | None = None) -> None:
        self.name = name
        self._help = words
        self._labels = labels
        self._slots = slots or OwnSlots()
        self.numbers: Numbers = self._slots.numbers
        self._places: dict[Labels, int] = {}

    def add(self, labels: Labels, amount: int = 1) -> None:
        """Count `amount` under these label values."""
        place = self._places.get(labels)
        if place is None:
            place = self.place(labels)
            if place is None:
                return
        self.numbers[place] += amount

    def place(self, labels: Labels) -> int | None:
        """Where these label values are counted, from now on at the latest; None where there is no room."""
        known = self._places.get(labels)
        return _open(self._slots, self.name, self._places, labels, 1) if known is None else known

    def put(self, labels: Labels, count: int) -> None:
        """Take over what was counted elsewhere, where that is cheaper."""
        if count:
            self.add(labels, count - self.value(*labels))

    def value(self, *labels: str) -> int:
        """What this worker counted under these label values."""
        place = self._places.get(labels)
        return 0 if place is None else int(self.numbers[place])

    def family(self, shares: list[Share], living: list[Share]) -> CounterMetricFamily:  # noqa: ARG002 (one signature for every kind)
        """See `Table.family`."""
        family = CounterMetricFamily(self.name, self._help, labels=self._labels)
        for labels, (count,) in _sums(self.name, shares):
            family.add_metric(labels, count)
        return family


class HistogramTable:
    """A histogram of seconds with labels: one number for the total, then one for each bucket, not cumulative.

    Attributes:
        bounds: Upper bounds of the buckets but the last.
    """

    __slots__ = ("_help", "_labels", "_numbers", "_places", "_slots", "bounds", "name")

    def __init__(
        self,
        name: str,
        words: str,
        labels: Labels,
        bounds: tuple[float, ...] = SECONDS,
        slots: Slots | None = None,
    ) -> None:
        self.name = name
        self._help = words
        self._labels = labels
        self.bounds = bounds
        self._slots = slots or OwnSlots()
        self._numbers: Numbers = self._slots.numbers
        self._places: dict[Labels, int] = {}

    def observe(self, labels: Labels, seconds: float) -> None:
        """Sort one observation into its bucket."""
        place = self.place(labels)
        if place is None:
            return
        numbers = self._numbers
        numbers[place] += seconds
        numbers[place + 1 + bisect_left(self.bounds, seconds)] += 1

    def place(self, labels: Labels) -> int | None:
        """Where the total of these label values is, from now on at the latest; None where there is no room."""
        known = self._places.get(labels)
        return _open(self._slots, self.name, self._places, labels, len(self.bounds) + 2) if known is None else known

    def count(self, *labels: str) -> int:
        """How many observations this worker has under these label values."""
        place = self._places.get(labels)
        if place is None:
            return 0
        return int(sum(self._numbers[place + 1 + bucket] for bucket in range(len(self.bounds) + 1)))

    def family(self, shares: list[Share], living: list[Share]) -> HistogramMetricFamily:  # noqa: ARG002 (one signature for every kind)
        """See `Table.family`: cumulative buckets."""
        family = HistogramMetricFamily(self.name, self._help, labels=self._labels)
        names = [*(str(bound) for bound in self.bounds), "+Inf"]
        for labels, (total, *counts) in _sums(self.name, shares):
            running = 0.0
            buckets = []
            for name, count in zip(names, counts, strict=True):
                running += count
                buckets.append((name, running))
            family.add_metric(labels, buckets, total)
        return family


class GaugeTable:
    """A gauge that is read when it is asked for, and now and then for the other workers.

    Args:
        name: The metric's name.
        words: What it says.
        labels: Names of its labels.
        join: How the values of several workers become one.
        reading: What it says now.
        slots: Where the numbers are kept.
    """

    __slots__ = ("_help", "_join", "_labels", "_places", "_reading", "_slots", "name")

    def __init__(
        self, name: str, words: str, labels: Labels, join: Join, reading: Reading, slots: Slots | None = None
    ) -> None:
        self.name = name
        self._help = words
        self._labels = labels
        self._join = join
        self._reading = reading
        self._slots = slots or OwnSlots()
        self._places: dict[Labels, int] = {}

    def read(self) -> None:
        """Put what it says now where every worker sees it."""
        now = self._reading()
        for labels in (*self._places, *(labels for labels in now if labels not in self._places)):
            place = self._places.get(labels)
            if place is None:
                place = _open(self._slots, self.name, self._places, labels, 1)
            if place is not None:
                self._slots.numbers[place] = now.get(labels, 0.0)

    def family(self, shares: list[Share], living: list[Share]) -> GaugeMetricFamily:  # noqa: ARG002 (one signature for every kind)
        """See `Table.family`."""
        family = GaugeMetricFamily(self.name, self._help, labels=self._labels)
        for labels, values in _columns(self.name, living):
            family.add_metric(labels, join(self._join, [value for (value,) in values]))
        return family


def _open(slots: Slots, name: str, places: dict[Labels, int], labels: Labels, size: int) -> int | None:
    """The place of a series that is not known yet, which is the one of all others when there are too many."""
    if len(places) >= MAX_SERIES:
        labels = ("other",) * len(labels)
        if labels in places:
            return places[labels]
    place = slots.open(name, labels, size)
    if place is not None:
        places[labels] = place
    return place


def _columns(name: str, shares: list[Share]) -> Iterator[tuple[Labels, list[list[float]]]]:
    """Label values, and the numbers that each worker has for them."""
    found: dict[Labels, list[list[float]]] = {}
    for share in shares:
        for labels, numbers in share.tables.get(name, {}).items():
            found.setdefault(labels, []).append(numbers)
    yield from found.items()


def _sums(name: str, shares: list[Share]) -> Iterator[tuple[Labels, list[float]]]:
    """Label values, and their numbers over all workers."""
    for labels, columns in _columns(name, shares):
        yield labels, [sum(column) for column in zip(*columns, strict=True)]
