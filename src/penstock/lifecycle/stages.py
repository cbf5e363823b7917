"""The stages between a store's definitions and a schema that serves, each a callable that `app` passes in.

    load → same as before? → settle names → build a candidate → judge it → swap → record

Never here: what a stage does, in what order they run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from penstock.definitions.lock import NO_LOCK, Lock
from penstock.definitions.model import StoreDefinitions
from penstock.definitions.reading import DefinitionSource, Reading
from penstock.schema.diff import Change as SchemaChange
from penstock.schema.generation import Generation
from penstock.schema.impact import Broken
from penstock.schema.settling import fingerprint_of


@dataclass(frozen=True, slots=True)
class Settled:
    """Definitions of which every name is settled: all that a schema is made of.

    Attributes:
        reading: What was read.
        lock: Which name belongs to what, and what has gone but is still shown.
        fingerprint: Of definitions and lock together: the same one means that nothing has to be built.
        loaded_at: When the definitions were read, in epoch seconds.
    """

    reading: Reading
    lock: Lock
    fingerprint: str
    loaded_at: float

    @property
    def definitions(self) -> StoreDefinitions:
        """What the store said."""
        return self.reading.definitions

    @property
    def source(self) -> DefinitionSource:
        """Where it came from."""
        return self.reading.source


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a candidate may serve, and what it would change.

    Attributes:
        is_held: Whether it waits until it is released or a later look replaces it.
        reason: Why it waits, in one sentence for the operator; "" where it does not.
        changes: What it changes in the schema that serves, the worst first.
        broken: The known operations that it breaks.
    """

    is_held: bool = False
    reason: str = ""
    changes: tuple[SchemaChange, ...] = ()
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A candidate and what it is to replace.

    Attributes:
        before: The generation that serves, None at the first.
        after: The candidate.
        settled: What the candidate was made of.
        at: When it was built or, once it serves, when it was swapped in; in epoch seconds.
        verdict: What was found when it was judged.
    """

    before: Generation | None
    after: Generation
    settled: Settled
    at: float
    verdict: Verdict = Verdict()


@dataclass(frozen=True, slots=True)
class Held:
    """A candidate that waits.

    Attributes:
        change: The candidate and what it would replace.
        reason: Why it waits, in one sentence.
    """

    change: Change
    reason: str


Begin: TypeAlias = Callable[[], Awaitable[None]]
"""Awaited before the first look."""

Load: TypeAlias = Callable[[], Awaitable[Reading]]
"""Reads and parses the store's definitions."""

Settle: TypeAlias = Callable[[Reading, float], Awaitable[Settled]]
"""A reading and the epoch seconds at which it began, to definitions with final names."""

Build: TypeAlias = Callable[[Settled, int], Generation]
"""Settled definitions and the generation's number, to a generation: slow and pure, run in a worker thread."""

Judge: TypeAlias = Callable[[Change], Awaitable[Verdict]]
"""Whether a candidate may serve; one that is held is asked about again whenever it is found again."""

Keep: TypeAlias = Callable[[Settled], Awaitable[None]]
"""Told after each look what serves and was found again; a failure is logged and changes nothing."""

Recall: TypeAlias = Callable[[], Awaitable[Reading | None]]
"""Finds what served last, for a beginning without the store; None where nothing is known."""

Record: TypeAlias = Callable[[Change], Awaitable[None]]
"""Told of each swap after it happened; a failure is logged and changes nothing."""


async def begin_at_once() -> None:
    """Nothing has to be waited for."""


async def settle_as_read(reading: Reading, at: float) -> Settled:
    """Names by the rules alone, nothing pinned."""
    return Settled(reading, NO_LOCK, fingerprint_of(reading.definitions, NO_LOCK), at)


async def recall_nothing() -> Reading | None:
    """Nothing is known of what served last."""
    return None


async def apply_always(_change: Change) -> Verdict:
    """Every candidate may serve."""
    return Verdict()


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of a look, in their order.

    ``recalls_first`` where what served last serves before the first look is judged: where a policy may hold what the
    store says now, there must be something that it is held behind. ``glance`` stands for ``load`` where nobody asked
    for the look.
    """

    load: Load
    build: Build
    settle: Settle = settle_as_read
    judge: Judge = apply_always
    record: tuple[Record, ...] = ()
    keep: tuple[Keep, ...] = ()
    recall: Recall = recall_nothing
    recalls_first: bool = False
    glance: Load | None = None
    begin: Begin = begin_at_once
