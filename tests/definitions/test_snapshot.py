"""A snapshot says what the store said, and is believed no more than the store."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.definitions.flow_file import StoreDocuments
from penstock.definitions.parse import parse_definitions
from penstock.definitions.snapshot import read_snapshot, render_snapshot
from penstock.errors import OperatorError
from tests.support.stores import enum_rule, field_json, flow_json, to_one

DOCUMENTS = StoreDocuments(
    [flow_json("customers") | {"token": "planted-secret", "links": {"self": "https://planted"}}, flow_json("wishes")],
    {
        "customers": [
            field_json("slot", "string", enum_rule("b", "a"), default=0),
            field_json("odd", "hologram"),
            field_json("wish", "relationship", to_one("wishes"), order=3) | {"secret": "planted-secret"},
        ],
        "wishes": [],
    },
    {"address_mandatory_fields": ["line_1"], "client_secret": "planted-secret"},
)


def written(documents: StoreDocuments = DOCUMENTS) -> bytes:
    return render_snapshot(documents, 1_800_000_000.0, "abc")


def test_a_snapshot_means_what_the_store_meant() -> None:
    reading = read_snapshot(written(), "x", "snapshot")

    assert reading.definitions == parse_definitions(DOCUMENTS.flows, DOCUMENTS.fields, DOCUMENTS.settings)
    assert (reading.source, reading.taken_at) == ("snapshot", 1_800_000_000.0)


def test_nothing_but_what_a_schema_is_made_of_is_written() -> None:
    text = written().decode()

    assert "planted" not in text
    assert json.loads(text)["taken_at"] == "2027-01-15T08:00:00.000Z"


def test_a_snapshot_of_a_snapshot_is_the_same_text() -> None:
    reading = read_snapshot(written(), "x", "file")

    assert render_snapshot(reading.documents, 1_800_000_000.0, "abc") == written()


def test_a_fingerprint_in_the_text_is_not_believed() -> None:
    reading = read_snapshot(written(), "x", "file")

    assert reading.definitions.fingerprint != "abc"


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("id", "slug", "meta", "x")), inner),
    max_leaves=8,
)


@settings(max_examples=200)
@given(JSONS, st.dictionaries(st.sampled_from(("customers", "wishes")), st.lists(JSONS, max_size=3)), JSONS)
def test_whatever_upstream_says_is_written_and_means_the_same(flows: Any, fields: Any, more: Any) -> None:
    documents = StoreDocuments(flows if isinstance(flows, list) else [flows], fields, more)
    reading = read_snapshot(render_snapshot(documents, 0.0, ""), "x", "snapshot")

    assert reading.definitions == parse_definitions(documents.flows, documents.fields, documents.settings)


def head_of(moment: str) -> bytes:
    whole = {"format": "penstock-snapshot", "version": 1, "taken_at": moment, "flows": [], "fields": {}}
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"format": "penstock-schema-lock", "version": 1}',
        b'{"format": "penstock-snapshot", "version": 2}',
        b'{"format": "penstock-snapshot", "version": 1}',
        b'{"format": "penstock-snapshot", "version": 1, "taken_at": "now", "flows": [], "fields": {}}',
        *(head_of(moment) for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999Z", "2027-01-15")),
        b'{"format": "penstock-snapshot", "version": 1, "taken_at": "2027-01-15T08:00:00Z", "flows": {}, "fields": {}}',
        b'{"format": "penstock-snapshot", "version": 1, "taken_at": "2027-01-15T08:00:00Z", "flows": [], "fields": []}',
    ],
)
def test_a_broken_snapshot_is_a_sentence_that_names_it(text: bytes) -> None:
    with pytest.raises(OperatorError) as caught:
        read_snapshot(text, "The file 'x'", "file")

    assert str(caught.value).startswith("The file 'x' ")
