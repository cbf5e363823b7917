"""The one seam to the REST API: a request goes in, an answer comes out, everything else is stacked behind it.

Never here: what a request means, GraphQL words.
"""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

Method = Literal["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]


class HeaderBlock:
    """Header lines that many requests share, checked and rendered once.

    The names and values are bytes without CR, LF, NUL or surrounding blanks. ``wire`` is the block as it stands in
    an HTTP/1.1 head, each line ended by CRLF. The values are secrets: ``repr`` shows names only.
    """

    __slots__ = ("pairs", "wire")

    def __init__(self, pairs: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        self.pairs = pairs
        self.wire = b"".join([b"%b: %b\r\n" % pair for pair in pairs])

    def followed_by(self, pairs: tuple[tuple[bytes, bytes], ...]) -> HeaderBlock:
        """The same and these lines: what is rendered already stays so."""
        longer = HeaderBlock(pairs)
        longer.pairs = (*self.pairs, *pairs)
        longer.wire = self.wire + longer.wire
        return longer

    def __repr__(self) -> str:
        return f"HeaderBlock({[name.decode('latin-1') for name, _ in self.pairs]})"


NO_HEADERS = HeaderBlock()


class Request(msgspec.Struct, frozen=True, gc=False):
    """One call to the REST API; a struct, because thousands are made a second.

    Attributes:
        method: The HTTP method.
        route: The path template, for metrics and messages, as ``/v2/customers/{id}``: never the target itself.
        target: Path and query, percent-encoded ASCII, starting with ``/``.
        headers: What the caller's credentials add; never content-length, host or connection.
        body: The bytes to send; empty for none.
        content_type: Media type of the body; empty for none.
        deadline: On the event loop's clock, in seconds: the whole answer must be here by then.
        caller: A digest of who asks, so that callers take turns where they wait; empty for the gateway itself.
    """

    method: Method
    route: str
    target: str
    headers: HeaderBlock
    deadline: float
    body: bytes = b""
    content_type: str = ""
    caller: bytes = b""

    def __repr__(self) -> str:
        """Without target and body: both may hold personal data."""
        return f"Request({self.method} {self.route}, {self.headers!r}, {len(self.body)} bytes)"

    @property
    def is_safe(self) -> bool:
        """Whether sending it twice changes nothing."""
        return self.method == "GET"


class Response(msgspec.Struct, frozen=True, gc=False):
    """A whole answer.

    Attributes:
        status: Of the status line.
        body: Unpacked.
        pairs: Its headers, names in lower case; or nothing, where `lines` has them.
        lines: Well-formed header lines as they came: nearly no answer's are ever looked at.
    """

    status: int
    body: bytes
    pairs: tuple[tuple[bytes, bytes], ...] = ()
    lines: bytes = b""

    def __repr__(self) -> str:
        """Without headers and body: both may hold secrets."""
        return f"Response({self.status}, {len(self.body)} bytes)"

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Every header, names in lower case."""
        if not self.lines:
            return self.pairs
        split = [line.partition(b":") for line in self.lines.split(b"\r\n") if line]
        return tuple([(name.lower(), value.strip(b" \t")) for name, _, value in split])

    def header(self, name: bytes) -> str | None:
        """The first value of a header, or None. ``name`` in lower case."""
        for key, value in self.headers:
            if key == name:
                return value.decode("latin-1")
        return None


class Transport(Protocol):
    """Sends one request and returns its whole answer.

    Raises:
        UpstreamUnavailable: No answer could be had. ``sent`` tells whether a byte may have left.
        UpstreamTimeout: The request's deadline, or a narrower timeout, passed.
        UpstreamInvalid: The answer is no HTTP, exceeds a cap, or cannot be unpacked.
    """

    async def send(self, request: Request) -> Response:
        """Send it; statuses are not judged here."""
        ...

    async def aclose(self) -> None:
        """Close every connection; requests under way fail as unavailable."""
        ...
