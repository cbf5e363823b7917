"""Metrics as Prometheus reads them."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from penstock import __version__
from penstock.telemetry.facts import DocumentFacts, SchemaFacts, UpstreamFacts
from penstock.telemetry.metrics import Metrics
from penstock.telemetry.slots import OwnSlots
from penstock.telemetry.tables import MAX_SERIES, CounterTable, HistogramTable


def samples(metrics: Metrics) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_every_count_reaches_the_exposition() -> None:
    metrics = Metrics(lambda: 1060.0)
    metrics.request_answered("query", "plan", 200, 0.003)
    metrics.request_answered("query", "plan", 200, 99.0)
    metrics.errors_answered(("FORBIDDEN", "FORBIDDEN"))
    metrics.upstream_called("GET", "/v2/customers/{id}", "200", 0.02)
    metrics.value_coercion_failed("Customer", "shoeSize")
    metrics.row_dropped("Customer", "filter")
    metrics.reference_used("introspection")
    metrics.schema_checked("swapped")
    metrics.schema_swapped(SchemaFacts(3, 1000.0, 2))
    metrics.upstream_shed("RATE_LIMITED")
    metrics.watch(lambda: UpstreamFacts(4, "open"), lambda: DocumentFacts(7, 90, 10))
    found = samples(metrics)

    assert found["penstock_requests_total{operation_type=query,path=plan,status=200}"] == 2
    assert found["penstock_errors_total{code=FORBIDDEN}"] == 2
    assert found["penstock_upstream_requests_total{method=GET,route=/v2/customers/{id},status=200}"] == 1
    assert found["penstock_value_coercion_failures_total{field=shoeSize,type=Customer}"] == 1
    assert found["penstock_dropped_rows_total{reason=filter,type=Customer}"] == 1
    assert found["penstock_reference_operations_total{reason=introspection}"] == 1
    assert found["penstock_schema_reloads_total{outcome=swapped}"] == 1
    assert found["penstock_schema_generation{}"] == 3
    assert found["penstock_schema_age_seconds{}"] == 60
    assert found["penstock_schema_problems{}"] == 2
    assert found["penstock_upstream_shed_total{code=RATE_LIMITED}"] == 1
    assert found["penstock_upstream_waiting{}"] == 4
    assert found["penstock_upstream_breaker{state=open}"] == 1
    assert found["penstock_upstream_breaker{state=closed}"] == 0
    assert found["penstock_documents{}"] == 7
    assert found["penstock_document_lookups_total{outcome=hit}"] == 90
    assert found["penstock_document_lookups_total{outcome=miss}"] == 10
    assert found["penstock_workers{}"] == 1
    assert found[f"penstock_info{{version={__version__}}}"] == 1
    assert found["process_resident_memory_bytes{}"] > 1_000_000
    bucket = "penstock_request_duration_seconds_bucket{{le={},operation_type=query,path=plan}}"
    assert found[bucket.format("0.0025")] == 0
    assert found[bucket.format("0.005")] == 1
    assert found[bucket.format("30.0")] == 1
    assert found[bucket.format("+Inf")] == 2


def test_an_observation_on_a_bound_belongs_to_that_bucket() -> None:
    slots = OwnSlots()
    table = HistogramTable("t", "t", (), (1.0, 2.0), slots)
    table.observe((), 1.0)
    family = table.family(list(slots.shares()), [])

    assert [sample.value for sample in family.samples if sample.name == "t_bucket"] == [1, 1, 1]


def test_series_are_bounded() -> None:
    counter, histogram = CounterTable("c", "c", ("l",)), HistogramTable("h", "h", ("l",))
    for number in range(MAX_SERIES + 50):
        counter.add((str(number),))
        histogram.observe((str(number),), 0.1)

    assert counter.value("other") == 50
    assert histogram.count("other") == 50
