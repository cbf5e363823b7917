"""Definitions become the schema that the conventions promise, whatever a store says."""

from __future__ import annotations

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    assert_valid_schema,
)

from penstock.schema.describe import describe
from penstock.schema.generation import Generation
from tests.support.stores import (
    between,
    definitions_of,
    enum_rule,
    field_json,
    flow_json,
    generation_of,
    made,
    to_many,
    to_one,
)


def object_type(generation: Generation, name: str) -> GraphQLObjectType:
    found = generation.schema.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def input_type(schema: GraphQLSchema, name: str) -> GraphQLInputObjectType:
    found = schema.type_map[name]
    assert isinstance(found, GraphQLInputObjectType)
    return found


def output_type(generation: Generation, name: str, owner: str = "Customer") -> str:
    return str(object_type(generation, owner).fields[name].type)


def create_type(generation: Generation, name: str, kind: str = "Create") -> str:
    return str(input_type(generation.schema, f"Customer{kind}Input").fields[name].type)


@pytest.mark.parametrize(
    ("field_type", "rules", "wanted"),
    [
        ("string", (), "String"),
        ("string", ({"type": "email"},), "String"),
        ("string", ({"type": "slug"},), "String"),
        ("string", ({"type": "uuid"},), "String"),
        ("string", (enum_rule("a", "b"),), "CustomerSomeFieldEnum"),
        ("string", (enum_rule("a", "A"),), "String"),
        ("string", (enum_rule("a", "…"),), "String"),
        ("string", (enum_rule("unrecognized"),), "String"),
        ("string", (enum_rule("a"), {"type": "slug"}), "String"),
        ("string", (enum_rule("a"), {"type": "of the future"}), "String"),
        ("integer", (), "Int"),
        ("integer", (between(0, 10),), "Int"),
        ("integer", (enum_rule(1, 2),), "Int"),
        ("integer", (between(0, 2**31),), "BigInt"),
        ("integer", (between(-(2**31), 2**31 - 1),), "Int"),
        ("integer", (between("-99999999999", "5"),), "BigInt"),
        ("integer", (enum_rule(2**40),), "BigInt"),
        ("float", (), "Float"),
        ("float", (enum_rule(1.5),), "Float"),
        ("float", (between(16, 1e20),), "Float"),
        ("boolean", (), "Boolean"),
        ("date", (), "FlowDate"),
        ("date", (enum_rule("2024-01-01"),), "FlowDate"),
    ],
)
def test_a_field_has_the_type_of_its_definition(field_type: str, rules: tuple[object, ...], wanted: str) -> None:
    definition = field_json("some_field", field_type, *rules)  # type: ignore[arg-type] # raw JSON of any shape

    generation = generation_of({"customers": [definition]})

    assert output_type(generation, "someField") == wanted
    assert create_type(generation, "someField") == wanted
    assert create_type(generation, "someField", "Update") == wanted


def test_a_required_field_is_non_null_on_create_only() -> None:
    generation = generation_of({"customers": [field_json("tier", required=True)]})

    assert output_type(generation, "tier") == "String"
    assert create_type(generation, "tier") == "String!"
    assert create_type(generation, "tier", "Update") == "String"


def test_core_inputs_require_what_upstream_requires() -> None:
    generation = generation_of()

    assert create_type(generation, "name") == "String!"
    assert create_type(generation, "email") == "Email!"
    assert create_type(generation, "password") == "String"
    assert all(
        not isinstance(field.type, GraphQLNonNull)
        for field in input_type(generation.schema, "CustomerUpdateInput").fields.values()
    )


def test_a_password_goes_in_and_never_comes_out() -> None:
    customer = object_type(generation_of(), "Customer")

    assert "password" not in customer.fields
    assert str(customer.fields["hasPassword"].type) == "Boolean"


def test_an_enum_has_its_options_and_an_output_only_member() -> None:
    generation = generation_of({"customers": [field_json("slot", "string", enum_rule("early bird", "2nd", "NOON"))]})

    enum = generation.schema.type_map["CustomerSlotEnum"]

    assert isinstance(enum, GraphQLEnumType)
    assert list(enum.values) == ["EARLY_BIRD", "OPTION_2ND", "NOON", "UNRECOGNIZED"]
    assert "early bird" in str(enum.values["EARLY_BIRD"].description)


