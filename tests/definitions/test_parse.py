from __future__ import annotations

import copy
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.model import FieldType, FlowDefinition, Rule, RuleKind, StoreDefinitions
from penstock.definitions.parse import parse_definitions

Raw: TypeAlias = dict[str, object]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=4)
    | st.sampled_from(["true", "1", "-3", "nan", "1e999", "\ud800", "$x", 10**400, "x" * 300, "2031-02-30", 0])
)
JSONS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
RULES = st.one_of(
    JSONS,
    st.fixed_dictionaries(
        {"type": st.sampled_from([*(kind.value for kind in RuleKind), "regex"]) | SCALARS},
        optional={
            "options": JSONS
            | st.lists(SCALARS | st.sampled_from(["S", "M", 1, 1.0, 2]), max_size=4)
            | st.fixed_dictionaries({}, optional={"from": SCALARS, "to": SCALARS}),
            "to": SCALARS | st.sampled_from(["customer", "wishlists"]),
        },
    ),
)
META = JSONS | st.builds(
    lambda created: {"timestamps": {"created_at": created, "updated_at": created}},
    SCALARS | st.sampled_from(["2031-01-01T00:00:00Z", "2031-01-01T00:00:00.5Z"]),
)
FIELDS = st.one_of(
    JSONS,
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["f1", "f2", "f3"]) | SCALARS,
            "slug": st.sampled_from(["a", "b", "a-b"]) | SCALARS,
            "field_type": st.sampled_from([*(kind.value for kind in FieldType), "blob"]) | SCALARS,
        },
        optional={
            "name": JSONS,
            "description": JSONS,
            "required": JSONS,
            "enabled": JSONS,
            "omit_null": JSONS,
            "order": JSONS,
            "default": JSONS,
            "validation_rules": JSONS | st.lists(RULES, max_size=3),
            "meta": META,
        },
    ),
)
FLOWS = st.one_of(
    JSONS,
    st.fixed_dictionaries(
        {"id": st.sampled_from(["w1", "w2"]) | SCALARS, "slug": st.sampled_from(["customers", "wishlists"]) | SCALARS},
        optional={"name": JSONS, "description": JSONS, "enabled": JSONS, "meta": META},
    ),
)


def raw_flow(slug: str = "customers", identity: str = "w1", created_at: str = "", **more: object) -> Raw:
    return {
        "id": identity,
        "type": "flow",
        "slug": slug,
        "name": "Customers",
        "description": "Extends the customer",
        "enabled": True,
        "meta": {"timestamps": {"created_at": created_at, "updated_at": created_at}},
        **more,
    }


def raw_field(slug: str = "a", identity: str = "f1", created_at: str = "", **more: object) -> Raw:
    return {
        "id": identity,
        "type": "field",
        "slug": slug,
        "name": "Name",
        "description": "About",
        "field_type": "string",
        "required": False,
        "enabled": True,
        "meta": {"timestamps": {"created_at": created_at, "updated_at": created_at}},
        **more,
    }


def parse_fields(*fields: object) -> StoreDefinitions:
    return parse_definitions([raw_flow()], {"customers": list(fields)})


def only_flow(definitions: StoreDefinitions) -> FlowDefinition:
    (flow,) = definitions.flows
    return flow


def reasons(definitions: StoreDefinitions) -> list[str]:
    return [problem.reason for problem in definitions.problems]


def test_the_field_of_the_guide_is_read_with_a_mild_word_about_its_default() -> None:
    guide = raw_field("delivery_details", name="Delivery Details", default=0, order=1, validation_rules=[])

    definitions = parse_fields(guide)

    (field,) = only_flow(definitions).fields
    assert (field.slug, field.name, field.field_type, field.default, field.order) == (
        "delivery_details",
        "Delivery Details",
        FieldType.STRING,
        "0",
        1,
    )
    assert "harmless" in reasons(definitions)[0]
    assert definitions.quarantined == ()


