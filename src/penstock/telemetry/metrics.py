"""Every metric of the gateway, by name, with the verbs that count them.

Never here: what is worth counting where, label values that a caller chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from penstock.telemetry.tables import CounterTable, HistogramTable

EXPOSITION_TYPE = CONTENT_TYPE_LATEST
"""The media type of what `Metrics.render` gives."""


@dataclass(frozen=True, slots=True)
class SchemaFacts:
    """What the gauges say about the schema that serves now.

    Attributes:
        number: The generation's number, 0 before the first.
        loaded_at: When its definitions were read, in epoch seconds.
        problems: Definitions that could not be used as they are.
    """

    number: int
    loaded_at: float
    problems: int


class Metrics(Collector):
    """The gateway's counters, histograms and gauges, ready to be scraped.

    Args:
        clock: Seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._schema = SchemaFacts(0, 0.0, 0)
        self.requests = CounterTable(
            "penstock_requests", "GraphQL requests answered.", ("operation_type", "path", "status")
        )
        self.request_seconds = HistogramTable(
            "penstock_request_duration_seconds", "Time to answer a GraphQL request.", ("operation_type", "path")
        )
        self.errors = CounterTable("penstock_errors", "Errors in GraphQL answers, by code.", ("code",))
        self.references = CounterTable(
            "penstock_reference_operations", "Prepared operations that no plan covers, by the reason.", ("reason",)
        )
        self.upstream_requests = CounterTable(
            "penstock_upstream_requests", "Calls to the store.", ("method", "route", "status")
        )
        self.upstream_seconds = HistogramTable(
            "penstock_upstream_request_duration_seconds", "Time of a call to the store.", ("method", "route")
        )
        self.coercions = CounterTable(
            "penstock_value_coercion_failures", "Stored values that their field's type cannot hold.", ("type", "field")
        )
        self.dropped_rows = CounterTable(
            "penstock_dropped_rows", "Rows of the store that were not served.", ("type", "reason")
        )
        self.limits = CounterTable(
            "penstock_limits_exceeded", "Requests and fields refused by a limit, by which one.", ("limit",)
        )
        self.reloads = CounterTable(
            "penstock_schema_reloads", "Looks at the store's definitions, by what came of them.", ("outcome",)
        )
        self.registry = CollectorRegistry()
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def request_answered(self, operation_type: str, path: str, status: int, seconds: float) -> None:
        """Count one answered GraphQL request; texts are empty where nothing was understood."""
        self.requests.add((operation_type, path, str(status)))
        self.request_seconds.observe((operation_type, path), seconds)

    def errors_answered(self, codes: tuple[str, ...]) -> None:
        """Count the error codes of one answer."""
        for code in codes:
            self.errors.add((code,))

    def reference_used(self, reason: str) -> None:
        """Count an operation prepared without a plan; the reason is one of a fixed set."""
        self.references.add((reason,))

    def upstream_called(self, method: str, route: str, status: str, seconds: float) -> None:
        """Count one call to the store: its route template, and its status or the kind of failure."""
        self.upstream_requests.add((method, route, status))
        self.upstream_seconds.observe((method, route), seconds)

    def value_coercion_failed(self, type_name: str, field_name: str) -> None:
        """Count a stored value that became null."""
        self.coercions.add((type_name, field_name))

    def row_dropped(self, type_name: str, reason: str) -> None:
        """Count a row that was not served; the reason is one of a fixed set."""
        self.dropped_rows.add((type_name, reason))

    def limit_exceeded(self, limit: str) -> None:
        """Count what a limit refused; the name is one of a fixed set."""
        self.limits.add((limit,))

    def schema_checked(self, outcome: str) -> None:
        """Count a look at the definitions: ``swapped``, ``unchanged``, ``held`` or ``failed``."""
        self.reloads.add((outcome,))

    def schema_swapped(self, facts: SchemaFacts) -> None:
        """Remember what serves now."""
        self._schema = facts

    def collect(self) -> Iterator[Metric]:
        """Every metric as Prometheus reads it."""
        for table in (self.requests, self.errors, self.references, self.upstream_requests, self.coercions):
            yield from table.collect()
        for table in (self.dropped_rows, self.limits, self.reloads):
            yield from table.collect()
        for histogram in (self.request_seconds, self.upstream_seconds):
            yield from histogram.collect()
        yield from self._gauges()

    def _gauges(self) -> Iterator[Metric]:
        schema = self._schema
        age = max(0.0, self._clock() - schema.loaded_at) if schema.number else 0.0
        yield GaugeMetricFamily("penstock_schema_generation", "Number of the serving generation.", schema.number)
        yield GaugeMetricFamily("penstock_schema_age_seconds", "Time since its definitions were read.", age)
        yield GaugeMetricFamily("penstock_schema_problems", "Definitions not usable as they are.", schema.problems)

    def render(self) -> bytes:
        """The whole exposition, in the Prometheus text format."""
        return generate_latest(self.registry)
