"""A transport that answers from a script, for the layers that stand on one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from penstock.upstream.transport import Request, Response

Outcome = Response | Exception | Callable[[Request], Response]


class Scripted:
    """Gives one outcome after the other, the last one for ever; holds calls back while the gate is shut."""

    def __init__(self, outcomes: Iterable[Outcome | int]) -> None:
        self._outcomes = [Response(each, b"{}") if isinstance(each, int) else each for each in outcomes]
        self.requests: list[Request] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_closed = False

    async def send(self, request: Request) -> Response:
        outcome = self._outcomes[min(len(self.requests), len(self._outcomes) - 1)]
        self.requests.append(request)
        await self.gate.wait()
        if isinstance(outcome, Exception):
            failure = type(outcome).__new__(type(outcome), *outcome.args)
            vars(failure).update(vars(outcome))
            raise failure
        return outcome(request) if callable(outcome) else outcome

    async def aclose(self) -> None:
        self.is_closed = True
