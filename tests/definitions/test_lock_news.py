"""What a written lock does not know yet, in sentences."""

from __future__ import annotations

from dataclasses import replace

from penstock.definitions.lock import NO_LOCK, FieldPin, FlowPin, Gone, Lock
from penstock.definitions.lock_news import news

AT = "2026-01-01T00:00:00.000Z"
PIN = FieldPin("size", "Int", "size", AT)
FLOW = FlowPin("Wish", "wish", "wishes", "wishes", AT)
GONE = Gone("deleted", AT, AT)


def lock(pin: FieldPin = PIN, flow: FlowPin = FLOW) -> Lock:
    return Lock({"customers": {"f1": pin}, "flow:w": {"f2": PIN}}, {"flow:w": flow})


def test_the_same_lock_is_no_news() -> None:
    assert news(lock(), lock()) == ()


def test_what_is_not_pinned_is_told_by_its_names() -> None:
    assert news(NO_LOCK, lock()) == (
        "Wish (flow flow:w) is not pinned.",
        "Wish.size (field f2) is not pinned.",
        "customers.size (field f1) is not pinned.",
    )


def test_each_difference_is_a_sentence() -> None:
    new = replace(PIN, name="width", type="Float", slug="breadth", members={"a": "A"}, gone=GONE)

    assert news(lock(), lock(new)) == (
        "customers.width (field f1) had the slug size and has breadth.",
        "customers.width (field f1) has other options than those that are pinned.",
        "customers.width (field f1) is deleted.",
        "customers.width (field f1) was Int and is Float.",
        "customers.width (field f1) was pinned as size.",
    )


def test_flows_are_told_too() -> None:
    new = replace(FLOW, type="Dream", slug="dreams")

    assert news(lock(flow=replace(FLOW, gone=GONE)), lock(flow=new))[:3] == (
        "Dream (flow flow:w) had the slug wishes and has dreams.",
        "Dream (flow flow:w) is there again.",
        "Dream (flow flow:w) was pinned as Wish.",
    )


def test_a_grace_that_has_run_out_is_no_news() -> None:
    assert news(lock(replace(PIN, gone=GONE)), lock(replace(PIN, gone=replace(GONE, is_over=True)))) == ()


def test_what_a_store_says_is_shown_on_one_line() -> None:
    told = news(NO_LOCK, Lock({"customers": {"f\n\x1b[2J": PIN}}))

    assert "\n" not in told[0]
    assert "\x1b" not in told[0]
