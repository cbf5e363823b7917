"""Where a request stands in a trace: the header that says so, ids, and who is sampled.

Never here: spans.
Source: W3C Trace Context level 1; OpenTelemetry's samplers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

_PARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_STATE = re.compile(rb"[\x20-\x7e]{1,512}")
_SAMPLED = 1
_RATIO_BITS = (1 << 64) - 1

SamplerName: TypeAlias = Literal[
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
]


@dataclass(slots=True)
class Place:
    """Where something stands in a trace; the one who makes it tells those below.

    Attributes:
        trace_id: 16 bytes.
        span_id: 8 bytes, its own.
        parent_id: 8 bytes of what it is below, or none.
        is_sampled: Whether spans are recorded.
        state: What other systems added to the trace, to be handed on.
    """

    trace_id: bytes
    span_id: bytes
    parent_id: bytes
    is_sampled: bool
    state: bytes = b""

    @property
    def traceparent(self) -> bytes:
        """The header for a call that is made from here."""
        flags = b"01" if self.is_sampled else b"00"
        return b"00-%b-%b-%b" % (self.trace_id.hex().encode(), self.span_id.hex().encode(), flags)


@dataclass(frozen=True, slots=True)
class Parent:
    """What a caller's header says."""

    trace_id: bytes
    span_id: bytes
    is_sampled: bool


def parse_traceparent(value: bytes) -> Parent | None:
    """What a ``traceparent`` says, or None where it says nothing valid: a trace begins anew then."""
    found = _PARENT.fullmatch(value)
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == b"ff" or (version == b"00" and more) or not (trace_id.strip(b"0") and span_id.strip(b"0")):
        return None
    return Parent(bytes.fromhex(trace_id.decode()), bytes.fromhex(span_id.decode()), bool(int(flags, 16) & _SAMPLED))


def clean_state(value: bytes) -> bytes:
    """A ``tracestate`` that can be handed on, or none."""
    return value if _STATE.fullmatch(value) else b""


class TraceIds:
    """Makes ids.

    Args:
        bits: So many random bits as a number.
    """

    __slots__ = ("_bits",)

    def __init__(self, bits: Callable[[int], int]) -> None:
        self._bits = bits

    def trace_id(self) -> bytes:
        """16 bytes that are not all 0."""
        return (self._bits(128) or 1).to_bytes(16, "big")

    def span_id(self) -> bytes:
        """8 bytes that are not all 0."""
        return (self._bits(64) or 1).to_bytes(8, "big")


@dataclass(frozen=True, slots=True)
class Sampler:
    """Decides whether a trace is recorded, from its id alone or as whoever called decided.

    Attributes:
        name: As `OTEL_TRACES_SAMPLER` names it.
        ratio: From 0 to 1, for those that take a part.
    """

    name: SamplerName = "parentbased_always_on"
    ratio: float = 1.0

    def takes(self, trace_id: bytes, parent: Parent | None) -> bool:
        """Whether this trace is recorded."""
        name = self.name
        if parent is not None and name.startswith("parentbased_"):
            return parent.is_sampled
        if name.endswith("always_on"):
            return True
        if name.endswith("always_off"):
            return False
        return int.from_bytes(trace_id[8:], "big") < self.ratio * _RATIO_BITS
