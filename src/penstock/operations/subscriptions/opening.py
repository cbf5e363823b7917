"""A request for a subscription becomes a stream: let in as any operation is, and only where it may be told anything.

Never here: HTTP, what is told later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import msgspec
from graphql import GraphQLError, GraphQLObjectType
from graphql.execution.values import get_argument_values, get_variable_values

from penstock.definitions.model import JSON
from penstock.errors import CallerError, PenstockError
from penstock.operations.context import Context
from penstock.operations.documents import PreparedOperation
from penstock.operations.edges import NO_ROW, origin_value
from penstock.operations.failures import argument_error
from penstock.operations.faults import RequestError
from penstock.operations.plan.collect import Collector, Selected
from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.operations.runner import Runner
from penstock.operations.subscriptions.hub import SCHEMA, Hub, Subject
from penstock.operations.subscriptions.stream import Means, SubscriptionStream
from penstock.resources.ways import Watching
from penstock.schema.generation import Generation


@dataclass(frozen=True, slots=True)
class TooMany:
    """There is no place for one more.

    Attributes:
        bound: Which bound was met: of the whole process, or of one client.
    """

    bound: Literal["total", "client"]


@dataclass(frozen=True, slots=True)
class SubscriptionSettings:
    """What subscriptions are allowed.

    Attributes:
        is_told: Whether upstream tells this gateway of changes.
        check_seconds: Time between looks that no event asks for; 0 for none.
    """

    is_told: bool
    check_seconds: float


class Subscriptions:
    """Opens subscriptions.

    Args:
        runner: Runs operations.
        hub: Who watches what.
        settings: What is allowed.
        current: The generation that serves now.
        clock: Epoch seconds.
        on_told: Told of (field, what became of an event).
    """

    def __init__(
        self,
        runner: Runner,
        hub: Hub,
        settings: SubscriptionSettings,
        current: Callable[[], Generation | None],
        clock: Callable[[], float],
        on_told: Callable[[str, str], None],
    ) -> None:
        self._runner = runner
        self._hub = hub
        self._settings = settings
        self._means = Means(runner, current, clock, settings.check_seconds, on_told)

    async def open(
        self, generation: Generation, request: OperationRequest, credentials: Credentials, client: bytes
    ) -> SubscriptionStream | OperationResult | TooMany | None:
        """The stream of a subscription; the answer to one that is refused; None for any other operation.

        Args:
            generation: Serves now.
            request: Asks for it.
            credentials: The subscriber's own.
            client: Whoever has the same is one client.
        """
        runner, kind = self._runner, ""
        try:
            request, is_trusted = await runner.find(request)
            prepared = runner.prepare(generation, request)
            kind = prepared.kind
            if kind != "subscription":
                return None
            if not request.allow_mutation and (refusal := runner.refuse_get(prepared, is_trusted=is_trusted)):
                raise _refused(CallerError(refusal, "BAD_REQUEST"))
            context = runner.context(generation, request, credentials)
            try:
                return await self._open(context, prepared, request, client, is_trusted=is_trusted)
            finally:
                context.end()
        except RequestError as error:
            return msgspec.structs.replace(runner.refused(error, request.request_id), operation_type=kind)

    async def _open(
        self,
        context: Context,
        prepared: PreparedOperation,
        request: OperationRequest,
        client: bytes,
        *,
        is_trusted: bool,
    ) -> SubscriptionStream | TooMany:
        generation, credentials = context.generation, context.credentials
        root = generation.description.subscription
        selected = Collector(prepared.document, None).root(prepared.operation, root.name) if root is not None else []
        if root is None or len(selected) != 1:
            raise _refused(CallerError("A subscription has one root field, which no condition decides.", "BAD_REQUEST"))
        source = root.field(selected[0].name).source
        subject = SCHEMA
        if isinstance(source, Watching):
            if not self._settings.is_told:
                raise _refused(CallerError(_UNTOLD.format(source.name), "BAD_REQUEST"), selected[0])
            subject = _subject(context, prepared, request, selected[0], source)
        watcher = self._hub.join(subject, selected[0].name, client)
        if isinstance(watcher, str):
            return TooMany(watcher)
        route = source.edge.route if isinstance(source, Watching) else None
        stream = SubscriptionStream(
            self._means, watcher, request, credentials, route, context, prepared, is_trusted=is_trusted
        )
        try:
            await stream.begin(context)
        except BaseException as error:
            watcher.leave()
            if isinstance(error, PenstockError):
                raise _refused(error, selected[0]) from error
            raise
        return stream


_UNTOLD = (
    "`{}` is not offered here: the store does not tell this gateway of changes. "
    "Its operator has to set PENSTOCK_WEBHOOK_SECRET."
)


def _subject(
    context: Context, prepared: PreparedOperation, request: OperationRequest, item: Selected, watching: Watching
) -> Subject:
    """What a root field watches.

    Raises:
        RequestError: The variables or the id cannot be used, or a token is needed.
    """
    schema = context.generation.schema
    values = get_variable_values(schema, prepared.operation.variable_definitions or (), dict(request.variables or {}))
    if isinstance(values, list):
        raise RequestError([(argument_error(error), _places(error)) for error in values])
    owner = schema.subscription_type
    if not isinstance(owner, GraphQLObjectType):
        raise _refused(CallerError("This schema has no subscriptions.", "BAD_REQUEST"), item)
    try:
        arguments: dict[str, JSON] = get_argument_values(owner.fields[item.name], item.nodes[0], values)
        ((_, origin),) = watching.origins
        identity = origin_value(origin, NO_ROW, arguments, context)
    except GraphQLError as error:
        raise RequestError([(argument_error(error), _places(error))]) from error
    except PenstockError as error:
        raise _refused(error, item) from error
    if identity is None:
        raise _refused(CallerError("No id is given, and there is no customer token that names one."), item)
    return Subject(watching.word, identity)


def _places(error: GraphQLError) -> list[tuple[int, int]]:
    return [(location.line, location.column) for location in error.locations or ()]


def _refused(error: PenstockError, item: Selected | None = None) -> RequestError:
    """A refusal of the whole request."""
    return RequestError([(error, list(item.locations) if item is not None else [])])
