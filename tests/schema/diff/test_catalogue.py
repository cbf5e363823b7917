"""Every kind of change there is, found where it is, at the level that it has."""

from __future__ import annotations

import typing

import pytest
from graphql import build_client_schema, build_schema, introspection_from_schema

from penstock.schema.diff import Change, diff_schemas, diff_texts, worst
from penstock.schema.diff.change import Kind

ROOT = "type Query { a: Int } "


def changes(old: str, new: str) -> list[tuple[str, str, str]]:
    """Level, kind and coordinate of every change between two schemas that share a root."""
    found = diff_texts(ROOT + old, ROOT + new)
    return [(one.level, one.kind, one.coordinate) for one in found]


_ADDED = "APPLIED_DIRECTIVE_ADDED"
_OURS = """
directive @flowField(id: ID!) on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @constraint(max: Int) on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
"""

CATALOGUE = [
    # types
    ("", "type T { a: Int }", "safe", "TYPE_ADDED", "T"),
    ("type T { a: Int }", "", "breaking", "TYPE_REMOVED", "T"),
    ("type T { a: Int }", "input T { a: Int }", "breaking", "TYPE_KIND_CHANGED", "T"),
    ("enum T { A }", "scalar T", "breaking", "TYPE_KIND_CHANGED", "T"),
    ('"one" type T { a: Int }', '"two" type T { a: Int }', "safe", "DESCRIPTION_CHANGED", "T"),
    ("scalar T", 'scalar T @specifiedBy(url: "u")', "dangerous", "SPECIFIED_BY_CHANGED", "T"),
    # output fields
    ("type T { a: Int }", "type T { a: Int b: Int! }", "safe", "FIELD_ADDED", "T.b"),
    ("type T { a: Int b: Int }", "type T { a: Int }", "breaking", "FIELD_REMOVED", "T.b"),
    ("type T { a: Int }", "type T { a: String }", "breaking", "FIELD_TYPE_CHANGED", "T.a"),
    ("type T { a: Int }", "type T { a: Int! }", "safe", "FIELD_TYPE_CHANGED", "T.a"),
    ("type T { a: Int! }", "type T { a: Int }", "breaking", "FIELD_TYPE_CHANGED", "T.a"),
    ("type T { a: [Int] }", "type T { a: [Int!]! }", "safe", "FIELD_TYPE_CHANGED", "T.a"),
    ("type T { a: [Int!] }", "type T { a: [Int] }", "breaking", "FIELD_TYPE_CHANGED", "T.a"),
    ("type T { a: Int }", "type T { a: [Int] }", "breaking", "FIELD_TYPE_CHANGED", "T.a"),
    ("type T { a: [Int] }", "type T { a: Int }", "breaking", "FIELD_TYPE_CHANGED", "T.a"),
    ("type T { a: Int }", 'type T { a: Int @deprecated(reason: "r") }', "safe", "DEPRECATION_ADDED", "T.a"),
    ('type T { a: Int @deprecated(reason: "r") }', "type T { a: Int }", "safe", "DEPRECATION_REMOVED", "T.a"),
    (
        'type T { a: Int @deprecated(reason: "r") }',
        'type T { a: Int @deprecated(reason: "s") }',
        "safe",
        "DEPRECATION_REASON_CHANGED",
        "T.a",
    ),
    ("type T { a: Int }", 'type T { "d" a: Int }', "safe", "DESCRIPTION_CHANGED", "T.a"),
    # arguments
    ("type T { a: Int }", "type T { a(x: Int): Int }", "dangerous", "ARGUMENT_ADDED", "T.a(x:)"),
    ("type T { a: Int }", "type T { a(x: Int! = 1): Int }", "dangerous", "ARGUMENT_ADDED", "T.a(x:)"),
    ("type T { a: Int }", "type T { a(x: Int!): Int }", "breaking", "REQUIRED_ARGUMENT_ADDED", "T.a(x:)"),
    ("type T { a(x: Int): Int }", "type T { a: Int }", "breaking", "ARGUMENT_REMOVED", "T.a(x:)"),
    ("type T { a(x: Int): Int }", "type T { a(x: Float): Int }", "breaking", "ARGUMENT_TYPE_CHANGED", "T.a(x:)"),
    ("type T { a(x: Int): Int }", "type T { a(x: Int!): Int }", "breaking", "ARGUMENT_TYPE_CHANGED", "T.a(x:)"),
    ("type T { a(x: Int!): Int }", "type T { a(x: Int): Int }", "safe", "ARGUMENT_TYPE_CHANGED", "T.a(x:)"),
    ("type T { a(x: [Int!]!): Int }", "type T { a(x: [Int]): Int }", "safe", "ARGUMENT_TYPE_CHANGED", "T.a(x:)"),
    ("type T { a(x: Int): Int }", "type T { a(x: Int = 1): Int }", "dangerous", "DEFAULT_ADDED", "T.a(x:)"),
    ("type T { a(x: Int = 1): Int }", "type T { a(x: Int): Int }", "dangerous", "DEFAULT_REMOVED", "T.a(x:)"),
    ("type T { a(x: Int! = 1): Int }", "type T { a(x: Int!): Int }", "breaking", "DEFAULT_REMOVED", "T.a(x:)"),
    ("type T { a(x: Int = 1): Int }", "type T { a(x: Int = 2): Int }", "dangerous", "DEFAULT_CHANGED", "T.a(x:)"),
    ("type T { a(x: Int): Int }", 'type T { a("d" x: Int): Int }', "safe", "DESCRIPTION_CHANGED", "T.a(x:)"),
    ("type T { a(x: Int): Int }", "type T { a(x: Int @deprecated): Int }", "safe", "DEPRECATION_ADDED", "T.a(x:)"),
    # inputs
    ("input I { a: Int }", "input I { a: Int b: Int }", "dangerous", "INPUT_FIELD_ADDED", "I.b"),
    ("input I { a: Int }", "input I { a: Int b: Int! = 1 }", "dangerous", "INPUT_FIELD_ADDED", "I.b"),
    ("input I { a: Int }", "input I { a: Int b: Int! }", "breaking", "REQUIRED_INPUT_FIELD_ADDED", "I.b"),
    ("input I { a: Int b: Int }", "input I { a: Int }", "breaking", "INPUT_FIELD_REMOVED", "I.b"),
    ("input I { a: Int }", "input I { a: Int! }", "breaking", "INPUT_FIELD_TYPE_CHANGED", "I.a"),
    ("input I { a: Int! }", "input I { a: Int }", "safe", "INPUT_FIELD_TYPE_CHANGED", "I.a"),
    ("input I { a: Int = 1 }", "input I { a: Int = 2 }", "dangerous", "DEFAULT_CHANGED", "I.a"),
    ("input I { a: Int }", "input I @oneOf { a: Int }", "breaking", "ONE_OF_ADDED", "I"),
    ("input I @oneOf { a: Int }", "input I { a: Int }", "dangerous", "ONE_OF_REMOVED", "I"),
    # enums, unions, interfaces
    ("enum E { A }", "enum E { A B }", "dangerous", "ENUM_VALUE_ADDED", "E.B"),
    ("enum E { A B }", "enum E { A }", "breaking", "ENUM_VALUE_REMOVED", "E.B"),
    ("enum E { A }", "enum E { A @deprecated }", "safe", "DEPRECATION_ADDED", "E.A"),
    (
        "type X { a: Int } union U = Query",
        "type X { a: Int } union U = Query | X",
        "dangerous",
        "UNION_MEMBER_ADDED",
        "U",
    ),
    (
        "type X { a: Int } union U = Query | X",
        "type X { a: Int } union U = Query",
        "breaking",
        "UNION_MEMBER_REMOVED",
        "U",
    ),
    (
        "interface N { a: Int } type X { a: Int }",
        "interface N { a: Int } type X implements N { a: Int }",
        "dangerous",
        "INTERFACE_ADDED",
        "X",
    ),
    (
        "interface N { a: Int } type X implements N { a: Int }",
        "interface N { a: Int } type X { a: Int }",
        "breaking",
        "INTERFACE_REMOVED",
        "X",
    ),
    # directives
    ("", "directive @d on FIELD", "safe", "DIRECTIVE_ADDED", "@d"),
    ("directive @d on FIELD", "", "breaking", "DIRECTIVE_REMOVED", "@d"),
    ("directive @d on FIELD", "directive @d on FIELD | QUERY", "safe", "DIRECTIVE_LOCATION_ADDED", "@d"),
    ("directive @d on FIELD | QUERY", "directive @d on FIELD", "breaking", "DIRECTIVE_LOCATION_REMOVED", "@d"),
    ("directive @d on FIELD", "directive @d repeatable on FIELD", "safe", "DIRECTIVE_REPEATABLE_ADDED", "@d"),
    ("directive @d repeatable on FIELD", "directive @d on FIELD", "breaking", "DIRECTIVE_REPEATABLE_REMOVED", "@d"),
    ("directive @d on FIELD", "directive @d(x: Int) on FIELD", "safe", "ARGUMENT_ADDED", "@d(x:)"),
    ("directive @d on FIELD", "directive @d(x: Int!) on FIELD", "breaking", "REQUIRED_ARGUMENT_ADDED", "@d(x:)"),
    ("directive @d(x: Int) on FIELD", "directive @d on FIELD", "breaking", "ARGUMENT_REMOVED", "@d(x:)"),
    (
        "directive @d(x: Int = 1) on FIELD",
        "directive @d(x: Int = 2) on FIELD",
        "dangerous",
        "DEFAULT_CHANGED",
        "@d(x:)",
    ),
    # directives applied
    (
        "directive @c(x: Int) on INPUT_FIELD_DEFINITION input I { a: Int }",
        "directive @c(x: Int) on INPUT_FIELD_DEFINITION input I { a: Int @c(x: 1) }",
        "dangerous",
        "APPLIED_DIRECTIVE_ADDED",
        "I.a",
    ),
    (
        "directive @c on ENUM_VALUE enum E { A }",
        "directive @c on ENUM_VALUE enum E { A @c }",
        "dangerous",
        _ADDED,
        "E.A",
    ),
    (
        "directive @c on OBJECT type T { a: Int }",
        "directive @c on OBJECT type T @c { a: Int }",
        "dangerous",
        _ADDED,
        "T",
    ),
    (
        "directive @c on OBJECT type T { a: Int }",
        "directive @c on OBJECT type T { a: Int } extend type T @c",
        "dangerous",
        _ADDED,
        "T",
    ),
    (
        "directive @c on SCHEMA schema { query: Query }",
        "directive @c on SCHEMA schema @c { query: Query }",
        "dangerous",
        _ADDED,
        "schema",
    ),
    ("directive @c on SCHEMA", "directive @c on SCHEMA extend schema @c", "dangerous", _ADDED, "schema"),
    (f"{_OURS} input I {{ a: Int }}", f'{_OURS} input I {{ a: Int @flowField(id: "1") }}', "safe", _ADDED, "I.a"),
    (f"{_OURS} type T {{ a: Int }}", f"{_OURS} type T {{ a: Int @constraint(max: 1) }}", "safe", _ADDED, "T.a"),
    (
        "directive @c(x: Int) on FIELD_DEFINITION type T { a: Int @c(x: 1) }",
        "directive @c(x: Int) on FIELD_DEFINITION type T { a: Int }",
        "dangerous",
        "APPLIED_DIRECTIVE_REMOVED",
        "T.a",
    ),
    # roots
    (
        "",
        "type Mutation { b: Int } schema { query: Query mutation: Mutation }",
        "safe",
        "ROOT_ADDED",
        "schema.mutation",
    ),
    (
        "type M { b: Int } schema { query: Query mutation: M }",
        "type M { b: Int } schema { query: Query }",
        "breaking",
        "ROOT_REMOVED",
        "schema.mutation",
    ),
    (
        "type M { b: Int } type N { b: Int } schema { query: Query mutation: M }",
        "type M { b: Int } type N { b: Int } schema { query: Query mutation: N }",
        "breaking",
        "ROOT_CHANGED",
        "schema.mutation",
    ),
]


