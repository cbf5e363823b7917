"""Calls to the store as spans: method, route template and status, and nothing that tells one customer from another.

Never here: targets, headers, bodies.
Source: OpenTelemetry's semantic conventions for HTTP client spans.
"""

from __future__ import annotations

from penstock.telemetry.traces.context import Place
from penstock.telemetry.traces.shapes import KIND_CLIENT, Shape, Value, shape
from penstock.telemetry.traces.tracer import Tracer


class TracedCall:
    """One call under way.

    Attributes:
        lines: What the store is told, as lines of a head.
    """

    __slots__ = ("_calls", "_method", "_place", "_route", "lines")

    def __init__(self, calls: CallTracer, place: Place, method: str, route: str) -> None:
        self._calls = calls
        self._place = place
        self._method = method
        self._route = route
        self.lines: tuple[tuple[bytes, bytes], ...] = ((b"traceparent", place.traceparent),)
        if place.state:
            self.lines = (*self.lines, (b"tracestate", place.state))

    def end(self, outcome: int | str) -> None:
        """Record it: a status, or the kind of failure."""
        if self._place.is_sampled:
            calls = self._calls
            calls.tracer.record(self._place, calls.shape_of(self._method, self._route, outcome))


class CallTracer:
    """Begins a call below whatever runs.

    Args:
        tracer: Records spans.
        base_url: Where the store is.
        host: Its name or address.
        port: Its port.
    """

    def __init__(self, tracer: Tracer, base_url: str, host: str, port: int) -> None:
        self.tracer = tracer
        self._base_url = base_url
        self._host = host
        self._port = port
        self._shapes: dict[tuple[str, str, int | str], Shape] = {}

    def __call__(self, method: str, route: str) -> TracedCall | None:
        """The call that begins now; None outside a trace."""
        above = self.tracer.current.get()
        return None if above is None else TracedCall(self, self.tracer.below(above), method, route)

    def shape_of(self, method: str, route: str, outcome: int | str) -> Shape:
        """What calls of this route that came to this have in common; routes and outcomes are few."""
        key = (method, route, outcome)
        known = self._shapes.get(key)
        if known is None:
            known = self._shapes[key] = self._make(method, route, outcome)
        return known

    def _make(self, method: str, route: str, outcome: int | str) -> Shape:
        attributes: dict[str, Value] = {
            "http.request.method": method,
            "url.template": route,
            "url.full": self._base_url + route,
            "server.address": self._host,
            "server.port": self._port,
        }
        is_error = not isinstance(outcome, int) or outcome >= 400
        if isinstance(outcome, int):
            attributes["http.response.status_code"] = outcome
        if is_error:
            attributes["error.type"] = str(outcome)
        return shape(f"{method} {route}", KIND_CLIENT, attributes, is_error=is_error)
