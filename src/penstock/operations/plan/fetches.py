"""Fields that lead to one row or to a plain list of rows, compiled.

Never here: connections, decoding.
"""

from __future__ import annotations

from dataclasses import dataclass

from penstock.definitions.model import JSON
from penstock.operations.edges import Way, all_rows, check_identity, found
from penstock.operations.plan.arguments import Arguments
from penstock.operations.plan.node import Filling, Output, Place, Run, finish
from penstock.operations.plan.rows import RowSelection, Unfit
from penstock.operations.rows import judge, read_many, read_one, related
from penstock.operations.values import Row
from penstock.resources.ways import Edge, Relation
from penstock.upstream.transport import Response
from penstock.upstream.wire import target


@dataclass(frozen=True, slots=True)
class OneNode:
    """A field that leads to at most one row."""

    edge: Edge
    way: Way
    arguments: Arguments
    selection: RowSelection
    locations: tuple[tuple[int, int], ...] = ()

    async def resolve(self, run: Run, row: Row, place: Place) -> Output:
        """The row behind the edge, as it was selected, or None."""
        context, edge, selection = run.context, self.edge, self.selection
        lead = self.way.lead(row, self.arguments.read(run.variables), context)
        if lead is None:
            return None
        where, identity = lead
        response = await run.read(edge.route.template, where)
        if response.status != 200 and not found(edge, response, context):
            return None
        if selection.is_fast:
            try:
                decoded = selection.decode_one(response.body)
            except Unfit:
                pass
            else:
                if identity is None or decoded.id == identity:
                    out = selection.answer(decoded)
                    if selection.has_edges:
                        await finish(run, selection.fillings(run, selection.partial(decoded), out, place))
                    return out
        whole = read_one(response, edge.route.template)
        check_identity(edge, identity, whole.get("id"))
        return await complete(selection, run, whole, place)


async def complete(selection: RowSelection, run: Run, row: Row, place: Place) -> Output:
    """What is selected of a whole row, liberally read, with everything below it."""
    out = selection.answer_from(row, run)
    if selection.has_edges:
        await finish(run, selection.fillings(run, row, out, place))
    return out


async def complete_many(selection: RowSelection, run: Run, rows: list[Row], place: Place) -> list[Output]:
    """What is selected of whole rows, with everything below them fetched together."""
    outs = [selection.answer_from(row, run) for row in rows]
    if selection.has_edges:
        fillings: list[Filling] = []
        for index, (row, out) in enumerate(zip(rows, outs, strict=True)):
            fillings += selection.fillings(run, row, out, (place, index))
        await finish(run, fillings)
    return outs


@dataclass(frozen=True, slots=True)
class ListNode:
    """A field that leads to a whole list of rows."""

    edge: Edge
    way: Way
    arguments: Arguments
    selection: RowSelection
    locations: tuple[tuple[int, int], ...] = ()

    async def resolve(self, run: Run, row: Row, place: Place) -> Output:
        """The rows behind the edge, as they were selected, or None."""
        context, edge, selection = run.context, self.edge, self.selection
        lead = self.way.lead(row, self.arguments.read(run.variables), context)
        if lead is None:
            return None
        response = await run.read(edge.route.template, lead[0])
        if response.status != 200 and not found(edge, response, context):
            return None
        if selection.is_fast and not selection.has_edges:
            try:
                return selection.answers(selection.decode_many(response.body).data)
            except Unfit:
                pass
        rows, _, _ = read_many(
            response, edge.route.template, lambda reason: context.services.on_dropped(edge.target, reason)
        )
        return await complete_many(selection, run, rows, place)


@dataclass(frozen=True, slots=True)
class RelationNode:
    """A relationship field whose targets are read one by one."""

    relation: Relation
    route: str
    selection: RowSelection
    locations: tuple[tuple[int, int], ...] = ()

    async def resolve(self, run: Run, row: Row, place: Place) -> Output:
        """The related rows that exist, as they were selected."""
        references = related(row, self.relation)
        if not self.relation.many:
            references = references[:1]
        if not references:
            return [] if self.relation.many else None
        served = await all_rows([self._read(run, identity) for _, identity in references])
        if self.relation.many:
            return await complete_many(self.selection, run, served, place)
        return await complete(self.selection, run, served[0], place) if served else None

    async def _read(self, run: Run, identity: str) -> Row | None:
        response: Response = await run.read(self.route, target(self.route, {"id": identity}))
        if not judge(response, self.route, customer_token=run.context.credentials.customer_token):
            return None
        row = read_one(response, self.route)
        return row if row.get("id") == identity else None


def reference_values(relation: Relation, row: Row, keys: list[tuple[str, str]]) -> JSON:
    """What is selected (response key, `type` or `id` or a constant) of references that lead nowhere here."""
    made: list[JSON] = []
    for kind, identity in related(row, relation):
        known = {"type": kind or None, "id": identity}
        made.append({key: known.get(name, name) for key, name in keys})
    if relation.many:
        return made
    return made[0] if made else None
