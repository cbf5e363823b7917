"""Definitions joined with the tables: names, targets, quarantine, and what the store may not take over."""

from __future__ import annotations

from dataclasses import replace

from penstock.definitions.model import StoreDefinitions
from penstock.resources.catalogue import CORE, CORE_FLOWS, FUTURE_NAMES, core_of
from penstock.schema.extend import extend
from penstock.schema.reserved import RESERVED_ROOTS, RESERVED_TYPES
from tests.support.stores import definitions_of, enum_rule, field_json, flow_json, to_many, to_one


def test_a_store_without_flows_has_the_core_resources() -> None:
    resources, problems = extend(definitions_of({}))

    assert list(resources) == [resource.type_name for resource in CORE]
    assert problems == ()


def test_core_rows_stay_as_they_are() -> None:
    resources, _ = extend(definitions_of({"customers": [field_json("name2"), field_json("a", "integer")]}))

    for core in core_of(StoreDefinitions().mandatory_address_keys):
        extended = resources[core.type_name]
        written = tuple(mutation for mutation in core.mutations if mutation.verb != "relate")
        assert extended.attributes[: len(core.attributes)] == core.attributes
        assert (extended.edges, extended.roots, extended.mutations) == (core.edges, core.roots, written)


def test_relationships_are_set_where_there_are_some_to_set() -> None:
    fields = [field_json("friend", "relationship", to_one("customer"))]

    with_one, _ = extend(definitions_of({"customers": fields}))
    with_none, _ = extend(definitions_of({"customers": [field_json("a")]}))

    assert "customerRelationshipSet" in {mutation.name for mutation in with_one["Customer"].mutations}
    assert "customerRelationshipSet" not in {mutation.name for mutation in with_none["Customer"].mutations}


def test_the_mandatory_lines_of_an_address_are_the_stores() -> None:
    definitions = replace(definitions_of({}), mandatory_address_keys=("line_1", "unheard_of"))

    resources, _ = extend(definitions)

    assert [row.name for row in resources["Address"].attributes if row.create == "required"] == ["line1"]


def test_quarantined_fields_are_kept_by_id_and_slug() -> None:
    resources, _ = extend(definitions_of({"customers": [field_json("odd", "hologram")]}))

    assert resources["Customer"].quarantined == ((field_json("odd")["id"], "odd"),)
    assert resources["Order"].quarantined == ()


def test_a_field_that_names_a_future_field_gives_way_today() -> None:
    for type_name, names in FUTURE_NAMES.items():
        flow = next(resource.flow for resource in CORE if resource.type_name == type_name)
        assert flow is not None

        resources, _ = extend(definitions_of({flow: [field_json(name) for name in sorted(names)]}))

        custom = {row.name for row in resources[type_name].attributes if row.field is not None}
        assert not custom & names


def test_a_flow_that_names_something_of_ours_gives_way() -> None:
    slugs = sorted({name.lower() for name in RESERVED_ROOTS | RESERVED_TYPES if name[0] != "_"} - CORE_FLOWS)

    resources, problems = extend(definitions_of({}, [flow_json(slug, id=slug) for slug in slugs]))

    core = {resource.type_name for resource in CORE}
    entries = [resource for name, resource in resources.items() if name not in core]
    roots = [edge.name for resource in entries for edge in resource.roots]
    assert len(entries) == len(slugs)
    assert len(set(roots)) == len(roots)
    assert not set(roots) & RESERVED_ROOTS
    assert not {resource.type_name for resource in entries} & RESERVED_TYPES
    assert {problem.flow for problem in problems} <= set(slugs)


def test_relations_say_whether_there_are_many_and_where_they_lead() -> None:
    fields = [
        field_json("one", "relationship", to_one("customer")),
        field_json("many", "relationship", to_many("wishes")),
        field_json("lost", "relationship", to_many("nothing")),
    ]

    resources, _ = extend(definitions_of({"orders": fields, "wishes": []}))

    found = {relation.name: relation for relation in resources["Order"].relations}
    assert (found["one"].many, found["one"].target) == (False, "Customer")
    assert (found["many"].many, found["many"].target) == (True, "Wish")
    assert (found["lost"].many, found["lost"].target, found["lost"].route) == (True, None, None)
    assert found["many"].route is not None
    assert found["many"].route.template == "/v2/flows/wishes/entries/{id}"


def test_a_relationship_to_a_disabled_flow_is_a_reference() -> None:
    fields = [field_json("one", "relationship", to_one("wishes"))]
    flows = [flow_json("customers"), flow_json("wishes", enabled=False)]

    resources, _ = extend(definitions_of({"customers": fields, "wishes": []}, flows))

    assert resources["Customer"].relations[0].target is None


def test_enum_types_never_share_a_name() -> None:
    fields = [
        field_json(slug, "string", enum_rule("x")) for slug in ("slot", "slot2", "Slot", "slot_", "s-lot", "sLot")
    ]

    resources, _ = extend(definitions_of({"customers": fields, "orders": fields, "customer_s": fields}))

    names = [row.enum.name for one in resources.values() for row in one.attributes if row.enum and row.field]
    assert len(names) == len(set(names)) == 18


def test_a_switched_off_flow_keeps_its_name_for_when_it_comes_back() -> None:
    old = flow_json("wish-lists", enabled=False, meta={"timestamps": {"created_at": "2020-01-01T00:00:00Z"}})
    new = flow_json("wish_lists", meta={"timestamps": {"created_at": "2021-01-01T00:00:00Z"}})

    before, _ = extend(definitions_of({}, [old, new]))
    after, _ = extend(definitions_of({}, [old | {"enabled": True}, new]))

    core = {resource.type_name for resource in CORE}
    assert [name for name in before if name not in core] == ["WishList2"]
    assert sorted(name for name in after if name not in core) == ["WishList", "WishList2"]
    assert after["WishList2"].flow == "wish_lists"
