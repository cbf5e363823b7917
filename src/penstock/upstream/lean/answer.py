"""What comes back: the C parser's events, gathered into one answer under the caps.

Never here: sockets, timeouts, who waits for the answer.
Source: RFC 9112 §6 (framing), §9.6 (close); llhttp refuses Content-Length beside Transfer-Encoding.
"""

from __future__ import annotations

import re

import httptools

from penstock.errors import UpstreamInvalid
from penstock.upstream.config import TransportConfig
from penstock.upstream.transport import Response
from penstock.upstream.unpack import Unpacker, is_framed, unpacker_for

_NOTED = frozenset({b"content-encoding", b"transfer-encoding"})
_MAX_INTERIM = 16
_MAX_PARTS = 256

_NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_TEXT = rb"[\t\x20-\x7e\x80-\xff]*+"
_MARKED = rb"content-length|content-encoding|transfer-encoding|trailer|upgrade|connection(?!: keep-alive\r\n)"
_PLAIN_LINES = rb"(?:(?!(?i:%b)[\t ]*:)%b:%b\r\n)*+" % (_MARKED, _NAME, _TEXT)
_PLAIN_ANSWER = re.compile(
    rb"HTTP/1\.1 (200|201|4[0-9][0-9]|5[0-9][0-9])(?: %b)?\r\n()%b(?i:content-length): *([0-9]{1,9})\r\n%b\r\n"
    % (_TEXT, _PLAIN_LINES, _PLAIN_LINES)
)
"""The head of a plain answer: one content-length, nothing that changes how the body is framed or packed, and no line
that the C parser would refuse. What it does not match may be an answer all the same."""


