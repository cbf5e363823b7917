"""Following an edge of the tables: where it leads from a row, and what its answer means.

Never here: GraphQL execution, decoding of rows.
Source: GRAPHQL root fields and credentials; CONTRACT §6-§10, Q6.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import assert_never

from penstock.definitions.model import JSON
from penstock.errors import CallerError, CredentialError, UpstreamInvalid
from penstock.operations.context import Context
from penstock.operations.failures import request_id_of
from penstock.operations.rows import id_at, judge
from penstock.operations.values import Row, coerce_epoch
from penstock.resources.ways import Edge, FromArgument, FromArgumentOrToken, FromRow, FromToken, Origin
from penstock.upstream.transport import Response
from penstock.upstream.wire import is_id, target

NO_ROW: Row = {}
"""The parent of a root field."""

_TOKEN_REFUSED = frozenset({403, 404, 422})
"""How upstream may refuse a customer token where nothing else can be meant (Q6); a 401 may mean the bearer."""


def origin_value(origin: Origin, row: Row, arguments: Mapping[str, JSON], context: Context) -> str | None:
    """The id that an origin gives, or None where the row has none.

    Raises:
        CallerError: An argument is no id.
        CredentialError: The caller's token is needed and missing, expired or names nobody.
    """
    match origin:
        case FromRow(paths):
            return id_at(row, paths)
        case FromArgument(name):
            value = arguments.get(name)
            if not isinstance(value, str) or not is_id(value):
                raise CallerError(f"{name} is not an id: 1 to 64 of the characters A-Z a-z 0-9 _ - are expected.")
            return value
        case FromToken():
            return context.customer_id()
        case FromArgumentOrToken(name):
            if arguments.get(name) is None:
                return context.customer_id()
            return origin_value(FromArgument(name), row, arguments, context)
        case _:
            assert_never(origin)


def own_key(origin: Origin) -> str:
    """The row's own key that alone gives the origin's value, or "" where it takes more than that."""
    if isinstance(origin, FromRow) and len(origin.paths) == 1 and len(origin.paths[0]) == 1:
        return origin.paths[0][0]
    return ""


class Way:
    """How an edge that is no connection leads from a row to a target, worked out once.

    Most edges have one origin, a safe text between two constant ones.
    """

    __slots__ = ("_after", "_argument", "_before", "_edge", "_is_closed", "_key", "_name", "_origin")

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._is_closed = edge.deprecation is not None
        self._origin: Origin | None = None
        self._before = self._after = self._name = self._key = self._argument = ""
        if len(edge.origins) == 1:
            self._name, self._origin = edge.origins[0]
            self._before, _, self._after = edge.route.template.partition(f"{{{self._name}}}")
            self._key = own_key(self._origin)
            self._argument = self._origin.name if isinstance(self._origin, FromArgument) else ""

    def lead(self, row: Row, arguments: Mapping[str, JSON], context: Context) -> tuple[str, str | None] | None:
        """The target and the id that its row must have (None where that is not asked for); None leads nowhere.

        Raises:
            CallerError: See `origin_value`.
        """
        if self._is_closed:
            return None
        if self._key:
            own = row.get(self._key)
            if not isinstance(own, str) or not is_id(own):
                return None
            return f"{self._before}{own}{self._after}", own if self._name == "id" else None
        if self._argument:
            own = arguments.get(self._argument)
            if isinstance(own, str) and is_id(own):
                return f"{self._before}{own}{self._after}", own if self._name == "id" else None
        if self._origin is not None:
            value = origin_value(self._origin, row, arguments, context)
            if value is None:
                return None
            return f"{self._before}{value}{self._after}", value if self._name == "id" else None
        values = _edge_values(self._edge, row, arguments, context)
        if values is None:
            return None
        return target(self._edge.route.template, values), values.get("id")


def _edge_values(edge: Edge, row: Row, arguments: Mapping[str, JSON], context: Context) -> dict[str, str] | None:
    """The path values of an edge, or None where it leads nowhere.

    Raises:
        CallerError: See `origin_value`.
    """
    values = {}
    for name, origin in edge.origins:
        value = origin_value(origin, row, arguments, context)
        if value is None:
            return None
        values[name] = value
    return values


def parent_value(edge: Edge, row: Row, context: Context) -> tuple[bool, str | None]:
    """Whether a connection leads anywhere, and the id its fixed filter asks for (None where it has no such filter)."""
    if edge.deprecation is not None or (edge.own and not is_own(row, context)):
        return False, None
    if not edge.fixed:
        return True, None
    origin = edge.fixed[0].origin
    key = own_key(origin)
    value = row.get(key) if key else origin_value(origin, row, {}, context)
    if not isinstance(value, str) or not is_id(value):
        return False, None
    return True, value


def is_own(row: Row, context: Context) -> bool:
    """Whether a row is the signed-in customer's: an unverified hint, upstream decides."""
    credentials = context.credentials
    return credentials.customer_token and row.get("id") == credentials.customer_id


def session_of(row: Row, context: Context) -> dict[str, JSON] | None:
    """The `Session` object of a customer's row, under GraphQL names; None on anybody else's."""
    return {"expiresAt": coerce_epoch(context.credentials.expires)} if is_own(row, context) else None


def found(edge: Edge, response: Response, context: Context) -> bool:
    """Whether an answer holds what the edge leads to; False where that is null.

    Raises:
        PenstockError: The answer is a refusal or a failure.
    """
    if not edge.missing_is_null and response.status in _TOKEN_REFUSED:
        raise CredentialError(
            "The customer of this token cannot be read (any more): sign in again.",
            "CUSTOMER_TOKEN_INVALID",
            status=response.status,
            request_id=request_id_of(response),
        )
    return judge(response, edge.route.template, customer_token=context.credentials.customer_token)


def check_identity(edge: Edge, wanted: str | None, identity: JSON) -> None:
    """Refuse a row that is not the one asked for.

    Raises:
        UpstreamInvalid: Upstream answered with another resource.
    """
    if wanted is not None and identity != wanted:
        raise UpstreamInvalid(f"{edge.route.template} answered with another resource than was asked for.")


async def all_rows(reads: Sequence[Coroutine[object, object, Row | None]]) -> list[Row]:
    """The rows that exist, when every read has ended: none outlives the answer, and it is not chance which one failed.

    Raises:
        PenstockError: The first in order of those that failed.
    """
    if len(reads) == 1:
        rows: list[Row | BaseException | None] = [await reads[0]]
    else:
        rows = await asyncio.gather(*reads, return_exceptions=True)
    served: list[Row] = []
    for row in rows:
        if isinstance(row, BaseException):
            raise row
        if row is not None:
            served.append(row)
    return served
