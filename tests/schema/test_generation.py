"""A generation holds all that belongs to one schema and is freed with it."""

from __future__ import annotations

import gc
import weakref
from dataclasses import FrozenInstanceError, replace

import pytest
from graphql import build_schema as parse_schema
from graphql import get_introspection_query, graphql_sync, parse, validate

from penstock.definitions.model import (
    FieldDefinition,
    FieldType,
    FlowDefinition,
    Problem,
    Rule,
    RuleKind,
    StoreDefinitions,
)
from penstock.resources.catalogue import CORE_FLOWS
from penstock.schema.generation import Generation, build_generation
from tests.support.stores import field_json, generation_of, to_one

RULES = (
    (FieldType.STRING, ()),
    (FieldType.INTEGER, (Rule(RuleKind.BETWEEN, minimum=1, maximum=2**40),)),
    (FieldType.STRING, (Rule(RuleKind.ENUM, options=("a b", "c")),)),
    (FieldType.DATE, (Rule(RuleKind.ENUM, options=("2024-01-01",)),)),
    (FieldType.STRING, (Rule(RuleKind.EMAIL),)),
    (FieldType.BOOLEAN, ()),
)


def store(fields: int, fingerprint: str = "f") -> StoreDefinitions:
    rows = [
        FieldDefinition(f"id-{i}", f"slug_{i}", f"Name {i}", "", RULES[i % 6][0], rules=RULES[i % 6][1])
        for i in range(fields)
    ]
    flow = FlowDefinition("flow-1", "customers", "Customers", "", enabled=True, fields=tuple(rows))
    return StoreDefinitions(flows=(flow,), fingerprint=fingerprint)


def test_a_generation_says_where_it_comes_from() -> None:
    generation = build_generation(store(3), 7, 1_700_000_000.5, "snapshot")

    assert (generation.number, generation.definitions.fingerprint, generation.source) == (7, "f", "snapshot")
    assert generation.loaded_at == 1_700_000_000.5
    assert generation.schema is generation.strawberry._schema


def test_version_and_etag_follow_the_text_of_the_schema() -> None:
    first, again, other = (build_generation(store(n), 1, 0.0) for n in (3, 3, 4))

    assert (first.sdl, first.version, first.etag) == (again.sdl, again.version, again.etag)
    assert first.version != other.version
    assert first.etag != other.etag
    assert len(first.version) == 12
    assert first.etag == f'"{first.etag.strip(chr(34))}"'
    assert int(first.version, 16) >= 0


def test_the_text_of_a_generation_parses() -> None:
    generation = build_generation(store(12), 1, 0.0)

    assert set(parse_schema(generation.sdl).type_map) == set(generation.schema.type_map)


def test_problems_of_the_definitions_are_told() -> None:
    problem = Problem("customers", "x", None, "It cannot be read.")

    generation = build_generation(replace(store(1), problems=(problem,)), 1, 0.0)

    assert problem in generation.problems


def test_generations_are_frozen_and_never_equal() -> None:
    first, second = build_generation(store(1), 1, 0.0), build_generation(store(1), 1, 0.0)

    with pytest.raises(FrozenInstanceError):
        first.number = 2  # type: ignore[misc] # that it cannot be set is what is tested
    assert first != second
    assert first.prepared is not second.prepared


def test_a_generation_that_nobody_holds_is_freed() -> None:
    def use(number: int) -> list[weakref.ref[object]]:
        generation = build_generation(store(number), number, 0.0)
        generation.prepared["document"] = generation.schema
        assert validate(generation.schema, parse("{ customers { nodes { slug0 } } }")) == []
        assert graphql_sync(generation.schema, get_introspection_query()).errors is None
        parts = (generation, generation.schema, generation.strawberry, generation.schema.type_map["Customer"])
        return [weakref.ref(part) for part in parts]

    references = [reference for number in (1, 2, 3) for reference in use(number)]
    gc.collect()

    assert [reference() for reference in references] == [None] * len(references)


def test_a_generation_in_use_outlives_the_next_one() -> None:
    held: Generation = build_generation(store(1), 1, 0.0)

    newer = build_generation(store(2), 2, 0.0)
    gc.collect()

    assert validate(held.schema, parse("{ customers { nodes { slug0 } } }")) == []
    assert validate(held.schema, parse("{ customers { nodes { slug1 } } }")) != []
    assert validate(newer.schema, parse("{ customers { nodes { slug1 } } }")) == []


def test_a_store_may_call_its_flows_like_anything_that_the_gateway_has() -> None:
    bare = generation_of({}).description
    roots = [field.name for one in (bare.query, bare.mutation) if one is not None for field in one.fields]
    slugs = [*bare.objects, *bare.inputs, *bare.enums, *roots, "Query", "Mutation", "String", "DateTime", "JSON"]
    slugs = [slug for slug in slugs if slug not in CORE_FLOWS]

    everything = generation_of({slug: [field_json("title")] for slug in slugs})
    alone = [generation_of({slug: [field_json("title")]}) for slug in bare.inputs]

    own = {name: one for name, one in everything.description.objects.items() if name in bare.objects}
    assert {name: tuple(field.name for field in one.fields) for name, one in own.items()} == {
        name: tuple(field.name for field in one.fields) for name, one in bare.objects.items()
    }
    assert all(len(one.description.inputs) > len(bare.inputs) for one in alone)


@pytest.mark.parametrize("flow", ["customers", "addresses", "carts", "cart_items", "orders", "order_items", "wishes"])
def test_a_store_may_call_its_fields_like_anything_that_the_gateway_has(flow: str) -> None:
    bare = generation_of({}).description
    described = [*bare.objects.values(), *bare.inputs.values(), bare.query]
    slugs = sorted({field.name for one in described for field in one.fields})

    values = generation_of({flow: [field_json(slug) for slug in slugs]})
    ways = generation_of({flow: [field_json(slug, "relationship", to_one("customer")) for slug in slugs]})

    for generation in (values, ways):
        (resource,) = (one for one in generation.description.resources.values() if one.flow == flow)
        assert {field.slug for field in resource.definitions} == set(slugs)
