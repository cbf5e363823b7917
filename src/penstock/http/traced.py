"""Requests and operations as spans; put round the endpoint and the runner only where traces are recorded.

Never here: headers but the two of a trace, documents, variables, arguments, bodies.
Source: W3C Trace Context; OpenTelemetry's semantic conventions for HTTP server spans and for GraphQL.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from penstock.http.asgi import App, Receive, Scope, Send
from penstock.http.streams import Runs
from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.schema.generation import Generation
from penstock.telemetry.requests import RequestFacts
from penstock.telemetry.traces import KIND_SERVER, Place, Shape, Tracer, Value, shape

_ROUTE = "/graphql"
_MOST_SHAPES = 1024
_OURS = frozenset({"INTERNAL", "UPSTREAM_UNAVAILABLE", "UPSTREAM_TIMEOUT", "UPSTREAM_INVALID_RESPONSE"})
"""Codes that are nobody's fault but ours or the store's: the span of such an operation is an error."""
_METHODS = frozenset({"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"})


class TracedFacts(RequestFacts, frozen=True, gc=False):
    """The facts of a request that is a part of a trace.

    Attributes:
        trace_id: The trace's id in hexadecimal digits.
    """

    trace_id: str = ""


def _with_trace(facts: RequestFacts, trace_id: str) -> TracedFacts:
    """The same facts with the trace's id; field by field, for this is done thousands of times a second."""
    return TracedFacts(
        facts.request_id,
        facts.operation,
        facts.type,
        facts.path,
        facts.status,
        facts.codes,
        facts.ms,
        facts.upstream_calls,
        trace_id,
    )


class RequestTracer:
    """Tells of requests and operations.

    Args:
        tracer: Records spans.
    """

    __slots__ = ("_shapes", "tracer")

    def __init__(self, tracer: Tracer) -> None:
        self.tracer = tracer
        self._shapes: dict[tuple[str, ...], Shape] = {}

    def endpoint(self, traced: App, plain: App) -> App:
        """The endpoint that a request goes to which has a place in a trace, and the one for all others."""
        return _Endpoint(traced, plain, self.tracer)

    def runs(self, runs: Runs) -> Runs:
        """The runner, each operation a span."""
        return _Runs(runs, self)

    def tell(self, tell: Callable[[RequestFacts], None]) -> Callable[[RequestFacts], None]:
        """The same for a request's facts: its span ends here, and its line has the trace's id."""

        def told(facts: RequestFacts) -> None:
            place = self.tracer.current.get()
            if place is None:
                tell(facts)
                return
            tell(_with_trace(facts, place.trace.decode()))
            if place.is_sampled:
                self.tracer.record(place, self._request_shape(place.what, facts.status))

        return told

    def operation_shape(self, result: OperationResult) -> Shape:
        """What operations with this outcome have in common."""
        code = result.codes[0] if result.codes else ""
        is_ours = bool(code) and not _OURS.isdisjoint(result.codes)
        key = (result.operation_type, result.operation_name[:64], result.path, code, str(is_ours))
        return self._known(key) or self._keep(key, _operation(*key[:4], is_error=is_ours))

    def _request_shape(self, method: str, status: int) -> Shape:
        key = (method, str(status))
        return self._known(key) or self._keep(key, _request(method, status))

    def _known(self, key: tuple[str, ...]) -> Shape | None:
        return self._shapes.get(key)

    def _keep(self, key: tuple[str, ...], made: Shape) -> Shape:
        if len(self._shapes) >= _MOST_SHAPES:  # names of operations are the callers'
            self._shapes.clear()
        self._shapes[key] = made
        return made


class _Endpoint:
    __slots__ = ("_plain", "_traced", "_tracer")

    def __init__(self, traced: App, plain: App, tracer: Tracer) -> None:
        self._traced = traced
        self._plain = plain
        self._tracer = tracer

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[object, object, None]:
        tracer = self._tracer
        parent = state = b""
        for name, value in scope["headers"]:
            if name == b"traceparent":
                parent = value
            elif name == b"tracestate":
                state = value
        low = 0
        if not parent:  # as nearly every request, of which nothing has to be known where it is not recorded
            low = tracer.bits(64)
            if low >= tracer.threshold:
                return self._plain(scope, receive, send)
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        place = tracer.begin(parent, state, method) if parent else tracer.start(low, method)
        return self._plain(scope, receive, send) if place is None else self._within(place, scope, receive, send)

    async def _within(self, place: Place, scope: Scope, receive: Receive, send: Send) -> None:
        token = self._tracer.current.set(place)
        try:
            await self._traced(scope, receive, send)
        finally:
            self._tracer.current.reset(token)


class _Runs:
    __slots__ = ("_inner", "_requests")

    def __init__(self, inner: Runs, requests: RequestTracer) -> None:
        self._inner = inner
        self._requests = requests

    def run(
        self, generation: Generation, request: OperationRequest, credentials: Credentials
    ) -> Coroutine[object, object, OperationResult]:
        """See `Runs.run`; an operation that is not recorded passes as if nothing were here."""
        above = self._requests.tracer.current.get()
        if above is None or not above.is_sampled:
            return self._inner.run(generation, request, credentials)
        return self._within(above, generation, request, credentials)

    async def _within(
        self, above: Place, generation: Generation, request: OperationRequest, credentials: Credentials
    ) -> OperationResult:
        tracer = self._requests.tracer
        place = tracer.below(above)
        token = tracer.current.set(place)
        try:
            result = await self._inner.run(generation, request, credentials)
        finally:
            tracer.current.reset(token)
        tracer.record(place, self._requests.operation_shape(result))
        return result


def _request(method: str, status: int) -> Shape:
    attributes: dict[str, Value] = {
        "http.request.method": method,
        "http.route": _ROUTE,
        "url.path": _ROUTE,
        "url.scheme": "http",
        "http.response.status_code": status,
    }
    is_error = status >= 500
    if is_error:
        attributes["error.type"] = str(status)
    return shape(f"{method if method != '_OTHER' else 'HTTP'} {_ROUTE}", KIND_SERVER, attributes, is_error=is_error)


def _operation(kind: str, name: str, path: str, code: str, *, is_error: bool) -> Shape:
    given = {
        "graphql.operation.type": kind,
        "graphql.operation.name": name,
        "penstock.path": path,
        "error.type": code,
    }
    attributes: dict[str, Value] = {key: value for key, value in given.items() if value}
    return shape(kind or "GraphQL Operation", KIND_SERVER, attributes, is_error=is_error)
