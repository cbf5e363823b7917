"""Flows, fields, entries and relationships."""

from __future__ import annotations

from typing import Any

import pytest

from penstock.sandbox import seeded_login

from .conftest import Store

CUSTOMER = f"/v2/customers/{seeded_login.customer_id}"
ENTRY = f"/v2/flows/customers/entries/{seeded_login.customer_id}"


async def flow_id(store: Store, slug: str = "customers") -> str:
    flows = (await store.call("GET", "/v2/flows")).json()["data"]
    return str(next(flow["id"] for flow in flows if flow["slug"] == slug))


async def make_field(store: Store, flow: str = "customers", **changes: Any) -> Any:
    identifier = await flow_id(store, flow)
    field = {
        "type": "field",
        "name": "Hat size",
        "slug": "hat-size",
        "field_type": "integer",
        "description": "",
        "required": False,
        "enabled": True,
        "relationships": {"flow": {"data": {"type": "flow", "id": identifier}}},
    }
    return await store.call("POST", "/v2/fields", field | changes)


async def make_flow(store: Store, slug: str, **changes: Any) -> Any:
    flow = {"type": "flow", "name": slug.title(), "slug": slug, "description": "d", "enabled": True}
    return await store.call("POST", "/v2/flows", flow | changes)


async def test_the_seed_has_every_field_type_and_rule(store: Store) -> None:
    fields = (await store.call("GET", "/v2/flows/customers/fields", headers=store.shopper)).json()["data"]

    kinds = {
        (field["field_type"], rule["type"]) for field in fields for rule in field["validation_rules"] or [{"type": ""}]
    }
    assert kinds == {
        *(("string", rule) for rule in ("", "enum", "email", "slug", "uuid")),
        *(("integer", rule) for rule in ("", "between", "enum")),
        *(("float", rule) for rule in ("", "between", "enum")),
        ("boolean", ""),
        *(("date", rule) for rule in ("", "enum")),
        *(("relationship", rule) for rule in ("one-to-one", "one-to-many")),
    }


async def test_a_new_field_shows_on_its_resource_and_a_deleted_one_goes(store: Store) -> None:
    field = (await make_field(store)).json()["data"]["id"]
    there = (await store.call("GET", CUSTOMER)).json()["data"]

    await store.call("DELETE", f"/v2/fields/{field}")

    gone = (await store.call("GET", CUSTOMER)).json()["data"]
    assert there["hat-size"] is None
    assert "hat-size" not in gone


async def test_a_renamed_field_keeps_its_values(store: Store) -> None:
    field = (await make_field(store)).json()["data"]["id"]
    await store.call("PUT", CUSTOMER, {"type": "customer", "hat-size": 58})

    renamed = await store.call("PUT", f"/v2/fields/{field}", {"type": "field", "id": field, "slug": "hat"})

    assert renamed.status_code == 200
    assert (await store.call("GET", CUSTOMER)).json()["data"]["hat"] == 58


async def test_a_default_reaches_new_resources_only(store: Store) -> None:
    await make_field(store, default="1", required=True)

    old = (await store.call("GET", CUSTOMER)).json()["data"]
    new = await store.call("POST", "/v2/customers", {"type": "customer", "name": "N", "email": "n@example.test"})

    assert old["hat-size"] is None
    assert new.json()["data"]["hat-size"] == "1"


async def test_a_required_field_is_asked_for_on_create_and_never_nulled(store: Store) -> None:
    await make_field(store, required=True)

    create = await store.call("POST", "/v2/customers", {"type": "customer", "name": "N", "email": "n@example.test"})
    other = await store.call("PUT", CUSTOMER, {"type": "customer", "name": "Still fine"})
    nulled = await store.call("PUT", CUSTOMER, {"type": "customer", "hat-size": None})

    assert [answer.status_code for answer in (create, other, nulled)] == [422, 200, 422]


async def test_omit_null_hides_a_null_and_only_a_null(store: Store) -> None:
    await make_field(store, omit_null=True)
    hidden = (await store.call("GET", CUSTOMER)).json()["data"]

    shown = (await store.call("PUT", CUSTOMER, {"type": "customer", "hat-size": 0})).json()["data"]

    assert "hat-size" not in hidden
    assert shown["hat-size"] == 0


