"""Two locks made one: names as reviewed, the rest as known."""

from __future__ import annotations

from dataclasses import replace

from penstock.definitions.lock import NO_LOCK, FieldPin, FlowPin, Gone, Lock
from penstock.definitions.lock_joining import reviewed_over, union

EARLY, LATE = "2026-01-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"
GONE = Gone("deleted", LATE, LATE)
KNOWN = FieldPin("size", "Int", "groesse", LATE, {"a": "A", "b": "B"}, GONE)
REVIEWED = FieldPin("largeness", "Float", "size", EARLY, {"a": "FIRST", "c": "B"})
FLOW = FlowPin("Wish", "wish", "wishes", "wishes", LATE)


def one(pin: FieldPin) -> Lock:
    return Lock({"customers": {"f": pin}})


def test_names_types_and_members_are_as_reviewed() -> None:
    pin = reviewed_over(one(REVIEWED), one(KNOWN)).fields["customers"]["f"]

    assert (pin.name, pin.type) == ("largeness", "Float")
    assert pin.members == {"a": "FIRST", "c": "B"}


def test_what_has_gone_is_as_known_and_first_seen_is_the_earlier() -> None:
    pin = reviewed_over(one(REVIEWED), one(KNOWN)).fields["customers"]["f"]

    assert (pin.gone, pin.slug, pin.first_seen) == (GONE, "groesse", EARLY)


def test_what_one_alone_knows_is_kept() -> None:
    other = Lock({"orders": {"g": KNOWN}}, {"flow:w": FLOW})

    assert reviewed_over(one(REVIEWED), other) == Lock(
        {"customers": {"f": REVIEWED}, "orders": {"g": KNOWN}}, other.flows
    )
    assert reviewed_over(NO_LOCK, other) == other
    assert reviewed_over(other, NO_LOCK) == other


def test_flows_have_the_names_that_were_reviewed() -> None:
    reviewed = Lock(flows={"flow:w": replace(FLOW, type="Dream", one="dream", many="dreams", first_seen=EARLY)})
    known = Lock(flows={"flow:w": replace(FLOW, gone=GONE, slug="hopes")})
    flow = reviewed_over(reviewed, known).flows["flow:w"]

    assert (flow.type, flow.one, flow.many, flow.first_seen) == ("Dream", "dream", "dreams", EARLY)
    assert (flow.gone, flow.slug) == (GONE, "hopes")


def test_of_two_that_learnt_the_first_counts() -> None:
    assert union(one(KNOWN), one(REVIEWED)) == one(KNOWN)
