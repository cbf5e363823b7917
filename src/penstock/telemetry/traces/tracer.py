"""Keeps spans that have ended until somebody takes them away, and knows where the code that runs stands in a trace.

Never here: sending, what a span is about.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeAlias

from penstock.telemetry.traces.context import Place, Sampler, clean_state, parse_traceparent
from penstock.telemetry.traces.shapes import Shape, Value, request, span

Ended: TypeAlias = tuple[Place, int, Shape]
"""A span: where it stood, when it ended in nanoseconds since the epoch, and what it has in common with others."""

_LOW = (1 << 64) - 1


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
    """Records spans; what can wait until they are taken away waits.

    Args:
        sampler: Who is recorded.
        bits: So many random bits as a number, for ids.
        clock: Nanoseconds since the epoch.
        most: Spans kept at a time; later ones are dropped and counted.

    Attributes:
        current: Where the code that runs stands.
        bits: As it was given.
        threshold: A new trace is recorded where the lower half of its id is below.
        dropped: Spans that found no room, since the start.
    """

    def __init__(self, sampler: Sampler, bits: Callable[[int], int], clock: Callable[[], int], most: int) -> None:
        self.clock = clock
        self.current: ContextVar[Place | None] = ContextVar("penstock_place", default=None)
        self.dropped = 0
        self._sampler = sampler
        self.threshold = sampler.threshold
        self.bits = bits
        self._most = most
        self._batch = 0
        self._wake: Callable[[], None] | None = None
        self._kept: list[Ended] = []

    def __len__(self) -> int:
        return len(self._kept)

    def begin(self, traceparent: bytes, tracestate: bytes, what: str) -> Place | None:
        """A place for a request that comes in: in the caller's trace where it names one, else in a new one.

        None for a request that names none and is not recorded: nothing has to be known of it.
        """
        parent = parse_traceparent(traceparent) if traceparent else None
        if parent is None:
            low = self.bits(64)
            return None if low >= self.threshold else self.start(low, what)
        is_sampled = self._sampler.takes(int(parent.trace, 16) & _LOW, parent)
        state = clean_state(tracestate) if tracestate else b""
        return Place(parent.trace, self.bits(64) or 1, parent.span, is_sampled, state, self.clock(), what)

    def start(self, low: int, what: str) -> Place:
        """A place in a new trace that is recorded, of whose id the lower 64 bits are these."""
        trace = b"%032x" % (self.bits(64) << 64 | low or 1)
        return Place(trace, self.bits(64) or 1, 0, True, b"", self.clock(), what)

    def below(self, place: Place) -> Place:
        """A new place below another one, from now on."""
        return Place(place.trace, self.bits(64) or 1, place.span, place.is_sampled, place.state, self.clock())

    def record(self, place: Place, common: Shape) -> None:
        """Keep a span that ends now."""
        kept = self._kept
        if len(kept) >= self._most:
            self.dropped += 1
            return
        kept.append((place, self.clock(), common))
        if len(kept) == self._batch and self._wake is not None:
            self._wake()

    def on_batch(self, batch: int, wake: Callable[[], None]) -> None:
        """Call back whenever so many spans are kept."""
        self._batch = min(batch, self._most)
        self._wake = wake

    def give_back(self, spans: list[Ended]) -> None:
        """Keep spans again that were taken."""
        self._kept[:0] = spans

    def take(self, most: int) -> list[Ended]:
        """The oldest spans that are kept, which are kept no more."""
        taken, self._kept = self._kept[:most], self._kept[most:]
        return taken


def export(resource: Resource, spans: list[Ended]) -> bytes:
    """The body of a request to a collector."""
    return request(resource.attributes, resource.scope, [_message(*ended) for ended in spans])


def _message(place: Place, ended: int, common: Shape) -> bytes:
    return span(place.trace, place.span, place.parent, place.state, (place.began, ended), common)
