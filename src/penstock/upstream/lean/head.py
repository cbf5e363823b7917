"""What goes out: one request as the bytes of one write.

Never here: sockets, who sends it.
Source: RFC 9112 §3; CONTRACT §1 (JSON unless the request says otherwise).
"""

from __future__ import annotations

from penstock.errors import PenstockError
from penstock.upstream.config import TransportConfig
from penstock.upstream.origin import Origin, check_target
from penstock.upstream.transport import HeaderBlock, Request

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class HeadRenderer:
    """Renders requests to one origin; what every head shares is rendered once.

    ``has_defaults`` is False where each request brings its own accept, accept-encoding and user-agent.
    """

    __slots__ = ("_get", "_last", "_prefix", "_shared", "_tail_of_last")

    def __init__(self, origin: Origin, config: TransportConfig, *, has_defaults: bool = True) -> None:
        agent = config.user_agent
        if not (agent and agent.isascii() and agent.isprintable()):
            raise PenstockError("The user agent must be printable ASCII.")
        coding = "gzip" if config.accept_gzip else "identity"
        self._prefix = origin.prefix
        self._get = f"GET {origin.prefix}"
        defaults = f"accept: application/json\r\naccept-encoding: {coding}\r\nuser-agent: {agent}\r\n"
        self._shared = f" HTTP/1.1\r\nhost: {origin.authority}\r\n{defaults if has_defaults else ''}"
        self._last: HeaderBlock | None = None
        self._tail_of_last = b""

    def render(self, request: Request) -> bytes:
        """Head and body, joined.

        Raises:
            PenstockError: The target or the media type could break out of its line.
        """
        target = request.target
        # Printable ASCII without blanks: the same as `check_target`, at a fifth of its price.
        if not (target.isascii() and target.isprintable()) or " " in target or target[:1] != "/":
            check_target(target)
        if request.method == "GET" and not request.body:
            return f"{self._get}{target}".encode("ascii") + self._tail(request.headers)
        head = f"{request.method} {self._prefix}{target}{self._shared}".encode("ascii")
        body = request.body
        if not body and request.method not in _WITH_BODY:
            return b"%b%b\r\n" % (head, request.headers.wire)
        media = request.content_type
        if not (media.isascii() and media.isprintable()):
            raise PenstockError(f"The media type of {request.route} must be printable ASCII.")
        kind = f"content-type: {media}\r\n" if media else ""
        return b"%b%b%bcontent-length: %d\r\n\r\n%b" % (head, request.headers.wire, kind.encode(), len(body), body)

    def _tail(self, headers: HeaderBlock) -> bytes:
        """What follows the target in a head; the calls of one caller come in a row."""
        if headers is not self._last:
            self._tail_of_last = b"%b%b\r\n" % (self._shared.encode("ascii"), headers.wire)
            self._last = headers
        return self._tail_of_last
