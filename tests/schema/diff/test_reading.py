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
        "query { me { id } }",
        "type Query { a: Int } fragment F on Query { a }",
        '{"errors": [{"message": "no"}]}',
        "type Query { a: Int } type Query { a: Int }",
    ],
)
def test_what_is_no_schema_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(OperatorError) as refused:
        read_schema(text, "'FILE'")

    assert str(refused.value).startswith("'FILE' is no GraphQL schema")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("part", "planted"),
    [
        ('"reason"', "7"),
        ('"reason"', '{"kind": "LIST"}'),
        ('"reason"', "true"),
        ('"d"', "[1]"),
        ('"MORNING"', '""'),
        ('"MORNING"', "3"),
        ('["FIELD"]', '["NOWHERE"]'),
        ('"1"', '"}"'),
    ],
)
def test_an_introspection_with_a_wrong_part_is_refused(part: str, planted: str) -> None:
    schema = build_schema(
        'enum E { MORNING } directive @a on FIELD type Query { "d" a(x: Int = 1): E @deprecated(reason: "reason") }'
    )
    text = json.dumps(introspection_from_schema(schema, input_value_deprecation=True))

    assert part in text
    with pytest.raises(OperatorError):
        read_schema(text.replace(part, planted, 1))
