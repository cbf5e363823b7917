"""An update that reads before it writes, and refusals that speak of a bound, a status or an id."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.gateway import gateway
from tests.support.scripted import Reply, ScriptedUpstream, error
from tests.support.stores import between, enum_rule, field_json, generation_of

STORE = generation_of(
    {
        "addresses": [
            field_json("floor", "integer", between(0, 99)),
            field_json("door_code", "string", enum_rule("a", "b")),
            field_json("note"),
        ]
    }
)
ONE = "/v2/customers/c1/addresses/a1"
HOME = {
    "type": "address",
    "id": "a1",
    "first_name": "Ines",
    "last_name": "Okafor",
    "line_1": "1 High Street",
    "line_2": None,
    "county": "Devon",
    "postcode": "EX1 1AA",
    "country": "GB",
}
UPDATE = """mutation ($input: CustomerAddressUpdateInput!) {
  customerAddressUpdate(customerId: "c1", id: "a1", input: $input) { address { id } userErrors { code field } }
}"""
CREATE = """mutation { customerAddressCreate(customerId: "c1", input: {
  firstName: "Ines", lastName: "Okafor", line1: "1 High Street", county: "Devon", postcode: "EX1 1AA", country: "GB"
}) { address { id } userErrors { code field } } }"""


async def test_an_old_custom_value_against_its_rule_is_not_sent_back(upstream: ScriptedUpstream) -> None:
    held = HOME | {"floor": "third", "door_code": "c", "note": "ring twice"}
    upstream.answers = {ONE: {"data": held}, f"PUT {ONE}": {"data": held}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(UPDATE, {"input": {"line1": "2 High Street"}})

    sent = {key: value for key, value in HOME.items() if value is not None}
    assert answer.data["customerAddressUpdate"] == {"address": {"id": "a1"}, "userErrors": []}
    assert upstream.calls[1].json == {"data": sent | {"line_1": "2 High Street", "note": "ring twice"}}


async def test_nothing_of_another_resource_is_written_to_the_one_that_was_meant(upstream: ScriptedUpstream) -> None:
    upstream.answers = {ONE: {"data": HOME | {"id": "a2"}}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(UPDATE, {"input": {"line1": "2 High Street"}})

    assert answer.codes == ["UPSTREAM_INVALID_RESPONSE"]
    assert upstream.lines == [f"GET {ONE}"]


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (error(422, detail="customer has 25 addresses already"), ("LIMIT_REACHED", None)),
        (error(403, title="Forbidden", detail="quota"), ("LIMIT_REACHED", None)),
        (error(422, title="422 Unprocessable Entity"), ("REJECTED", None)),
        (error(400, title="Bad Request", detail="400"), ("REJECTED", None)),
        (error(403, detail="no access to 6f1f7c38-1234-4558-9b1c-3a52a3f9a111"), ("FORBIDDEN", None)),
        (error(400, detail="Validation failed: field 'Line1' on the 'min' tag."), ("REJECTED", ["input", "line1"])),
        (error(400, detail="field 'LastName' on the 'max' tag."), ("TOO_LONG", ["input", "lastName"])),
    ],
)
async def test_a_refusal_that_names_a_number_is_about_a_bound_only_where_it_is_one(
    upstream: ScriptedUpstream, refusal: Reply, told: tuple[str, Any]
) -> None:
    upstream.answers = {"POST /v2/customers/c1/addresses": refusal}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(CREATE)

    found = [(one["code"], one["field"]) for one in answer.data["customerAddressCreate"]["userErrors"]]
    assert found == [told]
