"""What a flow file declares, and everything that is wrong with one at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.flow_file import FieldAttributes, read_flow_file
from tests.definitions.flow_file.files import faults_of, text_of

REFUSED = "The gateway would not take this rule as it is: "
WHOLE = """
version: 1
flows:
  customers:
    name: Customers
    fields:
      delivery_slot:
        name: Delivery slot
        type: string
        description: When the customer is at home
        required: true
        enabled: false
        order: 3
        omit_null: true
        default: morning
        rules:
          - enum: [morning, 'no', evening]
          - slug
      2024:
        name: Year
        type: integer
        rules: [{between: {from: 1, to: 5}}]
      friend:
        name: Friend
        type: relationship
        was: buddy
        rules:
          - one-to-one: customer
"""


def test_a_field_is_declared_with_all_its_attributes() -> None:
    read = read_flow_file(text_of(WHOLE))

    assert read.faults == ()
    slot, year, friend = read.declared.flows[0].fields
    assert slot.line == 6
    assert slot.attributes == FieldAttributes(
        slug="delivery_slot",
        name="Delivery slot",
        description="When the customer is at home",
        field_type="string",
        required=True,
        enabled=False,
        order=3,
        omit_null=True,
        default="morning",
        rules=({"type": "enum", "options": ["morning", "no", "evening"]}, {"type": "slug"}),
    )
    assert year.attributes == FieldAttributes(
        slug="2024",
        name="Year",
        description="Year",
        field_type="integer",
        rules=({"type": "between", "options": {"from": 1, "to": 5}},),
    )
    assert friend.was == "buddy"
    assert friend.attributes.rules == ({"type": "one-to-one", "to": "customer"},)


def test_all_faults_come_at_once_with_their_lines() -> None:
    faults = faults_of("""
        version: 2
        flow: {}
        flows:
          customers:
            fields:
              a:
                type: text
                requierd: true
              b: {name: B, type: string, name: C}
              c:
                name: 5
                type: integer
                required: maybe
                order: 1.5
                default: [1]
                rules:
                  - email
                  - between: {from: 9, to: 1}
                  - enum: [1, two]
                  - sometimes
                  - maximum: 3
              d: {name: D, type: relationship, required: true}
        """)

    assert faults == [
        (1, "The version is 2; this release reads version 1."),
        (2, "The file has no key 'flow'; did you mean 'flows'?"),
        (4, "Flow customers needs a name."),
        (6, "Field customers.a needs a name."),
        (7, 'The type of Field customers.a is "text"; known are string, integer, boolean, float, date, relationship.'),
        (8, "Field customers.a has no key 'requierd'; did you mean 'required'?"),
        (9, "'name' stands here a second time; the first is on line 9."),
        (11, 'The name of Field customers.c is 5; put it in quotes: "5".'),
        (13, 'The required of Field customers.c is "maybe"; write true or false.'),
        (14, "The order of Field customers.c is 1.5; write a whole number, or leave it out."),
        (15, "The default of Field customers.c is a list; write a single value."),
        (
            17,
            f"{REFUSED}A rule email does not fit a field of type integer and is ignored.",
        ),
        (
            18,
            f"{REFUSED}The between rule goes from 9 to 1, which no value meets; ignored.",
        ),
        (
            19,
            f'{REFUSED}The enum option "two" cannot be a value of type integer; it is left out.',
        ),
        (20, 'A rule is "sometimes"; write one of email, slug, uuid, enum, between, one-to-one, one-to-many.'),
        (21, "A rule is called 'maximum'; known are email, slug, uuid, enum, between, one-to-one, one-to-many."),
        (22, "Field customers.d is a relationship, which cannot be required."),
        (22, "Field customers.d needs a rule: one-to-one or one-to-many, with its target."),
    ]


def test_a_doubled_slug_is_told_where_it_stands() -> None:
    faults = faults_of("""
        flows:
          a: {name: A}
          b:
            name: B
            fields:
              x: {name: X, type: string}
              x: {name: X, type: float}
          a: {name: A}
        """)

    assert faults == [
        (7, "'x' stands here a second time; the first is on line 6."),
        (8, "'a' stands here a second time; the first is on line 2."),
    ]


def test_a_former_slug_must_be_plain() -> None:
    faults = faults_of("""
        flows:
          a:
            name: A
            fields:
              one: {name: One, type: string, was: two}
              two: {name: Two, type: string}
              three: {name: Three, type: string, was: old}
              four: {name: Four, type: string, was: old}
              five: {name: Five, type: string, was: [x]}
        """)

    assert faults == [
        (5, "one was two, a field that the file declares, too; rename in two steps."),
        (8, "four and three both were old; only one can be."),
        (9, "The was of Field a.five is a list; write a slug."),
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "The file is empty"),
        ("# nothing\n", 1, "The file is empty"),
        ("just words\n", 1, "begin with `flows:`"),
        ("[]\n", 1, "begin with `flows:`"),
        ("version: 1\n", 1, "The file needs the key flows"),
        ("flows: {}\nversion: true\n", 2, "The version is true; this release reads version 1."),
        ("flow: {}\n", 1, "The file has no key 'flow'; did you mean 'flows'?"),
        ("flows: []\n", 1, "The flows of the file are a list"),
        ("flows: [a]\n", 1, "write each under its slug"),
        ("flows:\n  a: text\n", 2, "write its keys below it"),
        ("flows:\n  '': {name: A}\n", 2, "slug that cannot be written"),
        ("flows:\n  a: {name: ''}\n", 2, "is empty"),
    ],
)
def test_a_file_of_another_shape_is_told_so(text: str, line: int, said: str) -> None:
    faults = read_flow_file(text).faults

    assert faults[0].line == line
    assert said in faults[0].message


def test_more_fields_than_upstream_takes_are_refused() -> None:
    fields = "".join(f"      f{n}: {{name: F, type: string}}\n" for n in range(101))
    faults = faults_of(f"flows:\n  a:\n    name: A\n    fields:\n{fields}")

    assert faults == [(2, "Flow a has 101 fields; the store takes 100.")]


@pytest.mark.parametrize("number", [str(2**63), "1e999", "9" * 200, "-.inf", ".nan", "0x" + "f" * 16])
def test_a_number_that_cannot_travel_is_refused(number: str) -> None:
    faults = faults_of(f"flows: {{a: {{name: A, fields: {{b: {{name: B, type: float, default: {number}}}}}}}}}")

    assert len(faults) == 1


@given(st.text(st.characters(exclude_categories=[]), max_size=300))
def test_reading_never_raises(text: str) -> None:
    read_flow_file(text)


@given(st.lists(st.sampled_from("{}[]:,-&*!|>'\"#%@ \n\tab1") | st.just("flows:\n  a:\n    "), max_size=60))
def test_reading_never_raises_on_what_looks_like_yaml(parts: list[str]) -> None:
    read_flow_file("".join(parts))
