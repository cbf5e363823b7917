"""An upstream inside the process that answers one call at a time, and only when nothing else is left to do.

Which call is answered next depends on the calls under way and on nothing else, so that two executors that ask for the
same things see the same course of events, however many turns of the event loop either needs.

Never here: what an answer holds, tests.
"""

from __future__ import annotations

import asyncio
import selectors
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from penstock.errors import PenstockError
from penstock.upstream.transport import Request, Response

Answering = Callable[[Request, int], "Response | PenstockError"]
"""The answer to a call; the number says how many times the very same call came before."""


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """One call as an upstream would see it."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    content_type: str
    route: str


class IdleSelector(selectors.SelectSelector):
    """Tells when an event loop is about to sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.on_idle: Callable[[], bool] = lambda: False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait, unless something was found to do."""
        if (timeout is None or timeout > 0) and self.on_idle():
            timeout = 0
        return super().select(timeout)


@dataclass
class QuietUpstream:
    """The transport seam, implemented without a network.

    Attributes:
        in_waves: Whether everything that is under way is answered at once, instead of one call.
        calls: Every call, in the order in which it came.
        waves: How many calls were under way each time.
    """

    answering: Answering
    selector: IdleSelector
    salt: int = 0
    in_waves: bool = False
    calls: list[Call] = field(default_factory=list)
    waves: list[int] = field(default_factory=list)
    _waiting: list[tuple[tuple[int, int], asyncio.Future[None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.selector.on_idle = self._release

    async def send(self, request: Request) -> Response:
        """Answer when it is this call's turn."""
        pairs = request.headers.pairs
        call = Call(request.method, request.target, pairs, request.body, request.content_type, request.route)
        earlier = self.calls.count(call)
        self.calls.append(call)
        turn = zlib.crc32(f"{request.method} {request.target}".encode() + request.body, self.salt)
        landing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(((turn, len(self.calls)), landing))
        await landing
        answer = self.answering(request, earlier)
        if isinstance(answer, PenstockError):
            raise answer
        return answer

    async def aclose(self) -> None:
        """There is nothing to close."""

    def _release(self) -> bool:
        """Answer the next call, or all of a wave where waves are counted."""
        if not self._waiting:
            return False
        self.waves.append(len(self._waiting))
        self._waiting.sort(key=lambda waiting: waiting[0])
        count = len(self._waiting) if self.in_waves else 1
        released, self._waiting = self._waiting[:count], self._waiting[count:]
        for _, landing in released:
            if not landing.done():
                landing.set_result(None)
        return True
