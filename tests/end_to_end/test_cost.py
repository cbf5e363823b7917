"""What every root field costs is told before it is run: never less than it takes, and no more than the page says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import build_schema

from tests.end_to_end.shopping import HOME
from tests.end_to_end.stores import PASSWORD, create_customer, flow_id, sign_in
from tests.support.sandboxes import RunningSandbox, sandbox
from tests.support.served import Served, served

ITEM = {"product": {"sku": "MUG-BLUE", "quantity": 1}}
GUEST = {"guest": {"name": "Gus", "email": "gus@example.test"}, "billingAddress": HOME}
OK = "userErrors { code field message }"
FIELD = {"name": "F", "slug": "f", "fieldType": "STRING", "description": "", "required": False, "enabled": True}
FLOW = {"name": "Gifts", "slug": "gifts", "description": "Gifts", "enabled": True}


@pytest.fixture
def store() -> Iterator[RunningSandbox]:
    """A seeded store that the test may change."""
    with sandbox() as running:
        yield running


@dataclass(slots=True)
class Till:
    """Runs operations one after the other and writes down what each cost."""

    running: Served
    store: RunningSandbox
    token: str = ""
    roots: set[str] = field(default_factory=set)
    costs: dict[str, tuple[int, int]] = field(default_factory=dict)

    async def pay(self, what: str, document: str, *, customer: bool = False, **variables: Any) -> Any:
        """The data of an operation; ``what`` is how its cost is called."""
        headers = {"penstock-cost": "1"}
        headers |= (
            {"x-moltin-customer-token": self.token} if customer else {"authorization": f"Bearer {self.store.staff}"}
        )
        asked = {"query": document, "variables": variables}
        control = f"{self.store.url}/__control/requests"
        await self.running.client.delete(control)
        answer = (await self.running.client.post("/graphql", json=asked, headers=headers)).json()
        made = (await self.running.client.get(control)).json()["data"]
        assert "errors" not in answer, (what, answer)
        for key, payload in answer["data"].items():
            assert not (isinstance(payload, dict) and payload.get("userErrors")), (what, key, payload)
        cost = answer["extensions"]["cost"]
        calls = [call for call in made if not call["path"].startswith(("/oauth", "/__control"))]
        if not what.startswith("flow"):  # the schema is made anew behind those, from calls of the gateway's own
            assert len(calls) == cost["actualUpstreamCalls"], (what, calls)
        self.roots.add(what.partition(" ")[0])
        self.costs[what] = (cost["estimatedUpstreamCalls"], cost["actualUpstreamCalls"])
        (data, *_) = answer["data"].values()
        return data


async def read(till: Till, identity: str, order: str, wishlist: str) -> None:
    orders = "orders(first: 3) { totalCount nodes { items { id } } }"
    await till.pay("me", f"{{ me {{ id addresses {{ id }} you: addresses {{ city }} {orders} }} }}", customer=True)
    await till.pay("me twice", "{ me { id } again: me { name carts { nodes { id } } } }", customer=True)
    await till.pay("customer", "query ($id: ID!) { customer(id: $id) { id favouriteProduct { id } } }", id=identity)
    await till.pay("customers", f"{{ customers(first: 2, sort: CREATED_AT_ASC) {{ nodes {{ {orders} }} }} }}")
    await till.pay(
        "customers page two",
        "query ($after: String) { customers(first: 2, after: $after) { totalCount } }",
        after=(await till.pay("customers cursor", "{ customers(first: 2) { pageInfo { endCursor } } }"))["pageInfo"][
            "endCursor"
        ],
    )
    await till.pay("customers page one", "query ($a: String) { customers(first: 2, after: $a) { totalCount } }")
    await till.pay("order", "query ($id: ID!) { order(id: $id) { items { id } customer { id } } }", id=order)
    await till.pay("orders", "{ orders(first: 2) { nodes { items { id } customer { id } } } }")
    await till.pay("cart", '{ cart(id: "nothing-in-it") { id items { id } } }')
    await till.pay(
        "flow", "query ($id: ID!) { flow(id: $id) { id fields { id } } }", id=flow_id(till.store, "customers")
    )
    await till.pay("flows", "{ flows { id } }")
    await till.pay("flows and fields", "{ flows { id fields { id } } }")
    await till.pay("wishlist", "query ($id: ID!) { wishlist(id: $id) { title owner { id } } }", id=wishlist)
    await till.pay("wishlists", "{ wishlists(first: 2) { nodes { owner { addresses { id } } } } }")
    await till.pay("fieldDefinitions", "{ fieldDefinitions { slug } }")
    await till.pay("schemaInfo", "{ schemaInfo { version problems { reason } } }")


async def write_customers(till: Till, name: str, wishlist: str) -> None:
    made = await till.pay(
        "customerCreate",
        f"mutation ($input: CustomerCreateInput!) {{ customerCreate(input: $input) {{ customer {{ id }} {OK} }} }}",
        input={"name": name, "email": f"{name}@new.test", "password": PASSWORD},
    )
    identity = made["customer"]["id"]
    shown = f"customer {{ name addresses {{ id }} }} {OK}"
    changing = f'customerUpdate(id: $id, input: {{name: "N"}}) {{ {shown} }}'
    await till.pay("customerUpdate", f"mutation ($id: ID) {{ {changing} }}", id=identity)
    both = "{favouriteWishlist: null, savedWishlists: $lists}"
    relating = f"customerRelationshipSet(id: $id, input: {both}) {{ customer {{ favouriteWishlist {{ id }} }} {OK} }}"
    document = f"mutation ($id: ID, $lists: [ID!]) {{ {relating} }}"
    await till.pay("customerRelationshipSet", document, id=identity, lists=[wishlist])
    relating = f"customerRelationshipSet(id: $id, input: $input) {{ {OK} }}"
    document = f"mutation ($id: ID, $input: CustomerRelationshipSetInput!) {{ {relating} }}"
    await till.pay("customerRelationshipSet one", document, id=identity, input={"favouriteWishlist": wishlist})
    await write_addresses(till, identity)
    sign = "customerTokenCreate(input: {password: {email: $email, password: $password}})"
    await till.pay(
        "customerTokenCreate",
        f"mutation ($email: Email!, $password: String!) {{ {sign} {{ customerToken {{ customerId }} {OK} }} }}",
        email=f"{name}@new.test",
        password=PASSWORD,
    )
    await till.pay("accessTokenCreate", f"mutation {{ accessTokenCreate {{ accessToken {{ expiresAt }} {OK} }} }}")
    await till.pay("customerDelete", f"mutation ($id: ID) {{ customerDelete(id: $id) {{ {OK} }} }}", id=identity)


async def write_addresses(till: Till, identity: str) -> None:
    one = f"address {{ id city }} {OK}"
    making = f"customerAddressCreate(customerId: $of, input: $input) {{ {one} }}"
    document = f"mutation ($of: ID, $input: CustomerAddressCreateInput!) {{ {making} }}"
    made = await till.pay("customerAddressCreate", document, of=identity, input=HOME | {"county": "Devon"})
    of_one = {"of": identity, "id": made["address"]["id"]}
    changing = f'customerAddressUpdate(customerId: $of, id: $id, input: {{city: "Exeter"}}) {{ {one} }}'
    await till.pay("customerAddressUpdate", f"mutation ($of: ID, $id: ID!) {{ {changing} }}", **of_one)
    deleting = f"customerAddressDelete(customerId: $of, id: $id) {{ {OK} }}"
    await till.pay("customerAddressDelete", f"mutation ($of: ID, $id: ID!) {{ {deleting} }}", **of_one)


async def write_carts(till: Till, cart: str) -> str:
    """The id of an order."""
    shown = f"cart {{ items {{ id sku }} }} {OK}"
    of = f'cartId: "{cart}"'

    async def change(what: str, arguments: str, declared: str = "", selected: str = shown, **variables: Any) -> Any:
        root = what.partition(" ")[0]
        head = f"({declared})" if declared else ""
        return await till.pay(what, f"mutation {head} {{ {root}({arguments}) {{ {selected} }} }}", **variables)

    await change("cartCreate", f'input: {{id: "{cart}", name: "C"}}')
    await change("cartUpdate", f'id: "{cart}", input: {{name: "D"}}', selected=OK)
    skus = ["MUG-BLUE", "MUG-SAND", "CANDLE-FIG", "SHELF-3", "VASE-TALL"]
    items = [{"product": {"sku": sku, "quantity": 1}} for sku in skus]
    filled = await change("cartItemsAdd", f"{of}, input: {{items: $items}}", "$items: [CartItemInput!]!", items=items)
    ids = [item["id"] for item in filled["cart"]["items"]]
    await change("cartItemsUpdate", f'{of}, input: {{items: [{{id: "{ids[0]}", quantity: 2}}]}}')
    remove = "cartItemsRemove"
    await change(f"{remove} a single one", f'{of}, input: {{itemIds: "{ids[0]}"}}')
    await change(f"{remove} a single variable", f"{of}, input: {{itemIds: $id}}", "$id: [ID!]!", id=ids[1])
    whole = f'$input: CartItemsRemoveInput! = {{itemIds: ["{ids[2]}", "none"]}}'
    await change(f"{remove} by default", f"{of}, input: $input", whole, selected=OK)
    await change(f"{remove} some", f"{of}, input: {{itemIds: [$a, $b]}}", "$a: ID!, $b: ID!", a=ids[3], b="none")
    await change("cartPromotionAdd", f'{of}, input: {{code: "WELCOME10"}}')
    whom = create_customer(till.store, f"{cart}@example.test")
    await change("cartCustomerAssociate", f'{of}, customerId: "{whom}"', selected=f"cart {{ id }} {OK}")
    await change("cartCustomerDissociate", f'{of}, customerId: "{whom}"', selected=OK)
    buys = f"{of}, input: $input"
    made = await change("cartCheckout", buys, "$input: CartCheckoutInput!", f"order {{ id }} {OK}", input=GUEST)
    bought = (
        f"mutation ($input: CartCheckoutInput!) {{ cartCheckout({buys}) {{ order {{ id items {{ id }} }} {OK} }} }}"
    )
    mine = await till.pay("cartCheckout signed in", bought, customer=True, input={"billingAddress": HOME})
    order = str(made["order"]["id"])
    await change("orderUpdate", f'id: "{order}", input: {{externalRef: "x"}}', selected=f"order {{ id }} {OK}")
    await change("orderPay", f'id: "{order}", input: {{gateway: MANUAL, method: AUTHORIZE}}', selected=OK)
    await pay_by_hand(till, mine["order"]["id"])
    return order


async def pay_by_hand(till: Till, order: str) -> None:
    document = (
        f"mutation ($id: ID!, $input: OrderPayInput!) {{ orderPay(id: $id, input: $input) {{ order {{ id }} {OK} }} }}"
    )
    await till.pay("orderPay by hand", document, id=order, input={"gateway": "MANUAL", "method": "PURCHASE"})


async def write_entries(till: Till, identity: str) -> None:
    made = await till.pay(
        "wishlistCreate",
        f"mutation ($input: WishlistCreateInput!) {{ wishlistCreate(input: $input) {{ wishlist {{ id }} {OK} }} }}",
        input={"title": "T"},
    )
    one = made["wishlist"]["id"]
    changing = f'wishlistUpdate(id: $id, input: {{title: "U"}}) {{ wishlist {{ owner {{ id }} }} {OK} }}'
    await till.pay("wishlistUpdate", f"mutation ($id: ID!) {{ {changing} }}", id=one)
    relating = f"wishlistRelationshipSet(id: $id, input: {{owner: $of}}) {{ wishlist {{ owner {{ id }} }} {OK} }}"
    await till.pay("wishlistRelationshipSet", f"mutation ($id: ID!, $of: ID) {{ {relating} }}", id=one, of=identity)
    await till.pay("wishlistDelete", f"mutation ($id: ID!) {{ wishlistDelete(id: $id) {{ {OK} }} }}", id=one)


async def define(till: Till) -> None:
    made = await till.pay(
        "flowCreate",
        f"mutation ($input: FlowCreateInput!) {{ flowCreate(input: $input) {{ flow {{ id }} {OK} }} }}",
        input=FLOW,
    )
    flow = made["flow"]["id"]
    changing = f'flowUpdate(id: $id, input: {{name: "G"}}) {{ flow {{ fields {{ id }} }} {OK} }}'
    await till.pay("flowUpdate", f"mutation ($id: ID!) {{ {changing} }}", id=flow)
    creating = f"flowFieldCreate(input: $input) {{ flowField {{ id }} {OK} }}"
    made = await till.pay(
        "flowFieldCreate", f"mutation ($input: FlowFieldCreateInput!) {{ {creating} }}", input=FIELD | {"flowId": flow}
    )
    one = made["flowField"]["id"]
    changing = f'flowFieldUpdate(id: $id, input: {{name: "G"}}) {{ flowField {{ id }} {OK} }}'
    await till.pay("flowFieldUpdate", f"mutation ($id: ID!) {{ {changing} }}", id=one)
    await till.pay("flowFieldDelete", f"mutation ($id: ID!) {{ flowFieldDelete(id: $id) {{ {OK} }} }}", id=one)
    await till.pay("flowDelete", f"mutation ($id: ID!) {{ flowDelete(id: $id) {{ {OK} }} }}", id=flow)


EXPECTED = {
    "cartCreate": (2, 2),
    "cartUpdate": (1, 1),
    "cartItemsAdd": (3, 2),
    "cartItemsUpdate": (3, 2),
    "cartItemsRemove a single one": (3, 2),
    "cartItemsRemove a single variable": (3, 2),
    "cartItemsRemove by default": (2, 2),
    "cartItemsRemove some": (4, 3),
    "cartPromotionAdd": (3, 3),
    "cartCustomerAssociate": (2, 2),
    "cartCustomerDissociate": (1, 1),
    "cartCheckout": (1, 1),
    "cartCheckout signed in": (3, 2),
    "orderUpdate": (1, 1),
    "orderPay": (1, 1),
    "orderPay by hand": (3, 3),
    "customerCreate": (1, 1),
    "customerUpdate": (2, 2),
    "customerRelationshipSet": (4, 3),
    "customerRelationshipSet one": (1, 1),
    "customerAddressCreate": (1, 1),
    "customerAddressUpdate": (2, 2),
    "customerAddressDelete": (1, 1),
    "customerTokenCreate": (1, 1),
    "accessTokenCreate": (1, 0),
    "customerDelete": (1, 1),
    "wishlistCreate": (1, 1),
    "wishlistUpdate": (2, 1),
    "wishlistRelationshipSet": (3, 3),
    "wishlistDelete": (1, 1),
    "me": (6, 4),
    "me twice": (2, 2),
    "customer": (1, 1),
    "customers": (9, 8),
    "customers cursor": (1, 1),
    "customers page two": (2, 2),
    "customers page one": (1, 1),
    "order": (3, 2),
    "orders": (5, 4),
    "cart": (2, 2),
    "flow": (2, 2),
    "flows": (1, 1),
    "flows and fields": (101, 5),
    "wishlist": (2, 2),
    "wishlists": (5, 3),
    "fieldDefinitions": (0, 0),
    "schemaInfo": (0, 0),
}
"""What is done → the calls it may take, and those it takes in this store."""


DEFINING = {
    "flowCreate": (1, 1),
    "flowUpdate": (2, 2),
    "flowFieldCreate": (1, 1),
    "flowFieldUpdate": (2, 2),
    "flowFieldDelete": (1, 1),
    "flowDelete": (1, 1),
}


@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_nothing_takes_more_calls_than_was_estimated(store: RunningSandbox, executor: str) -> None:
    async with served(store.url, executor=executor) as running:
        identity = create_customer(store, "ana@example.test")
        till = Till(running, store, await sign_in(running, "ana@example.test"))
        listed = await running.ask("{ wishlists { nodes { id } } }", bearer=store.staff)
        wishlist = listed["wishlists"]["nodes"][0]["id"]
        order = await write_carts(till, "cost")
        await write_customers(till, "new", wishlist)
        await write_entries(till, identity)
        await read(till, identity, order, wishlist)
        schema = build_schema(await running.sdl())

    assert schema.query_type is not None
    assert schema.mutation_type is not None
    assert till.roots == {*schema.query_type.fields, *schema.mutation_type.fields} - {*DEFINING}
    assert till.costs == EXPECTED
    assert all(actual <= estimate for estimate, actual in till.costs.values())


async def test_what_is_defined_takes_no_more_calls_than_was_estimated(store: RunningSandbox) -> None:
    async with served(store.url) as running:
        till = Till(running, store)
        await define(till)

    assert till.costs == DEFINING
