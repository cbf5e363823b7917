"""The lock as text: stable, sorted, and read back with suspicion."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.aging import Look
from penstock.definitions.lock import NO_LOCK, FieldPin, FlowPin, Gone, Lock, moment, seconds_of
from penstock.definitions.lock_text import parse_lock, render_lock
from penstock.errors import OperatorError
from penstock.schema.settling import settle
from tests.support.stores import definitions_of, enum_rule, field_json, flow_json

AT = "2026-11-21T06:18:43.120Z"
GONE = Gone("deleted", AT, "2026-12-21T06:18:43.120Z", is_over=True)
LOCK = Lock(
    {
        "customers": {
            "f2": FieldPin("size", "Int", "size", AT, gone=GONE),
            "f1": FieldPin("slot", "CustomerSlotEnum", "slot", AT, {"a b": "A_B", "größe": "GR_E"}),
        },
        "flow:w": {"f1": FieldPin("owner", "[Customer!]", "owner", AT)},
    },
    {"flow:w": FlowPin("Wishlist", "wishlist", "wishlists", "dreams", AT, ("wishlists",))},
)


def test_a_lock_reads_back_as_it_was() -> None:
    assert parse_lock(render_lock(LOCK), "x") == LOCK
    assert parse_lock(render_lock(LOCK).encode(), "x") == LOCK


def test_equal_locks_are_equal_texts_whatever_their_order() -> None:
    turned = Lock(
        {owner: dict(reversed(pins.items())) for owner, pins in reversed(LOCK.fields.items())}, dict(LOCK.flows)
    )

    assert render_lock(turned) == render_lock(LOCK)
    assert render_lock(LOCK).endswith("}\n")


def test_a_new_field_changes_its_own_lines_alone() -> None:
    more = Lock({**LOCK.fields, "orders": {"f9": FieldPin("gift", "Boolean", "gift", AT)}}, LOCK.flows)
    before, after = render_lock(LOCK).splitlines(), render_lock(more).splitlines()

    assert [line for line in before if line not in after] == []


def text_of(**changes: Any) -> bytes:
    pin = {"name": "a", "type": "String", "slug": "a", "first_seen": AT} | changes
    return json.dumps({"format": "penstock-schema-lock", "version": 1, "fields": {"customers": {"f1": pin}}}).encode()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"fields": {}}',
        b'{"format": "penstock-snapshot", "version": 1}',
        b'{"format": "penstock-schema-lock", "version": 9}',
        b'{"format": "penstock-schema-lock", "version": 1, "fields": []}',
        b"[" * 100_000,
        text_of(name="__proto"),
        text_of(name="a b"),
        text_of(name="a\n"),
        text_of(name=""),
        text_of(name=7),
        text_of(type="String!"),
        text_of(type="[String]"),
        text_of(first_seen="yesterday"),
        text_of(first_seen="2026-13-45T00:00:00.000Z"),
        text_of(slug="x" * 5000),
        text_of(first_seen="٢٠٢٦-01-01T00:00:00.000Z"),
        text_of(type="[A!"),
        text_of(members={"a": "a b"}),
        text_of(members={"a": "true"}),
        text_of(members={"a": "A", "b": "A"}),
        text_of(members={"a": "UNRECOGNIZED"}),
        text_of(members={"": "A"}),
        text_of(gone={"why": "because", "since": AT, "until": AT}),
        text_of(gone={"why": "deleted", "since": AT}),
    ],
)
def test_a_broken_lock_is_a_sentence_that_names_it(text: bytes) -> None:
    with pytest.raises(OperatorError) as caught:
        parse_lock(text, "The lock 'x'")

    assert str(caught.value).startswith("The lock 'x' ")
    assert len(str(caught.value)) < 500


def test_what_was_edited_by_hand_is_told_by_its_name() -> None:
    with pytest.raises(OperatorError, match='field "f1" of "customers" has the name "a b", which is none of GraphQL'):
        parse_lock(text_of(name="a b"), "x")


def test_the_longest_names_there_are_read_back() -> None:
    """A flow's slug has 64 characters at most, a field's 255; an enum is named after both."""
    flow = "w" * 64
    definitions = definitions_of({flow: [field_json("f" * 255, "string", enum_rule("o" * 255))]}, [flow_json(flow)])
    lock = settle(definitions, NO_LOCK, Look(0.0, 0.0, 1.0))
    (pins,) = lock.fields.values()

    assert parse_lock(render_lock(lock), "x") == lock
    assert max(len(pin.type) for pin in pins.values()) >= 64 + 255


def test_keys_of_a_later_minor_form_are_passed_over() -> None:
    assert parse_lock(text_of(colour="blue"), "x").fields["customers"]["f1"].name == "a"


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(text: bytes) -> None:
    try:
        assert parse_lock(text, "x") == Lock()
    except OperatorError:
        assert text != render_lock(Lock()).encode()


@pytest.mark.parametrize("seconds", [0.0, 1.0005, 1_800_000_000.123, 4_102_444_800.0])
def test_moments_sort_as_text_and_read_back(seconds: float) -> None:
    assert abs(seconds_of(moment(seconds)) - seconds) < 0.001
    assert moment(seconds) < moment(seconds + 1)
