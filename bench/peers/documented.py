"""The same job as the documentation of Strawberry, httpx and aiodataloader leads to: nothing tuned, nothing slowed.

    UPSTREAM=http://127.0.0.1:9000 uvicorn documented:app

Needs strawberry-graphql, starlette, uvicorn, httpx and aiodataloader, in an environment of its own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any  # rows and answers are read loosely, as the documentation does

import httpx
import strawberry
from aiodataloader import DataLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from strawberry.asgi import GraphQL
from strawberry.tools import create_type
from strawberry.types import Info

UPSTREAM = os.environ["UPSTREAM"]
PYTHON_TYPES = {"string": str, "integer": int, "boolean": bool, "float": float, "date": str}
Row = dict[str, Any]


def fetch_fields() -> list[Row]:
    return httpx.get(f"{UPSTREAM}/v2/flows/customers/fields").json()["data"]


@strawberry.type
class Address:
    """An address of a customer."""

    id: strawberry.ID
    name: str | None
    line_1: str | None
    city: str | None
    postcode: str | None
    country: str | None


@strawberry.type
class Order:
    """An order of a customer."""

    id: strawberry.ID
    status: str | None
    payment: str | None


def make(kind: type, row: Row) -> object:
    names = [field.python_name for field in kind.__strawberry_definition__.fields if field.base_resolver is None]
    return kind(**{name: row.get(name) for name in names})


async def resolve_addresses(root: strawberry.Parent[object], info: Info) -> list[Address]:
    return [make(Address, row) for row in await info.context["addresses"].load(root.id)]


async def resolve_orders(root: strawberry.Parent[object], info: Info) -> list[Order]:
    return [make(Order, row) for row in await info.context["orders"].load(root.id)]


def customer_type() -> type:
    plain = {"id": strawberry.ID, "name": str | None, "email": str | None, "external_ref": str | None}
    plain |= {field["slug"]: PYTHON_TYPES[field["field_type"]] | None for field in fetch_fields()}
    described = type("Plain", (), {"__annotations__": plain})
    edges = [
        strawberry.field(name="addresses", resolver=resolve_addresses),
        strawberry.field(name="orders", resolver=resolve_orders),
    ]
    rows = list(strawberry.type(described).__strawberry_definition__.fields)
    return create_type("Customer", [*rows, *edges])


Customer = customer_type()


async def customer(info: Info, id: strawberry.ID) -> Customer | None:
    row = await info.context["customers"].load(id)
    return None if row is None else make(Customer, row)


async def customers(info: Info, limit: int = 100) -> list[Customer]:
    rows = await info.context["get"]("/v2/customers", {"page[limit]": str(limit)})
    return [make(Customer, row) for row in rows]


async def update_customer(info: Info, id: strawberry.ID, name: str) -> Customer:
    answer = await info.context["client"].put(
        f"/v2/customers/{id}",
        json={"data": {"type": "customer", "id": id, "name": name}},
        headers=info.context["headers"],
    )
    answer.raise_for_status()
    return make(Customer, answer.json()["data"])


# The type is made when this file is run: the annotations are put where Strawberry reads them.
customer.__annotations__ |= {"info": Info, "id": strawberry.ID, "return": Customer | None}
customers.__annotations__ |= {"info": Info, "limit": int, "return": list[Customer]}
update_customer.__annotations__ |= {"info": Info, "id": strawberry.ID, "name": str, "return": Customer}

Query = create_type(
    "Query",
    [strawberry.field(name="customer", resolver=customer), strawberry.field(name="customers", resolver=customers)],
)
Mutation = create_type("Mutation", [strawberry.mutation(name="updateCustomer", resolver=update_customer)])


class Endpoint(GraphQL):
    """The ASGI view with loaders of its own for each request."""

    async def get_context(self, request: Request, response: Response) -> Row:  # noqa: ARG002 (Strawberry's signature)
        client: httpx.AsyncClient = request.app.state.client
        token = request.headers.get("x-moltin-customer-token")
        headers = {"x-moltin-customer-token": token} if token else {}

        async def get(path: str, parameters: dict[str, str] | None = None) -> object:
            answer = await client.get(path, params=parameters, headers=headers)
            answer.raise_for_status()
            return answer.json()["data"]

        async def load_customers(keys: list[str]) -> list[Row | None]:
            if len(keys) == 1:
                return [await get(f"/v2/customers/{keys[0]}")]
            rows = await get("/v2/customers", {"filter": f"in(id,{','.join(keys)})", "page[limit]": "100"})
            found = {row["id"]: row for row in rows}
            return [found.get(key) for key in keys]

        async def load_addresses(keys: list[str]) -> list[list[Row]]:
            return await asyncio.gather(*[get(f"/v2/customers/{key}/addresses") for key in keys])

        async def load_orders(keys: list[str]) -> list[list[Row]]:
            return await asyncio.gather(*[get("/v2/orders", {"filter": f"eq(customer_id,{key})"}) for key in keys])

        return {
            "client": client,
            "headers": headers,
            "get": get,
            "customers": DataLoader(load_customers),
            "addresses": DataLoader(load_addresses),
            "orders": DataLoader(load_orders),
        }


@asynccontextmanager
async def lifespan(started: Starlette) -> AsyncIterator[None]:
    async with httpx.AsyncClient(base_url=UPSTREAM) as client:
        started.state.client = client
        yield


schema = strawberry.Schema(Query, Mutation, config=strawberry.schema.config.StrawberryConfig(auto_camel_case=False))
app = Starlette(routes=[Mount("/graphql", Endpoint(schema))], lifespan=lifespan)
