"""Answers packed for the wire, where a client can unpack them and it is worth the while.

Never here: which answers may be packed.
Source: RFC 9110, 12.5.3 (the header and its weights).
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli

from penstock.http.media import read_weighted

_GZIP_LEVEL = 4
_GZIP_WINDOW = 31
_BROTLI_QUALITY = 3
_INLINE_BYTES = 128 * 1024
"""Larger answers are packed in a worker thread, so that others are not kept waiting."""

_MOST_HEADERS = 256
_NEVER = 2**62


@dataclass(frozen=True, slots=True)
class Coding:
    """A way of packing: its name in headers, and what does it."""

    name: bytes
    pack: Callable[[bytes], bytes]


def _gzip(body: bytes) -> bytes:
    return zlib.compress(body, _GZIP_LEVEL, wbits=_GZIP_WINDOW)


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
    return packed


GZIP = Coding(b"gzip", _gzip)
_BY_PREFERENCE = (Coding(b"br", _brotli), GZIP)


def choose_coding(accepted: str) -> Coding | None:
    """The coding a client weighs most, the one that packs better where it does not mind; None for none.

    Args:
        accepted: An `Accept-Encoding` header.
    """
    weights = dict(reversed(read_weighted(accepted)))
    other = weights.get("*", 0.0)
    best: Coding | None = None
    best_weight = 0.0
    for coding in _BY_PREFERENCE:
        weight = weights.get(coding.name.decode(), weights.get("x-gzip", other) if coding is GZIP else other)
        if weight > best_weight:
            best, best_weight = coding, weight
    # As it is may be preferred, too, but only by name: unnamed it is what comes last.
    return None if weights.get("identity", 0.0) > best_weight else best


class Compression:
    """Packs answers of a size.

    Attributes:
        least_bytes: Smaller answers are not worth it.
        is_on: Whether any answer is packed.
    """

    __slots__ = ("_chosen", "is_on", "least_bytes")

    def __init__(self, least_bytes: int) -> None:
        """Set it up.

        Args:
            least_bytes: Size of the smallest answer that is packed; 0 for none at all.
        """
        self.is_on = least_bytes > 0
        self.least_bytes = least_bytes if self.is_on else _NEVER
        self._chosen: dict[bytes, Coding | None] = {}

    async def pack(self, accepted: bytes, body: bytes) -> tuple[bytes, bytes] | None:
        """Name of the coding and the packed body; None where the client takes none."""
        if accepted not in self._chosen:
            if len(self._chosen) >= _MOST_HEADERS:
                self._chosen.clear()
            self._chosen[accepted] = choose_coding(accepted.decode("latin-1"))
        coding = self._chosen[accepted]
        if coding is None:
            return None
        if len(body) <= _INLINE_BYTES:
            return coding.name, coding.pack(body)
        return coding.name, await asyncio.to_thread(coding.pack, body)