async def test_a_disabled_field_is_neither_shown_nor_checked(store: Store) -> None:
    field = (await make_field(store)).json()["data"]["id"]
    await store.call("PUT", f"/v2/fields/{field}", {"type": "field", "enabled": False})

    answer = await store.call("PUT", CUSTOMER, {"type": "customer", "hat-size": "wide"})

    assert answer.status_code == 200
    assert "hat-size" not in answer.json()["data"]


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"slug": "email"}, "Invalid Slug"),
        ({"slug": "delivery_details"}, "Validation Error"),
        ({"slug": "a b"}, "Validation Error"),
        ({"slug": "$x"}, "Validation Error"),
        ({"name": "$x"}, "Validation Error"),
        ({"name": ""}, "Validation Error"),
        ({"field_type": "text"}, "Validation Error"),
        ({"validation_rules": [{"type": "email"}]}, "Validation Error"),
        ({"validation_rules": [{"type": "between", "options": {"from": 9, "to": 1}}]}, "Validation Error"),
        ({"validation_rules": [{"type": "enum", "options": ["a"]}]}, "Validation Error"),
        ({"field_type": "relationship"}, "Validation Error"),
        ({"default": [1]}, "Validation Error"),
        ({"enabled": "yes"}, "Validation Error"),
        ({"relationships": {}}, "Validation Error"),
    ],
)
async def test_unusable_fields_are_refused(store: Store, changes: dict[str, Any], title: str) -> None:
    answer = await make_field(store, **changes)

    assert answer.status_code == 422
    problem = answer.json()["errors"][0]
    assert problem["title"] == title
    assert ("status" in problem) == (title != "Invalid Slug")


async def test_a_flow_with_a_reserved_slug_among_its_fields_cannot_become_a_core_flow(store: Store) -> None:
    await store.call("PUT", f"/v2/flows/{await flow_id(store)}", {"type": "flow", "slug": "former"})
    flow = (await make_flow(store, "people")).json()["data"]["id"]
    await make_field(store, "people", slug="email", field_type="string")

    answer = await store.call("PUT", f"/v2/flows/{flow}", {"type": "flow", "slug": "customers"})

    assert (answer.status_code, answer.json()["errors"][0]["title"]) == (422, "Invalid Slug")


async def test_a_field_type_never_changes(store: Store) -> None:
    field = f"/v2/fields/{(await make_field(store)).json()['data']['id']}"

    same = await store.call("PUT", field, {"type": "field", "field_type": "integer"})
    other = await store.call("PUT", field, {"type": "field", "field_type": "string"})

    assert (same.status_code, other.status_code) == (200, 422)


async def test_a_flow_holds_a_hundred_fields(store: Store) -> None:
    await make_flow(store, "crowds")
    statuses = [(await make_field(store, "crowds", slug=f"f{number}")).status_code for number in range(101)]

    assert statuses == [201] * 100 + [422]


async def test_core_flows_are_deleted_only_after_renaming(store: Store) -> None:
    path = f"/v2/flows/{await flow_id(store)}"

    refused = await store.call("DELETE", path)
    await store.call("PUT", path, {"type": "flow", "slug": "former-customers"})
    customer = (await store.call("GET", CUSTOMER)).json()["data"]
    allowed = await store.call("DELETE", path)

    assert (refused.status_code, allowed.status_code) == (405, 204)
    assert "delivery_details" not in customer


@pytest.mark.parametrize(
    "changes", [{"slug": "customers"}, {"slug": "a/b"}, {"name": "$x"}, {"enabled": 1}, {"type": "x"}]
)
async def test_unusable_flows_are_refused(store: Store, changes: dict[str, Any]) -> None:
    answer = await make_flow(store, **({"slug": "shops"} | changes))

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("slug", "good", "bad"),
    [
        ("delivery_slot", "morning", ""),
        ("contact_email", "a.b@example.test", ".a@example.test"),
        ("referral_code", "a-b_1", "a b"),
        ("crm_id", "00000000-0000-4000-8000-000000000000", "zero"),
        ("loyalty_points", 3, 3.5),
        ("loyalty_points", 0, True),
        ("household_size", 12, 13),
        ("newsletter_days", 30, 31),
        ("lifetime_spend_cents", 9_007_199_254_740_991, 9_007_199_254_740_992),
        ("average_rating", 3, "3"),
        ("shoe-size", 16, 15.99),
        ("ring_size", 17.25, 17),
        ("marketing_consent", False, "false"),
        ("date_of_birth", "2000-02-29", "2001-02-29"),
        ("date_of_birth", "2000-02-29 23:59:59", "2000-02-29T23:59:59Z"),
        ("holiday_delivery", "2025-12-22", "2025-12-24"),
        ("delivery_details", "x", 1),
    ],
)
async def test_values_comply_with_type_and_rule(store: Store, slug: str, good: object, bad: object) -> None:
    accepted = await store.call("PUT", CUSTOMER, {"type": "customer", slug: good})
    refused = await store.call("PUT", CUSTOMER, {"type": "customer", slug: bad})

    assert (accepted.status_code, refused.status_code) == (200, 422)
    assert accepted.json()["data"][slug] == good
    assert refused.json()["errors"][0]["source"] == f"data.{slug}"


