"""No value that a client sent comes back in a message: one of them may be a password."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.operations.echoes import without_values
from tests.support.gateway import gateway
from tests.support.scripted import ScriptedUpstream
from tests.support.stores import enum_rule, field_json, generation_of

STORE = generation_of({"customers": [field_json("slot", "string", enum_rule("a"))]})
SECRET = "hunter2secret"
UPDATE = "mutation ($i: CustomerUpdateInput!) { customerUpdate(id: 1, input: $i) { customer { id } } }"
LOGIN = "mutation ($i: CustomerTokenCreateInput!) { customerTokenCreate(input: $i) { customerToken { token } } }"


def sign_in(text: str) -> str:
    return f"mutation {{ customerTokenCreate(input: {text}) {{ userErrors {{ code }} }} }}"


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (UPDATE, {"i": {"slo": 1, "password": SECRET}}),
        (UPDATE, {"i": [{"password": SECRET}]}),
        (UPDATE, {"i": {"password": [SECRET]}}),
        (UPDATE, {"i": {"password": {"x": SECRET}}}),
        (UPDATE, {"i": {"slot": SECRET}}),
        (UPDATE, {"i": {"email": [SECRET]}}),
        (UPDATE, {"i": SECRET}),
        ("query ($id: ID!) { customer(id: $id) { name } }", {"id": {"x": SECRET}}),
        ("query ($id: ID!) { customer(id: $id) { name } }", {"id": [SECRET]}),
        ("query ($s: String!) { customer(id: 1) { customField(slug: $s) { value } } }", {"s": {"x": SECRET}}),
        (LOGIN, {"i": {"password": {"password": SECRET}}}),
        (LOGIN, {"i": {"password": SECRET}}),
        (LOGIN, {"i": {"password": {"email": "a", "password": SECRET}, "x": 1}}),
        (sign_in(f'{{password: "{SECRET}"}}'), None),
        (sign_in(f'{{password: {{password: "{SECRET}"}}}}'), None),
        (sign_in(f'{{password: {{password: ["{SECRET}"], email: "x"}}}}'), None),
        (sign_in(f'{{password: {{password: {{a: "{SECRET}"}}, email: "x"}}}}'), None),
        (sign_in(f'{{password: {{password: {SECRET}, email: "x"}}}}'), None),
        (sign_in(f'{{password: {{password: "x" "{SECRET}"}}}}'), None),
        (sign_in(f'{{password: {{password: "x" """{SECRET}"""}}}}'), None),
        (sign_in(f'{{password: {{password: "{SECRET}}}}}'), None),
        (sign_in(f'{{pass: "{SECRET}"}}'), None),
        (sign_in(f'[{{password: "{SECRET}"}}]'), None),
        (f'mutation {{ customerUpdate(id: {{a: "{SECRET}"}}, input: {{}}) {{ userErrors {{ code }} }} }}', None),
        (f'mutation {{ customerUpdate(input: {{slot: "{SECRET}"}}) {{ userErrors {{ code }} }} }}', None),
    ],
)
async def test_a_value_that_does_not_fit_is_not_echoed(
    upstream: ScriptedUpstream, document: str, variables: dict[str, Any] | None
) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(document, variables)

    assert answer.codes
    assert SECRET not in answer.text
    assert upstream.calls == []


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        (
            "Variable '$i' has invalid value at .a: Int cannot represent non 32-bit signed integer value: 9999999999",
            "Variable '$i' has invalid value at .a: Int cannot represent non 32-bit signed integer value.",
        ),
        ("String cannot represent a non string value: [1]", "String cannot represent a non string value."),
        ("Cannot query field 'x' on type 'Y'.", "Cannot query field 'x' on type 'Y'."),
        (
            "Expected value of type 'A' not to include unknown field 'slo'. Did you mean 'slot'? Found: {'a': 1}.",
            "Expected value of type 'A' not to include unknown field 'slo'. Did you mean 'slot'?",
        ),
        (
            "Enum 'E' cannot represent non-enum value: \"n\". Did you mean the enum value 'N' or 'M'?",
            "Enum 'E' cannot represent non-enum value. Did you mean the enum value 'N' or 'M'?",
        ),
        (
            "Value 'n' does not exist in 'E' enum. Did you mean the enum value 'N'?",
            "The value does not exist in 'E' enum. Did you mean the enum value 'N'?",
        ),
        ("Syntax Error: Expected Name, found String 'x'.", "Syntax Error: Expected Name, found String."),
        ("Syntax Error: Expected Name, found '}'.", "Syntax Error: Expected Name, found '}'."),
    ],
)
def test_names_and_suggestions_stay(message: str, kept: str) -> None:
    assert without_values(message) == kept


@given(st.text(min_size=1))
def test_whatever_the_value_is_it_goes(text: str) -> None:
    cleaned = without_values(
        f"Variable '$i' has invalid value: Expected value of type 'T' to be an object, found: {text!r}."
    )

    assert cleaned == "Variable '$i' has invalid value: Expected value of type 'T' to be an object."
