"""Fields that meet in an answer: the same verdict as graphql-core's, in work that grows with the document alone."""

from __future__ import annotations

import pytest
from graphql import GraphQLError, GraphQLSchema, OverlappingFieldsCanBeMergedRule, build_schema, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.errors import LimitError
from penstock.operations.overlaps import find_overlaps

SCHEMA = build_schema(
    """
    interface Named { name: String, one: Named, many: [Named!]! }
    type Cat implements Named { name: String, one: Cat, many: [Named!]!, age: Int, size(unit: U, of: In): Float, x: X }
    type Dog implements Named { name: String, one: Dog, many: [Named!]!, age: Int!, size(unit: U, of: In): Int, x: [X] }
    union X = Cat | Dog
    enum U { CM IN }
    input In { a: Int, b: [Int], c: In }
    type Query { cat(id: ID): Cat, dog: Dog, any: Named, x: X }
    type Mutation { cat: Cat }
    """
)
TYPES = ("Cat", "Dog", "Named", "X", "Query")
FRAGMENTS = ("f", "g", "h")
PARENTS = {"one": "Cat", "many": "Named", "cat": "Cat", "dog": "Dog", "any": "Named", "x": "X"}

arguments = st.sampled_from(
    [
        "",
        "",
        "",
        "(unit: CM)",
        "(unit: IN)",
        "(unit: $u)",
        "(of: {a: 1, b: [1, 2]})",
        "(of: {b: [1, 2], a: 1})",
        "(of: {b: [2, 1], a: 1})",
        "(of: {c: {a: 1}})",
        "(of: null, unit: CM)",
        "(unit: CM, of: null)",
        '(id: "1")',
        '(id: """1""")',
        "(id: 1)",
    ]
)
aliases = st.sampled_from(["", "", "", "a: ", "b: "])
leaves = st.builds(
    "{}{}{}".format, aliases, st.sampled_from(["name", "age", "size", "__typename", "unknown"]), arguments
)


def with_selections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    sets = st.lists(inner, min_size=1, max_size=4).map(" ".join)
    fields = st.builds("{}{}{} {{ {} }}".format, aliases, st.sampled_from([*PARENTS]), arguments, sets)
    inline = st.builds("... on {} {{ {} }}".format, st.sampled_from(TYPES), sets)
    return fields | inline | st.builds("... {{ {} }}".format, sets)


selections = st.recursive(
    leaves | st.sampled_from([f"...{name}" for name in FRAGMENTS]), with_selections, max_leaves=25
)
documents = st.builds(
    "query ($u: U) {{ {} }} mutation {{ {} }} {}".format,
    st.lists(selections, min_size=1, max_size=4).map(" ".join),
    selections,
    st.tuples(
        *[
            st.builds(f"fragment {name} on {{}} {{{{ {{}} }}}}".format, st.sampled_from(TYPES), selections)
            for name in FRAGMENTS
        ]
    ).map(" ".join),
)


def theirs(schema: GraphQLSchema, text: str) -> list[GraphQLError]:
    return validate(schema, parse(text), [OverlappingFieldsCanBeMergedRule])


def ours(schema: GraphQLSchema, text: str) -> list[GraphQLError]:
    return find_overlaps(schema, parse(text)).conflicts


