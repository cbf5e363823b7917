"""What the five scalars take and give, on the finished schema."""

from __future__ import annotations

import pytest
from graphql import GraphQLScalarType, GraphQLSchema, graphql_sync, validate_schema

from penstock.schema.build import build_schema

from .descriptions import argument, output, schema_of

TEXT_SCALARS = ("DateTime", "FlowDate", "Email")
NAMES = (*TEXT_SCALARS, "BigInt", "JSON")


def echo_schema() -> GraphQLSchema:
    fields = [output(f"echo{name}", name, argument("value", name)) for name in NAMES]
    schema = build_schema(schema_of(*fields))._schema
    for field in schema.query_type.fields.values():
        field.resolve = lambda _root, _info, value=None: value
    return schema


def through_variable(name: str, value: object) -> object:
    document = f"query ($v: {name}) {{ echo{name}(value: $v) }}"
    result = graphql_sync(echo_schema(), document, variable_values={"v": value})
    return result.errors[0] if result.errors else result.data[f"echo{name}"]


def through_literal(name: str, literal: str) -> object:
    result = graphql_sync(echo_schema(), f"{{ echo{name}(value: {literal}) }}")
    return result.errors[0] if result.errors else result.data[f"echo{name}"]


def output_of(name: str, value: object) -> object:
    schema = echo_schema()
    schema.query_type.fields[f"echo{name}"].resolve = lambda _root, _info: value
    result = graphql_sync(schema, f"{{ echo{name} }}")
    return result.errors[0] if result.errors else result.data[f"echo{name}"]


@pytest.mark.parametrize("name", NAMES)
def test_every_scalar_says_who_specifies_it(name: str) -> None:
    scalar = echo_schema().type_map[name]

    assert isinstance(scalar, GraphQLScalarType)
    assert scalar.specified_by_url is not None
    assert scalar.specified_by_url.startswith("https://")
    assert scalar.description


def test_a_schema_with_every_scalar_is_valid() -> None:
    assert validate_schema(echo_schema()) == []


@pytest.mark.parametrize("name", TEXT_SCALARS)
@pytest.mark.parametrize("value", ["", "2024-02-30", "not an address", 'quo"te\u2028', None])
def test_a_text_scalar_takes_any_text(name: str, value: str | None) -> None:
    assert through_variable(name, value) == value


@pytest.mark.parametrize("name", TEXT_SCALARS)
@pytest.mark.parametrize("value", [1, 1.5, True, [], ["2024-01-01"], {}])
def test_a_text_scalar_refuses_what_is_not_text(name: str, value: object) -> None:
    assert isinstance(through_variable(name, value), Exception)


@pytest.mark.parametrize("name", TEXT_SCALARS)
def test_a_text_scalar_takes_a_string_literal_only(name: str) -> None:
    assert through_literal(name, '"2024-01-01"') == "2024-01-01"
    assert through_literal(name, '"""a block"""') == "a block"
    for literal in ("1", "1.5", "true", "TODAY", "[]", '{a: "b"}', '["x"]'):
        assert isinstance(through_literal(name, literal), Exception)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (-7, -7),
        ("12", 12),
        ("-12", -12),
        ("+12", 12),
        ("007", 7),
        (2**53 - 1, 2**53 - 1),
        (-(2**53) + 1, -(2**53) + 1),
        (2**53, str(2**53)),
        (-(2**53), str(-(2**53))),
        (str(2**63 - 1), str(2**63 - 1)),
        (-(2**63), str(-(2**63))),
    ],
)
def test_a_big_int_is_exact_both_ways(value: object, expected: object) -> None:
    through = through_variable("BigInt", value)

    assert through == expected
    assert type(through) is type(expected)
    assert through_literal("BigInt", f'"{value}"') == expected


@pytest.mark.parametrize(
    "value", [2**63, -(2**63) - 1, "9" * 50, "1" * 5000, "", " 1", "1_000", "٣", "1.0", "1e3", "--1", 1.0, True, [], {}]
)
def test_a_big_int_refuses_what_is_no_integer_of_64_bits(value: object) -> None:
    assert isinstance(through_variable("BigInt", value), Exception)


@pytest.mark.parametrize("literal", ["9223372036854775808", "1.0", "1e3", "true", "TEN", "1" * 5000, '"1" * 2'])
def test_a_big_int_refuses_such_a_literal_too(literal: str) -> None:
    assert isinstance(through_literal("BigInt", literal), Exception)


def test_a_big_int_literal_reaches_the_resolver_as_an_integer() -> None:
    assert through_literal("BigInt", "-12") == -12


@pytest.mark.parametrize("value", [True, "12", 1.5])
def test_a_big_int_gives_out_nothing_but_integers(value: object) -> None:
    assert isinstance(output_of("BigInt", value), Exception)


@pytest.mark.parametrize("value", [None, True, 0, -1.5, "", "text", [], [1, [None]], {}, {"a": {"b": [1, "2"]}}, 2**70])
def test_json_takes_and_gives_any_value(value: object) -> None:
    assert through_variable("JSON", value) == value


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ("null", None),
        ('"text"', "text"),
        ("[1, 1.5, true, null, [], {}]", [1, 1.5, True, None, [], {}]),
        ('{a: {b: [RED, "x"]}}', {"a": {"b": ["RED", "x"]}}),
        ("9223372036854775808", 2**63),
        ("1" * 20, int("1" * 20)),
    ],
)
def test_json_takes_any_literal(literal: str, expected: object) -> None:
    assert through_literal("JSON", literal) == expected


@pytest.mark.parametrize("literal", ["1e400", "-1e400", "1" * 4301, "[1e400]", "{a: [1e400]}"])
def test_json_refuses_a_literal_that_json_cannot_hold(literal: str) -> None:
    assert isinstance(through_literal("JSON", literal), Exception)


def test_json_literals_may_hold_variables() -> None:
    document = "query ($x: JSON, $n: BigInt, $absent: BigInt) { echoJSON(value: {a: [1, $x], n: $n, gone: $absent}) }"

    result = graphql_sync(echo_schema(), document, variable_values={"x": {"k": [1.5, None]}, "n": 3})

    assert result.errors is None
    assert result.data == {"echoJSON": {"a": [1, {"k": [1.5, None]}], "n": 3}}


@pytest.mark.parametrize("value", ["2024-03-09 16:20:00", "anything stored", ""])
def test_text_that_was_stored_is_given_out_as_it_is(value: str) -> None:
    assert output_of("FlowDate", value) == value
    assert output_of("DateTime", value) == value