@pytest.mark.parametrize("flows", [None, 3, "flows", {"data": []}, True])
def test_a_list_of_flows_that_is_no_list_is_a_problem_and_no_more(flows: object) -> None:
    definitions = parse_definitions(flows, {})

    assert definitions.flows == ()
    assert len(definitions.problems) == 1


def test_items_that_are_no_objects_are_left_out() -> None:
    definitions = parse_definitions([None, 1, [], raw_flow()], {"customers": ["x", None, raw_field()]})

    assert [field.slug for field in only_flow(definitions).fields] == ["a"]
    assert len(definitions.problems) == 5


def test_a_flow_that_no_one_answered_for_has_no_fields() -> None:
    assert only_flow(parse_definitions([raw_flow()], {})).fields == ()
    assert parse_definitions([raw_flow()], {"customers": None}).problems == ()


def test_fields_that_are_no_list_are_a_problem() -> None:
    assert "not a list" in reasons(parse_definitions([raw_flow()], {"customers": {"a": 1}}))[0]


def test_product_templates_are_ignored_silently() -> None:
    definitions = parse_definitions([raw_flow("products(shoes)")], {})

    assert (definitions.flows, definitions.problems) == ((), ())


@pytest.mark.parametrize("slug", [None, "", 7, "a/b", "..", "a b", "a\n", "é", "x" * 65, "\ud800", ["a"]])
def test_a_flow_whose_slug_cannot_stand_in_an_address_is_left_out(slug: object) -> None:
    definitions = parse_definitions([raw_flow() | {"slug": slug}], {})

    assert definitions.flows == ()
    assert "left out" in reasons(definitions)[0]


@pytest.mark.parametrize("identity", [None, "", 7, "x" * 256, "\ud800", "a\x00"])
def test_a_flow_without_a_usable_id_is_served_with_a_problem(identity: object) -> None:
    definitions = parse_definitions([raw_flow() | {"id": identity}], {})

    assert only_flow(definitions).id == ""
    assert len(definitions.problems) == 1


def test_of_two_flows_with_one_slug_the_older_counts() -> None:
    newer = raw_flow(identity="a", created_at="2031-01-01T00:00:00.5Z")
    older = raw_flow(identity="b", created_at="2031-01-01T00:00:00Z")

    definitions = parse_definitions([newer, older], {})

    assert only_flow(definitions).id == "b"
    assert "second flow" in reasons(definitions)[0]


def test_two_flows_with_one_id_are_both_served() -> None:
    definitions = parse_definitions([raw_flow("customers"), raw_flow("orders")], {})

    assert [flow.slug for flow in definitions.flows] == ["customers", "orders"]
    assert len(definitions.problems) == 1


def test_of_two_fields_with_one_slug_the_newer_is_quarantined() -> None:
    newer, older = raw_field(identity="a", created_at="2031-01-02"), raw_field(identity="b", created_at="2031-01-01")

    definitions = parse_fields(newer, older)

    assert [field.id for field in only_flow(definitions).fields] == ["b"]
    assert definitions.quarantined == (("customers", "a", "a"),)
    assert (definitions.problems[0].slug, definitions.problems[0].field_id) == ("a", "a")


def test_of_two_fields_with_one_id_one_is_quarantined() -> None:
    definitions = parse_fields(raw_field("a"), raw_field("b"))

    assert [field.slug for field in only_flow(definitions).fields] == ["a"]
    assert definitions.quarantined == (("customers", "f1", "b"),)


def test_a_field_listed_twice_is_served_once() -> None:
    definitions = parse_fields(raw_field(), raw_field())

    assert len(only_flow(definitions).fields) == 1
    assert definitions.quarantined == ()
    assert len(definitions.problems) == 1


