"""Counters and histograms that cost a dictionary look-up and an addition where they are counted.

Only the event loop's thread may count; a scrape reads a copy.

Never here: which things are counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

MAX_SERIES = 2000
"""Label combinations a table holds; whatever comes later is counted as `other`, so that memory stays bounded."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(slots=True)
class Distribution:
    """The observations of one label combination: per bucket, not cumulative."""

    buckets: list[int]
    total: float = 0.0


class CounterTable:
    """A counter with labels."""

    __slots__ = ("_counts", "_help", "_labels", "_name")

    def __init__(self, name: str, words: str, labels: tuple[str, ...]) -> None:
        self._name = name
        self._help = words
        self._labels = labels
        self._counts: dict[tuple[str, ...], int] = {}

    def add(self, labels: tuple[str, ...], amount: int = 1) -> None:
        """Count `amount` under these label values."""
        counts = self._counts
        if labels in counts:
            counts[labels] += amount
            return
        if len(counts) >= MAX_SERIES:
            labels = ("other",) * len(self._labels)
        counts[labels] = counts.get(labels, 0) + amount

    def value(self, *labels: str) -> int:
        """What was counted under these label values."""
        return self._counts.get(labels, 0)

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The table as Prometheus reads it."""
        family = CounterMetricFamily(self._name, self._help, labels=self._labels)
        for labels, count in list(self._counts.items()):
            family.add_metric(labels, count)
        yield family


class HistogramTable:
    """A histogram of seconds with labels."""

    __slots__ = ("_bounds", "_distributions", "_help", "_labels", "_name")

    def __init__(self, name: str, words: str, labels: tuple[str, ...], bounds: tuple[float, ...] = SECONDS) -> None:
        self._name = name
        self._help = words
        self._labels = labels
        self._bounds = bounds
        self._distributions: dict[tuple[str, ...], Distribution] = {}

    def observe(self, labels: tuple[str, ...], seconds: float) -> None:
        """Sort one observation into its bucket."""
        found = self._distributions.get(labels)
        if found is None:
            found = self._open(labels)
        found.buckets[bisect_left(self._bounds, seconds)] += 1
        found.total += seconds

    def _open(self, labels: tuple[str, ...]) -> Distribution:
        if len(self._distributions) >= MAX_SERIES:
            labels = ("other",) * len(self._labels)
        return self._distributions.setdefault(labels, Distribution([0] * (len(self._bounds) + 1)))

    def count(self, *labels: str) -> int:
        """How many observations these label values have."""
        found = self._distributions.get(labels)
        return sum(found.buckets) if found else 0

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """The table as Prometheus reads it: cumulative buckets."""
        family = HistogramMetricFamily(self._name, self._help, labels=self._labels)
        names = [*(str(bound) for bound in self._bounds), "+Inf"]
        for labels, found in list(self._distributions.items()):
            running = 0
            buckets = []
            for name, count in zip(names, list(found.buckets), strict=True):
                running += count
                buckets.append((name, float(running)))
            family.add_metric(labels, buckets, found.total)
        yield family
