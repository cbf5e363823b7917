"""The schema as a subgraph of a federated graph: what of it is an entity, and what a router asks of it.

The clients' schema stays as it is, its text too: a subgraph has two root fields more, and a text of its own.

Never here: resolvers, composition, I/O.
Source: the Apollo Federation 2 subgraph specification.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    Location,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    parse,
)

from penstock.resources.ways import Edge, FromArgument, Shape
from penstock.schema.fixed_types import PAGE_INFO
from penstock.schema.model import (
    ArgumentDescription,
    Entities,
    FieldDescription,
    ObjectDescription,
    SchemaDescription,
    Service,
    TypeRef,
)
from penstock.schema.plain_fields import TEXT, plain

_LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])'
"""The first version of the specification that has all that is used here: every router of today reads it."""

_ONE_OF = '"""Exactly one field of the input is given."""\ndirective @oneOf on INPUT_OBJECT'
"""Not every composition knows `@oneOf` for one of the language's own."""

_BY_ID = (("id", FromArgument("id")),)

_SERVICE = ObjectDescription(
    "_Service", "This schema as a subgraph.", (plain("sdl", TEXT, "Its text, with the directives of federation."),)
)
_SERVICE_FIELD, _TO_COMPOSE = "_service", "What a router composes its graph of."
_ENTITIES_FIELD = "_entities"
_TO_RESOLVE = "The entities that are represented, in this order; null where there is none."
_REPRESENTATIONS = ArgumentDescription(
    "representations",
    TypeRef("_Any", non_null=True, is_list=True),
    "`__typename` and `id` of each entity.",
)


def federate(schema: GraphQLSchema, description: SchemaDescription, sdl: str) -> tuple[SchemaDescription, str]:
    """Make a schema a subgraph as well.

    Args:
        schema: The clients' schema; what a router asks for is added to it, without resolvers.
        description: What it was built of.
        sdl: Its text from before.

    Returns:
        The description of what the schema is now, and its text as a subgraph.
    """
    entities = _entities_of(description)
    _open_to_routers(schema, entities)
    return _as_subgraph(description, entities), _subgraph_sdl(sdl, entities)


def _entities_of(description: SchemaDescription) -> tuple[Edge, ...]:
    """The root fields by which entities are read: those that take an id alone, of what a store may add fields to.

    A cart is none: whoever knows its id has it, and upstream has one for every id.
    """
    edges = [field.source for field in description.query.fields if isinstance(field.source, Edge)]
    by_id = [edge for edge in edges if edge.shape is Shape.ONE and edge.origins == _BY_ID and not edge.private]
    return tuple(edge for edge in by_id if description.resources[edge.target].flow is not None)


def _as_subgraph(description: SchemaDescription, entities: tuple[Edge, ...]) -> SchemaDescription:
    """The description with the root fields that a router asks for."""
    several = TypeRef("_Entity", non_null=True, is_list=True, item_non_null=False)
    fields = (
        FieldDescription(_SERVICE_FIELD, TypeRef(_SERVICE.name, non_null=True), _TO_COMPOSE, Service()),
        FieldDescription(_ENTITIES_FIELD, several, _TO_RESOLVE, Entities(entities), (_REPRESENTATIONS,)),
    )
    query = replace(description.query, fields=(*description.query.fields, *fields))
    return replace(description, query=query, objects={**description.objects, _SERVICE.name: _SERVICE})


def _subgraph_sdl(sdl: str, entities: Iterable[Edge]) -> str:
    """The text of the schema as a subgraph: keys on entities, and what other subgraphs may have as well marked so.

    Args:
        sdl: The clients' schema as text. It stays as it is but for what is put in.
        entities: See `_entities_of`.
    """
    marks = {edge.target: ' @key(fields: "id")' for edge in entities} | {PAGE_INFO.name: " @shareable"}
    parts, done = [], 0
    for node in parse(sdl).definitions:
        for begin, end, text in _changes(node, marks):
            parts += [sdl[done:begin], text]
            done = end
    return f"{_LINK}\n\n{_ONE_OF}\n\n{''.join(parts)}{sdl[done:]}"


def _changes(node: DefinitionNode, marks: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """What changes in a definition: from where to where, counted in characters, and what stands there then."""
    match node:
        case ObjectTypeDefinitionNode(name=NameNode(value=name, loc=Location(end=end))) if name in marks:
            yield end, end, marks[name]
        case DirectiveDefinitionNode(arguments=arguments):
            for argument in arguments or ():
                match argument.type:
                    case NonNullTypeNode(type=NamedTypeNode(name=NameNode(value="ID"), loc=Location() as place)):
                        # Not every composition takes a text for an ID there.
                        yield place.start, place.end, "String"
                    case _:
                        pass
        case _:
            pass


def _open_to_routers(schema: GraphQLSchema, entities: Iterable[Edge]) -> None:
    """Add to a schema what a router asks for, without resolvers.

    graphql-core would make it anew only from types of which no two share a name; here two do: see `exact_float`.

    Args:
        schema: The clients' schema, printed before.
        entities: See `_entities_of`.
    """
    text = GraphQLField(GraphQLString, description=_SERVICE.fields[0].description)
    service = GraphQLObjectType(_SERVICE.name, {"sdl": text}, description=_SERVICE.description)
    anything = GraphQLScalarType("_Any", description="A representation of an entity: `__typename` and its key.")
    members = [one for edge in entities if isinstance(one := schema.type_map[edge.target], GraphQLObjectType)]
    entity = GraphQLUnionType("_Entity", members, description="What has an id that a graph may know it by.")
    listed = GraphQLNonNull(GraphQLList(GraphQLNonNull(anything)))
    represented = {_REPRESENTATIONS.name: GraphQLArgument(listed, description=_REPRESENTATIONS.description)}
    if schema.query_type is not None:
        schema.query_type.fields[_SERVICE_FIELD] = GraphQLField(GraphQLNonNull(service), description=_TO_COMPOSE)
        schema.query_type.fields[_ENTITIES_FIELD] = GraphQLField(
            GraphQLNonNull(GraphQLList(entity)), represented, description=_TO_RESOLVE
        )
    schema.type_map.update({one.name: one for one in (service, anything, entity)})