def test_defaults_of_the_store_never_become_graphql_defaults() -> None:
    fields = [
        field_json("a", default=0),
        field_json("b", "integer", default=7),
        field_json("c", "boolean", default=True),
    ]

    schema = generation_of({"customers": fields}).schema

    defaults = {repr(field.default) for field in input_type(schema, "CustomerCreateInput").fields.values()}
    assert defaults == {"None"}


@pytest.mark.parametrize("target", ["customer", "order", "wishlists"])
@pytest.mark.parametrize("flow", ["customers", "addresses", "orders", "order_items", "wishlists"])
def test_relationships_lead_to_what_the_gateway_serves(flow: str, target: str) -> None:
    owner = {
        "customers": "Customer",
        "addresses": "Address",
        "orders": "Order",
        "order_items": "OrderItem",
        "wishlists": "Wishlist",
    }[flow]
    served = {"customer": "Customer", "order": "Order", "wishlists": "Wishlist"}[target]
    fields = [field_json("one", "relationship", to_one(target)), field_json("many", "relationship", to_many(target))]

    generation = generation_of({"wishlists": [], flow: fields})

    assert output_type(generation, "one", owner) == served
    assert output_type(generation, "many", owner) == f"[{served}!]"


@pytest.mark.parametrize("target", ["product", "promotion", "brand", "accounts", "gone_flow", "customers", "", "💡"])
def test_a_target_that_is_not_served_is_a_reference(target: str) -> None:
    fields = [field_json("one", "relationship", to_one(target)), field_json("many", "relationship", to_many(target))]

    generation = generation_of({"customers": fields})

    served = object_type(generation, "Customer").fields
    types = {str(served[name].type) for name in ("one", "many") if name in served}
    assert types in ({"EntryReference", "[EntryReference!]"}, set())


def test_a_core_resource_keeps_its_word_against_a_custom_flow_of_that_slug() -> None:
    fields = [
        field_json("friend", "relationship", to_one("customer")),
        field_json("last", "relationship", to_one("order")),
    ]

    generation = generation_of({"customers": fields, "customer": [], "order": []})

    assert output_type(generation, "friend") == "Customer"
    assert output_type(generation, "last") == "Order"


def test_hyphens_and_underscores_of_a_target_are_the_same() -> None:
    fields = [
        field_json("one", "relationship", to_one("shipping-provider")),
        field_json("two", "relationship", to_one("pick_up_points")),
    ]

    generation = generation_of({"customers": fields, "shipping_provider": [], "pick-up-points": []})

    assert output_type(generation, "one") == "ShippingProvider"
    assert output_type(generation, "two") == "PickUpPoint"


def test_relationships_are_not_in_the_inputs() -> None:
    generation = generation_of({"customers": [field_json("friend", "relationship", to_one("customer"))]})

    assert "friend" not in input_type(generation.schema, "CustomerCreateInput").fields
    assert "friend" not in input_type(generation.schema, "CustomerUpdateInput").fields


def test_a_disabled_field_stays_deprecated_and_leaves_the_inputs() -> None:
    fields = [
        field_json("old", enabled=False),
        field_json("old_friend", "relationship", to_one("customer"), enabled=False),
    ]

    generation = generation_of({"customers": fields})

    customer = object_type(generation, "Customer")
    assert "2024-01-02" in str(customer.fields["old"].deprecation_reason)
    assert customer.fields["oldFriend"].deprecation_reason
    assert "old" not in input_type(generation.schema, "CustomerCreateInput").fields
    assert "old" not in input_type(generation.schema, "CustomerUpdateInput").fields


def test_the_fields_of_a_disabled_core_flow_are_disabled() -> None:
    generation = generation_of({"customers": [field_json("old")]}, [flow_json("customers", enabled=False)])

    assert object_type(generation, "Customer").fields["old"].deprecation_reason
    assert "old" not in input_type(generation.schema, "CustomerCreateInput").fields


def test_a_disabled_custom_flow_is_no_type() -> None:
    generation = generation_of({"wishlists": [field_json("title")]}, [flow_json("wishlists", enabled=False)])

    assert "Wishlist" not in generation.schema.type_map


def test_a_custom_flow_is_a_type_with_two_ways_in() -> None:
    generation = generation_of({"wishlists": [field_json("title")]})

    query = object_type(generation, "Query")
    assert str(query.fields["wishlist"].type) == "Wishlist"
    assert str(query.fields["wishlists"].type) == "WishlistConnection"
    assert output_type(generation, "title", "Wishlist") == "String"


