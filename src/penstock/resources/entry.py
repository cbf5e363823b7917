"""Entries of custom flows: the resource that every such flow becomes.

Never here: I/O, core flows (their entries are the resources themselves and are never exposed).
Source: CONTRACT §9.6-9.7.
"""

from __future__ import annotations

from penstock.definitions.type_naming import EntryNames
from penstock.resources.attributes import Kind
from penstock.resources.core import CREATED_AT, UPDATED_AT, identity, relationship_set
from penstock.resources.rows import Mutation, Resource
from penstock.resources.ways import Edge, FilterRow, FromArgument, Listing, Route, Shape


def one_route(slug: str) -> Route:
    """The GET of one entry by id. ``slug`` holds safe characters only."""
    return Route("GET", f"/v2/flows/{slug}/entries/{{id}}")


def entry_resource(slug: str, description: str, names: EntryNames) -> Resource:
    """The resource of a custom flow, still without its fields.

    Args:
        slug: The flow's slug: safe characters only, it stands in paths.
        description: What the store says about the flow.
        names: Its names in the schema.
    """
    one = one_route(slug)
    return Resource(
        type_name=names.type_name,
        description=description,
        flow=slug,
        relation_key=slug,
        attributes=(identity("The entry's id."), CREATED_AT, UPDATED_AT),
        one=one,
        roots=_roots(slug, one, names.type_name, names.singular, names.plural),
        mutations=_mutations(slug, one, names),
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


def _mutations(slug: str, one: Route, names: EntryNames) -> tuple[Mutation, ...]:
    by_id = (("id", FromArgument("id")),)
    needs = "Needs a client_credentials bearer. One upstream call."
    return (
        Mutation(
            names.create_root,
            "create",
            f"Makes an entry of the flow `{slug}`. {needs} When it fails, nothing was made.",
            Route("POST", f"/v2/flows/{slug}/entries"),
            "entry",
            names.singular,
            names.type_name,
        ),
        Mutation(
            names.update_root,
            "update",
            f"Changes the given fields of an entry of the flow `{slug}` and leaves the others alone. {needs}",
            Route("PUT", one.template),
            "entry",
            names.singular,
            names.type_name,
            origins=by_id,
        ),
        Mutation(
            names.delete_root,
            "delete",
            f"Deletes an entry of the flow `{slug}`. {needs}",
            Route("DELETE", one.template),
            "entry",
            f"deleted{names.type_name}Id",
            names.type_name,
            origins=by_id,
        ),
        relationship_set(names.singular, names.singular, names.type_name, slug, by_id, one),
    )
