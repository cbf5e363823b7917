"""What is told about one GraphQL request: a log line and its metrics, for a few microseconds.

Never here: headers, variables, documents, ids of resources.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import BinaryIO

import msgspec
import msgspec.structs

from penstock.telemetry.logs import Log
from penstock.telemetry.metrics import Metrics

_FLUSH_SECONDS = 0.1
_FLUSH_LINES = 256


class RequestFacts(msgspec.Struct, frozen=True, gc=False):
    """One answered request, its fields named and ordered as they stand in the log line.

    Attributes:
        operation: The operation's own name, or "".
        type: ``query``, ``mutation``, ``subscription``, or "" where nothing was understood.
        path: ``plan``, ``reference``, or "" where nothing ran.
        status: The HTTP status.
        codes: The error codes in the answer.
        ms: Milliseconds from the head of the request to the end of the answer.
        upstream_calls: Calls to the store that the operation made.
    """

    request_id: str
    operation: str
    type: str
    path: str
    status: int
    codes: tuple[str, ...]
    ms: float
    upstream_calls: int = 0


RequestLine = Callable[[RequestFacts], None]


class RequestLines:
    """Writes one JSON line a request, gathered for a tenth of a second so that a line costs no system call.

    The lines are made together, too: what is done two hundred times in a row costs half of what it costs in between.

    Args:
        stream: Where lines go, unbuffered.
        clock: Seconds since the epoch.
    """

    def __init__(self, stream: BinaryIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._encode = msgspec.json.Encoder().encode
        self._gathered: list[tuple[float, RequestFacts]] = []
        self._second = -1
        self._prefix = b""

    def __call__(self, facts: RequestFacts) -> None:
        """Add the line of one request; call on the event loop."""
        gathered = self._gathered
        if not gathered:
            asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.flush)
        gathered.append((self._clock(), facts))
        if len(gathered) >= _FLUSH_LINES:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered; lines that cannot be written are lost, never a request."""
        gathered = self._gathered
        if not gathered:
            return
        self._gathered = []
        lines = b"".join(self._parts(gathered))
        try:
            self._stream.write(lines)
            self._stream.flush()
        except (OSError, ValueError):
            return

    def _parts(self, gathered: list[tuple[float, RequestFacts]]) -> list[bytes]:
        """The lines in two parts each: what requests of the same millisecond have in common, and the facts."""
        encode = self._encode
        parts: list[bytes] = []
        moment, head = -1, b""
        for at, facts in gathered:
            milliseconds = int(at * 1000)
            if milliseconds != moment:
                moment = milliseconds
                head = self._head(milliseconds)
            parts += (head, encode(facts)[1:], b"\n")
        return parts

    def _head(self, milliseconds: int) -> bytes:
        second, rest = divmod(milliseconds, 1000)
        if second != self._second:
            self._second = second
            self._prefix = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
        return b'{"timestamp":"%b.%03dZ","level":"info","event":"request",' % (self._prefix, rest)


def log_each_request(log: Log) -> RequestLine:
    """The same line through the general logger: for the console form."""

    def line(facts: RequestFacts) -> None:
        log.info("request", **msgspec.structs.asdict(facts))

    return line


class RequestMeter:
    """Counts a request and writes its line.

    Args:
        metrics: Where it is counted.
        line: Writes the line, or None where the level leaves it out.
    """

    def __init__(self, metrics: Metrics, line: RequestLine | None) -> None:
        self._metrics = metrics
        self._count = metrics.answered.note
        self._line = line

    def __call__(self, facts: RequestFacts) -> None:
        """Tell about one answered request."""
        self._count((facts.type, facts.path, facts.status), facts.ms / 1000)
        if facts.codes:
            self._metrics.errors_answered(facts.codes)
        if self._line is not None:
            self._line(facts)
