"""Relationship fields, written: all that are given or none, as far as the gateway can know beforehand."""

from __future__ import annotations

from tests.support.gateway import gateway
from tests.support.scripted import Reply, ScriptedUpstream
from tests.support.stores import field_json, generation_of, to_one

STORE = generation_of(
    {
        "customers": [
            field_json(f"friend_{name}", "relationship", to_one("customer"), order=place)
            for place, name in enumerate("abc")
        ]
    }
)
RELATE = """mutation { customerRelationshipSet(id: "c1", input: {friendA: "u1", friendB: "u2", friendC: null}) {
  customer { id } userErrors { code field } } }"""
ENTRY = "/v2/flows/customers/entries/c1/relationships"


async def test_what_a_budget_cannot_pay_for_is_not_begun(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE, budget=2) as running:
        answer = await running.run(RELATE)

    assert answer.codes == ["BUDGET_EXCEEDED"]
    assert upstream.calls == []


async def test_each_given_field_is_one_call_and_the_resource_is_read_after_them(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        f"PUT {ENTRY}/friend_a": {"data": []},
        f"PUT {ENTRY}/friend_b": {"data": []},
        f"DELETE {ENTRY}/friend_c": Reply(204, b""),
        "/v2/customers/c1": {"data": {"id": "c1"}},
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(RELATE)

    assert answer.data["customerRelationshipSet"] == {"customer": {"id": "c1"}, "userErrors": []}
    assert upstream.lines == [
        f"PUT {ENTRY}/friend_a",
        f"PUT {ENTRY}/friend_b",
        f"DELETE {ENTRY}/friend_c",
        "GET /v2/customers/c1",
    ]