class AnswerReader:
    """Reads one answer after the other from one connection.

    After each `feed`, ``done`` tells whether the answer is whole; ``is_dirty`` whether bytes followed it that nobody
    asked for; ``keep_alive`` whether the peer lets the connection live.
    """

    __slots__ = (
        "_barren",
        "_config",
        "_fault",
        "_head",
        "_head_bytes",
        "_headers",
        "_interim",
        "_is_begun",
        "_is_head_checked",
        "_is_head_only",
        "_is_long",
        "_is_noted",
        "_max_body",
        "_max_head",
        "_parser",
        "_parts",
        "_pieces_left",
        "_plain",
        "_received",
        "_seen",
        "_spill",
        "_status",
        "_unpacker",
        "done",
        "is_dirty",
        "keep_alive",
    )

    def __init__(self, config: TransportConfig) -> None:
        self._config = config
        self._max_head = config.max_header_bytes
        self._max_body = config.max_body_bytes
        self._parser = httptools.HttpResponseParser(self)
        self._fault: UpstreamInvalid | None = None
        self._spill: bytearray | None = None
        self._unpacker: Unpacker | None = None
        self._plain: Response | None = None
        self._barren = self._head_bytes = self._interim = self._seen = 0
        self._is_begun = True
        self.is_dirty = self._is_noted = self._is_long = self._is_head_checked = self._is_head_only = False
        self.reset(is_head_only=False)

    def reset(self, *, is_head_only: bool) -> None:
        """Make ready for the next answer; ``is_head_only`` when it will have no body whatever its head says."""
        self.done = self.keep_alive = False
        self._plain = None
        if not (self._is_begun or is_head_only or self._is_head_only):
            return
        self._is_begun = False
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._head: tuple[tuple[bytes, bytes], ...] | None = None
        self._received = 0
        self._pieces_left = self._config.max_pieces
        if self._is_long or self._is_noted or self._is_head_only or is_head_only:
            if self._is_head_only:  # the parser still waits for the body that the head announced
                self._parser = httptools.HttpResponseParser(self)
            self._spill = self._unpacker = None
            self._barren = self._head_bytes = self._interim = self._seen = 0
            self._is_noted = self._is_long = self._is_head_checked = False
            self._is_head_only = is_head_only

    def feed(self, data: bytes) -> None:
        """Take what the socket gave.

        Raises:
            UpstreamInvalid: It is no HTTP, exceeds a cap, or is packed in a way that cannot be undone.
        """
        if not self._is_begun and not self._is_head_only and self._read_plain(data):
            return
        self._is_begun = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self.done:
                raise self._take_fault(error) from error
            self.is_dirty = True
        if not self.done or self._is_long or len(data) > self._max_head:
            self._check(len(data))

    def drop(self) -> None:
        """Let go of everything: nothing more will be read.

        The parser knows the reader, and a fault the frames that raised it; what a refused answer weighs would be held
        until the collector comes.
        """
        self._parts = []
        self._headers = []
        self._head = self._spill = self._unpacker = self._plain = self._fault = None
        del self._parser

    def finish(self) -> bool:
        """Say that the peer closed; whether that made the answer whole."""
        if self._head is not None and not self.done and not is_framed(self._head):
            self.done = True
        return self.done

    def take(self) -> Response:
        """The whole answer.

        Raises:
            UpstreamInvalid: The packed body ends in the middle.
        """
        if self._plain is not None:
            return self._plain
        if self._unpacker is not None:
            self._unpacker.finish(may_be_empty=is_framed(self._head or ()))
        parts = self._parts
        if self._spill is not None:
            body = bytes(self._spill) + b"".join(parts)
        else:
            body = parts[0] if len(parts) == 1 else b"".join(parts)
        return Response(self._status, body, self._head or ())

    def _read_plain(self, data: bytes) -> bool:
        """Whether these bytes are exactly one plain answer, which is then read; the parser reads any other."""
        if self._plain is not None:
            self.is_dirty = True
            return True
        match = _PLAIN_ANSWER.match(data)
        if match is None:
            return False
        end = match.end()
        length = len(data) - end
        if length != int(match[3]) or length > self._max_body or end > self._max_head:
            return False
        self._plain = Response(int(match[1]), data[end:], (), data[match.end(2) : end])
        self.done = self.keep_alive = True
        return True

    # The parser calls what follows.

    def on_message_begin(self) -> None:
        """Another message begins: after a whole answer nobody asked for it, and not a byte of it is read."""
        if self.done:
            raise self._refuse("Bytes follow the answer.")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header line of the head, or a trailer, which is dropped."""
        name = name.lower()
        self._headers.append((name, value))
        if name in _NOTED:
            self._is_noted = True

    def on_headers_complete(self) -> None:
        """The head is whole: an interim one, or the answer's."""
        if self.done:
            return
        status = self._status = self._parser.get_status_code()
        if status < 200:
            self._interim += 1
            if status == 101 or status < 100 or self._interim > _MAX_INTERIM:
                raise self._refuse(f"The answer has status {status}, which was not asked for.")
            return
        self._head = tuple(self._headers)
        self._headers = []
        if self._is_noted and not self._is_head_only and status not in {204, 304}:
            self._read_codings(self._head)
        if self._is_head_only:
            self.keep_alive = self._parser.should_keep_alive()
            self._received = self._max_body  # a byte of body is one too many
            self.done = True

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        self._received += len(piece)
        if self._received > self._max_body:
            raise self._refuse(f"The answer's body exceeds {self._max_body} bytes.")
        self._pieces_left -= 1
        if self._pieces_left < 0:
            raise self._refuse(f"The answer's body comes in more than {self._config.max_pieces} pieces.")
        if self._unpacker is not None:
            try:
                piece = self._unpacker.feed(piece)
            except UpstreamInvalid as error:
                self._fault = error
                raise
        self._parts.append(piece)

    def on_message_complete(self) -> None:
        """The answer is whole, or only an interim one."""
        if self.done:
            return
        if self._head is None:
            self._headers = []
            return
        # llhttp forgets how the message was framed as soon as this returns.
        self.keep_alive = self._parser.should_keep_alive()
        self.done = True

    def _read_codings(self, head: tuple[tuple[bytes, bytes], ...]) -> None:
        transfer = b",".join([value for name, value in head if name == b"transfer-encoding"])
        if transfer and transfer.strip().lower() != b"chunked":
            raise self._refuse("The answer has a transfer coding other than chunked.")
        try:
            coding = b",".join([value for name, value in head if name == b"content-encoding"])
            self._unpacker = unpacker_for(coding, self._max_body)
        except UpstreamInvalid as error:
            self._fault = error
            raise

    def _take_fault(self, error: Exception) -> UpstreamInvalid:
        """What a callback found, or what the parser says; not kept, for its frames hold the answer."""
        fault, self._fault = self._fault, None
        return fault or UpstreamInvalid(f"The answer is no HTTP: {error}.")

    def _refuse(self, message: str) -> UpstreamInvalid:
        """The parser swallows what a callback raises; `feed` raises it again from here."""
        self._fault = UpstreamInvalid(message)
        return self._fault

    def _check(self, size: int) -> None:
        """The bounds of an answer that one small read does not hold: its head, its framing, its number of pieces."""
        self._is_long = True
        if self._head is None:
            self._head_bytes += size
            self._refuse_head_above(self._head_bytes)
            return
        if not self._is_head_checked:
            self._is_head_checked = True
            self._refuse_head_above(sum([len(name) + len(value) + 4 for name, value in self._head]))
        elif self._received == self._seen and not self.done:
            self._barren += size
            if self._barren > self._max_head:  # trailers and chunk extensions without end
                raise UpstreamInvalid(f"The answer's framing exceeds {self._max_head} bytes.")
        else:
            self._barren = 0
        self._seen = self._received
        if len(self._parts) > _MAX_PARTS and not self.done:
            # A body in chunks of one byte would otherwise cost forty times its size.
            self._spill = self._spill or bytearray()
            self._spill += b"".join(self._parts)
            self._parts.clear()

    def _refuse_head_above(self, length: int) -> None:
        if length > self._max_head:
            raise UpstreamInvalid(f"The answer's head exceeds {self._max_head} bytes.")
