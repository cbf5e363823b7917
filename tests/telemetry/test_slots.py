"""Numbers of several workers, read as one gateway's by whichever is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from penstock.errors import OperatorError
from penstock.telemetry.facts import DocumentFacts, SchemaFacts, UpstreamFacts
from penstock.telemetry.metrics import Metrics
from penstock.telemetry.slots import SharedSlots
from tests.telemetry.test_metrics import samples


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def worker(folder: Path, name: str, clock: Clock) -> Metrics:
    return Metrics(clock, SharedSlots(folder, name))


def test_whoever_is_asked_tells_of_all(tmp_path: Path, clock: Clock) -> None:
    one, other = worker(tmp_path, "1", clock), worker(tmp_path, "2", clock)
    one.request_answered("query", "plan", 200, 0.003)
    other.request_answered("query", "plan", 200, 0.2)
    other.request_answered("mutation", "plan", 200, 0.2)
    other.watch(lambda: UpstreamFacts(3, "open"), lambda: DocumentFacts(5, 40, 4))
    other.schema_swapped(SchemaFacts(2, 900.0, 1))
    other.tell_workers()
    found = samples(one)

    assert found["penstock_requests_total{operation_type=query,path=plan,status=200}"] == 2
    assert found["penstock_requests_total{operation_type=mutation,path=plan,status=200}"] == 1
    assert found["penstock_request_duration_seconds_count{operation_type=query,path=plan}"] == 2
    assert found["penstock_request_duration_seconds_sum{operation_type=query,path=plan}"] == pytest.approx(0.203)
    bucket = "penstock_request_duration_seconds_bucket{le=0.005,operation_type=query,path=plan}"
    assert found[bucket] == 1
    assert found["penstock_upstream_waiting{}"] == 3
    assert found["penstock_upstream_breaker{state=open}"] == 1
    assert found["penstock_document_lookups_total{outcome=hit}"] == 40
    assert found["penstock_schema_generation{}"] == 2
    assert found["penstock_schema_age_seconds{}"] == 100
    assert found["penstock_workers{}"] == 2


def test_a_worker_that_ends_leaves_its_counts_and_takes_its_gauges_along(tmp_path: Path, clock: Clock) -> None:
    one, other = worker(tmp_path, "1", clock), worker(tmp_path, "2", clock)
    other.request_answered("query", "plan", 200, 0.003)
    other.watch(lambda: UpstreamFacts(3, "open"), DocumentFacts)
    other.tell_workers()
    before = samples(one)
    clock.now += 60
    after = samples(one)

    name = "penstock_requests_total{operation_type=query,path=plan,status=200}"
    assert before[name] == after[name] == 1
    assert (before["penstock_workers{}"], after["penstock_workers{}"]) == (2, 1)
    assert (before["penstock_upstream_waiting{}"], after["penstock_upstream_waiting{}"]) == (3, 0)


def test_memory_is_added_up_and_processor_time_never_falls(tmp_path: Path, clock: Clock) -> None:
    one, other = worker(tmp_path, "1", clock), worker(tmp_path, "2", clock)
    other.tell_workers()
    both = samples(one)
    clock.now += 60
    alone = samples(one)

    assert both["process_resident_memory_bytes{}"] > 1.9 * alone["process_resident_memory_bytes{}"]
    assert alone["process_cpu_seconds_total{}"] >= both["process_cpu_seconds_total{}"]


def test_a_line_that_is_still_being_written_is_left_for_later(tmp_path: Path, clock: Clock) -> None:
    one, other = worker(tmp_path, "1", clock), worker(tmp_path, "2", clock)
    other.request_answered("query", "plan", 200, 0.003)
    with (tmp_path / "2.series").open("ab") as file:
        file.write(b'["penstock_requests",["mutation","pl')

    assert samples(one)["penstock_requests_total{operation_type=query,path=plan,status=200}"] == 1


def test_strange_files_stop_nobody(tmp_path: Path, clock: Clock) -> None:
    one = worker(tmp_path, "1", clock)
    (tmp_path / "9.numbers").write_bytes(b"abc")
    (tmp_path / "8.numbers").write_bytes(b"abc")
    (tmp_path / "8.series").write_bytes(b'["penstock_requests",["a","b","c"],0,1]\nnonsense\n')

    assert samples(one)["penstock_workers{}"] == 1


def test_a_folder_that_cannot_be_used_is_the_operators(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="nowhere"):
        SharedSlots(tmp_path / "nowhere", "1")
