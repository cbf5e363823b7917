"""The REST calls that an operation took, told in its answer's `extensions.upstream` to whoever develops with it.

It is put together only where an operator asks for it: elsewhere none of this is there, and costs nothing.

Never here: bodies, values of headers, what a call means.
"""

from __future__ import annotations

from contextvars import ContextVar
from time import perf_counter
from typing import Protocol

import msgspec

from penstock.errors import PenstockError
from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.schema.generation import Generation
from penstock.upstream.transport import Request

_MOST = 200
"""Calls shown of one operation: an answer has to end somewhere."""


class Call(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One call as an answer shows it.

    Attributes:
        method: The HTTP method.
        path: Path and query as they were sent.
        at: Milliseconds from the operation's beginning to the call's.
        ms: Milliseconds it took, waiting in line and retries included.
        headers: Names of the headers that came along; their values are secrets.
        status: The status of the answer, None where none came.
        error: The kind of failure where no answer came.
    """

    method: str
    path: str
    at: float
    ms: float
    headers: tuple[str, ...]
    status: int | None = None
    error: str = ""


class _Noted:
    """The calls of one operation, and when it began."""

    __slots__ = ("began", "calls")

    def __init__(self, began: float) -> None:
        self.began = began
        self.calls: list[Call] = []


class CallNotes:
    """Notes each call for the operation in whose context it is made."""

    __slots__ = ("_current",)

    def __init__(self) -> None:
        self._current: ContextVar[_Noted | None] = ContextVar("penstock_calls", default=None)

    def begin(self) -> _Noted:
        """A page of its own for the operation that begins in this context."""
        noted = _Noted(perf_counter())
        self._current.set(noted)
        return noted

    def note(self, request: Request, outcome: int | PenstockError, seconds: float) -> None:
        """Note a call that has ended; an observer of a transport."""
        noted = self._current.get()
        if noted is None or len(noted.calls) >= _MOST:
            return
        began = perf_counter() - seconds - noted.began
        noted.calls.append(
            Call(
                request.method,
                request.target,
                round(max(0.0, began) * 1000, 2),
                round(seconds * 1000, 2),
                tuple(name.decode("latin-1") for name, _ in request.headers.pairs),
                outcome if isinstance(outcome, int) else None,
                "" if isinstance(outcome, int) else type(outcome).__name__,
            )
        )


class Runs(Protocol):
    """Runs operations."""

    async def run(self, generation: Generation, request: OperationRequest, credentials: Credentials) -> OperationResult:
        """Run one operation."""
        ...


class ShowingCalls:
    """Runs operations and shows in every answer what it took.

    Args:
        inner: Runs them.
        notes: Where the transport notes its calls.
    """

    __slots__ = ("_inner", "_notes")

    def __init__(self, inner: Runs, notes: CallNotes) -> None:
        self._inner = inner
        self._notes = notes

    async def run(self, generation: Generation, request: OperationRequest, credentials: Credentials) -> OperationResult:
        """See `Runs.run`."""
        noted = self._notes.begin()
        result = await self._inner.run(generation, request, credentials)
        if result.outcome != "executed":
            return result
        calls = sorted(noted.calls, key=lambda call: call.at)
        return msgspec.structs.replace(result, body=with_extension(result.body, "upstream", msgspec.json.encode(calls)))


def with_extension(body: bytes, name: str, value: bytes) -> bytes:
    """A JSON answer with one more member of its ``extensions``; whatever else it holds stays byte for byte.

    Args:
        body: The answer, a JSON object.
        name: The member.
        value: What it holds, as JSON.
    """
    answer = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    given = answer.get("extensions")
    extensions = {} if given is None else msgspec.json.decode(given, type=dict[str, msgspec.Raw])
    extensions[name] = msgspec.Raw(value)
    answer["extensions"] = msgspec.Raw(msgspec.json.encode(extensions))
    return msgspec.json.encode(answer)