async def test_with_several_rules_one_that_accepts_is_enough(store: Store) -> None:
    rules = [{"type": "between", "options": {"from": "1", "to": "5"}}, {"type": "enum", "options": [9]}]
    await make_field(store, validation_rules=rules)

    statuses = [
        (await store.call("PUT", CUSTOMER, {"type": "customer", "hat-size": value})).status_code for value in (5, 9, 6)
    ]

    assert statuses == [200, 200, 422]


async def test_entries_of_a_core_flow_are_its_resources(store: Store) -> None:
    await store.call("PUT", ENTRY, {"type": "entry", "delivery_details": "attic"})
    made = await store.call("POST", "/v2/flows/customers/entries", {"type": "entry"})
    entry = (await store.call("GET", ENTRY, headers=store.shopper)).json()["data"]

    customer = (await store.call("GET", CUSTOMER)).json()["data"]

    assert customer["delivery_details"] == entry["delivery_details"] == "attic"
    assert made.status_code == 422
    assert (await store.call("DELETE", ENTRY)).status_code == 405


async def test_entries_of_a_custom_flow_live_and_die(store: Store) -> None:
    path = "/v2/flows/wishlists/entries"
    made = await store.call("POST", path, {"type": "entry", "title": "Garden", "wish_count": 3})
    one = f"{path}/{made.json()['data']['id']}"
    changed = await store.call("PUT", one, {"type": "entry", "wish_count": None})
    untitled = await store.call("POST", path, {"type": "entry"})
    shopper = await store.call("PUT", one, {"type": "entry"}, headers=store.shopper)
    gone = await store.call("DELETE", one)

    assert [answer.status_code for answer in (made, changed, untitled, shopper, gone)] == [201, 200, 422, 403, 204]
    assert made.json()["data"]["visibility"] == "private"
    assert (changed.json()["data"]["title"], changed.json()["data"]["wish_count"]) == ("Garden", None)
    assert (await store.call("GET", one)).status_code == 404


async def test_entry_filters_know_ids_only_and_no_quotes(store: Store) -> None:
    path = "/v2/flows/wishlists/entries"
    first = (await store.call("GET", path)).json()["data"][0]["id"]

    found = await store.call("GET", path, params={"filter": f"in(id,{first},x)"})
    quoted = await store.call("GET", path, params={"filter": f'eq(id,"{first}")'})
    by_field = await store.call("GET", path, params={"filter": "eq(title,x)"})

    assert [entry["id"] for entry in found.json()["data"]] == [first]
    assert (quoted.status_code, by_field.status_code) == (400, 400)


async def test_references_are_added_replaced_and_removed(store: Store) -> None:
    lists = [entry["id"] for entry in (await store.call("GET", "/v2/flows/wishlists/entries")).json()["data"]]
    path = f"{ENTRY}/relationships/saved_wishlists"
    replaced = await store.call("PUT", path, [{"type": "wishlist", "id": lists[5]}])
    added = await store.call("POST", path, {"type": "entry", "id": lists[6]})

    customer = (await store.call("GET", CUSTOMER, params={"include": "saved_wishlists"})).json()

    assert (replaced.status_code, added.status_code) == (200, 201)
    assert customer["data"]["relationships"]["saved_wishlists"]["data"] == [
        {"type": "entry", "id": lists[5]},
        {"type": "entry", "id": lists[6]},
    ]
    assert [entry["id"] for entry in customer["included"]["saved_wishlists"]] == [lists[5], lists[6]]
    assert (await store.call("DELETE", path)).status_code == 204
    emptied = (await store.call("GET", CUSTOMER)).json()["data"]
    assert emptied["relationships"]["saved_wishlists"] == {"data": None}


@pytest.mark.parametrize(
    ("field", "data", "status"),
    [
        ("saved_wishlists", [{"type": "entry", "id": "nope"}], 422),
        ("referred_by", [{"type": "order", "id": seeded_login.customer_id}], 422),
        ("referred_by", [{"type": "customer", "id": "a"}, {"type": "customer", "id": "b"}], 422),
        ("favourite_product", [{"type": "product", "id": "anything"}], 201),
        ("delivery_details", [], 422),
        ("nothing", [], 404),
    ],
)
async def test_references_are_checked(store: Store, field: str, data: object, status: int) -> None:
    answer = await store.call("POST", f"{ENTRY}/relationships/{field}", data)

    assert answer.status_code == status


async def test_relationship_keys_in_a_body_are_ignored(store: Store) -> None:
    answer = await store.call("PUT", CUSTOMER, {"type": "customer", "referred_by": "x"})

    assert answer.status_code == 200
    assert "referred_by" not in answer.json()["data"]
