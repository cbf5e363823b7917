"""Inputs: what a write takes, what a list can be filtered and sorted by, and nothing else."""

from __future__ import annotations

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType

from penstock.resources.attributes import Attribute, Kind
from penstock.resources.catalogue import CORE
from penstock.resources.rows import Resource
from penstock.resources.ways import FilterRow, Listing
from penstock.schema.inputs import enum_description, filter_inputs, input_type, sort_enum, write_inputs
from tests.support.stores import field_json, generation_of

STORE = generation_of({"customers": [field_json("tier", required=True), field_json("old", enabled=False)]})
LISTINGS = [
    (edge.target, edge.listing)
    for resource in CORE
    for edge in (*resource.roots, *resource.edges)
    if edge.listing is not None
]


def fields_of(name: str) -> dict[str, str]:
    found = STORE.schema.type_map[name]
    assert isinstance(found, GraphQLInputObjectType)
    return {field: str(built.type) for field, built in found.fields.items()}


def test_a_create_takes_what_the_tables_and_the_store_let_be_written() -> None:
    assert fields_of("CustomerCreateInput") == {
        "name": "String!",
        "email": "Email!",
        "password": "String",
        "externalRef": "String",
        "tier": "String!",
    }


def test_an_update_takes_the_same_and_requires_nothing() -> None:
    created, updated = fields_of("CustomerCreateInput"), fields_of("CustomerUpdateInput")

    assert updated == {name: type_.removesuffix("!") for name, type_ in created.items()}


def test_signing_in_takes_exactly_one_way() -> None:
    login = STORE.schema.type_map["CustomerTokenCreateInput"]

    assert isinstance(login, GraphQLInputObjectType)
    assert login.is_one_of
    assert fields_of("CustomerTokenPasswordInput") == {"email": "Email!", "password": "String!"}


@pytest.mark.parametrize(
    ("name", "operators"),
    [
        ("id", ["eq", "gt", "ge", "lt", "le"]),
        ("email", ["eq", "like"]),
        ("name", ["eq", "like"]),
        ("externalRef", ["eq"]),
        ("createdAt", ["eq", "gt", "ge", "lt", "le"]),
        ("updatedAt", ["eq", "gt", "ge", "lt", "le"]),
    ],
)
def test_customers_are_filtered_by_what_upstream_can_filter(name: str, operators: list[str]) -> None:
    assert list(fields_of(fields_of("CustomerFilter")[name])) == operators


def test_no_custom_field_and_no_other_attribute_can_be_filtered_by() -> None:
    assert set(fields_of("CustomerFilter")) == {"id", "email", "name", "externalRef", "createdAt", "updatedAt"}


@pytest.mark.parametrize(
    ("sort", "members"),
    [
        ("CustomerSort", {"ID", "CREATED_AT", "UPDATED_AT", "EMAIL", "NAME"}),
        ("OrderSort", {"CREATED_AT", "STATUS", "PAYMENT", "SHIPPING", "WITH_TAX"}),
    ],
)
def test_lists_are_sorted_by_what_upstream_can_sort(sort: str, members: set[str]) -> None:
    enum = STORE.schema.type_map[sort]

    assert isinstance(enum, GraphQLEnumType)
    assert set(enum.values) == {f"{name}_{way}" for name in members for way in ("ASC", "DESC")}


@pytest.mark.parametrize(("target", "listing"), [found for found in LISTINGS if found[1].filters])
def test_every_filter_row_has_an_operator_type(target: str, listing: Listing) -> None:
    made = filter_inputs(target, listing)

    for field in made[f"{target}Filter"].fields:
        assert isinstance(field.filter, FilterRow)
        assert [found.name for found in made[field.type.name].fields] == list(field.filter.operators)


@pytest.mark.parametrize(("target", "listing"), [found for found in LISTINGS if found[1].sorts])
def test_the_default_sort_is_one_that_can_be_asked_for(target: str, listing: Listing) -> None:
    enum = sort_enum(target, listing)

    assert enum is not None
    assert listing.default_sort in {value for _, value, _ in enum.members}


def test_a_list_without_filters_or_sorts_has_no_inputs() -> None:
    bare = Listing(LISTINGS[0][1].route)

    assert filter_inputs("Thing", bare) == {}
    assert sort_enum("Thing", bare) is None


def test_a_resource_without_mutations_has_no_inputs() -> None:
    assert write_inputs(Resource("Thing", "", None, (Attribute("a", ("a",), Kind.STRING, ""),))) == {}


def test_an_enum_of_upstreams_has_the_output_only_member() -> None:
    (order,) = (resource for resource in CORE if resource.type_name == "Order")
    rows = [row for row in order.attributes if row.enum is not None]

    assert {input_type(row) for row in rows} == {"OrderStatusEnum", "OrderPaymentEnum", "OrderShippingEnum"}
    assert all(enum_description(row.enum).members[-1][:2] == ("UNRECOGNIZED", "") for row in rows if row.enum)
