"""Keeps spans that have ended until somebody takes them away, and knows where the code that runs stands in a trace.

Never here: sending, what a span is about.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from penstock.telemetry.traces.context import Place, Sampler, TraceIds, clean_state, parse_traceparent
from penstock.telemetry.traces.shapes import Shape, Value, request, span


@dataclass(frozen=True, slots=True)
class Resource:
    """Who records.

    Attributes:
        attributes: As `service.name`.
        scope: Name and version of the recorder.
    """

    attributes: dict[str, Value]
    scope: tuple[str, str]


class Tracer:
    """Records spans.

    Args:
        sampler: Who is recorded.
        ids: Makes ids.
        clock: Nanoseconds since the epoch.
        most: Spans kept at a time; later ones are dropped and counted.

    Attributes:
        current: Where the code that runs stands.
        dropped: Spans that found no room, since the start.
    """

    def __init__(self, sampler: Sampler, ids: TraceIds, clock: Callable[[], int], most: int) -> None:
        self.clock = clock
        self.current: ContextVar[Place | None] = ContextVar("penstock_place", default=None)
        self.dropped = 0
        self._sampler = sampler
        self._ids = ids
        self._most = most
        self._batch = 0
        self._wake: Callable[[], None] | None = None
        self._kept: list[bytes] = []

    def __len__(self) -> int:
        return len(self._kept)

    def begin(self, traceparent: bytes, tracestate: bytes) -> Place:
        """A place for a request that came in: in the caller's trace where it names one, else in a new one."""
        parent = parse_traceparent(traceparent) if traceparent else None
        if parent is None:
            trace_id = self._ids.trace_id()
            return Place(trace_id, self._ids.span_id(), b"", self._sampler.takes(trace_id, None))
        is_sampled = self._sampler.takes(parent.trace_id, parent)
        return Place(parent.trace_id, self._ids.span_id(), parent.span_id, is_sampled, clean_state(tracestate))

    def below(self, place: Place) -> Place:
        """A new place below another one."""
        return Place(place.trace_id, self._ids.span_id(), place.span_id, place.is_sampled, place.state)

    def record(self, place: Place, began: int, common: Shape) -> None:
        """Keep a span that ends now."""
        if not place.is_sampled:
            return
        if len(self._kept) >= self._most:
            self.dropped += 1
            return
        ids = (place.trace_id, place.span_id, place.parent_id)
        self._kept.append(span(ids, place.state, (began, self.clock()), common))
        if len(self._kept) == self._batch and self._wake is not None:
            self._wake()

    def on_batch(self, batch: int, wake: Callable[[], None]) -> None:
        """Call back whenever so many spans are kept."""
        self._batch = min(batch, self._most)
        self._wake = wake

    def give_back(self, spans: list[bytes]) -> None:
        """Keep spans again that were taken."""
        self._kept[:0] = spans

    def take(self, most: int) -> list[bytes]:
        """The oldest spans that are kept, which are kept no more."""
        taken, self._kept = self._kept[:most], self._kept[most:]
        return taken


def export(resource: Resource, spans: list[bytes]) -> bytes:
    """The body of a request to a collector."""
    return request(resource.attributes, resource.scope, spans)
