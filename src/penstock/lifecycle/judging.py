"""The judge of candidates: what one changes, whom it breaks, and whether the operator's policy lets it serve.

Never here: how changes or broken operations are found, releasing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from penstock.errors import PenstockError
from penstock.lifecycle.stages import Change, Verdict
from penstock.schema.diff import Change as SchemaChange
from penstock.schema.diff import diff_schemas, read_schema
from penstock.schema.impact import Broken, KnownOperation, find_broken
from penstock.telemetry.logs import Log
from penstock.telemetry.metrics import Metrics
from penstock.telemetry.redaction import describe_failure

Policy: TypeAlias = Literal["apply", "hold-breaking", "freeze"]
"""``apply``: every candidate serves; ``hold-breaking``: one with a breaking change waits; ``freeze``: all wait."""

ListKnown: TypeAlias = Callable[[], Awaitable[Sequence[KnownOperation]]]
"""Lists the operations that someone is known to run."""

IsReleased: TypeAlias = Callable[[Change], Awaitable[bool]]
"""Whether an operator released a candidate."""

_MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a schema would change.

    Attributes:
        changes: What changes, the worst first.
        known: How many operations are known.
        broken: Those of them that break.
        lines: The same for people.
    """

    changes: tuple[SchemaChange, ...]
    known: int
    broken: tuple[Broken, ...]
    lines: tuple[str, ...]


async def nobody() -> Sequence[KnownOperation]:
    """No operation is known."""
    return ()


class PolicyJudge:
    """A `Judge`: see there.

    Args:
        policy: What is held.
        known: The operations that someone is known to run.
        is_released: Whether a candidate was released.
        log: Where broken operations are told.
        metrics: Where they are counted.
    """

    def __init__(self, policy: Policy, known: ListKnown, is_released: IsReleased, log: Log, metrics: Metrics) -> None:
        self._policy = policy
        self._known = known
        self._is_released = is_released
        self._log = log
        self._metrics = metrics

    async def __call__(self, change: Change) -> Verdict:
        """Judge a candidate; the first of a process has nothing to be compared with and serves.

        Of one that was held before, nothing is found anew but whether it was released since.
        """
        before, after = change.before, change.after
        if before is None or before.version == after.version:
            return Verdict()
        if change.verdict.is_held:
            is_free = await self._was_released(change)
            return replace(change.verdict, is_held=False, reason="") if is_free else change.verdict
        known = await self._list_known()
        changes, broken = await asyncio.to_thread(judge, before.sdl, after.sdl, known, is_ours=True)
        self._tell(broken)
        reason = reason_to_hold(self._policy, changes)
        if reason and await self._was_released(change):
            reason = ""
        return Verdict(bool(reason), reason, changes, broken)

    async def check(self, old: str, new: str) -> Judgement:
        """What one schema, as text, would change in another, and whom it would break; nothing comes of it.

        Raises:
            OperatorError: The new text is no schema.
        """
        known = await self._list_known()
        changes, broken = await asyncio.to_thread(judge, old, new, known)
        return Judgement(changes, len(known), broken, tuple(one.line for one in broken))

    async def _list_known(self) -> Sequence[KnownOperation]:
        try:
            return await self._known()
        except PenstockError as error:
            self._log.warning("known operations not read", **describe_failure(error))
            return ()

    async def _was_released(self, change: Change) -> bool:
        try:
            return await self._is_released(change)
        except PenstockError as error:
            self._log.warning("schema releases not read", **describe_failure(error))
            return False

    def _tell(self, broken: Sequence[Broken]) -> None:
        self._metrics.schema_judged(len(broken))
        for one in broken[:_MOST_LINES]:
            self._log.warning("operation breaks", operation=one.operation, client=one.client, impact=one.line)


def judge(
    old: str, new: str, known: Sequence[KnownOperation], *, is_ours: bool = False
) -> tuple[tuple[SchemaChange, ...], tuple[Broken, ...]]:
    """What changes between two schemas as text, and which known operations break: slow and pure.

    Args:
        old: What serves.
        new: What is to be judged.
        known: The operations that someone is known to run.
        is_ours: Whether the new text was printed here, too.
    """
    before, after = read_schema(old, is_ours=True), read_schema(new, "The new schema", is_ours=is_ours)
    changes = diff_schemas(before, after)
    return changes, find_broken(before, after, changes, known)


def reason_to_hold(policy: Policy, changes: Sequence[SchemaChange]) -> str:
    """Why a candidate waits, in one sentence; "" where the policy lets it serve."""
    breaking = [one.description for one in changes if one.level == "breaking"]
    shown = "; ".join(breaking[:3]) + (f" and {len(breaking) - 3} more" if len(breaking) > 3 else "")
    if policy == "hold-breaking" and breaking:
        return f"It breaks: {shown}. Release it, or undo the change in the store."
    if policy == "freeze":
        counts = Counter(one.level for one in changes)
        told = ", ".join(f"{counts[level]} {level}" for level in ("breaking", "dangerous", "safe"))
        return f"The schema is frozen ({told}). Release it when those downstream are ready."
    return ""
