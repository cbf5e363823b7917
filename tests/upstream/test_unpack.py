"""Packed bodies in any pieces."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.errors import UpstreamInvalid
from penstock.upstream.unpack import unpacker_for


def pack(coding: str, body: bytes) -> bytes:
    if coding == "gzip":
        return gzip.compress(body)
    packer = zlib.compressobj(wbits=15 if coding == "zlib" else -15)
    return packer.compress(body) + packer.flush()


CODINGS = st.sampled_from(["gzip", "zlib", "raw"])


def unpack(coding: str, pieces: list[bytes], cap: int = 1_000_000) -> bytes:
    unpacker = unpacker_for(b"gzip" if coding == "gzip" else b"deflate", cap)
    assert unpacker is not None
    out = b"".join([unpacker.feed(piece) for piece in pieces])
    unpacker.finish(may_be_empty=False)
    return out


@given(CODINGS, st.binary(max_size=3_000), st.integers(1, 40))
def test_a_body_is_unpacked_in_any_pieces(coding: str, body: bytes, size: int) -> None:
    packed = pack(coding, body)

    assert unpack(coding, [packed[at : at + size] for at in range(0, len(packed), size)]) == body


@given(CODINGS, st.binary(min_size=1, max_size=500), st.data())
def test_a_body_cut_anywhere_is_refused(coding: str, body: bytes, data: st.DataObject) -> None:
    packed = pack(coding, body)
    cut = data.draw(st.integers(0, len(packed) - 1))

    with pytest.raises(UpstreamInvalid):
        unpack(coding, [packed[:cut]])


@given(CODINGS, st.integers(0, 400), st.integers(1, 50))
def test_the_cap_holds_to_the_byte(coding: str, cap: int, size: int) -> None:
    fits, exceeds = pack(coding, bytes(cap)), pack(coding, bytes(cap + 1))

    assert len(unpack(coding, [fits[at : at + size] for at in range(0, len(fits), size)], cap)) == cap
    with pytest.raises(UpstreamInvalid):
        unpack(coding, [exceeds[at : at + size] for at in range(0, len(exceeds), size)], cap)


@given(CODINGS, st.binary(max_size=300))
def test_noise_is_refused_or_unpacked_but_never_breaks(coding: str, noise: bytes) -> None:
    try:
        unpack(coding, [noise])
    except UpstreamInvalid:
        return


def test_members_of_gzip_without_end_are_refused() -> None:
    with pytest.raises(UpstreamInvalid):
        unpack("gzip", [gzip.compress(b"")] * 1_000)
