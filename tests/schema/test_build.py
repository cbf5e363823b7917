"""A description becomes a schema with exactly its names, types, defaults and order."""

from __future__ import annotations

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    assert_object_type,
    graphql_sync,
    introspection_from_schema,
    parse,
    validate,
    validate_schema,
)

from penstock.definitions.model import FieldType
from penstock.errors import DefinitionError
from penstock.schema.build import build_schema
from penstock.schema.model import (
    EnumDescription,
    FieldDescription,
    InputDescription,
    InputFieldDescription,
    ObjectDescription,
    Plain,
    SchemaDescription,
    TypeRef,
)

from .descriptions import argument, custom, given, output, schema_of

SLOT = EnumDescription(
    "SlotEnum", "When.", (("EARLY", "early bird", "8 to 10"), ("LATE", "late", ""), ("UNRECOGNIZED", "", "Other."))
)


def core(description: SchemaDescription) -> GraphQLSchema:
    return build_schema(description)._schema


def seen_by_resolver(schema: GraphQLSchema, document: str, **variables: object) -> list[dict[str, object]]:
    """The arguments with which the resolver of the first root field was called."""
    seen: list[dict[str, object]] = []
    field = next(iter(assert_object_type(schema.query_type).fields.values()))

    def resolve(_root: object, _info: object, **arguments: object) -> None:
        seen.append(arguments)

    field.resolve = resolve
    graphql_sync(schema, document, variable_values=variables)
    return seen


def test_names_stay_exactly_as_described_words_of_python_included() -> None:
    names = ["class", "None", "snake_case", "camelCase", "PascalCase", "_x", "self", "info", "x__y", "import", "name"]
    description = schema_of(*(output(name, "String", argument(name, "Int")) for name in names))

    fields = assert_object_type(core(description).query_type).fields

    assert list(fields) == names
    assert [list(field.args) for field in fields.values()] == [[name] for name in names]


def test_fields_keep_the_order_of_their_description() -> None:
    customer = ObjectDescription("Customer", "", tuple(output(name) for name in ("z", "a", "m")))

    built = core(schema_of(output("customer", "Customer"), objects=(customer,))).type_map["Customer"]

    assert list(assert_object_type(built).fields) == ["z", "a", "m"]


def test_every_wrapper_of_a_reference_is_kept() -> None:
    references = [
        TypeRef("String"),
        TypeRef("String", non_null=True),
        TypeRef("String", is_list=True),
        TypeRef("String", non_null=True, is_list=True),
        TypeRef("String", is_list=True, item_non_null=False),
        TypeRef("SlotEnum", non_null=True, is_list=True),
    ]
    fields = [FieldDescription(f"f{i}", one, "", Plain("x")) for i, one in enumerate(references)]

    built = assert_object_type(core(schema_of(*fields, enums=(SLOT,))).query_type).fields

    types = [str(field.type) for field in built.values()]
    assert types == ["String", "String!", "[String!]", "[String!]!", "[String]", "[SlotEnum!]!"]


def test_objects_may_refer_to_each_other_and_to_themselves() -> None:
    customer = ObjectDescription("Customer", "", (output("order", "Order"), output("friend", "Customer")))
    order = ObjectDescription("Order", "", (output("customer", "Customer"),))

    schema = core(schema_of(output("customer", "Customer"), objects=(customer, order)))

    assert validate_schema(schema) == []
    assert validate(schema, parse("{ customer { order { customer { friend { __typename } } } } }")) == []


def test_inputs_may_refer_to_each_other() -> None:
    tree = InputDescription("Tree", "", (given("child", "Tree"), given("leaf", "Leaf")))
    leaf = InputDescription("Leaf", "", (given("tree", "Tree"), given("size", "Int")))
    schema = core(schema_of(output("x", "String", argument("input", "Tree")), inputs=(tree, leaf)))

    seen = seen_by_resolver(schema, "{ x(input: {child: {leaf: {size: 1}}}) }")

    assert seen == [{"input": {"child": {"leaf": {"size": 1}}}}]


def test_descriptions_and_deprecations_are_carried() -> None:
    gone = output("gone", description="What is gone.", deprecation="Since 2024-01-01: disabled.")
    customer = ObjectDescription("Customer", "Who buys.", (gone,))

    built = core(schema_of(output("customer", "Customer"), objects=(customer,), enums=(SLOT,)))

    field = assert_object_type(built.type_map["Customer"]).fields["gone"]
    assert built.type_map["Customer"].description == "Who buys."
    assert (field.description, field.deprecation_reason) == ("What is gone.", "Since 2024-01-01: disabled.")
    assert built.type_map["SlotEnum"].description == "When."


def test_types_that_no_field_refers_to_are_there_too() -> None:
    lonely = ObjectDescription("Lonely", "", (output("x"),))
    lonely_input = InputDescription("LonelyInput", "", (given("x"),))

    names = core(schema_of(output("x"), objects=(lonely,), inputs=(lonely_input,), enums=(SLOT,))).type_map

    assert {"Lonely", "LonelyInput", "SlotEnum"} <= names.keys()


def test_a_mutation_root_is_built_when_there_is_one() -> None:
    mutation = ObjectDescription("Mutation", "", (output("customerDelete", "ID"),))
    query = ObjectDescription("Query", "", (output("x"),))

    schema = core(SchemaDescription(query=query, mutation=mutation))

    assert isinstance(schema.mutation_type, GraphQLObjectType)
    assert list(schema.mutation_type.fields) == ["customerDelete"]


