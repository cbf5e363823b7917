"""The seeded store through the whole product: every resource, as staff, as a shopper and as a signed-in customer."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from penstock.sandbox import seeded_login
from tests.support.sandboxes import RunningSandbox
from tests.support.served import Served, served

EXECUTORS = ("plan", "reference")
EVERYTHING = """
{
  customers(first: 5, sort: ID_ASC) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id name email hasPassword externalRef createdAt updatedAt
      deliveryDetails deliverySlot contactEmail referralCode crmId giftNote loyaltyPoints householdSize newsletterDays
      lifetimeSpendCents averageRating shoeSize ringSize marketingConsent dateOfBirth holidayDelivery
      favouriteWishlist { id title visibility owner { id } products { type id } }
      savedWishlists { id title }
      referredBy { id name }
      repeatOrders { id status }
      favouriteProduct { type id }
      addresses { id line1 addressPriority }
      orders(first: 2) {
        totalCount
        nodes { id status payment giftMessage items { id name quantity } customer { id name } billingAddress { line1 } }
      }
      customFields { slug value definition { graphqlField } }
    }
  }
}
"""


async def sign_in(running: Served) -> str:
    answer = await running.ask(
        "mutation ($email: Email!, $password: String!) { customerTokenCreate(input: {password: {email: $email, "
        "password: $password}}) { customerToken { token } userErrors { code } } }",
        {"email": seeded_login.email, "password": seeded_login.password},
    )
    return str(answer["customerTokenCreate"]["customerToken"]["token"])


async def test_both_executors_tell_the_same_of_everything(seeded: RunningSandbox) -> None:
    told = []
    for executor in EXECUTORS:
        async with served(seeded.url, executor=executor, operation_budget=0) as running:
            told.append(await running.ask(EVERYTHING, bearer=seeded.staff))

    assert told[0] == told[1]
    customer = told[0]["customers"]["nodes"][0]
    assert told[0]["customers"]["totalCount"] == 60
    assert customer["createdAt"].endswith("Z")


@pytest.mark.parametrize("sort", ["ID_ASC", "ID_DESC", "NAME_ASC", "CREATED_AT_DESC", "EMAIL_DESC"])
async def test_every_customer_is_met_once_whatever_the_order(seeded: RunningSandbox, sort: str) -> None:
    found: list[str] = []
    after = None
    async with served(seeded.url) as running:
        for _ in range(10):
            page = (
                await running.ask(
                    f"query ($after: String) {{ customers(first: 25, after: $after, sort: {sort}) "
                    "{ nodes { id } totalCount pageInfo { hasNextPage endCursor } } }",
                    {"after": after},
                    bearer=seeded.staff,
                )
            )["customers"]
            found += [node["id"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            assert page["totalCount"] == 60
            if not page["pageInfo"]["hasNextPage"]:
                break

    assert len(found) == len(set(found)) == 60
    if sort.startswith("ID"):
        assert found == sorted(found, reverse=sort == "ID_DESC")


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ('email: {eq: " INES.OKAFOR@example.test "}', 1),
        ('email: {like: "*@EXAMPLE.test"}', 60),
        ('email: {eq: "nobody@example.test"}', 0),
        ('name: {like: "Ines*"}, email: {like: "ines*"}', None),
        ('createdAt: {gt: "1999-01-01T00:00:00+02:00"}', 60),
        ('createdAt: {lt: "1999-01-01T00:00:00.123Z"}', 0),
        ('externalRef: {eq: "no such"}', 0),
        ('id: {gt: "0"}', 60),
        ('name: {eq: "a\\"),eq(name,\\"b"}', 0),
    ],
)
async def test_filters_reach_the_store_as_they_are_meant(seeded: RunningSandbox, given: str, count: int | None) -> None:
    async with served(seeded.url) as running:
        data = await running.ask(
            f"{{ customers(first: 100, filter: {{{given}}}) {{ totalCount nodes {{ id }} }} }}", bearer=seeded.staff
        )

    total = data["customers"]["totalCount"]
    assert total == len(data["customers"]["nodes"])
    assert total == count if count is not None else total >= 1


async def test_a_signed_in_customer_sees_its_own_and_nothing_else(seeded: RunningSandbox) -> None:
    async with served(seeded.url) as running:
        token = await sign_in(running)
        own = await running.ask(
            "{ me { id addresses { id } orders { nodes { id customer { id } } totalCount } } orders { totalCount } }",
            customer=token,
        )
        foreign = seeded.call("GET", "/v2/customers?sort=name").json()["data"]
        others = [row["id"] for row in foreign if row["id"] != own["me"]["id"]]
        answer = await running.answer(
            "query ($id: ID!) { customer(id: $id) { id } customers { nodes { id } } }",
            {"id": others[0]},
            customer=token,
        )

    assert {order["customer"]["id"] for order in own["me"]["orders"]["nodes"]} <= {own["me"]["id"]}
    assert own["orders"]["totalCount"] == own["me"]["orders"]["totalCount"]
    assert answer["data"] == {"customer": None, "customers": None}
    assert {entry["extensions"]["code"] for entry in answer["errors"]} <= {"FORBIDDEN", "CUSTOMER_TOKEN_INVALID"}


async def test_a_shopper_without_a_token_reads_custom_flows_and_no_customers(seeded: RunningSandbox) -> None:
    async with served(seeded.url) as running:
        answer = await running.answer("{ wishlists(first: 2) { nodes { title } } customers { nodes { id } } }")

    assert len(answer["data"]["wishlists"]["nodes"]) == 2
    assert answer["data"]["customers"] is None
    assert [entry["extensions"]["code"] for entry in answer["errors"]] == ["FORBIDDEN"]


def forged(token: str, **claims: Any) -> str:
    head, payload, signature = token.split(".")
    decoded = json.loads(base64.b64decode(payload + "=" * (-len(payload) % 4)))
    return f"{head}.{base64.b64encode(json.dumps(decoded | claims).encode()).decode()}.{signature}"


async def test_a_forged_customer_token_is_judged_by_the_store(seeded: RunningSandbox) -> None:
    async with served(seeded.url) as running:
        token = await sign_in(running)
        stranger = seeded.call("GET", "/v2/customers?sort=name").json()["data"][0]["id"]
        answers = [
            await running.answer("{ me { id email } }", customer=forged(token, sub=stranger)),
            await running.answer("{ me { id email } }", customer=forged(token, exp=9_999_999_999)),
        ]
        expired = await running.answer("{ me { id } }", customer=forged(token, exp=1))

    for answer in answers:
        assert answer["data"] == {"me": None}
        assert answer["errors"][0]["extensions"]["code"] == "CUSTOMER_TOKEN_INVALID"
    assert expired["errors"][0]["extensions"]["code"] == "CUSTOMER_TOKEN_EXPIRED"


async def test_the_rules_of_the_store_and_of_the_gateway_agree(seeded: RunningSandbox) -> None:
    given = {
        "deliverySlot": "MORNING",
        "contactEmail": "a@example.test",
        "referralCode": "a-b_C1",
        "crmId": "6f1f7c38-0a43-4a58-9b1c-3a52a3f9a111",
        "loyaltyPoints": -5,
        "householdSize": 12,
        "newsletterDays": 14,
        "lifetimeSpendCents": 9_007_199_254_740_991,
        "averageRating": 4,
        "shoeSize": 52.0,
        "ringSize": 17.25,
        "marketingConsent": True,
        "dateOfBirth": "1990-02-28",
        "holidayDelivery": "2025-12-23 18:00:00",
    }
    fields = " ".join(given)
    async with served(seeded.url) as running:
        data = await running.ask(
            "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) "
            f"{{ customer {{ {fields} }} userErrors {{ code field message }} }} }}",
            {"input": {"name": "A", "email": "rules@example.test"} | given},
            bearer=seeded.staff,
        )

    assert data["customerCreate"] == {"customer": given, "userErrors": []}


async def test_an_e_mail_that_is_taken_is_told_at_its_place(seeded: RunningSandbox) -> None:
    async with served(seeded.url) as running:
        data = await running.ask(
            "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) { userErrors { code field } } }",
            {"input": {"name": "A", "email": seeded_login.email.upper()}},
            bearer=seeded.staff,
        )

    assert data["customerCreate"]["userErrors"] == [{"code": "EMAIL_TAKEN", "field": ["input", "email"]}]


async def test_a_wrong_password_is_told_without_a_hint(seeded: RunningSandbox) -> None:
    document = (
        "mutation ($email: Email!, $password: String!) { customerTokenCreate(input: {password: {email: $email, "
        "password: $password}}) { customerToken { token } userErrors { code field message } } }"
    )
    async with served(seeded.url) as running:
        wrong = await running.ask(document, {"email": seeded_login.email, "password": "not the one"})
        nobody = await running.ask(document, {"email": "nobody@example.test", "password": "not the one"})

    assert wrong == nobody
    assert wrong["customerTokenCreate"]["userErrors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_nobody_signs_up_without_a_bearer_unless_it_is_switched_on(seeded: RunningSandbox) -> None:
    document = (
        "mutation ($input: CustomerCreateInput!) "
        "{ customerCreate(input: $input) { customer { id } userErrors { code } } }"
    )
    given = {"input": {"name": "A", "email": "signup@example.test"}}
    async with served(seeded.url) as running:
        off = await running.ask(document, given)
    async with served(seeded.url, allow_sign_up=True) as running:
        on = await running.ask(document, given)

    assert off["customerCreate"] == {"customer": None, "userErrors": [{"code": "FORBIDDEN"}]}
    assert on["customerCreate"]["customer"]["id"]


async def test_the_definitions_of_the_store_are_told(seeded: RunningSandbox) -> None:
    async with served(seeded.url) as running:
        data = await running.ask(
            "{ fieldDefinitions { flow slug graphqlType graphqlField } "
            "schemaInfo { version source problems { reason } } }"
        )
        etag = (await running.client.get("/schema.graphql")).headers

    slugs = {(found["flow"], found["slug"]) for found in data["fieldDefinitions"]}
    assert {("customers", "shoe-size"), ("addresses", "address-priority"), ("orders", "gift_message")} <= slugs
    assert etag["schema-version"] == data["schemaInfo"]["version"]