@pytest.mark.parametrize(
    ("changes", "identity"),
    [
        ({"field_type": "blob"}, "f1"),
        ({"field_type": None}, "f1"),
        ({"field_type": ["string"]}, "f1"),
        ({"id": None}, ""),
        ({"id": ""}, ""),
        ({"id": 7}, ""),
        ({"id": "x" * 256}, ""),
        ({"field_type": "relationship"}, "f1"),
        ({"field_type": "relationship", "validation_rules": [{"type": "one-to-one", "to": ""}]}, "f1"),
        ({"field_type": "relationship", "validation_rules": [{"type": "email"}]}, "f1"),
    ],
)
def test_a_field_that_is_known_but_not_typed_is_quarantined(changes: Raw, identity: str) -> None:
    definitions = parse_fields(raw_field() | changes, raw_field("b", "f2"))

    assert [field.slug for field in only_flow(definitions).fields] == ["b"]
    assert definitions.quarantined == (("customers", identity, "a"),)
    assert definitions.problems


def test_a_very_long_slug_is_quarantined_and_shortened_in_its_problem() -> None:
    definitions = parse_fields(raw_field("x" * 5000))

    assert definitions.quarantined == (("customers", "f1", "x" * 5000),)
    assert len(definitions.problems[0].slug or "") == 255


@pytest.mark.parametrize("slug", [None, "", 7, {}, "\ud800"])
def test_a_field_without_a_usable_slug_is_left_out(slug: object) -> None:
    definitions = parse_fields(raw_field() | {"slug": slug})

    assert (only_flow(definitions).fields, definitions.quarantined) == ((), ())
    assert definitions.problems[0].field_id == "f1"


@pytest.mark.parametrize("slug", ["a\nb", " ", "日本", "2fa", "__typename", "a/b", "x" * 255])
def test_a_hostile_slug_is_served_verbatim(slug: str) -> None:
    definitions = parse_fields(raw_field(slug))

    assert [field.slug for field in only_flow(definitions).fields] == [slug]
    assert definitions.quarantined == ()


def test_more_fields_than_upstream_allows_are_served() -> None:
    definitions = parse_fields(*(raw_field(f"s{index}", f"f{index}") for index in range(101)))

    assert len(only_flow(definitions).fields) == 101
    assert "101 fields" in reasons(definitions)[0]


def test_a_field_that_says_nothing_of_enabled_is_enabled() -> None:
    field = raw_field()
    del field["enabled"]

    definitions = parse_fields(field)

    assert only_flow(definitions).fields[0].enabled
    assert definitions.problems == ()


def test_booleans_given_as_text_are_read_with_a_problem() -> None:
    definitions = parse_fields(raw_field(enabled="false", required="true", omit_null=1))

    (field,) = only_flow(definitions).fields
    assert (field.enabled, field.required, field.omit_null) == (False, True, False)
    assert len(definitions.problems) == 3


def test_a_relationship_is_never_required() -> None:
    rules = [{"type": "one-to-many", "to": "wishlists"}]

    definitions = parse_fields(raw_field(field_type="relationship", required=True, validation_rules=rules))

    (field,) = only_flow(definitions).fields
    assert not field.required
    assert field.rules == (Rule(RuleKind.ONE_TO_MANY, target="wishlists"),)


def test_of_several_relationship_rules_the_one_that_holds_all_counts() -> None:
    rules = [{"type": "one-to-one", "to": "order"}, {"type": "one-to-many", "to": "order"}]

    definitions = parse_fields(raw_field(field_type="relationship", validation_rules=rules))

    assert only_flow(definitions).fields[0].rules == (Rule(RuleKind.ONE_TO_MANY, target="order"),)
    assert len(definitions.problems) == 1


@pytest.mark.parametrize(
    ("field_type", "default", "rules"),
    [
        ("integer", "1", []),
        ("boolean", "false", []),
        ("string", "summer", [{"type": "uuid"}]),
        ("integer", 11, [{"type": "between", "options": {"from": 1, "to": 10}}]),
        ("date", "2031-02-30", []),
        ("string", ["a"], []),
        ("string", {}, []),
    ],
)
def test_a_wrong_default_is_a_problem_and_kept(field_type: str, default: object, rules: list[object]) -> None:
    definitions = parse_fields(raw_field(field_type=field_type, default=default, validation_rules=rules))

    (field,) = only_flow(definitions).fields
    assert field.default != "null"
    assert len(definitions.problems) == 1


