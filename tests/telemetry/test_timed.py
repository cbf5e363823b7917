"""A counter and a histogram that are counted together say what each would say alone."""

from __future__ import annotations

from penstock.telemetry.slots import OwnSlots
from penstock.telemetry.tables import MAX_SERIES, CounterTable, HistogramTable
from penstock.telemetry.timed import TimedCounter


def tables() -> tuple[CounterTable, HistogramTable]:
    slots = OwnSlots()
    return CounterTable("c", "", ("kind", "status"), slots), HistogramTable("h", "", ("kind",), slots=slots)


def test_events_are_counted_by_all_labels_and_timed_by_the_first() -> None:
    counts, seconds = tables()
    timed = TimedCounter(counts, seconds, 1)
    for status in (200, 200, 503):
        timed.note(("query", status), 0.02)
    timed.note(("mutation", "UpstreamTimeout"), 9.0)

    assert (counts.value("query", "200"), counts.value("query", "503")) == (2, 1)
    assert counts.value("mutation", "UpstreamTimeout") == 1
    assert (seconds.count("query"), seconds.count("mutation")) == (3, 1)


def test_they_share_their_numbers_with_whoever_counts_alone() -> None:
    counts, seconds = tables()
    counts.add(("query", "200"))
    timed = TimedCounter(counts, seconds, 1)
    timed.note(("query", 200), 0.5)
    seconds.observe(("query",), 0.5)

    assert counts.value("query", "200") == 2
    assert seconds.count("query") == 2


def test_too_many_labels_are_counted_as_others_and_remembered_no_more() -> None:
    counts, seconds = tables()
    timed = TimedCounter(counts, seconds, 1)
    for number in range(MAX_SERIES + 50):
        timed.note((f"kind{number}", 200), 0.1)

    assert counts.value("other", "other") == 50
    assert seconds.count("other") == 50
    assert len(timed._places) == MAX_SERIES
