"""A mutation's root field, compiled: the write is the same as everywhere, its payload is decoded by what is selected.

Never here: writing, judging.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from penstock.errors import PenstockError
from penstock.operations.plan.arguments import Arguments
from penstock.operations.plan.fetches import complete
from penstock.operations.plan.node import Output, Place, Run, finish, steps
from penstock.operations.plan.plain import PlainSelection
from penstock.operations.plan.rows import RowSelection, Unfit
from penstock.operations.rows import read_one
from penstock.operations.values import Row
from penstock.operations.writes import Outcome, read_again, run_write
from penstock.resources.rows import Mutation, Resource, Result
from penstock.upstream.transport import Response


@dataclass(frozen=True, slots=True)
class PayloadEntry:
    """One field selected of a payload."""

    key: str
    part: Literal["resource", "userErrors", "warnings", "deletedId", "constant"]
    rows: RowSelection | None = None
    plain: PlainSelection | None = None
    constant: str = ""
    result: Result | None = None
    locations: tuple[tuple[int, int], ...] = ()


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
                    answer[entry.key] = await self._resource(run, outcome, entry, (place, entry.key))
                case "userErrors":
                    answer[entry.key] = entry.plain.answer(outcome.user_errors()) if entry.plain else []
                case "warnings":
                    answer[entry.key] = entry.plain.answer(list(outcome.warnings)) if entry.plain else []
                case "deletedId":
                    answer[entry.key] = outcome.deleted_id
                case _:
                    answer[entry.key] = entry.constant
        return answer

    async def _resource(self, run: Run, outcome: Outcome, entry: PayloadEntry, place: Place) -> Output:
        selection, result = entry.rows, entry.result
        if selection is None or result is None:
            return None
        if result.by:
            try:
                return await self._read_again(run, outcome, result, selection, place)
            except PenstockError as error:
                # The write has happened: what it did is told, only the reading failed.
                run.context.fail(error, steps(place), entry.locations)
                return None
        if outcome.row is not None:
            return await complete(selection, run, outcome.row, place)
        if outcome.response is None:
            return None
        return await self._answer(run, outcome.response, self.mutation.route.template, selection, place)

    async def _read_again(
        self, run: Run, outcome: Outcome, result: Result, selection: RowSelection, place: Place
    ) -> Output:
        response, route = await read_again(outcome, result, run.context)
        if response is None:
            return None
        return await self._answer(run, response, route, selection, place, needs_id=True)

    async def _answer(
        self,
        run: Run,
        response: Response,
        route: str,
        selection: RowSelection,
        place: Place,
        *,
        needs_id: bool = False,
    ) -> Output:
        if selection.is_fast:
            try:
                decoded = selection.decode_one(response.body)
            except Unfit:
                pass
            else:
                out = selection.answer(decoded)
                if selection.has_edges:
                    await finish(run, selection.fillings(run, selection.partial(decoded), out, place))
                return out
        return await complete(selection, run, read_one(response, route, needs_id=needs_id), place)
