"""Lines in which callers take turns, so that one who asks for much does not starve one who asks for little.

Never here: what is waited for, how long.
Source: CONTRACT §5: the store's rate and its connections are the scarce things that all callers share.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Generic, TypeVar

from penstock.errors import LimitError
from penstock.upstream.transport import Request

T = TypeVar("T")

_SLACK = 64
"""Places of those who gave up that may stand in a line beside as many as wait."""


class FairLine(Generic[T]):
    """Who waits, by caller: callers come one after the other, the calls of each in their order.

    Attributes:
        waiting: Those who wait; who gave up is not among them.
    """

    __slots__ = ("_places", "_queues", "waiting")

    def __init__(self) -> None:
        self._queues: OrderedDict[bytes, deque[tuple[asyncio.Future[T], Request]]] = OrderedDict()
        self._places = 0
        self.waiting = 0

    def __iter__(self) -> Iterator[tuple[asyncio.Future[T], Request]]:
        """Every turn that is waited for, with who asked."""
        return iter([place for queue in self._queues.values() for place in queue if not place[0].done()])

    def join(self, turn: asyncio.Future[T], request: Request, *, first: bool = False) -> None:
        """Stand in line; ``first`` for who had a turn already and could not use it."""
        queue = self._queues.get(request.caller)
        if queue is None:
            queue = self._queues[request.caller] = deque()
        if first:
            queue.appendleft((turn, request))
            self._queues.move_to_end(request.caller, last=False)
        else:
            queue.append((turn, request))
        self._places += 1
        self.waiting += 1

    def leave(self) -> None:
        """Say that somebody gave up, whose turn is done by that."""
        self.waiting -= 1
        if self._places > 2 * self.waiting + _SLACK:
            self._forget_done()

    def pop(self) -> asyncio.Future[T] | None:
        """Whose turn it is; None where nobody waits."""
        while self._queues:
            caller, queue = next(iter(self._queues.items()))
            turn, _ = queue.popleft()
            self._places -= 1
            if not queue:
                del self._queues[caller]
            if turn.done():
                continue
            if queue:
                self._queues.move_to_end(caller)
            self.waiting -= 1
            return turn
        return None

    def ahead_of(self, caller: bytes) -> int:
        """How many would have their turn before a call that this caller adds now."""
        own = len(self._queues.get(caller, ()))
        return sum([len(queue) if key == caller else min(len(queue), own + 1) for key, queue in self._queues.items()])

    def shed_for(self, caller: bytes) -> asyncio.Future[T] | None:
        """The turn that a full line gives up for another caller: the last of who has most in it.

        None where nobody has more than this caller would have.
        """
        own = len(self._queues.get(caller, ()))
        queue = max(self._queues.values(), key=len, default=None)
        while queue and len(queue) > own + 1:
            turn, _ = queue.pop()
            self._places -= 1
            if not turn.done():
                self.waiting -= 1
                return turn
        return None

    def clear(self) -> list[asyncio.Future[T]]:
        """Empty the line; the turns that were waited for."""
        turns = [turn for turn, _ in self]
        self._queues.clear()
        self._places = self.waiting = 0
        return turns

    def _forget_done(self) -> None:
        """Drop the places of those who gave up, also of those who have yet to say so: they still count as waiting."""
        places, waiting = list(self), self.waiting
        self._queues.clear()
        self._places = 0
        for turn, request in places:
            self.join(turn, request)
        self.waiting = waiting


def make_room(line: FairLine[T], most: int, request: Request, refusal: LimitError) -> None:
    """Let a call into a line of at most so many, in the place of another one where that is fair.

    Raises:
        LimitError: The refusal: nobody has more calls in line than this caller would have.
    """
    if line.waiting < most:
        return
    shed = line.shed_for(request.caller)
    if shed is None:
        raise refusal
    shed.set_exception(refusal)


class FairSlots:
    """So many at a time, callers in turn.

    Args:
        bound: Slots.
        most: Calls that may wait for one.
    """

    __slots__ = ("_free", "_line", "_most")

    def __init__(self, bound: int, most: int) -> None:
        self._free = bound
        self._most = most
        self._line: FairLine[None] = FairLine()

    async def acquire(self, request: Request) -> None:
        """Take a slot, in turn.

        Raises:
            LimitError: Too many wait already, or so many that its turn did not come by its deadline.
        """
        if self._free and not self._line.waiting:
            self._free -= 1
            return
        make_room(self._line, self._most, request, too_many_wait())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.join(turn, request)
        try:
            async with asyncio.timeout_at(request.deadline):
                await self._take(turn)
        except TimeoutError as error:
            raise too_many_wait() from error

    async def _take(self, turn: asyncio.Future[None]) -> None:
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._line.leave()
            elif turn.exception() is None:
                self.release()
            raise

    def release(self) -> None:
        """Give a slot back: whoever is next has it."""
        turn = self._line.pop()
        if turn is None:
            self._free += 1
        else:
            turn.set_result(None)


def too_many_wait() -> LimitError:
    """What a caller reads for whom there is no place in line, or no turn in time."""
    return LimitError("Too many calls wait for the store. Try again.", "RATE_LIMITED", retry_after=1.0)
