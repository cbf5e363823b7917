"""What a store holds, written and read again, is the same store: whatever it holds."""

from __future__ import annotations

from hypothesis import given

from penstock.definitions.flow_file import StoreDocuments, hold, plan_flows, read_flow_file, write_flow_file
from tests.definitions.flow_file.files import RULES, held_field, store
from tests.definitions.flow_file.random_stores import stores


@given(stores())
def test_an_exported_store_needs_no_change(documents: StoreDocuments) -> None:
    held = hold(documents)

    text = write_flow_file(held)
    read = read_flow_file(text)

    assert read.faults == (), text
    plan = plan_flows(read.declared, held, RULES)
    assert (plan.steps, plan.forbidden) == ((), ()), text
    assert [found.attributes.slug for found in read.declared.flows] == [found.attributes.slug for found in held.flows]


@given(stores())
def test_an_exported_store_is_exported_the_same_from_whatever_order(documents: StoreDocuments) -> None:
    turned = StoreDocuments(documents.flows[::-1] if isinstance(documents.flows, list) else [], documents.fields)

    assert write_flow_file(hold(turned)) == write_flow_file(hold(documents))


def test_what_has_its_default_is_left_out_and_the_rest_is_plain_to_read() -> None:
    held = store(
        {
            "customers": [
                held_field(
                    "slot",
                    description="When",
                    order=2,
                    default="no",
                    validation_rules=[{"type": "enum", "options": ["no", "later"]}],
                ),
                held_field("flag", "boolean", order=1, default=False, omit_null=True),
                held_field("odd", validation_rules=[{"type": "regex", "pattern": "^a"}]),
            ]
        }
    )

    assert write_flow_file(held).partition("\n\n")[2] == (
        "version: 1\n"
        "flows:\n"
        "  customers:\n"
        "    name: customers\n"
        "    fields:\n"
        "      flag:\n"
        "        name: flag\n"
        "        type: boolean\n"
        "        order: 1\n"
        "        omit_null: true\n"
        "        default: false\n"
        "      slot:\n"
        "        name: slot\n"
        "        type: string\n"
        "        description: When\n"
        "        order: 2\n"
        "        default: 'no'\n"
        "        rules:\n"
        "          - enum:\n"
        "              - 'no'\n"
        "              - later\n"
        "      odd:\n"
        "        name: odd\n"
        "        type: string\n"
        "        rules:\n"
        "          - verbatim:\n"
        "              type: regex\n"
        "              pattern: ^a\n"
    )


def test_marks_that_turn_text_around_are_seen() -> None:
    held = store({"pets": [held_field("kind", name="\u202esdrawkcab é", default="\u2067x")]})

    text = write_flow_file(held)

    assert r'"\u202Esdrawkcab \xE9"' in text
    assert r'"\u2067x"' in text
    assert plan_flows(read_flow_file(text).declared, held, RULES).steps == ()
