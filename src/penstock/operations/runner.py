"""Runs a request on the generation it was given: prepared operation, then its plan or the reference executor.

Never here: HTTP, how a plan is made.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from penstock.definitions.model import JSON
from penstock.errors import CallerError, LimitError
from penstock.operations.calls import with_extension
from penstock.operations.context import Context
from penstock.operations.documents import Compile, Documents, DocumentSettings, Lookups, PreparedOperation
from penstock.operations.failures import error_entry
from penstock.operations.faults import RequestError, UndeterminedOperationError
from penstock.operations.limits import check_variables, too_costly
from penstock.operations.reference import bind, run_reference
from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.operations.services import Services
from penstock.operations.stored import StoredDocuments
from penstock.operations.under_way import WritesUnderWay
from penstock.schema.generation import Generation

_encoder = msgspec.json.Encoder()


class Runner:
    """Runs operations for whoever brings a generation, a request and credentials.

    Args:
        services: What all requests share.
        settings: How documents are prepared.
        compile_plan: Makes plans, or says why not.
        stored: Finds documents that are asked for by name; None where there are none.

    Attributes:
        lookups: How often a document was known.
        writes: The mutations under way.
    """

    __slots__ = ("_compile", "_services", "_settings", "_stored", "lookups", "writes")

    def __init__(
        self,
        services: Services,
        settings: DocumentSettings,
        compile_plan: Compile,
        stored: StoredDocuments | None = None,
    ) -> None:
        self._stored = stored or StoredDocuments()
        self._services = services
        self._settings = settings
        self._compile = compile_plan
        self.lookups = Lookups()
        self.writes = WritesUnderWay()

    async def run(self, generation: Generation, request: OperationRequest, credentials: Credentials) -> OperationResult:
        """The whole answer to a request; whatever is wrong with the request is in the answer.

        A mutation that has begun is finished, also when whoever waits for its answer is cancelled.
        """
        asked, is_trusted = request, False
        try:
            if self._stored.minds(request):
                request, is_trusted = await self.find(request)
            prepared = self.prepare(generation, request)
        except RequestError as error:
            return self.refused(error, request.request_id)
        if prepared.kind == "subscription":
            return _unstreamed(prepared, request.request_id)
        if not request.allow_mutation and (refusal := self.refuse_get(prepared, is_trusted=is_trusted)):
            return _method(refusal, prepared, request.request_id)
        if request.document_digest:
            await self._stored.keep(asked)
        running = self.run_prepared(self.context(generation, request, credentials), prepared, request, is_trusted)
        return await (self.writes.finish(running) if prepared.kind == "mutation" else running)

    def context(self, generation: Generation, request: OperationRequest, credentials: Credentials) -> Context:
        """What one run of an operation owns."""
        suggestions = self._settings.suggestions
        return Context(self._services, generation, credentials, request.request_id, suggestions=suggestions)

    async def find(self, request: OperationRequest) -> tuple[OperationRequest, bool]:
        """The same request with the text of the document that it means, and whether that is a trusted one.

        Raises:
            RequestError: There is no such document, or it may not be run.
        """
        if not self._stored.minds(request):
            return request, False
        text, is_trusted = await self._stored.find(request)
        return msgspec.structs.replace(request, document=text), is_trusted

    def prepare(self, generation: Generation, request: OperationRequest) -> PreparedOperation:
        """The operation of a request, ready to run on a generation.

        Raises:
            RequestError: It is not valid there, or beyond a limit.
        """
        prepared = self.documents(generation).prepare(request.document, request.operation_name)
        self._check(prepared, request)
        return prepared

    async def run_prepared(
        self, context: Context, prepared: PreparedOperation, request: OperationRequest, is_trusted: bool = False
    ) -> OperationResult:
        """Run a prepared operation; the context ends with it."""
        try:
            plan = prepared.plan
            if isinstance(plan, str):
                body, executed = await _refer(context, prepared, request)
            else:
                body, executed = await plan.run(context, request.variables)
        finally:
            context.end()
        if executed:
            self._services.on_run(prepared.footprint, request.client_name, request.variables)
        if request.shows_cost or self._settings.shows_cost:
            body = self._with_cost(body, prepared.cost.estimate(request.variables), context.calls)
        return OperationResult(
            body,
            "executed" if executed else "refused",
            prepared.kind,
            prepared.name,
            "reference" if isinstance(plan, str) else "plan",
            context.codes if context.errors else (),
            context.calls,
            is_trusted,
            prepared.footprint.is_private,
        )

    def documents(self, generation: Generation) -> Documents:
        """The prepared operations of a generation, kept on it and gone with it."""
        kept = generation.prepared.get(Documents)
        if isinstance(kept, Documents):
            return kept
        bind(generation)
        made = Documents(generation, self._settings, self._compile, self.lookups)
        generation.prepared[Documents] = made
        return made

    def _check(self, prepared: PreparedOperation, request: OperationRequest) -> None:
        """Refuse variables that are too large, and what would cost too much with them.

        Raises:
            RequestError: One or the other.
        """
        limits, variables = self._settings.limits, request.variables
        if variables:
            try:
                check_variables(variables, limits)
            except LimitError as error:
                raise RequestError([(error, [])]) from error
        if limits.cost and prepared.cost.most > limits.cost:
            found = prepared.cost.estimate(variables)
            if found > limits.cost:
                raise RequestError([(too_costly(found, limits.cost), [])], estimate=found)

    def _with_cost(self, body: bytes, estimate: int, calls: int) -> bytes:
        cost = {
            "estimatedUpstreamCalls": estimate,
            "actualUpstreamCalls": calls,
            "limit": self._settings.limits.cost or None,
        }
        return with_extension(body, "cost", _encoder.encode(cost))

    def refuse_get(self, prepared: PreparedOperation, *, is_trusted: bool) -> str:
        """Why a safe method may not run an operation, or ""."""
        if prepared.kind == "mutation":
            return f"A {prepared.kind} cannot be run by GET: use POST."
        if self._stored.rules.get_trusted_only and not is_trusted:
            return "A GET runs trusted documents only here: use POST."
        return ""

    def hold(self, generation: Generation, texts: Iterable[str]) -> dict[str, str]:
        """Prepare documents on a generation for good; text → why it cannot be run."""
        return self.documents(generation).hold(texts)

    def refused(self, error: RequestError, request_id: str) -> OperationResult:
        """The answer to a request that is not run."""
        for fault, _ in error.faults:
            if isinstance(fault, LimitError) and fault.limit:
                self._services.on_limit(fault.limit)
        entries: list[JSON] = [error_entry(fault, request_id, (), locations) for fault, locations in error.faults]
        codes = tuple(dict.fromkeys(fault.public_code for fault, _ in error.faults))
        body = _encoder.encode({"errors": entries})
        if error.estimate is not None:
            body = self._with_cost(body, error.estimate, 0)
        is_undetermined = isinstance(error, UndeterminedOperationError)
        return OperationResult(body, "undetermined" if is_undetermined else "refused", codes=codes)


async def _refer(context: Context, prepared: PreparedOperation, request: OperationRequest) -> tuple[bytes, bool]:
    """The reference executor's answer in bytes, and whether the operation was executed."""
    answer, executed = await run_reference(context, prepared.document, request.operation_name, request.variables)
    return _encoder.encode(answer), executed


def _unstreamed(prepared: PreparedOperation, request_id: str) -> OperationResult:
    message = "A subscription is answered by a stream of events: ask with `Accept: text/event-stream`."
    body = _encoder.encode({"errors": [error_entry(CallerError(message, "BAD_REQUEST"), request_id)]})
    return OperationResult(body, "refused", prepared.kind, prepared.name, codes=("BAD_REQUEST",))


def _method(message: str, prepared: PreparedOperation, request_id: str) -> OperationResult:
    entry = error_entry(CallerError(message, "BAD_REQUEST"), request_id)
    body = _encoder.encode({"errors": [entry]})
    return OperationResult(body, "method", prepared.kind, prepared.name, codes=("BAD_REQUEST",))
