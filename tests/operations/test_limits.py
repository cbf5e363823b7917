"""Bounds of documents: each is kept, and measuring costs linear work whatever a document does."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import fields

import pytest
from bench.hostile_documents import HOSTILE
from graphql import DocumentNode, OperationDefinitionNode, Source, get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.model import JSON
from penstock.errors import LimitError
from penstock.operations import limits as limits_module
from penstock.operations.documents import Documents, DocumentSettings, Plan
from penstock.operations.faults import RequestError
from penstock.operations.limits import Limits, check_limits, check_text, check_variables
from penstock.operations.plan import compile_operation
from penstock.operations.source import Text
from penstock.schema.generation import Generation
from tests.support.gateway import gateway
from tests.support.scripted import ScriptedUpstream
from tests.support.stores import generation_of

STORE = generation_of()


def refused(document: str, limits: Limits | None = None) -> str:
    with pytest.raises(LimitError) as caught:
        check_limits(parse(document, max_lexical_tokens=None), limits or Limits())
    return str(caught.value)


def prepare(document: str, settings: DocumentSettings | None = None) -> str:
    """The code with which a document is refused, or an empty text."""
    documents = Documents(STORE, settings or DocumentSettings(), lambda *_: "reference")
    try:
        documents.prepare(document, None)
    except RequestError as error:
        return error.faults[0][0].public_code
    return ""


def count_work(action: Callable[[], object]) -> int:
    """How many functions an action enters: work that can be counted where time cannot be trusted."""
    entered = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal entered
        entered += event == "call"

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return entered


def deep(levels: int) -> str:
    return "{" + "a{" * (levels - 1) + "b" + "}" * levels


def test_depth_is_bounded() -> None:
    check_limits(parse(deep(12)), Limits())

    assert "13 levels" in refused(deep(13))


def test_introspection_does_not_count_as_depth() -> None:
    check_limits(
        parse("{__schema{types{fields{type{ofType{ofType{ofType{ofType{ofType{ofType{name}}}}}}}}}}}"), Limits()
    )


def test_aliases_and_repeated_fields_are_bounded() -> None:
    check_limits(parse("{a{" + " ".join(f"x{n}:b" for n in range(30)) + "}}"), Limits())

    assert "31 aliases" in refused("{a{" + " ".join(f"x{n}:b" for n in range(31)) + "}}")
    assert "31 aliases" in refused("{a{" + "b " * 32 + "}}")


def test_root_fields_are_bounded() -> None:
    fields = " ".join(f"f{n}" for n in range(21))

    assert "21 fields" in refused(f"{{{fields}}}")
    assert "21 fields" in refused(f"{{... on Query {{...{{{fields}}}}}}}")
    assert "21 fields" in refused(f"{{...f}} fragment f on Query {{{fields}}}")


def test_mutations_are_bounded() -> None:
    fields = " ".join(f"f{n}" for n in range(6))

    assert "6 mutations" in refused(f"mutation {{{fields}}}")


def test_every_operation_of_a_document_is_measured() -> None:
    assert "operation B" in refused(f"query A {{a}} query B {deep(13)}")


def test_directives_are_bounded() -> None:
    assert "11 directives" in refused("{a" + "@skip(if:true)" * 11 + "}")


def test_nothing_is_bounded_that_is_switched_off() -> None:
    off = Limits(**dict.fromkeys([field.name for field in fields(Limits)], 0))

    check_text("x" * 1_000_000, off)
    check_limits(parse("mutation {" + "a: b @skip(if: true) " * 100 + "}" + "query {a}" * 100), off)
    check_variables({"a": nested(300), "b": "x" * 1_000_000}, off)


def nested(levels: int) -> JSON:
    value: JSON = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


def test_operations_are_bounded() -> None:
    assert "51 operations" in refused(" ".join(f"query q{n} {{a}}" for n in range(51)))


def test_a_long_document_is_refused_unread() -> None:
    work = count_work(lambda: prepare("{ a" + "," * 100_000 + "}"))

    assert work < 100
    assert prepare("{ a" + "," * 100_000 + "}") == "LIMIT_EXCEEDED"


def test_variables_are_bounded_by_depth() -> None:
    check_variables({"a": nested(16)}, Limits())

    with pytest.raises(LimitError, match="16 levels") as caught:
        check_variables({"a": 1, "b": nested(17)}, Limits())
    assert caught.value.limit == "variables_depth"


def test_variables_are_bounded_by_size() -> None:
    check_variables({"a": "x" * 99_000}, Limits())

    with pytest.raises(LimitError, match="100000 are allowed") as caught:
        check_variables({"a": ["x" * 1_000] * 101}, Limits())
    assert caught.value.limit == "variables_bytes"


@pytest.mark.parametrize(
    ("document", "variables", "limit"),
    [
        ("{ a" + " " * 100_000 + "}", {}, "characters"),
        ("{" + "a " * 3_000 + "}", {}, "tokens"),
        ("query q{id}" * 51, {}, "operations"),
        (deep(13), {}, "depth"),
        (deep(250), {}, "depth"),
        ("{me{" + "id " * 32 + "}}", {}, "aliases"),
        ("{" + " ".join(f"f{n}" for n in range(21)) + "}", {}, "root_fields"),
        ("mutation {" + " ".join(f"f{n}" for n in range(6)) + "}", {}, "mutations"),
        ("{me{id" + "@skip(if:true)" * 11 + "}}", {}, "directives"),
        ("{me{id}}", {"a": nested(17)}, "variables_depth"),
        ("{me{id}}", {"a": "x" * 100_001}, "variables_bytes"),
    ],
)
async def test_a_refusal_is_counted_and_sends_nothing(
    upstream: ScriptedUpstream, document: str, variables: dict[str, JSON], limit: str
) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(document, variables)

    assert answer.codes == ["LIMIT_EXCEEDED"]
    assert "data" not in answer.body
    assert running.limits == [limit]


async def test_a_circle_of_fragments_is_invalid_and_counted(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ me { ...a } } fragment a on Customer { orders { nodes { customer { ...a } } } }")

    assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert running.limits == ["fragments"]
    assert upstream.calls == []


@pytest.mark.parametrize(
    "document",
    [
        "{a:__schema{types{name}} b:__schema{types{name}}}",
        "{__schema{a:types{name} types{name}}}",
        '{a:__type(name:"Query"){...t} b:__type(name:"Query"){...t}} '
        "fragment t on __Type{a:fields{name} b:fields{name} c:fields{name}}",
        "{" + " ".join(f'a{n}:__type(name:"Query"){{name}}' for n in range(8)) + "}",
    ],
)
def test_the_schema_is_told_once(document: str) -> None:
    assert "introspects too much" in refused(document)


@pytest.mark.parametrize(
    "document",
    [get_introspection_query(), '{a:__type(name:"A"){name} b:__type(name:"B"){a:name} __schema{types{name}}}'],
)
def test_what_tools_ask_of_a_schema_is_let_in(document: str) -> None:
    assert prepare(document) == ""


def test_introspection_is_bounded_in_depth() -> None:
    assert prepare("{__schema{types{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}") != ""


def test_a_very_long_name_is_not_echoed_whole() -> None:
    documents = Documents(STORE, DocumentSettings(), lambda *_: "reference")

    with pytest.raises(RequestError) as caught:
        documents.prepare("{" + "a" * 90_000 + "}", None)

    assert len(str(caught.value)) < 1_100


def test_tokens_are_bounded_before_the_document_is_parsed() -> None:
    assert prepare("{" + "a " * 3_000 + "}") == "LIMIT_EXCEEDED"
    assert prepare("{ a" + "#\n" * 4_000 + "}") == "LIMIT_EXCEEDED"


def doubling(levels: int) -> str:
    spreads = " ".join(
        f"fragment f{n} on Query {{ ...f{n + 1} x{n}: me {{ ...g }} ...f{n + 1} }}" for n in range(levels)
    )
    return f"{{ ...f0 }} {spreads} fragment f{levels} on Query {{ me {{ id }} }} fragment g on Customer {{ id }}"


def test_spreads_that_double_are_measured_in_linear_work() -> None:
    small, large = (count_work(lambda n=n: refused(doubling(n), Limits(tokens=0))) for n in (20, 40))

    assert large < 3 * small


def test_spreads_that_double_below_the_root_are_prepared_in_bounded_work() -> None:
    def nested(levels: int) -> str:
        spreads = " ".join(f"fragment f{n} on Customer {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels))
        return f"{{ me {{ ...f0 }} }} {spreads} fragment f{levels} on Customer {{ id }}"

    small, large = (count_work(lambda n=n: prepare(nested(n))) for n in (30, 60))

    assert large < 3 * small


@pytest.mark.parametrize(
    "document",
    [
        "{ me { ...a } } fragment a on Customer { ...a }",
        "{ me { ...a } } fragment a on Customer { ...b } fragment b on Customer { ...a }",
        "{ me { ...nowhere } }",
        "fragment a on Customer { ...a } { me { id } }",
        "{ me { ...a } } fragment a on Customer { orders { nodes { customer { ...a } } } }",
    ],
)
def test_circles_of_fragments_are_refused(document: str) -> None:
    assert prepare(document) == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    "document",
    [
        "{me{" + "...on Customer{orders{nodes{id}}}" * 120 + "}}",
        "{me{" + "...{id}" * 500 + "}}",
        "{me{" + "...f " * 900 + "}} fragment f on Customer{id}",
    ],
)
def test_a_field_repeated_in_many_places_is_prepared_or_refused_in_bounded_work(document: str) -> None:
    work = count_work(lambda: prepare(document))

    assert work < 1_500_000
    assert prepare(document) in ("", "LIMIT_EXCEEDED")


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_document_costs_no_more_than_its_words(words: str) -> None:
    documents = Documents(STORE, DocumentSettings(), _compile)

    work = count_work(lambda: _try(documents, HOSTILE[words]))

    assert work < 250_000


def _compile(generation: Generation, document: DocumentNode, operation: OperationDefinitionNode) -> Plan | str:
    return compile_operation(generation, document, operation, lambda *_: None)


def _try(documents: Documents, text: str) -> None:
    with contextlib.suppress(RequestError):
        documents.prepare(text, "q0" if text.startswith("query q0") else None)


def test_fragments_that_lead_far_down_never_break() -> None:
    chain = " ".join(f"fragment f{n} on Customer {{ ...f{n + 1} }}" for n in range(900))

    code = prepare(
        f"{{ me {{ ...f0 }} }} {chain} fragment f900 on Customer {{ id }}", DocumentSettings(limits=Limits(tokens=0))
    )

    assert code in ("", "LIMIT_EXCEEDED")


@given(st.text("ab{\n\r ", max_size=40), st.integers(0, 42))
def test_a_place_is_where_graphql_core_says(text: str, position: int) -> None:
    assert Text(text).get_location(position) == Source(text).get_location(position)


def test_a_document_of_very_many_lines_is_refused() -> None:
    with pytest.raises(LimitError, match="10001 lines"):
        check_text("{" + "\r" * 5_000 + "\n" * 5_001 + "a}", Limits())


def test_of_a_long_literal_the_first_fault_is_told_and_of_a_short_one_all() -> None:
    def faults(keys: int) -> int:
        literal = " ".join(f"k{n}:1" for n in range(keys))
        documents = Documents(STORE, DocumentSettings(), lambda *_: "reference")
        with pytest.raises(RequestError) as caught:
            documents.prepare(f"mutation {{ customerCreate(input: {{{literal}}}) {{ userErrors {{ code }} }} }}", None)
        return len(caught.value.faults)

    assert (faults(3), faults(700)) == (5, 4)


@pytest.mark.parametrize("sign", ["", "-"])
def test_what_an_interpreter_says_of_a_number_is_not_told(sign: str) -> None:
    documents = Documents(STORE, DocumentSettings(), lambda *_: "reference")
    with pytest.raises(RequestError) as caught:
        documents.prepare(f"{{ customers(first: {sign}{'1' * 5_000}) {{ totalCount }} }}", None)

    assert str(caught.value) == "Expected value of type 'Int'."


def test_a_text_about_tokens_is_no_limit() -> None:
    assert prepare('{ me(id: "tokens" }') == "GRAPHQL_PARSE_FAILED"
    assert prepare('{ "tokens" }') == "GRAPHQL_PARSE_FAILED"


@pytest.mark.parametrize(
    "document",
    [
        "{" * 5_000,
        "{a" * 1_400 + "}" * 1_400,
        "{me{" + "...{" * 700 + "id" + "}" * 700 + "}}",
        "{customers(filter:" + "{name:" * 900 + "1" + "}" * 900 + "){nodes{id}}}",
        "{customers(first:" + "[" * 1_400 + "1" + "]" * 1_400 + "){nodes{id}}}",
        "query($a:" + "[" * 1_400 + "Int" + "]" * 1_400 + "){me{id}}",
        "query($a:Int=" + "[" * 1_400 + "1" + "]" * 1_400 + "){me{id}}",
        "{me @skip(if:" + "[" * 1_400 + "true" + "]" * 1_400 + "){id}}",
        "{me{id}} " + "{me{id}} " * 300,
        "query" * 700,
    ],
)
@pytest.mark.parametrize("share", [1, 2, 3, 5, 8])
def test_nesting_of_any_kind_is_refused_and_never_breaks(document: str, share: int) -> None:
    half = len(document) // 2

    shorter = document if share == 1 else document[: half // share] + document[-(half // share) :]

    assert prepare(shorter, DocumentSettings(limits=Limits(tokens=0))) in (
        "LIMIT_EXCEEDED",
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "BAD_REQUEST",
    )


@pytest.mark.parametrize("depth", [50, 100, 150, 199, 240, 300, 400])
@pytest.mark.parametrize("kind", ["[{}]", "{{name:{}}}"])
def test_deep_values_are_refused_and_never_break(depth: int, kind: str) -> None:
    value = "1"
    for _ in range(depth):
        value = kind.format(value)

    assert prepare(f"{{customers(filter:{value}){{nodes{{id}}}}}}", DocumentSettings(limits=Limits(tokens=0))) in (
        "LIMIT_EXCEEDED",
        "GRAPHQL_VALIDATION_FAILED",
    )


def test_the_counts_of_a_document_that_explodes_stay_small() -> None:
    message = refused(doubling(60), Limits(tokens=0))

    assert f"more than {limits_module._MOST}" in message
