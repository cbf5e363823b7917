"""A resolver for each kind of row: what graphql-core calls for a field of the schema.

Rows are decoded upstream objects; a connection's value is its `Page`.

Never here: which fields there are, error shaping.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias, assert_never

from graphql import GraphQLResolveInfo

from penstock.definitions.model import JSON
from penstock.errors import PenstockError
from penstock.operations.context import Context
from penstock.operations.edges import NO_ROW, Way, all_rows, found, parent_value, session_of
from penstock.operations.metadata import custom_value, custom_values, first_of
from penstock.operations.paging import page_request
from penstock.operations.priming import prime_page
from penstock.operations.reference.by_id import read_related, resolve_entities, resolve_one
from penstock.operations.reference.own_words import tell_definitions, tell_schema, tell_service
from penstock.operations.rows import Page, read_many, read_one, read_page, related, total_of
from penstock.operations.rows import decode as decode_body
from penstock.operations.values import Row, at, coercer
from penstock.operations.writes import Outcome, read_again, run_write
from penstock.resources.attributes import UNRECOGNIZED, Attribute, Group, Kind, Session
from penstock.resources.rows import Mutation, Resource, Result, Tombstone
from penstock.resources.ways import Edge, Relation, Shape, Watching
from penstock.schema.model import (
    CustomValue,
    Entities,
    FieldDescription,
    Metadata,
    ObjectDescription,
    PagePart,
    PayloadPart,
    Plain,
    SchemaDescription,
    Service,
)

Resolved: TypeAlias = object | Awaitable[object]
Resolver: TypeAlias = Callable[..., Resolved]
"""graphql-core calls it with (source, info, **arguments)."""

Info: TypeAlias = GraphQLResolveInfo[Context]


def resolver_of(schema: SchemaDescription, owner: ObjectDescription, field: FieldDescription) -> Resolver:
    """The resolver of one field of one object type."""
    source = field.source
    match source:
        case Attribute():
            return _attribute(owner.name, source)
        case Group():
            return _group(source)
        case Session() | Tombstone():
            return _gateways_own(source)
        case Edge():
            return _edge(schema, source)
        case Relation():
            return _relation(source)
        case Mutation():
            return _mutation(schema, source)
        case PagePart():
            return _page_part(source)
        case PayloadPart(part, result):
            return _payload_part(part, result)
        case CustomValue(many):
            return _custom(owner.resource, many)
        case Plain(key, is_cut):
            return _cut(key) if is_cut else lambda value, _info: value[key]
        case Metadata() | Service() | Entities() | Watching():
            return _only_at_root(source)
        case _:
            assert_never(source)


def _only_at_root(source: Metadata | Service | Entities | Watching) -> Resolver:
    match source:
        case Metadata(what):
            return tell_definitions if what == "fieldDefinitions" else tell_schema
        case Watching():
            return lambda _source, info, **_arguments: info.context.told
        case Service():
            return tell_service
        case Entities(edges):
            return resolve_entities(edges)
        case _:
            assert_never(source)


def _attribute(owner: str, row: Attribute) -> Resolver:
    coerce, path = coercer(row), row.path
    internal = {name: value for name, value, _ in row.enum.members} | {UNRECOGNIZED: ""} if row.enum else None

    def resolve(source: Row, info: Info) -> JSON:
        raw = at(source, path)
        value = coerce(raw)
        if value is None:
            if raw is not None and not (row.enum is not None and raw == ""):
                info.context.services.on_uncoercible(owner, row.name)
            return None
        if internal is not None:
            return internal[str(value)]
        # The scalar itself writes an integer that JSON cannot carry everywhere as its digits.
        return int(value) if row.kind is Kind.BIG_INT and isinstance(value, str) else value

    return resolve


def _group(group: Group) -> Resolver:
    def resolve(source: Row, _info: Info) -> JSON:
        value = at(source, group.path)
        return value if isinstance(value, dict) else None

    return resolve


def _gateways_own(source: Session | Tombstone) -> Resolver:
    if isinstance(source, Tombstone):
        return lambda _row, _info: None
    return lambda row, info: session_of(row, info.context)


def _edge(schema: SchemaDescription, edge: Edge) -> Resolver:
    match edge.shape:
        case Shape.ONE:
            return resolve_one(edge)
        case Shape.LIST:
            return _list(edge)
        case Shape.CONNECTION:
            return _connection(schema, edge)
        case _:
            assert_never(edge.shape)


def _list(edge: Edge) -> Resolver:
    way = Way(edge)

    async def resolve(source: Row | None, info: Info, **arguments: JSON) -> Sequence[Row] | None:
        context = info.context
        lead = way.lead(source or NO_ROW, arguments, context)
        if lead is None:
            return None
        response = await context.loader.load(edge.route.template, lead[0])
        if not found(edge, response, context):
            return None
        return read_many(response, edge.route.template, _dropper(context, edge))[0]

    return resolve


def _connection(schema: SchemaDescription, edge: Edge) -> Resolver:
    resource = schema.resources[edge.target]
    listing = edge.listing
    if listing is None:
        raise PenstockError(f"The connection {edge.name} has no listing in its table.")

    async def resolve(source: Row | None, info: Info, **arguments: JSON) -> Page | None:
        context = info.context
        request = page_request(edge, listing, arguments, info.context.services.largest_page)
        leads, parent = parent_value(edge, source or NO_ROW, context)
        if not leads:
            return None
        response = await context.loader.load(edge.route.template, request.target(parent))
        if not found(edge, response, context):
            return None
        page = read_page(response, request, parent, _dropper(context, edge))
        if edge.primes:
            prime_page(info.context.loader, resource, page)
        return page

    return resolve


def _dropper(context: Context, edge: Edge) -> Callable[[str], None]:
    return lambda reason: context.services.on_dropped(edge.target, reason)


def _relation(relation: Relation) -> Resolver:
    route = relation.route

    async def resolve(source: Row, info: Info) -> object:
        references = related(source, relation)
        if not relation.many:
            references = references[:1]
        if route is None:
            found_here: list[dict[str, JSON]] = [
                {"type": kind or None, "id": identity} for kind, identity in references
            ]
            return found_here if relation.many else next(iter(found_here), None)
        context = info.context
        served = await all_rows([read_related(context, route.template, identity) for _, identity in references])
        return served if relation.many else next(iter(served), None)

    return resolve


def _mutation(schema: SchemaDescription, mutation: Mutation) -> Resolver:
    resource = schema.resources[mutation.target]
    route = mutation.route.template

    async def resolve(_source: None, info: Info, **arguments: JSON) -> dict[str, object]:
        outcome = await run_write(mutation, resource, arguments, info.context)
        row = outcome.row
        if outcome.response is not None:
            row = read_one(outcome.response, route, needs_id=False)
        return {
            "outcome": outcome,
            "resource": row,
            "deletedId": outcome.deleted_id,
            "userErrors": outcome.user_errors(),
            "warnings": outcome.warnings,
        }

    return resolve


def _payload_part(part: str, result: Result | None) -> Resolver:
    if result is None or not result.by:
        return lambda payload, _info: payload[part]

    async def resolve(payload: dict[str, Outcome], info: Info) -> Row | None:
        response, route = await read_again(payload["outcome"], result, info.context)
        return None if response is None else read_one(response, route)

    return resolve


def _page_part(source: PagePart) -> Resolver:
    match source.part:
        case "nodes":
            return lambda page, _info: page.rows
        case "edges":
            return lambda page, _info: list(zip(page.rows, page.cursors(), strict=True))
        case "pageInfo":
            return lambda page, _info: page.info()
        case "totalCount":
            return _total_count
        case "node":
            return lambda pair, _info: pair[0]
        case "cursor":
            return lambda pair, _info: pair[1]
        case _:
            assert_never(source.part)


def _total_count(page: Page, info: Info) -> Resolved:
    where = page.request.count_target(page.parent)
    if where is None:
        return page.total
    return count_rows(info.context, page.request.edge, where)


async def count_rows(context: Context, edge: Edge, where: str) -> int | None:
    """How many rows a connection has in all, asked for on its own."""
    route = edge.route.template
    response = await context.loader.load(route, where)
    if not found(edge, response, context):
        return None
    return total_of(decode_body(response.body, route).get("meta"))


def _custom(resource: Resource | None, many: bool) -> Resolver:
    if resource is None:
        raise PenstockError("Custom values were described on a type that is no resource.")

    def resolve(source: Row, info: Info, slug: str = "") -> JSON:
        context = info.context
        last_used = context.services.chronicle.last_used()
        if many:
            return custom_values(context.generation, resource, source, last_used)
        return custom_value(context.generation, resource, source, slug, last_used)

    return resolve


def _cut(key: str) -> Resolver:
    return lambda value, _info, first=None: first_of(value[key], first)