def test_defaults_arrive_when_an_argument_is_left_out() -> None:
    arguments = (
        argument("first", "Int", 25),
        argument("after", "String"),
        argument("late", "Boolean", False),
        argument("slot", "SlotEnum", "EARLY"),
        argument("text", "String", ""),
    )
    schema = core(schema_of(output("x", "String", *arguments), enums=(SLOT,)))

    seen = seen_by_resolver(schema, "{ x }")

    assert seen == [{"first": 25, "late": False, "slot": "early bird", "text": ""}]


def test_an_enum_arrives_as_plain_internal_text_by_literal_variable_and_input() -> None:
    pick = InputDescription(
        "Pick", "", (given("slot", "SlotEnum"), InputFieldDescription("all", TypeRef("SlotEnum", is_list=True), ""))
    )
    arguments = (argument("a", "SlotEnum"), argument("b", "SlotEnum"), argument("pick", "Pick"))
    schema = core(schema_of(output("x", "String", *arguments), inputs=(pick,), enums=(SLOT,)))
    document = "query ($b: SlotEnum, $p: Pick) { x(a: EARLY, b: $b, pick: $p) }"

    seen = seen_by_resolver(schema, document, b="LATE", p={"slot": "LATE", "all": ["EARLY", "UNRECOGNIZED"]})

    assert seen == [{"a": "early bird", "b": "late", "pick": {"slot": "late", "all": ["early bird", ""]}}]
    assert type(seen[0]["a"]) is type(seen[0]["b"]) is str


def test_an_enum_result_is_given_as_internal_text() -> None:
    schema = core(schema_of(output("a", "SlotEnum"), output("b", "SlotEnum"), output("c", "SlotEnum"), enums=(SLOT,)))

    result = graphql_sync(schema, "{ a b c }", root_value=None)
    for name, text in (("a", "early bird"), ("b", ""), ("c", "EARLY")):
        assert_object_type(schema.query_type).fields[name].resolve = lambda _root, _info, text=text: text
    result = graphql_sync(schema, "{ a b c }")

    assert result.data == {"a": "EARLY", "b": "UNRECOGNIZED", "c": None}
    assert result.errors is not None
    assert [error.path for error in result.errors] == [["c"]]


def test_an_input_is_a_plain_dict_of_the_given_keys_alone() -> None:
    update = InputDescription("Update", "", (given("name"), given("email", "Email"), given("age", "Int")))
    schema = core(schema_of(output("x", "String", argument("input", "Update")), inputs=(update,)))
    document = "query ($input: Update, $n: String) { x(input: $input) y: x(input: {name: $n, email: null}) }"

    seen = seen_by_resolver(schema, document, input={"name": None})

    assert seen == [{"input": {"name": None}}, {"input": {"email": None}}]
    assert type(seen[0]["input"]) is dict


ONE_OF = InputDescription("Login", "", (given("password"), given("slot", "SlotEnum")), one_of=True)


def one_of_schema() -> GraphQLSchema:
    return core(schema_of(output("x", "String", argument("input", "Login")), inputs=(ONE_OF,), enums=(SLOT,)))


def test_a_one_of_input_with_one_key_is_taken() -> None:
    document = "query ($i: Login) { x(input: $i) y: x(input: {slot: LATE}) }"

    seen = seen_by_resolver(one_of_schema(), document, i={"password": "p"})

    assert seen == [{"input": {"password": "p"}}, {"input": {"slot": "late"}}]


@pytest.mark.parametrize("value", [{}, {"password": None}, {"password": "p", "slot": "LATE"}, {"other": 1}])
def test_a_one_of_input_with_any_other_number_of_values_is_refused(value: dict[str, object]) -> None:
    assert seen_by_resolver(one_of_schema(), "query ($i: Login) { x(input: $i) }", i=value) == []


@pytest.mark.parametrize("literal", ["{}", "{password: null}", '{password: "p", slot: LATE}', "{password: $p}"])
def test_a_one_of_literal_is_refused_by_validation(literal: str) -> None:
    document = (
        f"query ($p: String) {{ x(input: {literal}) y: __typename @skip(if: false) z: x(input: {{password: $p}}) }}"
    )

    assert validate(one_of_schema(), parse(document))


def test_introspection_tells_one_of_inputs_from_all_else_wrappers_included() -> None:
    schema = one_of_schema()

    result = graphql_sync(schema, "{ __schema { types { name isOneOf fields { type { isOneOf } } } } }")

    assert result.errors is None
    told = {one["name"]: one["isOneOf"] for one in result.data["__schema"]["types"]}
    assert told["Login"] is True
    assert told["Query"] is None
    assert introspection_from_schema(schema)


def test_the_schema_directives_are_introspectable_even_where_nothing_carries_them() -> None:
    schema = core(schema_of(output("x")))

    assert {"flowField", "constraint"} <= {directive.name for directive in schema.directives}
    assert graphql_sync(schema, "{ __schema { directives { name args { name type { name } } } } }").errors is None


def test_text_with_lone_surrogates_never_breaks_a_build() -> None:
    definition = custom(FieldType.STRING, slug="a\ud800b")
    customer = ObjectDescription("Customer", "\udfff", (output("a", description="x\ud800y", definition=definition),))

    built = core(schema_of(output("customer", "Customer"), objects=(customer,)))

    assert assert_object_type(built.type_map["Customer"]).fields["a"].description == "x\ufffdy"


def test_input_types_that_can_never_be_written_are_refused_with_their_name() -> None:
    loop = InputDescription("Loop", "", (InputFieldDescription("again", TypeRef("Loop", non_null=True), ""),))

    with pytest.raises(DefinitionError, match="Loop"):
        build_schema(schema_of(output("x", "String", argument("input", "Loop")), inputs=(loop,)))
