"""What the gateway says about itself: definitions, problems, and custom values as they are stored."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from penstock.operations.metadata import custom_values
from tests.support.gateway import gateway
from tests.support.scripted import ScriptedUpstream, listing
from tests.support.stores import between, enum_rule, field_json, flow_json, generation_of, made, to_many

STORE = generation_of(
    {
        "customers": [
            field_json(
                "delivery_details", default=0, description="Where to leave it", order=3, omit_null=True, required=True
            ),
            field_json("slot", "string", enum_rule("a", "b")),
            field_json("shoe-size", "float", between("16", 52)),
            field_json("friends", "relationship", to_many("customer")),
            field_json("old", enabled=False),
            field_json("odd", "hologram"),
        ],
        "wishlists": [field_json("title")],
        "closed": [field_json("x")],
    },
    [flow_json("customers"), flow_json("wishlists"), flow_json("closed", enabled=False)],
)
ALL = (
    "id flow slug name description fieldType required enabled omitNull order default "
    "rules { type options min max to } graphqlType graphqlField createdAt updatedAt"
)


async def definitions(upstream: ScriptedUpstream, argument: str) -> dict[str, Any]:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(f"{{ fieldDefinitions{argument} {{ {ALL} }} }}")
    assert upstream.calls == []
    return {found["slug"]: found for found in answer.data["fieldDefinitions"]}


async def test_a_definition_is_told_whole(upstream: ScriptedUpstream) -> None:
    found = await definitions(upstream, '(flow: "customers")')

    assert found["delivery_details"] == {
        "id": field_json("delivery_details")["id"],
        "flow": "customers",
        "slug": "delivery_details",
        "name": "Delivery details",
        "description": "Where to leave it",
        "fieldType": "string",
        "required": True,
        "enabled": True,
        "omitNull": True,
        "order": 3,
        "default": 0,
        "rules": [],
        "graphqlType": "Customer",
        "graphqlField": "deliveryDetails",
        "createdAt": "2024-01-01T00:00:00.000Z",
        "updatedAt": "2024-01-02T00:00:00.000Z",
    }


async def test_rules_are_told(upstream: ScriptedUpstream) -> None:
    found = await definitions(upstream, "")

    nothing = {"options": None, "min": None, "max": None, "to": None}
    assert found["slot"]["rules"] == [nothing | {"type": "enum", "options": ["a", "b"]}]
    assert found["shoe-size"]["rules"] == [nothing | {"type": "between", "min": 16, "max": 52}]
    assert found["friends"]["rules"] == [nothing | {"type": "one-to-many", "to": "customer"}]


async def test_quarantined_and_disabled_fields_are_told(upstream: ScriptedUpstream) -> None:
    found = await definitions(upstream, "")

    assert (found["odd"]["fieldType"], found["odd"]["graphqlType"], found["odd"]["graphqlField"]) == (None, None, None)
    assert (found["old"]["enabled"], found["old"]["graphqlField"]) == (False, "old")
    assert (found["x"]["enabled"], found["x"]["graphqlType"]) == (False, None)
    assert (found["title"]["flow"], found["title"]["graphqlType"]) == ("wishlists", "Wishlist")


@pytest.mark.parametrize("flow", ["nowhere", "", "Customers"])
async def test_an_unknown_flow_has_no_fields(upstream: ScriptedUpstream, flow: str) -> None:
    assert await definitions(upstream, f'(flow: "{flow}")') == {}


async def test_a_null_flow_means_all_of_them(upstream: ScriptedUpstream) -> None:
    assert set(await definitions(upstream, "(flow: null)")) == set(await definitions(upstream, ""))


async def test_the_schema_says_where_it_comes_from(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            "{ schemaInfo { version fingerprint loadedAt source problems { flow slug fieldId reason } } }"
        )

    info = answer.data["schemaInfo"]
    assert (info["version"], info["fingerprint"]) == (STORE.version, STORE.fingerprint)
    assert info["loadedAt"] == "2027-01-15T08:00:00Z"
    assert info["source"]
    assert ("customers", "odd", field_json("odd")["id"]) in {
        (found["flow"], found["slug"], found["fieldId"]) for found in info["problems"]
    }
    assert upstream.calls == []


WILD = [
    None,
    0,
    -1.5,
    1e999,
    float("nan"),
    True,
    "",
    "text",
    [],
    {},
    {"a": [1, {"b": None}]},
    2**31,
    10**400,
    "2024-01-01",
]


@pytest.mark.parametrize("default", WILD)
async def test_any_default_and_any_order_can_be_told(upstream: ScriptedUpstream, default: object) -> None:
    odd = field_json("odd", default=default, order=default, meta=made(str(default)))
    store = generation_of({"customers": [odd]})

    async with gateway(upstream.url, store) as running:
        answer = await running.run(f"{{ fieldDefinitions {{ {ALL} }} }}")

    assert len(answer.data["fieldDefinitions"]) == 1


@pytest.mark.parametrize("bound", [0, 2**31, 2**53 + 1, 10**200, -(10**300), 1e308, "7", "1e3", 0.1])
async def test_any_bound_can_be_told(upstream: ScriptedUpstream, bound: object) -> None:
    store = generation_of({"customers": [field_json("odd", "float", between(bound, None))]})

    async with gateway(upstream.url, store) as running:
        answer = await running.run("{ fieldDefinitions { rules { min max } } }")

    assert answer.data["fieldDefinitions"]


async def test_custom_values_are_those_of_the_schema_and_all_that_are_newer(upstream: ScriptedUpstream) -> None:
    row = {
        "id": "c1",
        "type": "customer",
        "name": "Ines",
        "password": True,
        "external_ref": None,
        "meta": {},
        "links": {},
        "delivery_details": 7,
        "odd": {"x": [1]},
        "brand_new": "2",
        "relationships": {"friends": {"data": [{"type": "customer", "id": "c2"}]}},
    }
    upstream.answers = {"/v2/customers/c1": {"data": row}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            '{ customer(id: "c1") { customFields { slug value definition { slug fieldType graphqlField } } } }'
        )

    values = {found["slug"]: found for found in answer.data["customer"]["customFields"]}
    assert {slug: found["value"] for slug, found in values.items()} == {
        "delivery_details": 7,
        "slot": None,
        "shoe-size": None,
        "friends": [{"type": "customer", "id": "c2"}],
        "old": None,
        "odd": {"x": [1]},
        "brand_new": "2",
    }
    assert values["brand_new"]["definition"] is None
    assert values["odd"]["definition"] == {"slug": "odd", "fieldType": None, "graphqlField": None}
    assert values["shoe-size"]["definition"]["graphqlField"] == "shoeSize"


@pytest.mark.parametrize(
    ("slug", "found"),
    [
        ("brand_new", {"value": "2"}),
        ("slot", {"value": None}),
        ("odd", {"value": None}),
        ("nowhere", None),
        ("", None),
        ("id", None),
        ("name", None),
        ("email", None),
        ("password", None),
        ("meta", None),
        ("relationships", None),
        ("links", None),
        ("external_ref", None),
    ],
)
async def test_a_custom_value_is_read_by_its_key_and_never_a_core_one(
    upstream: ScriptedUpstream, slug: str, found: object
) -> None:
    row = {"id": "c1", "name": "I", "email": "a@b.co", "password": True, "meta": {}, "links": {}, "brand_new": "2"}
    upstream.answers = {"/v2/customers/c1": {"data": row}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            'query ($slug: String!) { customer(id: 1) { id } ... on Query { x: customer(id: "c1") '
            "{ customField(slug: $slug) { value } } } }",
            {"slug": slug},
        )

    assert answer.data["x"]["customField"] == found


@pytest.mark.parametrize("path", ['order(id: "o1")', 'wishlist(id: "w1")', 'customer(id: "c1") { address(id: "a1")'])
async def test_every_extended_type_has_the_way_out(upstream: ScriptedUpstream, path: str) -> None:
    upstream.answers = {
        "/v2/orders/o1": {"data": {"id": "o1", "new": 1, "status": "complete", "customer": {}, "billing_address": {}}},
        "/v2/flows/wishlists/entries/w1": {"data": {"id": "w1", "type": "entry", "new": 1}},
        "/v2/customers/c1": {"data": {"id": "c1"}},
        "/v2/customers/c1/addresses/a1": {"data": {"id": "a1", "new": 1, "line_1": "x"}},
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            f'{{ {path} {{ customField(slug: "new") {{ value }} customFields {{ slug }} }} }}' + "}" * path.count("{")
        )

    ((_, value),) = answer.data.items()
    value = value.get("address", value)
    assert value["customField"] == {"value": 1}
    assert "new" in {found["slug"] for found in value["customFields"]}
    assert not {"status", "line_1", "customer", "billing_address", "type"} & {
        found["slug"] for found in value["customFields"]
    }


async def test_upstreams_own_relationships_of_an_order_are_no_custom_values(upstream: ScriptedUpstream) -> None:
    links = {"items": {"data": [{"id": "i1"}]}, "customer": {"data": {"id": "c1"}}, "promotions": {"data": []}}
    upstream.answers = {"/v2/orders/o1": {"data": {"id": "o1", "relationships": links}}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            '{ order(id: "o1") { a: customField(slug: "items") { value } b: customField(slug: "customer") { value } '
            'c: customField(slug: "promotions") { value } } }'
        )

    assert answer.data["order"] == {"a": None, "b": None, "c": None}


def test_telling_all_values_of_a_row_costs_linear_work() -> None:
    def work(count: int) -> int:
        fields = [field_json(f"f{number}") for number in range(count)]
        store = generation_of({"customers": fields})
        resource = store.description.resources["Customer"]
        row = {"id": "c1"} | {field["slug"]: 1 for field in fields}
        custom_values(store, resource, row)
        entered = 0

        def count_one(_frame: object, event: str, _argument: object) -> None:
            nonlocal entered
            entered += event in ("call", "c_call")

        sys.setprofile(count_one)
        try:
            custom_values(store, resource, row)
        finally:
            sys.setprofile(None)
        return entered

    assert work(80) < 5 * work(20)


async def test_values_are_told_for_every_row_of_a_page(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": listing({"id": "c1", "slot": "a"}, {"id": "c2", "slot": 3})}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customers { nodes { customField(slug: "slot") { value } } } }')

    assert [node["customField"]["value"] for node in answer.data["customers"]["nodes"]] == ["a", 3]
