"""What the parts of a plan have in common: the run they belong to, where they stand, and how a failure is noted.

Never here: what a part does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from typing import Protocol, TypeAlias

import msgspec

from penstock.definitions.model import JSON
from penstock.errors import PenstockError
from penstock.operations.context import Context
from penstock.operations.loader import Read
from penstock.operations.paging import PageRequest
from penstock.operations.values import Row

Place: TypeAlias = "tuple[Place, str | int] | None"
"""A path from the root of the answer, innermost step last, linked so that it costs nothing until an error needs it."""

Output: TypeAlias = object
"""A part of the answer: generated structs, dicts, lists and scalars that msgspec encodes."""

Filling: TypeAlias = Coroutine[object, object, None]


class Run(msgspec.Struct, gc=False):
    """One execution of a plan: the request's context and its coerced variables.

    Attributes:
        read: The answer for a target: through the loader, but where exactly one read will be made, which nothing can
            share.
        pages: Page requests already made from arguments, by the node that asked.
    """

    context: Context
    variables: Mapping[str, JSON]
    read: Read
    pages: dict[int, PageRequest] = {}


class Node(Protocol):
    """A field that has to be fetched."""

    @property
    def locations(self) -> tuple[tuple[int, int], ...]:
        """Where the document asks for it."""
        ...

    async def resolve(self, run: Run, row: Row, place: Place) -> Output:
        """Its value for a parent row.

        Raises:
            PenstockError: It is null in the answer, with an error.
        """
        ...


class Slots(Protocol):
    """Where a fetched value goes; generated structs and `RootSlots` have it."""

    def __setattr__(self, name: str, value: Output, /) -> None: ...


async def fill(node: Node, run: Run, row: Row, place: Place, slots: Slots, name: str) -> None:
    """Fetch a field and put it where it belongs; a failure leaves null and an error."""
    try:
        value = await node.resolve(run, row, place)
    except PenstockError as error:
        run.context.fail(error, steps(place), node.locations)
    else:
        setattr(slots, name, value)


async def finish(run: Run, fillings: list[Filling]) -> None:
    """Run what is left to fetch: alone, or as many together as an operation may have calls under way."""
    if len(fillings) == 1:
        await fillings[0]
        return
    bound = run.context.services.concurrency
    if len(fillings) <= bound:
        await _all(fillings)
        return
    line = iter(fillings)
    try:
        await _all([_work(line) for _ in range(bound)])
    finally:
        for left in line:  # only after a failure or a cancellation
            left.close()


async def _all(fillings: list[Filling]) -> None:
    """Run them together. None fails but by a bug of ours, so that nobody listens to each as `asyncio.gather` does.

    Whoever fails or is cancelled takes the others along; nothing is left running.
    """
    start = asyncio.get_running_loop().create_task
    tasks = [start(filling) for filling in fillings]
    try:
        for task in tasks:
            await task
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def _work(line: Iterator[Filling]) -> None:
    for filling in line:
        await filling


def steps(place: Place) -> tuple[str | int, ...]:
    """The path from the root."""
    found: list[str | int] = []
    while place is not None:
        place, step = place
        found.append(step)
    return tuple(reversed(found))
