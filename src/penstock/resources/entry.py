"""Entries of custom flows: the resource that every such flow becomes.

Never here: I/O, core flows (their entries are the resources themselves and are never exposed).
Source: CONTRACT §9.6-9.7.
"""

from __future__ import annotations

from penstock.resources.attributes import Kind
from penstock.resources.core import CREATED_AT, UPDATED_AT, identity
from penstock.resources.rows import Resource
from penstock.resources.ways import Edge, FilterRow, FromArgument, Listing, Route, Shape


def one_route(slug: str) -> Route:
    """The GET of one entry by id. ``slug`` holds safe characters only."""
    return Route("GET", f"/v2/flows/{slug}/entries/{{id}}")


def entry_resource(slug: str, description: str, type_name: str, singular: str, plural: str) -> Resource:
    """The resource of a custom flow, still without its fields.

    Args:
        slug: The flow's slug: safe characters only, it stands in paths.
        description: What the store says about the flow.
        type_name: GraphQL type, as ``Wishlist``.
        singular: Root field that reads one, as ``wishlist``.
        plural: Root field that lists them, as ``wishlists``.
    """
    one = one_route(slug)
    return Resource(
        type_name=type_name,
        description=description,
        flow=slug,
        relation_key=slug,
        attributes=(identity("The entry's id."), CREATED_AT, UPDATED_AT),
        one=one,
        roots=_roots(slug, one, type_name, singular, plural),
    )


def _roots(slug: str, one: Route, type_name: str, singular: str, plural: str) -> tuple[Edge, Edge]:
    listing = Listing(
        route=Route("GET", f"/v2/flows/{slug}/entries"),
        filters=(FilterRow("id", "id", Kind.ID, ("eq",), checks=(("id",),)),),
        quoted=False,
    )
    read_one = Edge(
        singular,
        f"One entry of the flow `{slug}` by id; null when there is none.",
        Shape.ONE,
        type_name,
        one,
        origins=(("id", FromArgument("id")),),
    )
    read_many = Edge(
        plural,
        f"Entries of the flow `{slug}`.",
        Shape.CONNECTION,
        type_name,
        listing.route,
        listing=listing,
        primes=True,
    )
    return read_one, read_many
