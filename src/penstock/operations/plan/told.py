"""A subscription's root field, compiled: what is told is a row of our own, from which the edges go out.

Never here: who is told, when.
"""

from __future__ import annotations

from dataclasses import dataclass

from penstock.operations.plan.fetches import complete
from penstock.operations.plan.node import Output, Place, Run
from penstock.operations.plan.rows import RowSelection
from penstock.operations.values import Row


@dataclass(frozen=True, slots=True)
class ToldNode:
    """A root field of a subscription."""

    selection: RowSelection
    locations: tuple[tuple[int, int], ...] = ()

    async def resolve(self, run: Run, _row: Row, place: Place) -> Output:
        """What is told now."""
        return await complete(self.selection, run, run.context.told, place)
