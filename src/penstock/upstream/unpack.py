"""Packed bodies, unpacked piece by piece under a cap.

Never here: sockets, which coding is asked for.
Source: RFC 9110 §8.4 (gzip, x-gzip, deflate, identity); a kilobyte can unpack to a megabyte.
"""

from __future__ import annotations

import zlib
from typing import Protocol

from penstock.errors import UpstreamInvalid

_GZIP = 16 + zlib.MAX_WBITS
_MAX_MEMBERS = 64
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


class Unpacker(Protocol):
    """Takes a body in pieces."""

    def feed(self, piece: bytes) -> bytes:
        """The unpacked bytes of one piece.

        Raises:
            UpstreamInvalid: The bytes are not packed as announced, or exceed the cap.
        """
        ...

    def finish(self, *, may_be_empty: bool) -> None:
        """Say that the body is over.

        Args:
            may_be_empty: Whether no byte at all is a body too: only where the head or a last chunk said so.

        Raises:
            UpstreamInvalid: The packed stream is not.
        """
        ...


def is_framed(headers: tuple[tuple[bytes, bytes], ...]) -> bool:
    """Whether a head says where its body ends; else the body ends with the connection. Names in lower case."""
    return any(name in _FRAMING for name, _ in headers)


def unpacker_for(coding: bytes, max_bytes: int) -> Unpacker | None:
    """The unpacker for a ``content-encoding``; None when the body stands as it is.

    Raises:
        UpstreamInvalid: The coding is none that can be read.
    """
    name = coding.strip().lower()
    if name in {b"", b"identity"}:
        return None
    if name in {b"gzip", b"x-gzip"}:
        return ZlibUnpacker(is_gzip=True, max_bytes=max_bytes)
    if name == b"deflate":
        return ZlibUnpacker(is_gzip=False, max_bytes=max_bytes)
    raise UpstreamInvalid(f"The answer is packed as {name[:40].decode('latin-1')!a}, which was not asked for.")


class ZlibUnpacker:
    """gzip (also of several members), zlib, and the raw deflate that some servers send as ``deflate``."""

    __slots__ = ("_decoder", "_held", "_is_gzip", "_left", "_max_bytes", "_members")

    def __init__(self, *, is_gzip: bool, max_bytes: int) -> None:
        self._is_gzip = is_gzip
        self._decoder = zlib.decompressobj(_GZIP) if is_gzip else None
        self._held = b""
        self._left = max_bytes
        self._max_bytes = max_bytes
        self._members = 0

    def feed(self, piece: bytes) -> bytes:
        """See `Unpacker.feed`."""
        if self._decoder is None:
            piece = self._held = self._held + piece
            if len(piece) < 2:  # a zlib stream is told from a raw one by its first two bytes
                return b""
            has_head = piece[0] & 15 == 8 and (piece[0] * 256 + piece[1]) % 31 == 0
            self._decoder = zlib.decompressobj(zlib.MAX_WBITS if has_head else -zlib.MAX_WBITS)
        unpacked: list[bytes] = []
        while piece:
            out, piece = self._step(piece)
            self._left -= len(out)
            if self._left < 0:
                unpacked.clear()
                out = b""
                raise UpstreamInvalid(f"The answer unpacks to more than {self._max_bytes} bytes.")
            unpacked.append(out)
        return b"".join(unpacked)

    def finish(self, *, may_be_empty: bool) -> None:
        """See `Unpacker.finish`."""
        untouched = not self._members and not self._held
        if not (untouched and may_be_empty) and (self._decoder is None or not self._decoder.eof):
            raise UpstreamInvalid("The packed answer ends in the middle.")

    def _step(self, piece: bytes) -> tuple[bytes, bytes]:
        decoder = self._decoder
        if decoder is None or decoder.eof:
            if not self._is_gzip or self._members >= _MAX_MEMBERS:
                raise UpstreamInvalid("Bytes follow the end of the packed answer.")
            decoder = self._decoder = zlib.decompressobj(_GZIP)
            self._members += 1
        self._members = self._members or 1
        try:
            # One byte beyond the cap tells "full" from "too much" without unpacking more.
            out = decoder.decompress(piece, self._left + 1)
        except zlib.error as error:
            raise UpstreamInvalid("The answer is not packed as it says.") from error
        return out, decoder.unused_data or decoder.unconsumed_tail
