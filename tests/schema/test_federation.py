"""A schema as a subgraph: its text for composition, what is an entity, and a clients' schema that stays as it is."""

from __future__ import annotations

import pytest
from graphql import GraphQLUnionType, ObjectTypeDefinitionNode, parse, validate_schema
from graphql.language import print_ast

from penstock.definitions.aging import Look
from penstock.definitions.lock import NO_LOCK
from penstock.schema.generation import Generation, build_generation
from penstock.schema.settling import settle
from tests.support.stores import Raw, definitions_of, enum_rule, field_json, flow_json, to_one

FIELDS = {
    "customers": [field_json("tier", "string", enum_rule("gold", "none"))],
    "wishlists": [field_json("title"), field_json("owner", "relationship", to_one("customer"))],
    "_entities": [field_json("title")],
}
HOSTILE = 'type Customer {\n"""\ntype Order @key(fields: "password") {\n\u2028\U0001f600'


def subgraph(fields: dict[str, list[Raw]] | None = None, flows: list[Raw] | None = None) -> Generation:
    return build_generation(definitions_of(fields or FIELDS, flows), 1, 0.0, is_subgraph=True)


def marked(text: str) -> dict[str, str]:
    """Object type → the directives on it."""
    types = [one for one in parse(text).definitions if isinstance(one, ObjectTypeDefinitionNode)]
    return {one.name.value: " ".join(map(print_ast, one.directives)) for one in types if one.directives}


def test_entities_are_what_is_read_by_its_id_alone_and_may_have_fields_of_a_store() -> None:
    generation = subgraph()

    union = generation.schema.type_map["_Entity"]
    assert isinstance(union, GraphQLUnionType)
    names = [one.name for one in union.types]
    assert names == ["Customer", "Order", "Entity", "Wishlist"]
    key = '@key(fields: "id")'
    assert marked(generation.subgraph) == dict.fromkeys(names, key) | {"PageInfo": "@shareable"}


def test_the_schema_of_clients_stays_as_it_is() -> None:
    plain = build_generation(definitions_of(FIELDS), 1, 0.0)

    generation = subgraph()

    assert (plain.sdl, plain.version, plain.fingerprint) == (generation.sdl, generation.version, generation.fingerprint)
    assert plain.subgraph == ""
    assert "_Entity" not in plain.schema.type_map
    assert "_entities(" not in plain.sdl


def test_the_schema_with_what_routers_ask_for_is_valid() -> None:
    schema = subgraph().schema
    schema._validation_errors = None

    assert validate_schema(schema) == []
    assert str(schema.query_type.fields["_service"].type) == "_Service!"  # type: ignore[union-attr] # a query is there
    asked = schema.query_type.fields["_entities"]  # type: ignore[union-attr] # a query is there
    assert str(asked.type) == "[_Entity]!"
    assert str(asked.args["representations"].type) == "[_Any!]!"


def test_the_text_defines_every_directive_but_those_of_the_linked_specification() -> None:
    text = subgraph().subgraph

    assert text.startswith('extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", ')
    assert "directive @oneOf on INPUT_OBJECT" in text
    assert "directive @flowField(id: String!, slug: String!)" in text
    assert '@flowField(id: "' in text
    assert "directive @key" not in text


@pytest.mark.parametrize("description", [HOSTILE, f'{HOSTILE}\r\n"""', "\\"])
def test_no_prose_of_a_store_is_taken_for_a_type(description: str) -> None:
    fields = {"customers": [field_json("note", description=description)], "wishlists": [field_json("title")]}
    flows = [flow_json("customers"), flow_json("wishlists", description=description, name=description)]

    generation = subgraph(fields, flows)

    assert set(marked(generation.subgraph)) == {"Customer", "Order", "Wishlist", "PageInfo"}
    taken_out = generation.subgraph.replace(' @key(fields: "id") {', " {").replace(" @shareable {", " {")
    assert taken_out.endswith(generation.sdl.partition("@flowField(id: ID!")[2])


def test_an_entity_that_has_gone_stays_one_while_it_is_shown() -> None:
    before, after = definitions_of({"wishlists": [field_json("title")]}), definitions_of({})
    lock = settle(before, NO_LOCK, Look(1.0, 1.0, 100.0))

    shown = build_generation(after, 1, 0.0, lock=settle(after, lock, Look(2.0, 2.0, 100.0)), is_subgraph=True)

    assert marked(shown.subgraph)["Wishlist"] == '@key(fields: "id")'
    assert "Entry of the flow `wishlists`" in shown.sdl