@pytest.mark.parametrize(("old", "new", "level", "kind", "coordinate"), CATALOGUE)
def test_a_change_is_found_where_it_is(old: str, new: str, level: str, kind: str, coordinate: str) -> None:
    found = changes(old, new)

    assert (level, kind, coordinate) in found
    assert {one for one in found if one[2] == coordinate} == {(level, kind, coordinate)}


def test_the_catalogue_has_every_kind() -> None:
    assert {kind for _, _, _, kind, _ in CATALOGUE} == set(typing.get_args(Kind))


def test_equal_schemas_have_no_changes_however_they_are_ordered() -> None:
    old = "type T { a(y: Int, x: Int): Int b: Int } enum E { A B }"
    new = "enum E { B A } type T { b: Int a(x: Int, y: Int): Int }"

    assert changes(old, old) == []
    assert changes(old, new) == []


def test_the_keys_of_a_directives_argument_have_no_order() -> None:
    given = "input O { a: Int b: Int } directive @c(x: O) on OBJECT type T @c(x: {%s}) { a: Int }"

    assert changes(given % "a: 1, b: 2", given % "b: 2, a: 1") == []


def test_a_type_that_went_is_one_change_whatever_it_held() -> None:
    assert changes("type T { a: Int b(x: Int): Int }", "") == [("breaking", "TYPE_REMOVED", "T")]


