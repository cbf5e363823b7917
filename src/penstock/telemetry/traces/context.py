"""Where a request stands in a trace, the header that says so, and who is sampled.

Never here: spans.
Source: W3C Trace Context level 1; OpenTelemetry's samplers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec

_PARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_STATE = re.compile(rb"[\x20-\x7e]{1,512}")
_SAMPLED = 1
_ALL = 1 << 64

SamplerName: TypeAlias = Literal[
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
]


class Place(msgspec.Struct, gc=False):
    """Where something stands in a trace; a struct, because thousands are made a second.

    Attributes:
        trace: The trace's id in hexadecimal digits.
        span: Its own id, a number of 64 bits.
        parent: The id of what it is below, 0 for none.
        is_sampled: Whether spans are recorded.
        state: What other systems added to the trace, to be handed on.
        began: When it began, in nanoseconds since the epoch.
        what: What it is, as the one who began it calls it.
    """

    trace: bytes
    span: int
    parent: int
    is_sampled: bool
    state: bytes
    began: int
    what: str = ""

    @property
    def traceparent(self) -> bytes:
        """The header for a call that is made from here."""
        return b"00-%b-%016x-0%d" % (self.trace, self.span, self.is_sampled)


@dataclass(frozen=True, slots=True)
class Parent:
    """What a caller's header says."""

    trace: bytes
    span: int
    is_sampled: bool


def parse_traceparent(value: bytes) -> Parent | None:
    """What a ``traceparent`` says, or None where it says nothing valid: a trace begins anew then."""
    found = _PARENT.fullmatch(value)
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == b"ff" or (version == b"00" and more) or not (trace_id.strip(b"0") and span_id.strip(b"0")):
        return None
    return Parent(trace_id, int(span_id, 16), bool(int(flags, 16) & _SAMPLED))


def clean_state(value: bytes) -> bytes:
    """A ``tracestate`` that can be handed on, or none."""
    return value if _STATE.fullmatch(value) else b""


@dataclass(frozen=True, slots=True)
class Sampler:
    """Decides whether a trace is recorded, from its id alone or as whoever called decided.

    Attributes:
        name: As `OTEL_TRACES_SAMPLER` names it.
        ratio: From 0 to 1, for those that take a part.
    """

    name: SamplerName = "parentbased_always_on"
    ratio: float = 1.0

    @property
    def threshold(self) -> int:
        """A new trace is recorded where the lower 64 bits of its id are below."""
        if self.name.endswith("always_on"):
            return _ALL
        return 0 if self.name.endswith("always_off") else round(self.ratio * _ALL)

    def takes(self, low: int, parent: Parent) -> bool:
        """Whether the trace of a caller is recorded; ``low`` has the lower 64 bits of its id."""
        if self.name.startswith("parentbased_"):
            return parent.is_sampled
        return low < self.threshold
