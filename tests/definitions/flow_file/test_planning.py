"""The steps from a store to a file: their kinds, their order, what each would send, and what is forbidden."""

from __future__ import annotations

from penstock.definitions.flow_file import StepKind
from tests.definitions.flow_file.files import flow, held_field, plan_of, refused, said, store

ONE = """
flows:
  customers:
    name: customers
    fields:
      slot: {name: slot, type: string, rules: [{enum: [a, b]}]}
"""


def test_a_store_that_is_as_declared_has_no_steps() -> None:
    held = store({"customers": [held_field("slot", validation_rules=[{"type": "enum", "options": ["a", "b"]}])]})

    assert plan_of(ONE, held).steps == ()


def test_what_is_missing_is_added_flows_before_fields() -> None:
    plan = plan_of(ONE, store({}))

    assert said(plan) == ["add customers", "add customers.slot"]
    assert plan.steps[0].body == {
        "slug": "customers",
        "name": "customers",
        "description": "customers",
        "enabled": True,
    }
    assert plan.steps[1].flow_id is None
    assert plan.steps[1].body == {
        "slug": "slot",
        "name": "slot",
        "description": "slot",
        "field_type": "string",
        "required": False,
        "enabled": True,
        "omit_null": False,
        "validation_rules": [{"type": "enum", "options": ["a", "b"]}],
    }


def test_a_change_sends_what_changes_and_nothing_else() -> None:
    held = store({"customers": [held_field("slot", order=4, default="x")]}, [flow("customers", enabled=False)])

    plan = plan_of(ONE, held)

    assert said(plan) == ["change customers", "change customers.slot"]
    assert plan.steps[0].body == {"enabled": True}
    assert plan.steps[1].body == {
        "order": None,
        "default": None,
        "validation_rules": [{"type": "enum", "options": ["a", "b"]}],
    }


def test_what_the_file_does_not_name_is_destroyed_last_and_only_when_allowed() -> None:
    held = store({"customers": [held_field("old")], "wishes": [held_field("title")], "orders": [held_field("note")]})

    plan = plan_of(ONE, held)

    assert said(plan) == ["add customers.slot", "destroy customers.old", "destroy wishes"]
    assert [step.name for step in plan.writes(destroy=False)] == ["customers.slot"]
    assert plan.of(StepKind.DESTROY)[1].reasons == ("with its 1 field and all of its entries",)
    assert plan.notes == (
        "Flow orders is not in the file; upstream deletes no flow of its own resources, so it stays.",
    )


def test_rules_are_compared_without_their_order_and_numbers_by_value() -> None:
    rules = [{"type": "between", "options": {"from": "1", "to": 5.0}}, {"type": "enum", "options": [1.0, 2], "to": ""}]
    held = store({"orders": [held_field("level", "integer", validation_rules=rules, default=3.0)]})

    plan = plan_of(
        """
        flows:
          orders:
            name: orders
            fields:
              level: {name: level, type: integer, default: 3, rules: [{enum: [1, 2]}, {between: {from: 1, to: 5}}]}
        """,
        held,
    )

    assert plan.steps == ()


def test_the_order_of_options_counts_because_the_enum_shows_it() -> None:
    held = store({"customers": [held_field("slot", validation_rules=[{"type": "enum", "options": ["b", "a"]}])]})

    assert said(plan_of(ONE, held)) == ["change customers.slot"]


def test_text_and_number_and_boolean_are_three_things() -> None:
    text = "flows: {orders: {name: orders, fields: {x: {name: x, type: string, default: '1'}}}}"

    assert said(plan_of(text, store({"orders": [held_field("x", default=1)]}))) == ["change orders.x"]
    assert said(plan_of(text, store({"orders": [held_field("x", default=True)]}))) == ["change orders.x"]
    assert said(plan_of(text, store({"orders": [held_field("x", default="1")]}))) == []


def test_a_renamed_field_is_a_change_once_and_then_nothing() -> None:
    text = "flows: {orders: {name: orders, fields: {new: {name: old, description: old, type: string, was: old}}}}"

    first = plan_of(text, store({"orders": [held_field("old")]}))
    again = plan_of(text, store({"orders": [held_field("old") | {"slug": "new"}]}))

    assert said(first) == ["change orders.new"]
    assert (first.steps[0].id, first.steps[0].body) == ("id-old", {"slug": "new"})
    assert again.steps == ()


