"""Entries of custom flows and relationship fields, written and read through the gateway, by both executors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from penstock.sandbox import SandboxSettings
from tests.end_to_end.stores import create_customer, create_field, create_flow, set_up_relationship
from tests.support.sandboxes import RunningSandbox, sandbox
from tests.support.served import Served, served

pytestmark = pytest.mark.parametrize("executor", ["plan", "reference"])

SHOWN = "id title stars owner { email } followers { email } gifts { title } products { type id } createdAt"
CREATE = f"""
mutation ($input: WishlistCreateInput!) {{
  wishlistCreate(input: $input) {{ wishlist {{ {SHOWN} }} userErrors {{ code field }} }}
}}
"""
UPDATE = f"""
mutation ($id: ID!, $input: WishlistUpdateInput!) {{
  wishlistUpdate(id: $id, input: $input) {{ wishlist {{ {SHOWN} }} userErrors {{ code field }} }}
}}
"""
DELETE = "mutation ($id: ID!) { wishlistDelete(id: $id) { deletedWishlistId userErrors { code field } } }"
RELATE = f"""
mutation ($id: ID!, $input: WishlistRelationshipSetInput!) {{
  wishlistRelationshipSet(id: $id, input: $input) {{ wishlist {{ {SHOWN} }} userErrors {{ code field }} }}
}}
"""


@pytest.fixture
def store() -> Iterator[RunningSandbox]:
    """A store with wishlists that lead to customers, gifts and products."""
    with sandbox(SandboxSettings(seed=False)) as running:
        gifts = create_flow(running, "gifts")
        create_field(running, gifts, "title", required=True)
        wishlists = create_flow(running, "wishlists")
        create_field(running, wishlists, "title", required=True)
        rules = [{"type": "between", "options": {"from": 1, "to": 5}}]
        create_field(running, wishlists, "stars", "integer", validation_rules=rules)
        set_up_relationship(running, "wishlists", "owner", "customer")
        set_up_relationship(running, "wishlists", "followers", "customer", many=True)
        set_up_relationship(running, "wishlists", "gifts", "gifts", many=True)
        set_up_relationship(running, "wishlists", "products", "product", many=True)
        create_flow(running, "customers")
        set_up_relationship(running, "customers", "favourite", "wishlists")
        yield running


async def write(running: Served, store: RunningSandbox, text: str, **variables: Any) -> dict[str, Any]:
    (payload,) = (await running.ask(text, variables, bearer=store.staff)).values()
    assert isinstance(payload, dict)
    return payload


def codes(payload: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(found["code"], found["field"]) for found in payload["userErrors"]]


async def test_an_entry_lives_and_ends(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        made = (await write(running, store, CREATE, input={"title": "Birthday", "stars": 4}))["wishlist"]
        changed = (await write(running, store, UPDATE, id=made["id"], input={"stars": None}))["wishlist"]
        read = await running.ask("query ($id: ID!) { wishlist(id: $id) { title stars } }", {"id": made["id"]})
        listed = await running.ask("{ wishlists { nodes { id title } totalCount } }")
        gone = await write(running, store, DELETE, id=made["id"])
        after = await running.ask("query ($id: ID!) { wishlist(id: $id) { title } }", {"id": made["id"]})
        missing = await write(running, store, UPDATE, id=made["id"], input={"stars": 1})

    assert (made["title"], made["stars"], made["owner"], made["followers"]) == ("Birthday", 4, None, [])
    assert (changed["title"], changed["stars"]) == ("Birthday", None)
    assert read["wishlist"] == {"title": "Birthday", "stars": None}
    assert listed["wishlists"] == {"nodes": [{"id": made["id"], "title": "Birthday"}], "totalCount": 1}
    assert gone == {"deletedWishlistId": made["id"], "userErrors": []}
    assert after["wishlist"] is None
    assert codes(missing) == [("NOT_FOUND", ["id"])]


async def test_an_entry_is_judged_by_its_rules_and_its_store(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        refused = await write(running, store, CREATE, input={"title": "x" * 10_001, "stars": 6})
        made = (await write(running, store, CREATE, input={"title": "Birthday"}))["wishlist"]
        cleared = await write(running, store, UPDATE, id=made["id"], input={"title": None})
        anonymous = (await running.ask(DELETE, {"id": made["id"]}))["wishlistDelete"]

    assert codes(refused) == [("TOO_LONG", ["input", "title"]), ("OUT_OF_RANGE", ["input", "stars"])]
    assert codes(cleared) == [("REQUIRED", ["input", "title"])]
    assert codes(anonymous) == [("FORBIDDEN", None)]


async def test_relationships_are_set_replaced_and_cleared(store: RunningSandbox, executor: str) -> None:
    ines, ron = (create_customer(store, f"{name}@example.com") for name in ("ines", "ron"))
    gift = store.call("POST", "/v2/flows/gifts/entries", {"type": "entry", "title": "Kettle"}).json()["data"]["id"]
    product = "11111111-1111-4111-8111-111111111111"
    async with served(store.url, executor=executor) as running:
        made = (await write(running, store, CREATE, input={"title": "Birthday"}))["wishlist"]

        everything = {"owner": ines, "followers": [ines, ron], "gifts": [gift], "products": [product]}
        first = await write(running, store, RELATE, id=made["id"], input=everything)
        second = await write(running, store, RELATE, id=made["id"], input={"owner": ron, "followers": [ron]})
        third = await write(running, store, RELATE, id=made["id"], input={"owner": None, "gifts": []})

    assert first["userErrors"] == []
    assert first["wishlist"]["owner"] == {"email": "ines@example.com"}
    assert sorted(one["email"] for one in first["wishlist"]["followers"]) == ["ines@example.com", "ron@example.com"]
    assert first["wishlist"]["gifts"] == [{"title": "Kettle"}]
    assert first["wishlist"]["products"] == [{"type": "product", "id": product}]
    assert second["wishlist"] | {"owner": None, "followers": []} == first["wishlist"] | {"owner": None, "followers": []}
    assert second["wishlist"]["owner"] == {"email": "ron@example.com"}
    assert second["wishlist"]["followers"] == [{"email": "ron@example.com"}]
    assert (third["wishlist"]["owner"], third["wishlist"]["gifts"]) == (None, [])
    assert third["wishlist"]["followers"] == [{"email": "ron@example.com"}]


async def test_a_reference_that_is_none_is_refused_before_anything_is_written(
    store: RunningSandbox, executor: str
) -> None:
    ines = create_customer(store, "ines@example.com")
    async with served(store.url, executor=executor) as running:
        made = (await write(running, store, CREATE, input={"title": "Birthday"}))["wishlist"]

        bad = {"owner": "../x", "followers": [ines, "", ines]}
        refused = await write(running, store, RELATE, id=made["id"], input=bad)
        unknown = await write(running, store, RELATE, id=made["id"], input={"owner": made["id"]})
        nothing = await write(running, store, RELATE, id=ines, input={"owner": ines})
        nothing_said = await write(running, store, RELATE, id=ines, input={})
        read = await running.ask(f"query ($id: ID!) {{ wishlist(id: $id) {{ {SHOWN} }} }}", {"id": made["id"]})

    assert codes(refused) == [
        ("INVALID", ["input", "owner"]),
        ("INVALID", ["input", "followers", "1"]),
        ("INVALID", ["input", "followers"]),
    ]
    assert codes(unknown) == [("REJECTED", ["input", "owner"])]
    assert codes(nothing) == codes(nothing_said) == [("NOT_FOUND", ["id"])]
    assert (read["wishlist"]["owner"], read["wishlist"]["followers"]) == (None, [])


async def test_a_relationship_of_a_core_resource_is_kept_with_its_flow(store: RunningSandbox, executor: str) -> None:
    ines = create_customer(store, "ines@example.com")
    text = """
    mutation ($id: ID, $input: CustomerRelationshipSetInput!) {
      customerRelationshipSet(id: $id, input: $input) {
        customer { email favourite { title } } userErrors { code field }
      }
    }
    """
    async with served(store.url, executor=executor) as running:
        made = (await write(running, store, CREATE, input={"title": "Birthday"}))["wishlist"]

        set_ = await write(running, store, text, id=ines, input={"favourite": made["id"]})
        cleared = await write(running, store, text, id=ines, input={"favourite": None})

    assert set_["customer"] == {"email": "ines@example.com", "favourite": {"title": "Birthday"}}
    assert cleared["customer"]["favourite"] is None
