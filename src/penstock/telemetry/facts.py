"""What the gauges say, as it is handed to them by whoever knows.

Never here: what is counted as it happens.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SchemaFacts:
    """What the gauges say about the schema that serves now.

    Attributes:
        number: The generation's number, 0 before the first.
        loaded_at: When its definitions were read, in epoch seconds.
        problems: Definitions that could not be used as they are.
    """

    number: int
    loaded_at: float
    problems: int


@dataclass(frozen=True, slots=True)
class UpstreamFacts:
    """What the gauges say about the way to the store.

    Attributes:
        waiting: Calls that wait for their turn.
        breaker: ``closed``, ``open``, ``half-open``, or "" where there is none.
    """

    waiting: int = 0
    breaker: str = ""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What is told about prepared operations.

    Attributes:
        kept: How many there are.
        hits: Look-ups that found one, since the start.
        misses: Look-ups that did not.
    """

    kept: int = 0
    hits: int = 0
    misses: int = 0
