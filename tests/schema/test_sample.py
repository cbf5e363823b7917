"""The first document: valid on every store, and about that store's own fields."""

from __future__ import annotations

import pytest
from graphql import parse, validate

from penstock.operations.limits import Limits, check_limits
from penstock.schema.sample import sample_document
from tests.support.stores import Raw, field_json, generation_of, to_many, to_one

STORES: dict[str, dict[str, list[Raw]]] = {
    "nothing": {},
    "customers": {"customers": [field_json("delivery_details")]},
    "addresses": {"addresses": [field_json("door_code")]},
    "orders": {"orders": [field_json("gift", "boolean")]},
    "a custom flow": {"wishlists": [field_json("title")]},
    "relationships": {
        "customers": [
            field_json("favourite", "relationship", to_one("wishlists")),
            field_json("friends", "relationship", to_many("customers")),
            field_json("elsewhere", "relationship", to_one("files")),
        ],
        "wishlists": [field_json("owner", "relationship", to_one("customers"))],
    },
    "hostile slugs": {"customers": [field_json("}{"), field_json('"""'), field_json("name"), field_json("2fa # x")]},
    "very many": {name: [field_json(f"f_{number}") for number in range(100)] for name in ("customers", "orders")},
}


@pytest.mark.parametrize("fields", STORES.values(), ids=STORES.keys())
def test_it_is_valid_and_within_the_limits(fields: dict[str, list[Raw]]) -> None:
    generation = generation_of(fields)

    document = parse(sample_document(generation.description))

    check_limits(document, Limits())
    assert validate(generation.schema, document) == []


def test_it_asks_for_what_hangs_on_the_customer() -> None:
    generation = generation_of({"customers": [field_json("delivery_details")], "orders": [field_json("gift")]})

    sample = sample_document(generation.description)

    assert "me {\n    name\n    deliveryDetails\n" in sample
    assert "orders(first: 3) {\n      nodes {\n        id\n        gift\n" in sample
    assert "Sign in as a customer" in sample


def test_it_asks_for_entries_where_customers_have_nothing_of_their_own() -> None:
    sample = sample_document(generation_of({"wishlists": [field_json("title")]}).description)

    assert "wishlists(first: 3) {\n    nodes {\n      id\n      title\n" in sample
    assert "Give an access token" in sample


def test_it_asks_for_a_dozen_fields_at_the_most() -> None:
    sample = sample_document(generation_of(STORES["very many"]).description)

    assert sample.count("    f") == 24
