"""The tables keep their own laws: names that exist, paths that can be filled, rows that say one thing once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from penstock.definitions.type_naming import EntryNames
from penstock.resources.attributes import Kind
from penstock.resources.catalogue import CORE, CORE_FLOWS, FUTURE_NAMES
from penstock.resources.entry import entry_resource
from penstock.resources.rows import Mutation, Resource
from penstock.resources.ways import Edge, Shape

RESOURCES = (*CORE, entry_resource("wishes", "", EntryNames("Wish", "wish", "wishes")))
EDGES = [(resource, edge) for resource in RESOURCES for edge in (*resource.roots, *resource.edges)]
MUTATIONS = [(resource, mutation) for resource in RESOURCES for mutation in resource.mutations]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.type_name)
def test_names_on_a_type_are_all_different(resource: Resource) -> None:
    names = [
        *(row.name for row in resource.attributes),
        *(group.name for group in resource.groups),
        *(edge.name for edge in resource.edges),
        *((resource.session.name,) if resource.session else ()),
    ]

    assert len(names) == len(set(names))
    assert not set(names) & FUTURE_NAMES.get(resource.type_name, frozenset())


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.type_name)
def test_only_the_id_is_never_null(resource: Resource) -> None:
    assert {row.name for row in resource.attributes if row.non_null} <= {"id"}


@pytest.mark.parametrize(("resource", "edge"), EDGES, ids=lambda one: getattr(one, "name", ""))
def test_every_edge_can_fill_its_path_and_leads_somewhere(resource: Resource, edge: Edge) -> None:
    wanted = set(re.findall(r"\{(\w+)\}", edge.route.template))

    assert wanted == {name for name, _ in edge.origins}
    assert edge.route.method == "GET"
    assert edge.target in {one.type_name for one in RESOURCES}
    assert (edge.listing is not None) == (edge.shape is Shape.CONNECTION)
    assert not edge.own or (edge.shape is Shape.CONNECTION and resource.type_name == "Customer")


@pytest.mark.parametrize(("resource", "edge"), EDGES, ids=lambda one: getattr(one, "name", ""))
def test_a_connection_reads_the_collection_its_listing_names(resource: Resource, edge: Edge) -> None:
    if edge.listing is not None:
        assert edge.listing.route == edge.route
        assert edge.listing.keyset is None or edge.listing.keyset in {row.attribute for row in edge.listing.sorts}
        for row in edge.listing.filters:
            assert not row.checks or "eq" in row.operators
            assert (row.kind is Kind.ENUM) == (row.enum is not None)


@pytest.mark.parametrize(("resource", "mutation"), MUTATIONS, ids=lambda one: getattr(one, "name", ""))
def test_every_mutation_writes_what_it_says(resource: Resource, mutation: Mutation) -> None:
    methods = {"create": "POST", "update": "PUT", "delete": "DELETE", "token": "POST", "relate": "PUT"}
    wanted = set(re.findall(r"\{(\w+)\}", mutation.route.template))

    assert mutation.route.method == methods.get(mutation.verb, mutation.route.method)
    assert wanted - {"field", "item_id"} <= {name for name, _ in mutation.origins}
    assert mutation.name[0].islower()


@pytest.mark.parametrize(("resource", "mutation"), MUTATIONS, ids=lambda one: getattr(one, "name", ""))
def test_the_keys_of_an_input_are_all_different(resource: Resource, mutation: Mutation) -> None:
    for presence in ("create", "update"):
        keys = [row.key for row in resource.attributes if getattr(row, presence) != "absent"]
        assert len(keys) == len(set(keys))


def test_roots_are_all_different() -> None:
    names = [edge.name for resource in CORE for edge in resource.roots]
    names += [mutation.name for resource in CORE for mutation in resource.mutations]

    assert len(names) == len(set(names))


def test_a_password_is_written_and_never_read() -> None:
    (customer,) = (resource for resource in CORE if resource.type_name == "Customer")
    (password,) = (row for row in customer.attributes if row.name == "password")

    assert not password.output
    assert (password.create, password.update) == ("optional", "optional")


def test_core_flows_are_those_of_the_contract() -> None:
    named = {"customers", "addresses", "orders", "order_items", "carts", "cart_items", "products", "accounts", "files"}

    assert named <= CORE_FLOWS
    assert all(slug == slug.lower() for slug in CORE_FLOWS)


@pytest.mark.parametrize("room", ["operations", "schema", "http", "lifecycle", "upstream", "telemetry"])
def test_no_room_but_the_tables_knows_a_path_of_upstreams_resources(room: str) -> None:
    root = Path(__file__).resolve().parents[2] / "src" / "penstock" / room
    allowed = {"definitions_source.py", "flow_writes.py", "wire.py", "transport.py"}
    found = [path.name for path in root.rglob("*.py") if "/v2/" in path.read_text() and path.name not in allowed]

    assert found == []
