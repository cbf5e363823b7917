"""One immutable schema with all that belongs to it: what a request picks once and holds to its end.

Nothing outside a generation refers to it but its holder and the requests under way: when the last of them lets go, it
is freed with everything that was cached for it.

Never here: how a generation is replaced, sending.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

import strawberry
from graphql import GraphQLSchema

from penstock.definitions.lock import NO_LOCK, Lock
from penstock.definitions.model import Problem, StoreDefinitions
from penstock.definitions.reading import DefinitionSource
from penstock.schema.build import build_schema
from penstock.schema.describe import describe
from penstock.schema.federation import federate
from penstock.schema.model import SchemaDescription
from penstock.schema.sdl import print_sdl
from penstock.schema.settling import fingerprint_of

_VERSION_DIGITS = 12
_ETAG_DIGITS = 32


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Generation:
    """One schema and what belongs to it; two generations are never equal, whatever they hold.

    Attributes:
        number: 1 for the first of a process, then one more each.
        fingerprint: Of the definitions and the lock: the same one means that nothing has to be built.
        version: First 12 hexadecimal digits of the SHA-256 of the SDL: the same on every replica.
        sdl: The whole schema as clients have it, as text.
        subgraph: The same as a subgraph of a federated graph, or "" where it is none.
        etag: Strong entity tag of the SDL, quotes included.
        loaded_at: When the definitions were read, in seconds since the epoch.
        source: Where the definitions came from.
        definitions: What the store said.
        lock: The names that were settled, and what has gone but is still shown.
        description: The types, each field with the row it comes from.
        strawberry: The schema as Strawberry has it.
        schema: The schema as graphql-core executes it; the reference executor binds its resolvers here.
        problems: What could not be used as it is, in the definitions and in joining them with the tables, sorted.
        prepared: What `operations` keeps for this schema, and reads and writes alone: it dies with the generation.
    """

    number: int
    fingerprint: str
    version: str
    sdl: str = field(repr=False)
    etag: str
    loaded_at: float
    source: DefinitionSource
    definitions: StoreDefinitions = field(repr=False)
    lock: Lock = field(repr=False)
    description: SchemaDescription = field(repr=False)
    strawberry: strawberry.Schema = field(repr=False)
    schema: GraphQLSchema = field(repr=False)
    problems: tuple[Problem, ...] = field(default=(), repr=False)
    subgraph: str = field(default="", repr=False)
    prepared: dict[object, object] = field(default_factory=dict, repr=False)


def build_generation(
    definitions: StoreDefinitions,
    number: int,
    loaded_at: float,
    source: DefinitionSource = "live",
    lock: Lock = NO_LOCK,
    *,
    is_subgraph: bool = False,
) -> Generation:
    """The generation of a store's definitions: slow (tens of milliseconds), pure, never for the event loop.

    Args:
        definitions: What the store said.
        number: The generation's number.
        loaded_at: When the definitions were read, in seconds since the epoch.
        source: Where they came from.
        lock: The names that were settled; without any, names are given by the rules alone.
        is_subgraph: Whether routers of a federated graph may ask it, too.

    Raises:
        DefinitionError: The definitions make no valid schema.
    """
    made = _generation(definitions, number, loaded_at, source, lock)
    if not is_subgraph:
        return made
    description, subgraph = federate(made.schema, made.description, made.sdl)
    return replace(made, description=description, subgraph=subgraph)


def _generation(
    definitions: StoreDefinitions, number: int, loaded_at: float, source: DefinitionSource, lock: Lock
) -> Generation:
    description, found = describe(definitions, lock)
    built = build_schema(description)
    sdl = print_sdl(built)
    digest = hashlib.sha256(sdl.encode()).hexdigest()
    return Generation(
        number=number,
        fingerprint=fingerprint_of(definitions, lock),
        version=digest[:_VERSION_DIGITS],
        sdl=sdl,
        etag=f'"{digest[:_ETAG_DIGITS]}"',
        loaded_at=loaded_at,
        source=source,
        definitions=definitions,
        lock=lock,
        description=description,
        strawberry=built,
        schema=built._schema,
        problems=tuple(sorted((*definitions.problems, *found), key=_by_place)),
    )


def _by_place(problem: Problem) -> tuple[str, str, str, str]:
    return (problem.flow or "", problem.slug or "", problem.field_id or "", problem.reason)