@pytest.mark.parametrize("default", [float("nan"), float("inf"), "x" * 20_000])
def test_a_default_that_cannot_be_written_down_is_left_out(default: object) -> None:
    definitions = parse_fields(raw_field(default=default))

    assert only_flow(definitions).fields[0].default == "null"
    assert definitions.problems


def test_a_deeply_nested_answer_is_survived() -> None:
    nested: object = 0
    for _ in range(100_000):
        nested = [nested]

    definitions = parse_fields(raw_field(default=nested, name=nested), nested)

    assert [field.slug for field in only_flow(definitions).fields] == ["a"]


def test_names_and_descriptions_are_made_fit_to_be_shown() -> None:
    field = raw_field(name="Shoe\n size\x00 \ud800\u202e", description="One\r\ntwo\x07 \ud83d")

    (read,) = only_flow(parse_fields(field)).fields

    assert read.name == "Shoe size \ufffd"
    assert read.description == "One\ntwo  \ufffd"


def test_a_missing_or_wrong_name_falls_back_to_the_slug() -> None:
    definitions = parse_fields(raw_field("a", "f1", name=None), raw_field("b", "f2", name=7, description=[]))

    assert [field.name for field in only_flow(definitions).fields] == ["a", "b"]
    assert len(definitions.problems) == 2


def test_fields_stand_in_the_order_the_store_gave_them() -> None:
    definitions = parse_fields(
        raw_field("a", "f1"),
        raw_field("b", "f2", order=2),
        raw_field("c", "f3", order=1),
        raw_field("d", "f4", "2031-01-01T00:00:00Z", order="first"),
        raw_field("e", "f5", order=True),
    )

    assert [field.slug for field in only_flow(definitions).fields] == ["c", "b", "a", "e", "d"]
    assert len(definitions.problems) == 2


def test_a_thousand_bad_options_are_not_a_thousand_problems() -> None:
    rules = [{"type": "enum", "options": [*range(1000), "S"]}]

    definitions = parse_fields(raw_field(validation_rules=rules))

    assert len(definitions.problems) == 21


@given(JSONS | st.lists(FLOWS, max_size=4), JSONS | st.lists(FIELDS, max_size=5))
def test_nothing_that_upstream_may_answer_raises(flows: object, fields: object) -> None:
    definitions = parse_definitions(flows, {"customers": fields, "wishlists": fields})

    assert len({flow.slug for flow in definitions.flows}) == len(definitions.flows)
    for flow in definitions.flows:
        assert len({field.id for field in flow.fields}) == len(flow.fields)
        assert len({field.slug for field in flow.fields}) == len(flow.fields)
    repr(definitions).encode()
    assert definitions.problems == tuple(
        sorted(set(definitions.problems), key=lambda p: (p.flow or "", p.slug or "", p.field_id or "", p.reason))
    )


@given(st.lists(FLOWS, max_size=4), st.lists(FIELDS, max_size=5), st.data())
def test_the_order_in_which_upstream_lists_things_does_not_matter(
    flows: list[object], fields: list[object], data: st.DataObject
) -> None:
    parsed = parse_definitions(flows, {"customers": fields})

    shuffled = parse_definitions(
        data.draw(st.permutations(flows)),
        {"customers": [with_rules_reversed(f) for f in data.draw(st.permutations(fields))]},
    )

    assert shuffled == parsed


def with_rules_reversed(field: object) -> object:
    changed = copy.copy(field)
    if isinstance(changed, dict) and isinstance(changed.get("validation_rules"), list):
        changed["validation_rules"] = changed["validation_rules"][::-1]
    return changed
