"""A schema is read from SDL or from introspection; everything else is refused in one sentence."""

from __future__ import annotations

import json

import pytest
from graphql import build_schema, introspection_from_schema

from penstock.errors import OperatorError
from penstock.schema.diff import diff_schemas, read_schema

SDL = 'type Query { "d" a(x: Int = 1): Int @deprecated }'


@pytest.mark.parametrize("wrapped", [True, False])
def test_introspection_reads_as_sdl_does(wrapped: bool) -> None:
    told = introspection_from_schema(build_schema(SDL), input_value_deprecation=True)
    text = json.dumps({"data": told} if wrapped else told)

    assert diff_schemas(read_schema(SDL), read_schema(text)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "<html>",
        "{",
        "{}",
        "[]",
        '{"data": null}',
        '{"data": {"__schema": 7}}',
        "type Q { a: Missing }",
        "{ me { id } }",
        '{"errors": [{"message": "no"}]}',
        "type Query { a: Int } type Query { a: Int }",
    ],
)
def test_what_is_no_schema_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(OperatorError) as refused:
        read_schema(text, "'FILE'")

    assert str(refused.value).startswith("'FILE' is no GraphQL schema")
    assert "\n" not in str(refused.value)
