"""Fields that lead to a page of rows, compiled.

A page whose rows are selected once, unfiltered and not primed from, is decoded strictly; any other is read whole, as
the reference executor reads it.

Never here: cursors, requests, decoding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

from penstock.definitions.model import JSON
from penstock.errors import PenstockError
from penstock.operations.edges import found, parent_value
from penstock.operations.paging import PageRequest, page_request
from penstock.operations.plan.arguments import Arguments
from penstock.operations.plan.node import Filling, Output, Place, Run, finish, steps
from penstock.operations.plan.rows import RowSelection, Unfit
from penstock.operations.plan.shapes import Decoded
from penstock.operations.priming import prime_page
from penstock.operations.rows import Page, decode, page_info, read_page, total_of
from penstock.operations.values import Row
from penstock.resources.rows import Resource
from penstock.resources.ways import Edge, Listing
from penstock.upstream.transport import Response


@dataclass(frozen=True, slots=True)
class PagePartEntry:
    """One field selected of a connection or of its edges.

    Attributes:
        key: Response key.
        part: Which part it is; `constant` for `__typename`.
        rows: For `nodes` and `node`: what is selected of a row.
        below: For `edges`: what is selected of an edge.
        names: For `pageInfo`: (response key, field name or constant).
        constant: The value of a `constant`.
    """

    key: str
    part: Literal["nodes", "edges", "pageInfo", "totalCount", "node", "cursor", "constant"]
    rows: RowSelection | None = None
    below: tuple[PagePartEntry, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    constant: str = ""
    locations: tuple[tuple[int, int], ...] = ()


class _PageRows(Protocol):
    """The rows of a page, decoded one way or the other."""

    @property
    def ends(self) -> list[tuple[int, str]]:
        """Place and id of the first and the last row; empty on an empty page."""
        ...

    def places(self) -> list[tuple[int, str]]:
        """Place and id of every row."""
        ...

    def select(self, run: Run, selection: RowSelection) -> tuple[list[Output], Sequence[Row]]:
        """The answer's rows, and upstream's for what is below them (none where nothing is)."""
        ...


@dataclass(slots=True)
class _Read:
    """A page on its way into the answer."""

    run: Run
    request: PageRequest
    parent: str | None
    rows: _PageRows
    received: int
    total: int | None
    place: Place
    fillings: list[Filling]


@dataclass(frozen=True, slots=True)
class ConnectionNode:
    """A field that leads to a page.

    Attributes:
        main: The one selection of rows, where rows can be decoded by it.
        primes: The resource whose loader rows are primed for, where something below may ask for one by id.
    """

    edge: Edge
    listing: Listing
    arguments: Arguments
    parts: tuple[PagePartEntry, ...]
    main: RowSelection | None
    primes: Resource | None
    locations: tuple[tuple[int, int], ...] = ()

    async def resolve(self, run: Run, row: Row, place: Place) -> Output:
        """The page, as it was selected, or None."""
        context, edge = run.context, self.edge
        request = run.pages.get(id(self)) or self._request(run)
        leads, parent = parent_value(edge, row, context)
        if not leads:
            return None
        response = await run.read(edge.route.template, request.target(parent))
        if response.status != 200 and not found(edge, response, context):
            return None
        rows = self._strict(request, parent, response)
        if rows is not None and len(self.parts) == 1 and self.parts[0].part == "nodes":
            return await self._only_nodes(run, rows, place)
        if rows is not None:
            read = _Read(run, request, parent, rows, rows.received, rows.total, place, [])
        else:
            page = read_page(response, request, parent, lambda reason: context.services.on_dropped(edge.target, reason))
            if self.primes is not None:
                prime_page(context.loader, self.primes, page)
            read = _Read(run, request, parent, _Whole(page), page.received, page.total, place, [])
        answer = _parts(read, self.parts)
        if read.fillings:
            await finish(run, read.fillings)
        return answer

    async def _only_nodes(self, run: Run, rows: _Strict, place: Place) -> Output:
        """The page of which nothing but `nodes` was selected: the usual one."""
        key, selection = self.parts[0].key, self.parts[0].rows
        if selection is None:
            raise PenstockError("nodes were selected without a selection.")
        outs = selection.answers(rows.decoded)
        if selection.has_edges:
            fillings: list[Filling] = []
            below: Place = (place, key)
            for index, (out, decoded) in enumerate(zip(outs, rows.decoded, strict=True)):
                fillings += selection.fillings(run, selection.partial(decoded), out, (below, index))
            if fillings:
                await finish(run, fillings)
        return {key: outs}

    def _request(self, run: Run) -> PageRequest:
        largest = run.context.services.largest_page
        made = run.pages[id(self)] = page_request(self.edge, self.listing, self.arguments.read(run.variables), largest)
        return made

    def _strict(self, request: PageRequest, parent: str | None, response: Response) -> _Strict | None:
        """The page decoded by its one selection; None where it has to be read whole."""
        main = self.main
        if main is None:
            return None
        try:
            envelope = main.decode_many(response.body)
        except Unfit:
            return None
        decoded = envelope.data
        received = len(decoded)
        if received > request.first:
            decoded = decoded[: request.first]
        if parent is not None and not main.all_show(decoded, parent):
            return None
        return _Strict(decoded, received, envelope.meta)


class _Strict(msgspec.Struct, frozen=True, gc=False):
    """Rows decoded by one selection; a struct, because there is one for every page of a fan-out."""

    decoded: list[Decoded]
    received: int
    meta: JSON

    @property
    def total(self) -> int | None:
        return total_of(self.meta)

    @property
    def ends(self) -> list[tuple[int, str]]:
        last = len(self.decoded) - 1
        return [(0, self.decoded[0].id), (last, self.decoded[last].id)] if self.decoded else []

    def places(self) -> list[tuple[int, str]]:
        return [(place, row.id) for place, row in enumerate(self.decoded)]

    def select(self, _run: Run, selection: RowSelection) -> tuple[list[Output], Sequence[Row]]:
        outs = selection.answers(self.decoded)
        return outs, [selection.partial(row) for row in self.decoded] if selection.has_edges else []


@dataclass(frozen=True, slots=True)
class _Whole:
    page: Page

    @property
    def ends(self) -> list[tuple[int, str]]:
        return self.page.ends()

    def places(self) -> list[tuple[int, str]]:
        return self.page.keys()

    def select(self, run: Run, selection: RowSelection) -> tuple[list[Output], Sequence[Row]]:
        return [selection.answer_from(row, run) for row in self.page.rows], self.page.rows


def _parts(read: _Read, parts: tuple[PagePartEntry, ...]) -> dict[str, Output]:
    answer: dict[str, Output] = {}
    for entry in parts:
        place: Place = (read.place, entry.key)
        match entry.part:
            case "nodes":
                answer[entry.key] = _nodes(read, entry, place)
            case "edges":
                answer[entry.key] = _edges(read, entry, place)
            case "pageInfo":
                info = page_info(read.request, read.received, read.total, read.rows.ends)
                answer[entry.key] = {key: info.get(name, name) for key, name in entry.names}
            case "totalCount":
                answer[entry.key] = _total(read, entry, answer, place)
            case _:
                answer[entry.key] = entry.constant
    return answer


def _nodes(read: _Read, entry: PagePartEntry, place: Place) -> list[Output]:
    selection = entry.rows
    if selection is None:
        raise PenstockError("nodes were selected without a selection.")
    outs, rows = read.rows.select(read.run, selection)
    if selection.has_edges:
        for index, (out, row) in enumerate(zip(outs, rows, strict=True)):
            read.fillings += selection.fillings(read.run, row, out, (place, index))
    return outs


def _edges(read: _Read, entry: PagePartEntry, place: Place) -> list[Output]:
    places = read.rows.places()
    answers: list[dict[str, Output]] = [{} for _ in places]
    for part in entry.below:
        selection = part.rows
        if selection is not None:
            outs, rows = read.rows.select(read.run, selection)
            for answer, out in zip(answers, outs, strict=True):
                answer[part.key] = out
            if selection.has_edges:
                for index, (out, row) in enumerate(zip(outs, rows, strict=True)):
                    read.fillings += selection.fillings(read.run, row, out, ((place, index), part.key))
        else:
            for answer, (index, key) in zip(answers, places, strict=True):
                answer[part.key] = part.constant if part.part == "constant" else read.request.cursor(index, key)
    return list(answers)


def _total(read: _Read, entry: PagePartEntry, answer: dict[str, Output], place: Place) -> int | None:
    where = read.request.count_target(read.parent)
    if where is None:
        return read.total
    read.fillings.append(_count(read, entry, answer, where, place))
    return None


async def _count(read: _Read, entry: PagePartEntry, answer: dict[str, Output], where: str, place: Place) -> None:
    edge, context = read.request.edge, read.run.context
    try:
        response = await read.run.read(edge.route.template, where)
        if found(edge, response, context):
            meta: JSON = decode(response.body, edge.route.template).get("meta")
            answer[entry.key] = total_of(meta)
    except PenstockError as error:
        context.fail(error, steps(place), entry.locations)
