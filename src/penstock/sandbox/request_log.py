"""The log of calls received, for tests that count: no bodies, no headers, no queries.

Never here: ASGI.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

_KEPT = 10_000


@dataclass(slots=True)
class NotedCall:
    """One call; the status is 0 until it is answered."""

    method: str
    path: str
    status: int = 0


class RequestLog:
    """The latest calls, and how many there were in all."""

    def __init__(self) -> None:
        """Begin empty."""
        self.calls: deque[NotedCall] = deque(maxlen=_KEPT)
        self.total = 0

    def note(self, method: str, path: str) -> NotedCall:
        """Note a call and return the note, to be given its status."""
        noted = NotedCall(method, path)
        self.calls.append(noted)
        self.total += 1
        return noted

    def clear(self) -> None:
        """Forget all calls."""
        self.calls.clear()
        self.total = 0