def test_a_renamed_flow_keeps_its_fields() -> None:
    text = "flows: {wants: {name: wishes, description: wishes, was: wishes, fields: {t: {name: t, type: string}}}}"

    plan = plan_of(text, store({"wishes": [held_field("t")]}))

    assert said(plan) == ["change wants"]
    assert plan.steps[0].body == {"slug": "wants"}


def test_what_upstream_would_not_do_is_forbidden_with_its_reason() -> None:
    held = store(
        {
            "customers": [held_field("size", "float"), held_field("odd", "colour")],
            "wishes": [],
            "shared": [held_field("a")],
        },
        [flow("customers"), flow("wishes", description="Something"), flow("shared", meta={"owner": "organization"})],
    )

    plan = plan_of(
        """
        flows:
          customers:
            name: customers
            fields:
              size: {name: size, type: string}
              odd: {name: odd, type: string}
              email: {name: email, type: string}
              a b: {name: spaced, type: string}
              money: {name: $money, type: integer}
              level: {name: level, type: integer, default: high}
              slot: {name: slot, type: string, default: c, rules: [{enum: [a, b]}]}
          wishes: {name: wishes, description: ''}
          shared:
            name: shared
            fields:
              b: {name: b, type: string}
        """,
        held,
    )

    reasons = refused(plan)
    assert set(reasons) == {
        "customers.size", "customers.odd", "customers.email", "customers.a b", "customers.money", "customers.level",
        "customers.slot", "wishes", "shared.b",
    }  # fmt: skip
    assert "cannot be changed from float to string" in reasons["customers.size"][0]
    assert "cannot describe" in reasons["customers.odd"][0]
    assert "attribute of upstream" in reasons["customers.email"][0]
    assert "letters, digits" in reasons["customers.a b"][0]
    assert "cannot begin with $" in reasons["customers.money"][0]
    assert reasons["customers.level"] == ("default must be a whole number.",)
    assert "default does not follow its rule" in reasons["customers.slot"][0]
    assert "empty description" in reasons["wishes"][0]
    assert "organisation" in reasons["shared.b"][0]
    assert [step.line for step in plan.forbidden][:3] == [5, 6, 7]


def test_a_core_flow_keeps_its_slug_and_none_becomes_one() -> None:
    away = plan_of("flows: {clients: {name: customers, was: customers}}", store({"customers": []}))
    towards = plan_of("flows: {orders: {name: wishes, was: wishes}}", store({"wishes": []}))

    assert "bound to its slug" in refused(away)["clients"][0]
    assert "bound to its slug" in refused(towards)["orders"][0]


def test_a_mistyped_default_that_the_store_has_already_is_left_as_it_is() -> None:
    held = store({"orders": [held_field("x", default=0)]})

    plan = plan_of("flows: {orders: {name: orders, fields: {x: {name: x, type: string, default: 0}}}}", held)

    assert (plan.steps, plan.forbidden) == ((), ())


def test_additions_wait_until_what_is_destroyed_has_made_room() -> None:
    held = store({"orders": [held_field(f"f{n}") for n in range(99)]})
    fields = ", ".join(f"n{n}: {{name: n{n}, type: string}}" for n in range(3))

    plan = plan_of(f"flows: {{orders: {{name: orders, fields: {{{fields}}}}}}}", held)

    assert [step.name for step in plan.of(StepKind.ADD)] == ["orders.n0"]
    assert set(refused(plan)) == {"orders.n1", "orders.n2"}
    assert "the store takes 100" in refused(plan)["orders.n1"][0]


def test_what_a_file_cannot_describe_is_noted_and_never_destroyed() -> None:
    held = store(
        {"orders": [held_field("odd", "colour"), held_field("x", name=None)], "products(x)": []},
        [flow("orders"), flow("products(x)"), flow("a b")],
    )

    plan = plan_of("flows: {orders: {name: orders}}", held)

    assert plan.steps == ()
    assert plan.notes == (
        'Field "odd" of orders has the type "colour", which is unknown; it is left alone.',
        'Field "x" of orders has the name null, which a file cannot hold; it is left alone.',
        'Flow "a b" has a slug that cannot stand in an address; it is left alone.',
    )
