"""Which custom fields an operation touches: by what it selects, by what its text gives, by what its variables name."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse, validate

from penstock.operations.blanking import blank
from penstock.operations.footprint import Footprint, footprint_of, given_by
from tests.support.stores import field_json, generation_of, to_one

STORE = generation_of(
    {
        "customers": [field_json("slot", id="f-slot"), field_json("size", "integer", id="f-size")],
        "addresses": [field_json("gate", id="f-gate")],
        "cart_items": [field_json("engraving", id="f-engraving")],
        "wishlists": [
            field_json("title", id="f-title"),
            field_json("owner", "relationship", to_one("customer"), id="f-owner"),
        ],
    }
)


def footprint(text: str) -> Footprint:
    document = parse(text)
    assert validate(STORE.schema, document) == []
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return footprint_of(STORE, document, operation)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("{ me { id } }", set()),
        ("{ me { slot } }", {"f-slot"}),
        ("{ me { other: slot size } }", {"f-slot", "f-size"}),
        ("{ me { ...A } } fragment A on Customer { ...B } fragment B on Customer { slot }", {"f-slot"}),
        ("{ me { ... on Customer { ... @include(if: false) { slot } } } }", {"f-slot"}),
        ("{ customers { edges { node { addresses { gate } } } } }", {"f-gate"}),
        ("{ wishlists { nodes { title owner { slot } } } }", {"f-title", "f-owner", "f-slot"}),
        ('{ me { customField(slug: "slot") { value } } }', {"f-slot"}),
        ('{ me { customField(slug: "gate") { value } } }', set()),
        ("{ me { customFields { slug } } }", set()),
        ("{ schemaInfo { version } fieldDefinitions { slug } __typename }", set()),
    ],
)
def test_what_is_selected_is_read(text: str, reads: set[str]) -> None:
    found = footprint(text)

    assert found.reads == reads
    assert found.writes == set()
    assert given_by(found, {"anything": 1}) == (set(), set())


def test_what_the_text_gives_is_written_and_the_payload_is_read() -> None:
    found = footprint(
        'mutation { customerUpdate(id: "c", input: {slot: "am", name: "x"}) { customer { size } userErrors { code } } }'
    )

    assert (found.reads, found.writes) == ({"f-size"}, {"f-slot"})


@pytest.mark.parametrize(
    ("variables", "writes"),
    [
        ({}, set()),
        ({"i": None}, set()),
        ({"i": {"slot": "am"}}, {"f-slot"}),
        ({"i": {"slot": None, "size": 3, "name": "x"}}, {"f-slot", "f-size"}),
        ({"i": "nonsense", "other": {"slot": 1}}, set()),
    ],
)
def test_what_a_variable_gives_is_written(variables: dict[str, Any], writes: set[str]) -> None:
    found = footprint("mutation($i: CustomerUpdateInput!) { customerUpdate(id: 1, input: $i) { userErrors { code } } }")

    assert found.writes == set()
    assert given_by(found, variables) == (set(), writes)


ENGRAVED = {"custom": {"engraving": "For Ada"}}


@pytest.mark.parametrize(
    ("declared", "given", "value"),
    [
        ("CartItemsAddInput!", "$i", {"items": [{"product": {"id": "p"}}, ENGRAVED]}),
        ("CartItemsAddInput!", "$i", {"items": ENGRAVED}),
        ("[CartItemInput!]!", "{items: $i}", [ENGRAVED]),
        ("CartItemInput!", "{items: [{product: {productId: 1, quantity: 1}}, $i]}", ENGRAVED),
        ("CartCustomItemInput!", "{items: {custom: $i}}", ENGRAVED["custom"]),
    ],
)
def test_what_an_input_gives_deep_inside_is_written(declared: str, given: str, value: object) -> None:
    found = footprint(f"mutation($i: {declared}) {{ cartItemsAdd(cartId: 1, input: {given}) {{ cart {{ id }} }} }}")

    assert found.writes == set()
    assert given_by(found, {"i": value}) == (set(), {"f-engraving"})


def test_what_the_text_gives_in_a_list_is_written() -> None:
    found = footprint(
        "mutation($x: String) { cartItemsAdd(cartId: 1, input: {items: [{product: {productId: 1, quantity: 1}}, "
        "{product: {productId: 2, quantity: 1, engraving: $x}}]}) { cart { id } } }"
    )

    assert found.writes == {"f-engraving"}


@pytest.mark.parametrize(
    ("variables", "writes"), [({}, {"f-slot"}), ({"i": {"size": 1}}, {"f-size"}), ({"i": None}, set())]
)
def test_a_default_is_given_where_the_variable_is_not(variables: dict[str, Any], writes: set[str]) -> None:
    found = footprint(
        'mutation($i: CustomerUpdateInput! = {slot: "am"}) { customerUpdate(id: 1, input: $i) { userErrors { code } } }'
    )

    assert given_by(found, variables) == (set(), writes)


@pytest.mark.parametrize(("variables", "reads"), [({}, {"f-slot"}), ({"s": "size"}, {"f-size"})])
def test_a_slug_may_be_a_default(variables: dict[str, Any], reads: set[str]) -> None:
    found = footprint('query($s: String! = "slot") { me { customField(slug: $s) { value } } }')

    assert given_by(found, variables) == (reads, set())


@pytest.mark.parametrize(("slug", "reads"), [("slot", {"f-slot"}), ("nothing", set()), (7, set()), (None, set())])
def test_a_slug_in_a_variable_is_read(slug: object, reads: set[str]) -> None:
    found = footprint("query($s: String!) { me { customField(slug: $s) { value } } }")

    assert given_by(found, {"s": slug}) == (reads, set())


def test_many_fragments_are_looked_at_once() -> None:
    spreads = " ".join(f"fragment F{n} on Customer {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    found = footprint(f"{{ me {{ ...F0 }} }} {spreads} fragment F40 on Customer {{ slot }}")

    assert found.reads == {"f-slot"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{ customer(id: "c1") { id } }', '{customer(id:""){id}}'),
        (
            'query Q { customers(first: 12, filter: {email: {eq: "a@b"}}) { nodes { id } } }',
            'query Q{customers(first:0 filter:{email:{eq:""}}){nodes{id}}}',
        ),
        (
            'query($a: [String] = ["x", """y"""]) { me { customField(slug: "z") { slug } } }',
            'query($a:[String]=["" ""]){me{customField(slug:""){slug}}}',
        ),
        ("{ customers(sort: ID_DESC) { totalCount } } # a comment", "{customers(sort:ID_DESC){totalCount}}"),
        ("mutation { x(a: 1.5, b: true, c: null) { d } }", "mutation{x(a:0.0 b:true c:null){d}}"),
    ],
)
def test_a_blanked_document_holds_no_value(text: str, kept: str) -> None:
    assert blank(parse(text)) == kept