def test_the_worst_come_first_then_by_coordinate() -> None:
    found = changes("type T { a: Int z: Int } enum E { A B }", "type T { a: Int b: Int } enum E { A C }")

    assert found == [
        ("breaking", "ENUM_VALUE_REMOVED", "E.B"),
        ("breaking", "FIELD_REMOVED", "T.z"),
        ("dangerous", "ENUM_VALUE_ADDED", "E.C"),
        ("safe", "FIELD_ADDED", "T.b"),
    ]


def test_a_description_of_a_change_stands_alone() -> None:
    (one,) = diff_texts(ROOT + "type T { a: Int b: Int }", ROOT + "type T { a: Int }")

    assert one == Change("breaking", "FIELD_REMOVED", "T.b", "T.b removed")


def test_what_introspection_cannot_tell_is_no_change() -> None:
    text = ROOT + "directive @c(x: Int) on INPUT_FIELD_DEFINITION input I @oneOf { a: Int @c(x: 1) b: Int }"
    written = build_schema(text)
    told = build_client_schema(introspection_from_schema(written, one_of=True))

    assert diff_schemas(written, told) == ()
    assert diff_schemas(told, written) == ()


def test_a_merchants_words_are_kept_on_one_short_line() -> None:
    (one,) = diff_texts(
        ROOT + "type T { a: Int }", ROOT + f'type T {{ a: Int @deprecated(reason: "one\\ntwo {"x" * 500}") }}'
    )

    assert "\n" not in one.description
    assert len(one.description) < 250


@pytest.mark.parametrize(
    ("levels", "expected"), [((), None), (("safe",), "safe"), (("safe", "breaking", "dangerous"), "breaking")]
)
def test_the_worst_level_counts(levels: tuple[typing.Any, ...], expected: str | None) -> None:
    assert worst([Change(level, "TYPE_ADDED", "T", "T added") for level in levels]) == expected