CORE_SLUGS = (
    "accounts account-members account-memberships addresses authentication-realms carts cart_items customers "
    "oidc-profiles order_items orders password-profiles products promotions rule-promotions user-authentication-info "
    "user-authentication-oidc-profile-info user-authentication-password-profile-info catalogs brands collections "
    "categories files"
).split()


@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.title])
def test_entries_of_core_flows_are_never_a_way_in(spelled: object) -> None:
    assert callable(spelled)
    generation = generation_of({spelled(slug): [field_json("secret")] for slug in CORE_SLUGS})

    bare = generation_of()

    assert set(object_type(generation, "Query").fields) == set(object_type(bare, "Query").fields)


@pytest.mark.parametrize(
    ("slug", "wanted"),
    [
        ("name", "customName"),
        ("orders", "customOrders"),
        ("email", "customEmail"),
        ("id", "customId"),
        ("password", "customPassword"),
        ("created_at", "customCreatedAt"),
        ("has-password", "customHasPassword"),
        ("custom_fields", "customCustomFields"),
        ("custom field", "customCustomField"),
        ("carts", "customCarts"),
        ("constructor", "customConstructor"),
        ("to_string", "customToString"),
        ("value-of", "customValueOf"),
        ("__typename", "typename"),
        ("true", "true"),
        ("class", "class"),
        ("2fa_secret", "field2faSecret"),
        ("line_1", "line1"),
        ("shoe-size", "shoeSize"),
        ("a.b", "aB"),
        ("a b\tc", "aBC"),
        ("ünïcode", "nCode"),
    ],
)
def test_a_field_named_like_something_of_ours_gives_way(slug: str, wanted: str) -> None:
    generation = generation_of({"customers": [field_json(slug)]})

    customer = object_type(generation, "Customer")
    assert wanted in customer.fields
    assert_valid_schema(generation.schema)


def test_of_two_fields_that_meet_the_older_keeps_the_name() -> None:
    newer = field_json("shoe-size", meta=made("2024-05-01T00:00:00Z"))
    older = field_json("shoe_size", "integer", meta=made("2024-04-01T00:00:00Z"))

    generation = generation_of({"customers": [newer, older]})

    assert output_type(generation, "shoeSize") == "Int"
    assert output_type(generation, "shoeSize2") == "String"


@pytest.mark.parametrize(
    "slug", ["id", "type", "meta", "links", "relationships", "name", "email", "password", "external_ref"]
)
def test_a_slug_that_is_a_key_of_upstreams_own_is_never_written(slug: str) -> None:
    definition = field_json(slug, required=True)

    generation = generation_of({"customers": [definition]})

    for name in ("CustomerCreateInput", "CustomerUpdateInput"):
        fields = input_type(generation.schema, name).fields
        assert not [field for field in fields if field.startswith("custom")]
    assert [problem.slug for problem in generation.problems if problem.field_id == definition["id"]] == [slug]


def test_a_hundred_fields_are_served() -> None:
    types = ["string", "integer", "boolean", "float", "date"]
    fields = [field_json(f"field_{number}", types[number % 5]) for number in range(100)]

    generation = generation_of({"customers": fields})

    assert sum(name.startswith("field") for name in object_type(generation, "Customer").fields) == 100
    assert generation.problems == ()


HOSTILE = [
    "",
    " ",
    "\x00",
    "\ud800",
    '"',
    "\\",
    "\n",
    "a" * 300,
    "__proto__",
    "constructor",
    "__schema",
    "on",
    "null",
    "fragment",
    "query",
    "💣",
    "../../etc",
    "{id}",
    "%2e%2e",
    "<script>",
    '"""',
    "customField",
    "customFields",
    "userErrors",
    "def",
    "self",
    "None",
    "ID",
    "Customer",
    "-",
    "_",
    "--_--",
]


def test_hostile_slugs_are_served_or_named_as_problems() -> None:
    fields = [field_json(slug, created=number) for number, slug in enumerate(HOSTILE)]

    generation = generation_of({"customers": fields, "wishlists": fields})

    assert_valid_schema(generation.schema)
    served = {row.slug for row in generation.description.resources["Customer"].definitions}
    assert {"__proto__", "on", "null", "💣", '"""', "{id}", "-", "_"} <= served


