"""Resolvers of what is read by its id: behind an edge to one, behind a reference, as an entity of a federated graph.

Never here: which fields there are, error shaping.
Source: the Apollo Federation 2 subgraph specification (`_entities`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from typing import Protocol

from penstock.definitions.model import JSON
from penstock.errors import CallerError, LimitError
from penstock.operations.context import Context
from penstock.operations.edges import NO_ROW, Way, check_identity, found
from penstock.operations.rows import judge, read_one
from penstock.operations.values import Row
from penstock.resources.ways import Edge
from penstock.upstream.wire import target


class Asked(Protocol):
    """What graphql-core tells a resolver, as far as these look."""

    @property
    def context(self) -> Context:
        """The request's own state."""


class ResolveOne(Protocol):
    """What graphql-core calls for a field that is one row."""

    async def __call__(self, source: Row | None, info: Asked, **arguments: JSON) -> Row | None:
        """The row, or None where there is none."""


class ResolveEntities(Protocol):
    """What graphql-core calls for `_entities`."""

    def __call__(self, source: None, info: Asked, representations: list[JSON]) -> Sequence[Awaitable[Row | None]]:
        """A read for each representation."""


class EntityRow(dict[str, JSON]):
    """A row that knows its type in the schema: upstream's own words do not tell.

    Args:
        type_name: GraphQL type name.
        row: A decoded upstream object.
    """

    def __init__(self, type_name: str, row: Row) -> None:
        super().__init__(row)
        self.type_name = type_name


def resolve_one(edge: Edge) -> ResolveOne:
    """The resolver of an edge to one row."""
    way = Way(edge)

    async def resolve(source: Row | None, info: Asked, **arguments: JSON) -> Row | None:
        context = info.context
        lead = way.lead(source or NO_ROW, arguments, context)
        if lead is None:
            return None
        response = await context.loader.load(edge.route.template, lead[0])
        if not found(edge, response, context):
            return None
        row = read_one(response, edge.route.template)
        check_identity(edge, lead[1], row.get("id"))
        return row

    return resolve


async def read_related(context: Context, template: str, identity: str) -> Row | None:
    """The row behind a reference, or None where it is gone."""
    response = await context.loader.load(template, target(template, {"id": identity}))
    if not judge(response, template, customer_token=context.credentials.customer_token):
        return None
    row = read_one(response, template)
    return row if row.get("id") == identity else None


def resolve_entities(edges: Iterable[Edge]) -> ResolveEntities:
    """The resolver of `_entities`: each is read as the root field of its type reads it, and fails for itself alone."""
    ways = {edge.target: resolve_one(edge) for edge in edges}

    async def one(represented: JSON, info: Asked) -> EntityRow | None:
        type_name, identity = _key_of(represented)
        way = ways.get(type_name)
        if way is None:
            raise CallerError("__typename names no entity of this schema.")
        row = await way(None, info, id=identity)
        return None if row is None else EntityRow(type_name, row)

    def resolve(source: None, info: Asked, representations: list[JSON]) -> Sequence[Awaitable[Row | None]]:  # noqa: ARG001 (graphql-core gives it)
        most = info.context.services.most_entities
        if len(representations) > most:
            raise LimitError(
                f"representations has {len(representations)} items; {most} are allowed. Ask for fewer at a time.",
                limit="entities",
            )
        return [one(represented, info) for represented in representations]

    return resolve


def _key_of(represented: JSON) -> tuple[str, JSON]:
    """The type name and the id of a representation; whether they are any good is for others to say.

    Raises:
        CallerError: It is no object, or names no type.
    """
    if not isinstance(represented, dict):
        raise CallerError("A representation is an object of __typename and id.")
    type_name, identity = represented.get("__typename"), represented.get("id")
    if not isinstance(type_name, str):
        raise CallerError("A representation needs a __typename.")
    is_number = isinstance(identity, int) and not isinstance(identity, bool)
    return type_name, str(identity) if is_number else identity