@settings(max_examples=300, deadline=None)
@given(documents)
def test_the_verdict_is_graphql_cores(text: str) -> None:
    assert bool(ours(SCHEMA, text)) == bool(theirs(SCHEMA, text)), text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{ cat { a: name a: age } }", "'name' and 'age' are different fields"),
        ("{ cat { size(unit: CM) size(unit: IN) } }", "differing arguments"),
        ("{ cat { size size(unit: IN) } }", "differing arguments"),
        ("{ any { ... on Cat { age } ... on Dog { age } } }", "conflicting types"),
        (
            "{ any { ... on Cat { x { ... on Cat { name } } } ... on Dog { x { ... on Cat { name } } } } }",
            "conflicting",
        ),
        ("{ any { ... on Cat { one { a: name } } ... on Dog { one { a: age } } } }", "conflicting types"),
        ("{ ...f ...g } fragment f on Query { cat { a: name } } fragment g on Query { cat { a: age } }", "different"),
        ("{ cat { name } } fragment unused on Cat { a: name a: age }", "different fields"),
    ],
)
def test_a_conflict_names_the_key_the_reason_and_both_places(text: str, reason: str) -> None:
    (conflict,) = ours(SCHEMA, text)

    assert reason in conflict.message
    assert conflict.message.startswith("Fields '")
    assert len(conflict.locations or []) == 2


@pytest.mark.parametrize(
    "text",
    [
        "{ cat { size(unit: CM, of: {a: 1, b: [1]}) size(of: {b: [1], a: 1}, unit: CM) } }",
        "{ any { ... on Cat { a: name } ... on Dog { a: name } } }",
        "{ any { ... on Cat { one { a: name } } ... on Dog { one { a: name } } } }",
        "{ any { ... on Cat { size(unit: CM) } ... on Dog { a: size(unit: IN) } } }",
        "{ cat { one { name } one { name one { name } } } }",
    ],
)
def test_what_can_be_merged_is_no_conflict(text: str) -> None:
    assert ours(SCHEMA, text) == []


def steps(text: str) -> int:
    return find_overlaps(SCHEMA, parse(text)).steps


def nested_spreads(levels: int) -> str:
    chain = " ".join(
        f"fragment f{n} on Cat {{ one {{ ...f{n + 1} }} a: one {{ ...f{n + 1} }} }}" for n in range(levels)
    )
    return f"{{ cat {{ ...f0 }} }} {chain} fragment f{levels} on Cat {{ name }}"


@pytest.mark.parametrize(
    "make",
    [
        lambda size: "{ cat {" + "name " * size + "} }",
        lambda size: "{ cat {" + "... { name } " * size + "} }",
        lambda size: "{ cat {" + "... on Cat { one { name } } " * size + "} }",
        lambda size: "{ cat {" + "one { one { name } } " * size + "} }",
        lambda size: "{ cat {" + "...f " * size + "} } fragment f on Cat { name }",
        lambda size: (
            "{ cat {"
            + " ".join(f"...f{n}" for n in range(size))
            + "} } "
            + " ".join(f"fragment f{n} on Cat {{ name one {{ name }} }}" for n in range(size))
        ),
        nested_spreads,
    ],
)
def test_work_grows_with_the_document_and_not_with_its_square(make: object) -> None:
    assert callable(make)

    small, large = steps(make(50)), steps(make(100))

    assert large < 2.1 * small


def subsets(levels: int) -> str:
    """Fragments that meet in another combination on every path: 2 to the power of the levels, from so few words."""
    parts = []
    for level in range(levels):
        below = level + 1
        parts.append(f"fragment s{level} on Cat {{ a: one {{ ...s{below} ...t0x{below} }} b: one {{ ...s{below} }} }}")
        parts += [
            f"fragment t{n}x{level} on Cat {{ a: one {{ ...t{n + 1}x{below} }} b: one {{ ...t{n + 1}x{below} }} }}"
            for n in range(level)
        ]
    last = [f"s{levels}", *(f"t{n}x{levels}" for n in range(levels))]
    return "{ cat { ...s0 } } " + " ".join([*parts, *(f"fragment {name} on Cat {{ name }}" for name in last)])


def test_a_document_made_to_take_long_is_refused() -> None:
    with pytest.raises(LimitError) as refused:
        find_overlaps(SCHEMA, parse(subsets(14)))

    assert refused.value.limit == "overlaps"
    assert steps(subsets(4)) < 400


def test_circles_of_fragments_end() -> None:
    assert ours(SCHEMA, "{ cat { ...f } } fragment f on Cat { one { ...f } name }") == []