def test_hostile_flows_are_served_or_named_as_problems() -> None:
    slugs = [
        *HOSTILE,
        "query",
        "mutation",
        "page-info",
        "node",
        "user_error",
        "string",
        "customer_connection",
        "me",
        "news",
    ]

    generation = generation_of({}, [flow_json(slug, id=f"flow-{number}") for number, slug in enumerate(slugs)])

    assert_valid_schema(generation.schema)
    assert any(problem.flow == "../../etc" for problem in generation.problems)


def test_whatever_stands_in_the_lists_gives_a_schema() -> None:
    rubbish: list[object] = [
        None,
        1,
        "x",
        [],
        {},
        {"id": 1},
        {"slug": "a"},
        {"id": "x", "slug": "b", "field_type": "hologram"},
        {"id": "y", "slug": "c", "field_type": "string", "validation_rules": "none"},
        {"id": "z", "slug": "d", "field_type": "relationship"},
        field_json("e", default={"a": [1]}),
        field_json("e", default=1e308),
        field_json("f", "integer", between(5, 1)),
        field_json("g", "integer", between(10**400, None)),
        field_json("h", order=2**31),
        field_json("i", "float", between("x", [])),
        field_json("j", name=None, description=17),
    ]

    generation = generation_of({"customers": rubbish}, [flow_json("customers"), None, 3, {}])  # type: ignore[list-item] # rubbish is the point

    assert_valid_schema(generation.schema)
    assert ("customers", "x", "b") in generation.definitions.quarantined
    assert any(problem.slug == "b" for problem in generation.problems)


def test_the_same_definitions_in_another_order_give_the_same_schema() -> None:
    fields = [field_json(slug, "string", enum_rule("a")) for slug in ("a-b", "a_b", "a.b", "orders", "customOrders")]

    forwards = generation_of({"customers": fields, "wishlists": fields})
    backwards = generation_of({"wishlists": fields[::-1], "customers": fields[::-1]})

    assert forwards.sdl == backwards.sdl


def test_generated_enums_end_in_enum_and_nothing_else_does() -> None:
    fields = [field_json(slug, "string", enum_rule("a")) for slug in ("a-enum", "a_enum", "a", "enum")]

    generation = generation_of({"customers": fields, "some_enum": fields, "enums": fields})

    enums = {name for name, one in generation.schema.type_map.items() if isinstance(one, GraphQLEnumType)}
    ends = {name for name in generation.schema.type_map if name.endswith("Enum") and not name.startswith("__")}
    assert ends <= enums


def test_enum_names_of_two_types_never_meet() -> None:
    generation = generation_of(
        {
            "customers": [field_json("list_slot", "string", enum_rule("a"))],
            "customer_lists": [field_json("slot", "string", enum_rule("b"))],
        }
    )

    names = {output_type(generation, "listSlot"), output_type(generation, "slot", "CustomerList")}
    assert len(names) == 2


def test_order_states_take_no_custom_enum_name() -> None:
    generation = generation_of({"orders": [field_json("Status", "string", enum_rule("a"))]})

    assert output_type(generation, "status", "Order") == "OrderStatusEnum"
    assert output_type(generation, "customStatus", "Order") == "OrderCustomStatusEnum"


def test_only_ids_wrappers_and_user_errors_are_non_null_on_resources() -> None:
    generation = generation_of({"customers": [field_json("a", required=True)], "wishlists": [field_json("b")]})

    for name in ("Customer", "Address", "Order", "OrderItem", "Wishlist"):
        fields = object_type(generation, name).fields
        non_null = {field for field, built in fields.items() if isinstance(built.type, GraphQLNonNull)}
        assert non_null == {"id", "customFields"}


def test_the_metadata_stands_in_the_sdl() -> None:
    definition = field_json("shoe_size", "float", between(16, 52), description="EU size", name="Shoe size")

    sdl = generation_of({"customers": [definition]}).sdl

    assert f'@flowField(id: "{definition["id"]}", slug: "shoe_size")' in sdl
    assert "@constraint(min: 16, max: 52)" in sdl.replace("16.0", "16").replace("52.0", "52")
    for words in ("Shoe size", "EU size", "`shoe_size`"):
        assert words in sdl


def test_problems_of_joining_are_told_beside_those_of_reading() -> None:
    definitions = definitions_of({"query": []})

    _, problems = describe(definitions)

    assert [(problem.flow, "Query" in problem.reason) for problem in problems] == [("query", True)]
