"""Which directives a custom field carries, and how they print."""

from __future__ import annotations

import pytest
from graphql import InputObjectTypeDefinitionNode, ObjectTypeDefinitionNode, parse, print_ast

from penstock.definitions.model import FieldDefinition, FieldType, Rule, RuleKind
from penstock.schema.build import build_schema
from penstock.schema.model import EnumDescription, InputDescription
from penstock.schema.sdl import print_sdl

from .descriptions import custom, given, output, schema_of


def printed(definition: FieldDefinition, type_name: str = "String") -> list[str]:
    """The directives of a field and of an input field with this definition, as printed, the first of them cut off."""
    slot = EnumDescription("SlotEnum", "", (("A", "a", ""),))
    written = InputDescription("Written", "", (given("a", type_name, definition=definition),))
    description = schema_of(output("a", type_name, definition=definition), inputs=(written,), enums=(slot,))
    found: dict[str, list[str]] = {}
    for node in parse(print_sdl(build_schema(description))).definitions:
        if isinstance(node, ObjectTypeDefinitionNode | InputObjectTypeDefinitionNode):
            found[node.name.value] = [print_ast(directive) for directive in node.fields[0].directives]
    assert found["Query"] == found["Written"]
    assert found["Query"][0] == '@flowField(id: "field-1", slug: "a_slug")'
    return found["Query"][1:]


def test_a_field_without_a_definition_has_no_directives() -> None:
    assert "@flowField(" not in print_sdl(build_schema(schema_of(output("a")))).split("type Query")[1]


def test_a_field_without_rules_carries_its_identity_alone() -> None:
    assert printed(custom(FieldType.STRING)) == []


@pytest.mark.parametrize(
    ("minimum", "maximum", "expected"),
    [
        (1, 10, "@constraint(min: 1, max: 10)"),
        (None, 10, "@constraint(max: 10)"),
        (0, None, "@constraint(min: 0)"),
        (16.0, 52.5, "@constraint(min: 16, max: 52.5)"),
        (-1e-7, 1e22, "@constraint(min: -1e-07, max: 1e+22)"),
        (-9007199254740993, 9223372036854775807, "@constraint(min: -9007199254740993, max: 9223372036854775807)"),
    ],
)
def test_a_range_prints_without_loss(minimum: float | None, maximum: float | None, expected: str) -> None:
    rule = Rule(RuleKind.BETWEEN, minimum=minimum, maximum=maximum)

    assert printed(custom(FieldType.INTEGER, rule), "BigInt") == [expected]


@pytest.mark.parametrize("bound", [None, float("inf"), float("nan")])
def test_a_range_without_a_usable_bound_prints_nothing(bound: float | None) -> None:
    assert printed(custom(FieldType.FLOAT, Rule(RuleKind.BETWEEN, minimum=bound, maximum=bound)), "Float") == []


@pytest.mark.parametrize("kind", [RuleKind.EMAIL, RuleKind.SLUG, RuleKind.UUID])
def test_a_format_is_named(kind: RuleKind) -> None:
    assert printed(custom(FieldType.STRING, Rule(kind))) == [f'@constraint(format: "{kind.value}")']


def test_options_that_are_no_enum_are_listed_as_text() -> None:
    numbers = Rule(RuleKind.ENUM, options=(1, 2.5, 3.0))
    texts = Rule(RuleKind.ENUM, options=("2024-01-01", 'quo"te', "\n\\"))

    assert printed(custom(FieldType.FLOAT, numbers), "Float") == ['@constraint(options: ["1", "2.5", "3"])']
    assert printed(custom(FieldType.STRING, texts)) == ['@constraint(options: ["2024-01-01", "quo\\"te", "\\n\\\\"])']


def test_options_of_an_enum_are_its_members_and_not_repeated() -> None:
    assert printed(custom(FieldType.STRING, Rule(RuleKind.ENUM, options=("a",))), "SlotEnum") == []


def test_rules_that_only_the_store_can_judge_are_no_constraint() -> None:
    rules = (Rule(RuleKind.SLUG), Rule(RuleKind.EMAIL))

    assert printed(custom(FieldType.STRING, *rules)) == []
    assert printed(custom(FieldType.STRING, rules[0], unread_rules=1)) == []
