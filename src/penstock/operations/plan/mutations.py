"""A mutation's root field, compiled: the write is the same as everywhere, its payload is decoded by what is selected.

Never here: writing, judging.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from penstock.operations.plan.arguments import Arguments
from penstock.operations.plan.fetches import complete
from penstock.operations.plan.node import Output, Place, Run, finish
from penstock.operations.plan.plain import PlainSelection
from penstock.operations.plan.rows import RowSelection, Unfit
from penstock.operations.rows import read_one
from penstock.operations.values import Row
from penstock.operations.writes import Outcome, run_write
from penstock.resources.rows import Mutation, Resource


@dataclass(frozen=True, slots=True)
class PayloadEntry:
    """One field selected of a payload."""

    key: str
    part: Literal["resource", "userErrors", "deletedId", "constant"]
    rows: RowSelection | None = None
    plain: PlainSelection | None = None
    constant: str = ""


@dataclass(frozen=True, slots=True)
class MutationNode:
    """A root field of a mutation."""

    mutation: Mutation
    resource: Resource
    arguments: Arguments
    parts: tuple[PayloadEntry, ...]
    locations: tuple[tuple[int, int], ...] = ()

    async def resolve(self, run: Run, _row: Row, place: Place) -> Output:
        """Write, then answer with the payload.

        Raises:
            PenstockError: No payload can be given; the payload is not nullable.
        """
        outcome = await run_write(self.mutation, self.resource, self.arguments.read(run.variables), run.context)
        answer: dict[str, Output] = {}
        for entry in self.parts:
            match entry.part:
                case "resource":
                    answer[entry.key] = await self._resource(run, outcome, entry.rows, (place, entry.key))
                case "userErrors":
                    plain = entry.plain
                    answer[entry.key] = [plain.answer(error) for error in outcome.user_errors()] if plain else []
                case "deletedId":
                    answer[entry.key] = outcome.deleted_id
                case _:
                    answer[entry.key] = entry.constant
        return answer

    async def _resource(self, run: Run, outcome: Outcome, selection: RowSelection | None, place: Place) -> Output:
        if outcome.response is None or selection is None:
            return None
        if selection.is_fast:
            try:
                decoded = selection.decode_one(outcome.response.body)
            except Unfit:
                pass
            else:
                out = selection.answer(decoded)
                if selection.has_edges:
                    await finish(run, selection.fillings(run, selection.partial(decoded), out, place))
                return out
        whole = read_one(outcome.response, self.mutation.route.template, needs_id=False)
        return await complete(selection, run, whole, place)
