"""Every metric of the gateway, by name, with the verbs that count them.

Never here: what is worth counting where, label values that a caller chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, PlatformCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from penstock import __version__
from penstock.telemetry.facts import DocumentFacts, SchemaFacts, UpstreamFacts
from penstock.telemetry.process import ProcessTables
from penstock.telemetry.slots import Labels, OwnSlots, Share, Slots
from penstock.telemetry.tables import CounterTable, GaugeTable, HistogramTable, Join, Reading, Table
from penstock.telemetry.timed import TimedCounter

EXPOSITION_TYPE = CONTENT_TYPE_LATEST
"""The media type of what `Metrics.render` gives."""

_ALIVE = "alive"
_ALIVE_SECONDS = 15.0
"""A worker that has not told for so long that it lives is one no more; its gauges go with it."""
_BREAKER_STATES = ("closed", "open", "half-open")


class Metrics(Collector):
    """The gateway's counters, histograms and gauges, ready to be scraped.

    Args:
        clock: Seconds since the epoch.
        slots: Where numbers are kept; shared where several workers are one gateway. None for this process alone.

    Attributes:
        is_shared: Whether other workers read what is counted here.
    """

    def __init__(self, clock: Callable[[], float], slots: Slots | None = None) -> None:
        self._clock = clock
        self._slots = slots or OwnSlots()
        self.is_shared = slots is not None
        self._tables: list[Table] = []
        self._gauges: list[GaugeTable] = []
        self._schema = SchemaFacts(0, 0.0, 0)
        self._is_held = False
        self._broken = 0
        self._is_state_down = False
        self._trusted: dict[tuple[str, ...], float] = {}
        self._upstream: Callable[[], UpstreamFacts] = UpstreamFacts
        self._documents: Callable[[], DocumentFacts] = DocumentFacts
        self._subscriptions: Callable[[], Mapping[str, int]] = dict
        self._count_operations()
        self._count_calls()
        self._count_schema()
        self._count_state()
        self._count_subscriptions()
        self._alive = GaugeTable(_ALIVE, "", (), "max", lambda: {(): clock()}, self._slots)
        self._process = ProcessTables(self._slots)
        self.registry = CollectorRegistry()
        self.registry.register(self)
        PlatformCollector(registry=self.registry)

    def _count_operations(self) -> None:
        by_path = ("operation_type", "path")
        self.requests = self._counter("penstock_requests", "GraphQL requests answered.", (*by_path, "status"))
        self.errors = self._counter("penstock_errors", "Errors in GraphQL answers, by code.", ("code",))
        self.lookups = self._counter(
            "penstock_document_lookups",
            "Documents looked up among the prepared ones, by what came of it.",
            ("outcome",),
        )
        self.references = self._counter(
            "penstock_reference_operations", "Prepared operations that no plan covers, by the reason.", ("reason",)
        )
        self.coercions = self._counter(
            "penstock_value_coercion_failures", "Stored values that their field's type cannot hold.", ("type", "field")
        )
        self.dropped_rows = self._counter(
            "penstock_dropped_rows", "Rows of the store that were not served.", ("type", "reason")
        )
        self.limits = self._counter(
            "penstock_limits_exceeded", "Requests and fields refused by a limit, by which one.", ("limit",)
        )
        self.request_seconds = self._histogram(
            "penstock_request_duration_seconds", "Time to answer a GraphQL request.", by_path
        )
        self.answered = TimedCounter(self.requests, self.request_seconds, len(by_path))
        words = "Trusted documents, by whether they can be run on the schema that serves."
        self._gauge_by("penstock_trusted_documents", words, ("status",), "max", lambda: self._trusted)
        self._gauge("penstock_documents", "Prepared operations kept.", "sum", lambda: self._documents().kept)

    def _count_calls(self) -> None:
        by_route = ("method", "route")
        self.upstream_requests = self._counter(
            "penstock_upstream_requests", "Calls to the store.", (*by_route, "status")
        )
        self.shed = self._counter(
            "penstock_upstream_shed", "Calls to the store that were refused instead of waiting, by the code.", ("code",)
        )
        self.upstream_seconds = self._histogram(
            "penstock_upstream_request_duration_seconds", "Time of a call to the store.", by_route
        )
        self.called = TimedCounter(self.upstream_requests, self.upstream_seconds, len(by_route))
        words = "Calls to the store that wait for their turn."
        self._gauge("penstock_upstream_waiting", words, "sum", lambda: self._upstream().waiting)
        words = "Workers whose circuit breaker is in this state."
        self._gauge_by("penstock_upstream_breaker", words, ("state",), "sum", self._breaker)

    def _count_schema(self) -> None:
        self.reloads = self._counter(
            "penstock_schema_reloads", "Looks at the store's definitions, by what came of them.", ("outcome",)
        )
        self.spans = self._counter("penstock_spans", "Spans of traces, by what came of them.", ("outcome",))
        words = "Operations that read or write a custom field."
        self.field_uses = self._counter("penstock_field_uses", words, ("type", "field", "access"))
        words = "Number of the serving generation."
        self._gauge("penstock_schema_generation", words, "max", lambda: self._schema.number)
        self._gauge("penstock_schema_age_seconds", "Time since its definitions were read.", "max", self._age)
        words = "Definitions not usable as they are."
        self._gauge("penstock_schema_problems", words, "max", lambda: self._schema.problems)
        words = "1 while a newer schema waits to be released."
        self._gauge("penstock_schema_held", words, "max", lambda: self._is_held)
        words = "Known operations that the last candidate breaks."
        self._gauge("penstock_schema_broken_operations", words, "max", lambda: self._broken)
        self._gauge("penstock_workers", "Processes that serve.", "sum", lambda: 1)
        self._gauge_by("penstock_info", "The version that serves.", ("version",), "max", lambda: {(__version__,): 1})

    def _count_state(self) -> None:
        self.state_failures = self._counter("penstock_state_failures", "Calls to the shared state that failed.", ())
        words = "Workers that cannot use the shared state and go on by themselves."
        self._gauge("penstock_state_down", words, "sum", lambda: self._is_state_down)

    def _count_subscriptions(self) -> None:
        self.webhook_events = self._counter(
            "penstock_webhook_events", "Events that came to the webhook, by what became of them.", ("outcome",)
        )
        words = "Events of subscriptions, by what became of them."
        self.subscription_events = self._counter("penstock_subscription_events", words, ("field", "outcome"))
        self._gauge_by("penstock_subscriptions", "Subscriptions that are open.", ("field",), "sum", self._open)

    def request_answered(self, operation_type: str, path: str, status: int, seconds: float) -> None:
        """Count one answered GraphQL request; texts are empty where nothing was understood."""
        self.answered.note((operation_type, path, status), seconds)

    def errors_answered(self, codes: tuple[str, ...]) -> None:
        """Count the error codes of one answer."""
        for code in codes:
            self.errors.add((code,))

    def reference_used(self, reason: str) -> None:
        """Count an operation prepared without a plan; the reason is one of a fixed set."""
        self.references.add((reason,))

    def upstream_called(self, method: str, route: str, status: int | str, seconds: float) -> None:
        """Count one call to the store: its route template, and its status or the kind of failure."""
        self.called.note((method, route, status), seconds)

    def upstream_shed(self, code: str) -> None:
        """Count a call that was refused before it was sent, by the code of the refusal."""
        self.shed.add((code,))

    def value_coercion_failed(self, type_name: str, field_name: str) -> None:
        """Count a stored value that became null."""
        self.coercions.add((type_name, field_name))

    def row_dropped(self, type_name: str, reason: str) -> None:
        """Count a row that was not served; the reason is one of a fixed set."""
        self.dropped_rows.add((type_name, reason))

    def documents_trusted(self, ready: int, unusable: int) -> None:
        """Remember how many trusted documents there are."""
        self._trusted = {("ready",): ready, ("unusable",): unusable}

    def limit_exceeded(self, limit: str) -> None:
        """Count what a limit refused; the name is one of a fixed set."""
        self.limits.add((limit,))

    def spans_ended(self, outcome: str, amount: int) -> None:
        """Count spans that were ``sent`` to the collector or ``dropped``."""
        self.spans.add((outcome,), amount)

    def webhook_told(self, outcome: str) -> None:
        """Count an event: ``received``, ``duplicate``, ``ignored``, ``refused`` or ``failed``."""
        self.webhook_events.add((outcome,))

    def subscriber_told(self, field_name: str, outcome: str) -> None:
        """Count what became of an event for one subscriber: ``delivered``, ``refused``, ``failed`` or ``ended``."""
        self.subscription_events.add((field_name, outcome))

    def watch_subscriptions(self, subscriptions: Callable[[], Mapping[str, int]]) -> None:
        """Take from here how many are open, by the name of the field."""
        self._subscriptions = subscriptions

    def schema_checked(self, outcome: str) -> None:
        """Count a look at the definitions: ``swapped``, ``unchanged``, ``held`` or ``failed``."""
        self.reloads.add((outcome,))

    def schema_swapped(self, facts: SchemaFacts) -> None:
        """Remember what serves now."""
        self._schema = facts

    def field_used(self, type_name: str, field_name: str, reads: int, writes: int) -> None:
        """Count operations that read and that wrote a custom field."""
        self.field_uses.add((type_name, field_name, "read"), reads)
        self.field_uses.add((type_name, field_name, "write"), writes)

    def schema_waits(self, *, is_held: bool) -> None:
        """Remember whether a candidate waits to be released."""
        self._is_held = is_held

    def schema_judged(self, broken: int) -> None:
        """Remember how many known operations the last candidate breaks."""
        self._broken = broken

    def state_failed(self) -> None:
        """Count a call to the shared state that failed."""
        self.state_failures.add(())

    def state_changed(self, *, is_up: bool) -> None:
        """Remember whether the shared state can be used."""
        self._is_state_down = not is_up

    def watch(self, upstream: Callable[[], UpstreamFacts], documents: Callable[[], DocumentFacts]) -> None:
        """Take what is counted elsewhere from here, whenever it is asked for."""
        self._upstream = upstream
        self._documents = documents

    def tell_workers(self) -> None:
        """Put the gauges where the other workers see them; call it every few seconds where there are others."""
        documents = self._documents()
        self.lookups.put(("hit",), documents.hits)
        self.lookups.put(("miss",), documents.misses)
        for gauge in (*self._gauges, self._alive):
            gauge.read()
        self._process.read()

    def collect(self) -> Iterator[Metric]:
        """Every metric as Prometheus reads it, over all workers."""
        self.tell_workers()
        shares = list(self._slots.shares())
        living = [share for share in shares if share.is_own or self._is_living(share)]
        for table in self._tables:
            yield table.family(shares, living)
        yield from self._process.families(shares, living)

    def render(self) -> bytes:
        """The whole exposition, in the Prometheus text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, words: str, labels: Labels) -> CounterTable:
        made = CounterTable(name, words, labels, self._slots)
        self._tables.append(made)
        return made

    def _histogram(self, name: str, words: str, labels: Labels) -> HistogramTable:
        made = HistogramTable(name, words, labels, slots=self._slots)
        self._tables.append(made)
        return made

    def _gauge(self, name: str, words: str, join: Join, reading: Callable[[], float]) -> None:
        self._gauge_by(name, words, (), join, lambda: {(): reading()})

    def _gauge_by(self, name: str, words: str, labels: Labels, join: Join, reading: Reading) -> None:
        made = GaugeTable(name, words, labels, join, reading, self._slots)
        self._gauges.append(made)
        self._tables.append(made)

    def _open(self) -> dict[Labels, float]:
        return {(name,): float(number) for name, number in self._subscriptions().items()}

    def _age(self) -> float:
        return max(0.0, self._clock() - self._schema.loaded_at) if self._schema.number else 0.0

    def _breaker(self) -> dict[Labels, float]:
        now = self._upstream().breaker
        return {(state,): float(state == now) for state in _BREAKER_STATES}

    def _is_living(self, share: Share) -> bool:
        ((seen_at,),) = share.tables.get(_ALIVE, {(): [0.0]}).values()
        return self._clock() - seen_at < _ALIVE_SECONDS
