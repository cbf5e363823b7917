"""`docs/migrating.md` leads to operations that there are, and each of them is run in an example of some page."""

from __future__ import annotations

import re

from graphql import FieldNode, GraphQLObjectType, OperationDefinitionNode, parse

from penstock.schema.diff import read_schema
from tests.docs.blocks import PAGES, examples_of
from tests.docs.reference import ROOT, page

# What a row names besides root fields: fields and arguments on the way.
BESIDE = {"address", "addresses", "carts", "fields", "guest", "items"}


def root_fields() -> set[str]:
    """Every field that an operation of the sandbox store's schema may begin with."""
    schema = read_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
    roots = (schema.query_type, schema.mutation_type)
    return {name for root in roots if isinstance(root, GraphQLObjectType) for name in root.fields}


def fields_that_are_run() -> set[str]:
    """Every field that an operation of an example begins with."""
    operations = [
        definition
        for path in PAGES
        for example in examples_of(path)
        for definition in parse(example.document).definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    selections = [selection for operation in operations for selection in operation.selection_set.selections]
    return {selection.name.value for selection in selections if isinstance(selection, FieldNode)}


def named_in_the_tables() -> set[str]:
    """What the rows on operations name on the right."""
    guide = page("migrating.md").partition("\n## How the new ones look")[0]
    _, settings, server, sdk_settings, sdk = re.split(r"^\| There \| Here \|$", guide, flags=re.MULTILINE)
    assert "PENSTOCK_UPSTREAM_URL" in settings
    assert "sort: NAME_DESC" in sdk_settings
    rows = [line.split("|")[2] for line in (server + sdk).splitlines() if line.startswith("| `")]
    return {name for cell in rows for name in re.findall(r"`(\w+)(?:\(id\))?`", cell)}


def test_every_operation_that_is_led_to_is_one() -> None:
    named = named_in_the_tables()

    assert named - root_fields() == BESIDE
    assert {"me", "cartCheckout", "wishlistRelationshipSet"} <= named


def test_every_root_field_is_in_an_example_that_is_run() -> None:
    assert root_fields() - fields_that_are_run() == set()
