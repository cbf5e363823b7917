"""What one subscriber is told: read anew, as the subscriber, each time that something has changed.

Never here: how answers travel, who else is told.
Source: CONTRACT §12 (refetch rather than trust an event's contents; events can be lost, so look now and then as well).
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from types import TracebackType

import msgspec

from penstock.errors import CallerError, CredentialError, LimitError, PenstockError, UpstreamError
from penstock.operations.context import Context
from penstock.operations.documents import PreparedOperation
from penstock.operations.failures import error_entry
from penstock.operations.faults import RequestError
from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.operations.rows import judge
from penstock.operations.runner import Runner
from penstock.operations.subscriptions.hub import Watcher
from penstock.resources.ways import Route
from penstock.schema.generation import Generation
from penstock.upstream.wire import target

_encode = msgspec.json.Encoder().encode
_FIRST_RETRY_SECONDS = 1.0
_LONGEST_RETRY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Means:
    """What every stream makes use of.

    Attributes:
        runner: Runs the operation.
        current: The generation that serves now.
        clock: Epoch seconds.
        check_seconds: Time between looks that no event asks for; 0 for none.
        on_told: Told of (field, what became of it: ``delivered``, ``refused``, ``failed``, ``ended``).
    """

    runner: Runner
    current: Callable[[], Generation | None]
    clock: Callable[[], float]
    check_seconds: float
    on_told: Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer, and whether it is the last."""

    body: bytes
    is_last: bool = False


class SubscriptionStream:
    """The answers of one subscription; use it as a context manager, which gives up its place in the end.

    Attributes:
        told: What is counted of it when it begins.

    Args:
        means: What every stream makes use of.
        watcher: Its place.
        request: With the text of the document.
        credentials: The subscriber's own.
        route: Where the subject is read; None for the schema.
        context: Of its opening.
        prepared: The operation.
        is_trusted: Whether it is a trusted document.
    """

    def __init__(
        self,
        means: Means,
        watcher: Watcher,
        request: OperationRequest,
        credentials: Credentials,
        route: Route | None,
        context: Context,
        prepared: PreparedOperation,
        *,
        is_trusted: bool,
    ) -> None:
        self._means = means
        self._watcher = watcher
        self._request = request
        self._credentials = credentials
        self._route = route
        self._version = context.generation.version
        self._is_trusted = is_trusted
        self._expires = credentials.expires if route is not None else None
        self._seen = b""
        self._retry_seconds = 0.0
        self._next_check = self._after_check()
        self.told = OperationResult(b"", operation_type=prepared.kind, operation_name=prepared.name)

    def __repr__(self) -> str:
        return f"SubscriptionStream({self._watcher.field})"

    def __enter__(self) -> SubscriptionStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watcher.leave()

    @property
    def name(self) -> str:
        """Of the root field."""
        return self._watcher.field

    async def begin(self, context: Context) -> None:
        """Look for the first time: nobody watches what it may not read.

        Raises:
            PenstockError: It may not, or it is not known whether it may.
        """
        if self._route is not None and not await self._look(context, self._route):
            subject = self._watcher.subject
            raise CallerError(f"There is no {subject.kind} with this id that these credentials may read.")
        self.told = msgspec.structs.replace(self.told, upstream_calls=context.calls)

    async def answers(self) -> AsyncGenerator[bytes, None]:
        """GraphQL answers, each when there is something to tell; at its end nothing more will ever be told."""
        while True:
            await self._watcher.wait(self._patience())
            told = await self._news()
            if told is not None:
                yield told.body
                if told.is_last:
                    return

    async def _news(self) -> _Told | None:
        """What there is to tell now, if anything. No generation is held from one time to the next."""
        if self._expires is not None and self._expires <= self._means.clock():
            return self._end(CredentialError(_EXPIRED, "CUSTOMER_TOKEN_EXPIRED"))
        generation = self._means.current()
        if generation is None:
            return None
        try:
            prepared = self._means.runner.prepare(generation, self._request)
        except RequestError as error:
            # The schema that serves now has no answer for it.
            self._means.on_told(self.name, "ended")
            return _Told(self._means.runner.refused(error, self._request.request_id).body, is_last=True)
        context = self._means.runner.context(generation, self._request, self._credentials)
        try:
            if self._route is None:
                return await self._schema_news(context, prepared)
            return await self._resource_news(context, prepared, self._route)
        finally:
            context.end()

    async def _schema_news(self, context: Context, prepared: PreparedOperation) -> _Told | None:
        if context.generation.version == self._version:
            return None
        self._version = context.generation.version
        return _Told(await self._run(context, prepared))

    async def _resource_news(self, context: Context, prepared: PreparedOperation, route: Route) -> _Told | None:
        watcher, seen = self._watcher, self._seen
        is_due = 0 < self._next_check <= self._means.clock()
        if not watcher.is_told and not is_due:
            return None
        is_told, watcher.is_told = watcher.is_told, False
        if is_due:
            self._next_check = self._after_check()
        try:
            is_there = await self._look(context, route)
        except (UpstreamError, LimitError):  # nothing is said about who may read
            self._put_off(is_told=is_told)
            return None
        except PenstockError as error:
            self._retry_seconds = 0.0
            self._means.on_told(self.name, "refused")
            # What no event has caused tells of none.
            return self._end(error) if is_due and not is_told else None
        self._retry_seconds = 0.0
        if not is_told and is_there and self._seen == seen:
            return None
        context.told = {"id": watcher.subject.id, "isDeleted": not is_there}
        return _Told(await self._run(context, prepared), is_last=not is_there)

    async def _look(self, context: Context, route: Route) -> bool:
        """Read the subject; whether it is there. Whoever runs the operation on this context reads it no second time.

        Raises:
            PenstockError: It may not be read, or cannot be now.
        """
        where = target(route.template, {"id": self._watcher.subject.id})
        response = await context.loader.load(route.template, where)
        if not judge(response, route.template, customer_token=self._credentials.customer_token):
            return False
        self._seen = hashlib.sha256(response.body).digest()
        return True

    async def _run(self, context: Context, prepared: PreparedOperation) -> bytes:
        result = await self._means.runner.run_prepared(context, prepared, self._request, self._is_trusted)
        self._means.on_told(self.name, "delivered")
        return result.body

    def _end(self, error: PenstockError) -> _Told:
        self._means.on_told(self.name, "ended")
        return _Told(_encode({"errors": [error_entry(error, self._request.request_id)]}), is_last=True)

    def _put_off(self, *, is_told: bool) -> None:
        """Look again in a while: an outage of the store loses no event."""
        self._means.on_told(self.name, "failed")
        if is_told:
            self._watcher.is_told = True
            self._retry_seconds = min(max(_FIRST_RETRY_SECONDS, 2 * self._retry_seconds), _LONGEST_RETRY_SECONDS)

    def _after_check(self) -> float:
        return self._means.clock() + self._means.check_seconds if self._means.check_seconds else 0.0

    def _patience(self) -> float | None:
        """How long to wait where nothing is told."""
        now, moments = self._means.clock(), []
        if self._retry_seconds:
            moments.append(now + self._retry_seconds)
        if self._next_check and self._route is not None:
            moments.append(self._next_check)
        if self._expires is not None:
            moments.append(self._expires)
        return max(0.0, min(moments) - now) if moments else None


_EXPIRED = "The customer token has expired: sign in again, and subscribe anew."
